//! Versions of resources: `ETag` and `If-Match` (RFC 9110, sections 8.8.3 and 13.1.1).

use app::error::{AppError, ErrorKind};
use axum::extract::FromRequestParts;
use axum::http::header::IF_MATCH;
use axum::http::request::Parts;

use crate::http::Problem;
use crate::http::extract::caller_of;

/// The `ETag` of a version.
pub(super) fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

/// The version that the caller has read, from `If-Match`; none without that header, or with `*`.
pub(super) struct Expected(pub(super) Option<i64>);

impl<S: Send + Sync> FromRequestParts<S> for Expected {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut given = parts.headers.get_all(IF_MATCH).iter();
        let Some(first) = given.next() else {
            return Ok(Self(None));
        };
        let read = first.to_str().ok().and_then(read);
        match (read, given.next()) {
            (Some(version), None) => Ok(Self(version)),
            _ => {
                let lang = caller_of(parts).lang;
                let message = lang.pick(
                    "If-Match 应为读取时得到的一个 ETag，例如 \"7\"",
                    "If-Match must be one ETag as returned when it was read, for example \"7\"",
                );
                Err(AppError::new(ErrorKind::Invalid, "if_match", message).into())
            }
        }
    }
}

/// `*`, or a version. A weak one is accepted: a proxy that compresses an answer marks its ETag as weak, and a version
/// identifies the content, not the bytes.
fn read(text: &str) -> Option<Option<i64>> {
    let text = text.trim();
    if text == "*" {
        return Some(None);
    }
    let tag = text.strip_prefix("W/").unwrap_or(text);
    let version = tag.strip_prefix('"')?.strip_suffix('"')?;
    version.parse().ok().map(Some)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn one_version_is_read_and_nothing_else() {
        assert_eq!(read("*"), Some(None));
        assert_eq!(read(" \"7\" "), Some(Some(7)));
        assert_eq!(read("W/\"7\""), Some(Some(7)));
        for other in [
            "7",
            "",
            "\"\"",
            "\"7",
            "\"7\", \"8\"",
            "\"x\"",
            "\"99999999999999999999\"",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
