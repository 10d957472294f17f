//! Templates of channels: the words of messages as people write them. What each kind of channel makes of them, and the
//! doors, are in files of their own.

mod doors;
mod kinds;

use std::sync::atomic::{AtomicUsize, Ordering};

use app::auth::Role;
use app::backend::{Channels, Templates};
use app::channel::{ChannelDraft, ChannelKind, TemplateDraft};
use app::id::{ChannelId, TaskId};
use app::task::{Mode, TaskDraft};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::helpers::{Robot, TestApp, draft};

const SELDOM: &str = "0 0 1 1 *";

fn command(name: &str, channel: ChannelId, command: &str) -> TaskDraft {
    TaskDraft {
        mode: Mode::Command,
        channel_id: Some(channel.0),
        owners: vec!["ann".to_owned()],
        ..draft(name, SELDOM, command)
    }
}

/// An app with its outbox, a robot, and a channel to it with these settings.
async fn with_robot(
    kind: ChannelKind,
    change: impl FnOnce(&mut ChannelDraft),
) -> (TestApp, Robot, ChannelId) {
    let app = TestApp::new().await;
    let robot = Robot::start(app.clock.clone()).await;
    let mut draft = ChannelDraft {
        name: "ops".to_owned(),
        kind,
        url: robot.url(),
        ..ChannelDraft::default()
    };
    change(&mut draft);
    let made = app.service.channel_create(&app.console(), &draft).await;
    let channel = made.expect("a channel").id;
    app.notify();
    (app, robot, channel)
}

/// Runs a task that fails, and gives the last answer that its message got.
async fn fail(app: &TestApp, task: TaskId) -> String {
    let run = app.start_run(task).await;
    app.ended(run).await;
    app.until("the message to be sent", async || {
        let rows = app.messages(task).await;
        let row = rows
            .into_iter()
            .rfind(|row| row.event == "failed" && row.kind == "text")?;
        (row.state.as_str() == "sent").then(|| row.last_answer.unwrap_or_default())
    })
    .await
}

async fn put(app: &TestApp, channel: ChannelId, event: &str, body: &str) -> super::helpers::Reply {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let admin = app.signed_in(&format!("admin {number}"), Role::Admin).await;
    let path = format!("/api/v1/channels/{channel}/templates/{event}");
    admin
        .call("PUT", &path, Some(json!({ "body": body })))
        .await
}

#[tokio::test]
async fn a_template_makes_the_words_and_the_built_in_ones_come_back_without_it() {
    let (app, robot, channel) = with_robot(ChannelKind::Wecom, |_| {}).await;
    put(&app, channel, "all", "{{ event }}: {{ task }}")
        .await
        .expect(200);
    let own = "FAILED {{ task }} {{ verdict }}\n{% for line in output|lines %}\n> {{ line }}\n{% endfor %}\n{{ run_url }}";
    put(&app, channel, "failed", own).await.expect(200);
    let task = app
        .add(command("t", channel, "echo one; echo two; exit 3"))
        .await
        .id;
    robot.wait_for(1).await;
    fail(&app, task).await;
    let texts = robot.texts();
    assert_eq!(texts[0], "created: t");
    let lines: Vec<&str> = texts[1].lines().collect();
    assert!(lines[0].starts_with("FAILED t 退出码 3，用时"), "{lines:?}");
    assert_eq!(&lines[1..3], ["> one", "> two"]);
    assert!(lines[3].starts_with("http://cron.test/runs/"), "{lines:?}");
    // What was sent is what is shown.
    let row = app.messages(task).await.pop().expect("a message");
    assert_eq!(row.text, texts[1]);

    let admin = app.signed_in("admin", Role::Admin).await;
    let path = format!("/api/v1/channels/{channel}/templates");
    let listed = admin.get(&path).await.expect(200);
    let events: Vec<&Value> = listed["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|one| &one["event"])
        .collect();
    assert_eq!(events, ["all", "failed"]);
    for event in ["all", "failed"] {
        admin
            .call("DELETE", &format!("{path}/{event}"), None)
            .await
            .expect(204);
        admin.get(&format!("{path}/{event}")).await.expect(404);
    }
    fail(&app, task).await;
    assert!(robot.texts()[2].starts_with("【执行失败】t：退出码 3"));
}

#[tokio::test]
async fn a_template_with_a_fault_is_refused_with_its_place() {
    let (app, _robot, channel) = with_robot(ChannelKind::Wecom, |_| {}).await;
    let console = app.console();
    let set = async |channel, event: &str, body: &str| {
        let draft = TemplateDraft {
            body: body.to_owned(),
        };
        let set = app
            .service
            .template_set(&console, channel, event, None, &draft)
            .await;
        set.expect_err(body)
    };
    for (body, code, place) in [
        (
            "ok\n{{ tsk }}",
            "unknown_variable",
            "Line 2, column 4: The variable tsk does not exist",
        ),
        ("{{ task", "syntax", "Line 1"),
        ("{{ 'x' * 10**9 }}", "not_supported", "Line 1, column 4"),
        (
            "{% for i in range(10**9) %}{% endfor %}",
            "loop_over",
            "Line 1",
        ),
        (
            "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
            "syntax",
            "Line 1",
        ),
        ("{{ groups }}", "not_a_text", "Line 1"),
        ("{{ task }}\n{{ output|head(-1) }}", "value", "Line 2"),
        (
            "a\u{0}b\u{1b}[31m",
            "control_character",
            "Line 1, column 2: The control character U+0000 is not allowed",
        ),
        ("  ", "empty", ""),
    ] {
        let error = set(channel, "failed", body).await;
        let fault = &error.fields[0];
        assert_eq!(
            (
                error.kind.status(),
                fault.field.as_str(),
                fault.code.as_str()
            ),
            (422, "body", code),
            "{body}"
        );
        let message = &fault.message;
        assert!(message.starts_with(place), "{body}: {message}");
        assert!(
            place.is_empty()
                || message
                    .lines()
                    .last()
                    .is_some_and(|line| line.trim() == "^"),
            "{message}"
        );
    }
    // One for several events says for which of them it fails.
    let error = set(
        channel,
        "all",
        "{% if event == 'lost' %}\n{{ task|head(-1) }}{% endif %}",
    )
    .await;
    let message = &error.fields[0].message;
    assert!(
        message.starts_with("Event \"") && message.contains("(lost): Line 2"),
        "{message}"
    );
    let long = put(&app, channel, "failed", &"x".repeat(16 * 1024 + 1)).await;
    assert_eq!((long.status, long.faults()[0].0.as_str()), (422, "body"));
    assert_eq!(set(channel, "test", "x").await.fields[0].field, "event");
    assert_eq!(set(ChannelId(99), "failed", "x").await.kind.status(), 404);
    let stored = app
        .place
        .database
        .count("SELECT COUNT(*) FROM message_template")
        .await;
    assert_eq!(stored, 0);
}

/// A template that cannot be used any more, as one of another version: nothing is lost.
#[tokio::test]
async fn a_template_that_fails_when_a_message_leaves_gives_way_to_the_built_in_words() {
    let (app, robot, channel) = with_robot(ChannelKind::Wecom, |_| {}).await;
    let task = app.add(command("t", channel, "exit 3")).await.id;
    robot.wait_for(1).await;
    put(&app, channel, "failed", "{{ task }}").await.expect(200);
    for (body, reason) in [
        (
            "{{ of_the_future }}",
            "(sent in the built-in words: the template failed for the event \"Run failed\" at line 1, column 4; its preview shows why)",
        ),
        (
            "{% for a in output|lines %}{% for b in output|lines %}{% for c in output|lines %}{% if c %}{% endif %}{% endfor %}{% endfor %}{% endfor %}",
            "(sent in the built-in words: the template failed for the event \"Run failed\"; its preview shows why)",
        ),
    ] {
        let set = format!("UPDATE message_template SET body = '{body}'");
        app.place.database.execute(&set).await;
        let answer = fail(&app, task).await;
        assert!(
            answer.contains(reason) && answer.contains("errcode"),
            "{answer}"
        );
        let text = robot.texts().pop().expect("a text");
        assert!(text.starts_with("【执行失败】t"), "{text}");
        app.clock.advance(TimeDelta::seconds(61));
    }
}

#[tokio::test]
async fn templates_go_with_their_channel() {
    let (app, _robot, channel) = with_robot(ChannelKind::Wecom, |_| {}).await;
    put(&app, channel, "all", "{{ text }}").await.expect(200);
    let deleted = app
        .service
        .channel_delete(&app.console(), channel, None)
        .await;
    deleted.expect("deleted");
    let left = app
        .place
        .database
        .count("SELECT COUNT(*) FROM message_template")
        .await;
    assert_eq!(left, 0);
}
