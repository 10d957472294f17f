//! The rules that a typed schedule must keep.

use super::{DayRule, Dialect, MissedDraft, MissedPolicy, MissedRule, ScheduleDraft, ScheduleSpec};
use crate::duration::parse_duration;
use crate::error::FieldError;
use crate::i18n::Lang;

/// The name of a field of the schedule at `index`, as in the form and the API. The first
/// schedule's text is `cron`, as it is in a task with only that.
#[must_use]
pub fn field(index: usize, part: &str) -> String {
    if index == 0 && part == "spec" {
        "cron".to_owned()
    } else {
        format!("schedules[{index}].{part}")
    }
}

/// Reports the fault of a schedule's text at `field`, or returns the schedule.
pub fn check_spec(
    field: &str,
    text: &str,
    dialect: Dialect,
    lang: Lang,
    faults: &mut Vec<FieldError>,
) -> Option<ScheduleSpec> {
    ScheduleSpec::parse_dialect(text, dialect)
        .map_err(|fault| faults.push(FieldError::new(field, "cron", fault.text(lang))))
        .ok()
}

impl ScheduleDraft {
    /// The dialect of its expression; `None` when there is no such dialect.
    #[must_use]
    pub fn dialect(&self) -> Option<Dialect> {
        match self.dialect.trim() {
            "" | "standard" => Some(Dialect::Standard),
            "quartz" => Some(Dialect::Quartz),
            _ => None,
        }
    }

    /// Reports all faults that need neither zone data nor calendars.
    pub fn check(&self, index: usize, lang: Lang, faults: &mut Vec<FieldError>) {
        let mut fault = |part: &str, code: &str, message: &str| {
            faults.push(FieldError::new(&field(index, part), code, message));
        };
        let Some(dialect) = self.dialect() else {
            return fault(
                "dialect",
                "unknown",
                lang.pick(
                    "没有这种写法，可选 standard 或 quartz",
                    "Unknown dialect; use standard or quartz",
                ),
            );
        };
        let rule = self.day_rule.parse::<DayRule>();
        if rule.is_err() {
            fault(
                "day_rule",
                "unknown",
                lang.pick("没有这种日期规则", "Unknown day rule"),
            );
        }
        if let Err(reason) = parse_duration(&self.jitter) {
            fault("jitter", "invalid", reason.text(lang));
        } else if parse_duration(&self.jitter).is_ok_and(|jitter| jitter > Some(86_400)) {
            fault(
                "jitter",
                "range",
                lang.pick("随机延后最多 1 天", "Jitter is at most one day"),
            );
        }
        let spec = check_spec(&field(index, "spec"), &self.spec, dialect, lang, faults);
        let (Some(spec), Ok(rule)) = (spec, rule) else {
            return;
        };
        let cron = match &spec {
            ScheduleSpec::Cron(expr) => Some(expr),
            _ => None,
        };
        if rule.asks_calendar() && cron.is_none() && !matches!(spec, ScheduleSpec::Every { .. }) {
            faults.push(FieldError::new(
                &field(index, "day_rule"),
                "not_here",
                lang.pick(
                    "一次性和启动时的周期不能按日历安排",
                    "A schedule that fires once or at start-up cannot have a day rule",
                ),
            ));
        }
        let moves = matches!(
            rule,
            DayRule::NextWorkDay | DayRule::PreviousWorkDay | DayRule::NthWorkDay(_)
        );
        if moves && matches!(spec, ScheduleSpec::Every { .. }) {
            faults.push(FieldError::new(
                &field(index, "day_rule"),
                "not_here",
                lang.pick(
                    "间隔周期没有可以移动的日期，请用 cron 表达式",
                    "An interval has no days that could be moved; use a cron expression",
                ),
            ));
        }
        if matches!(rule, DayRule::NthWorkDay(_)) && cron.is_some_and(|expr| !expr.is_every_day()) {
            faults.push(FieldError::new(
                &field(index, "day_rule"),
                "days_given",
                lang.pick(
                    "“每月第几个工作日”自己决定日期：表达式的日和星期请写 *",
                    "This rule determines the day: write * for day of month and day of week",
                ),
            ));
        }
    }
}

impl MissedDraft {
    /// Reports all faults.
    pub(crate) fn check(&self, lang: Lang, faults: &mut Vec<FieldError>) {
        let policy = self.policy.trim();
        if !policy.is_empty() && policy.parse::<MissedPolicy>().is_err() {
            faults.push(FieldError::new(
                "missed.policy",
                "unknown",
                lang.pick("可选 none、latest、all", "Use none, latest or all"),
            ));
        }
        for (name, text) in [
            ("missed.grace", &self.grace),
            ("missed.max_age", &self.max_age),
        ] {
            if let Err(reason) = parse_duration(text) {
                faults.push(FieldError::new(name, "invalid", reason.text(lang)));
            }
        }
        let max = self.max.trim();
        let in_range = max
            .parse::<i64>()
            .is_ok_and(|max| (1..=MissedRule::MAX).contains(&max));
        if !max.is_empty() && !in_range {
            faults.push(FieldError::new(
                "missed.max",
                "range",
                lang.pick("请填 1–1000", "Enter a number from 1 to 1000"),
            ));
        }
    }

    /// The rule; faults count as the usual value.
    #[must_use]
    pub fn rule(&self) -> MissedRule {
        let usual = MissedRule::default();
        let seconds = |text: &str, usual| parse_duration(text).ok().flatten().unwrap_or(usual);
        MissedRule {
            policy: self.policy.trim().parse().ok(),
            grace_seconds: seconds(&self.grace, usual.grace_seconds),
            max: self.max.trim().parse().unwrap_or(usual.max),
            max_age_seconds: seconds(&self.max_age, usual.max_age_seconds),
        }
    }

    /// The draft that would leave a rule as it is.
    #[must_use]
    pub fn of(rule: &MissedRule) -> Self {
        use crate::duration::format_duration;
        let usual = MissedRule::default();
        let unless = |value: i64, usual: i64, text: fn(i64) -> String| {
            if value == usual {
                String::new()
            } else {
                text(value)
            }
        };
        Self {
            policy: rule
                .policy
                .map_or_else(String::new, |policy| policy.as_str().to_owned()),
            grace: unless(rule.grace_seconds, usual.grace_seconds, format_duration),
            max: unless(rule.max, usual.max, |max| max.to_string()),
            max_age: unless(rule.max_age_seconds, usual.max_age_seconds, format_duration),
        }
    }
}
