//! REST, page and terminal.

use app::auth::Role;
use app::channel::ChannelKind;
use serde_json::{Value, json};

use super::super::helpers::place::Place;
use super::super::helpers::program::jcrontab;
use super::super::helpers::{TestApp, draft};
use super::with_robot;

#[tokio::test]
async fn summaries_are_kept_over_rest() {
    let (app, _robot, channel) = with_robot().await;
    let admin = app.signed_in("boss", Role::Admin).await;
    let body = json!({
        "name": "weekly", "channel_id": channel, "time": "7:05", "weekday": "monday",
        "tag": "core", "zone": "Asia/Shanghai",
    });
    let summary = admin.post("/api/v1/summaries", body.clone()).await;
    let summary = summary.expect(201);
    for (field, wanted) in [
        ("name", json!("weekly")),
        ("owner", Value::Null),
        ("tag", json!("core")),
        ("channel", json!("ops")),
        ("time", json!("07:05")),
        ("weekday", json!("monday")),
        ("enabled", json!(true)),
        ("send_when_empty", json!(false)),
        // A Monday; the clock says Sunday, 22 November.
        ("next", json!("2026-11-22T23:05:00Z")),
        ("last_sent_for", Value::Null),
    ] {
        assert_eq!(summary[field], wanted, "{field}: {summary}");
    }
    let listed = admin.get("/api/v1/summaries").await.expect(200);
    assert_eq!(listed["items"], json!([summary]));
    let one = format!("/api/v1/summaries/{}", summary["id"]);
    assert_eq!(admin.get(&one).await.expect(200), summary);
    let taken = admin.post("/api/v1/summaries", body.clone()).await;
    assert_eq!(taken.json()["code"], "summary.name_taken");
    assert_eq!(taken.status, 409);

    let path = format!("/api/v1/summaries/{}", summary["id"]);
    let daily = json!({"name": "daily", "channel_id": channel, "time": "23:59", "enabled": false});
    let changed = admin.call("PUT", &path, Some(daily)).await.expect(200);
    assert_eq!(changed["zone"], "UTC", "the server's");
    assert_eq!(
        (&changed["weekday"], &changed["tag"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(changed["next"], Value::Null, "it is disabled");
    for (body, field, code) in [
        (
            json!({"name": "x", "time": "9:00"}),
            "channel_id",
            "required",
        ),
        (
            json!({"name": "x", "time": "9:00", "channel_id": 99}),
            "channel_id",
            "unknown",
        ),
        (
            json!({"name": "x", "time": "9", "channel_id": channel}),
            "time",
            "invalid",
        ),
        (
            json!({"name": "x", "time": "9:00", "channel_id": channel, "zone": "Mars/Olympus"}),
            "zone",
            "zone",
        ),
        (
            json!({"name": "x", "time": "9:00", "channel_id": channel, "owner": "a", "tag": "b"}),
            "tag",
            "which",
        ),
    ] {
        let refused = admin.call("PUT", &path, Some(body.clone())).await;
        assert_eq!(refused.status, 422, "{body}: {}", refused.text());
        let (found, known) = refused.faults().remove(0);
        assert_eq!(found, field, "{body}");
        if code != "zone" {
            assert_eq!(known, code, "{body}");
        }
    }
    // Its channel is needed.
    let channel_path = format!("/api/v1/channels/{channel}");
    let refused = admin.call("DELETE", &channel_path, None).await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    assert_eq!(refused.json()["code"], "channel.in_use");
    assert!(refused.text().contains("daily"), "{}", refused.text());

    admin.call("DELETE", &path, None).await.expect(204);
    for (method, path) in [("DELETE", path.clone()), ("GET", format!("{path}/preview"))] {
        assert_eq!(admin.call(method, &path, None).await.status, 404, "{path}");
    }
    admin.call("DELETE", &channel_path, None).await.expect(204);
    let acts = "SELECT action FROM audit WHERE action LIKE 'summary.%' ORDER BY id";
    let acts = app.place.database.rows(acts).await;
    assert_eq!(acts, ["summary.create", "summary.update", "summary.delete"]);
}

#[tokio::test]
async fn the_page_shows_previews_and_a_form() {
    let (app, _robot, channel) = with_robot().await;
    let admin = app.signed_in("boss", Role::Admin).await;
    app.execute(draft("broken", "0 0 1 1 *", "exit 3")).await;
    app.clock.advance(chrono::TimeDelta::minutes(1));
    let empty = admin.open("/summaries").await;
    assert!(empty.text().contains("没有定期汇总"), "{}", empty.text());
    let id = channel.to_string();
    let fields = [
        ("name", "晨报"),
        ("channel_id", id.as_str()),
        ("time", "09:00"),
        ("enabled", "true"),
    ];
    assert_eq!(admin.submit("/summaries", &fields).await.status, 303);
    let page = admin.open("/summaries?preview=1").await.text();
    for words in [
        "晨报",
        "每天 09:00",
        "全部任务",
        "【日报】晨报",
        "broken ×1",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let page = admin.open("/summaries?edit=1").await.text();
    assert!(page.contains("修改汇总 晨报"), "{page}");
    let wrong = [
        ("id", "1"),
        ("version", "1"),
        ("name", "晨报"),
        ("channel_id", id.as_str()),
        ("time", "later"),
    ];
    let refused = admin.submit("/summaries", &wrong).await;
    assert_eq!(refused.status, 422);
    let page = refused.text();
    assert!(
        page.contains("value=\"later\"") && page.contains("例如 09:00"),
        "{page}"
    );
    // Who may only read sees it, without the form.
    let viewer = app.signed_in("vera", Role::Viewer).await;
    let page = viewer.open("/summaries?preview=1").await.text();
    assert!(page.contains("【日报】晨报"), "{page}");
    assert!(!page.contains("添加汇总"), "{page}");
}

#[tokio::test]
async fn summaries_are_managed_at_the_terminal() {
    let place = Place::new().await;
    let url = "--url=https://example.com/";
    for words in [
        &["channel", "add", "ops", "--kind=webhook", url][..],
        &["channel", "add", "night", "--kind=webhook", url],
        &[
            "summary",
            "add",
            "daily",
            "--channel=ops",
            "--time=9:00",
            "--owner=@bob",
            "--zone=UTC",
        ],
    ] {
        let ended = jcrontab(&place, words).await;
        assert_eq!(ended.code, 0, "{ended:?}");
    }
    let listed = jcrontab(&place, &["summary", "list"]).await;
    let row = listed.out.lines().nth(1).unwrap_or_default();
    for cell in [
        "daily",
        "Every day at 09:00",
        "bob",
        "ops",
        "09:00:00 +00:00",
    ] {
        assert!(row.contains(cell), "{cell}: {listed:?}");
    }
    let edit = [
        "summary",
        "edit",
        "daily",
        "--channel=night",
        "--tag=core",
        "--weekday=friday",
        "--json",
    ];
    let edited = jcrontab(&place, &edit).await.json();
    assert_eq!(
        [
            &edited["channel"],
            &edited["tag"],
            &edited["owner"],
            &edited["weekday"],
            &edited["time"]
        ],
        [
            &json!("night"),
            &json!("core"),
            &Value::Null,
            &json!("friday"),
            &json!("09:00")
        ]
    );
    let preview = jcrontab(&place, &["summary", "preview", "daily"]).await;
    assert_eq!(preview.code, 0, "{preview:?}");
    assert!(preview.out.contains("daily"), "{preview:?}");
    let nothing = jcrontab(&place, &["summary", "edit", "daily"]).await;
    assert_eq!(nothing.code, 2, "{nothing:?}");
    jcrontab(&place, &["summary", "preview", "none"])
        .await
        .refused(3);
    let deleted = jcrontab(&place, &["summary", "delete", "daily", "--yes"]).await;
    assert_eq!(deleted.code, 0, "{deleted:?}");
    let listed = jcrontab(&place, &["summary", "list", "--json"])
        .await
        .json();
    assert_eq!(listed["items"], json!([]));
}

#[tokio::test]
async fn an_editor_previews_and_changes_nothing() {
    let app = TestApp::new().await;
    let url = "http://127.0.0.1:9/";
    let channel = app.channel("ops", ChannelKind::Webhook, url).await.id;
    let admin = app.signed_in("boss", Role::Admin).await;
    let body = json!({"name": "daily", "channel_id": channel, "time": "09:00"});
    admin
        .post("/api/v1/summaries", body.clone())
        .await
        .expect(201);
    let editor = app.signed_in("ed", Role::Editor).await;
    let preview = editor.get("/api/v1/summaries/1/preview").await.expect(200);
    assert_eq!(preview["empty"], true);
    assert_eq!(
        editor.post("/api/v1/summaries", body.clone()).await.status,
        403
    );
    for (method, body) in [("PUT", Some(body)), ("DELETE", None)] {
        let reply = editor.call(method, "/api/v1/summaries/1", body).await;
        assert_eq!(reply.status, 403, "{method}");
    }
}
