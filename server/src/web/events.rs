//! Server-sent events: tells open pages that something changed.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, StreamExt};
use tokio_stream::wrappers::BroadcastStream;

use super::Web;

/// `event: change`, `data: {"task":1,"run":2}`; without ids, anything may have changed.
pub(super) async fn stream(
    State(web): State<Web>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = BroadcastStream::new(web.service.signals.listen()).map(|change| {
        // A listener that lagged behind is told to look at everything.
        let data = change
            .ok()
            .and_then(|change| serde_json::to_string(&change).ok());
        Ok(Event::default()
            .event("change")
            .data(data.unwrap_or_else(|| "{}".to_owned())))
    });
    // Ends with the server, so that open pages do not hold it up.
    let stop = web.stop.clone().cancelled_owned();
    Sse::new(changes.take_until(stop))
        .keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}
