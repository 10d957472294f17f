//! What the demo is made of: `world.json`, in which a text is an object with one for each language.

use app::calendar::{BlackoutDraft, CalendarDay};
use app::channel::ChannelKind;
use app::i18n::Lang;
use app::pool::PoolDraft;
use app::rule::RuleDraft;
use app::summary::SummaryDraft;
use app::task::TaskDocument;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::Value;

const WORLD: &str = include_str!("world.json");

/// Everything in it, in one language.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct World {
    pub(super) calendar: CalendarOf,
    pub(super) pool: PoolDraft,
    pub(super) blackout: BlackoutDraft,
    pub(super) rota: RotaOf,
    pub(super) channels: Vec<ChannelOf>,
    pub(super) rules: Vec<Bound<RuleDraft>>,
    pub(super) summary: Bound<SummaryDraft>,
    pub(super) tasks: Vec<TaskOf>,
    /// The words that people leave with tickets.
    pub(super) done: Vec<String>,
}

/// A calendar, whose days are counted from the day of the demo.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CalendarOf {
    pub(super) name: String,
    days: Vec<DayOf>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DayOf {
    in_days: i64,
    work: bool,
    name: String,
}

/// A rota.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RotaOf {
    pub(super) name: String,
    pub(super) people: Vec<String>,
}

/// A channel. It leads to a port of this machine on which nothing listens, and which the guard of outgoing requests
/// refuses in any case.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChannelOf {
    pub(super) name: String,
    pub(super) kind: ChannelKind,
    path: String,
}

impl ChannelOf {
    /// Where its messages go.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:9/{}", self.path)
    }
}

/// A draft that names a channel, by its index.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bound<T> {
    pub(super) channel: usize,
    pub(super) draft: T,
}

/// A task.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TaskOf {
    /// The name by which the plot of the demo refers to it.
    #[serde(default)]
    pub(super) key: String,
    pub(super) channel: usize,
    pub(super) document: TaskDocument,
    pub(super) play: Play,
}

/// How its runs go.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Play {
    /// The shortest and the longest run.
    pub(super) seconds: [i64; 2],
    /// By how much it takes longer each week.
    pub(super) growth_percent: i64,
    /// How often it fails, in a thousand attempts.
    pub(super) fails_permille: u32,
    /// It has failed for so many hours; 0 if it has not.
    pub(super) fails_since_hours: i64,
    /// The exit code of a failure.
    pub(super) exit: i32,
    /// Lines of a run that succeeds; `{1-9}` is a number, `!` at the start writes to standard error.
    pub(super) good: Vec<String>,
    /// Lines of one that fails.
    pub(super) bad: Vec<String>,
}

impl World {
    /// The demo in a language.
    ///
    /// # Errors
    /// When the built-in file cannot be read, which is a bug.
    pub(super) fn read(lang: Lang) -> Result<Self, serde_json::Error> {
        let mut value: Value = serde_json::from_str(WORLD)?;
        choose(&mut value, lang);
        serde_json::from_value(value)
    }

    /// The days of its calendar around `now`.
    pub(super) fn days(&self, now: DateTime<Utc>) -> Vec<CalendarDay> {
        let days = self.calendar.days.iter();
        days.map(|day| CalendarDay {
            date: (now + TimeDelta::days(day.in_days))
                .date_naive()
                .to_string(),
            work: day.work,
            name: day.name.clone(),
        })
        .collect()
    }
}

/// Replaces each object that has a text for each language by the one for this language.
fn choose(value: &mut Value, lang: Lang) {
    match value {
        Value::Object(fields) => {
            if fields.len() == 2 && fields.contains_key("zh") && fields.contains_key("en") {
                let chosen = fields.remove(lang.pick("zh", "en")).unwrap_or_default();
                *value = chosen;
            } else {
                fields.values_mut().for_each(|inside| choose(inside, lang));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|inside| choose(inside, lang)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_everything() {
        for lang in [Lang::Zh, Lang::En] {
            let world = World::read(lang).expect("the file");
            assert!(!world.done.is_empty());
            let count = world.channels.len();
            for task in &world.tasks {
                let name = &task.document.name;
                assert!(task.channel < count, "{name}");
                assert_eq!(name.is_ascii(), lang == Lang::En, "{name}");
                assert!(task.play.fails_permille == 0 || !task.play.bad.is_empty());
            }
            assert!(world.rules.iter().all(|rule| rule.channel < count));
            assert!(world.summary.channel < count);
        }
    }

    #[test]
    fn commands_of_the_demo_change_nothing() {
        let harmless = ["true", "false", "echo", "sleep"];
        for lang in [Lang::Zh, Lang::En] {
            for task in World::read(lang).expect("the file").tasks {
                let command = task.document.command;
                assert!(
                    !command.contains(['$', '`', '>', '<', '|', '&', '"', '\\']),
                    "{command}"
                );
                let parts = command.split(';').map(str::trim);
                for part in parts.filter(|part| !part.is_empty()) {
                    let word = part.split(' ').next().unwrap_or_default();
                    assert!(harmless.contains(&word), "{command}");
                }
            }
        }
    }

    #[test]
    fn channels_lead_nowhere() {
        for channel in World::read(Lang::En).expect("the file").channels {
            assert!(channel.url().starts_with("http://127.0.0.1:9/"));
        }
    }
}
