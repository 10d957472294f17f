//! Fetching a file from a configured address, through the outbound guard.

use std::borrow::Cow;

use app::message::{NoAnswer, NoAnswerReason};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, Response};

use super::{OutboundClient, SendError, failure};

/// What was fetched.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// As they came.
    pub bytes: Vec<u8>,
    /// `Content-Type`, where the server gave one.
    pub media_type: Option<String>,
}

/// Fetches a file of at most `max` bytes.
///
/// `webcal:` is the scheme under which calendars are offered for subscription. It stands for HTTP,
/// with or without TLS: TLS is tried first, and plain HTTP when there is no answer. `webcals:` is
/// HTTPS.
///
/// # Errors
/// When it may not or cannot be fetched, or is longer.
pub async fn fetch(client: &OutboundClient, url: &str, max: usize) -> Result<Fetched, SendError> {
    let mut last = SendError::Refused(NoAnswerReason::NotAUrl.into());
    for address in addresses(url) {
        match fetch_one(client, &address, max).await {
            Err(error @ SendError::Unreachable(_)) => last = error,
            other => return other,
        }
    }
    Err(last)
}

/// The addresses that a URL stands for, the first one to be tried first.
#[must_use]
pub fn addresses(url: &str) -> Vec<Cow<'_, str>> {
    let url = url.trim();
    let after = |scheme: &str| {
        let start = url.get(..scheme.len())?;
        start
            .eq_ignore_ascii_case(scheme)
            .then(|| &url[scheme.len()..])
    };
    if let Some(rest) = after("webcal://") {
        vec![
            format!("https://{rest}").into(),
            format!("http://{rest}").into(),
        ]
    } else if let Some(rest) = after("webcals://") {
        vec![format!("https://{rest}").into()]
    } else {
        vec![url.into()]
    }
}

async fn fetch_one(client: &OutboundClient, url: &str, max: usize) -> Result<Fetched, SendError> {
    let request = client.request(Method::GET, url).await?;
    let response = request.send().await.map_err(broken)?;
    let status = response.status();
    if !status.is_success() {
        return Err(SendError::Answer(format!("HTTP {}", status.as_u16()), None));
    }
    let media_type = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .map(str::to_owned);
    let bytes = read(response, max).await?;
    Ok(Fetched { bytes, media_type })
}

async fn read(mut response: Response, max: usize) -> Result<Vec<u8>, SendError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if bytes.len() + chunk.len() > max {
            // Another address would give the same file.
            return Err(SendError::Refused(NoAnswer::of(
                NoAnswerReason::TooLong,
                max,
            )));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn broken(error: reqwest::Error) -> SendError {
    failure(error).map_or_else(|failure| failure, SendError::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn webcal_stands_for_http_with_tls_first() {
        for (url, expected) in [
            (
                "webcal://x.test/a.ics",
                &["https://x.test/a.ics", "http://x.test/a.ics"][..],
            ),
            (
                " WEBCAL://x.test:81/",
                &["https://x.test:81/", "http://x.test:81/"],
            ),
            ("webcals://x.test/", &["https://x.test/"]),
            ("http://x.test/webcal://", &["http://x.test/webcal://"]),
            ("", &[""]),
        ] {
            assert_eq!(addresses(url), expected, "{url}");
        }
    }
}
