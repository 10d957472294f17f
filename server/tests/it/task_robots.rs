//! The robot of a task serves that task alone, at every door.

use app::auth::Role;
use app::backend::{Channels, Tasks};
use app::task::{Mode, TaskDraft};
use serde_json::json;

use super::helpers::robot::Mood;
use super::helpers::{Robot, TestApp, draft};

/// A task with a robot of its own; the ID of the task, and that of the channel.
async fn with_robot(app: &TestApp, url: &str) -> (i64, i64) {
    let draft = TaskDraft {
        mode: Mode::Message,
        robot: url.to_owned(),
        ..draft("交周报", "0 0 1 1 *", "")
    };
    let made = app.service.task_create(&app.console(), &draft).await;
    let task = made.expect("a task");
    (task.id.0, task.channel_id.expect("its channel").0)
}

#[tokio::test]
async fn nothing_else_may_use_it() {
    let app = TestApp::new().await;
    let (_, robot) = with_robot(
        &app,
        "http://127.0.0.1:9/cgi-bin/webhook/send?key=SECRET-KEY-1",
    )
    .await;
    let other = app.add(draft("other", "0 0 1 1 *", "true")).await.id;
    let admin = app.signed_in("root", Role::Admin).await;
    let name = admin
        .get(&format!("/api/v1/channels/{robot}"))
        .await
        .expect(200);
    let name = name["name"].as_str().expect("its name").to_owned();
    let shared = json!({"name": "shared", "kind": "wecom", "fallback": name,
        "url": "http://127.0.0.1:9/cgi-bin/webhook/send?key=SECRET-KEY-2"});
    let summary = json!({"name": "daily", "channel_id": robot, "time": "09:00"});
    let rule = |scope: &str| json!({"scope": scope, "channel_id": robot, "events": ["failed"]});
    let mut of_other = rule("task");
    of_other["task_id"] = json!(other);
    for (path, body, field) in [
        ("/api/v1/channels", shared, "fallback"),
        ("/api/v1/summaries", summary, "channel_id"),
        ("/api/v1/rules", rule("all"), "channel_id"),
        ("/api/v1/rules", of_other, "channel_id"),
    ] {
        let refused = admin.post(path, body).await;
        assert_eq!(refused.status, 422, "{path}: {}", refused.text());
        assert_eq!(refused.faults()[0].0, field, "{path}");
    }
    // Nor is it offered.
    let option = format!(r#"<option value="{robot}""#);
    let by_name = format!(r#"<option value="{name}""#);
    for path in [
        "/admin/channels",
        "/summaries",
        "/rules",
        &format!("/rules?task={other}"),
    ] {
        let page = admin.open(path).await.text();
        assert!(
            !page.contains(&option) && !page.contains(&by_name),
            "{path}: {page}"
        );
    }
}

#[tokio::test]
async fn a_task_is_kept_while_something_stored_before_uses_its_robot() {
    let app = TestApp::new().await;
    let (task, robot) = with_robot(
        &app,
        "http://127.0.0.1:9/cgi-bin/webhook/send?key=SECRET-KEY-1",
    )
    .await;
    let admin = app.signed_in("root", Role::Admin).await;
    let shared = json!({"name": "shared", "kind": "wecom",
        "url": "http://127.0.0.1:9/cgi-bin/webhook/send?key=SECRET-KEY-2"});
    let shared = admin.post("/api/v1/channels", shared).await.expect(201)["id"].clone();
    let database = &app.place.database;
    let older = format!("UPDATE channel SET fallback_id = {robot} WHERE id = {shared}");
    database.execute(&older).await;
    let path = format!("/api/v1/tasks/{task}");
    let refused = admin.call("DELETE", &path, None).await.expect(409);
    assert_eq!(refused["code"], "channel.in_use");
    assert!(refused["title"].to_string().contains("shared"), "{refused}");
    let state = admin.get(&path).await.expect(200)["state"].clone();
    assert_eq!(state, "active", "nothing was done");
    database
        .execute("UPDATE channel SET fallback_id = NULL")
        .await;
    // Its own rules are no reason.
    let rule = json!({"scope": "task", "task_id": task, "channel_id": robot, "events": ["failed"]});
    admin.post("/api/v1/rules", rule).await.expect(201);
    admin.call("DELETE", &path, None).await.expect(204);
}

#[tokio::test]
async fn an_editor_tests_the_robot_of_a_task_and_no_shared_channel() {
    let app = TestApp::new().await;
    let server = Robot::start(app.clock.clone()).await;
    let (task, robot) = with_robot(&app, &server.url()).await;
    let shared = app
        .service
        .channel_create(
            &app.console(),
            &app::channel::ChannelDraft {
                name: "shared".to_owned(),
                url: server.url(),
                ..Default::default()
            },
        )
        .await
        .expect("a channel");
    let editor = app.signed_in("ed", Role::Editor).await;
    let path = |id: i64| format!("/api/v1/channels/{id}/test");
    let tested = editor.post(&path(robot), json!(null)).await.expect(200);
    assert_eq!(tested["ok"], true, "{tested}");
    editor
        .post(&path(shared.id.0), json!(null))
        .await
        .expect(403);
    let viewer = app.signed_in("vi", Role::Viewer).await;
    viewer.post(&path(robot), json!(null)).await.expect(403);

    let page = editor.open(&format!("/tasks/{task}")).await.text();
    assert!(page.contains("测试这个任务的机器人"), "{page}");
    let page = viewer.open(&format!("/tasks/{task}")).await.text();
    assert!(!page.contains("测试这个任务的机器人"), "{page}");
    // On the page of channels there is nothing that an editor may do.
    let page = editor.open("/admin/channels").await.text();
    assert!(page.contains("shared"), "{page}");
    assert!(
        !page.contains("/fn/channel_test") && !page.contains("?edit="),
        "{page}"
    );
    assert!(!page.contains(r#"id="change""#), "{page}");
}

#[tokio::test]
async fn the_address_of_a_robot_does_not_come_back_in_a_page() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let fields = [
        ("name", "交周报"),
        ("mode", "message"),
        ("cron", "not a cycle"),
        (
            "robot",
            "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=FORM-SECRET",
        ),
        ("note", "给全组"),
    ];
    let refused = editor.submit("/tasks/new", &fields).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    let page = refused.text();
    assert!(!page.contains("FORM-SECRET"), "{page}");
    assert!(
        page.contains("请重新粘贴") && page.contains("交周报"),
        "{page}"
    );

    // Of a short token nothing is shown, and a look-alike is not taken for a robot.
    let lookalike = json!({"name": "x", "cron": "0 0 1 1 *", "mode": "message",
        "robot": "https://example.com/x?key=FORM-SECRET"});
    let refused = editor.post("/api/v1/tasks", lookalike).await;
    assert_eq!(refused.faults()[0].0, "robot", "{}", refused.text());
    let admin = app.signed_in("root", Role::Admin).await;
    let short =
        json!({"name": "short", "kind": "webhook", "url": "http://127.0.0.1:9/hook?token=abc"});
    let made = admin.post("/api/v1/channels", short).await.expect(201);
    assert_eq!(made["url_masked"], "http://127.0.0.1:9/…");
}

#[tokio::test]
async fn a_failed_test_alone_is_no_warning_on_the_overview() {
    let app = TestApp::new().await;
    let server = Robot::start(app.clock.clone()).await;
    let channel = app
        .channel("ops", app::channel::ChannelKind::Wecom, &server.url())
        .await;
    server.always(Some(Mood::Refuse(93000)));
    let admin = app.signed_in("root", Role::Admin).await;
    let path = format!("/api/v1/channels/{}/test", channel.id);
    let tested = admin.post(&path, json!(null)).await.expect(200);
    assert_eq!(tested["ok"], false, "{tested}");
    let page = admin.open("/").await.text();
    assert!(!page.contains("通知渠道 ops"), "{page}");
}
