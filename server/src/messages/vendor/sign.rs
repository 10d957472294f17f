//! Signatures of requests: HMAC with SHA-256 (RFC 2104).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Marks the secret of a webhook (Standard Webhooks, "Signature scheme").
pub(crate) const SECRET_MARK: &str = "whsec_";

/// HMAC-SHA256 in base64.
pub(crate) fn hmac_base64(key: &[u8], message: &[u8]) -> String {
    // HMAC takes keys of any length, so this cannot fail; an empty answer is refused by every vendor.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return String::new();
    };
    mac.update(message);
    STANDARD.encode(mac.finalize().into_bytes())
}

/// The key in the secret of a webhook: base64 of 24 to 64 bytes behind `whsec_`, which may be missing.
pub(crate) fn webhook_key(secret: &str) -> Option<Vec<u8>> {
    let text = secret.trim();
    let text = text.strip_prefix(SECRET_MARK).unwrap_or(text);
    let key = STANDARD.decode(text).ok()?;
    (24..=64).contains(&key.len()).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected values by Python 3: `base64.b64encode(hmac.new(KEY, MESSAGE, hashlib.sha256).digest())`.
    #[test]
    fn signatures_are_those_of_another_implementation() {
        let table: [(&[u8], &[u8], &str); 3] = [
            // DingTalk: the key is the secret, the message "timestamp\nsecret".
            (
                b"SEC0123456789abcdef",
                b"1577262236757\nSEC0123456789abcdef",
                "Pgr6tpIpjVrMPPJUPkaI9sivFPPTYOy5zIOMF2GPFMA=",
            ),
            // Feishu: the key is "timestamp\nsecret", the message empty.
            (
                b"1599360473\nMa0BP4kqW7tDwZ",
                b"",
                "CyJSJMc/25Izp37jUOT5RzSPwgq6gRWo/8g5zicgKzk=",
            ),
            // Standard Webhooks: the example of its reference implementations.
            (
                &webhook_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a key"),
                b"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}",
                "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            ),
        ];
        for (key, message, wanted) in table {
            assert_eq!(hmac_base64(key, message), wanted);
        }
    }

    #[test]
    fn a_webhooks_secret_is_a_key_or_nothing() {
        for secret in ["", "whsec_", "secret", "whsec_c2hvcnQ=", "whsec_ü"] {
            assert_eq!(webhook_key(secret), None, "{secret}");
        }
        let bare = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        assert_eq!(webhook_key(bare).map(|key| key.len()), Some(24));
    }
}
