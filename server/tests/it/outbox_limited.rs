//! A channel that asks for fewer messages, and never accepts one again.

use app::auth::Role;
use app::backend::Channels;
use app::message::MessageState;
use app::task::Mode;
use chrono::TimeDelta;
use server::clock::Clock;

use super::fallback_channels::robot;
use super::helpers::message::{reminder, with_robot};
use super::helpers::robot::Mood;
use super::helpers::{Robot, TestApp};
use super::outbox_pace::{fail, silent};

/// What the robot of WeCom says to too many messages.
const TOO_MANY: Mood = Mood::Refuse(45_009);

/// Waits until the robot has been asked once more, and its answer is in the database.
async fn asked_again(app: &TestApp, robot: &Robot, before: usize) {
    robot.wait_for(before + 1).await;
    app.until("the answer to be noted", async || {
        let sending = "SELECT COUNT(*) FROM message WHERE state = 'sending'";
        (app.place.database.count(sending).await == 0).then_some(())
    })
    .await;
}

/// Lets time pass in steps that a channel waits for, for as long as this; each step is one attempt.
async fn pass(app: &TestApp, robot: &Robot, time: TimeDelta, step: TimeDelta) {
    let end = app.clock.now() + time;
    while app.clock.now() < end {
        let before = robot.received().len();
        app.clock.advance(step);
        app.components.signals.outbox.notify_one();
        asked_again(app, robot, before).await;
    }
}

/// Waits until so many messages are given up, and so many wait.
async fn end_as(app: &TestApp, dead: i64, pending: i64) {
    let count = async |state: &str| {
        let query = format!("SELECT COUNT(*) FROM message WHERE state = '{state}'");
        app.place.database.count(&query).await
    };
    app.until("messages to be given up", async || {
        (count("dead").await == dead && count("pending").await == pending).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_channel_that_never_stops_asking_for_less_gives_up_after_three_hours() {
    let app = TestApp::new().await;
    let (standby, _) = robot(&app, "standby", "").await;
    let (main, channel) = robot(&app, "ops", "standby").await;
    // It asks for ten minutes each time.
    main.always(Some(Mood::Later(429, 600)));
    app.notify();
    let task = app.add(reminder("交周报", channel)).await.id;
    asked_again(&app, &main, 0).await;
    let wait = TimeDelta::seconds(600);
    let first = app.clock.now();
    let failing_since = async || {
        let shown = app.service.channel_get(&app.console(), channel).await;
        shown.expect("a channel").failing_since.map(|since| since.0)
    };
    pass(&app, &main, TimeDelta::minutes(20), wait).await;
    assert_eq!(failing_since().await, None, "a pause is usual");
    pass(&app, &main, TimeDelta::minutes(150), wait).await;
    assert_eq!(failing_since().await, Some(first), "it is shown as such");
    let row = app.messages(task).await.remove(0);
    assert_eq!(row.state, MessageState::Pending, "{row:?}");
    assert!(standby.received().is_empty());
    let begun = main.received().len();
    app.clock.advance(wait);
    app.components.signals.outbox.notify_one();
    let sent = app
        .until("the fallback", async || standby.texts().pop())
        .await;
    assert_eq!(main.received().len(), begun + 1);
    assert!(
        sent.contains("（代渠道 ops 发送：对方 3 小时以来一直要求少发消息") && sent.contains("429"),
        "{sent}"
    );
    let admin = app.signed_in("ada", Role::Admin).await;
    let dead = admin.get("/api/v1/messages?state=dead").await.expect(200);
    let answer = dead["items"][0]["answer"].as_str().expect("why").to_owned();
    assert!(answer.contains("3 小时以来一直要求少发消息"), "{answer}");
    let page = admin.open("/messages").await.text();
    assert!(page.contains("3 小时以来一直要求少发消息"), "{page}");
    let shown = app.service.channel_get(&app.console(), channel).await;
    let shown = shown.expect("a channel");
    assert!(
        shown.failing_since.is_some() && !shown.refuses && shown.dead == 1,
        "{shown:?}"
    );
    // It is sent again like any other one, and the channel gets another three hours for it.
    main.always(None);
    let id = dead["items"][0]["id"].clone();
    let resend = format!("/api/v1/messages/{id}/resend");
    admin.post(&resend, serde_json::json!({})).await.expect(200);
    app.clock.advance(wait);
    app.components.signals.outbox.notify_one();
    app.until("the message", async || {
        let shown = admin.get(&format!("/api/v1/messages/{id}")).await;
        (shown.expect(200)["state"] == "sent").then_some(())
    })
    .await;
    assert_eq!(failing_since().await, None);
}

/// All that has waited for as long goes at once, without a request for each; what is younger stays.
#[tokio::test]
async fn the_queue_of_such_a_channel_does_not_grow() {
    let (app, main, channel) = with_robot().await;
    let task = silent(&app, "job", Mode::Command, channel).await;
    main.always(Some(TOO_MANY));
    app.notify();
    fail(&app, &task, 15).await;
    asked_again(&app, &main, 0).await;
    let step = TimeDelta::minutes(20);
    pass(&app, &main, TimeDelta::minutes(100), step).await;
    fail(&app, &task, 4).await;
    pass(&app, &main, TimeDelta::minutes(100), step).await;
    end_as(&app, 15, 4).await;
    // One attempt at a time, however many wait.
    assert_eq!(main.received().len(), 11);
    pass(&app, &main, TimeDelta::minutes(80), step).await;
    end_as(&app, 19, 0).await;
}

/// What waited for another reason has its three hours yet, and an acceptance begins them anew.
#[tokio::test]
async fn only_time_in_which_a_channel_asked_for_less_counts() {
    let (app, main, channel) = with_robot().await;
    let task = silent(&app, "job", Mode::Command, channel).await;
    fail(&app, &task, 3).await;
    // No server was up.
    app.clock.advance(TimeDelta::hours(5));
    main.next([TOO_MANY]);
    app.notify();
    asked_again(&app, &main, 0).await;
    let step = TimeDelta::minutes(80);
    main.next([TOO_MANY, TOO_MANY]);
    pass(&app, &main, TimeDelta::minutes(160), step).await;
    // It accepts them now.
    app.clock.advance(TimeDelta::minutes(2));
    let sent = "SELECT COUNT(*) FROM message WHERE state = 'sent'";
    app.components.signals.outbox.notify_one();
    app.until("all of them", async || {
        (app.place.database.count(sent).await == 3).then_some(())
    })
    .await;
    let dead = "SELECT COUNT(*) FROM message WHERE state = 'dead'";
    assert_eq!(app.place.database.count(dead).await, 0);
    // What is refused from now on counts from now on.
    main.always(Some(TOO_MANY));
    fail(&app, &task, 1).await;
    asked_again(&app, &main, 6).await;
    pass(&app, &main, TimeDelta::minutes(160), step).await;
    assert_eq!(app.place.database.count(dead).await, 0);
    pass(&app, &main, TimeDelta::minutes(80), step).await;
    end_as(&app, 1, 0).await;
}
