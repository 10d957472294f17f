//! Failures of forms sent without JavaScript, which are passed in the address of the page.
//!
//! Leptos answers such a form with a redirect to the page that it was on, with `__path` (the function) and `__err`
//! (its error) added, and the page shows them as the product's own words. Anyone's link could put words there. So we
//! seal what we send, for the receiving session and a short time, and remove these parameters from an address without
//! that seal.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::TimeDelta;

use crate::auth::seal::Sealer;
use crate::auth::token::hash;
use crate::http::Web;
use crate::http::guard::{cookie, session_cookie};

const PATH: &str = "__path";
const ERROR: &str = "__err";
const SEAL: &str = "__seal";
/// The page follows the form at once; a reload some time later shows no error.
const GOOD_FOR: TimeDelta = TimeDelta::minutes(10);

/// Seals outgoing failures, and refuses incoming ones without a seal.
pub(crate) async fn check(State(web): State<Web>, request: Request, next: Next) -> Response {
    let page = matches!(*request.method(), Method::GET | Method::HEAD);
    let name = seal_name(request.headers(), &web.base_url);
    let (sealer, now) = (web.service.sealer(), web.service.time().timestamp());
    if page && let Some(clean) = without_foreign_words(request.uri(), sealer, &name, now) {
        return Redirect::to(&clean).into_response();
    }
    let mut response = next.run(request).await;
    if !page
        && let Some(sealed) = sealed_location(response.headers(), sealer, &name, now)
        && let Ok(value) = HeaderValue::from_str(&sealed)
    {
        response.headers_mut().insert(header::LOCATION, value);
    }
    response
}

/// What a seal is bound to: the session of the browser.
fn seal_name(headers: &HeaderMap, base_url: &str) -> String {
    let session = cookie(headers, session_cookie(base_url)).unwrap_or_default();
    format!("failed-form:{}", hash(session))
}

/// The parts of an address that are sealed.
#[derive(Default)]
struct Words {
    path: Option<String>,
    error: Option<String>,
    seal: Option<String>,
    /// All other parameters.
    rest: Vec<(String, String)>,
}

impl Words {
    fn of(query: &str) -> Self {
        let mut words = Self::default();
        for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let value = value.into_owned();
            match key.as_ref() {
                // The last one wins, as in the page; at most one of several was ours.
                PATH => words.path = Some(value),
                ERROR => words.error = Some(value),
                SEAL => words.seal = Some(value),
                _ => words.rest.push((key.into_owned(), value)),
            }
        }
        words
    }

    fn are_there(&self) -> bool {
        self.path.is_some() || self.error.is_some() || self.seal.is_some()
    }

    fn digest(&self) -> String {
        let text = |part: &Option<String>| part.clone().unwrap_or_default();
        hash(&format!("{}\n{}", text(&self.path), text(&self.error)))
    }

    /// Whether we sealed them, for this session and recently.
    fn are_ours(&self, sealer: &Sealer, name: &str, now: i64) -> bool {
        let opened = self
            .seal
            .as_ref()
            .and_then(|seal| sealer.open(name, seal).ok());
        let Some((digest, at)) = opened.as_deref().and_then(|text| text.split_once(' ')) else {
            return false;
        };
        let fresh = at
            .parse()
            .is_ok_and(|at: i64| (0..=GOOD_FOR.num_seconds()).contains(&(now - at)));
        fresh && digest == self.digest()
    }

    fn query(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.rest)
            .finish()
    }
}

/// The address without words that are not ours; `None` when it has none.
fn without_foreign_words(uri: &Uri, sealer: &Sealer, name: &str, now: i64) -> Option<String> {
    let query = uri
        .query()
        .filter(|query| query.contains("__") || query.contains('%'))?;
    let words = Words::of(query);
    // Each must occur once, so that the page reads what was checked.
    let once = [PATH, ERROR, SEAL].iter().all(|word| {
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs.filter(|(key, _)| key == word).count() <= 1
    });
    if !words.are_there() || (once && words.are_ours(sealer, name, now)) {
        return None;
    }
    // An address that starts with two slashes would lead to another host.
    let path = format!("/{}", uri.path().trim_start_matches(['/', '\\']));
    Some(match words.query() {
        rest if rest.is_empty() => path,
        rest => format!("{path}?{rest}"),
    })
}

/// The address of a redirect that reports a failure, with our seal; `None` for any other.
fn sealed_location(headers: &HeaderMap, sealer: &Sealer, name: &str, now: i64) -> Option<String> {
    let location = headers.get(header::LOCATION)?.to_str().ok()?;
    let (page, query) = location.split_once('?')?;
    let mut words = Words::of(query);
    let (path, error) = (words.path.clone()?, words.error.clone()?);
    // If the page already showed an earlier failure, its words are not in `rest`.
    let seal = sealer
        .seal(name, &format!("{} {now}", words.digest()))
        .ok()?;
    for (key, value) in [(PATH, path), (ERROR, error), (SEAL, seal)] {
        words.rest.push((key.to_owned(), value));
    }
    Some(format!("{page}?{}", words.query()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn sealer() -> Sealer {
        Sealer::new(&[7; 32])
    }

    fn cleaned(address: &str, name: &str, now: i64) -> Option<String> {
        let uri: Uri = address.parse().expect("an address");
        without_foreign_words(&uri, &sealer(), name, now)
    }

    #[test]
    fn only_our_own_words_are_shown() {
        let mut headers = HeaderMap::new();
        let sent = HeaderValue::from_static("/tasks/1?page=2&__path=%2Ffn%2Frun&__err=T08%3D");
        headers.insert(header::LOCATION, sent);
        let ours = sealed_location(&headers, &sealer(), "a", NOW).expect("a seal");
        assert!(ours.starts_with("/tasks/1?page=2&__path=%2Ffn%2Frun&__err=T08%3D&__seal="));
        assert_eq!(cleaned(&ours, "a", NOW + 5), None);
        let clean = Some("/tasks/1?page=2".to_owned());
        assert_eq!(cleaned(&ours, "b", NOW + 5), clean, "of another session");
        assert_eq!(cleaned(&ours, "a", NOW + 601), clean, "long ago");
        assert_eq!(
            cleaned(&ours.replace("T08", "T09"), "a", NOW),
            clean,
            "changed"
        );
        assert_eq!(
            cleaned(&format!("{ours}&__err=T09"), "a", NOW),
            clean,
            "twice"
        );
        let spelled = ours.replace("__err", "%5F_err").replace("T08", "T09");
        assert_eq!(cleaned(&spelled, "a", NOW), clean, "in another spelling");
    }

    #[test]
    fn other_addresses_stay_as_they_are() {
        for address in [
            "/tasks",
            "/tasks?q=__x",
            "/tasks?q=100%25",
            "/?next=%2Ftasks",
        ] {
            assert_eq!(cleaned(address, "a", NOW), None, "{address}");
        }
        let forged = "/tasks/1?__path=%2Ffn%2Ftask_run&__err=QUJD";
        assert_eq!(cleaned(forged, "a", NOW), Some("/tasks/1".to_owned()));
        assert_eq!(
            cleaned("//evil?__err=QUJD", "a", NOW),
            Some("/evil".to_owned())
        );
        let mut headers = HeaderMap::new();
        headers.insert(header::LOCATION, HeaderValue::from_static("/tasks?a=b"));
        assert_eq!(sealed_location(&headers, &sealer(), "a", NOW), None);
    }
}
