//! Server-sent events: announces changes to open pages.

use std::convert::Infallible;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{StreamExt, future};
use tokio_stream::wrappers::BroadcastStream;

use crate::auth::streams::{Credential, Kind};
use crate::http::extract::RequestCaller;
use crate::http::{Problem, Web};

/// `event: change`, `data: {"task":1,"run":2}`; without ids, anything may have changed. Ends with the session or
/// token of the request.
pub(super) async fn stream(
    State(web): State<Web>,
    RequestCaller(caller): RequestCaller,
    credential: Option<Extension<Credential>>,
) -> Result<impl IntoResponse, Problem> {
    let credential = credential.map(|Extension(credential)| credential);
    let place = web.service.open_stream(&caller, credential, Kind::Events)?;
    let ended = place.ended();
    let changes = BroadcastStream::new(web.service.changes()).map(move |change| {
        // Held as long as the stream is.
        let _place = &place;
        // A listener that fell behind is asked to reload everything.
        let data = change
            .ok()
            .and_then(|change| serde_json::to_string(&change).ok());
        Ok::<_, Infallible>(
            Event::default()
                .event("change")
                .data(data.unwrap_or_else(|| "{}".to_owned())),
        )
    });
    // Also ends with the server, so that open pages do not delay its stop.
    let stop = web.stop.clone().cancelled_owned();
    let over = future::select(Box::pin(stop), Box::pin(ended.cancelled_owned()));
    Ok(Sse::new(changes.take_until(over))
        .keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}
