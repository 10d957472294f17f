//! Sessions as people see and end them: their own, and for administrators everybody's.

use app::auth::Role;
use axum::body::Body;
use axum::http::{Request, header};
use chrono::TimeDelta;
use futures_util::StreamExt;
use serde_json::{Value, json};

use super::helpers::{Browser, TestApp, in_time};
use super::sessions::{PASSWORD, account, sign_in};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// The sessions that a browser's account may see.
async fn listed(browser: &Browser) -> Vec<Value> {
    let listed = browser.get("/api/v1/sessions").await.expect(200);
    listed["items"].as_array().expect("sessions").clone()
}

/// A browser that is signed in from an address.
async fn enter(app: &TestApp, name: &str, address: &str, agent: &str) -> Browser {
    let browser = app.browser().at(address).with("user-agent", agent);
    assert_eq!(sign_in(&browser, name, PASSWORD).await, 303);
    browser
}

#[tokio::test]
async fn sessions_say_since_when_from_where_and_with_what() {
    let app = TestApp::new().await;
    account(&app, "vi", Role::Viewer).await;
    account(&app, "jo", Role::Viewer).await;
    let vi = enter(&app, "vi", "203.0.113.9", FIREFOX).await;
    app.clock.advance(TimeDelta::hours(1));
    enter(&app, "vi", "198.51.100.7", "curl/8.9.1").await;
    enter(&app, "jo", "198.51.100.7", FIREFOX).await;
    let sessions = listed(&vi).await;
    assert_eq!(sessions.len(), 2, "{sessions:?}");
    let old = sessions.iter().find(|one| one["current"] == true);
    let old = old.expect("the session of the request");
    for (field, value) in [
        ("user", "vi"),
        ("client", "Firefox, Linux"),
        ("address", "203.0.113.9"),
        ("signed_in_at", "2026-11-22T08:00:00Z"),
    ] {
        assert_eq!(old[field], value, "{field}");
    }
    let new = sessions.iter().find(|one| one["current"] == false);
    let new = new.expect("the other one");
    assert_eq!(new["client"], "curl");
    assert_eq!(new["last_seen_at"], "2026-11-22T09:00:00Z");
    // What names a session opens none.
    let secret = vi.cookie("jcrontab_session").expect("a session");
    for session in &sessions {
        let id = session["id"].as_str().expect("an id");
        assert_eq!(id.len(), 16);
        assert!(!secret.contains(id));
        let guess = app.browser();
        guess.put_cookie("jcrontab_session", id);
        guess.get("/api/v1/tasks").await.expect(401);
    }
    // The address follows the browser, and what is idle or too old is not listed.
    app.clock.advance(TimeDelta::days(6));
    assert_eq!(listed(&vi).await.len(), 2);
    app.clock.advance(TimeDelta::days(2));
    let elsewhere = app.browser().at("192.0.2.1");
    elsewhere.put_cookie("jcrontab_session", &secret);
    let sessions = listed(&elsewhere).await;
    assert_eq!(sessions.len(), 1, "{sessions:?}");
    let page = elsewhere.open("/account").await.text();
    assert!(
        page.contains("Firefox, Linux") && page.contains("192.0.2.1"),
        "{page}"
    );
}

#[tokio::test]
async fn a_person_ends_one_session_or_all_others() {
    let app = TestApp::new().await;
    account(&app, "vi", Role::Viewer).await;
    account(&app, "jo", Role::Viewer).await;
    let vi = enter(&app, "vi", "203.0.113.9", FIREFOX).await;
    let phone = enter(&app, "vi", "203.0.113.10", "phone").await;
    let old = enter(&app, "vi", "203.0.113.11", "old").await;
    let jo = enter(&app, "jo", "203.0.113.12", FIREFOX).await;
    let id = |sessions: &[Value], client: &str| {
        let found = sessions.iter().find(|one| one["client"] == client);
        found.expect("a session")["id"]
            .as_str()
            .expect("an id")
            .to_owned()
    };
    let sessions = listed(&vi).await;
    let path = format!("/api/v1/sessions/{}", id(&sessions, "phone"));
    vi.call("DELETE", &path, None).await.expect(204);
    phone.get("/api/v1/tasks").await.expect(401);
    vi.call("DELETE", &path, None).await.expect(404);
    old.get("/api/v1/tasks").await.expect(200);
    // Another person's does not exist for them, nor does what is no id.
    let other = id(&listed(&jo).await, "Firefox, Linux");
    for id in [
        other.as_str(),
        "0123456789abcdef",
        "%25",
        "x",
        "0123456789ABCDEF",
    ] {
        let path = format!("/api/v1/sessions/{id}");
        vi.call("DELETE", &path, None).await.expect(404);
    }
    let of_jo = "/api/v1/sessions?user=jo";
    vi.call("DELETE", of_jo, None).await.expect(404);
    jo.get("/api/v1/tasks").await.expect(200);
    let ended = vi.call("DELETE", "/api/v1/sessions", None).await;
    assert_eq!(ended.expect(200), json!({"ended": 1}));
    old.get("/api/v1/tasks").await.expect(401);
    vi.get("/api/v1/tasks").await.expect(200);
    let noted = "SELECT who, via FROM audit WHERE action = 'session.end' ORDER BY id";
    let noted = app.place.database.rows(noted).await;
    assert_eq!(noted, ["vi|session", "vi|session"]);
}

#[tokio::test]
async fn administrators_see_and_end_the_sessions_of_everybody() {
    let app = TestApp::new().await;
    account(&app, "ada", Role::Admin).await;
    account(&app, "vi", Role::Viewer).await;
    let admin = enter(&app, "ada", "203.0.113.9", FIREFOX).await;
    let vi = enter(&app, "vi", "203.0.113.10", "one").await;
    let too = enter(&app, "vi", "203.0.113.11", "two").await;
    let page = admin.open("/admin/users").await.text();
    assert!(page.contains("203.0.113.11"), "{page}");
    let own = admin.open("/account").await.text();
    assert!(!own.contains("203.0.113.11"), "only one's own");
    let sessions = listed(&admin).await;
    assert_eq!(sessions.len(), 3, "{sessions:?}");
    let one = sessions.iter().find(|one| one["client"] == "one");
    let id = one.expect("it")["id"].as_str().expect("an id").to_owned();
    let ended = admin.submit("/fn/session_end", &[("id", &id)]).await;
    assert_eq!(ended.status, 302);
    vi.get("/api/v1/tasks").await.expect(401);
    let ended = admin.call("DELETE", "/api/v1/sessions?user=vi", None).await;
    assert_eq!(ended.expect(200), json!({"ended": 1}));
    too.get("/api/v1/tasks").await.expect(401);
    let unknown = "/api/v1/sessions?user=no-such";
    admin.call("DELETE", unknown, None).await.expect(404);
    // The console has no session, and has to name an account.
    let console = app.console();
    let refused = app::backend::Credentials::sessions_end(&*app.service, &console, "").await;
    assert!(refused.is_err());
    let ended = app::backend::Credentials::sessions_end(&*app.service, &console, "ada").await;
    assert_eq!(ended.expect("ended"), 1);
    admin.get("/api/v1/tasks").await.expect(401);
}

#[tokio::test]
async fn open_streams_end_with_their_session_and_others_stay() {
    let app = TestApp::new().await;
    account(&app, "vi", Role::Viewer).await;
    let vi = enter(&app, "vi", "203.0.113.9", FIREFOX).await;
    let phone = enter(&app, "vi", "203.0.113.10", "phone").await;
    let open = async |browser: &Browser| {
        let request = Request::get("/events").header(header::ACCEPT, "text/event-stream");
        let request = request.body(Body::empty()).expect("a request");
        let response = browser.send_unread(request).await;
        assert_eq!(response.status(), 200);
        response.into_body().into_data_stream()
    };
    let (mut ended, mut kept) = (open(&phone).await, open(&vi).await);
    let ends = vi.call("DELETE", "/api/v1/sessions", None).await;
    ends.expect(200);
    in_time("the end of a stream", async {
        while let Some(piece) = ended.next().await {
            piece.expect("a piece");
        }
    })
    .await;
    // The other one goes on: it gets what is changed from now on.
    let task = super::helpers::draft("new", "0 0 1 1 *", "true");
    app.add(task).await;
    in_time("a change", async {
        let piece = kept.next().await.expect("an open stream");
        piece.expect("a piece");
    })
    .await;
}
