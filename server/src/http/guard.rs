//! Who asks and from where: sessions, tokens, the console; and protection against cross-site requests.

use app::auth::{Principal, Via};
use app::backend::Caller;
use app::error::{AppError, ErrorKind};
use app::i18n::Lang;
use app::routes::base_path;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;
use url::{Origin, Url};

use super::client::Client;
use super::{Problem, Web};
use crate::auth::streams::Credential;
use crate::auth::token::hash;
use crate::error::internal;
use crate::telemetry::request::RequestId;

/// The session cookie over plain HTTP, over TLS, and over TLS under a path.
const SESSION_COOKIES: [&str; 3] = [
    "jcrontab_session",
    "__Host-jcrontab_session",
    "__Secure-jcrontab_session",
];
/// The language cookie.
pub const LANG_COOKIE: &str = "jcrontab_lang";
/// The theme cookie.
pub const THEME_COOKIE: &str = "jcrontab_theme";
/// The cookie with the density of lists.
pub const DENSITY_COOKIE: &str = "jcrontab_density";
/// The outcome of a form sent without JavaScript, for the page that follows it.
pub const DONE_COOKIE: &str = "jcrontab_done";

/// Marks a request of the console, which only the server's own user can make.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ConsoleConnection {
    /// Over the Unix socket.
    Socket,
    /// In this process: the command line without a running server.
    InProcess,
}

/// The name of the session cookie for a public address.
#[must_use]
pub fn session_cookie(base_url: &str) -> &'static str {
    // Both prefixes require `Secure`, which a browser accepts only over TLS; `__Host-` requires `Path=/` as well
    // (RFC 6265bis, 4.1.3).
    match (base_url.starts_with("https://"), base_path(base_url)) {
        (false, _) => SESSION_COOKIES[0],
        (true, "") => SESSION_COOKIES[1],
        (true, _) => SESSION_COOKIES[2],
    }
}

/// A cookie of the request.
#[must_use]
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

pub(crate) fn lang_of(headers: &HeaderMap) -> Lang {
    let accepted = || {
        let header = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
        Lang::from_accept_language(header)
    };
    cookie(headers, LANG_COOKIE)
        .and_then(Lang::from_tag)
        .or_else(accepted)
        .unwrap_or_default()
}

/// Establishes who asks and from where, and puts a [`Caller`], a [`Client`] and, where there is one, the
/// [`Credential`] into the request.
pub async fn authenticate(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let lang = lang_of(request.headers());
    let client = request.extensions().get::<Client>().cloned();
    let client =
        client.unwrap_or_else(|| Client::of(&request, &web.service.doors().trusted_proxies));
    let console = request.extensions().get::<ConsoleConnection>().copied();
    let headers = request.headers().clone();
    let found = match identify(&web, lang, &headers, &client, console).await {
        Ok(found) => found,
        // Without the database no caller can be authenticated: closed.
        Err(error) => return Problem::from(error).into_response(),
    };
    let (principal, credential) = found;
    let extensions = request.extensions_mut();
    if let Some(credential) = credential {
        extensions.insert(credential);
    }
    extensions.insert(client);
    extensions.insert(Caller { principal, lang });
    next.run(request).await
}

/// The caller and how they authenticated; `None` without a principal.
type Found = (Option<Principal>, Option<Credential>);

async fn identify(
    web: &Web,
    lang: Lang,
    headers: &HeaderMap,
    client: &Client,
    console: Option<ConsoleConnection>,
) -> Result<Found, AppError> {
    match console {
        Some(ConsoleConnection::Socket) => {
            return Ok((
                Some(Principal::console().asking_from(Principal::SOCKET)),
                None,
            ));
        }
        Some(ConsoleConnection::InProcess) => return Ok((Some(Principal::console()), None)),
        None => {}
    }
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        // A wrong token never falls back to a cookie.
        let secret = value.to_str().ok().and_then(|value| value.split_once(' '));
        let Some((_, secret)) = secret.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        else {
            return Ok((None, None));
        };
        let asked = web.service.token_from(lang, secret.trim(), client.as_str());
        return Ok(asked.await?.map_or((None, None), |(who, id)| {
            (Some(who), Some(Credential::Token(id)))
        }));
    }
    let Some(secret) = cookie(headers, session_cookie(&web.base_url)) else {
        return Ok((None, None));
    };
    let who = web.service.session(secret, client.as_str()).await;
    let who = who.map_err(|error| internal(lang, &error))?;
    let credential = who.as_ref().map(|_| Credential::Session(hash(secret)));
    Ok((who, credential))
}

/// Whether a browser is asking for a page.
pub(crate) fn accepts_html(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("text/html"))
}

/// Lets a change run to its end when the client hangs up in the middle of it: between a commit and what must follow
/// it (starting a run, waking the scheduler) a handler must not be cancelled.
pub async fn finish_what_was_begun(request: Request, next: Next) -> Response {
    if matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    ) {
        return next.run(request).await;
    }
    let id = RequestId::current();
    let work = async move {
        match id {
            Some(id) => id.scope(next.run(request)).await,
            None => next.run(request).await,
        }
    };
    match tokio::spawn(work.in_current_span()).await {
        Ok(response) => response,
        // A panic is passed on to the layer that turns panics into answers.
        Err(crash) => std::panic::resume_unwind(crash.into_panic()),
    }
}

/// Refuses requests that another site makes a browser send.
///
/// Browsers say where a request comes from: `Sec-Fetch-Site`, or `Origin`. A request with neither does not come from
/// a page in a browser, so it carries no cookie of a victim.
pub async fn refuse_cross_site(State(web): State<Web>, request: Request, next: Next) -> Response {
    let caller = request.extensions().get::<Caller>();
    let by_cookie = caller.is_none_or(|caller| {
        caller
            .principal
            .as_ref()
            .is_none_or(|who| who.via == Via::Session)
    });
    let safe = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    if safe || !by_cookie || same_site(request.headers(), &web.base_url) {
        return next.run(request).await;
    }
    let lang = caller.map(|caller| caller.lang).unwrap_or_default();
    let error = AppError::new(
        ErrorKind::Forbidden,
        "cross_site",
        lang.pick(
            "请求来自另一个网站，已拒绝",
            "The request comes from another site and was refused",
        ),
    )
    .with_hint(lang.pick(
        "如果前面有反向代理，请设置 JCRONTAB_PUBLIC_URL",
        "Behind a reverse proxy, set JCRONTAB_PUBLIC_URL",
    ));
    Problem::from(error).into_response()
}

fn same_site(headers: &HeaderMap, base_url: &str) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    match text(header::ORIGIN) {
        None => true,
        Some(origin) => is_ours(origin, text(header::HOST), base_url),
    }
}

/// Whether an origin (RFC 6454: scheme, host and port) is this server: its public address, or the host that the
/// request was sent to with the public address's scheme.
fn is_ours(origin: &str, host: Option<&str>, base_url: &str) -> bool {
    let parse = |text: &str| Url::parse(text).ok().map(|url| url.origin());
    let Some(origin) = parse(origin).filter(Origin::is_tuple) else {
        return false;
    };
    let scheme = base_url
        .split_once("://")
        .map_or("http", |(scheme, _)| scheme);
    let here = host.and_then(|host| parse(&format!("{scheme}://{host}")));
    parse(base_url).as_ref() == Some(&origin) || here.as_ref() == Some(&origin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    header::HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    #[test]
    fn where_a_request_comes_from() {
        let table = [
            (headers(&[]), true),
            (headers(&[("sec-fetch-site", "same-origin")]), true),
            (
                headers(&[
                    ("sec-fetch-site", "cross-site"),
                    ("origin", "http://a:1"),
                    ("host", "a:1"),
                ]),
                false,
            ),
            (headers(&[("sec-fetch-site", "same-site")]), false),
            (headers(&[("origin", "https://a:1"), ("host", "a:1")]), true),
            // The same host without TLS: a man in the middle may have written that page.
            (headers(&[("origin", "http://a:1"), ("host", "a:1")]), false),
            (
                headers(&[("origin", "https://a:2"), ("host", "a:1")]),
                false,
            ),
            (headers(&[("origin", "https://a"), ("host", "a:443")]), true),
            (headers(&[("origin", "https://A:1"), ("host", "a:1")]), true),
            (headers(&[("origin", "a:1"), ("host", "a:1")]), false),
            (headers(&[("origin", "http://cron.example.com")]), false),
            (
                headers(&[("origin", "https://cron.example.com.evil")]),
                false,
            ),
            (
                headers(&[
                    ("origin", "https://cron.example.com"),
                    ("host", "127.0.0.1:8000"),
                ]),
                true,
            ),
            (headers(&[("origin", "null"), ("host", "a:1")]), false),
        ];
        for (headers, expected) in table {
            assert_eq!(
                same_site(&headers, "https://cron.example.com"),
                expected,
                "{headers:?}"
            );
        }
    }

    #[test]
    fn cookies_are_found_by_their_whole_name() {
        let headers = headers(&[("cookie", "xjcrontab_lang=zh; jcrontab_lang=en; a=b")]);
        assert_eq!(cookie(&headers, LANG_COOKIE), Some("en"));
        assert_eq!(cookie(&headers, "missing"), None);
    }
}
