//! One connection: HTTP/1.1 with a time limit for everything that the client has to do.

#[cfg(test)]
mod tests;

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Request, Response, StatusCode, header};
use axum::response::IntoResponse;
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Sleep;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::connections::ConnectionPermit;
use super::stall::Watched;

/// Bytes of a refused body that are read and discarded, and for how long.
const DISCARD_MAX: usize = 1024 * 1024;
const DISCARD_TIME: Duration = Duration::from_secs(2);

/// How long the client may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClientTimeouts {
    /// For the head of the first request, from the accept on.
    pub(super) first: Duration,
    /// Between two requests, including the head of the second one. Longer than the keep-alive of the usual proxies
    /// (nginx: 60 s), so that they close first.
    pub(super) idle: Duration,
    /// For the whole body of a request: 4 MiB at half a megabit per second.
    pub(super) body: Duration,
}

impl Default for ClientTimeouts {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(10),
            idle: Duration::from_secs(75),
            body: Duration::from_secs(60),
        }
    }
}

/// Answers requests until either end closes, time is up, or the place is needed.
pub(super) async fn converse(
    io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: Option<SocketAddr>,
    router: Router,
    seat: Arc<ConnectionPermit>,
    patience: ClientTimeouts,
    closing: CancellationToken,
) {
    let handler = {
        let seat = Arc::clone(&seat);
        hyper::service::service_fn(move |request: Request<Incoming>| {
            seat.head();
            let (router, seat) = (router.clone(), Arc::clone(&seat));
            async move { answer(request, peer, router, seat, patience.body).await }
        })
    };
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience.idle)
        .serve_connection(TokioIo::new(Watched::new(io, Arc::clone(&seat))), handler);
    let mut connection = std::pin::pin!(connection);
    let mut first = std::pin::pin!(tokio::time::sleep(patience.first));
    let (mut greeted, mut stopping) = (false, false);
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection failed");
                }
                return;
            }
            () = seat.evicted() => return,
            () = &mut first, if !greeted => {
                if !seat.was_asked() {
                    return;
                }
                greeted = true;
            }
            () = closing.cancelled(), if !stopping => {
                stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

async fn answer(
    request: Request<Incoming>,
    peer: Option<SocketAddr>,
    router: Router,
    seat: Arc<ConnectionPermit>,
    time: Duration,
) -> Result<Response<Answered>, std::convert::Infallible> {
    let late = Arc::new(AtomicBool::new(false));
    // What is not asked for is not sent, so there is nothing to read (RFC 9110, 10.1.1).
    let waits = request.headers().contains_key(header::EXPECT);
    let mut request = request.map(|body| {
        if body.is_end_stream() {
            seat.busy();
            return Body::empty();
        }
        Body::new(TimedBody {
            body: Some(body),
            until: Box::pin(tokio::time::sleep(time)),
            late: Arc::clone(&late),
            seat: Arc::clone(&seat),
            discards: !waits,
        })
    });
    if let Some(peer) = peer {
        request.extensions_mut().insert(ConnectInfo(peer));
    }
    let Ok(mut response) = router.oneshot(request).await;
    if late.load(Ordering::Relaxed) {
        response = too_late();
    }
    seat.busy();
    Ok(response.map(|body| Answered { body, seat }))
}

/// Replaces the handler's answer when a body ends early because of the limit.
fn too_late() -> Response<Body> {
    let text = "The request did not arrive in time / 请求没有在规定时间内发送完";
    let mut response = (StatusCode::REQUEST_TIMEOUT, text).into_response();
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response
}

/// The body of a request, which has to arrive in time.
struct TimedBody {
    /// `None` only while it is dropped.
    body: Option<Incoming>,
    until: Pin<Box<Sleep>>,
    late: Arc<AtomicBool>,
    seat: Arc<ConnectionPermit>,
    /// Whether what is left of it is read and discarded when it is dropped.
    discards: bool,
}

impl Drop for TimedBody {
    fn drop(&mut self) {
        let body = self.body.take().filter(|body| !body.is_end_stream());
        let late = self.late.load(Ordering::Relaxed);
        if let (Some(body), true, false) = (body, self.discards, late)
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(discard(body));
        }
    }
}

/// Reads what is left of a body that was refused, up to a limit. A connection that is closed with
/// bytes unread is reset, and a reset may take the answer away before the other end has read it:
/// many clients, browsers among them, send the whole body first.
async fn discard(mut body: Incoming) {
    let read = async {
        let mut left = DISCARD_MAX;
        while let Some(Ok(frame)) = body.frame().await {
            let bytes = frame.data_ref().map_or(0, Bytes::len);
            match left.checked_sub(bytes) {
                Some(rest) => left = rest,
                None => break,
            }
        }
    };
    // What comes later, or is more, is not waited for: then the connection is closed.
    drop(tokio::time::timeout(DISCARD_TIME, read).await);
}

impl HttpBody for TimedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        let Some(body) = &mut this.body else {
            return Poll::Ready(None);
        };
        match Pin::new(&mut *body).poll_frame(context) {
            Poll::Ready(frame) => {
                if frame.is_none() || body.is_end_stream() {
                    this.seat.busy();
                }
                Poll::Ready(frame.map(|frame| frame.map_err(axum::Error::new)))
            }
            Poll::Pending => {
                if this.until.as_mut().poll(context).is_pending() {
                    return Poll::Pending;
                }
                this.late.store(true, Ordering::Relaxed);
                let error = io::Error::from(io::ErrorKind::TimedOut);
                Poll::Ready(Some(Err(axum::Error::new(error))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body
            .as_ref()
            .map_or_else(SizeHint::default, HttpBody::size_hint)
    }
}

/// The body of an answer: once it is sent, the connection waits for the next request.
struct Answered {
    body: Body,
    seat: Arc<ConnectionPermit>,
}

impl HttpBody for Answered {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Answered {
    fn drop(&mut self) {
        self.seat.waits();
    }
}
