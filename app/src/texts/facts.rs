//! The definition of a task as its page and `task show` list it.

use super::Ui;
use super::plan::PlanUi;
use super::tickets::TicketUi;
use crate::duration::duration_words;
use crate::i18n::Lang;
use crate::id::ChannelId;
use crate::schedule::{MissedPolicy, MissedRule, Schedule};
use crate::task::{InForce, Mode, TaskSpec};
use crate::time::Stamp;

/// A field of a task's definition, or several that are read together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fact<'a> {
    /// The name of the (first) field in the API.
    pub field: &'static str,
    /// Its label.
    pub label: &'static str,
    /// What is shown behind the label.
    pub value: FactValue<'a>,
}

/// The value of a fact; pages and terminals show each kind in their own way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FactValue<'a> {
    /// The work schedules.
    Schedules(&'a [Schedule]),
    /// The text of the chase schedule.
    Urge(&'a str),
    /// The active period, of which at least one end is set.
    Window(Option<Stamp>, Option<Stamp>),
    /// The mode.
    Mode(Mode),
    /// The channel, whose name the reader looks up.
    Channel(ChannelId),
    /// A text for readers.
    Text(String),
    /// Nothing is set; the text says what that means.
    Unset(&'static str),
}

impl TaskSpec {
    /// The facts, in the order in which they are shown. Fields that are rarely set are listed only when they are.
    #[must_use]
    pub fn facts(&self, lang: Lang) -> Vec<Fact<'_>> {
        // Each by its name: a field that is not shown does not compile. Four are shown elsewhere: the name as the
        // heading, and the command, the execution and the notes in parts of their own.
        let Self {
            name: _,
            nickname,
            owners,
            tags,
            mode,
            command: _,
            zone,
            schedules,
            urge_cron,
            // Decides what the schedules are called, and whether the chase schedule is in force.
            urging: _,
            channel_id,
            starts_at,
            ends_at,
            timeout_seconds,
            pause_after_failures,
            notice_before_seconds,
            missed,
            execution: _,
            tickets,
            notes: _,
        } = self;
        let (ui, text) = (Ui::of(lang), |text: &str| FactValue::Text(text.to_owned()));
        let duration = |seconds: i64| FactValue::Text(duration_words(seconds, lang));
        let list = |items: &[String]| FactValue::Text(items.join(lang.pick("、", ", ")));
        let cycle = match self.in_force() {
            InForce::Urge(_) => ui.original_cycle,
            InForce::Work(_) => ui.cycle,
        };
        let window = match (starts_at, ends_at) {
            (None, None) => FactValue::Unset(ui.window_open),
            (from, until) => FactValue::Window(*from, *until),
        };
        let channel = channel_id.map_or(FactValue::Unset(ui.no_channel), FactValue::Channel);
        let owned = match owners.is_empty() {
            true => FactValue::Unset(ui.none),
            false => list(owners),
        };
        let limit = timeout_seconds.map_or(FactValue::Unset(ui.no_timeout), duration);
        let urge = urge_cron.as_deref().map(FactValue::Urge);
        let called = (!nickname.is_empty()).then(|| text(nickname));
        let tagged = (!tags.is_empty()).then(|| list(tags));
        let notice = notice_before_seconds.map(duration);
        let pause = pause_after_failures.map(|count| FactValue::Text(count.to_string()));
        let missed = missed.words(lang).map(FactValue::Text);
        let tickets = tickets.words(lang).map(FactValue::Text);
        let all = [
            ("schedules", cycle, Some(FactValue::Schedules(schedules))),
            ("urge_cron", ui.urge_cycle, urge),
            ("zone", ui.zone, Some(text(zone))),
            ("starts_at", ui.window, Some(window)),
            ("mode", ui.mode, Some(FactValue::Mode(*mode))),
            ("owners", ui.owners, Some(owned)),
            ("nickname", ui.nickname, called),
            ("tags", ui.tags, tagged),
            ("channel_id", ui.channel, Some(channel)),
            ("timeout_seconds", ui.timeout, Some(limit)),
            ("notice_before_seconds", ui.notice_before, notice),
            ("pause_after_failures", ui.pause_after, pause),
            ("missed", PlanUi::of(lang).missed, missed),
            ("tickets", TicketUi::of(lang).section, tickets),
        ];
        let set = all.into_iter().filter_map(|(field, label, value)| {
            let value = value?;
            Some(Fact {
                field,
                label,
                value,
            })
        });
        set.collect()
    }
}

impl MissedRule {
    /// The rule in words; `None` for the default.
    #[must_use]
    pub fn words(&self, lang: Lang) -> Option<String> {
        let Self {
            policy,
            grace_seconds,
            max,
            max_age_seconds,
        } = *self;
        if *self == Self::default() {
            return None;
        }
        let plan = PlanUi::of(lang);
        let mut all = vec![
            match policy {
                None => plan.missed_usual,
                Some(MissedPolicy::None) => plan.missed_none,
                Some(MissedPolicy::Latest) => plan.missed_latest,
                Some(MissedPolicy::All) => plan.missed_all,
            }
            .to_owned(),
        ];
        if policy == Some(MissedPolicy::All) {
            all.push(lang.pick(
                format!("每个周期最多 {max} 次"),
                format!("at most {max} for each schedule"),
            ));
        }
        if policy != Some(MissedPolicy::None) {
            let age = duration_words(max_age_seconds, lang);
            all.push(lang.pick(
                format!("不补{age}以前的"),
                format!("nothing older than {age}"),
            ));
        }
        let grace = duration_words(grace_seconds, lang);
        all.push(lang.pick(
            format!("晚{grace}以内算准时"),
            format!("counts as on time within {grace}"),
        ));
        Some(all.join(lang.pick("；", "; ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_is_listed() {
        let mut spec = TaskSpec::example();
        let fields = |spec: &TaskSpec| -> Vec<&str> {
            spec.facts(Lang::En).iter().map(|fact| fact.field).collect()
        };
        let always = [
            "schedules",
            "zone",
            "starts_at",
            "mode",
            "owners",
            "channel_id",
            "timeout_seconds",
        ];
        assert_eq!(fields(&spec), always);
        spec.missed.max_age_seconds = 7200;
        spec.urge_cron = Some("* * * * *".to_owned());
        spec.tags = vec!["billing".to_owned()];
        spec.pause_after_failures = Some(3);
        for field in ["missed", "urge_cron", "tags", "pause_after_failures"] {
            assert!(fields(&spec).contains(&field), "{field}");
        }
    }

    #[test]
    fn the_rule_for_missed_runs_says_what_applies() {
        let usual = MissedRule::default();
        assert_eq!(usual.words(Lang::En), None);
        let words = |policy| {
            let rule = MissedRule {
                policy: Some(policy),
                ..usual
            };
            rule.words(Lang::En).expect("not the default")
        };
        assert_eq!(
            words(MissedPolicy::All),
            "All of them; at most 10 for each schedule; nothing older than 30 days; counts as on time within 1 minute"
        );
        assert_eq!(
            words(MissedPolicy::None),
            "None; only record them; counts as on time within 1 minute"
        );
    }
}
