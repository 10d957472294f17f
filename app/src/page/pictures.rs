//! The data of the page of pictures.

use serde::{Deserialize, Serialize};

use super::Clockface;
use crate::error::AppError;
use crate::message::Picture;

/// What the page of pictures shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PicturesPage {
    /// Clock and zone.
    pub clock: Clockface,
    /// All pictures.
    pub pictures: Vec<Picture>,
    /// Why an upload was refused.
    pub error: Option<AppError>,
}
