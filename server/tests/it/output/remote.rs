//! Output in an S3-compatible store: a small one that checks what it is asked.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use ::app::run::log::Stream;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};

use super::super::helpers::in_time;
use super::super::helpers::place::Place;
use super::{RUN, kept, lines, open, started, store};

#[derive(Default)]
struct Bucket {
    objects: Mutex<HashMap<String, Bytes>>,
    refused: Mutex<Vec<String>>,
    away: AtomicBool,
}

impl Bucket {
    async fn start() -> (Arc<Self>, String) {
        let bucket = Arc::new(Self::default());
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&bucket));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = listener.local_addr().expect("its address");
        tokio::spawn(async move { axum::serve(listener, router).await });
        (bucket, format!("http://{address}"))
    }

    fn names(&self) -> Vec<String> {
        self.objects
            .lock()
            .expect("objects")
            .keys()
            .cloned()
            .collect()
    }
}

/// Signature version 4 in the header, over these headers at least.
fn is_signed(headers: &HeaderMap) -> bool {
    let text = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("")
    };
    let signature = text("authorization");
    signature.starts_with("AWS4-HMAC-SHA256 Credential=THEKEY/")
        && signature.contains("/eu-test-1/s3/aws4_request")
        && signature.contains("x-amz-content-sha256")
        && signature.contains("Signature=")
        && text("x-amz-date").len() == 16
}

async fn answer(State(bucket): State<Arc<Bucket>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX)
        .await
        .expect("a body");
    if bucket.away.load(Ordering::SeqCst) {
        return StatusCode::FORBIDDEN.into_response();
    }
    if !is_signed(&parts.headers) {
        let line = format!("{} {} {:?}", parts.method, parts.uri, parts.headers);
        bucket.refused.lock().expect("refused").push(line);
        return StatusCode::FORBIDDEN.into_response();
    }
    let name = parts.uri.path().to_owned();
    let mut objects = bucket.objects.lock().expect("objects");
    match parts.method {
        Method::PUT => {
            objects.insert(name, body);
            ([("etag", "\"1\"")], StatusCode::OK).into_response()
        }
        Method::GET | Method::HEAD => match objects.get(&name) {
            Some(found) => {
                let headers = [
                    ("etag", "\"1\""),
                    ("last-modified", "Sun, 22 Nov 2026 08:00:00 GMT"),
                ];
                (headers, found.clone()).into_response()
            }
            None => StatusCode::NOT_FOUND.into_response(),
        },
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}

#[tokio::test]
async fn output_goes_to_a_store_elsewhere_and_waits_while_that_is_away() {
    let place = Place::new().await;
    let (bucket, address) = Bucket::start().await;
    let endpoint = format!("--output-endpoint={address}");
    let flags = [
        "--output-url=s3://logs/some/prefix",
        &endpoint,
        "--output-region=eu-test-1",
        "--output-access-key-id=THEKEY",
        "--output-secret-access-key=very secret",
    ];
    let output = store(&place.data(), &flags);
    let all = lines(20_000);
    let object = "/logs/some/prefix/2026/11/22/run-7.log.zst";
    let waiting = place.data().join("spool/ready/2026/11/22/run-7.log.zst");
    let gone = async || {
        in_time("the file to be sent", async {
            while waiting.exists() {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
        })
        .await;
    };
    let run = async |all: &[u8]| {
        let log = open(&output, &[]);
        for part in all.chunks(9000) {
            log.push(Stream::Out, part);
            log.caught_up().await;
        }
        output.finish(&log).await.stored
    };
    bucket.away.store(true, Ordering::SeqCst);
    let stored = run(&all).await;
    assert_eq!(stored.object.as_deref(), Some("2026/11/22/run-7.log.zst"));
    assert_eq!(stored.dropped, 0, "nothing is lost by a store that is away");
    assert_eq!(
        kept(&output, &stored).await.plain(),
        all,
        "it is read from where it waits"
    );
    output.sweep().await;
    assert!(waiting.exists() && bucket.names().is_empty());
    bucket.away.store(false, Ordering::SeqCst);
    // As the next process does it.
    let next = store(&place.data(), &flags);
    next.sweep().await;
    gone().await;
    assert_eq!(bucket.names(), [object]);
    assert_eq!(kept(&next, &stored).await.plain(), all);
    // The database never heard of its end, and this host has nothing of it.
    let elsewhere = store(&place.work(), &flags);
    let found = elsewhere
        .recover(RUN, started())
        .await
        .expect("asking")
        .expect("output");
    assert_eq!((found.bytes, found.object), (stored.bytes, stored.object));
    // At once, where the store is up; also what takes several requests elsewhere.
    bucket.objects.lock().expect("objects").clear();
    let stored = run(&all).await;
    gone().await;
    assert_eq!(bucket.names(), [object]);
    assert_eq!(kept(&elsewhere, &stored).await.plain(), all);
    assert_eq!(
        *bucket.refused.lock().expect("refused"),
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn a_wrong_address_is_reported_at_start_up() {
    let place = Place::new().await;
    for (url, word) in [
        ("ftp://x/y", "neither"),
        ("not an address", "address"),
        ("s3:///x", "bucket"),
    ] {
        let flag = format!("--output-url={url}");
        let (config, clock) = super::parts(&[&flag]);
        let refused = server::output::OutputStore::new(&config, &place.data(), clock);
        let sentence = refused.expect_err("refused").to_string();
        assert!(
            sentence.contains("JCRONTAB_OUTPUT_URL") && sentence.contains(word),
            "{sentence}"
        );
    }
}
