//! Logs as they are written: pages and server-sent events.

use ::app::auth::Role;
use ::app::backend::{Runs, Secrets};
use ::app::channel::ChannelKind;
use ::app::id::RunId;
use ::app::run::log::{LogItem, Stream};
use axum::body::Body;
use axum::http::{Request, header};
use futures_util::StreamExt;
use serde_json::Value;

use super::super::helpers::place::Place;
use super::super::helpers::program::{Server, add_command, jcrontab};
use super::super::helpers::{Browser, TestApp, draft, in_time};
use super::text;

/// An event of a stream.
#[derive(Clone, Debug, Default)]
struct Event {
    name: String,
    id: String,
    data: String,
}

/// An open stream of events.
struct Events {
    body: axum::body::BodyDataStream,
    read: String,
}

impl Events {
    async fn open(browser: &Browser, path: &str, last: Option<&str>) -> Self {
        let mut request = Request::get(path).header(header::ACCEPT, "text/event-stream");
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = browser
            .send_unread(request.body(Body::empty()).expect("a request"))
            .await;
        assert_eq!(response.status(), 200);
        let kind = response.headers()[header::CONTENT_TYPE]
            .to_str()
            .expect("text");
        assert_eq!(kind, "text/event-stream");
        Self {
            body: response.into_body().into_data_stream(),
            read: String::new(),
        }
    }

    /// The next event that is no ping; `None` at the end of the stream.
    async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some((block, rest)) = self.read.split_once("\n\n") {
                let mut event = Event::default();
                for line in block.lines() {
                    match line.split_once(": ") {
                        Some(("event", name)) => event.name = name.to_owned(),
                        Some(("id", id)) => event.id = id.to_owned(),
                        Some(("data", data)) => event.data += data,
                        _ => assert!(line.starts_with(':'), "{line}"),
                    }
                }
                self.read = rest.to_owned();
                if !event.name.is_empty() {
                    return Some(event);
                }
            }
            let chunk = in_time("an event", self.body.next())
                .await?
                .expect("a chunk");
            self.read += std::str::from_utf8(&chunk).expect("text");
        }
    }

    /// Everything up to the end: the pieces, the places after them, the run.
    async fn all(mut self) -> (Vec<LogItem>, Vec<String>, Value) {
        let (mut items, mut ids) = (Vec::new(), Vec::new());
        while let Some(event) = self.next().await {
            if event.name == "end" {
                assert!(self.next().await.is_none(), "nothing follows the end");
                return (
                    items,
                    ids,
                    serde_json::from_str(&event.data).expect("a run"),
                );
            }
            assert_eq!(event.name, "log");
            let more: Vec<LogItem> = serde_json::from_str(&event.data).expect("pieces");
            assert_eq!(event.id, more.last().expect("not empty").to().to_string());
            items.extend(more);
            ids.push(event.id);
        }
        panic!("no end")
    }
}

fn path(run: RunId) -> String {
    format!("/api/v1/runs/{run}/log/stream")
}

#[tokio::test]
async fn a_log_is_read_while_it_is_written() {
    let app = TestApp::new().await;
    let browser = app.signed_in("vi", Role::Viewer).await;
    let gate = app.place.work().join("gate");
    let command = format!(
        "echo first; echo oops >&2; until [ -e {0} ]; do sleep 0.05; done; echo second; exit 3",
        gate.display()
    );
    let task = app.add(draft("live", "0 0 1 1 *", &command)).await;
    let run = app.start_run(task.id).await;
    let mut events = Events::open(&browser, &path(run), None).await;
    let mut items: Vec<LogItem> = Vec::new();
    let mut last = String::new();
    while text(&items, None).len() < "first\noops\n".len() {
        let event = events.next().await.expect("an event");
        assert_eq!(event.name, "log");
        items.extend(serde_json::from_str::<Vec<LogItem>>(&event.data).expect("pieces"));
        last = event.id;
    }
    assert_eq!(text(&items, Some(Stream::Out)), "first\n");
    assert_eq!(text(&items, Some(Stream::Err)), "oops\n");
    // The page says the same, and that there may be more.
    let page = browser
        .get(&format!("/api/v1/runs/{run}/log"))
        .await
        .expect(200);
    assert_eq!((&page["over"], &page["next"]), (&false.into(), &11.into()));
    std::fs::write(&gate, "").expect("the gate");
    let resumed = Events::open(&browser, &path(run), Some(&last)).await;
    for events in [events, resumed] {
        let (rest, _, end) = events.all().await;
        assert_eq!(text(&rest, None), "second\n");
        assert_eq!(
            (&end["state"], &end["exit_code"]),
            (&"failed".into(), &3.into())
        );
    }
    // Afterwards, too: all of it, and the rest of it by header or by query.
    let (items, ..) = Events::open(&browser, &path(run), None).await.all().await;
    assert_eq!(text(&items, Some(Stream::Out)), "first\nsecond\n");
    let from = format!("{}?from=11", path(run));
    let (items, ..) = Events::open(&browser, &from, None).await.all().await;
    assert_eq!(text(&items, None), "second\n");
    let (items, ..) = Events::open(&browser, &from, Some("13")).await.all().await;
    assert_eq!(text(&items, None), "cond\n");
    for beyond in ["18", "999999"] {
        let (items, ..) = Events::open(&browser, &path(run), Some(beyond))
            .await
            .all()
            .await;
        assert!(items.is_empty());
    }
    assert_eq!(browser.get(&path(RunId(999))).await.status, 404);
}

#[tokio::test]
async fn a_log_lives_on_after_a_kill_and_a_limit() {
    let app = TestApp::new().await;
    let browser = app.signed_in("olga", Role::Operator).await;
    let slow = "echo before; exec sleep 600";
    let killed = app.add(draft("killed", "0 0 1 1 *", slow)).await;
    let limited = ::app::task::TaskDraft {
        timeout: "1s".into(),
        ..draft("limited", "0 0 1 1 *", slow)
    };
    let limited = app.add(limited).await;
    let (killed, limited) = (
        app.start_run(killed.id).await,
        app.start_run(limited.id).await,
    );
    let mut first = Events::open(&browser, &path(killed), None).await;
    let event = first.next().await.expect("an event");
    assert!(event.data.contains("before"));
    app.service
        .run_stop(&app.console(), killed)
        .await
        .expect("a stop");
    let (rest, _, end) = first.all().await;
    assert_eq!(
        (text(&rest, None), &end["state"]),
        (String::new(), &"killed".into())
    );
    let (items, _, end) = Events::open(&browser, &path(limited), None)
        .await
        .all()
        .await;
    assert_eq!(
        (text(&items, None), &end["state"]),
        ("before\n".to_owned(), &"timed_out".into())
    );
}

#[tokio::test]
async fn who_does_not_keep_up_gets_a_gap() {
    let app = TestApp::with(&["--output-head=65536"]).await;
    let browser = app.signed_in("vi", Role::Viewer).await;
    let task = draft(
        "fast",
        "0 0 1 1 *",
        "head -c 20M /dev/zero | tr '\\0' x; echo END",
    );
    let task = app.add(task).await;
    let run = app.start_run(task.id).await;
    let mut slow = Events::open(&browser, &path(run), None).await;
    let event = slow.next().await.expect("an event");
    app.ended(run).await;
    let (mut items, ids, _) = slow.all().await;
    let first: Vec<LogItem> = serde_json::from_str(&event.data).expect("pieces");
    items.splice(0..0, first);
    let gaps = items
        .iter()
        .filter(|item| matches!(item, LogItem::Gap { .. }))
        .count();
    assert_eq!(gaps, 1, "{} pieces", items.len());
    assert_eq!(items.last().map(LogItem::to), Some(20 * 1024 * 1024 + 4));
    assert!(text(&items, None).ends_with("xEND\n"));
    // From the place behind any event, the rest is what followed it.
    for id in [&ids[0], &ids[ids.len() / 2], &ids[ids.len() - 1]] {
        let place: u64 = id.parse().expect("a place");
        let (rest, ..) = Events::open(&browser, &path(run), Some(id))
            .await
            .all()
            .await;
        let behind: Vec<LogItem> = items
            .iter()
            .filter(|item| item.to() > place)
            .cloned()
            .collect();
        assert_eq!(text(&rest, None), text(&behind, None));
    }
}

#[tokio::test]
async fn so_many_read_at_once_and_no_more() {
    // Half of the connections may be streams.
    let app = TestApp::with(&["--max-connections=60"]).await;
    let browser = app.signed_in("vi", Role::Viewer).await;
    let other = app.signed_in("jo", Role::Viewer).await;
    let task = app.add(draft("quiet", "0 0 1 1 *", "exec sleep 600")).await;
    let run = app.start_run(task.id).await;
    let mut open = Vec::new();
    for _ in 0..20 {
        open.push(Events::open(&browser, &path(run), None).await);
    }
    let refused = in_time("a refusal", browser.get(&path(run))).await;
    assert_eq!(refused.status, 429, "one person has enough");
    assert_eq!(refused.json()["code"], "log.streams");
    assert_eq!(refused.header("retry-after"), "10");
    for _ in 0..10 {
        open.push(Events::open(&other, &path(run), None).await);
    }
    let refused = in_time("a refusal", other.get(&path(run))).await;
    assert_eq!(refused.status, 429, "all together have enough");
    open.pop();
    drop(Events::open(&other, &path(run), None).await);
    app.service
        .run_stop(&app.console(), run)
        .await
        .expect("a stop");
    for events in open {
        let (_, _, end) = events.all().await;
        assert_eq!(end["state"], "killed");
    }
}

#[tokio::test]
async fn a_granted_secret_is_seen_nowhere() {
    let app = TestApp::new().await;
    let channel = app
        .channel("ops", ChannelKind::Webhook, "http://127.0.0.1:9/")
        .await;
    let value = "s3cr3t/wörd-42";
    let command = "echo \"to $DB_PASSWORD\"; printf %s \"$DB_PASSWORD\" | base64 >&2; \
        for part in s3cr 3t/w; do printf $part; sleep 0.2; done; echo \"örd-42 end\"; exit 1";
    let task = ::app::task::TaskDraft {
        channel_id: Some(channel.id.0),
        ..draft("secret", "0 0 1 1 *", command)
    };
    let task = app.add(task).await;
    let secret = ::app::secret::SecretDraft {
        name: "DB_PASSWORD".to_owned(),
        value: value.to_owned(),
        note: String::new(),
        tasks: vec![task.id.to_string()],
    };
    let made = app.service.secret_create(&app.console(), &secret).await;
    made.expect("a secret");
    let run = app.start_run(task.id).await;
    let run = app.ended(run).await;
    let page = app.service.run_log(&app.console(), run.id, 0, 9999).await;
    let items = page.expect("its log").items;
    assert_eq!(text(&items, Some(Stream::Out)), "to ***\n*** end\n");
    assert_eq!(text(&items, Some(Stream::Err)), "***\n");
    let query = "SELECT facts FROM message ORDER BY id DESC";
    let bodies = app.place.database.rows(query).await;
    assert!(bodies[0].contains("to ***"), "{bodies:?}");
    assert!(!bodies.concat().contains(value), "{bodies:?}");
}

#[tokio::test]
async fn the_command_line_follows_a_log() {
    let place = Place::new().await;
    let server = Server::start(&place, &[]).await;
    let gate = place.work().join("gate");
    let command = format!(
        "seq 100; sleep 0.3; echo oops >&2; until [ -e {0} ]; do sleep 0.05; done; echo last",
        gate.display()
    );
    let task = add_command(&place, "t", "0 0 1 1 *", &command).await;
    let run = jcrontab(&place, &["task", "run", &task, "--json"]).await;
    let run = run.json()["id"].to_string();
    let seen = in_time("the first lines", async {
        loop {
            let seen = jcrontab(&place, &["run", "tail", &run, "-n", "3"]).await;
            if seen.err == "oops\n" {
                return seen;
            }
        }
    });
    let seen = seen.await;
    assert_eq!((seen.code, seen.out.as_str()), (0, "99\n100\n"));
    let arguments = ["run", "tail", &run, "--lines=2", "--follow"];
    let following = jcrontab(&place, &arguments);
    let opening = async { std::fs::write(&gate, "").expect("the gate") };
    let (seen, ()) = tokio::join!(following, opening);
    assert_eq!((seen.code, seen.err.as_str()), (0, "oops\n"), "{seen:?}");
    assert!(seen.out.ends_with("last\n"), "{seen:?}");
    assert_eq!(server.stop().await, 0);
}
