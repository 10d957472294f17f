//! What the nodes page is made from.

use serde::{Deserialize, Serialize};

use super::Clockface;
use crate::node::Node;

/// The nodes page.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NodesPage {
    /// Clock and zone.
    pub clock: Clockface,
    /// Nodes that are up, then those that have gone within a day.
    pub nodes: Vec<Node>,
    /// What is not as it should be.
    pub warnings: Vec<String>,
}
