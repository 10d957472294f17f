//! Rules about messages (通知规则): which channels get which events.
//!
//! A rule names tasks ([`Scope`]), events and a channel. The store reads the rules in the transaction
//! that writes what happened, and asks [`picks`] and [`Rule::fate`]; a page that explains what a task
//! would send asks the same functions.

mod draft;
mod explain;
mod failures;
mod notify;
mod outcome;
mod pick;
mod quiet;
mod subject;
mod view;

pub use draft::{NAME_MAX, RuleDraft};
pub use explain::{Explained, Route, Verdict};
pub use failures::Failures;
pub use notify::{
    FurtherChannels, NOTIFY_EVENTS, RULES_CHANGED, RuleEdit, TaskNotify, rare_events, rule_edits,
    seen,
};
pub use outcome::{RoutingOutcome, RuleContext};
pub use pick::{By, ChannelCandidate, picks};
pub use quiet::QuietHours;
pub use subject::Subject;
pub use view::{RuleQuery, RuleView};

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use crate::id::{ChannelId, RuleId, TaskId};
use crate::message::Event;
use crate::time::Stamp;

/// Rules that are for no single task: all of them are read when something happens.
pub const SHARED_MAX: u64 = 500;
/// The code of the refusal of a change that was made from an older version of a rule.
pub const RULE_OUTDATED: &str = "rule.outdated";
/// Rules of one task.
pub const OF_TASK_MAX: u64 = 20;

/// What kind of thing a rule is for. The word is used in the API, in forms and in the database.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ScopeKind {
    /// One task.
    Task,
    /// Tasks of an owner.
    Owner,
    /// Tasks with a tag.
    Tag,
    /// All tasks.
    #[default]
    All,
    /// The system, and no task.
    System,
}

impl ScopeKind {
    /// All of them, the most specific first.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// What a rule is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Scope {
    /// One task.
    Task(TaskId),
    /// Tasks of an owner.
    Owner(String),
    /// Tasks with a tag.
    Tag(String),
    /// All tasks.
    All,
    /// The system, and no task.
    System,
}

impl Scope {
    /// The kind.
    #[must_use]
    pub const fn kind(&self) -> ScopeKind {
        match self {
            Self::Task(_) => ScopeKind::Task,
            Self::Owner(_) => ScopeKind::Owner,
            Self::Tag(_) => ScopeKind::Tag,
            Self::All => ScopeKind::All,
            Self::System => ScopeKind::System,
        }
    }

    /// The one task.
    #[must_use]
    pub const fn task(&self) -> Option<TaskId> {
        match self {
            Self::Task(id) => Some(*id),
            _ => None,
        }
    }

    /// Whether it includes this.
    #[must_use]
    pub fn includes(&self, subject: &Subject) -> bool {
        match (self, subject) {
            (Self::System, Subject::System) | (Self::All, Subject::Task { .. }) => true,
            (Self::Task(task), Subject::Task { id, .. }) => task == id,
            (Self::Owner(owner), Subject::Task { owners, .. }) => owners.contains(owner),
            (Self::Tag(tag), Subject::Task { tags, .. }) => tags.contains(tag),
            _ => false,
        }
    }
}

/// What a rule does. The word is used in the API, in forms and in the database.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RuleAction {
    /// Sends the events to the channel.
    #[default]
    Send,
    /// Sends none of them there, whatever rules for more tasks say.
    Mute,
}

impl RuleAction {
    /// All of them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// Stands for the main channel of each task in the place of the ID of a channel, which is positive.
pub const OWN_CHANNEL: ChannelId = ChannelId(0);
/// The same as a name, in the API and in the terminal.
pub const OWN_CHANNEL_NAME: &str = "own";

/// The definition of a rule, checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuleSpec {
    /// What it is for, in a few words; may be empty.
    pub name: String,
    /// What it is for.
    pub scope: Scope,
    /// Which events, in the order of [`Event::ALL`], each once.
    pub events: Vec<Event>,
    /// Where they go; [`OWN_CHANNEL`] for the main channel of each task.
    pub channel_id: ChannelId,
    /// Whether they go there.
    pub action: RuleAction,
    /// Name of the channel's template for the messages; `None` for the template of the event.
    pub template: Option<String>,
    /// At most one message for a task and an event in so many seconds; 0 for no limit.
    pub throttle_seconds: i64,
    /// When messages wait; `None` for never.
    pub quiet: Option<QuietHours>,
    /// Whether failures are sent in quiet hours all the same.
    pub urgent: bool,
    /// Which of consecutive failures.
    pub failures: Failures,
    /// Whether it is in force.
    pub enabled: bool,
}

impl RuleSpec {
    /// The channel that it is about for a subject; `None` where that is the main channel of a task that has none.
    #[must_use]
    pub fn channel_for(&self, subject: &Subject) -> Option<ChannelId> {
        match self.channel_id {
            OWN_CHANNEL => subject.main_channel(),
            channel => Some(channel),
        }
    }
}

/// A rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    /// Its id.
    pub id: RuleId,
    /// Every change counts it up.
    pub version: i64,
    /// When it was added.
    pub created_at: Stamp,
    /// When it was last changed.
    pub updated_at: Stamp,
    /// What it says.
    pub spec: RuleSpec,
}

impl std::ops::Deref for Rule {
    type Target = RuleSpec;
    fn deref(&self) -> &RuleSpec {
        &self.spec
    }
}
