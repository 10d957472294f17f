//! What happens to a start while the task is already running.

use serde::{Deserialize, Serialize};

crate::wire::tagged! {
    PlainOverlap as "Overlap";
    /// The rule; decided inside the claim, for planned starts, manual starts, retries and catch-ups.
    #[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
    #[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
    #[serde(remote = "Self", tag = "rule", rename_all = "snake_case")]
    pub enum Overlap {
        /// The new start is skipped, and the history says so.
        #[default]
        Skip,
        /// So many run at once; further starts are skipped.
        Allow {
            /// The limit, 2–100.
            max: u32,
        },
        /// One runs, so many wait in order; further starts are skipped.
        Queue {
            /// How many may wait, 1–1000.
            max: u32,
        },
        /// The running one is stopped, then the new one starts. Of several waiting ones only the latest stays.
        Replace,
    }
}

impl Overlap {
    /// The limit of simultaneous runs of the task.
    #[must_use]
    pub const fn at_once(self) -> u32 {
        match self {
            Self::Allow { max } => max,
            _ => 1,
        }
    }
}

/// The text in forms and in the terminal: `skip`, `allow:3`, `queue:10`, `replace`.
impl std::fmt::Display for Overlap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Skip => f.write_str("skip"),
            Self::Allow { max } => write!(f, "allow:{max}"),
            Self::Queue { max } => write!(f, "queue:{max}"),
            Self::Replace => f.write_str("replace"),
        }
    }
}

impl std::str::FromStr for Overlap {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let (rule, number) = text.trim().split_once(':').unwrap_or((text.trim(), ""));
        let number = || number.trim().parse::<u32>().map_err(|_| ());
        match rule.trim() {
            "" | "skip" => Ok(Self::Skip),
            "replace" => Ok(Self::Replace),
            "allow" => match number()? {
                max @ 2..=100 => Ok(Self::Allow { max }),
                _ => Err(()),
            },
            "queue" => match number()? {
                max @ 1..=1000 => Ok(Self::Queue { max }),
                _ => Err(()),
            },
            _ => Err(()),
        }
    }
}
