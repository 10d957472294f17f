//! Messages that may have been delivered twice: sent once more, since it is not known whether they arrived, and marked.

use app::auth::Role;
use app::backend::Channels;
use app::message::Event;
use app::task::Mode;
use server::store::TakeResult;

use super::helpers::TestApp;
use super::helpers::message::{sending, with_robot};
use super::outbox_pace::{fail, silent};

/// Waits until so many messages of the outbox are sent.
async fn sent(app: &TestApp, count: i64) {
    app.until("the messages to be sent", async || {
        let sent = "SELECT COUNT(*) FROM message WHERE state = 'sent'";
        (app.place.database.count(sent).await == count).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_message_of_a_dead_process_is_sent_by_the_next_one() {
    let (app, robot, channel) = with_robot().await;
    let task = app.add(sending("t", Mode::Message, "", channel)).await.id;
    let now = server::clock::Clock::now(&*app.clock);
    let taken = app
        .components
        .store
        .outbox_take(channel, Some(20.into()), &app.me.id, now)
        .await
        .expect("the database");
    assert!(matches!(taken, TakeResult::Message(_)), "{taken:?}");
    let (place, clock) = app.die();
    let app = TestApp::start(place, clock, None, &["--outbound-allow=127.0.0.0/8"]).await;
    app.notify();
    robot.wait_for(1).await;
    sent(&app, 1).await;
    let row = app.messages(task).await.remove(0);
    assert_eq!((row.state.as_str(), row.attempts), ("sent", 2));
    // It may have left before the first process died: one message, which says so wherever it is shown.
    assert!(row.maybe_twice);
    let viewer = app.signed_in("vera", Role::Viewer).await;
    let viewer = viewer.with("accept-language", "en");
    let listed = viewer.get("/api/v1/messages").await.expect(200);
    let items = listed["items"].as_array().expect("messages");
    assert_eq!(items.len(), 1, "{listed}");
    assert_eq!(items[0]["maybe_twice"], true);
    for page in ["/messages".to_owned(), format!("/tasks/{task}")] {
        let text = viewer.open(&page).await.text();
        let words = "may have been delivered twice";
        assert_eq!(text.matches(words).count(), 1, "{page}: {text}");
    }
    let channel = app.service.channel_get(&app.console(), channel).await;
    let channel = channel.expect("the channel");
    assert_eq!((channel.pending, channel.dead), (0, 0));
    // One that is sent at once is not marked.
    let other = app.add(sending("u", Mode::Message, "", channel.id)).await;
    robot.wait_for(2).await;
    sent(&app, 2).await;
    assert!(!app.messages(other.id).await[0].maybe_twice);
}

/// A digest that may have arrived twice says so in the row of each message that it consists of.
#[tokio::test]
async fn what_a_digest_consists_of_is_marked_with_it() {
    let (app, robot, channel) = with_robot().await;
    let task = silent(&app, "job", Mode::Command, channel).await;
    fail(&app, &task, 45).await;
    let now = server::clock::Clock::now(&*app.clock);
    let taken = app
        .components
        .store
        .outbox_take(channel, Some(20.into()), &app.me.id, now)
        .await
        .expect("the database");
    assert!(
        matches!(&taken, TakeResult::Message(item) if item.event == Event::Digest),
        "{taken:?}"
    );
    let (place, clock) = app.die();
    let app = TestApp::start(place, clock, None, &["--outbound-allow=127.0.0.0/8"]).await;
    app.notify();
    robot.wait_for(1).await;
    sent(&app, 1).await;
    let rows = app.messages(task.id).await;
    assert_eq!(rows.len(), 45);
    for row in rows {
        assert_eq!(
            (row.state.as_str(), row.maybe_twice),
            ("digested", true),
            "{row:?}"
        );
    }
}
