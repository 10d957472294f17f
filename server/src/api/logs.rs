//! `/api/v1/runs/{id}/log`: a run's log in pages, and live as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use app::backend::{Caller, Runs};
use app::id::RunId;
use app::run::log::LogPage;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::{Extension, Json};
use futures_util::{StreamExt, future, stream};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;
use utoipa::IntoParams;

use crate::auth::streams::{Credential, Kind, OpenStream};
use crate::http::AppState;
use crate::http::extract::RequestCaller;
use crate::http::params::Params;
use crate::http::{Problem, Reply};
use crate::service::Service;

/// Bytes of text in one event. A reader that does not keep up gets the next one later: what it missed by then is a
/// gap, and nothing is buffered for it.
const EVENT_BYTES: u32 = 64 * 1024;
/// Output written within this time becomes one event.
const TOGETHER: Duration = Duration::from_millis(50);
/// How often a quiet stream shows that it is alive.
const PING: Duration = Duration::from_secs(10);

/// Query of a page of a log.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct LogQuery {
    /// Bytes of the log before the page: `next` of the previous page.
    from: Option<u64>,
    /// Bytes of text, 1–262144; 65536 when absent.
    #[param(minimum = 1, maximum = 262144)]
    limit: Option<u32>,
}

/// Query of a live log.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FollowQuery {
    /// Where to start; the header `Last-Event-ID` takes precedence.
    from: Option<u64>,
    // For the product's own pages, which read no JSON; not part of the interface.
    #[param(ignore)]
    form: Option<Form>,
}

/// How pieces are encoded.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Form {
    /// JSON, as everywhere in the interface.
    #[default]
    Json,
    /// The encoding of `app::wire`.
    Wire,
}

/// A part of its log. Positions are bytes as kept, with secrets masked, both streams together.
#[utoipa::path(get, path = "/api/v1/runs/{id}/log", tag = "runs", operation_id = "log", params(LogQuery),
    responses((status = 200, body = LogPage), (status = 404, body = Problem)))]
pub(super) async fn page(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<RunId>,
    Params(query): Params<LogQuery>,
) -> Reply<Json<LogPage>> {
    let limit = query.limit.unwrap_or(EVENT_BYTES);
    Ok(Json(
        service
            .run_log(&caller, id, query.from.unwrap_or(0), limit)
            .await?,
    ))
}

/// Its log as it is written: `log` events with a JSON array of pieces and the position to continue from as id, then
/// an `end` event with the run. Starts after `Last-Event-ID`, else at `from`.
#[utoipa::path(get, path = "/api/v1/runs/{id}/log/stream", tag = "runs", operation_id = "log_stream",
    params(FollowQuery),
    responses((status = 200, content_type = "text/event-stream", body = String),
        (status = 404, body = Problem), (status = 429, body = Problem)))]
pub(super) async fn follow(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<RunId>,
    Params(query): Params<FollowQuery>,
    headers: HeaderMap,
    credential: Option<Extension<Credential>>,
    stop: Option<Extension<CancellationToken>>,
) -> Reply<impl IntoResponse> {
    // Checked before the first byte: once the stream has begun, it cannot answer that there is no such run.
    service.run_get(&caller, id).await?;
    let credential = credential.map(|Extension(credential)| credential);
    let place = service.open_stream(&caller, credential, Kind::Log)?;
    let ended = place.ended();
    let last = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let follower = Follower {
        service,
        caller,
        id,
        from: last.or(query.from).unwrap_or(0),
        form: query.form.unwrap_or_default(),
        step: Step::Look,
        _place: place,
    };
    // Ends with the server, so that open pages do not delay its stop, and with the right to read the log.
    let stop = stop.map(|Extension(stop)| stop).unwrap_or_default();
    let over = future::select(
        Box::pin(stop.cancelled_owned()),
        Box::pin(ended.cancelled_owned()),
    );
    let events = events(follower).take_until(over);
    Ok(Sse::new(events).keep_alive(
        KeepAlive::new()
            .interval(PING)
            .event(Event::default().event("ping").data("1")),
    ))
}

/// A client that reads a log live.
struct Follower {
    service: Arc<Service>,
    caller: Caller,
    id: RunId,
    from: u64,
    form: Form,
    step: Step,
    _place: OpenStream,
}

/// What comes next.
enum Step {
    /// There may be more: read again.
    Look,
    /// Everything so far was sent.
    Wait,
    /// The end was sent.
    Done,
}

fn events(follower: Follower) -> impl futures_util::Stream<Item = Result<Event, Infallible>> {
    stream::unfold(follower, |mut follower| async {
        let event = follower.next().await?;
        Some((Ok(event), follower))
    })
}

impl Follower {
    /// The next event; `None` at the end, and when the database is down: readers reconnect and continue where they
    /// were.
    async fn next(&mut self) -> Option<Event> {
        loop {
            match self.step {
                Step::Look => {}
                Step::Wait => {
                    self.service.log_moved(self.id, self.from).await;
                    tokio::time::sleep(TOGETHER).await;
                }
                Step::Done => return None,
            }
            let asked = self
                .service
                .run_log(&self.caller, self.id, self.from, EVENT_BYTES);
            let page = asked.await.ok()?;
            self.from = page.next;
            if !page.items.is_empty() {
                self.step = if page.next < page.total_bytes || page.over {
                    Step::Look
                } else {
                    Step::Wait
                };
                let event = Event::default().event("log").id(page.next.to_string());
                return match self.form {
                    Form::Json => event.json_data(&page.items).ok(),
                    Form::Wire => {
                        let text = app::wire::write_text(&page.items).ok()?;
                        Some(event.data(text))
                    }
                };
            }
            if page.over {
                let run = self.service.run_get(&self.caller, self.id).await.ok()?;
                // The log is complete before the result is in the database.
                if run.state.is_over() {
                    self.step = Step::Done;
                    let event = Event::default().event("end").id(page.next.to_string());
                    return event.json_data(&run).ok();
                }
            }
            self.step = Step::Wait;
        }
    }
}
