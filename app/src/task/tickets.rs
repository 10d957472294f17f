//! The input for tickets and urging, and its validation.

use serde::{Deserialize, Serialize};

use super::Mode;
use super::lists::{LIST_ITEM_MAX, LIST_MAX, owners};
use crate::cron::{CronExpr, half_width};
use crate::duration::{format_duration, parse_duration};
use crate::error::FieldError;
use crate::i18n::Lang;
use crate::name::name_fault;
use crate::schedule::Named;
use crate::ticket::{
    Cadence, LADDER_MAX, Opens, Rung, StopRule, TicketRule, URGES_MAX, UrgePolicy, WorkingHours,
};
use crate::time::{clock_time, minute_of_day};

/// The shortest time between two urges, in seconds.
const URGE_MIN: i64 = 10;
/// The longest time of a policy (30 days), in seconds.
const MONTH: i64 = 30 * 86_400;
/// The shortest life of a ticket, in seconds.
const LIFE_MIN: i64 = 60;

/// Which tickets a task opens, and how people are asked. Texts as typed; empty ones mean the default.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct TicketDraft {
    /// `none`, `task`, `firing`, `failure`; empty for `none`.
    pub opens: String,
    /// From the opening to the first urge; empty for 30m.
    pub first_after: String,
    /// From the first urge to the second, `10s`–`30d`; empty for 1h.
    pub every: String,
    /// Each further interval is so many times the one before, 0.1–10; empty for 1.
    pub factor: String,
    /// No interval is shorter; empty for no bound of its own.
    pub min: String,
    /// No interval is longer; empty for 1d, or the interval where that does not grow.
    pub max: String,
    /// Cron expression of the urges, in the place of `every`; empty for none.
    pub cron: String,
    /// People are asked from this time of day on, `09:00`; empty for any hour.
    pub hours_from: String,
    /// Until this one, `18:00`.
    pub hours_until: String,
    /// People are asked on working days of this calendar only; empty for every day.
    pub calendar: String,
    /// Whether they are asked at any hour all the same.
    pub urgent: bool,
    /// After so many urges a ticket expires, 1–1,000; empty for 100.
    pub max_urges: String,
    /// After this time a ticket expires, `1m`–`30d`; empty for 7d.
    pub expires_after: String,
    /// Who is asked in addition, one line for each time without an answer: `2h: 张三, 李四`, `1d: @all`.
    pub ladder: String,
    /// `done`, or `acknowledged` to ask no more once a person has taken it; empty for `done`.
    pub stop: String,
    /// Whether no message is sent when it is done.
    pub quiet_done: bool,
}

struct Reader<'a> {
    lang: Lang,
    faults: &'a mut Vec<FieldError>,
}

impl TicketDraft {
    /// The rule as it is stored; faults are named `tickets.<field>`, and the calendar is added to `named`.
    #[must_use]
    pub fn read(
        &self,
        mode: Mode,
        lang: Lang,
        named: &mut Named,
        faults: &mut Vec<FieldError>,
    ) -> TicketRule {
        let mut reader = Reader { lang, faults };
        let usual = UrgePolicy::default();
        let opens = self.read_opens(mode, &mut reader);
        let hours = self.read_hours(&mut reader);
        if let Some(calendar) = hours.as_ref().and_then(|hours| hours.calendar.clone()) {
            named
                .calendars
                .push(("tickets.calendar".to_owned(), calendar));
        }
        let policy = UrgePolicy {
            first_after_seconds: reader
                .seconds("first_after", &self.first_after, 1, MONTH)
                .unwrap_or(usual.first_after_seconds),
            cadence: self.read_cadence(&mut reader),
            hours,
            urgent: self.urgent,
            max_urges: reader
                .number("max_urges", &self.max_urges, URGES_MAX)
                .unwrap_or(usual.max_urges),
            expires_after_seconds: reader
                .seconds("expires_after", &self.expires_after, LIFE_MIN, MONTH)
                .unwrap_or(usual.expires_after_seconds),
            ladder: self.read_ladder(&mut reader),
            stop: self.read_stop(&mut reader),
            quiet_done: self.quiet_done,
        };
        TicketRule { opens, policy }
    }

    fn read_opens(&self, mode: Mode, reader: &mut Reader<'_>) -> Opens {
        let text = self.opens.trim();
        let opens = match text {
            "" => Opens::None,
            _ => text.parse().unwrap_or_else(|()| {
                let message = reader.lang.pick(
                    "可选 none、task、firing、failure",
                    "Use none, task, firing or failure",
                );
                reader.fault("opens", "unknown", message);
                Opens::None
            }),
        };
        if opens == Opens::Firing && !mode.sends_message() {
            let message = reader.lang.pick(
                "只执行命令的任务没有提醒；请改为 failure，或换一个工作模式",
                "A task that only runs a command sends no reminders: use failure, or another mode",
            );
            reader.fault("opens", "mode", message);
        }
        if opens == Opens::Failure && !mode.runs_command() {
            let message = reader.lang.pick(
                "只发信息的任务没有命令会失败；请改为 firing 或 task",
                "A task that only sends messages runs no command that fails: use firing or task",
            );
            reader.fault("opens", "mode", message);
        }
        opens
    }

    fn read_cadence(&self, reader: &mut Reader<'_>) -> Cadence {
        let cron = self.cron.trim();
        if !cron.is_empty() {
            if !self.every.trim().is_empty() {
                let message = reader.lang.pick(
                    "间隔和 cron 表达式只能填一个",
                    "Set either an interval or a cron expression",
                );
                reader.fault("cron", "both", message);
            }
            return match CronExpr::parse(cron) {
                Ok(_) => Cadence::Cron(cron.to_owned()),
                Err(fault) => {
                    let message = fault.text(reader.lang);
                    reader.fault("cron", "cron", message);
                    Cadence::default()
                }
            };
        }
        let seconds = |reader: &mut Reader<'_>, part: &str, text: &str| {
            reader.seconds(part, text, URGE_MIN, MONTH)
        };
        let every = seconds(reader, "every", &self.every).unwrap_or(3600);
        let factor = self.read_factor(reader);
        let min = seconds(reader, "min", &self.min);
        let max = seconds(reader, "max", &self.max);
        let min_seconds = min.unwrap_or_else(|| usual_min(every, factor));
        let max_seconds = max.unwrap_or_else(|| usual_max(every, factor));
        if min_seconds > every || max_seconds < every {
            let message = reader.lang.pick(
                "间隔要在最短和最长之间",
                "The interval must be between the shortest and the longest one",
            );
            reader.fault("every", "range", message);
        }
        Cadence::Interval {
            every_seconds: every,
            factor_percent: factor,
            min_seconds,
            max_seconds,
        }
    }

    fn read_factor(&self, reader: &mut Reader<'_>) -> u32 {
        let text = plain(&self.factor);
        if text.is_empty() {
            return 100;
        }
        let percent = percent(&text).filter(|percent| (10..=1000).contains(percent));
        percent.unwrap_or_else(|| {
            let message = reader.lang.pick(
                "请填 0.1–10，最多两位小数，例如 1.5",
                "Enter a number from 0.1 to 10 with at most two decimals, such as 1.5",
            );
            reader.fault("factor", "range", message);
            100
        })
    }

    fn read_hours(&self, reader: &mut Reader<'_>) -> Option<WorkingHours> {
        let calendar = self.calendar.trim();
        let calendar = (!calendar.is_empty()).then(|| calendar.to_owned());
        let (from, until) = (self.hours_from.trim(), self.hours_until.trim());
        if from.is_empty() && until.is_empty() {
            return calendar.map(|calendar| WorkingHours {
                from: 0,
                until: 24 * 60,
                calendar: Some(calendar),
            });
        }
        let mut minute = |part: &str, text: &str, last: u16| {
            let minute = minute_of_day(text).filter(|minute| *minute <= last);
            if minute.is_none() {
                let message = reader.lang.pick(
                    "请填 09:00 这样的时刻，起止都要填",
                    "Enter a time of day such as 09:00, for both the beginning and the end",
                );
                reader.fault(part, "time", message);
            }
            minute
        };
        let from = minute("hours_from", from, 24 * 60 - 1);
        let until = minute("hours_until", until, 24 * 60);
        let (from, until) = (from?, until?);
        if from == until {
            let message = reader.lang.pick(
                "结束时刻不能和开始时刻相同",
                "The end must not be the same as the beginning",
            );
            reader.fault("hours_until", "empty", message);
            return None;
        }
        Some(WorkingHours {
            from,
            until,
            calendar,
        })
    }

    fn read_ladder(&self, reader: &mut Reader<'_>) -> Vec<Rung> {
        let mut ladder: Vec<Rung> = Vec::new();
        let lines = self.ladder.lines().map(str::trim);
        for line in lines.filter(|line| !line.is_empty()).take(LADDER_MAX + 1) {
            let Some(rung) = rung(line) else {
                let message = reader.lang.pick(
                    format!("每行写成“2h: 张三, 李四”：多久没有回应，再问谁。这一行不对：{line}"),
                    format!("Write each line as \"2h: Ann, Bob\": the time without an answer, and who is asked then. This line is not: {line}"),
                );
                reader.fault("ladder", "line", message);
                return Vec::new();
            };
            ladder.push(rung);
        }
        if ladder.len() > LADDER_MAX {
            let message = reader.lang.pick(
                format!("最多 {LADDER_MAX} 行"),
                format!("At most {LADDER_MAX} lines"),
            );
            reader.fault("ladder", "too_many", message);
            return Vec::new();
        }
        let grows = ladder.is_sorted_by(|one, next| one.after_seconds < next.after_seconds);
        if !grows {
            let message = reader.lang.pick(
                "每一行的时间都要比上一行长",
                "Each line needs a longer time than the one before",
            );
            reader.fault("ladder", "order", message);
        }
        ladder
    }

    fn read_stop(&self, reader: &mut Reader<'_>) -> StopRule {
        match self.stop.trim() {
            "" => StopRule::default(),
            text => text.parse().unwrap_or_else(|()| {
                let message = reader
                    .lang
                    .pick("可选 done、acknowledged", "Use done or acknowledged");
                reader.fault("stop", "unknown", message);
                StopRule::default()
            }),
        }
    }
}

impl From<&TicketRule> for TicketDraft {
    /// The draft that would leave it unchanged.
    fn from(rule: &TicketRule) -> Self {
        let (policy, usual) = (&rule.policy, UrgePolicy::default());
        let mut draft = Self {
            opens: match rule.opens {
                Opens::None => String::new(),
                opens => opens.as_str().to_owned(),
            },
            first_after: unless(policy.first_after_seconds, usual.first_after_seconds),
            urgent: policy.urgent,
            max_urges: if policy.max_urges == usual.max_urges {
                String::new()
            } else {
                policy.max_urges.to_string()
            },
            expires_after: unless(policy.expires_after_seconds, usual.expires_after_seconds),
            ladder: policy
                .ladder
                .iter()
                .map(line)
                .collect::<Vec<_>>()
                .join("\n"),
            stop: match policy.stop {
                StopRule::Done => String::new(),
                stop => stop.as_str().to_owned(),
            },
            quiet_done: policy.quiet_done,
            ..Self::default()
        };
        match &policy.cadence {
            Cadence::Cron(cron) => draft.cron.clone_from(cron),
            Cadence::Interval {
                every_seconds,
                factor_percent,
                min_seconds,
                max_seconds,
            } => {
                let (every, factor) = (*every_seconds, *factor_percent);
                draft.every = unless(every, 3600);
                if factor != 100 {
                    draft.factor = factor_text(factor);
                }
                draft.min = unless(*min_seconds, usual_min(every, factor));
                draft.max = unless(*max_seconds, usual_max(every, factor));
            }
        }
        if let Some(hours) = &policy.hours {
            draft.calendar = hours.calendar.clone().unwrap_or_default();
            if hours.calendar.is_none() || (hours.from, hours.until) != (0, 24 * 60) {
                draft.hours_from = clock_time(hours.from);
                draft.hours_until = clock_time(hours.until);
            }
        }
        draft
    }
}

impl Reader<'_> {
    fn fault(&mut self, part: &str, code: &str, message: impl Into<String>) {
        let field = format!("tickets.{part}");
        self.faults.push(FieldError::new(&field, code, message));
    }

    fn seconds(&mut self, part: &str, text: &str, min: i64, max: i64) -> Option<i64> {
        match parse_duration(text) {
            Ok(Some(seconds)) if (min..=max).contains(&seconds) => Some(seconds),
            Ok(None) => None,
            Ok(Some(_)) => {
                let (min, max) = (format_duration(min), format_duration(max));
                let message = self.lang.pick(
                    format!("时长要在 {min} 到 {max} 之间"),
                    format!("The duration must be between {min} and {max}"),
                );
                self.fault(part, "range", message);
                None
            }
            Err(fault) => {
                self.fault(part, "invalid", fault.text(self.lang));
                None
            }
        }
    }

    fn number(&mut self, part: &str, text: &str, max: i32) -> Option<i32> {
        let text = plain(text);
        if text.is_empty() {
            return None;
        }
        let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text
            .parse()
            .ok()
            .filter(|number| (1..=max).contains(number));
        let number = number.filter(|_| is_plain);
        if number.is_none() {
            let message = self.lang.pick(
                format!("请填 1–{max} 的整数"),
                format!("Enter a whole number from 1 to {max}"),
            );
            self.fault(part, "range", message);
        }
        number
    }
}

/// `2h: 张三, 李四`.
fn rung(line: &str) -> Option<Rung> {
    let (after, who) = line.split_once([':', '：'])?;
    let after_seconds = parse_duration(after).ok().flatten()?;
    let who = owners(&[who.to_owned()]);
    let fine = |name: &String| name.chars().count() <= LIST_ITEM_MAX && name_fault(name).is_none();
    let is_fine = !who.is_empty() && who.len() <= LIST_MAX && who.iter().all(fine);
    is_fine.then_some(Rung { after_seconds, who })
}

fn line(rung: &Rung) -> String {
    format!(
        "{}: {}",
        format_duration(rung.after_seconds),
        rung.who.join(", ")
    )
}

/// The shortest interval where none is set: a shrinking one stops at a minute, or at its start where that is shorter.
fn usual_min(every: i64, factor: u32) -> i64 {
    if factor < 100 { every.min(60) } else { every }
}

/// The longest interval where none is set: a growing one stops at a day, or at its start where that is longer.
fn usual_max(every: i64, factor: u32) -> i64 {
    if factor > 100 {
        every.max(86_400)
    } else {
        every
    }
}

fn unless(seconds: i64, usual: i64) -> String {
    if seconds == usual {
        String::new()
    } else {
        format_duration(seconds)
    }
}

fn plain(text: &str) -> String {
    let text: String = text.chars().map(|c| half_width(c).unwrap_or(c)).collect();
    text.trim().to_owned()
}

/// `1.5` as 150.
fn percent(text: &str) -> Option<u32> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty();
    if !digits(whole) || !digits(part) || part.len() > 2 {
        return None;
    }
    let hundredths: u32 = format!("{part:0<2}").parse().ok()?;
    let whole: u32 = whole.parse().ok()?;
    whole.checked_mul(100)?.checked_add(hundredths)
}

/// 150 as `1.5`.
fn factor_text(percent: u32) -> String {
    let text = format!("{}.{:02}", percent / 100, percent % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(draft: &TicketDraft, mode: Mode) -> (TicketRule, Vec<String>) {
        let (mut named, mut faults) = (Named::default(), Vec::new());
        let rule = draft.read(mode, Lang::En, &mut named, &mut faults);
        let said = |fault: FieldError| format!("{} {}", fault.field, fault.code);
        (rule, faults.into_iter().map(said).collect())
    }

    fn full() -> TicketDraft {
        TicketDraft {
            opens: "firing".to_owned(),
            first_after: "5m".to_owned(),
            every: "10m".to_owned(),
            factor: "1.5".to_owned(),
            min: "5m".to_owned(),
            max: "2h".to_owned(),
            hours_from: "09:00".to_owned(),
            hours_until: "18:30".to_owned(),
            calendar: "cn".to_owned(),
            urgent: true,
            max_urges: "20".to_owned(),
            expires_after: "2d".to_owned(),
            ladder: "2h: 李四, 王五\n1d: @all".to_owned(),
            stop: "acknowledged".to_owned(),
            quiet_done: true,
            cron: String::new(),
        }
    }

    #[test]
    fn what_is_stored_and_typed_again_is_the_same() {
        let by_cron = TicketDraft {
            cron: "0 9 * * 1-5".to_owned(),
            ..TicketDraft::default()
        };
        let days = TicketDraft {
            calendar: "cn".to_owned(),
            ..TicketDraft::default()
        };
        let shrinks = TicketDraft {
            every: "2h".to_owned(),
            factor: "0.5".to_owned(),
            ..TicketDraft::default()
        };
        for draft in [TicketDraft::default(), full(), by_cron, days, shrinks] {
            let (rule, faults) = read(&draft, Mode::Message);
            assert_eq!(faults, Vec::<String>::new());
            assert_eq!(TicketDraft::from(&rule), draft);
            let json = serde_json::to_string(&rule).expect("JSON");
            assert_eq!(serde_json::from_str::<TicketRule>(&json).ok(), Some(rule));
        }
        assert_eq!(
            read(&TicketDraft::default(), Mode::Command).0,
            TicketRule::default()
        );
    }

    #[test]
    fn the_calendar_is_looked_up_by_the_server() {
        let (mut named, mut faults) = (Named::default(), Vec::new());
        let _ = full().read(Mode::Message, Lang::Zh, &mut named, &mut faults);
        let wanted = ("tickets.calendar".to_owned(), "cn".to_owned());
        assert_eq!(named.calendars, [wanted]);
    }

    #[test]
    fn faults_stand_at_their_fields() {
        type Change = fn(&mut TicketDraft);
        let cases: [(Change, &str); 15] = [
            (
                |draft| draft.opens = "each".to_owned(),
                "tickets.opens unknown",
            ),
            (
                |draft| draft.first_after = "31d".to_owned(),
                "tickets.first_after invalid",
            ),
            (|draft| draft.every = "5s".to_owned(), "tickets.every range"),
            (|draft| draft.every = "1m".to_owned(), "tickets.every range"),
            (
                |draft| draft.factor = "11".to_owned(),
                "tickets.factor range",
            ),
            (
                |draft| draft.cron = "0 9 * * *".to_owned(),
                "tickets.cron both",
            ),
            (
                |draft| draft.hours_until = String::new(),
                "tickets.hours_until time",
            ),
            (
                |draft| draft.hours_until = "09:00".to_owned(),
                "tickets.hours_until empty",
            ),
            (
                |draft| draft.max_urges = "0".to_owned(),
                "tickets.max_urges range",
            ),
            (
                |draft| draft.max_urges = "1001".to_owned(),
                "tickets.max_urges range",
            ),
            (
                |draft| draft.expires_after = "5s".to_owned(),
                "tickets.expires_after range",
            ),
            (
                |draft| draft.ladder = "李四".to_owned(),
                "tickets.ladder line",
            ),
            (
                |draft| draft.ladder = "2h:".to_owned(),
                "tickets.ladder line",
            ),
            (
                |draft| draft.ladder = "2h: a\n1h: b".to_owned(),
                "tickets.ladder order",
            ),
            (
                |draft| draft.stop = "never".to_owned(),
                "tickets.stop unknown",
            ),
        ];
        for (change, fault) in cases {
            let mut draft = full();
            change(&mut draft);
            assert_eq!(read(&draft, Mode::Message).1, [fault]);
        }
        let mut long = full();
        long.ladder = (1..=11).map(|at| format!("{at}h: a\n")).collect();
        assert_eq!(read(&long, Mode::Message).1, ["tickets.ladder too_many"]);
        assert_eq!(read(&full(), Mode::Command).1, ["tickets.opens mode"]);
        let failure = TicketDraft {
            opens: "failure".to_owned(),
            ..TicketDraft::default()
        };
        assert_eq!(read(&failure, Mode::Message).1, ["tickets.opens mode"]);
        assert_eq!(read(&failure, Mode::Command).1, Vec::<String>::new());
        let cron = TicketDraft {
            cron: "0 25 * * *".to_owned(),
            ..TicketDraft::default()
        };
        assert_eq!(read(&cron, Mode::Message).1, ["tickets.cron cron"]);
    }
}
