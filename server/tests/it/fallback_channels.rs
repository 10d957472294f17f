//! A channel that gives a message up has another one send it.

use app::auth::Role;
use app::channel::{ChannelDraft, ChannelKind};
use app::id::{ChannelId, TaskId};
use app::task::{Mode, TaskDraft};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::helpers::robot::Mood;
use super::helpers::{Browser, Robot, TestApp, draft};
use app::backend::{Channels, Tickets};
use app::ticket::{TicketAct, TicketQuery};

fn reminder(name: &str, channel: ChannelId) -> TaskDraft {
    TaskDraft {
        mode: Mode::Message,
        channel_id: Some(channel.0),
        ..draft(name, "0 0 1 1 *", "")
    }
}

/// A robot and a channel to it, with a fallback.
pub(crate) async fn robot(app: &TestApp, name: &str, fallback: &str) -> (Robot, ChannelId) {
    let robot = Robot::start(app.clock.clone()).await;
    let draft = ChannelDraft {
        name: name.to_owned(),
        kind: ChannelKind::Wecom,
        url: robot.url(),
        fallback: Some(fallback.to_owned()),
        ..ChannelDraft::default()
    };
    let made = app.service.channel_create(&app.console(), &draft).await;
    let made = made.expect("a channel");
    assert_eq!(made.fallback.as_deref().unwrap_or_default(), fallback);
    (robot, made.id)
}

/// Messages about a task over the API, the newest first.
async fn history(browser: &Browser, task: TaskId) -> Vec<Value> {
    let path = format!("/api/v1/messages?task={task}");
    let page = browser.get(&path).await.expect(200);
    page["items"].as_array().expect("messages").clone()
}

/// Waits until the robot has taken a text; gives it.
async fn text(app: &TestApp, robot: &Robot) -> String {
    app.until("a text", async || robot.texts().pop()).await
}

#[tokio::test]
async fn a_refused_message_goes_to_the_fallback_once() {
    let app = TestApp::new().await;
    let (standby, _) = robot(&app, "值班群", "").await;
    let (main, channel) = robot(&app, "ops", "值班群").await;
    main.always(Some(Mood::Refuse(93_000)));
    app.notify();
    let task = app.add(reminder("交周报", channel)).await.id;
    let sent = text(&app, &standby).await;
    let mut lines = sent.lines();
    assert_eq!(lines.next(), Some("【建单通知】交周报"), "{sent}");
    let why = lines.next().expect("why");
    assert!(
        why.starts_with("（代渠道 ops 发送：") && why.contains("93000"),
        "{why}"
    );
    let viewer = app.signed_in("vera", Role::Viewer).await;
    let rows = app
        .until("both to end", async || {
            let rows = history(&viewer, task).await;
            let over = rows
                .iter()
                .all(|row| row["state"] == "sent" || row["state"] == "dead");
            (rows.len() == 2 && over).then_some(rows)
        })
        .await;
    let (instead, dead) = (&rows[0], &rows[1]);
    assert_eq!(
        (&instead["channel"], &instead["state"]),
        (&json!("值班群"), &json!("sent"))
    );
    assert_eq!(
        (&dead["channel"], &dead["state"]),
        (&json!("ops"), &json!("dead"))
    );
    assert_eq!(instead["instead_of"]["message"], dead["id"]);
    assert_eq!(instead["instead_of"]["channels"], json!(["ops"]));
    assert_eq!(dead["instead_of"], Value::Null);
    let passed = json!({"message": instead["id"], "channel": "值班群", "state": "sent"});
    assert_eq!(dead["passed_to"], passed);
    assert_eq!(instead["passed_to"], Value::Null);
    assert_eq!(instead["text"], json!(sent), "what was sent is kept");
    let page = viewer.open("/messages").await.text();
    assert!(page.contains("代渠道 ops 发送"), "{page}");
    assert!(page.contains("改由渠道 值班群 发送"), "{page}");
    assert_eq!(main.received().len(), 1);
    assert_eq!(standby.received().len(), 1);
}

#[tokio::test]
async fn the_picture_goes_to_the_fallback_with_its_text() {
    let app = TestApp::new().await;
    let (standby, _) = robot(&app, "standby", "").await;
    let (main, channel) = robot(&app, "ops", "standby").await;
    app.notify();
    let task = app.add(reminder("a", channel)).await.id;
    main.wait_for(1).await;
    main.always(Some(Mood::Refuse(93_000)));
    app.start_run(task).await;
    let all = standby.wait_for(2).await;
    let kinds: Vec<&str> = all
        .iter()
        .filter_map(|one| one.body["msgtype"].as_str())
        .collect();
    assert_eq!(kinds, ["text", "image"]);
    let viewer = app.signed_in("vera", Role::Viewer).await;
    let rows = history(&viewer, task).await;
    let lost = rows
        .iter()
        .find(|row| row["state"] == "dead" && row["kind"] == "image");
    assert_eq!(
        lost.expect("the picture of the refused text")["answer"],
        "它前面的文字没有发出"
    );
}

#[tokio::test]
async fn what_stands_in_belongs_to_the_same_ticket() {
    let app = TestApp::new().await;
    let (standby, _) = robot(&app, "standby", "").await;
    let (main, channel) = robot(&app, "ops", "standby").await;
    main.always(Some(Mood::Refuse(93_000)));
    app.notify();
    let mut draft = reminder("a", channel);
    draft.tickets.opens = "task".to_owned();
    app.add(draft).await;
    let console = app.console();
    let query = TicketQuery::default();
    let open = app.service.ticket_list(&console, &query).await;
    let open = open.expect("tickets").items;
    let to = TicketAct::Assign("李四".to_owned());
    let act = app.service.ticket_act(&console, open[0].id, &to).await;
    act.expect("handed over");
    standby.wait_for(2).await;
    let messages =
        "SELECT COUNT(*) FROM message WHERE event = 'ticket_handed_over' AND ticket_id IS NOT NULL";
    assert_eq!(app.place.database.count(messages).await, 2);
}

#[tokio::test]
async fn a_message_that_was_tried_in_vain_goes_to_the_fallback() {
    let app = TestApp::new().await;
    let (standby, _) = robot(&app, "standby", "").await;
    let (main, channel) = robot(&app, "ops", "standby").await;
    main.always(Some(Mood::Status(503)));
    app.notify();
    let task = app.add(reminder("a", channel)).await.id;
    app.until("it to be given up", async || {
        let rows = app.messages(task).await;
        if rows[0].state.as_str() == "pending" {
            app.clock.advance(TimeDelta::minutes(40));
        }
        (rows[0].state.as_str() == "dead").then_some(())
    })
    .await;
    let sent = text(&app, &standby).await;
    assert!(sent.contains("代渠道 ops 发送"), "{sent}");
    assert_eq!(main.received().len(), 16);
}

#[tokio::test]
async fn a_chain_ends_at_the_last_channel() {
    let app = TestApp::new().await;
    let (last, third) = robot(&app, "third", "").await;
    let (middle, _) = robot(&app, "second", "third").await;
    let (first, channel) = robot(&app, "first", "second").await;
    // As two people could have saved it at the same time.
    let circle = format!("UPDATE channel SET fallback_id = {channel} WHERE id = {third}");
    app.place.database.execute(&circle).await;
    for robot in [&first, &middle, &last] {
        robot.always(Some(Mood::Refuse(93_000)));
    }
    app.notify();
    let task = app.add(reminder("a", channel)).await.id;
    let rows = app
        .until("all to give it up", async || {
            let rows = app.messages(task).await;
            let dead = rows.iter().all(|row| row.state.as_str() == "dead");
            (rows.len() == 3 && dead).then_some(rows)
        })
        .await;
    assert!(
        rows[2].text.contains("代渠道 first、second 发送"),
        "{}",
        rows[2].text
    );
    for robot in [&first, &middle, &last] {
        assert_eq!(robot.received().len(), 1, "it goes to no channel twice");
    }
}

#[tokio::test]
async fn fallbacks_are_checked_and_kept() {
    let app = TestApp::new().await;
    let admin = app.signed_in("boss", Role::Admin).await;
    let (_a, first) = robot(&app, "first", "").await;
    let (_b, second) = robot(&app, "second", "first").await;
    let save = async |id: ChannelId, name: &str, fallback: Option<&str>| {
        let mut body = json!({"name": name, "kind": "wecom"});
        if let Some(fallback) = fallback {
            body["fallback"] = json!(fallback);
        }
        let path = format!("/api/v1/channels/{id}");
        admin.call("PUT", &path, Some(body)).await
    };
    for (fallback, code) in [
        ("first", "circle"),
        ("second", "circle"),
        ("none", "unknown"),
    ] {
        let refused = save(first, "first", Some(fallback)).await;
        assert_eq!(refused.status, 422, "{fallback}: {}", refused.text());
        assert_eq!(refused.faults(), [("fallback".to_owned(), code.to_owned())]);
    }
    // What is not given stays, also over a new name of the other one.
    save(first, "renamed", None).await.expect(200);
    let kept = save(second, "second", None).await.expect(200);
    assert_eq!(
        (&kept["fallback"], &kept["fallback_id"]),
        (&json!("renamed"), &json!(first))
    );
    let page = admin
        .open(&format!("/admin/channels?edit={second}"))
        .await
        .text();
    assert!(page.contains("备用渠道：renamed"), "{page}");
    let path = format!("/api/v1/channels/{first}");
    let refused = admin.call("DELETE", &path, None).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("second"), "{}", refused.text());
    let id = second.to_string();
    let version = admin.get(&format!("/api/v1/channels/{second}")).await;
    let version = version.expect(200)["version"].to_string();
    let form = [
        ("id", id.as_str()),
        ("version", version.as_str()),
        ("name", "second"),
        ("kind", "wecom"),
        ("fallback", ""),
    ];
    assert_eq!(admin.submit("/admin/channels", &form).await.status, 303);
    let dropped = admin
        .get(&format!("/api/v1/channels/{second}"))
        .await
        .expect(200);
    assert_eq!(dropped["fallback"], Value::Null);
    admin.call("DELETE", &path, None).await.expect(204);
}
