//! A message that is not sent yet says why, and a picture which one it is.

use app::auth::Role;
use app::backend::{Channels, Tasks};
use app::channel::{ChannelDraft, ChannelKind};
use app::task::Mode;
use chrono::{DateTime, TimeDelta, Utc};
use server::clock::Clock;

use super::helpers::message::{reminder, sending, with_robot};
use super::helpers::robot::Mood;

#[tokio::test]
async fn a_message_behind_a_pause_of_its_channel_says_so_and_until_when() {
    let (app, robot, channel) = with_robot().await;
    let viewer = app.signed_in("vera", Role::Viewer).await;
    robot.next([Mood::Refuse(45_009)]);
    app.notify();
    app.add(reminder("one", channel)).await;
    let path = "/api/v1/messages?state=pending";
    let waiting = app
        .until("the pause", async || {
            let first = viewer.get(path).await.expect(200)["items"]
                .get(0)
                .cloned()?;
            (first["waits"] == "channel").then_some(first)
        })
        .await;
    let next = waiting["next_attempt_at"].as_str().expect("a time");
    let next: DateTime<Utc> = next.parse().expect("a time");
    assert!(next > app.clock.now(), "{waiting}");
    let page = viewer.open("/messages").await.text();
    assert!(page.contains("渠道要求暂停发送"), "{page}");
    // After it, nothing is in its way.
    app.clock.set(next);
    app.components.signals.outbox.notify_one();
    let id = waiting["id"].as_i64().expect("an id");
    let sent = app
        .until("the message", async || {
            let one = viewer
                .get(&format!("/api/v1/messages/{id}"))
                .await
                .expect(200);
            (one["state"] == "sent").then_some(one)
        })
        .await;
    assert!(
        sent["waits"].is_null() && sent["picture"].is_null(),
        "{sent}"
    );
}

#[tokio::test]
async fn what_was_refused_for_a_while_waits_for_its_retry() {
    let (app, robot, channel) = with_robot().await;
    let viewer = app.signed_in("vera", Role::Viewer).await;
    robot.next([Mood::Status(503)]);
    app.notify();
    app.add(reminder("one", channel)).await;
    app.until("the retry", async || {
        let all = viewer.get("/api/v1/messages").await.expect(200);
        (all["items"][0]["waits"] == "retry").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_picture_has_its_name() {
    let (app, _robot, channel) = with_robot().await;
    let viewer = app.signed_in("vera", Role::Viewer).await;
    let task = sending("t", Mode::MessageCommand, "exit 3", channel);
    let task = app.service.task_create(&app.console(), &task).await;
    app.ended(app.start_run(task.expect("a task").id).await)
        .await;
    let all = viewer.get("/api/v1/messages").await.expect(200);
    let items = all["items"].as_array().expect("items");
    let picture = items.iter().find(|one| one["kind"] == "image");
    let picture = picture.expect("a picture");
    assert_eq!(picture["picture"], "failure", "{picture}");
    let page = viewer.open("/messages").await.text();
    assert!(page.contains("· 执行失败"), "{page}");
}

#[tokio::test]
async fn a_repaired_channel_gets_what_waited_at_once_and_in_order() {
    for is_edited in [true, false] {
        let (app, robot, channel) = with_robot().await;
        let viewer = app.signed_in("vera", Role::Viewer).await;
        robot.always(Some(Mood::Status(503)));
        app.notify();
        for name in ["first", "second"] {
            app.add(reminder(name, channel)).await;
            app.clock.advance(TimeDelta::milliseconds(10));
        }
        app.until("both wait for a retry", async || {
            let all = viewer.get("/api/v1/messages?state=pending").await;
            let all = all.expect(200);
            let items = all["items"].as_array().expect("items");
            let wait = items.iter().filter(|one| one["waits"] == "retry");
            (wait.count() == 2).then_some(())
        })
        .await;
        // By the clock of this test their pauses do not end.
        robot.always(None);
        let console = app.console();
        if is_edited {
            let edited = ChannelDraft {
                name: "ops".to_owned(),
                kind: ChannelKind::Wecom,
                ..ChannelDraft::default()
            };
            let edited = app.service.channel_update(&console, channel, None, &edited);
            edited.await.expect("an edit");
        } else {
            let tested = app.service.channel_test(&console, channel).await;
            assert!(tested.expect("a test").ok);
        }
        app.add(reminder("third", channel)).await;
        app.until("all three are sent", async || {
            let sent = viewer.get("/api/v1/messages?state=sent").await.expect(200);
            (sent["items"].as_array().map(Vec::len) == Some(3)).then_some(())
        })
        .await;
        let texts = robot.texts();
        let of = |name: &str| {
            let found = texts.iter().position(|text| text.contains(name));
            found.unwrap_or_else(|| panic!("{name}: {texts:?}"))
        };
        assert!(of("first") < of("second"), "{is_edited} {texts:?}");
        assert!(of("second") < of("third"), "{is_edited} {texts:?}");
    }
}
