//! A rule about tickets in words.

use super::{Cadence, Opens, TicketRule, UrgePolicy, WorkingHours};
use crate::duration::format_duration;
use crate::i18n::Lang;
use crate::time::clock_time;

impl TicketRule {
    /// Which tickets it opens and how people are asked; `None` where it opens none.
    #[must_use]
    pub fn words(&self, lang: Lang) -> Option<String> {
        let opens = match self.opens {
            Opens::None => return None,
            Opens::Task => lang.pick("任务本身是一个单", "the task is a ticket"),
            Opens::Firing => lang.pick("每次提醒开一个单", "each reminder opens a ticket"),
            Opens::Failure => lang.pick("失败或错过时开一个单", "failures open a ticket"),
        };
        let mut parts = vec![opens.to_owned()];
        parts.extend(self.policy.words(lang));
        Some(parts.join(lang.pick("；", "; ")))
    }
}

impl UrgePolicy {
    fn words(&self, lang: Lang) -> Vec<String> {
        let first = format_duration(self.first_after_seconds);
        let mut words = vec![lang.pick(
            format!("{first} 后首次催单"),
            format!("first urge after {first}"),
        )];
        words.push(match &self.cadence {
            Cadence::Cron(cron) => lang.pick(format!("之后按 {cron}"), format!("then by {cron}")),
            Cadence::Interval {
                every_seconds,
                factor_percent,
                ..
            } => {
                let every = format_duration(*every_seconds);
                match factor_percent {
                    100 => lang.pick(format!("之后每 {every}"), format!("then every {every}")),
                    1..100 => lang.pick(
                        format!("之后每 {every}，逐次变短"),
                        format!("then every {every}, shrinking"),
                    ),
                    _ => lang.pick(
                        format!("之后每 {every}，逐次变长"),
                        format!("then every {every}, growing"),
                    ),
                }
            }
        });
        words.extend(self.hours.as_ref().map(|hours| hours.words(lang)));
        if self.urgent && self.hours.is_some() {
            words.push(lang.pick("紧急时不限", "urgent: at any hour").to_owned());
        }
        for rung in &self.ladder {
            let after = format_duration(rung.after_seconds);
            let who = rung.who.join(lang.pick("、", ", "));
            words.push(lang.pick(
                format!("{after} 后加问 {who}"),
                format!("after {after} also {who}"),
            ));
        }
        let (max, end) = (self.max_urges, format_duration(self.expires_after_seconds));
        words.push(lang.pick(
            format!("最多 {max} 次，{end} 后过期"),
            format!("at most {max} times, expires after {end}"),
        ));
        words
    }
}

impl WorkingHours {
    fn words(&self, lang: Lang) -> String {
        let hours = format!("{}–{}", clock_time(self.from), clock_time(self.until));
        match &self.calendar {
            None => lang.pick(format!("每天 {hours}"), format!("{hours} every day")),
            Some(calendar) => lang.pick(
                format!("工作日（{calendar}）{hours}"),
                format!("{hours} on working days ({calendar})"),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ticket::Rung;

    #[test]
    fn a_rule_has_words_in_both_languages() {
        let usual = TicketRule::default();
        assert_eq!(usual.words(Lang::Zh), None);
        let rule = TicketRule {
            opens: Opens::Firing,
            policy: UrgePolicy {
                hours: Some(WorkingHours {
                    from: 540,
                    until: 1080,
                    calendar: Some("cn".to_owned()),
                }),
                ladder: vec![Rung {
                    after_seconds: 7200,
                    who: vec!["李四".to_owned(), "@all".to_owned()],
                }],
                ..UrgePolicy::default()
            },
        };
        let zh = "每次提醒开一个单；30m 后首次催单；之后每 1h；工作日（cn）09:00–18:00；\
                  2h 后加问 李四、@all；最多 100 次，7d 后过期";
        assert_eq!(rule.words(Lang::Zh).as_deref(), Some(zh));
        let en = "each reminder opens a ticket; first urge after 30m; then every 1h; 09:00–18:00 on working \
                  days (cn); after 2h also 李四, @all; at most 100 times, expires after 7d";
        assert_eq!(rule.words(Lang::En).as_deref(), Some(en));
    }
}
