//! The definition of a task: everything a person decides about it, and nothing that results from it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Execution, InForce, Mode};
use crate::i18n::Lang;
use crate::id::ChannelId;
use crate::schedule::{MissedRule, Schedule, ScheduleDraft};
use crate::ticket::TicketRule;
use crate::time::Stamp;

/// A task's definition, validated: what [`TaskDraft`](super::TaskDraft) is parsed into, and what is stored, shown and
/// compared.
///
/// A field that only people read belongs in [`Notes`], one about how it runs in [`Execution`]: both are stored as a
/// whole, so a new one needs no column. `docs/contributing/add-a-task-field.md` lists the places.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(remote = "Self", default)]
pub struct TaskSpec {
    /// 工作内容: unique.
    pub name: String,
    /// 绰号: the name in the greeting of messages; may be empty.
    pub nickname: String,
    /// 负责人: mentioned in messages.
    pub owners: Vec<String>,
    /// Labels for searching.
    pub tags: Vec<String>,
    /// What a firing does.
    pub mode: Mode,
    /// Run by `/bin/sh -c`; empty in mode `message`.
    pub command: String,
    /// IANA zone of its schedules and its window.
    pub zone: String,
    /// 工作周期: all work schedules, in order. Their ids are 0 until they are stored.
    pub schedules: Vec<Schedule>,
    /// 催单工作周期, used instead of the work schedules while `urging`.
    pub urge_cron: Option<String>,
    /// 是否开启催单.
    pub urging: bool,
    /// Where its messages go.
    pub channel_id: Option<ChannelId>,
    /// Start of the window, inclusive.
    pub starts_at: Option<Stamp>,
    /// End of the window, inclusive.
    pub ends_at: Option<Stamp>,
    /// Hard limit of a run in seconds.
    pub timeout_seconds: Option<i64>,
    /// After this many failures in a row, 1–1,000, it pauses; `None` for never. Counted from when it was last resumed.
    pub pause_after_failures: Option<i32>,
    /// Each run is announced this many seconds ahead, from a minute to a week; `None` for no announcement.
    pub notice_before_seconds: Option<i64>,
    /// What happens to firings that passed while no server was up.
    pub missed: MissedRule,
    /// How it is executed; tasks with the default share one instance.
    pub execution: Arc<Execution>,
    /// Which tickets it opens and how people are asked; tasks with the default share one instance, and their JSON does
    /// not name it.
    #[serde(skip_serializing_if = "is_usual")]
    pub tickets: Arc<TicketRule>,
    /// Notes for people.
    #[serde(flatten)]
    pub notes: Notes,
}

/// Whether a task opens no tickets and sets nothing about asking.
fn is_usual(rule: &Arc<TicketRule>) -> bool {
    *rule == TicketRule::usual()
}

/// [`TaskSpec`] without the JSON representation, for pages.
#[derive(Serialize, Deserialize)]
#[serde(remote = "TaskSpec")]
struct PlainSpec {
    name: String,
    nickname: String,
    owners: Vec<String>,
    tags: Vec<String>,
    mode: Mode,
    command: String,
    zone: String,
    schedules: Vec<Schedule>,
    urge_cron: Option<String>,
    urging: bool,
    channel_id: Option<ChannelId>,
    starts_at: Option<Stamp>,
    ends_at: Option<Stamp>,
    timeout_seconds: Option<i64>,
    pause_after_failures: Option<i32>,
    notice_before_seconds: Option<i64>,
    missed: MissedRule,
    execution: Arc<Execution>,
    tickets: Arc<TicketRule>,
    notes: Notes,
}

crate::wire::two_forms!(TaskSpec, PlainSpec);

/// Notes for people. No rule and no statement reads them, so they are stored as one value.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Notes {
    /// 处理预案: what to do when it fails, as text or as a link; at most 4,000 characters.
    pub runbook: String,
}

impl Notes {
    /// Those that are written, each with its name in the API: what the page of a task and `task show` list.
    #[must_use]
    pub fn written(&self) -> Vec<(&'static str, &str)> {
        // Each by its name: one that is not listed is unused, which the compiler reports.
        let Self { runbook } = self;
        let all = [("runbook", runbook.as_str())];
        let written = all.into_iter().filter(|(_, text)| !text.is_empty());
        written.collect()
    }
}

impl TaskSpec {
    /// The schedules in force as drafts: the chase cycle while chasing, else the work schedules.
    #[must_use]
    pub fn schedules_in_force(&self) -> Vec<ScheduleDraft> {
        match self.in_force() {
            InForce::Urge(urge) => vec![ScheduleDraft::plain(urge)],
            InForce::Work(schedules) => schedules.iter().map(Schedule::draft).collect(),
        }
    }

    /// The schedules in force in words.
    #[must_use]
    pub fn cycle_words(&self, lang: Lang) -> String {
        self.in_force().words(lang)
    }

    /// The text of the first work schedule.
    #[must_use]
    pub fn cron(&self) -> &str {
        self.schedules
            .first()
            .map_or("", |schedule| schedule.spec.as_str())
    }
}

#[cfg(any(test, feature = "fixtures"))]
impl TaskSpec {
    /// A command in UTC that no schedule starts soon, for tests that need any task.
    #[must_use]
    pub fn example() -> Self {
        Self {
            name: "example".to_owned(),
            command: "true".to_owned(),
            zone: "UTC".to_owned(),
            schedules: vec![Schedule::plain("0 0 1 1 *")],
            execution: Execution::usual(),
            tickets: TicketRule::usual(),
            ..Self::default()
        }
    }
}
