//! The pages of the manual: its documents, and the search over them.

use std::sync::LazyLock;

use app::i18n::Lang;
use app::ui::Theme;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use minijinja::{Environment, Value, context};
use serde::Deserialize;

use super::plain;
use super::render::render_missing;
use crate::help::{Document, Manual};
use crate::http::extract::{RequestCaller, caller_of};
use crate::http::guard::{THEME_COOKIE, cookie};
use crate::http::{Problem, Web};

/// The list of documents, and the search.
pub(super) const LIST: &str = app::routes::HELP;
/// A document.
pub(super) const DOCUMENT: &str = "/help/{name}";

const CSS: &str = include_str!("help/help.css");
const TEMPLATES: [(&str, &str); 1] = [("help", include_str!("help/help.html"))];
/// Characters of a search that count.
const QUERY_MAX: usize = 100;

static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| plain::policy(CSS));

static CHINESE: LazyLock<Environment<'static>> =
    LazyLock::new(|| plain::templates(Lang::Zh, &TEMPLATES));
static ENGLISH: LazyLock<Environment<'static>> =
    LazyLock::new(|| plain::templates(Lang::En, &TEMPLATES));

/// What is searched for.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Search {
    q: String,
}

/// Shows the documents, or the sections that were searched for.
pub(super) async fn list(
    RequestCaller(caller): RequestCaller,
    headers: HeaderMap,
    search: Result<Query<Search>, QueryRejection>,
) -> Response {
    let query = search.map(|Query(search)| search.q).unwrap_or_default();
    let query: String = query.trim().chars().take(QUERY_MAX).collect();
    let manual = Manual::of(caller.lang);
    let found: Vec<Value> = manual
        .find(&query)
        .into_iter()
        .map(|hit| {
            context! {
                // From `/help` as well as behind a base path.
                link => format!("help/{}#{}", hit.document, hit.anchor),
                title => hit.title,
                heading => hit.heading,
                excerpt => hit.excerpt,
            }
        })
        .collect();
    let values = context! { root => "./", at => "help/", search => "help", query, found };
    page(caller.lang, &headers, None, values)
}

/// In which language a document is read, if not in that of the pages.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Translation {
    lang: Option<Lang>,
}

/// Shows a document.
pub(super) async fn document(
    State(web): State<Web>,
    Path(name): Path<String>,
    translation: Result<Query<Translation>, QueryRejection>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let lang = caller_of(&parts).lang;
    let read = translation
        .ok()
        .and_then(|Query(translation)| translation.lang);
    let Some(document) = Manual::of(read.unwrap_or(lang)).document(&name) else {
        return render_missing(&web, parts).await;
    };
    let values = context! {
        root => "../",
        at => "",
        search => "../help",
        name => document.name,
        content => Value::from_safe_string(document.html.clone()),
        written => document.lang.tag(),
        is_translated => document.lang == lang || read.is_some(),
    };
    page(lang, &parts.headers, Some(document), values)
}

fn page(lang: Lang, headers: &HeaderMap, shown: Option<&Document>, values: Value) -> Response {
    let environment = match lang {
        Lang::Zh => &*CHINESE,
        Lang::En => &*ENGLISH,
    };
    let theme = cookie(headers, THEME_COOKIE).and_then(Theme::from_name);
    let documents: Vec<Value> = Manual::of(lang)
        .documents
        .iter()
        .map(|one| context! { name => one.name, title => one.title.as_str() })
        .collect();
    let frame = context! {
        lang => lang.tag(),
        theme => theme.unwrap_or_default().as_str(),
        css => Value::from_safe_string(CSS.to_owned()),
        title => shown.map(|document| document.title.as_str()),
        documents,
        ..values
    };
    let body = environment
        .get_template("help")
        .and_then(|template| template.render(frame));
    let body = match body {
        Ok(body) => body,
        Err(error) => return Problem::from(crate::error::internal(lang, &error)).into_response(),
    };
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (header::CONTENT_SECURITY_POLICY, POLICY.clone()),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, body).into_response()
}
