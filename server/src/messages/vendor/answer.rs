//! What any vendor's answer is made of, and what its HTTP status means.

use serde_json::Value;

use crate::outbound::{RetryAfter, SendError};

/// An answer as it came.
pub(in crate::messages) struct Answer {
    /// The HTTP status; for e-mail the code of the reply.
    pub(in crate::messages) status: u16,
    /// How long the other end wants to be left alone.
    pub(in crate::messages) retry_after: Option<RetryAfter>,
    /// The body, or its start; for e-mail the server's reply.
    pub(in crate::messages) words: String,
    /// What the channel expects in the answer; empty where the status decides.
    pub(in crate::messages) expected: String,
}

impl Answer {
    /// Whether the status is 2xx.
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body as JSON; `Null` when it is none, as from a proxy in between.
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.words).unwrap_or(Value::Null)
    }
}

/// Status and body as one text.
pub(super) fn said(answer: &Answer) -> String {
    format!("HTTP {} {}", answer.status, answer.words)
        .trim()
        .to_owned()
}

/// What a status other than 2xx means (RFC 9110, 15): 4xx is about the request and stays, but for
/// a time-out (408), too early (425) and too many (429); so does a move for good (301, 308), since
/// redirects are not followed. The rest may pass.
pub(super) fn http(answer: Answer) -> SendError {
    let words = said(&answer);
    match answer.status {
        429 => SendError::TooMany(words, answer.retry_after),
        408 | 425 => SendError::Answer(words, answer.retry_after),
        301 | 308 | 400..=499 => SendError::Rejected(words),
        _ => SendError::Answer(words, answer.retry_after),
    }
}
