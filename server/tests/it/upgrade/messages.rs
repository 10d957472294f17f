//! Messages of then: those that waited go out once, and the others stay where they are.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::Uri;
use axum::routing::any;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::super::helpers::TestApp;
use super::fixture::Fixture;

/// A proxy that answers every request for the receivers of then, and remembers it.
struct Receivers {
    got: Arc<Mutex<Vec<(String, Value)>>>,
    port: u16,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for Receivers {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Receivers {
    async fn start() -> Self {
        let got: Arc<Mutex<Vec<(String, Value)>>> = Arc::default();
        let seen = Arc::clone(&got);
        let answer = async move |uri: Uri, body: Bytes| {
            let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
            seen.lock().expect("requests").push((uri.to_string(), body));
            axum::Json(json!({"errcode": 0, "errmsg": "ok"}))
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let router = Router::new().fallback(any(answer));
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("it serves");
        });
        Self { got, port, serving }
    }

    /// Addresses and texts of what came, each with how often; a picture is its address alone.
    fn counts(&self) -> BTreeMap<(String, String), usize> {
        let mut counts = BTreeMap::new();
        for (uri, body) in self.got.lock().expect("requests").iter() {
            let text = body["text"]["content"].as_str().or(body["text"].as_str());
            let text = text.unwrap_or_default().to_owned();
            *counts.entry((uri.clone(), text)).or_default() += 1;
        }
        counts
    }
}

async fn states(app: &TestApp) -> BTreeMap<String, i64> {
    let rows = "SELECT CONCAT_WS(' ', state, COUNT(*)) FROM message GROUP BY state";
    let rows = app.place.database.rows(rows).await;
    let pairs = rows.iter().map(|row| row.split_once(' ').expect("two"));
    pairs
        .map(|(state, count)| (state.to_owned(), count.parse().expect("a number")))
        .collect()
}

#[tokio::test]
async fn messages_that_waited_go_out_once_with_the_words_of_then() {
    let fixture = Fixture::load().await;
    let database = &fixture.place.database;
    // What the former server had not sent: also what it was sending when it was killed.
    let rows = "SELECT CONCAT_WS(' ', CAST(id AS CHAR), channel_id, kind), body FROM message \
                WHERE state IN ('pending', 'waiting', 'sending') ORDER BY id";
    let waiting = database.rows(rows).await;
    assert!(waiting.len() >= 8, "{waiting:?}");
    let receivers = Receivers::start().await;
    let proxy = format!("--outbound-proxy=http://127.0.0.1:{}", receivers.port);
    let app = fixture.start(TimeDelta::days(7), &[&proxy]).await;
    let before = states(&app).await;
    app.notify();
    let sent = app.until("all messages to be sent", async || {
        let states = states(&app).await;
        let open = ["pending", "waiting", "sending"].map(|state| states.get(state));
        open.iter().all(Option::is_none).then_some(states)
    });
    let sent = sent.await;
    assert_eq!(sent["dead"], before["dead"]);
    let open = i64::try_from(waiting.len()).expect("a number");
    assert_eq!(sent["sent"], before["sent"] + open);

    let counts = receivers.counts();
    for row in &waiting {
        let (row, body) = row.split_once('|').expect("two");
        if row.ends_with("image") {
            continue;
        }
        // Owners whom the channel cannot mention are named behind the text since.
        let is_it = |text: &str| {
            let rest = text.strip_prefix(body);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("\n@"))
        };
        let came = counts.iter().filter(|((_, text), _)| is_it(text));
        let came: Vec<_> = came.collect();
        assert_eq!(came.len(), 1, "{row}: {body} of {counts:?}");
        assert_eq!(*came[0].1, 1, "{row}");
    }
    let all: usize = counts.values().sum();
    assert_eq!(all, waiting.len());
    // The addresses that were sealed then.
    let robot = "http://127.0.0.1:18701/wecom/send?key=0000-secret-of-the-robot";
    assert!(counts.keys().any(|(uri, _)| uri == robot), "{counts:?}");
    // People are mentioned as they were to be.
    let got = receivers.got.lock().expect("requests").clone();
    let urged = got.iter().find(|(_, body)| {
        let text = body["text"]["content"].as_str().unwrap_or_default();
        text.starts_with("【催单】催着的提醒")
    });
    let (_, urged) = urged.expect("the urge that waited");
    assert_eq!(
        urged["text"]["mentioned_list"],
        json!(["zhangsan", "lisi"]),
        "{urged}"
    );
}

#[tokio::test]
async fn the_history_of_messages_is_read() {
    let fixture = Fixture::load().await;
    let rows = "SELECT CAST(id AS CHAR), event, kind, state, COALESCE(last_answer, '-'), body \
                FROM message ORDER BY id DESC";
    let stored = fixture.place.database.rows(rows).await;
    let app = fixture.start(TimeDelta::days(7), &[]).await;
    let root = fixture.with_token(&app, "root");
    let listed = root.get("/api/v1/messages?limit=200").await.expect(200);
    let items = listed["items"].as_array().expect("messages");
    assert_eq!(items.len(), stored.len());
    for (stored, item) in stored.iter().zip(items) {
        let [id, event, kind, state, answer, body]: [&str; 6] = stored
            .splitn(6, '|')
            .collect::<Vec<_>>()
            .try_into()
            .expect("six columns");
        assert_eq!(item["id"].to_string(), id);
        assert_eq!(
            (&item["event"], &item["kind"]),
            (&json!(event), &json!(kind))
        );
        // What the killed server was sending goes back to those that wait.
        let state = if state == "sending" { "pending" } else { state };
        assert_eq!(item["state"], state, "{item}");
        // A kind of answer that is known now has a sentence before it.
        let shown = item["answer"].as_str().unwrap_or("-");
        assert!(shown.ends_with(answer), "{item}");
        if kind == "text" {
            assert_eq!(item["text"], body, "{item}");
        }
    }
    // What was given up can be sent again.
    let dead = items
        .iter()
        .find(|item| item["state"] == "dead" && item["kind"] == "text");
    let path = format!("/api/v1/messages/{}/resend", dead.expect("one")["id"]);
    let again = root.call("POST", &path, None).await;
    assert!(again.status < 300, "{}", again.text());
}
