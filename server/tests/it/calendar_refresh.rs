//! Calendars with a source URL update themselves: daily, by one server, with growing pauses after a failure, which is
//! shown until it is repaired.

use std::sync::{Arc, Mutex};

use app::auth::Role;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use chrono::TimeDelta;
use serde_json::{Value, json};
use server::loops::Periodic;
use server::service::CalendarRefresh;

use super::helpers::{Browser, TestApp};

/// What a source answers, and how often it was asked.
#[derive(Clone)]
struct Source {
    port: u16,
    answer: Arc<Mutex<(u16, String)>>,
    asked: Arc<Mutex<usize>>,
}

impl Source {
    /// A source on this machine.
    async fn start(text: &str) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a port");
        let source = Self {
            port: listener.local_addr().expect("an address").port(),
            answer: Arc::new(Mutex::new((200, text.to_owned()))),
            asked: Arc::default(),
        };
        let answer = async |State(source): State<Self>| {
            *source.asked.lock().expect("a count") += 1;
            let (status, text) = source.answer.lock().expect("an answer").clone();
            (StatusCode::from_u16(status).expect("a status"), text)
        };
        let router = Router::new().route("/days.txt", get(answer));
        let router = router.with_state(source.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        source
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/days.txt", self.port)
    }

    fn says(&self, status: u16, text: &str) {
        *self.answer.lock().expect("an answer") = (status, text.to_owned());
    }

    fn asked(&self) -> usize {
        *self.asked.lock().expect("a count")
    }
}

/// One turn of the loop; the error that it reports.
async fn turn(app: &TestApp) -> Option<String> {
    let service = Arc::downgrade(&app.service);
    let chance = || 0.0;
    let turn = CalendarRefresh { service, chance }.turn().await;
    turn.err().map(|error| error.to_string())
}

/// An app with a calendar that is updated from a source, and an administrator.
async fn with_calendar(source: &Source) -> (TestApp, Browser) {
    let app = TestApp::with(&["--outbound-allow=127.0.0.0/8"]).await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let draft = json!({"name": "ops", "source_url": source.url()});
    admin.post("/api/v1/calendars", draft).await.expect(201);
    (app, admin)
}

async fn calendar(admin: &Browser) -> Value {
    admin.get("/api/v1/calendars/ops").await.expect(200)
}

#[tokio::test]
async fn a_calendar_is_updated_at_once_and_then_daily() {
    let source = Source::start("2026-12-24 rest Eve").await;
    let (app, admin) = with_calendar(&source).await;
    assert_eq!(turn(&app).await, None);
    let first = calendar(&admin).await;
    assert_eq!(
        first["days"],
        json!([{"date": "2026-12-24", "work": false, "name": "Eve"}])
    );
    assert!(first["calendar"]["refreshed_at"].is_string(), "{first}");
    assert!(first["calendar"]["refresh_fault"].is_null(), "{first}");

    source.says(200, "2026-12-31 rest Last day");
    app.clock.advance(TimeDelta::hours(23));
    assert_eq!(turn(&app).await, None);
    assert_eq!(source.asked(), 1, "not before a day has passed");
    app.clock.advance(TimeDelta::hours(1));
    assert_eq!(turn(&app).await, None);
    let second = calendar(&admin).await;
    assert_eq!(
        (source.asked(), &second["days"][0]["date"]),
        (2, &json!("2026-12-31"))
    );

    // The same days again are no change: no version, and nothing to plan again.
    app.clock.advance(TimeDelta::days(1));
    assert_eq!(turn(&app).await, None);
    let third = calendar(&admin).await;
    assert_eq!(source.asked(), 3);
    assert_eq!(third["calendar"]["version"], second["calendar"]["version"]);
    assert_ne!(
        third["calendar"]["refreshed_at"],
        second["calendar"]["refreshed_at"]
    );
    let acts = app
        .place
        .database
        .rows("SELECT who, via, detail FROM audit WHERE action = 'calendar.refresh' ORDER BY id")
        .await;
    assert_eq!(acts, ["jcrontab|server|ops: 1 days"; 2]);
}

#[tokio::test]
async fn of_two_servers_one_updates_a_calendar() {
    let source = Source::start("2026-12-24 rest Eve").await;
    let (app, _admin) = with_calendar(&source).await;
    let (one, other) = tokio::join!(turn(&app), turn(&app));
    assert_eq!((one, other), (None, None));
    assert_eq!(source.asked(), 1);
}

#[tokio::test]
async fn a_failure_is_shown_and_tried_again_after_growing_pauses() {
    let source = Source::start("2026-12-24 rest Eve").await;
    let (app, admin) = with_calendar(&source).await;
    let viewer = app.signed_in("vera", Role::Viewer).await;
    assert_eq!(turn(&app).await, None);
    source.says(404, "gone");
    app.clock.advance(TimeDelta::days(1));
    let error = turn(&app).await.expect("a failure");
    assert!(
        error.contains("\"ops\"") && error.contains("404"),
        "{error}"
    );
    let failing = calendar(&admin).await;
    let fault = failing["calendar"]["refresh_fault"].as_str();
    assert!(
        fault.is_some_and(|fault| fault.contains("404")),
        "{failing}"
    );
    assert_eq!(
        failing["days"][0]["date"], "2026-12-24",
        "what it had stays"
    );
    let page = admin.open("/admin/calendars/ops").await.text();
    assert!(page.contains("最近一次自动更新失败"), "{page}");
    let seen = viewer.get("/api/v1/calendars/ops").await.expect(200);
    assert!(seen["calendar"]["refresh_fault"].is_null(), "{seen}");

    // After half an hour at the earliest, then after an hour; each turn reports it until then.
    app.clock.advance(TimeDelta::minutes(29));
    assert!(turn(&app).await.is_some());
    assert_eq!(source.asked(), 2);
    app.clock.advance(TimeDelta::minutes(1));
    assert!(turn(&app).await.is_some());
    app.clock.advance(TimeDelta::minutes(59));
    assert!(turn(&app).await.is_some());
    assert_eq!(source.asked(), 3);

    source.says(200, "no day at all");
    app.clock.advance(TimeDelta::minutes(1));
    let error = turn(&app).await.expect("a failure");
    assert!(error.contains("no days that can be read"), "{error}");

    source.says(200, "2026-12-24 rest Eve");
    app.clock.advance(TimeDelta::days(1));
    assert_eq!(turn(&app).await, None);
    let repaired = calendar(&admin).await;
    assert!(
        repaired["calendar"]["refresh_fault"].is_null(),
        "{repaired}"
    );
}

#[tokio::test]
async fn another_source_is_asked_at_once_and_none_is_not_asked() {
    let (old, new) = (
        Source::start("2026-12-24 rest Eve").await,
        Source::start("2026-12-25 rest Day").await,
    );
    let (app, admin) = with_calendar(&old).await;
    old.says(500, "");
    assert!(turn(&app).await.is_some());
    let draft = json!({"name": "ops", "source_url": new.url()});
    admin
        .call("PUT", "/api/v1/calendars/ops", Some(draft))
        .await
        .expect(200);
    assert_eq!(turn(&app).await, None);
    assert_eq!((old.asked(), new.asked()), (1, 1));
    let draft = json!({"name": "ops", "source_url": ""});
    admin
        .call("PUT", "/api/v1/calendars/ops", Some(draft))
        .await
        .expect(200);
    app.clock.advance(TimeDelta::days(2));
    assert_eq!(turn(&app).await, None);
    assert_eq!((old.asked(), new.asked()), (1, 1));
}

#[tokio::test]
async fn an_update_by_hand_counts_as_one() {
    let source = Source::start("2026-12-24 rest Eve").await;
    let (app, admin) = with_calendar(&source).await;
    source.says(503, "");
    assert!(turn(&app).await.is_some());
    source.says(200, "2026-12-24 rest Eve");
    let refresh = "/api/v1/calendars/ops/refresh";
    admin.call("POST", refresh, None).await.expect(200);
    let shown = calendar(&admin).await;
    assert!(shown["calendar"]["refresh_fault"].is_null(), "{shown}");
    app.clock.advance(TimeDelta::hours(23));
    assert_eq!(turn(&app).await, None);
    assert_eq!(source.asked(), 2);
}
