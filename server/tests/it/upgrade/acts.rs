//! People, tokens and sealed values of then, used today.

use app::run::RunState;
use app::task::TaskDraft;
use chrono::TimeDelta;
use serde_json::json;

use super::super::helpers::program::jcrontab;
use super::super::helpers::{TestApp, draft};
use super::super::sessions::sign_in;
use super::fixture::{Fixture, bearer};

const WEEK: TimeDelta = TimeDelta::days(7);

#[tokio::test]
async fn people_sign_in_with_their_passwords_and_are_who_they_were() {
    let fixture = Fixture::load().await;
    let app = fixture.start(WEEK, &[]).await;
    for (name, role) in [
        ("root", "admin"),
        ("ed", "editor"),
        ("op", "operator"),
        ("vi", "viewer"),
    ] {
        let browser = app.browser();
        let password = format!("old-password-of-{name}");
        assert_eq!(
            sign_in(&browser, name, "old-password-of-another").await,
            401
        );
        assert_eq!(sign_in(&browser, name, &password).await, 303, "{name}");
        assert_eq!(browser.open("/tasks").await.status, 200, "{name}");
        let path = "/api/v1/calendars";
        let body = json!({"name": name});
        let allowed = browser.post(path, body).await.status;
        assert_eq!(allowed == 201, role == "admin", "{name}: {allowed}");
    }
    let gone = app.browser();
    assert_eq!(sign_in(&gone, "gone", "old-password-of-gone").await, 401);
}

#[tokio::test]
async fn a_session_that_had_begun_goes_on() {
    let fixture = Fixture::load().await;
    let app = fixture.start(TimeDelta::minutes(10), &[]).await;
    let browser = app.browser();
    browser.put_cookie("jcrontab_session", &fixture.session);
    let page = browser.open("/tasks/new").await;
    assert_eq!(page.status, 200);
    // An editor's.
    assert_eq!(browser.open("/admin/users").await.status, 403);
}

#[tokio::test]
async fn tokens_keep_their_rights() {
    let fixture = Fixture::load().await;
    let app = fixture.start(WEEK, &[]).await;
    let body = || json!({"name": "new", "cron": "0 3 * * *", "command": "true"});
    for (name, status) in [
        ("vi", 403),
        ("op", 403),
        ("gone", 401),
        ("ed", 201),
        ("root", 409),
    ] {
        let client = fixture.with_token(&app, name);
        let made = client.post("/api/v1/tasks", body()).await;
        assert_eq!(made.status, status, "{name}: {}", made.text());
        let read = client.get("/api/v1/tasks").await.status;
        assert_eq!(read, if name == "gone" { 401 } else { 200 }, "{name}");
    }
    let revoked = bearer(&app, &fixture.revoked);
    assert_eq!(revoked.get("/api/v1/tasks").await.status, 401);
    // A start that is asked for again with the key of then is a new one by now: keys are kept for a day.
    let task = fixture.task("interval");
    let again = fixture
        .with_token(&app, "root")
        .with("idempotency-key", "the-key-of-a-start")
        .call("POST", &format!("/api/v1/tasks/{task}/run"), None)
        .await;
    assert_eq!(again.status, 202, "{}", again.text());
}

#[tokio::test]
async fn a_start_that_is_asked_for_again_after_the_upgrade_is_the_same_one() {
    let fixture = Fixture::load().await;
    let app = fixture.start(TimeDelta::minutes(10), &[]).await;
    let task = fixture.task("interval");
    let again = fixture
        .with_token(&app, "root")
        .with("idempotency-key", "the-key-of-a-start")
        .call("POST", &format!("/api/v1/tasks/{task}/run"), None)
        .await;
    let run = again.expect(200);
    assert_eq!(run["id"], json!(fixture.idempotent), "{run}");
}

/// Runs a command that is granted the secrets of then.
async fn granted(app: &TestApp, fixture: &Fixture, command: &str) -> (RunState, String) {
    let root = fixture.with_token(app, "root");
    let task: TaskDraft = draft("opens", "0 0 1 1 *", command);
    let task = app.add(task).await.id;
    let secrets = root.get("/api/v1/secrets").await.expect(200);
    for secret in secrets["items"].as_array().expect("secrets") {
        let path = format!("/api/v1/secrets/{}", secret["id"]);
        let grant = json!({"grant": [format!("#{task}")]});
        root.call("PATCH", &path, Some(grant)).await.expect(200);
    }
    let run = app.start_run(task).await;
    let run = app.ended(run).await;
    let output = root.get(&format!("/api/v1/runs/{}/output", run.id)).await;
    (run.state, output.text())
}

#[tokio::test]
async fn sealed_values_are_opened() {
    let fixture = Fixture::load().await;
    let app = fixture.start(WEEK, &[]).await;
    app.service.check_key().await.expect("the key of then");
    let command = "[ \"$VAULT_PASSWORD\" = old-value-of-the-vault ] && \
                   [ \"$API_KEY\" = old-key-of-the-api-金 ] && echo \"$UNUSED\"";
    let (state, output) = granted(&app, &fixture, command).await;
    assert_eq!(state, RunState::Succeeded, "{output}");
    assert!(!output.contains("nothing-yet"), "{output}");
    // Masked in outputs, then and now.
    let task = fixture.task("secrets");
    for run in app.runs(task).await {
        let path = format!("/api/v1/runs/{}/output", run.id);
        let output = fixture.with_token(&app, "root").get(&path).await.text();
        assert!(
            output.starts_with("key=") && !output.contains("old-value"),
            "{output}"
        );
    }
}

#[tokio::test]
async fn the_key_of_then_is_replaced() {
    let fixture = Fixture::load().await;
    let place = &fixture.place;
    let migrated = jcrontab(place, &["migrate"]).await;
    assert_eq!(migrated.code, 0, "{migrated:?}");
    let rotated = jcrontab(place, &["secret", "rotate-key", "--json"])
        .await
        .json();
    // Each is opened with the key of then: three secrets, four channels, the parameters of starts, the check of the key.
    assert!(rotated["resealed"].as_i64() >= Some(9), "{rotated}");
}
