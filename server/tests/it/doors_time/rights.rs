//! Rights on schedules and calendars, and what unauthenticated users see.

use app::auth::Role;
use serde_json::{Value, json};

use super::super::helpers::TestApp;

#[tokio::test]
async fn everybody_signed_in_reads_and_only_administrators_write() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ad", Role::Admin).await;
    let blackout = json!({"name": "n", "cron": "0 8 * * *", "duration": "1h"});
    let made = admin
        .post("/api/v1/blackouts", blackout.clone())
        .await
        .expect(201);
    let path = format!("/api/v1/blackouts/{}", made["id"]);
    let reads = [
        "/api/v1/calendars",
        "/api/v1/calendars/cn",
        "/api/v1/calendars/cn/export",
        "/api/v1/blackouts",
        "/api/v1/about",
    ];
    let calendar = json!({"name": "n"});
    let text = json!({"text": "2030-01-01 rest"});
    let writes: [(&str, &str, Option<&Value>); 8] = [
        ("POST", "/api/v1/calendars", Some(&calendar)),
        ("PUT", "/api/v1/calendars/cn", Some(&calendar)),
        ("DELETE", "/api/v1/calendars/cn", None),
        ("POST", "/api/v1/calendars/cn/import", Some(&text)),
        ("POST", "/api/v1/calendars/cn/refresh", None),
        ("POST", "/api/v1/blackouts", Some(&blackout)),
        ("PUT", &path, Some(&blackout)),
        ("DELETE", &path, None),
    ];
    let stranger = app.browser();
    for read in reads {
        stranger.get(read).await.expect(401);
    }
    for role in [Role::Viewer, Role::Operator, Role::Editor] {
        let person = app.signed_in(role.as_str(), role).await;
        for read in reads {
            assert_eq!(person.get(read).await.status, 200, "{read}");
        }
        for (method, path, body) in writes {
            let refused = person.call(method, path, body.cloned()).await;
            assert_eq!(refused.status, 403, "{role:?} {method} {path}");
        }
        let about = person.get("/api/v1/about").await.expect(200);
        assert_eq!(about["notices"], json!([]), "for administrators");
    }
    let about = admin.get("/api/v1/about").await.expect(200);
    assert_eq!(about["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(about["calendars"][0]["name"], "cn");
    for field in ["database", "tz_version", "tz_source", "default_zone"] {
        assert!(about[field].is_string(), "{field}: {about}");
    }
    let left = admin.get("/api/v1/blackouts").await.expect(200);
    assert_eq!(left["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn readiness_shows_versions_to_administrators_only() {
    let app = TestApp::new().await;
    app.node().await.turn().await;
    let terse = json!({"database": "ok", "scheduler": "ok"});
    let stranger = app.browser();
    assert_eq!(stranger.get("/readyz").await.expect(200), terse);
    let wrong = app.browser().with("authorization", "Bearer jct_wrong");
    assert_eq!(wrong.get("/readyz").await.expect(200), terse);
    let editor = app.signed_in("ed", Role::Editor).await;
    assert_eq!(editor.get("/readyz").await.expect(200), terse);

    let token = app.token("ad", Role::Admin).await;
    let admin = app
        .browser()
        .with("authorization", &format!("Bearer {token}"));
    let shown = admin.get("/readyz").await.expect(200);
    assert_eq!(
        (&shown["database"], &shown["version"]),
        (&json!("ok"), &json!(env!("CARGO_PKG_VERSION")))
    );
    for field in ["database_version", "tz_version", "tz_source"] {
        assert!(shown[field].is_string(), "{field}: {shown}");
    }
}
