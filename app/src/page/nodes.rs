//! The data of the nodes page.

use serde::{Deserialize, Serialize};

use super::Clockface;
use crate::node::{LoopStatus, Node};

/// The nodes page.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NodesPage {
    /// Clock and zone.
    pub clock: Clockface,
    /// Nodes that are up, then those that went down within the last day.
    pub nodes: Vec<Node>,
    /// Warnings about the nodes.
    pub warnings: Vec<String>,
    /// Background loops of the answering node.
    pub loops: Vec<LoopStatus>,
}
