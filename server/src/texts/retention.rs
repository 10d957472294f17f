//! How long history is kept: what is wrong with a limit.

use super::{Fault, Text, both};

/// A limit that is no whole number in its range.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
pub struct RetentionFault {
    /// The largest number it may be.
    pub max: i64,
}

impl Fault for RetentionFault {
    fn fault(&self) -> (&'static str, Text) {
        let max = self.max;
        (
            "range",
            both(
                format!("请填写 1–{max} 的整数，不限制就留空"),
                format!("Enter a whole number between 1 and {max}, or nothing for no limit"),
            ),
        )
    }
}
