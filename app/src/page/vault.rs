//! What the pages of secrets, pools and nodes are made from.

use serde::{Deserialize, Serialize};

use super::Clockface;
use crate::error::{AppError, FieldError};
use crate::id::SecretId;
use crate::node::{LoopStatus, Node};
use crate::pool::{Pool, PoolDraft};
use crate::secret::{Secret, SecretDraft};

/// The secrets page.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SecretsPage {
    /// Clock and zone.
    pub clock: Clockface,
    /// All secrets, without their values.
    pub secrets: Vec<Secret>,
    /// The secret that the form changes; `None` for another one.
    pub editing: Option<SecretId>,
    /// What stands in the form; never a value.
    pub draft: SecretDraft,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// A failure that belongs to no field.
    pub error: Option<AppError>,
}

/// The pools page.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PoolsPage {
    /// All pools.
    pub pools: Vec<Pool>,
    /// What stands in the form.
    pub draft: PoolDraft,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// A failure that belongs to no field.
    pub error: Option<AppError>,
}

/// The nodes page.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NodesPage {
    /// Clock and zone.
    pub clock: Clockface,
    /// Nodes that are up, then those that have gone within a day.
    pub nodes: Vec<Node>,
    /// What is not as it should be.
    pub warnings: Vec<String>,
    /// Background loops of the node that answers.
    pub loops: Vec<LoopStatus>,
}
