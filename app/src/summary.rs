//! Summaries (日报, 周报): what needs attention, once a day or once a week, in one message.

mod draft;

pub use draft::SummaryDraft;

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use crate::i18n::Lang;
use crate::id::{ChannelId, SummaryId};
use crate::time::Stamp;

/// The most summaries of an installation: all of them are looked at several times a minute.
pub const SUMMARIES_MAX: usize = 200;
/// Characters that a name may have.
pub const SUMMARY_NAME_MAX: usize = 100;

/// A day of the week.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Weekday {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

impl Weekday {
    /// All of them, from Monday on.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The name used in the API and in forms.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Its number in a cron expression and in the database: 1 for Monday to 7 for Sunday.
    #[must_use]
    pub const fn number(self) -> i32 {
        match self {
            Self::Monday => 1,
            Self::Tuesday => 2,
            Self::Wednesday => 3,
            Self::Thursday => 4,
            Self::Friday => 5,
            Self::Saturday => 6,
            Self::Sunday => 7,
        }
    }

    /// The day with this number; `None` for any other number.
    #[must_use]
    pub fn of_number(number: i32) -> Option<Self> {
        Self::ALL.iter().copied().find(|day| day.number() == number)
    }

    /// Its name on pages.
    #[must_use]
    pub const fn words(self, lang: Lang) -> &'static str {
        match (lang, self) {
            (Lang::Zh, Self::Monday) => "周一",
            (Lang::Zh, Self::Tuesday) => "周二",
            (Lang::Zh, Self::Wednesday) => "周三",
            (Lang::Zh, Self::Thursday) => "周四",
            (Lang::Zh, Self::Friday) => "周五",
            (Lang::Zh, Self::Saturday) => "周六",
            (Lang::Zh, Self::Sunday) => "周日",
            (Lang::En, Self::Monday) => "Monday",
            (Lang::En, Self::Tuesday) => "Tuesday",
            (Lang::En, Self::Wednesday) => "Wednesday",
            (Lang::En, Self::Thursday) => "Thursday",
            (Lang::En, Self::Friday) => "Friday",
            (Lang::En, Self::Saturday) => "Saturday",
            (Lang::En, Self::Sunday) => "Sunday",
        }
    }
}

/// The tasks that a summary is about.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selection {
    /// All tasks.
    #[default]
    All,
    /// Tasks of this owner.
    Owner(String),
    /// Tasks with this tag.
    Tag(String),
}

/// The definition of a summary.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SummarySpec {
    /// Unique name.
    pub name: String,
    /// The tasks it is about.
    pub selection: Selection,
    /// Where it goes.
    pub channel_id: ChannelId,
    /// Hour of the day, 0–23.
    pub hour: u8,
    /// Minute of the hour, 0–59.
    pub minute: u8,
    /// The day of a weekly one; `None` for a daily one.
    pub weekday: Option<Weekday>,
    /// IANA zone of the time.
    pub zone: String,
    /// Whether it is sent although there is nothing to report.
    pub send_when_empty: bool,
    /// Whether it is sent at all.
    pub enabled: bool,
}

impl SummarySpec {
    /// When it is sent, as a cron expression: the rules for clock changes are those of tasks.
    #[must_use]
    pub fn cron(&self) -> String {
        let (hour, minute) = (self.hour, self.minute);
        match self.weekday {
            None => format!("{minute} {hour} * * *"),
            Some(day) => format!("{minute} {hour} * * {}", day.number()),
        }
    }

    /// Whether it concerns the same instants as another one.
    #[must_use]
    pub fn is_at_the_times_of(&self, other: &Self) -> bool {
        self.cron() == other.cron() && self.zone == other.zone
    }
}

/// A summary as everything outside sees it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Summary {
    /// Its id.
    pub id: SummaryId,
    /// Counts its changes; also the `ETag`.
    #[serde(default)]
    pub version: i64,
    /// Unique name.
    pub name: String,
    /// The owner whose tasks it is about; `null` where no owner is chosen. Without owner and tag it is about all
    /// tasks.
    pub owner: Option<String>,
    /// The tag of the tasks it is about; `null` where no tag is chosen.
    pub tag: Option<String>,
    /// The channel it goes to.
    pub channel_id: ChannelId,
    /// The channel's name; `null` when the channel was deleted.
    pub channel: Option<String>,
    /// Time of day, `HH:MM`.
    pub time: String,
    /// The day of a weekly one; `null` for a daily one.
    pub weekday: Option<Weekday>,
    /// IANA zone of the time.
    pub zone: String,
    /// Whether it is sent although there is nothing to report.
    pub send_when_empty: bool,
    /// Whether it is sent at all.
    pub enabled: bool,
    /// When it is sent next; `null` for a disabled one.
    pub next: Option<Stamp>,
    /// The instant for which it was sent last, or for which there was nothing to report.
    pub last_sent_for: Option<Stamp>,
    /// When it was added.
    pub created_at: Stamp,
}

/// What a summary would say now.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct SummaryPreview {
    /// The beginning of the period.
    pub from: Stamp,
    /// Its end, exclusive.
    pub to: Stamp,
    /// Whether there is nothing to report.
    pub empty: bool,
    /// The text as its channel would get it.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cron::CronExpr;

    #[test]
    fn every_day_has_its_number_in_cron() {
        for day in Weekday::ALL.iter().copied() {
            assert_eq!(Weekday::of_number(day.number()), Some(day));
            for lang in [Lang::Zh, Lang::En] {
                assert!(!day.words(lang).is_empty());
            }
            let three = &day.as_str()[..3];
            let by_name = CronExpr::parse(&format!("30 9 * * {three}")).expect("a name");
            let by_number = CronExpr::parse(&format!("30 9 * * {}", day.number() % 7));
            let by_number = by_number.expect("a number");
            assert_eq!(
                by_name.describe(Lang::En),
                by_number.describe(Lang::En),
                "{day:?}"
            );
        }
        assert_eq!(Weekday::of_number(0), None);
        assert_eq!(Weekday::of_number(8), None);
    }

    #[test]
    fn the_time_of_a_summary_is_a_cron_expression() {
        let spec = |weekday| SummarySpec {
            name: "ops".to_owned(),
            selection: Selection::All,
            channel_id: ChannelId(1),
            hour: 2,
            minute: 30,
            weekday,
            zone: "UTC".to_owned(),
            send_when_empty: false,
            enabled: true,
        };
        let (daily, weekly) = (spec(None), spec(Some(Weekday::Sunday)));
        assert_eq!(daily.cron(), "30 2 * * *");
        assert_eq!(weekly.cron(), "30 2 * * 7");
        for spec in [&daily, &weekly] {
            assert!(CronExpr::parse(&spec.cron()).is_ok());
        }
        assert!(!daily.is_at_the_times_of(&weekly));
        let renamed = SummarySpec {
            name: "other".to_owned(),
            ..daily.clone()
        };
        assert!(daily.is_at_the_times_of(&renamed));
    }
}
