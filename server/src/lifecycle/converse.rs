//! One connection: HTTP/1.1 with a time limit for everything that the client has to do.

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

use super::connections::Seat;
use super::stall::Watched;

/// Bytes of a refused body that are read and discarded, and for how long.
const DISCARD_MAX: usize = 1024 * 1024;
const DISCARD_TIME: Duration = Duration::from_secs(2);

/// How long the client may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// For the head of the first request, from the accept on.
    pub(super) first: Duration,
    /// Between two requests, including the head of the second one. Longer than the keep-alive of the usual proxies
    /// (nginx: 60 s), so that they close first.
    pub(super) idle: Duration,
    /// For the whole body of a request: 4 MiB at half a megabit per second.
    pub(super) body: Duration,
}

impl Default for Patience {
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
    seat: Arc<Seat>,
    patience: Patience,
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
    seat: Arc<Seat>,
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
        Body::new(Arriving {
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
struct Arriving {
    /// `None` only while it is dropped.
    body: Option<Incoming>,
    until: Pin<Box<Sleep>>,
    late: Arc<AtomicBool>,
    seat: Arc<Seat>,
    /// Whether what is left of it is read and discarded when it is dropped.
    discards: bool,
}

impl Drop for Arriving {
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

impl HttpBody for Arriving {
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
    seat: Arc<Seat>,
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

#[cfg(test)]
mod tests {
    use axum::routing::{get, post};
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

    use super::super::connections::{Connections, Limits};
    use super::*;

    const SHORT: Duration = Duration::from_millis(50);
    const LONG: Duration = Duration::from_secs(600);

    fn router() -> Router {
        let echo = |body: Result<Bytes, axum::extract::rejection::BytesRejection>| async {
            body.map(|bytes| bytes.len().to_string())
        };
        Router::new()
            .route("/", get(|| async { "here" }))
            .route("/long", get(|| async { "long ".repeat(1_000_000) }))
            .route("/echo", post(echo))
            .route("/refused", post(|| async { StatusCode::PAYLOAD_TOO_LARGE }))
    }

    /// The client's end of a connection, and its place.
    fn connect(patience: Patience) -> (DuplexStream, Arc<Seat>) {
        let limits = Limits {
            all: 1,
            per_address: 1,
        };
        let seat = Connections::new(limits).admit(None).expect("room").seat;
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        let closing = CancellationToken::new();
        tokio::spawn(converse(
            ours,
            None,
            router(),
            Arc::clone(&seat),
            patience,
            closing,
        ));
        (theirs, seat)
    }

    async fn rest(stream: &mut DuplexStream) -> String {
        let mut text = String::new();
        stream.read_to_string(&mut text).await.expect("text");
        text
    }

    #[tokio::test]
    async fn half_a_head_is_not_waited_for() {
        for sent in ["", "G", "GET / HTTP/1.1\r\nHost: a"] {
            let patience = Patience {
                first: SHORT,
                idle: LONG,
                body: LONG,
            };
            let (mut stream, _seat) = connect(patience);
            stream.write_all(sent.as_bytes()).await.expect("sent");
            assert_eq!(rest(&mut stream).await, "", "{sent:?}");
        }
    }

    #[tokio::test]
    async fn an_answered_connection_is_closed_when_nothing_follows() {
        let patience = Patience {
            first: LONG,
            idle: SHORT,
            body: LONG,
        };
        let (mut stream, _seat) = connect(patience);
        let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HT";
        stream.write_all(request.as_bytes()).await.expect("sent");
        let answers = rest(&mut stream).await;
        assert!(answers.starts_with("HTTP/1.1 200 OK"), "{answers}");
        assert_eq!(answers.matches("HTTP/1.1").count(), 1, "{answers}");
    }

    #[tokio::test]
    async fn half_a_body_is_answered_with_408() {
        let patience = Patience {
            first: LONG,
            idle: LONG,
            body: SHORT,
        };
        let (mut stream, _seat) = connect(patience);
        let request = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf";
        stream.write_all(request.as_bytes()).await.expect("sent");
        let answer = rest(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    }

    /// A client that reads nothing before it has sent everything, over a real socket: closing that
    /// with bytes unread resets it.
    async fn send_whole(length: usize) -> std::io::Result<String> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let mut client = tokio::net::TcpStream::connect(listener.local_addr()?).await?;
        let (ours, _) = listener.accept().await?;
        let limits = Limits {
            all: 1,
            per_address: 1,
        };
        let seat = Connections::new(limits).admit(None).expect("room").seat;
        let talk = converse(
            ours,
            None,
            router(),
            seat,
            Patience::default(),
            CancellationToken::new(),
        );
        let talk = tokio::spawn(talk);
        let head = format!(
            "POST /refused HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
        );
        client.write_all(head.as_bytes()).await?;
        client.write_all(&vec![b'x'; length]).await?;
        let mut answer = String::new();
        client.read_to_string(&mut answer).await?;
        talk.await.expect("the end of the connection");
        Ok(answer)
    }

    #[tokio::test]
    async fn the_answer_to_a_body_that_is_refused_arrives() {
        let answer = send_whole(DISCARD_MAX - 1).await.expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        // Sixteen times what is discarded: more than the buffers of the sockets take.
        let endless = send_whole(16 * DISCARD_MAX).await;
        assert!(endless.is_err(), "{endless:?}");
    }

    #[tokio::test]
    async fn an_answer_that_is_not_taken_keeps_no_seat() {
        let limits = Limits {
            all: 1,
            per_address: 1,
        };
        let connections = Connections::new(limits);
        let seat = connections.admit(None).expect("room").seat;
        let (ours, mut theirs) = tokio::io::duplex(64 * 1024);
        let closing = CancellationToken::new();
        let talk = converse(ours, None, router(), seat, Patience::default(), closing);
        let talk = tokio::spawn(talk);
        let request = "GET /long HTTP/1.1\r\nHost: a\r\n\r\n";
        theirs.write_all(request.as_bytes()).await.expect("sent");
        // The answer has started, so the request was being answered; then the client stops reading.
        let mut begun = [0; 12];
        theirs.read_exact(&mut begun).await.expect("a beginning");
        let another = loop {
            match connections.admit(None) {
                Some(another) => break another,
                None => tokio::task::yield_now().await,
            }
        };
        assert!(another.evicted);
        talk.await.expect("the end of the first one");
    }

    #[tokio::test]
    async fn the_seat_is_kept_while_a_request_is_answered() {
        let (mut stream, seat) = connect(Patience::default());
        let request =
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody";
        stream.write_all(request.as_bytes()).await.expect("sent");
        let answer = rest(&mut stream).await;
        assert!(
            answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("\r\n\r\n4"),
            "{answer}"
        );
        assert!(seat.was_asked());
    }
}
