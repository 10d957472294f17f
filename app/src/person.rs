//! People whose zone and hours differ from those of the tasks that ask them.
//!
//! Owners are names, with or without an account, so these are kept by name.

use serde::{Deserialize, Serialize};

use crate::error::FieldError;
use crate::i18n::Lang;
use crate::oncall::is_person;
use crate::task::owners;
use crate::ticket::WorkingHours;
use crate::time::{clock_time, minute_of_day};

/// The most people with a zone or hours of their own.
pub const PEOPLE_MAX: u64 = 1_000;
/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// When a person is urged, where that differs from the policy of a ticket.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Person {
    /// The name, as owners, rotas and ladders name the person.
    pub name: String,
    /// IANA zone of the hours, of a policy or of one's own; `null` for the zone of the task.
    pub zone: Option<String>,
    /// The time of day, `HH:MM`, from which on the person is urged; `null` for the hours of the policy.
    pub hours_from: Option<String>,
    /// Until when; `24:00` for midnight, the next day's where it is not after `hours_from`.
    pub hours_until: Option<String>,
    /// The person is urged on working days of this calendar; `null` for that of the policy.
    pub calendar: Option<String>,
    /// Counts its changes.
    pub version: i64,
}

impl Person {
    /// The hours in which the person is urged by a policy; `None` for any hour.
    #[must_use]
    pub fn hours(&self, policy: Option<&WorkingHours>) -> Option<WorkingHours> {
        let minute = |text: &Option<String>| text.as_deref().and_then(minute_of_day);
        let own = minute(&self.hours_from).zip(minute(&self.hours_until));
        let calendar = self.calendar.clone();
        let calendar = calendar.or_else(|| policy.and_then(|hours| hours.calendar.clone()));
        let hours = own.or_else(|| policy.map(|hours| (hours.from, hours.until)));
        if hours.is_none() && calendar.is_none() {
            return None;
        }
        let (from, until) = hours.unwrap_or((0, DAY));
        Some(WorkingHours {
            from,
            until,
            calendar,
        })
    }
}

/// Input for a person. Texts as typed; an empty one is left to the task and its policy.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct PersonDraft {
    /// IANA zone.
    pub zone: String,
    /// Time of day from which on the person is urged.
    pub hours_from: String,
    /// Until when; `24:00` for midnight.
    pub hours_until: String,
    /// Name of a calendar of working days.
    pub calendar: String,
}

impl PersonDraft {
    /// The input that leaves a person as it is.
    #[must_use]
    pub fn of(person: &Person) -> Self {
        let text = |part: &Option<String>| part.clone().unwrap_or_default();
        Self {
            zone: text(&person.zone),
            hours_from: text(&person.hours_from),
            hours_until: text(&person.hours_until),
            calendar: text(&person.calendar),
        }
    }

    /// The person that is stored, with all faults that can be found without a server. Zone and calendar are as typed.
    #[must_use]
    pub fn read(&self, name: &str, lang: Lang, faults: &mut Vec<FieldError>) -> Person {
        let mut names = owners(&[name.to_owned()]);
        if names.len() != 1 || !names.iter().all(|name| is_person(name)) {
            let message = lang.pick("请填写一个人的名字", "Enter the name of one person");
            faults.push(FieldError::new("name", "person", message));
        }
        let text = |typed: &str| Some(typed.trim().to_owned()).filter(|text| !text.is_empty());
        let (hours_from, hours_until) = self.hours(lang, faults).unzip();
        let person = Person {
            name: names.pop().unwrap_or_default(),
            zone: text(&self.zone),
            hours_from,
            hours_until,
            calendar: text(&self.calendar),
            version: 0,
        };
        let is_empty =
            person.zone.is_none() && person.hours_from.is_none() && person.calendar.is_none();
        if is_empty && faults.is_empty() {
            let message = lang.pick("请至少填写一项", "Set at least one field");
            faults.push(FieldError::new("zone", "empty", message));
        }
        person
    }

    /// Both ends of the hours, as they are stored; `None` where neither is typed, and for what is no time.
    fn hours(&self, lang: Lang, faults: &mut Vec<FieldError>) -> Option<(String, String)> {
        let (from, until) = (self.hours_from.trim(), self.hours_until.trim());
        if from.is_empty() && until.is_empty() {
            return None;
        }
        let mut minute = |field: &str, text: &str, last: u16| {
            let minute = minute_of_day(text).filter(|minute| *minute <= last);
            if minute.is_none() {
                let message = lang.pick(
                    "请填 09:00 这样的时刻，起止都要填",
                    "Enter a time of day such as 09:00, for both the beginning and the end",
                );
                faults.push(FieldError::new(field, "time", message));
            }
            minute
        };
        let from = minute("hours_from", from, DAY - 1);
        let until = minute("hours_until", until, DAY);
        let (from, until) = (from?, until?);
        if from == until {
            let message = lang.pick(
                "结束时刻不能和开始时刻相同",
                "The end must not be the same as the beginning",
            );
            faults.push(FieldError::new("hours_until", "empty", message));
            return None;
        }
        Some((clock_time(from), clock_time(until)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(name: &str, draft: &PersonDraft) -> Vec<String> {
        let mut faults = Vec::new();
        let _ = draft.read(name, Lang::En, &mut faults);
        faults.into_iter().map(|fault| fault.field).collect()
    }

    #[test]
    fn what_is_typed_is_checked() {
        let hours = |from: &str, until: &str| PersonDraft {
            hours_from: from.to_owned(),
            hours_until: until.to_owned(),
            ..PersonDraft::default()
        };
        assert_eq!(faults("ann", &hours("9:00", "18:00")), [""; 0]);
        assert_eq!(faults("ann", &hours("22:00", "6:00")), [""; 0]);
        assert_eq!(faults("ann", &PersonDraft::default()), ["zone"]);
        assert_eq!(faults("ann", &hours("9:00", "")), ["hours_until"]);
        assert_eq!(faults("ann", &hours("24:00", "9:00")), ["hours_from"]);
        assert_eq!(faults("ann", &hours("9:00", "9:00")), ["hours_until"]);
        for other in ["", "@all", "oncall:db", "a, b"] {
            assert_eq!(faults(other, &hours("9:00", "18:00")), ["name"], "{other}");
        }
        let read = hours("9:00", "24:00").read(" @ann ", Lang::En, &mut Vec::new());
        assert_eq!(read.name, "ann");
        assert_eq!(PersonDraft::of(&read), hours("09:00", "24:00"));
    }

    #[test]
    fn each_part_comes_from_the_person_or_from_the_policy() {
        let policy = WorkingHours {
            from: 540,
            until: 1_080,
            calendar: Some("cn".to_owned()),
        };
        let person = |hours: Option<(&str, &str)>, calendar: Option<&str>| Person {
            hours_from: hours.map(|(from, _)| from.to_owned()),
            hours_until: hours.map(|(_, until)| until.to_owned()),
            calendar: calendar.map(str::to_owned),
            ..Person::default()
        };
        let hours = |from, until, calendar: Option<&str>| {
            Some(WorkingHours {
                from,
                until,
                calendar: calendar.map(str::to_owned),
            })
        };
        let own = Some(("10:00", "19:00"));
        assert_eq!(person(None, None).hours(None), None);
        assert_eq!(
            person(None, None).hours(Some(&policy)),
            Some(policy.clone())
        );
        assert_eq!(
            person(own, None).hours(Some(&policy)),
            hours(600, 1_140, Some("cn"))
        );
        assert_eq!(
            person(None, Some("de")).hours(Some(&policy)),
            hours(540, 1_080, Some("de"))
        );
        assert_eq!(person(own, None).hours(None), hours(600, 1_140, None));
        assert_eq!(
            person(None, Some("de")).hours(None),
            hours(0, DAY, Some("de"))
        );
    }
}
