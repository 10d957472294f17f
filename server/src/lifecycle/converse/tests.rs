//! The loop that accepts connections, with its limits.

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
fn connect(patience: ClientTimeouts) -> (DuplexStream, Arc<ConnectionPermit>) {
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
        let patience = ClientTimeouts {
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
    let patience = ClientTimeouts {
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
    let patience = ClientTimeouts {
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
        ClientTimeouts::default(),
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
    let talk = converse(
        ours,
        None,
        router(),
        seat,
        ClientTimeouts::default(),
        closing,
    );
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
    let (mut stream, seat) = connect(ClientTimeouts::default());
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
