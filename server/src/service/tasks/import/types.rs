//! Tasks of other schedulers as they are sent.

use app::import::ItemRemark;
use app::task::TaskDocument;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::importers::{Item, Outcome, Scheduler};

/// What to import: files, or the items that were read of them.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct TaskImport {
    /// Whose files they are.
    pub scheduler: Scheduler,
    /// The files, at most 2,000; none where items are sent.
    pub files: Vec<ImportFile>,
    /// Items as `jcrontab import` reads them on its host, at most 5,000; none where files are sent.
    pub items: Vec<ImportItem>,
    /// IANA zone of times that have none of their own; empty for the server's default zone. Items that are sent have
    /// theirs already.
    pub zone: String,
    /// Name of the channel of the tasks; empty for that of their robots, if they have any.
    pub channel: String,
    /// Whether tasks fire at once. Those whose remarks say that they stay paused do not.
    pub active: bool,
    /// Creates nothing: only the account.
    pub dry_run: bool,
}

/// A file.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ImportFile {
    /// Its path, as faults name it.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// A task to be made.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ImportItem {
    /// Identifies it among the others: its id or name there.
    pub key: String,
    /// The line on which it begins, from 1; 0 where that is not known.
    pub line: usize,
    /// The task.
    pub document: TaskDocument,
    /// The items after which it runs, by their keys.
    pub after: Vec<String>,
    /// The address of the chat robot that it sends to, of which a channel of the task's own is made; empty for none.
    pub robot: String,
    /// What becomes of it.
    pub outcome: Outcome,
    /// What was noticed about it.
    pub remarks: Vec<ItemRemark>,
}

impl ImportItem {
    /// An item that was read, with the remarks in words.
    #[must_use]
    pub fn of(item: Item, remarks: Vec<ItemRemark>) -> Self {
        Self {
            key: item.key,
            line: item.line,
            document: item.document,
            after: item.after,
            robot: item.robot,
            outcome: item.outcome,
            remarks,
        }
    }
}
