//! Sign-in, sign-out, set-up, language, theme and density.

use app::error::AppError;
use app::page::SignInForm;
use app::server_fns::Posted;
use app::ui::Density;
use axum::Form;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::render::render_posted;
use super::{local_path, status_of};
use crate::http::Web;
use crate::http::base::cookie_path;
use crate::http::client::client_of;
use crate::http::extract::{RequestCaller, caller_of};
use crate::http::guard::{DENSITY_COOKIE, LANG_COOKIE, THEME_COOKIE, cookie, session_cookie};
use crate::service::Origin;

/// How long a browser keeps the session cookie; the server ends it earlier when it is idle.
const SESSION_SECONDS: u32 = 30 * 86_400;
/// How long a browser stores language, theme and density.
const PREFERENCE_SECONDS: u32 = 365 * 86_400;

#[derive(Deserialize)]
pub(in super::super) struct SignIn {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
    #[serde(default)]
    token: String,
}

pub(in super::super) async fn sign_in(
    State(web): State<Web>,
    parts: Parts,
    Form(form): Form<SignIn>,
) -> Response {
    let caller = caller_of(&parts);
    match web
        .service
        .sign_in(
            caller.lang,
            &form.name,
            &form.password,
            Origin {
                address: client_of(&parts).as_str(),
                agent: agent_of(&parts.headers),
            },
        )
        .await
    {
        Ok(secret) => entered(&web, &secret, local_path(&form.next)),
        Err(error) => rejected(&web, parts, form, error).await,
    }
}

pub(in super::super) async fn set_up(
    State(web): State<Web>,
    parts: Parts,
    Form(form): Form<SignIn>,
) -> Response {
    let lang = caller_of(&parts).lang;
    let client = client_of(&parts);
    let (name, password, from) = (&form.name, &form.password, client.as_str());
    let made = web
        .service
        .set_up(lang, &form.token, name, password, from)
        .await;
    let signed_in = match made {
        Ok(()) => {
            let agent = agent_of(&parts.headers);
            let origin = Origin {
                address: from,
                agent,
            };
            web.service.sign_in(lang, name, password, origin).await
        }
        Err(error) => Err(error),
    };
    match signed_in {
        Ok(secret) => entered(&web, &secret, "/"),
        Err(error) => rejected(&web, parts, form, error).await,
    }
}

pub(in super::super) async fn sign_out(
    State(web): State<Web>,
    headers: HeaderMap,
    RequestCaller(caller): RequestCaller,
) -> Response {
    let name = session_cookie(&web.base_url);
    if let Some(secret) = cookie(&headers, name)
        && let Err(error) = web
            .service
            .sign_out(caller.lang, caller.principal.as_ref(), secret)
            .await
    {
        return crate::http::Problem::from(error).into_response();
    }
    with_cookie(
        Redirect::to(app::routes::SIGN_IN).into_response(),
        name,
        "",
        0,
        &web.base_url,
    )
}

#[derive(Deserialize)]
pub(in super::super) struct Preferences {
    lang: Option<String>,
    theme: Option<String>,
    density: Option<String>,
    #[serde(default)]
    next: String,
}

pub(in super::super) async fn preferences(
    State(web): State<Web>,
    Form(form): Form<Preferences>,
) -> Response {
    let mut response = Redirect::to(local_path(&form.next)).into_response();
    if let Some(lang) = form.lang.as_deref().and_then(app::i18n::Lang::from_tag) {
        response = with_cookie(
            response,
            LANG_COOKIE,
            lang.pick("zh", "en"),
            PREFERENCE_SECONDS,
            &web.base_url,
        );
    }
    if let Some(theme) = form
        .theme
        .as_deref()
        .filter(|theme| matches!(*theme, "auto" | "light" | "dark"))
    {
        response = with_cookie(
            response,
            THEME_COOKIE,
            theme,
            PREFERENCE_SECONDS,
            &web.base_url,
        );
    }
    if let Some(density) = form.density.as_deref().and_then(Density::from_name) {
        response = with_cookie(
            response,
            DENSITY_COOKIE,
            density.as_str(),
            PREFERENCE_SECONDS,
            &web.base_url,
        );
    }
    response
}

/// What the browser says it is.
fn agent_of(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::USER_AGENT)?.to_str().ok()
}

fn entered(web: &Web, secret: &str, next: &str) -> Response {
    let response = Redirect::to(next).into_response();
    with_cookie(
        response,
        session_cookie(&web.base_url),
        secret,
        SESSION_SECONDS,
        &web.base_url,
    )
}

async fn rejected(web: &Web, parts: Parts, form: SignIn, error: AppError) -> Response {
    let status = status_of(&error);
    let retry_after = error.retry_after;
    let (faults, error) = if error.fields.is_empty() {
        (Vec::new(), Some(error))
    } else {
        (error.fields, None)
    };
    // The password has to be typed again; it is never sent back.
    let posted = SignInForm {
        name: form.name,
        next: form.next,
        token: form.token,
        set_up: false,
        faults,
        error,
    };
    let mut response = render_posted(web, parts, status, Posted::SignIn(posted)).await;
    if let Some(seconds) = retry_after {
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn with_cookie(
    mut response: Response,
    name: &str,
    value: &str,
    seconds: u32,
    base_url: &str,
) -> Response {
    let secure = if base_url.starts_with("https://") {
        "; Secure"
    } else {
        ""
    };
    let path = cookie_path(base_url);
    let text =
        format!("{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    // Names and values are ours: letters, digits, `-` and `_`.
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}
