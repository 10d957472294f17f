//! Pictures that follow messages.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use crate::time::Stamp;

/// Bytes of a picture: what WeCom takes before base64 (developer document 91770).
pub const PICTURE_MAX: usize = 2 * 1024 * 1024;

/// A picture that can be replaced.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum PictureName {
    /// Follows a reminder.
    Reminder,
    /// Follows a message about a success.
    Success,
    /// Follows a message about a failure.
    Failure,
    /// Follows a message of a task that is being chased.
    Urge,
    /// Follows 【建单通知】; nothing follows it without a picture of one's own.
    Created,
}

impl PictureName {
    /// All of them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Its name in the API and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A picture as lists show it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Picture {
    /// What it follows.
    pub name: PictureName,
    /// Whether it was uploaded, and is not the built-in one.
    pub own: bool,
    /// `image/png` or `image/jpeg`; empty where there is no picture.
    pub media_type: String,
    /// Its width in pixels.
    pub width: i32,
    /// Its height in pixels.
    pub height: i32,
    /// When it was uploaded.
    pub updated_at: Option<Stamp>,
    /// Counts the uploads; 0 for the built-in picture. An upload that refers to an older one is refused.
    pub version: i64,
}

/// Input for a picture.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct PictureDraft {
    /// A PNG or JPEG of up to 2 MiB and 4096 pixels a side, in base64.
    pub base64: String,
}
