//! The order of the list of tasks, and where a page of it ends.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

/// The order of the list of tasks.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Debug,
    Default,
    Serialize,
    Deserialize,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum TaskOrder {
    /// The newest first.
    #[default]
    Newest,
    /// Failing tasks first, then those that are chased, then all others; the newest of each first.
    Worst,
    /// By name.
    Name,
}

impl TaskOrder {
    /// The name used in addresses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// The last row of a page of the list. A task changes its rank between two pages, so the cursor says which one was
/// reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TaskCursor {
    /// The rank of the row, from 0; always 0 unless the worst come first.
    pub rank: u8,
    /// The id of its task.
    pub id: i64,
}

impl From<i64> for TaskCursor {
    fn from(id: i64) -> Self {
        Self { rank: 0, id }
    }
}

/// `123`, or with a rank `2.123`.
impl fmt::Display for TaskCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rank > 0 {
            write!(f, "{}.", self.rank)?;
        }
        self.id.fmt(f)
    }
}

impl FromStr for TaskCursor {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (rank, id) = match text.split_once('.') {
            Some((rank, id)) => (rank.parse()?, id),
            None => (0, text),
        };
        Ok(Self {
            rank,
            id: id.parse()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_is_written() {
        for (rank, id, text) in [(0, 7, "7"), (2, 123, "2.123")] {
            let cursor = TaskCursor { rank, id };
            assert_eq!(cursor.to_string(), text);
            assert_eq!(text.parse(), Ok(cursor));
        }
        for odd in ["", ".", "x", "1.", ".5", "300.5"] {
            assert!(odd.parse::<TaskCursor>().is_err(), "{odd}");
        }
    }
}
