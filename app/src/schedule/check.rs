//! Validates a typed schedule.

use super::{
    BUILTIN_CALENDAR, DayRule, Dialect, Jitter, MissedDraft, MissedRule, Purpose, Schedule,
    ScheduleDraft, ScheduleSpec,
};
use crate::duration::parse_duration;
use crate::error::FieldError;
use crate::i18n::Lang;
use crate::id::ScheduleId;

/// The longest jitter: a day, in seconds.
const JITTER_MAX: i64 = 86_400;

/// What schedules refer to and only the server can look up, each with the field that names it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Named {
    /// Times in the task's zone, which may not exist there.
    pub times: Vec<(String, String)>,
    /// Calendars.
    pub calendars: Vec<(String, String)>,
}

impl Named {
    /// Adds the time that a schedule's text names, if any.
    pub fn time(&mut self, field: &str, spec: &ScheduleSpec) {
        let time = match spec {
            ScheduleSpec::Once { at } => Some(at),
            ScheduleSpec::Every { anchor, .. } => anchor.as_ref(),
            ScheduleSpec::Cron(_) | ScheduleSpec::Startup => None,
        };
        self.times
            .extend(time.map(|time| (field.to_owned(), time.clone())));
    }
}

/// The name of a field of the schedule at `index`, as in the form and the API. The first schedule's text is `cron`,
/// as for a task with a single schedule.
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
    /// The dialect of its expression; `None` if it is unknown.
    #[must_use]
    pub fn dialect(&self) -> Option<Dialect> {
        match self.dialect.trim() {
            "" | "standard" => Some(Dialect::Standard),
            "quartz" => Some(Dialect::Quartz),
            _ => None,
        }
    }

    /// Parses it and reports all faults that need neither zone data nor calendars; times and calendars are added to
    /// `named` for those. `None` if its text or a choice is invalid.
    pub fn read(
        &self,
        index: usize,
        lang: Lang,
        named: &mut Named,
        faults: &mut Vec<FieldError>,
    ) -> Option<Schedule> {
        let mut fault = |part: &str, code: &str, message: &str| {
            faults.push(FieldError::new(&field(index, part), code, message));
        };
        let Some(dialect) = self.dialect() else {
            fault(
                "dialect",
                "unknown",
                lang.pick(
                    "没有这种写法，可选 standard 或 quartz",
                    "Unknown dialect; use standard or quartz",
                ),
            );
            return None;
        };
        let rule = self.day_rule.parse::<DayRule>();
        if rule.is_err() {
            fault(
                "day_rule",
                "unknown",
                lang.pick("没有这种日期规则", "Unknown day rule"),
            );
        }
        let jitter = match parse_duration(&self.jitter) {
            Ok(jitter) => jitter.unwrap_or(0),
            Err(reason) => {
                fault("jitter", "invalid", reason.text(lang));
                0
            }
        };
        if jitter > JITTER_MAX {
            fault(
                "jitter",
                "range",
                lang.pick("随机延后最多 1 天", "Jitter is at most one day"),
            );
        }
        let spec = check_spec(&field(index, "spec"), &self.spec, dialect, lang, faults);
        let (Some(spec), Ok(rule)) = (spec, rule) else {
            return None;
        };
        check_rule(index, &spec, rule, lang, faults);
        named.time(&field(index, "spec"), &spec);
        let calendar =
            Some(self.calendar.trim()).filter(|name| !name.is_empty() && *name != BUILTIN_CALENDAR);
        if let Some(name) = calendar {
            let field = field(index, "calendar");
            named.calendars.push((field, name.to_owned()));
        }
        Some(Schedule {
            id: ScheduleId(0),
            purpose: Purpose::Work,
            spec: spec.canonical(),
            day_rule: rule,
            // A calendar that is not used is not stored: it would prevent its deletion.
            calendar: calendar.filter(|_| rule.asks_calendar()).map(str::to_owned),
            jitter: Jitter {
                seconds: jitter,
                stable: self.jitter_stable,
            },
        })
    }
}

/// Reports a day rule that contradicts the times of the schedule.
fn check_rule(
    index: usize,
    spec: &ScheduleSpec,
    rule: DayRule,
    lang: Lang,
    faults: &mut Vec<FieldError>,
) {
    let cron = match spec {
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
                "An interval has no day to move; use a cron expression",
            ),
        ));
    }
    if matches!(rule, DayRule::NthWorkDay(_)) && cron.is_some_and(|expr| !expr.is_every_day()) {
        faults.push(FieldError::new(
            &field(index, "day_rule"),
            "days_given",
            lang.pick(
                "“每月第几个工作日”自己决定日期：表达式的日和星期请写 *",
                "The rule already sets the day: write * for day of month and day of week",
            ),
        ));
    }
}

impl MissedDraft {
    /// The rule; a faulty part, which is reported, has its default.
    pub(crate) fn read(&self, lang: Lang, faults: &mut Vec<FieldError>) -> MissedRule {
        let usual = MissedRule::default();
        let policy = Some(self.policy.trim()).filter(|policy| !policy.is_empty());
        let policy = policy.and_then(|policy| {
            let known = policy.parse().ok();
            if known.is_none() {
                faults.push(FieldError::new(
                    "missed.policy",
                    "unknown",
                    lang.pick("可选 none、latest、all", "Use none, latest or all"),
                ));
            }
            known
        });
        let mut seconds = |name: &str, text: &str, usual: i64| match parse_duration(text) {
            Ok(seconds) => seconds.unwrap_or(usual),
            Err(reason) => {
                faults.push(FieldError::new(name, "invalid", reason.text(lang)));
                usual
            }
        };
        let grace_seconds = seconds("missed.grace", &self.grace, usual.grace_seconds);
        let max_age_seconds = seconds("missed.max_age", &self.max_age, usual.max_age_seconds);
        let max = match self.max.trim() {
            "" => Some(usual.max),
            max => max
                .parse::<i64>()
                .ok()
                .filter(|max| (1..=MissedRule::MAX).contains(max)),
        };
        if max.is_none() {
            faults.push(FieldError::new(
                "missed.max",
                "range",
                lang.pick("请填 1–1000", "Enter a number from 1 to 1000"),
            ));
        }
        MissedRule {
            policy,
            grace_seconds,
            max: max.unwrap_or(usual.max),
            max_age_seconds,
        }
    }

    /// The draft that would leave a rule unchanged.
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
