//! Pages without script and without the look of the application: those of signed links, and the manual.

use axum::http::HeaderValue;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// Their policy: no script, no other source; the one style is named by its hash.
pub(super) fn policy(css: &str) -> HeaderValue {
    let hash = STANDARD.encode(Sha256::digest(css));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    // Base64 has visible ASCII only.
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}
