//! A rule about tickets in words.

use super::{Cadence, CheckBy, Opens, TicketCheck, TicketRule, UrgePolicy, WorkingHours};
use crate::duration::duration_words;
use crate::i18n::Lang;
use crate::time::clock_time;

impl TicketRule {
    /// Which tickets it opens and how people are asked; `None` where it opens none.
    #[must_use]
    pub fn words(&self, lang: Lang) -> Option<String> {
        let opens = match self.opens {
            Opens::None => return None,
            Opens::Task => lang.pick("任务本身是一个待办", "the task is a ticket"),
            Opens::Firing => lang.pick("每次提醒产生一个待办", "each reminder opens a ticket"),
            Opens::Failure => lang.pick(
                "失败或错过时产生一个待办",
                "failures and missed firings open a ticket",
            ),
        };
        let mut parts = vec![opens.to_owned()];
        parts.extend(self.policy.words(lang));
        parts.extend(self.check.as_ref().map(|check| check.words(lang)));
        let inherited = self.inherited_parts();
        if !inherited.is_empty() {
            let names: Vec<&str> = inherited.iter().map(|part| part.words(lang)).collect();
            let names = names.join(lang.pick("、", ", "));
            parts.push(lang.pick(
                format!("继承默认策略：{names}"),
                format!("inherited from the default policy: {names}"),
            ));
        }
        Some(parts.join(lang.pick("；", "; ")))
    }
}

impl TicketCheck {
    fn words(&self, lang: Lang) -> String {
        let what = match &self.by {
            CheckBy::Command(command) => command.lines().next().unwrap_or_default(),
            CheckBy::Url(url) => url,
        };
        lang.pick(
            format!("每次催单前检查 {what}，通过则自动完成"),
            format!("checked before each urge and done if it passes: {what}"),
        )
    }
}

impl UrgePolicy {
    /// How people are asked, in parts.
    #[must_use]
    pub fn words(&self, lang: Lang) -> Vec<String> {
        let first = duration_words(self.first_after_seconds, lang);
        let mut words = vec![lang.pick(
            format!("{first}后首次催单"),
            format!("first urge after {first}"),
        )];
        words.push(match &self.cadence {
            Cadence::Cron(cron) => lang.pick(format!("之后按 {cron}"), format!("then by {cron}")),
            Cadence::Interval {
                every_seconds,
                factor_percent,
                ..
            } => {
                let every = duration_words(*every_seconds, lang);
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
            let after = duration_words(rung.after_seconds, lang);
            let who = rung.who.join(lang.pick("、", ", "));
            words.push(lang.pick(
                format!("{after}后加催 {who}"),
                format!("after {after} also {who}"),
            ));
        }
        let end = duration_words(self.expires_after_seconds, lang);
        let max = self.max_urges;
        words.push(lang.pick(
            format!("最多 {max} 次，{end}后过期"),
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
    use crate::ticket::EscalationStep;

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
                ladder: vec![EscalationStep {
                    after_seconds: 7200,
                    who: vec!["李四".to_owned(), "@all".to_owned()],
                }],
                ..UrgePolicy::default()
            },
            check: Some(TicketCheck {
                by: CheckBy::Command("/opt/check.sh\n# more".to_owned()),
                timeout_seconds: 30,
            }),
            own: None,
        };
        let zh = "每次提醒产生一个待办；30 分钟后首次催单；之后每 1 小时；工作日（cn）09:00–18:00；\
                  2 小时后加催 李四、@all；最多 100 次，7 天后过期；\
                  每次催单前检查 /opt/check.sh，通过则自动完成";
        assert_eq!(rule.words(Lang::Zh).as_deref(), Some(zh));
        let en = "each reminder opens a ticket; first urge after 30 minutes; then every 1 hour; 09:00–18:00 on \
                  working days (cn); after 2 hours also 李四, @all; at most 100 times, expires after 7 days; \
                  checked before each urge and done if it passes: /opt/check.sh";
        assert_eq!(rule.words(Lang::En).as_deref(), Some(en));
    }
}
