//! What the pools page is made from.

use serde::{Deserialize, Serialize};

use crate::error::{AppError, FieldError};
use crate::pool::{Pool, PoolDraft};

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
