//! Signatures of requests that reach us, with HMAC-SHA256 (RFC 2104), compared in constant time.
//!
//! Two forms are understood: that of Standard Webhooks
//! (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>), which has a time and so
//! cannot be repeated later, and `X-Hub-Signature-256` of GitHub and Gitea, which signs the body alone
//! (<https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::token::random;

/// Marks a secret, as Standard Webhooks does.
const SECRET_MARK: &str = "whsec_";
/// How far the time of a signature may be from ours, either way.
const TOLERANCE: TimeDelta = TimeDelta::minutes(5);
/// Signatures of one request that are compared: a sender lists several while it changes its secret.
const SIGNATURES_MAX: usize = 8;

/// What a request says about its signature.
#[derive(Clone, Copy, Debug, Default)]
pub struct Signed<'a> {
    /// `webhook-id`.
    pub id: Option<&'a str>,
    /// `webhook-timestamp`, in seconds.
    pub timestamp: Option<&'a str>,
    /// `webhook-signature`: `v1,` and base64, several separated by blanks.
    pub signature: Option<&'a str>,
    /// `x-hub-signature-256`: `sha256=` and hexadecimal digits.
    pub of_body: Option<&'a str>,
}

/// Why a signature is not accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SignatureFault {
    /// There is none.
    #[error("the request is not signed")]
    Missing,
    /// It was made at another time.
    #[error("the signature is too old, or from the future")]
    Time,
    /// It is not the one of this body and this secret.
    #[error("the signature does not match")]
    Wrong,
}

/// A new secret for signatures: 256 random bits.
#[must_use]
pub fn new_signing_secret() -> String {
    format!("{SECRET_MARK}{}", STANDARD.encode(random::<32>()))
}

/// Checks the signature of a body.
///
/// # Errors
/// When it is missing, outdated or wrong.
pub fn check(
    secret: &str,
    signed: Signed<'_>,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<(), SignatureFault> {
    if let Some(signatures) = signed.signature {
        let (Some(id), Some(timestamp)) = (signed.id, signed.timestamp) else {
            return Err(SignatureFault::Missing);
        };
        let key = secret.strip_prefix(SECRET_MARK).unwrap_or(secret);
        let key = STANDARD.decode(key).map_err(|_| SignatureFault::Wrong)?;
        let is_right = signatures
            .split_whitespace()
            .take(SIGNATURES_MAX)
            .filter_map(|one| STANDARD.decode(one.strip_prefix("v1,")?).ok())
            .any(|tag| {
                fits(
                    &key,
                    &[id.as_bytes(), b".", timestamp.as_bytes(), b".", body],
                    &tag,
                )
            });
        if !is_right {
            return Err(SignatureFault::Wrong);
        }
        let at = timestamp.parse().ok();
        let at = at.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        return match at {
            Some(at) if (now - at).abs() <= TOLERANCE => Ok(()),
            _ => Err(SignatureFault::Time),
        };
    }
    let tag = signed.of_body.ok_or(SignatureFault::Missing)?;
    let tag = tag.strip_prefix("sha256=").and_then(bytes_of_hex);
    // GitHub's key is the secret as it is typed.
    match tag {
        Some(tag) if fits(secret.as_bytes(), &[body], &tag) => Ok(()),
        _ => Err(SignatureFault::Wrong),
    }
}

fn fits(key: &[u8], parts: &[&[u8]], tag: &[u8]) -> bool {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return false;
    };
    for part in parts {
        mac.update(part);
    }
    mac.verify_slice(tag).is_ok()
}

fn bytes_of_hex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let byte = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    (0..text.len()).step_by(2).map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).expect("an instant")
    }

    /// The example of the reference implementations of Standard Webhooks.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const BODY: &[u8] = b"{\"test\": 2432232314}";
    const SIGNED: Signed<'_> = Signed {
        id: Some("msg_p5jXN8AQM9LWM0D4loKWxJek"),
        timestamp: Some("1614265330"),
        signature: Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
        of_body: None,
    };

    #[test]
    fn the_example_of_standard_webhooks_is_accepted_for_five_minutes() {
        for (offset, wanted) in [
            (0, Ok(())),
            (300, Ok(())),
            (-300, Ok(())),
            (301, Err(SignatureFault::Time)),
            (-301, Err(SignatureFault::Time)),
        ] {
            let now = at(1_614_265_330 + offset);
            assert_eq!(check(SECRET, SIGNED, BODY, now), wanted, "{offset}");
        }
        let several = Signed {
            signature: Some("v1a,x v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
            ..SIGNED
        };
        assert_eq!(check(SECRET, several, BODY, at(1_614_265_330)), Ok(()));
    }

    #[test]
    fn what_was_changed_is_refused() {
        let now = at(1_614_265_330);
        let wrong = Err(SignatureFault::Wrong);
        assert_eq!(check(SECRET, SIGNED, b"{\"test\": 2432232315}", now), wrong);
        for other in [
            Signed {
                id: Some("msg_other"),
                ..SIGNED
            },
            Signed {
                timestamp: Some("1614265331"),
                ..SIGNED
            },
            Signed {
                signature: Some("v1,"),
                ..SIGNED
            },
            Signed {
                signature: Some("v1,AAAA"),
                ..SIGNED
            },
            Signed {
                signature: Some(""),
                ..SIGNED
            },
        ] {
            assert_eq!(check(SECRET, other, BODY, now), wrong, "{other:?}");
        }
        let secret = new_signing_secret();
        assert_eq!(check(&secret, SIGNED, BODY, now), wrong);
        let missing = Err(SignatureFault::Missing);
        for other in [
            Signed::default(),
            Signed { id: None, ..SIGNED },
            Signed {
                timestamp: None,
                ..SIGNED
            },
        ] {
            assert_eq!(check(SECRET, other, BODY, now), missing, "{other:?}");
        }
    }

    /// The example of GitHub's documentation.
    #[test]
    fn a_signature_of_the_body_alone_is_accepted() {
        let secret = "It's a Secret to Everybody";
        let right = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        let signed = |of_body| Signed {
            of_body: Some(of_body),
            ..Signed::default()
        };
        let check = |of_body, body| check(secret, signed(of_body), body, at(0));
        assert_eq!(check(right, b"Hello, World!"), Ok(()));
        let upper = format!("sha256={}", right["sha256=".len()..].to_uppercase());
        assert_eq!(check(&upper, b"Hello, World!"), Ok(()));
        let other = right.replace("sha256", "sha1");
        for of_body in ["", "sha256=", &right[..70], &other, "sha256=é"] {
            assert_eq!(
                check(of_body, b"Hello, World!"),
                Err(SignatureFault::Wrong),
                "{of_body}"
            );
        }
        assert_eq!(check(right, b"Hello, world!"), Err(SignatureFault::Wrong));
    }
}
