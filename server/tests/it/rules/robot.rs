//! A robot's address in a task: an editor makes a channel with it, for that task alone.

use app::auth::Role;
use app::backend::{Channels, Rules, Tasks};
use app::id::{ChannelId, TaskId};
use app::message::Event;
use app::rule::{RuleDraft, ScopeKind};
use app::task::{Mode, TaskDraft};
use serde_json::json;

use super::super::helpers::{Robot, TestApp, draft};
use super::{add, channel, rule};

const SECRET: &str = "SECRET-OF-THE-ROBOT";

fn with_robot(name: &str, url: &str) -> TaskDraft {
    TaskDraft {
        mode: Mode::Message,
        robot: url.to_owned(),
        ..draft(name, "0 0 1 1 *", "")
    }
}

#[tokio::test]
async fn an_editor_gives_a_task_its_own_robot() {
    let app = TestApp::new().await;
    let robot = Robot::start(app.clock.clone()).await;
    let editor = app.person("ed", Role::Editor);
    app.notify();
    let made = app
        .service
        .task_create(&editor, &with_robot("交周报", &robot.url()))
        .await;
    let task = made.expect("a task");
    // The first message goes there, too.
    robot.wait_for(1).await;
    let own = task.channel_id.expect("its channel");
    let run = app.start_run(task.id).await;
    app.ended(run).await;

    // Editors do not see it among the channels, administrators do, and neither sees the address.
    let listed = app.service.channel_list(&editor).await.expect("channels");
    assert!(listed.is_empty(), "{listed:?}");
    let admin = app.signed_in("root", Role::Admin).await;
    let listed = admin.get("/api/v1/channels").await;
    assert!(!listed.text().contains(SECRET));
    assert_eq!(listed.expect(200)["items"][0]["task_id"], json!(task.id));
    let browser = app.signed_in("eve", Role::Editor).await;
    for path in [
        format!("/api/v1/tasks/{}", task.id),
        format!("/api/v1/tasks/{}/draft", task.id),
        format!("/api/v1/channels/{own}"),
        format!("/tasks/{}", task.id),
        format!("/tasks/{}/edit", task.id),
        "/admin/channels".to_owned(),
    ] {
        assert!(!browser.get(&path).await.text().contains(SECRET), "{path}");
    }
    let stored = app
        .place
        .database
        .rows("SELECT url_sealed, url_masked FROM channel")
        .await;
    assert!(!stored[0].contains(SECRET), "{stored:?}");
    let log = app
        .place
        .database
        .rows("SELECT detail FROM audit WHERE detail IS NOT NULL")
        .await;
    assert!(log.iter().all(|line| !line.contains(SECRET)), "{log:?}");

    // Saving the form again keeps it.
    let shown = app
        .service
        .task_draft(&editor, task.id)
        .await
        .expect("a draft");
    assert_eq!((shown.channel_id, shown.robot.as_str()), (Some(own.0), ""));
    let saved = app
        .service
        .task_update(&editor, task.id, &shown)
        .await
        .expect("saved");
    assert_eq!(saved.channel_id, Some(own));
    // Another address takes its place.
    let other = Robot::start(app.clock.clone()).await;
    let changed = TaskDraft {
        robot: other.url(),
        ..shown
    };
    let saved = app
        .service
        .task_update(&editor, task.id, &changed)
        .await
        .expect("saved");
    assert_eq!(saved.channel_id, Some(own));
    let run = app.start_run(task.id).await;
    app.ended(run).await;
    other.wait_for(1).await;

    app.service
        .task_delete(&editor, task.id, None)
        .await
        .expect("deleted");
    assert_eq!(
        app.place
            .database
            .count("SELECT COUNT(*) FROM channel")
            .await,
        0
    );
}

#[tokio::test]
async fn nobody_else_uses_redirects_or_tests_it() {
    let app = TestApp::new().await;
    let robot = Robot::start(app.clock.clone()).await;
    let (editor, admin) = (app.person("ed", Role::Editor), app.console());
    let made = app
        .service
        .task_create(&editor, &with_robot("one", &robot.url()))
        .await;
    let own = made.expect("a task").channel_id.expect("its channel");
    let shared = channel(&app, "ops").await;
    let taken = TaskDraft {
        channel_id: Some(own.0),
        ..draft("two", "0 0 1 1 *", "true")
    };
    for caller in [&editor, &admin] {
        let refused = app
            .service
            .task_create(caller, &taken)
            .await
            .expect_err("refused");
        assert_eq!(refused.fields[0].field, "channel_id");
    }
    let two = app.add(draft("two", "0 0 1 1 *", "true")).await.id;
    for (scope, value) in [
        (ScopeKind::All, String::new()),
        (ScopeKind::Task, two.to_string()),
    ] {
        let other = rule(scope, &value, &[Event::Failed], own);
        let refused = app
            .service
            .rule_create(&admin, &other)
            .await
            .expect_err("refused");
        assert_eq!(refused.fields[0].field, "channel_id");
    }
    let tested = app.service.channel_test(&editor, shared).await;
    assert_eq!(tested.expect_err("refused").code, "forbidden");
    let tested = app.service.channel_test(&editor, own).await;
    assert!(tested.expect("tested").ok, "who entered it may test it");
    for id in [own, shared] {
        let deleted = app.service.channel_delete(&editor, id, None).await;
        assert_eq!(deleted.expect_err("refused").code, "forbidden");
    }
    // A robot of another task does not change the shared channel that the task had.
    let before = app
        .place
        .database
        .rows("SELECT url_sealed FROM channel ORDER BY id")
        .await;
    let moved = TaskDraft {
        channel_id: Some(shared.0),
        robot: robot.url(),
        ..draft("two", "0 0 1 1 *", "true")
    };
    let moved = app
        .service
        .task_update(&editor, two, &moved)
        .await
        .expect("saved");
    assert!(moved.channel_id.is_some_and(|id| id != own && id != shared));
    let after = app
        .place
        .database
        .rows("SELECT url_sealed FROM channel ORDER BY id")
        .await;
    assert_eq!(after[..2], before[..]);
    let of_two: RuleDraft = rule(
        ScopeKind::Task,
        &two.to_string(),
        &[Event::Failed],
        own_of(&app, two).await,
    );
    add(&app, of_two).await;
}

async fn own_of(app: &TestApp, task: TaskId) -> ChannelId {
    let task = app.service.task_get(&app.console(), task).await;
    task.expect("the task").channel_id.expect("its channel")
}

#[tokio::test]
async fn an_address_is_recognised_or_refused_with_what_belongs_there() {
    let app = TestApp::new().await;
    let editor = app.person("ed", Role::Editor);
    for (url, kind) in [
        (
            "https://oapi.dingtalk.com/robot/send?access_token=abcdefgh",
            "dingtalk",
        ),
        (
            "https://open.feishu.cn/open-apis/bot/v2/hook/abcdefgh",
            "feishu",
        ),
        ("https://hooks.slack.com/services/T1/B1/abcdefgh", "slack"),
    ] {
        let made = app
            .service
            .task_create(&editor, &with_robot(kind, url))
            .await;
        let own = made.expect("a task").channel_id.expect("its channel");
        let shown = app.service.channel_get(&editor, own).await.expect("it");
        assert_eq!(shown.kind.as_str(), kind);
    }
    for (url, says) in [
        ("https://discord.com/api/webhooks/1/abcdefgh", "WeCom"),
        ("https://example.com/hook", "WeCom"),
        (
            "693a91f6-7aac-4bc4-97a0-0ec2fa5aaa01",
            "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=",
        ),
        ("https://oapi.dingtalk.com/robot/send", "access_token"),
        (
            "http://169.254.169.254/cgi-bin/webhook/send?key=abcdefgh",
            "WeCom",
        ),
    ] {
        let refused = app
            .service
            .task_create(&editor, &with_robot("no", url))
            .await;
        let fault = refused.expect_err("refused").fields.remove(0);
        assert_eq!(fault.field, "robot", "{url}");
        assert!(fault.message.contains(says), "{url}: {}", fault.message);
    }
    let viewer = app.person("vi", Role::Viewer);
    let refused = app
        .service
        .task_create(&viewer, &with_robot("no", "x"))
        .await;
    assert_eq!(refused.expect_err("refused").code, "forbidden");
}
