//! Tasks of other schedulers that are imported: what is sent, and the account of every item.

use serde::{Deserialize, Serialize};

use crate::id::TaskId;

/// A scheduler whose tasks can be imported.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Scheduler {
    /// The original Jcrontab: a dump of its table `Jcrontab_demandorder`.
    #[default]
    Jcrontab,
    /// XXL-JOB: a dump of `xxl_job_info` and `xxl_job_group`.
    XxlJob,
    /// gocron: a dump of `task`, `task_host` and `host`.
    Gocron,
    /// Cronicle: its data export; xyOps: a portable data file.
    Cronicle,
    /// Kubernetes: `CronJob` manifests.
    Kubernetes,
    /// systemd: `.timer` and `.service` units.
    Systemd,
    /// qinglong: its list of tasks as JSON, or a dump of its table `Crontabs`.
    Qinglong,
}

impl Scheduler {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Jcrontab,
        Self::XxlJob,
        Self::Gocron,
        Self::Cronicle,
        Self::Kubernetes,
        Self::Systemd,
        Self::Qinglong,
    ];

    /// The name in the API and in the terminal, which is also the tag of imported tasks.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jcrontab => "jcrontab",
            Self::XxlJob => "xxl-job",
            Self::Gocron => "gocron",
            Self::Cronicle => "cronicle",
            Self::Kubernetes => "kubernetes",
            Self::Systemd => "systemd",
            Self::Qinglong => "qinglong",
        }
    }
}

impl std::str::FromStr for Scheduler {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|one| one.as_str() == text)
            .ok_or(())
    }
}

/// The form of the page: one text, and how it is imported.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct TaskImportForm {
    /// Whose tasks they are.
    pub scheduler: Scheduler,
    /// The text: a dump, an export, a manifest.
    pub text: String,
    /// IANA zone of times that have none of their own; empty for the server's default zone.
    pub zone: String,
    /// Name of the channel of the tasks; empty for that of their robots, if they have any.
    pub channel: String,
    /// Whether tasks fire at once. Those whose remarks say that they stay paused do not.
    pub active: bool,
    /// Creates nothing: only the account.
    pub dry_run: bool,
}

/// A remark on an item.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ItemRemark {
    /// A stable code, or the field of the task that is meant.
    pub code: String,
    /// A sentence.
    pub text: String,
}

/// What became of an item.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ItemOutcome {
    /// A task was created, or would be.
    Created,
    /// Its task was created by an earlier import, and was not changed.
    Known,
    /// No task was made of it; the remarks say why.
    Refused,
}

/// An item, and what became of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ImportedItem {
    /// Its key.
    pub key: String,
    /// The line on which it begins, from 1; 0 where that is not known.
    pub line: usize,
    /// What became of it.
    pub outcome: ItemOutcome,
    /// The id of its task; `null` where there is none yet.
    pub id: Option<TaskId>,
    /// The name of its task.
    pub name: String,
    /// Whether the new task begins paused.
    pub paused: bool,
    /// Its schedules.
    pub schedules: Vec<String>,
    /// The schedules in words.
    pub cycle: String,
    /// What to know about it.
    pub remarks: Vec<ItemRemark>,
}

/// The result of an import.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TaskImportReport {
    /// Whether nothing was created because none was wanted.
    pub dry_run: bool,
    /// Tasks that were created, or would be.
    pub created: usize,
    /// Those of them that begin paused.
    pub paused: usize,
    /// Items whose tasks existed before.
    pub known: usize,
    /// Items of which no task is made.
    pub refused: usize,
    /// Every item, in the order of the files.
    pub items: Vec<ImportedItem>,
}
