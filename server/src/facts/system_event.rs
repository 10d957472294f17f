//! What happens to the servers and their accounts, and not to a task.

use app::message::Event;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What happened to a server, or to what belongs to all of them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum SystemEvent {
    /// Its lease expired, or its successor found that it had not stopped in an orderly way.
    ServerDead {
        /// Name of its machine.
        host: String,
        /// When it last reported.
        last_seen: DateTime<Utc>,
        /// How many of its runs are lost.
        lost: usize,
        /// Whether it had an embedded database to itself: then it noted once a minute that it was up, and sent no heartbeats.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        lone: bool,
    },
    /// Its clock was set.
    ClockStepped {
        /// Name of its machine.
        host: String,
        /// By how many seconds; negative when it was set back.
        seconds: i64,
    },
    /// Its clock is so far off the database's that it starts nothing.
    ClockOff {
        /// Name of its machine.
        host: String,
        /// By how many seconds it is ahead; negative when it is behind.
        seconds: i64,
    },
    /// The disk of its data folder is nearly full.
    DiskLow {
        /// Name of its machine.
        host: String,
        /// Free bytes.
        free: u64,
        /// Bytes in all.
        total: u64,
    },
    /// An API token expires soon.
    TokenExpires {
        /// What it is for, or its first characters.
        token: String,
        /// The name of its account.
        owner: String,
        /// When it expires.
        expires: DateTime<Utc>,
    },
}

impl SystemEvent {
    /// What kind of event it is.
    #[must_use]
    pub const fn event(&self) -> Event {
        match self {
            Self::ServerDead { .. } => Event::ServerDead,
            Self::ClockStepped { .. } | Self::ClockOff { .. } => Event::ClockStepped,
            Self::DiskLow { .. } => Event::DiskLow,
            Self::TokenExpires { .. } => Event::TokenExpires,
        }
    }
}
