//! How a run ended, and what is kept of its output.

use app::message::Event;
use app::run::RunState;
use chrono::{DateTime, Utc};
use runner::output::Shown;
use serde::{Deserialize, Serialize};

use super::Failures;
use crate::text::{ceil, floor, readable};

/// Bytes of output that a message shows; each channel cuts further to its own limit.
pub const OUTPUT_SHOWN: usize = 4000;
/// Bytes that are kept of each end of an output: more than half of what is shown, so that a cut to
/// that has the character at its edge whole.
const END_KEPT: usize = OUTPUT_SHOWN / 2 + 64;

/// How a run ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct End {
    /// What its message is: a reminder, a failure, ….
    pub event: Event,
    /// How it ended.
    pub state: RunState,
    /// Why: a code of [`app::run::RunReason`].
    pub reason: Option<String>,
    /// Exit code, when it ended by itself.
    pub exit_code: Option<i32>,
    /// The signal that ended it.
    pub exit_signal: Option<i32>,
    /// Which attempt.
    pub attempt: i32,
    /// When it started.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: DateTime<Utc>,
    /// What it wrote, masked, as the run page shows it.
    pub output: HeadAndTail,
    /// The failures in a row that it is the last of; known when its result is written. `None` where it
    /// is no failure, and from a former version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failures: Option<Failures>,
}

/// A text, or both ends of a longer one.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct HeadAndTail {
    /// The whole, or the start.
    pub head: String,
    /// Bytes between start and end; 0 where `head` is the whole.
    #[serde(default)]
    pub gap: usize,
    /// The end of a text that is not whole.
    #[serde(default)]
    pub tail: String,
}

impl HeadAndTail {
    /// Keeps what a message may show of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        if text.len() <= 2 * END_KEPT {
            return Self {
                head: text.to_owned(),
                ..Self::default()
            };
        }
        let begin = floor(text, END_KEPT);
        let end = ceil(text, text.len() - END_KEPT);
        Self {
            head: text[..begin].to_owned(),
            gap: end - begin,
            tail: text[end..].to_owned(),
        }
    }

    /// Keeps what a message may show of what a command wrote, without escape sequences. Of a long output only both ends
    /// are at hand; the gap is all of it that is not kept.
    #[must_use]
    pub fn of_output(output: &Shown) -> Self {
        let text = |bytes: &[u8]| app::ansi::plain(&readable(bytes));
        let at_hand = output.head.len() + output.tail.len();
        let omitted = usize::try_from(output.omitted).unwrap_or(usize::MAX);
        let mut ends = if omitted == 0 {
            let whole = text(&[output.head.as_slice(), &output.tail].concat());
            Self::of(whole.trim_end())
        } else {
            let (head, tail) = (text(&output.head), text(&output.tail));
            let tail = tail.trim_end();
            let begin = floor(&head, END_KEPT.min(head.len()));
            let end = ceil(tail, tail.len().saturating_sub(END_KEPT));
            Self {
                gap: omitted,
                head: head[..begin].to_owned(),
                tail: tail[end..].to_owned(),
            }
        };
        if ends.gap > 0 {
            // A byte that is decoded or made visible may become several.
            let kept = ends.head.len() + ends.tail.len();
            let missing = omitted.saturating_add(at_hand).saturating_sub(kept);
            ends.gap = ends.gap.max(missing);
        }
        ends
    }

    /// Whether there is nothing to show.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.head.is_empty() && self.gap == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_add_up_to_the_text() {
        for text in [
            "",
            "short",
            &"中".repeat(3_000),
            &"x".repeat(2 * END_KEPT + 1),
        ] {
            let ends = HeadAndTail::of(text);
            assert_eq!(ends.head.len() + ends.gap + ends.tail.len(), text.len());
            assert!(text.starts_with(&ends.head) && text.ends_with(&ends.tail));
        }
    }

    #[test]
    fn the_gap_of_an_output_is_all_that_is_not_kept_of_it() {
        let long = |letter: &str| letter.repeat(20_000).into_bytes();
        for (head, omitted, tail) in [
            (long("a"), 7_148_907, [long("z"), b" \n".to_vec()].concat()),
            (long("a"), 0, long("z")),
            (b"short\n".to_vec(), 5, b"end".to_vec()),
            (Vec::new(), 5, b"end".to_vec()),
            (
                b"\x1b[31mred\x1b[0m".to_vec(),
                10,
                b"\x1b[32mgreen\x1b[0m\n".to_vec(),
            ),
            (long("中"), u64::MAX, long("文")),
        ] {
            let all = (head.len() as u64).saturating_add(omitted);
            let all = all.saturating_add(tail.len() as u64);
            let output = Shown {
                head,
                omitted,
                tail,
            };
            let ends = HeadAndTail::of_output(&output);
            let kept = (ends.head.len() + ends.tail.len()) as u64;
            assert_eq!((ends.gap as u64).saturating_add(kept), all);
            assert!(!ends.is_empty());
        }
        assert!(HeadAndTail::of_output(&Shown::default()).is_empty());
    }
}
