//! What a vendor's answer means: accepted, not now, or never.

use app::channel::ChannelKind;
use serde_json::Value;

use crate::outbound::{RetryAfter, SendError};

/// WeCom asks for fewer calls: over the limit of the interface, or too many at the same time.
const WECOM_TOO_MANY: [i64; 3] = [45009, 45011, 45033];
/// WeCom's answers that pass by themselves: system busy, conflict of versions.
const WECOM_PASSING: [i64; 2] = [-1, 6000];
/// The families of WeCom's global error codes (developer document 90313): invalid parameters and
/// credentials, content that is too long or empty, no permission, no such member, a robot that was
/// removed (93000) or disabled (93004), pictures that do not fit their MD5 (301019). The same
/// message to the same address gets the same answer tomorrow.
const WECOM_FINAL: [std::ops::RangeInclusive<i64>; 3] =
    [40_000..=49_999, 50_001..=99_999, 300_000..=999_999];

/// How many messages a vendor takes from one address within any 60 seconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct PerMinute(pub(super) u32);

/// The limit of a kind of channel; `None` where we know of none.
pub(super) const fn limits(kind: ChannelKind) -> Option<PerMinute> {
    match kind {
        // Developer document 91770.
        ChannelKind::Wecom => Some(PerMinute(20)),
        ChannelKind::Webhook => None,
    }
}

/// An answer as it came.
pub(super) struct Answer {
    /// The HTTP status.
    pub(super) status: u16,
    /// How long the other end wants to be left alone.
    pub(super) retry_after: Option<RetryAfter>,
    /// The body, or its start.
    pub(super) words: String,
}

/// What a WeCom robot's answer means: with HTTP 200 the verdict is in the body.
pub(super) fn wecom(answer: Answer) -> Result<String, SendError> {
    if !(200..300).contains(&answer.status) {
        return Err(http(answer));
    }
    let code = serde_json::from_str::<Value>(&answer.words)
        .ok()
        .and_then(|answer| answer.get("errcode")?.as_i64());
    let Answer {
        retry_after, words, ..
    } = answer;
    Err(match code {
        Some(0) => return Ok(words),
        Some(code) if WECOM_TOO_MANY.contains(&code) => SendError::TooMany(words, retry_after),
        Some(code)
            if !WECOM_PASSING.contains(&code)
                && WECOM_FINAL.iter().any(|family| family.contains(&code)) =>
        {
            SendError::Rejected(words)
        }
        // No JSON: something between us and the vendor. A code that no document names: who knows.
        _ => SendError::Answer(words, retry_after),
    })
}

/// What a webhook's answer means: its status says all.
pub(super) fn webhook(answer: Answer) -> Result<String, SendError> {
    if (200..300).contains(&answer.status) {
        return Ok(said(&answer));
    }
    Err(http(answer))
}

fn said(answer: &Answer) -> String {
    format!("HTTP {} {}", answer.status, answer.words)
        .trim()
        .to_owned()
}

/// What a status other than 2xx means (RFC 9110, 15): 4xx is about the request and stays, but for
/// a time-out (408), too early (425) and too many (429); so does a move for good (301, 308), since
/// redirects are not followed. The rest may pass.
fn http(answer: Answer) -> SendError {
    let words = said(&answer);
    match answer.status {
        429 => SendError::TooMany(words, answer.retry_after),
        408 | 425 => SendError::Answer(words, answer.retry_after),
        301 | 308 | 400..=499 => SendError::Rejected(words),
        _ => SendError::Answer(words, answer.retry_after),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, words: &str) -> Answer {
        Answer {
            status,
            retry_after: None,
            words: words.to_owned(),
        }
    }

    fn verdict(result: Result<String, SendError>) -> &'static str {
        match result {
            Ok(_) => "accepted",
            Err(SendError::TooMany(..)) => "pace",
            Err(SendError::Answer(..) | SendError::Unreachable(_)) => "again",
            Err(error) => {
                assert!(error.is_final());
                "never"
            }
        }
    }

    #[test]
    fn wecoms_codes_are_final_unless_they_pass() {
        let table = [
            (0, "accepted"),
            (-1, "again"),
            (6000, "again"),
            (45009, "pace"),
            (45033, "pace"),
            (93000, "never"),
            (93004, "never"),
            (93008, "never"),
            (40001, "never"),
            (40008, "never"),
            (40035, "never"),
            (40058, "never"),
            (41001, "never"),
            (44004, "never"),
            (45002, "never"),
            (48002, "never"),
            (60020, "never"),
            (301_019, "never"),
            (7, "again"),
        ];
        for (code, wanted) in table {
            let words = format!(r#"{{"errcode":{code},"errmsg":"its own words"}}"#);
            assert_eq!(verdict(wecom(answer(200, &words))), wanted, "{code}");
            if let Err(error) = wecom(answer(200, &words)) {
                assert_eq!(error.to_string(), words);
            }
        }
        for words in ["", "<html>", "{}", r#"{"errcode":"0"}"#, "[0]"] {
            assert_eq!(verdict(wecom(answer(200, words))), "again", "{words}");
        }
    }

    #[test]
    fn a_status_is_final_unless_it_passes() {
        let table = [
            (200, "accepted"),
            (204, "accepted"),
            (301, "never"),
            (302, "again"),
            (307, "again"),
            (308, "never"),
            (400, "never"),
            (401, "never"),
            (403, "never"),
            (404, "never"),
            (408, "again"),
            (410, "never"),
            (413, "never"),
            (422, "never"),
            (425, "again"),
            (429, "pace"),
            (500, "again"),
            (502, "again"),
            (503, "again"),
        ];
        for (status, wanted) in table {
            assert_eq!(
                verdict(webhook(answer(status, "words"))),
                wanted,
                "{status}"
            );
            if !(200..300).contains(&status) {
                assert_eq!(verdict(wecom(answer(status, "words"))), wanted, "{status}");
            }
        }
    }
}
