//! Serves the files of the archive inside the program, with the headers that a folder's files have.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::archive::{Archive, Part};

/// Answers a request for a file.
pub(super) async fn answer(
    archive: Arc<Archive>,
    path: String,
    method: Method,
    headers: HeaderMap,
    lasting: &'static str,
) -> Response {
    if method != Method::GET && method != Method::HEAD {
        let allow = [(header::ALLOW, "GET,HEAD")];
        return (StatusCode::METHOD_NOT_ALLOWED, allow).into_response();
    }
    let Some(entry) = archive.find(&path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let (coding, part) = choose(&headers, entry.br, entry.gzip).unwrap_or(("", entry.plain));
    // Each form of a file is content of its own (RFC 9110, 8.8.3.3).
    let tag = match coding {
        "" => format!("\"{}\"", entry.tag),
        coding => format!("\"{}-{coding}\"", entry.tag),
    };
    let mut answer = HeaderMap::new();
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            answer.insert(name, value);
        }
    };
    set(header::CACHE_CONTROL, lasting);
    set(header::ETAG, &tag);
    if entry.br.is_some() || entry.gzip.is_some() {
        set(header::VARY, "accept-encoding");
    }
    if known(&headers, &tag) {
        return (StatusCode::NOT_MODIFIED, answer).into_response();
    }
    set(header::CONTENT_TYPE, kind(&path));
    if !coding.is_empty() {
        set(header::CONTENT_ENCODING, coding);
    }
    let read = tokio::task::spawn_blocking(move || archive.read(part)).await;
    let bytes = match read {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error)) => {
            tracing::error!(%error, path, "a file of the pages cannot be read from the program");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
        Err(error) => {
            tracing::error!(%error, path, "reading a file of the pages was not finished");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    // The length of a HEAD's answer is that of a GET's.
    answer.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    let body = match method {
        Method::HEAD => Body::empty(),
        _ => Body::from(bytes),
    };
    (answer, body).into_response()
}

/// The best form that the client accepts; `None` for the plain one.
fn choose(
    headers: &HeaderMap,
    br: Option<Part>,
    gzip: Option<Part>,
) -> Option<(&'static str, Part)> {
    let accepted = |coding: &str| {
        let lines = headers.get_all(header::ACCEPT_ENCODING).into_iter();
        let items = lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(','));
        let mut any = false;
        for item in items {
            let (name, weight) = item.split_once(';').unwrap_or((item, ""));
            let weight = weight.trim().strip_prefix("q=").unwrap_or("1");
            let accepts = weight.parse().is_ok_and(|weight: f32| weight > 0.0);
            if name.trim().eq_ignore_ascii_case(coding) {
                return accepts;
            }
            any |= name.trim() == "*" && accepts;
        }
        any
    };
    let br = br.filter(|_| accepted("br")).map(|part| ("br", part));
    br.or_else(|| gzip.filter(|_| accepted("gzip")).map(|part| ("gzip", part)))
}

/// Whether the client has this content already.
fn known(headers: &HeaderMap, tag: &str) -> bool {
    let lines = headers.get_all(header::IF_NONE_MATCH).into_iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(|one| one.trim())
        .any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

/// The media type of a file, by its ending, as the folder's service has it.
fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "css" => "text/css",
        "js" => "text/javascript",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "ico" => "image/x-icon",
        "png" => "image/png",
        "txt" => "text/plain",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests;
