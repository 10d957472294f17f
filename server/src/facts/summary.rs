//! What a summary says: what needed attention in a day or in a week, by task.

use app::id::{RunId, TaskId};
use app::summary::Selection;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::text::{head, one_line};

/// Tasks that a part names; the others are counted.
const NAMED_MAX: usize = 10;
/// Characters that are kept of a task's name.
const NAME_KEPT: usize = 60;

/// What needed attention in a period.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Summary {
    /// The summary's name.
    pub name: String,
    /// Whether it is about a week; else about a day.
    pub weekly: bool,
    /// The tasks it is about.
    pub selection: Selection,
    /// IANA zone of its times.
    pub zone: String,
    /// The beginning of the period.
    pub from: DateTime<Utc>,
    /// Its end, exclusive.
    pub to: DateTime<Utc>,
    /// Runs that failed, timed out or were lost. Attempts of one firing count once.
    pub failed: Part<FailedTask>,
    /// Planned firings that were missed.
    pub missed: Part<MissedTask>,
    /// Runs that succeeded and took far longer than the task's usual.
    pub slow: Part<SlowTask>,
    /// Firings of tasks that started nothing in the whole period, although no person or rule of the calendar wanted
    /// that.
    pub idle: Part<IdleTask>,
    /// Tasks that are being chased now.
    pub chased: Part<ChasedTask>,
    /// Tasks with tickets that are open now, those of chases excepted.
    #[serde(default)]
    pub tickets: Part<TicketedTask>,
}

/// A part of a summary.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Part<T> {
    /// Tasks in it.
    pub tasks: u64,
    /// What happened to them, in all: the sum over its tasks.
    pub count: u64,
    /// Whether older events of the period were not counted, because there are too many.
    #[serde(default)]
    pub at_least: bool,
    /// Those that are named, the most important first.
    pub named: Vec<T>,
}

impl<T> Default for Part<T> {
    fn default() -> Self {
        Self {
            tasks: 0,
            count: 0,
            at_least: false,
            named: Vec::new(),
        }
    }
}

/// One task in a part of a summary.
pub trait Entry {
    /// How many events it stands for.
    fn count(&self) -> u64;
}

impl<T: Entry> Part<T> {
    /// Keeps the first of these by name, and counts all.
    #[must_use]
    pub fn of(mut entries: Vec<T>, at_least: bool) -> Self {
        let tasks = entries.len() as u64;
        let count = entries.iter().map(Entry::count).sum();
        entries.truncate(NAMED_MAX);
        Self {
            tasks,
            count,
            at_least,
            named: entries,
        }
    }
}

/// A task with runs that ended badly.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FailedTask {
    /// The task.
    pub task: TaskId,
    /// Its name.
    pub name: String,
    /// How many of its runs did.
    pub count: u64,
    /// The last of them.
    pub run: RunId,
    /// When that ended.
    pub last: DateTime<Utc>,
}

/// A task with firings that were missed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MissedTask {
    /// The task.
    pub task: TaskId,
    /// Its name.
    pub name: String,
    /// How many of its firings were.
    pub count: u64,
    /// When the last of them was due.
    pub last: DateTime<Utc>,
}

/// A task that got slow.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SlowTask {
    /// The task.
    pub task: TaskId,
    /// Its name.
    pub name: String,
    /// The run that took so long.
    pub run: RunId,
    /// How long, in milliseconds.
    pub millis: i64,
    /// What 95 % of the successes before it did not exceed, in milliseconds.
    pub usual_millis: i64,
}

/// A task that was to start and never did.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct IdleTask {
    /// The task.
    pub task: TaskId,
    /// Its name.
    pub name: String,
    /// How many firings were planned.
    pub count: u64,
    /// When the last of them was due.
    pub last: DateTime<Utc>,
}

/// A task that is being chased.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ChasedTask {
    /// The task.
    pub task: TaskId,
    /// Its name.
    pub name: String,
}

/// A task with open tickets.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TicketedTask {
    /// The task.
    pub task: TaskId,
    /// Its name.
    pub name: String,
    /// How many of its tickets are open.
    pub count: u64,
    /// When the oldest of them was opened.
    pub since: DateTime<Utc>,
}

macro_rules! entries {
    ($($name:ident: $count:expr),+ $(,)?) => {$(
        impl Entry for $name {
            fn count(&self) -> u64 {
                let count: fn(&Self) -> u64 = $count;
                count(self)
            }
        }
    )+};
}

entries! {
    FailedTask: |one| one.count,
    MissedTask: |one| one.count,
    SlowTask: |_| 1,
    IdleTask: |one| one.count,
    ChasedTask: |_| 1,
    TicketedTask: |one| one.count,
}

impl Summary {
    /// Whether there is nothing to report.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self {
            failed,
            missed,
            slow,
            idle,
            chased,
            tickets,
            ..
        } = self;
        failed.tasks + missed.tasks + slow.tasks + idle.tasks + chased.tasks + tickets.tasks == 0
    }
}

/// The name of a task as a summary keeps it.
#[must_use]
pub fn kept_name(name: &str) -> String {
    let name = one_line(name);
    let mut kept = head(&name, NAME_KEPT).to_owned();
    if kept.len() < name.len() {
        kept.push('…');
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Facts;

    #[test]
    fn a_part_counts_all_and_names_a_few() {
        let entries = |tasks: i64| -> Vec<MissedTask> {
            (0..tasks)
                .map(|id| MissedTask {
                    task: TaskId(id),
                    name: kept_name(&"名\n".repeat(200)),
                    count: 3,
                    last: DateTime::UNIX_EPOCH,
                })
                .collect()
        };
        let part = Part::of(entries(4_000), true);
        assert_eq!(
            (part.tasks, part.count, part.at_least),
            (4_000, 12_000, true)
        );
        assert_eq!(part.named.len(), NAMED_MAX);
        assert_eq!(part.named[0].name.chars().count(), NAME_KEPT + 1);
        let none = Part::<MissedTask>::of(Vec::new(), false);
        assert_eq!(none, Part::default());
    }

    fn many<T: Clone + Entry>(one: &T) -> Part<T> {
        Part::of(vec![one.clone(); 500], false)
    }

    /// It waits as a row of the outbox: whatever tasks are called, the row stays small.
    #[test]
    fn a_summary_is_bounded_and_read_back() {
        let name = kept_name(&"\u{1}".repeat(500));
        let (task, run, at) = (TaskId(i64::MAX), RunId(i64::MAX), DateTime::UNIX_EPOCH);
        let summary = Summary {
            name: "\u{1}".repeat(app::summary::SUMMARY_NAME_MAX),
            weekly: true,
            selection: Selection::Tag("\u{1}".repeat(64)),
            zone: "America/Argentina/Buenos_Aires".to_owned(),
            from: at,
            to: at,
            failed: many(&FailedTask {
                task,
                name: name.clone(),
                count: 1,
                run,
                last: at,
            }),
            missed: many(&MissedTask {
                task,
                name: name.clone(),
                count: 1,
                last: at,
            }),
            slow: many(&SlowTask {
                task,
                name: name.clone(),
                run,
                millis: i64::MAX,
                usual_millis: i64::MAX,
            }),
            idle: many(&IdleTask {
                task,
                name: name.clone(),
                count: 1,
                last: at,
            }),
            chased: many(&ChasedTask {
                task,
                name: name.clone(),
            }),
            tickets: many(&TicketedTask {
                task,
                name,
                count: 1,
                since: at,
            }),
        };
        let facts = Facts::Summary(Box::new(summary));
        let text = serde_json::to_string(&facts).expect("JSON");
        assert!(text.len() < 48 * 1024, "{} bytes", text.len());
        assert_eq!(serde_json::from_str::<Facts>(&text).expect("facts"), facts);
    }
}
