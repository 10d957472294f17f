//! The data of the pools page.

use serde::{Deserialize, Serialize};

use crate::error::{AppError, FieldError};
use crate::pool::{Pool, PoolDraft};

/// The pools page.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PoolsPage {
    /// All pools.
    pub pools: Vec<Pool>,
    /// The content of the form.
    pub draft: PoolDraft,
    /// Faults by field.
    pub faults: Vec<FieldError>,
    /// A failure that concerns no single field.
    pub error: Option<AppError>,
}
