//! `${NAME}` in a request: where it is allowed, and how its value is encoded there.

use std::collections::BTreeMap;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

use crate::environment::{MARK, OLD_MARK};
use crate::order::HttpRequest;

/// The marks of our processes must not be sent to other servers.
const MARKS: [&str; 2] = [MARK, OLD_MARK];

/// Why a request cannot be assembled, as the fault of [`Cause::Http`](crate::Cause::Http).
pub(super) type Fault = String;

/// A request with its variables filled in.
pub(super) struct Filled {
    pub(super) url: String,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

/// How a value is encoded.
#[derive(Clone, Copy)]
enum Writing {
    /// Everything but letters, digits and `*-._` as `%XX`.
    Percent,
    /// As inside a JSON string.
    Json,
    Plain,
}

/// Fills a request in.
pub(super) fn fill(call: &HttpRequest, vars: &BTreeMap<String, String>) -> Result<Filled, Fault> {
    let url = url(&call.url, vars)?;
    let mut headers = HeaderMap::new();
    for header in &call.headers {
        let wrong = || format!("@header {}", header.name);
        let name = HeaderName::from_bytes(header.name.as_bytes()).map_err(|_| wrong())?;
        let text = replace(&header.value, vars, Writing::Plain)?;
        // A line break would start another header.
        let mut value = HeaderValue::from_bytes(text.as_bytes()).map_err(|_| wrong())?;
        value.set_sensitive(true);
        headers.append(name, value);
    }
    let writing = writing_of(&headers);
    Ok(Filled {
        url,
        body: replace(&call.body, vars, writing)?,
        headers,
    })
}

/// How values are encoded in a body of this type.
fn writing_of(headers: &HeaderMap) -> Writing {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .map(|value| value.trim().to_ascii_lowercase())
        .unwrap_or_default();
    if kind == "application/json" || kind.ends_with("+json") {
        Writing::Json
    } else if kind == "application/x-www-form-urlencoded" {
        Writing::Percent
    } else {
        Writing::Plain
    }
}

/// A URL. Variables are allowed after the host only, and none may change the directory of the path.
pub(super) fn url(template: &str, vars: &BTreeMap<String, String>) -> Result<String, Fault> {
    let host_at = template.find("://").map_or(0, |at| at + 3);
    let path_at = template[host_at..]
        .find(['/', '?', '#'])
        .map_or(template.len(), |at| host_at + at);
    let (host, rest) = template.split_at(path_at);
    if host.contains("${") {
        return Err("@url".to_owned());
    }
    let filled = replace(rest, vars, Writing::Percent)?;
    let path = |text: &str| text.split(['?', '#']).next().unwrap_or("").to_owned();
    // Encoded values contain no `/`, so the segments of template and result correspond.
    let climbs = path(rest)
        .split('/')
        .zip(path(&filled).split('/'))
        .any(|(before, after)| {
            let dots = after.to_ascii_lowercase().replace("%2e", ".");
            before.contains("${") && matches!(dots.as_str(), "." | "..")
        });
    if climbs {
        return Err("@path".to_owned());
    }
    Ok(format!("{host}{filled}"))
}

/// Replaces each `${NAME}`. `${` without a name is text, and `$${` is the text `${`.
fn replace(
    template: &str,
    vars: &BTreeMap<String, String>,
    writing: Writing,
) -> Result<String, Fault> {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find("${") {
        let (before, behind) = rest.split_at(at);
        if let Some(before) = before.strip_suffix('$') {
            // `$${NAME}` is the text `${NAME}`.
            text.push_str(before);
            text.push_str("${");
            rest = &behind[2..];
            continue;
        }
        text.push_str(before);
        let named = behind[2..]
            .split_once('}')
            .filter(|(name, _)| is_name(name));
        let Some((name, after)) = named else {
            text.push_str("${");
            rest = &behind[2..];
            continue;
        };
        let value = vars
            .get(name)
            .filter(|_| !MARKS.contains(&name))
            .ok_or_else(|| format!("@variable {name}"))?;
        write(&mut text, value, writing)?;
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

fn write(text: &mut String, value: &str, writing: Writing) -> Result<(), Fault> {
    match writing {
        Writing::Plain => text.push_str(value),
        Writing::Percent => {
            for part in url::form_urlencoded::byte_serialize(value.as_bytes()) {
                // In a path `+` is a literal plus.
                text.push_str(if part == "+" { "%20" } else { part });
            }
        }
        Writing::Json => {
            let quoted = serde_json::to_string(value).map_err(|_| "@url".to_owned())?;
            text.push_str(&quoted[1..quoted.len() - 1]);
        }
    }
    Ok(())
}

fn is_name(name: &str) -> bool {
    let first = name.bytes().next();
    first.is_some_and(|byte| byte == b'_' || byte.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use crate::order::Header;

    use super::*;

    fn vars() -> BTreeMap<String, String> {
        [
            ("DAY", "2026-11-22"),
            ("WORDS", "a b&c=d/\"中\"\r\nX: y"),
            ("UP", ".."),
            ("DOT", "."),
            ("EMPTY", ""),
            ("JCRONTAB_HOST_KEY", "not for others"),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
    }

    #[test]
    fn a_doubled_sign_is_text() {
        let vars = BTreeMap::from([("DAY".to_owned(), "1".to_owned())]);
        for (template, filled) in [
            ("${DAY} $${DAY} $$${DAY}", "1 ${DAY} $${DAY}"),
            ("$DAY $ {DAY} $$", "$DAY $ {DAY} $$"),
            ("$${NEVER} is no variable", "${NEVER} is no variable"),
            ("price: $${DAY", "price: ${DAY"),
        ] {
            let text = replace(template, &vars, Writing::Plain);
            assert_eq!(text.as_deref(), Ok(filled), "{template}");
        }
    }

    #[test]
    fn values_stay_within_their_place_in_a_url() {
        let table = [
            ("http://h/x", Ok("http://h/x")),
            ("http://h/${DAY}?a=${EMPTY}", Ok("http://h/2026-11-22?a=")),
            (
                "http://h/p?q=${WORDS}",
                Ok("http://h/p?q=a%20b%26c%3Dd%2F%22%E4%B8%AD%22%0D%0AX%3A%20y"),
            ),
            ("http://h/?up=${UP}", Ok("http://h/?up=..")),
            ("http://h/a${UP}", Ok("http://h/a..")),
            ("http://h/${", Ok("http://h/${")),
            ("http://h/${UP}/x", Err("@path")),
            ("http://h/a/${DOT}${DOT}", Err("@path")),
            ("http://h/a/%2E${DOT}", Err("@path")),
            ("http://h/${GONE}", Err("@variable GONE")),
            (
                "http://h/${JCRONTAB_HOST_KEY}",
                Err("@variable JCRONTAB_HOST_KEY"),
            ),
            ("http://${DAY}/x", Err("@url")),
            ("http://h${DAY}", Err("@url")),
        ];
        for (template, expected) in table {
            assert_eq!(
                url(template, &vars()),
                expected.map(str::to_owned).map_err(str::to_owned),
                "{template}"
            );
        }
    }

    #[test]
    fn values_stay_within_their_place_in_headers_and_bodies() {
        let call = |kind: &str, body: &str| HttpRequest {
            url: "http://h/".to_owned(),
            headers: vec![Header {
                name: "content-type".to_owned(),
                value: kind.to_owned(),
            }],
            body: body.to_owned(),
            ..HttpRequest::default()
        };
        let body =
            |kind: &str, text: &str| fill(&call(kind, text), &vars()).map(|filled| filled.body);
        for kind in [
            "application/json",
            "Application/problem+JSON; charset=utf-8",
        ] {
            let text = body(kind, r#"{"x": "${WORDS}"}"#).expect("a body");
            let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            assert_eq!(value["x"], vars()["WORDS"], "{kind}");
        }
        assert_eq!(
            body("application/x-www-form-urlencoded", "a=${WORDS}&b=1").expect("a body"),
            "a=a%20b%26c%3Dd%2F%22%E4%B8%AD%22%0D%0AX%3A%20y&b=1"
        );
        assert_eq!(
            body("text/plain", "<${DAY}>").as_deref(),
            Ok("<2026-11-22>")
        );
        assert_eq!(
            body("text/plain", "${GONE}"),
            Err("@variable GONE".to_owned())
        );
        assert_eq!(
            body("${WORDS}", "").err().as_deref(),
            Some("@header content-type")
        );
    }
}
