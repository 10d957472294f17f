//! What breaks: secrets that are wrong, vendors that fall silent, half frames, floods, giant frames, old events.

use app::auth::Role;
use app::backend::Channels;
use app::channel::{BotState, ChannelDraft};
use chrono::TimeDelta;

use super::{Bots, bot, in_state, person, wecom_draft};
use crate::helpers::TestApp;
use crate::helpers::wecom_bot::{Mood, WecomVendor};

#[tokio::test]
async fn a_wrong_secret_is_shown_once_and_a_corrected_one_is_used_at_once() {
    let app = TestApp::new().await;
    let vendor = WecomVendor::start().await;
    let wrong = ChannelDraft {
        secret: Some("WRONG-SECRET".to_owned()),
        ..wecom_draft(&vendor)
    };
    let made = app.service.channel_create(&app.console(), &wrong).await;
    let channel = made.expect("a channel");
    let bots = Bots::of(&app);
    bots.turn().await;
    in_state(&app, &channel, BotState::Refused).await;
    // Both were written together, and are read one after the other.
    let shown = in_state(&app, &channel, BotState::Refused).await;
    assert!(shown.refuses && shown.failing_since.is_some(), "{shown:?}");
    let why = shown.connection.expect("a connection").why;
    assert!(why.contains("40001"), "{why}");
    for _ in 0..5 {
        bots.turn().await;
    }
    let test = app.service.channel_test(&app.console(), channel.id).await;
    let test = test.expect("an answer");
    assert!(!test.ok && test.answer.contains("refuses"), "{test:?}");
    assert_eq!(vendor.connections(), 1, "it is not tried again and again");

    let right = wecom_draft(&vendor);
    let edited = app
        .service
        .channel_update(&app.console(), channel.id, None, &right)
        .await;
    edited.expect("an edit");
    bots.turn().await;
    in_state(&app, &channel, BotState::Connected).await;
    let shown = in_state(&app, &channel, BotState::Connected).await;
    assert!(!shown.refuses && shown.failing_since.is_none(), "{shown:?}");
    bots.stop().await;
}

#[tokio::test]
async fn a_connection_that_breaks_is_made_again() {
    let app = TestApp::new().await;
    let vendor = WecomVendor::start().await;
    let channel = bot(&app, &vendor).await;
    person(&app, &channel, "ann", Role::Viewer).await;
    let bots = Bots::of(&app);
    vendor.mood(Mood::Half);
    bots.turn().await;
    vendor
        .until("a second connection after half a frame", |vendor| {
            vendor.connections() >= 2
        })
        .await;
    vendor.mood(Mood::Giant);
    let seen = vendor.connections();
    vendor
        .until("another one after a giant frame", |vendor| {
            vendor.connections() > seen + 1
        })
        .await;
    vendor.mood(Mood::Friendly);
    in_state(&app, &channel, BotState::Connected).await;
    let seen = vendor.connections();
    vendor.drop_connection();
    vendor
        .until("another one after a drop", |vendor| {
            vendor.connections() > seen
        })
        .await;
    in_state(&app, &channel, BotState::Connected).await;
    app.until("the connection", async || {
        bots.lines.is_up(channel.id).then_some(())
    })
    .await;

    // A message whose answer is cut off is not taken for sent.
    vendor.mood(Mood::Drops);
    let test = app.service.channel_test(&app.console(), channel.id).await;
    let test = test.expect("an answer");
    assert!(!test.ok && test.answer.contains("no answer"), "{test:?}");
    vendor.mood(Mood::Friendly);
    bots.stop().await;
}

#[tokio::test]
async fn a_vendor_that_never_answers_is_given_up_and_tried_again() {
    let app = TestApp::new().await;
    let vendor = WecomVendor::start().await;
    vendor.mood(Mood::Silent);
    let channel = bot(&app, &vendor).await;
    let bots = Bots::of(&app);
    bots.turn().await;
    let shown = app
        .until("a reason", async || {
            let found = app.service.channel_get(&app.console(), channel.id).await;
            let connection = found.expect("the channel").connection?;
            (!connection.why.is_empty()).then_some(connection)
        })
        .await;
    assert_eq!(shown.state, BotState::Connecting);
    assert!(shown.why.contains("no answer within 10 s"), "{shown:?}");
    bots.stop().await;
}

#[tokio::test]
async fn marks_of_events_do_not_stay() {
    let app = TestApp::new().await;
    let vendor = WecomVendor::start().await;
    let channel = bot(&app, &vendor).await;
    person(&app, &channel, "ann", Role::Viewer).await;
    let bots = Bots::of(&app);
    bots.turn().await;
    app.until("a connection", async || {
        bots.lines.is_up(channel.id).then_some(())
    })
    .await;
    for _ in 0..5 {
        vendor.say("id-of-ann", "help");
    }
    vendor.wait_for("aibot_respond_msg", 5).await;
    let count = "SELECT COUNT(*) FROM chat_event";
    assert_eq!(app.place.database.count(count).await, 5);
    app.clock.advance(TimeDelta::days(2));
    bots.turn().await;
    assert_eq!(app.place.database.count(count).await, 0);
    bots.stop().await;
}

#[tokio::test]
async fn an_address_inside_is_not_called() {
    let app = TestApp::with(&[]).await;
    let vendor = WecomVendor::start().await;
    let made = app
        .service
        .channel_create(&app.console(), &wecom_draft(&vendor))
        .await;
    let refused = made.expect_err("a private address");
    assert_eq!(refused.fields[0].field, "url", "{refused:?}");
    assert_eq!(vendor.connections(), 0);
}
