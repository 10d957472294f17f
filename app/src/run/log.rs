//! The log of a run: its output in pieces, with stream and time.

mod find;
mod lines;

pub use find::{matches, pieces};
pub use lines::{Body, Line, Lines, MAX_BYTES, MAX_LINES};

use serde::{Deserialize, Serialize};

use crate::time::Stamp;

/// The pipe.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Stream {
    /// Standard output.
    #[default]
    Out,
    /// Standard error.
    Err,
}

crate::wire::tagged! {
    PlainItem as "LogItem";
    /// A piece of a log. Its position is the number of bytes written before it, on both streams.
    #[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
    #[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
    #[serde(remote = "Self", tag = "kind", rename_all = "snake_case")]
    pub enum LogItem {
        /// Output.
        Text {
            /// Bytes before it.
            from: u64,
            /// Bytes up to its end: where to continue reading.
            to: u64,
            /// When it was read from the pipe.
            at: Stamp,
            /// From which pipe.
            stream: Stream,
            /// The text; invalid UTF-8 is replaced, secrets are masked. May end within a line.
            text: String,
        },
        /// A part of the output that was not stored.
        Gap {
            /// Bytes before it.
            from: u64,
            /// Bytes up to its end.
            to: u64,
        },
    }
}

impl LogItem {
    /// Where to continue reading.
    #[must_use]
    pub const fn to(&self) -> u64 {
        match self {
            Self::Text { to, .. } | Self::Gap { to, .. } => *to,
        }
    }
}

/// A part of a log.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct LogPage {
    /// The pieces in order.
    pub items: Vec<LogItem>,
    /// Where to continue reading.
    pub next: u64,
    /// Whether nothing will be added after `next`.
    pub over: bool,
    /// Bytes written so far or in total.
    pub total_bytes: u64,
    /// Bytes that were not stored.
    pub dropped_bytes: u64,
}
