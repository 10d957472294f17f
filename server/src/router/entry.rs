//! Checks of a request before its body is read: the right to send it, and its size.
//!
//! `service` checks the rights itself, and nothing can bypass it. They are checked here once more because a body
//! costs memory and time before a use case sees it: a caller without the right to send one is refused first.

use app::backend::Caller;
use app::error::{AppError, ErrorKind};
use app::i18n::Lang;
use app::server_fns::Posted;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::Limited;

use super::BODY_MAX;
use crate::http::guard::accepts_html;
use crate::http::rights::needed;
use crate::http::{Problem, Web};
use crate::pages::{render_posted, render_refused};

const KIB: usize = 1024;
/// A task: command, variables and request at their longest, percent-encoded in Chinese.
const TASK_MAX: usize = 2 * 1024 * KIB;
/// A form of a few fields.
const FEW_FIELDS: usize = 64 * KIB;

/// Bytes that the body of a request to a route may have.
fn limit(path: &str) -> usize {
    match path {
        "/preferences" | "/logout" | "/t/{token}" | "/my/{token}" => 8 * KIB,
        "/login" | "/setup" => 32 * KIB,
        "/tasks/new" | "/tasks/{id}/edit" | "/api/v1/tasks" | "/api/v1/tasks/{id}" => TASK_MAX,
        // The values of all parameters at their longest.
        "/tasks/{id}/run" | "/api/v1/tasks/{id}/run" | "/api/v1/start/{token}" => 512 * KIB,
        "/api/v1/schedules/preview" | "/fn/preview" => 128 * KIB,
        "/admin/channels/{id}/templates" => FEW_FIELDS,
        "/tasks/{id}/start-urls"
        | app::routes::ACCOUNT
        | "/admin/users"
        | "/admin/channels"
        | "/admin/pools"
        | app::routes::URGE_DEFAULTS
        | "/admin/retention"
        | "/admin/blackouts"
        | "/admin/calendars"
        | app::routes::RULES
        | app::routes::SUMMARIES
        | app::routes::ROTAS
        | app::routes::PEOPLE
        | app::routes::REMINDERS => FEW_FIELDS,
        _ if path.starts_with("/fn/") => FEW_FIELDS,
        _ => match path.strip_prefix("/api/v1/") {
            Some(rest) if rest.starts_with("tasks/{id}/") => FEW_FIELDS,
            Some(rest) => match rest.split('/').next() {
                Some(
                    "users" | "tokens" | "sessions" | "channels" | "chat" | "rules" | "summaries"
                    | "pools" | "retention" | "blackouts" | "tickets" | "oncall" | "people"
                    | "messages",
                ) => FEW_FIELDS,
                _ => BODY_MAX,
            },
            None => BODY_MAX,
        },
    }
}

/// Refuses a body that is not allowed or too long before it is read, and turns every refusal of the API into a
/// problem document.
pub(super) async fn check(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let caller = request.extensions().get::<Caller>().cloned();
    let lang = caller
        .as_ref()
        .map(|caller| caller.lang)
        .unwrap_or_default();
    let is_api = request.uri().path().starts_with("/api/");
    let changes = !matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    let matched = request.extensions().get::<MatchedPath>();
    let path = matched.map(|path| path.as_str().to_owned());
    if let Some(path) = path.filter(|_| changes) {
        let principal = caller.and_then(|caller| caller.principal);
        if let (Some(action), Some(who)) = (needed(&path), principal)
            && !who.can(action)
        {
            let error = AppError::forbidden(lang);
            return refused(&web, request, StatusCode::FORBIDDEN, error).await;
        }
        let most = limit(&path);
        let declared = request.headers().get(header::CONTENT_LENGTH);
        let declared = declared.and_then(|bytes| bytes.to_str().ok()?.parse::<usize>().ok());
        if declared.is_some_and(|bytes| bytes > most) || is_longer(request.body(), most) {
            let error = too_long(lang, most);
            return refused(&web, request, StatusCode::PAYLOAD_TOO_LARGE, error).await;
        }
        request = request.map(|body| Body::new(Limited::new(body, most)));
    }
    // A page of what was refused while it was read is rendered for the request's head.
    let head = (changes && !is_api && accepts_html(request.headers())).then(|| {
        let mut head = Request::new(Body::empty());
        *head.method_mut() = request.method().clone();
        *head.uri_mut() = request.uri().clone();
        *head.headers_mut() = request.headers().clone();
        *head.extensions_mut() = request.extensions().clone();
        head.into_parts().0
    });
    let response = next.run(request).await;
    match head {
        _ if is_api => in_words(response, lang),
        Some(head) if is_unread(&response) => {
            let error = unread(lang);
            render_refused(&web, head, response.status(), error).await
        }
        _ => response,
    }
}

/// Whether the framework found a body too long while it was read: it says so as plain text.
fn is_unread(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    response.status() == StatusCode::PAYLOAD_TOO_LARGE
        && kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"))
}

/// Whether a body that is in memory is longer.
fn is_longer(body: &Body, most: usize) -> bool {
    use axum::body::HttpBody;
    body.size_hint().lower() > most as u64
}

fn too_long(lang: Lang, most: usize) -> AppError {
    let most = if most >= KIB * KIB {
        format!("{} MiB", most / KIB / KIB)
    } else {
        format!("{} KiB", most / KIB)
    };
    let message = lang.pick(
        format!("请求太大，这里最多 {most}"),
        format!("The request is too large; the limit here is {most}"),
    );
    AppError::new(ErrorKind::Invalid, "too_large", message).with_hint(shorten(lang))
}

/// A body of which only the reading showed that it is too long.
fn unread(lang: Lang) -> AppError {
    let message = lang.pick("请求太大", "The request is too large");
    AppError::new(ErrorKind::Invalid, "too_large", message).with_hint(shorten(lang))
}

fn shorten(lang: Lang) -> &'static str {
    lang.pick(
        "请返回上一页，缩短内容后再提交",
        "Go back, shorten what you entered and submit it again",
    )
}

/// The answer to a refused request: the form's own page for people, a problem document for programs.
async fn refused(web: &Web, request: Request, status: StatusCode, error: AppError) -> Response {
    let (parts, _) = request.into_parts();
    let path = parts.uri.path();
    if path.starts_with("/api/") || !accepts_html(&parts.headers) {
        return Problem::plain(status, error).into_response();
    }
    match posted(path, &error) {
        Some(posted) => render_posted(web, parts, status, posted).await,
        None => render_refused(web, parts, status, error).await,
    }
}

/// What a page shows of a form that was not read.
fn posted(path: &str, error: &AppError) -> Option<Posted> {
    let error = error.clone();
    Some(match path {
        "/admin/channels" => Posted::Channel(None, Default::default(), error),
        "/admin/users" => Posted::User(Default::default(), error),
        "/admin/pictures" => Posted::Picture(error),
        "/admin/calendars" => Posted::Calendar(Default::default(), error),
        "/rules" => Posted::Rule(None, Default::default(), error),
        "/admin/blackouts" => Posted::Blackout(Default::default(), error),
        app::routes::SUMMARIES => Posted::Summary(None, Default::default(), error),
        app::routes::REMINDERS => Posted::Tickets(error),
        app::routes::ROTAS => Posted::Rota(Default::default(), error),
        app::routes::PEOPLE => Posted::Person(Default::default(), error),
        "/admin/secrets" => Posted::Secret(None, Default::default(), error),
        "/admin/retention" => Posted::Retention(Default::default(), error),
        app::routes::IMPORT => Posted::Import(Default::default(), Err(error)),
        app::routes::IMPORT_TASKS => Posted::TaskImport(Default::default(), Err(error)),
        "/admin/pools" => Posted::Pool(Default::default(), error),
        app::routes::URGE_DEFAULTS => Posted::UrgeDefault(Default::default(), error),
        _ if path.starts_with("/admin/channels/") => {
            Posted::Template(String::new(), Default::default(), Box::new(Err(error)))
        }
        _ if path.starts_with("/admin/calendars/") => {
            Posted::CalendarImport(Default::default(), Err(error))
        }
        _ if path.ends_with("/start-urls") => Posted::StartUrl(Default::default(), error),
        _ if path.ends_with("/run") => Posted::Start(Default::default(), error),
        _ if path.starts_with("/tasks/") => Posted::Task(Default::default(), error),
        _ => return None,
    })
}

/// Turns a refusal that the framework answered as plain text (for a path, a method, a type) into a problem document
/// (RFC 9457).
fn in_words(response: Response, lang: Lang) -> Response {
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE);
    let typed = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/"));
    if !status.is_client_error() || typed {
        return response;
    }
    let (code, message) = match status {
        StatusCode::METHOD_NOT_ALLOWED => (
            "method",
            lang.pick(
                "这个地址不支持这种方法",
                "This address does not support this method",
            ),
        ),
        StatusCode::NOT_FOUND => (
            "not_found",
            lang.pick("没有这个地址", "There is no such address"),
        ),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            "type",
            lang.pick("请求的 Content-Type 不对", "The Content-Type is wrong"),
        ),
        StatusCode::PAYLOAD_TOO_LARGE => (
            "too_large",
            lang.pick("请求太大", "The request is too large"),
        ),
        _ => (
            "path",
            lang.pick(
                "网址里的编号或名称不对",
                "The id or name in the address is invalid",
            ),
        ),
    };
    let error = AppError::new(ErrorKind::Invalid, code, message);
    let mut words = Problem::plain(status, error).into_response();
    if let Some(allow) = response.headers().get(header::ALLOW) {
        words.headers_mut().insert(header::ALLOW, allow.clone());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_may_be_as_long_as_its_route_needs() {
        assert!(limit("/preferences") < limit("/api/v1/users"));
        assert!(limit("/api/v1/users") < limit("/api/v1/tasks/{id}"));
        assert_eq!(limit("/api/v1/calendars/{name}/import"), BODY_MAX);
    }
}
