//! The input for a summary, and its validation.

use serde::{Deserialize, Serialize};

use super::{SUMMARY_NAME_MAX, Selection, Summary, SummarySpec, Weekday};
use crate::error::FieldError;
use crate::i18n::Lang;
use crate::id::ChannelId;
use crate::name::name_fault;
use crate::task::{LIST_ITEM_MAX, owners};
use crate::transition::Word;

/// Input for creating or replacing a summary. Everything is text as typed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct SummaryDraft {
    /// Unique name.
    pub name: String,
    /// Only tasks of this owner; empty for no such choice.
    pub owner: String,
    /// Only tasks with this tag; empty for no such choice. Without owner and tag it is about all tasks.
    pub tag: String,
    /// Channel id.
    pub channel_id: Option<i64>,
    /// Time of day, `HH:MM`.
    pub time: String,
    /// `monday` to `sunday` for a weekly summary; empty for a daily one.
    pub weekday: String,
    /// IANA zone; empty means the server's default zone.
    pub zone: String,
    /// Send it although there is nothing to report.
    pub send_when_empty: bool,
    /// Whether it is sent at all; `true` when absent.
    pub enabled: bool,
}

impl Default for SummaryDraft {
    fn default() -> Self {
        Self {
            name: String::new(),
            owner: String::new(),
            tag: String::new(),
            channel_id: None,
            time: String::new(),
            weekday: String::new(),
            zone: String::new(),
            send_when_empty: false,
            enabled: true,
        }
    }
}

impl SummaryDraft {
    /// The draft that would leave a summary unchanged.
    #[must_use]
    pub fn of(summary: &Summary) -> Self {
        Self {
            name: summary.name.clone(),
            owner: summary.owner.clone().unwrap_or_default(),
            tag: summary.tag.clone().unwrap_or_default(),
            channel_id: Some(summary.channel_id.0),
            time: summary.time.clone(),
            weekday: summary
                .weekday
                .map_or_else(String::new, |day| day.as_str().to_owned()),
            zone: summary.zone.clone(),
            send_when_empty: summary.send_when_empty,
            enabled: summary.enabled,
        }
    }

    /// Parses the input and adds all faults that can be found without a server. A faulty part has a default, and the
    /// zone is as typed.
    pub fn read(&self, lang: Lang, faults: &mut Vec<FieldError>) -> SummarySpec {
        let (hour, minute) = self.time_of_day(lang, faults);
        SummarySpec {
            name: self.checked_name(lang, faults),
            selection: self.selection(lang, faults),
            channel_id: self.channel(lang, faults),
            hour,
            minute,
            weekday: self.day(lang, faults),
            zone: self.zone.trim().to_owned(),
            send_when_empty: self.send_when_empty,
            enabled: self.enabled,
        }
    }

    fn checked_name(&self, lang: Lang, faults: &mut Vec<FieldError>) -> String {
        let name = self.name.trim();
        if name.is_empty() {
            let message = lang.pick("请填写名称", "Enter a name");
            faults.push(FieldError::new("name", "required", message));
        } else if name.chars().count() > SUMMARY_NAME_MAX {
            let message = lang.pick(
                format!("最多 {SUMMARY_NAME_MAX} 个字符"),
                format!("At most {SUMMARY_NAME_MAX} characters"),
            );
            faults.push(FieldError::new("name", "too_long", message));
        } else if let Some(fault) = name_fault(name) {
            faults.push(FieldError::new("name", fault.code(), fault.text(lang)));
        }
        name.to_owned()
    }

    fn selection(&self, lang: Lang, faults: &mut Vec<FieldError>) -> Selection {
        // As a task's owners are stored: without the @ that people write before a name.
        let owner = owners(std::slice::from_ref(&self.owner));
        let tag = self.tag.trim();
        for (field, text) in [("owner", self.owner.trim()), ("tag", tag)] {
            if text.chars().count() > LIST_ITEM_MAX {
                let message = lang.pick(
                    format!("最多 {LIST_ITEM_MAX} 个字符"),
                    format!("At most {LIST_ITEM_MAX} characters"),
                );
                faults.push(FieldError::new(field, "too_long", message));
            } else if let Some(fault) = name_fault(text) {
                faults.push(FieldError::new(field, fault.code(), fault.text(lang)));
            }
        }
        if owner.len() > 1 {
            let message = lang.pick(
                "只能填写一个负责人，多人请各建一个汇总",
                "Enter one owner; add a summary for each of several",
            );
            faults.push(FieldError::new("owner", "too_many", message));
        }
        match (owner.into_iter().next(), tag.is_empty()) {
            (None, true) => Selection::All,
            (None, false) => Selection::Tag(tag.to_owned()),
            (Some(owner), true) => Selection::Owner(owner),
            (Some(owner), false) => {
                let message = lang.pick(
                    "负责人和标签只能填一个",
                    "Give either an owner or a tag, not both",
                );
                faults.push(FieldError::new("tag", "which", message));
                Selection::Owner(owner)
            }
        }
    }

    fn channel(&self, lang: Lang, faults: &mut Vec<FieldError>) -> ChannelId {
        ChannelId(self.channel_id.unwrap_or_else(|| {
            let message = lang.pick("请选择通知渠道", "Choose a channel");
            faults.push(FieldError::new("channel_id", "required", message));
            0
        }))
    }

    fn time_of_day(&self, lang: Lang, faults: &mut Vec<FieldError>) -> (u8, u8) {
        let typed = self.time.trim().replace('：', ":");
        if typed.is_empty() {
            let message = lang.pick("请填写发送时间", "Enter a time");
            faults.push(FieldError::new("time", "required", message));
            return (0, 0);
        }
        clock_time(&typed).unwrap_or_else(|| {
            let message = lang.pick(
                "时间写作 HH:MM，例如 09:00",
                "Write the time as HH:MM, such as 09:00",
            );
            faults.push(FieldError::new("time", "invalid", message));
            (0, 0)
        })
    }

    fn day(&self, lang: Lang, faults: &mut Vec<FieldError>) -> Option<Weekday> {
        let typed = self.weekday.trim().to_ascii_lowercase();
        if typed.is_empty() {
            return None;
        }
        let day = Weekday::read(&typed);
        if day.is_none() {
            let message = lang.pick(
                "星期写作 monday 到 sunday；留空为每天",
                "A day is monday to sunday; leave it empty for every day",
            );
            faults.push(FieldError::new("weekday", "unknown", message));
        }
        day
    }
}

/// Hour and minute of `H:MM` or `HH:MM`; browsers may send `HH:MM:00`.
fn clock_time(typed: &str) -> Option<(u8, u8)> {
    let typed = match typed.split(':').count() {
        3 => typed.strip_suffix(":00")?,
        _ => typed,
    };
    let (hour, minute) = typed.split_once(':')?;
    let number = |text: &str, long: std::ops::RangeInclusive<usize>, end: u8| {
        let is_number = long.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let number: u8 = is_number.then(|| text.parse().ok()).flatten()?;
        (number < end).then_some(number)
    };
    Some((number(hour, 1..=2, 24)?, number(minute, 2..=2, 60)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(draft: &SummaryDraft) -> Result<SummarySpec, Vec<(String, String)>> {
        let mut faults = Vec::new();
        let spec = draft.read(Lang::En, &mut faults);
        if faults.is_empty() {
            return Ok(spec);
        }
        Err(faults
            .into_iter()
            .map(|fault| (fault.field, fault.code))
            .collect())
    }

    fn ops() -> SummaryDraft {
        SummaryDraft {
            name: " ops ".to_owned(),
            channel_id: Some(3),
            time: "09:00".to_owned(),
            ..SummaryDraft::default()
        }
    }

    #[test]
    fn a_draft_is_read_whole() {
        let daily = read(&ops()).expect("a summary");
        assert_eq!(
            (daily.name.as_str(), daily.cron().as_str()),
            ("ops", "0 9 * * *")
        );
        assert!(daily.enabled && !daily.send_when_empty);
        assert_eq!(daily.selection, Selection::All);
        let weekly = SummaryDraft {
            owner: "@bob".to_owned(),
            time: "7：05".to_owned(),
            weekday: "Monday".to_owned(),
            ..ops()
        };
        let weekly = read(&weekly).expect("a summary");
        assert_eq!(weekly.cron(), "5 7 * * 1");
        assert_eq!(weekly.selection, Selection::Owner("bob".to_owned()));
        let tagged = SummaryDraft {
            tag: "核心".to_owned(),
            ..ops()
        };
        let tagged = read(&tagged).expect("a summary");
        assert_eq!(tagged.selection, Selection::Tag("核心".to_owned()));
    }

    #[test]
    fn times_are_read_strictly() {
        for (typed, wanted) in [
            ("0:00", Some((0, 0))),
            ("23:59", Some((23, 59))),
            ("09:30:00", Some((9, 30))),
            ("09:30:01", None),
            ("24:00", None),
            ("12:60", None),
            ("12:5", None),
            ("123:00", None),
            ("+1:00", None),
            ("1", None),
            ("a:00", None),
        ] {
            assert_eq!(clock_time(typed), wanted, "{typed}");
        }
    }

    #[test]
    fn all_faults_are_found_at_once() {
        let faults = read(&SummaryDraft {
            owner: "a, b".to_owned(),
            tag: "x".repeat(65),
            time: "noon".to_owned(),
            weekday: "someday".to_owned(),
            ..SummaryDraft::default()
        })
        .expect_err("faults");
        let fields: Vec<&str> = faults.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "time",
                "name",
                "tag",
                "owner",
                "tag",
                "channel_id",
                "weekday"
            ]
        );
        let long = SummaryDraft {
            name: "x".repeat(SUMMARY_NAME_MAX + 1),
            ..ops()
        };
        assert_eq!(
            read(&long),
            Err(vec![("name".to_owned(), "too_long".to_owned())])
        );
    }
}
