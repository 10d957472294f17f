//! The input for tickets and urging, and its validation.

mod back;
mod cadence;
mod check;
mod hours;
mod ladder;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::Mode;
use super::draft::text;
use crate::error::FieldError;
use crate::i18n::Lang;
use crate::schedule::Named;
use crate::task::reader::Reader;
use crate::ticket::{Opens, PolicyPart, StopRule, TicketRule, URGES_MAX, UrgePolicy};
use crate::transition::Word;

/// The shortest time between two urges, in seconds.
const URGE_MIN: i64 = 10;
/// The longest time of a policy (30 days), in seconds.
const MONTH: i64 = 30 * 86_400;
/// The shortest life of a ticket, in seconds.
const LIFE_MIN: i64 = 60;

/// Which tickets a task opens, and how people are asked. Texts as typed; empty ones mean the default: that of a tag of the
/// task or of all tasks, or else the built-in one, which is named here.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct TicketDraft {
    /// `none`, `task`, `firing`, `failure` (of a task that only sends messages: missed firings); empty for `none`.
    pub opens: String,
    /// From the opening to the first urge; empty for 30m.
    #[serde(deserialize_with = "text::or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = text::TextOrNumber))]
    pub first_after: String,
    /// From the first urge to the second, `10s`–`30d`; empty for 1h.
    #[serde(deserialize_with = "text::or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = text::TextOrNumber))]
    pub every: String,
    /// Each further interval is so many times the one before, 0.1–10; empty for 1.
    #[serde(deserialize_with = "text::or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = text::TextOrNumber))]
    pub factor: String,
    /// No interval is shorter; empty for no bound of its own.
    #[serde(deserialize_with = "text::or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = text::TextOrNumber))]
    pub min: String,
    /// No interval is longer; empty for 1d, or the interval where that does not grow.
    #[serde(deserialize_with = "text::or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = text::TextOrNumber))]
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
    #[serde(deserialize_with = "text::or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = text::TextOrNumber))]
    pub max_urges: String,
    /// After this time a ticket expires, `1m`–`30d`; empty for 7d.
    #[serde(deserialize_with = "text::or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = text::TextOrNumber))]
    pub expires_after: String,
    /// Who is asked in addition, one line for each time without an answer: `2h: 张三, 李四`, `1d: @all`.
    pub ladder: String,
    /// `done`, or `acknowledged` to ask no more once a person has taken it; empty for `done`.
    pub stop: String,
    /// Whether no message is sent when it is done.
    pub quiet_done: bool,
    /// Before each urge this command runs as the task's own would; if it succeeds, the ticket is done. Empty for none.
    pub check_command: String,
    /// The same by a GET request to this URL, in the place of a command: statuses 200–299 succeed.
    pub check_url: String,
    /// Time limit of the check, `1s`–`5m`; empty for 30s.
    #[serde(deserialize_with = "text::or_number")]
    #[cfg_attr(feature = "ssr", schema(value_type = text::TextOrNumber))]
    pub check_timeout: String,
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
        let mut reader = Reader {
            part: "tickets",
            lang,
            faults,
        };
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
                .number("max_urges", &self.max_urges, 1, URGES_MAX)
                .unwrap_or(usual.max_urges),
            expires_after_seconds: reader
                .seconds("expires_after", &self.expires_after, LIFE_MIN, MONTH)
                .unwrap_or(usual.expires_after_seconds),
            ladder: self.read_ladder(&mut reader),
            stop: self.read_stop(&mut reader),
            quiet_done: self.quiet_done,
        };
        let check = self.read_check(&mut reader);
        let mut rule = TicketRule {
            opens,
            policy,
            check,
            own: None,
        };
        rule.name_own(self.own_parts());
        rule
    }

    fn read_opens(&self, mode: Mode, reader: &mut Reader<'_>) -> Opens {
        let opens = Opens::read_or_default(&self.opens).unwrap_or_else(|| {
            let message = reader.lang.pick(
                "可选 none、task、firing、failure",
                "Use none, task, firing or failure",
            );
            reader.fault("opens", "unknown", message);
            Opens::None
        });
        if opens == Opens::Firing && !mode.sends_message() {
            let message = reader.lang.pick(
                "只执行命令的任务没有提醒；请改为 failure，或换一个工作模式",
                "A task that only runs a command sends no reminders: use failure, or another mode",
            );
            reader.fault("opens", "mode", message);
        }
        opens
    }

    /// The parts that are typed. A box that is not ticked leaves its part to the default.
    fn own_parts(&self) -> Vec<PolicyPart> {
        let typed = |texts: &[&String]| texts.iter().any(|text| !text.trim().is_empty());
        let interval = [&self.every, &self.factor, &self.min, &self.max, &self.cron];
        let hours = [&self.hours_from, &self.hours_until, &self.calendar];
        let parts = [
            (PolicyPart::FirstAfter, typed(&[&self.first_after])),
            (PolicyPart::Cadence, typed(&interval)),
            (PolicyPart::Hours, typed(&hours)),
            (PolicyPart::Urgent, self.urgent),
            (PolicyPart::MaxUrges, typed(&[&self.max_urges])),
            (PolicyPart::ExpiresAfter, typed(&[&self.expires_after])),
            (PolicyPart::Ladder, typed(&[&self.ladder])),
            (PolicyPart::Stop, typed(&[&self.stop])),
            (PolicyPart::QuietDone, self.quiet_done),
        ];
        let own = parts.into_iter().filter(|(_, is_own)| *is_own);
        own.map(|(part, _)| part).collect()
    }

    fn read_stop(&self, reader: &mut Reader<'_>) -> StopRule {
        StopRule::read_or_default(&self.stop).unwrap_or_else(|| {
            let message = reader
                .lang
                .pick("可选 done、acknowledged", "Use done or acknowledged");
            reader.fault("stop", "unknown", message);
            StopRule::default()
        })
    }
}

#[cfg(any(test, feature = "fixtures"))]
impl TicketDraft {
    /// Every field that can be set together, each in the form in which it is shown again; each by its name, so that a new
    /// field is set, too.
    #[must_use]
    pub fn full() -> Self {
        let text = str::to_owned;
        Self {
            opens: text("firing"),
            first_after: text("5m"),
            every: text("10m"),
            factor: text("1.5"),
            min: text("5m"),
            max: text("2h"),
            // It would be in the place of the interval.
            cron: String::new(),
            hours_from: text("09:00"),
            hours_until: text("18:30"),
            calendar: text("cn"),
            urgent: true,
            max_urges: text("20"),
            expires_after: text("2d"),
            ladder: text("2h: 李四, 王五\n1d: @all"),
            stop: text("acknowledged"),
            quiet_done: true,
            check_command: text("/opt/check.sh"),
            // It would be in the place of the command.
            check_url: String::new(),
            check_timeout: text("10s"),
        }
    }
}
