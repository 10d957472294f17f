//! `/api/v1/tasks/{id}/start-urls`, and the requests to start URLs themselves.

use app::backend::{Answer, List, StartUrls};
use app::error::{AppError, ErrorKind};
use app::i18n::Lang;
use app::id::TaskId;
use app::run::Run;
use app::start_url::{NewStartUrl, StartUrl, StartUrlDraft};
use app::task::RunRequest;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use utoipa::{IntoParams, ToSchema};

use crate::auth::signature::Signed;
use crate::http::AppState;
use crate::http::client::client_of;
use crate::http::extract::{Body, RequestCaller, caller_of, malformed};
use crate::http::params::Params;
use crate::http::{Problem, Reply, strict};
use crate::service::StartCall;

/// The start URLs of a task, by name.
#[utoipa::path(get, path = "/api/v1/tasks/{id}/start-urls", tag = "start URLs",
    responses((status = 200, body = List<StartUrl>), (status = 404, body = Problem)))]
pub(super) async fn list(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<TaskId>,
) -> Reply<Json<List<StartUrl>>> {
    Ok(Json(List {
        items: service.start_url_list(&caller, id).await?,
        next: None,
    }))
}

/// Creates a start URL. The answer alone has its address, and the secret where requests are to be signed.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/start-urls", tag = "start URLs", request_body = StartUrlDraft,
    responses((status = 201, body = NewStartUrl), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(super) async fn create(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<TaskId>,
    Body(draft): Body<StartUrlDraft>,
) -> Reply<impl IntoResponse> {
    let made = service.start_url_create(&caller, id, &draft).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Deletes a start URL: requests to it start nothing from then on.
#[utoipa::path(delete, path = "/api/v1/tasks/{id}/start-urls/{name}", tag = "start URLs",
    responses((status = 204), (status = 404, body = Problem)))]
pub(super) async fn delete(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path((id, name)): Path<(TaskId, String)>,
) -> Reply<StatusCode> {
    service.start_url_delete(&caller, id, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Query of a request that may wait.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WaitQuery {
    /// Seconds to wait for the end of the run and of its retries, 0–60; 0 when absent.
    #[param(minimum = 0, maximum = 60)]
    pub(super) wait: Option<u32>,
}

/// What a start URL reports about the run: no output, no parameters.
#[derive(Serialize, ToSchema)]
pub(super) struct StartReport {
    /// The run; with `wait`, its latest attempt.
    run_id: app::id::RunId,
    /// `waiting`, `running`, `sending`, `succeeded`, `failed`, `timed_out`, `killed` or `lost`.
    state: app::run::RunState,
    /// 1 for the first attempt.
    attempt: i32,
    /// Whether it has ended.
    over: bool,
    /// The command's exit code, if it ended by itself.
    exit_code: Option<i32>,
    /// A stable code with a detail after a colon, if the state alone does not say enough.
    reason: Option<String>,
    /// When it was started.
    started_at: app::time::Stamp,
    /// When it ended.
    finished_at: Option<app::time::Stamp>,
}

impl StartReport {
    fn of(run: Run, over: bool) -> Self {
        Self {
            run_id: run.id,
            state: run.state,
            attempt: run.attempt,
            over,
            exit_code: run.exit_code,
            reason: run.reason,
            started_at: run.started_at,
            finished_at: run.finished_at,
        }
    }
}

/// Starts the task of a start URL: the token in the path is the permission. The body lists parameters, as JSON as for
/// `POST /api/v1/tasks/{id}/run` or as a form, unless the start URL makes the whole body one parameter. 202 while the
/// run is not over, 200 once it is, whatever its end.
#[utoipa::path(post, path = "/api/v1/start/{token}", tag = "start URLs", operation_id = "start_by_url",
    request_body = RunRequest, security(()),
    params(WaitQuery, ("token" = String, Path, description = "The end of the address"),
        ("Idempotency-Key" = Option<String>, Header, description = "1-255 visible ASCII characters"),
        ("webhook-id" = Option<String>, Header, description = "Standard Webhooks; the key where there is no other"),
        ("webhook-timestamp" = Option<String>, Header, description = "Standard Webhooks: seconds"),
        ("webhook-signature" = Option<String>, Header, description = "Standard Webhooks: `v1,` and base64"),
        ("X-Hub-Signature-256" = Option<String>, Header, description = "`sha256=` and hexadecimal digits")),
    responses((status = 200, body = StartReport), (status = 202, body = StartReport), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem)))]
pub(super) async fn start(
    State(service): State<AppState>,
    Path(token): Path<String>,
    Params(query): Params<WaitQuery>,
    parts: Parts,
    body: Bytes,
) -> Reply<Response> {
    let (lang, client) = (caller_of(&parts).lang, client_of(&parts));
    // A value that is not text is invalid, which the service reports.
    let value = |name: &str| {
        let value = parts.headers.get(name);
        value.map(|value| value.to_str().unwrap_or("\u{fffd}"))
    };
    let call = StartCall {
        token: &token,
        from: client.as_str(),
        signed: Signed {
            id: value("webhook-id"),
            timestamp: value("webhook-timestamp"),
            signature: value("webhook-signature"),
            of_body: value("x-hub-signature-256"),
        },
        idempotency_key: value("idempotency-key").map(str::to_owned),
        body: &body,
        wait: query.wait.unwrap_or(0),
    };
    let kind = value(CONTENT_TYPE.as_str()).unwrap_or_default();
    let stop = parts.extensions.get::<CancellationToken>().cloned();
    let stop = stop.unwrap_or_default();
    let asked = service.start_by_url(lang, call, |body| request_of(lang, kind, body), &stop);
    let answer = asked.await?;
    let status = if answer.is_over {
        StatusCode::OK
    } else {
        StatusCode::ACCEPTED
    };
    let report = Json(StartReport::of(answer.started.run, answer.is_over));
    Ok(if answer.started.replayed {
        (status, [("idempotent-replayed", "true")], report).into_response()
    } else {
        (status, report).into_response()
    })
}

/// What a body of this type asks for.
fn request_of(lang: Lang, kind: &str, body: &[u8]) -> Answer<RunRequest> {
    if body.is_empty() {
        return Ok(RunRequest::default());
    }
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/json") {
        return strict::from_slice(body).map_err(|fault| malformed(lang, &fault));
    }
    if kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let pairs = url::form_urlencoded::parse(body).into_owned();
        return Ok(RunRequest {
            parameters: pairs.collect(),
            ..RunRequest::default()
        });
    }
    let message = lang.pick(
        "请求内容应是 JSON 或表单",
        "The body must be JSON or a form",
    );
    Err(AppError::new(ErrorKind::Invalid, "type", message).with_hint(lang.pick(
        "用 Content-Type: application/json 或 application/x-www-form-urlencoded；没有参数时请求内容可以为空",
        "Send Content-Type: application/json or application/x-www-form-urlencoded; without parameters the body may be empty",
    )))
}
