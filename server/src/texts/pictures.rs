//! Pictures that follow messages: what is wrong with an upload.

use super::{Fault, Text, both};
use crate::messages::PictureFault;

impl Fault for PictureFault {
    fn fault(&self) -> (&'static str, Text) {
        let (code, zh) = match self {
            Self::NoPicture => ("not_a_picture", "这不是 PNG 或 JPEG 图片"),
            Self::Animated => ("animated", "不能上传动图，请换一张静态图片"),
            Self::TooLarge => ("too_large", "图片最大 2 MiB"),
            Self::TooManyPixels => ("too_many_pixels", "图片每边最多 4096 像素"),
        };
        (code, both(zh, app::i18n::sentence(self.to_string())))
    }
}

/// What is wrong with a request about pictures.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum PictureRequestFault {
    /// No such picture.
    UnknownName,
    /// The text is not base64.
    NotBase64,
}

impl Fault for PictureRequestFault {
    fn fault(&self) -> (&'static str, Text) {
        match self {
            Self::UnknownName => (
                "unknown",
                both(
                    "可以是：reminder、success、failure、urge、created",
                    "It is one of: reminder, success, failure, urge, created",
                ),
            ),
            Self::NotBase64 => ("not_base64", both("这不是 base64", "This is not base64")),
        }
    }
}
