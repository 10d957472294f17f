//! The input for a rota, and its validation.

use serde::{Deserialize, Serialize};

use super::{PEOPLE_MAX, ROTA_NAME_MAX, Rota, RotaView};
use crate::error::FieldError;
use crate::i18n::Lang;
use crate::name::name_fault;
use crate::summary::Weekday;
use crate::task::{LIST_ITEM_MAX, owners};
use crate::time::minute_of_day;
use crate::transition::Word;

/// Input for a rota. Texts as typed.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct RotaDraft {
    /// The people, in their order.
    pub people: Vec<String>,
    /// IANA zone; empty means the server's default zone.
    pub zone: String,
    /// `monday` to `sunday`; empty for Monday.
    pub weekday: String,
    /// Time of day of the hand-over; empty for 09:00.
    pub time: String,
    /// A date, `YYYY-MM-DD`, in the first person's first week; empty for the current week.
    pub since: String,
}

/// Input for an override.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct OverrideDraft {
    /// RFC 3339, or `YYYY-MM-DD[ HH:MM]` in the zone of the rota; empty for now. A date alone begins at the time of the
    /// hand-over.
    pub from: String,
    /// Likewise; a date alone ends at the time of the hand-over on the next one.
    pub until: String,
    /// Who is on call then.
    pub who: String,
}

/// Input for a swap: the people of two weeks change places.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct SwapDraft {
    /// A date or time in one week; a date alone is in the week that begins on it, or else in the one in force at its end.
    pub first: String,
    /// A date or time in the other one.
    pub second: String,
}

impl RotaDraft {
    /// The input that leaves a rota as it is.
    #[must_use]
    pub fn of(rota: &RotaView) -> Self {
        Self {
            people: rota.people.clone(),
            zone: rota.zone.clone(),
            weekday: rota.weekday.as_str().to_owned(),
            time: rota.time.clone(),
            since: rota.since.clone(),
        }
    }

    /// The rota that is stored, with all faults that can be found without a server. Zone and date are as typed.
    #[must_use]
    pub fn read(&self, name: &str, lang: Lang, faults: &mut Vec<FieldError>) -> Rota {
        let name = name.trim();
        if name.is_empty()
            || name.chars().count() > ROTA_NAME_MAX
            || name.contains([',', '，', '、'])
        {
            let message = lang.pick(
                format!("名称 1–{ROTA_NAME_MAX} 个字符，不能有逗号和顿号"),
                format!("A name has 1–{ROTA_NAME_MAX} characters and no comma"),
            );
            faults.push(FieldError::new("name", "invalid", message));
        } else if let Some(fault) = name_fault(name) {
            faults.push(FieldError::new("name", fault.code(), fault.text(lang)));
        }
        let weekday = match self.weekday.trim() {
            "" => Some(Weekday::Monday),
            day => Weekday::read(day),
        };
        if weekday.is_none() {
            let message = lang.pick("可选 monday 到 sunday", "Use monday to sunday");
            faults.push(FieldError::new("weekday", "unknown", message));
        }
        let minute = match self.time.trim() {
            "" => Some(9 * 60),
            time => minute_of_day(time).filter(|minute| *minute < 24 * 60),
        };
        if minute.is_none() {
            let message = lang.pick("请填 09:00 这样的时刻", "Enter a time of day such as 09:00");
            faults.push(FieldError::new("time", "time", message));
        }
        Rota {
            name: name.to_owned(),
            zone: self.zone.trim().to_owned(),
            weekday: weekday.unwrap_or(Weekday::Monday),
            minute: minute.unwrap_or_default(),
            people: people(&self.people, lang, faults),
            since: self.since.trim().to_owned(),
            overrides: Vec::new(),
        }
    }
}

impl OverrideDraft {
    /// The person.
    #[must_use]
    pub fn person(&self, lang: Lang, faults: &mut Vec<FieldError>) -> String {
        let mut found = owners(std::slice::from_ref(&self.who));
        if found.len() != 1 || !found.iter().all(|name| is_person(name)) {
            let message = lang.pick("请填写一个人的名字", "Enter the name of one person");
            faults.push(FieldError::new("who", "person", message));
        }
        found.pop().unwrap_or_default()
    }
}

/// Whether a name is that of a person, and not of a rota or of everybody.
pub(crate) fn is_person(name: &str) -> bool {
    let stands_for_others = name.starts_with('@') || super::rota_of(name).is_some();
    !stands_for_others && name.chars().count() <= LIST_ITEM_MAX && name_fault(name).is_none()
}

fn people(typed: &[String], lang: Lang, faults: &mut Vec<FieldError>) -> Vec<String> {
    let people = owners(typed);
    if people.is_empty() || people.len() > PEOPLE_MAX || !people.iter().all(|name| is_person(name))
    {
        let message = lang.pick(
            format!("请按顺序填写 1–{PEOPLE_MAX} 个人的名字"),
            format!("Enter the names of 1–{PEOPLE_MAX} people, in their order"),
        );
        faults.push(FieldError::new("people", "people", message));
    }
    people
}
