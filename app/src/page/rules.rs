//! The data of the page about rules.

use serde::{Deserialize, Serialize};

use super::Clockface;
use crate::error::{AppError, FieldError};
use crate::id::{ChannelId, RuleId, TaskId};
use crate::rule::{RuleDraft, RuleView};

/// The page about rules: those of a task, or those for no single task.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RulesPage {
    /// Clock and zone.
    pub clock: Clockface,
    /// The rules.
    pub rules: Vec<RuleView>,
    /// The task and its name, where they are a task's.
    pub task: Option<(TaskId, String)>,
    /// Channels to choose from.
    pub channels: Vec<(ChannelId, String)>,
    /// The rule that the form changes; `None` where it adds one.
    pub editing: Option<RuleId>,
    /// The content of the form.
    pub draft: RuleDraft,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// A failure that concerns no single field.
    pub error: Option<AppError>,
}
