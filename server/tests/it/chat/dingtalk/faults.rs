//! What breaks: secrets that are wrong, tokens that run out, addresses inside, half and giant frames, floods.

use app::auth::Role;
use app::backend::Channels;
use app::channel::{BotState, ChannelDraft};
use serde_json::json;

use super::super::{Bots, in_state};
use super::{DingtalkVendor, REPLIES, SECRET, TEXTS, Talk, bot_draft};
use crate::helpers::TestApp;
use crate::helpers::dingtalk_bot::Mood;

const OPENED: &str = "/v1.0/gateway/connections/open";

#[tokio::test]
async fn a_wrong_secret_is_shown_once_and_a_corrected_one_is_used_at_once() {
    let app = TestApp::new().await;
    let vendor = DingtalkVendor::start().await;
    let wrong = ChannelDraft {
        secret: Some("WRONG-SECRET".to_owned()),
        ..bot_draft(&vendor)
    };
    let made = app.service.channel_create(&app.console(), &wrong).await;
    let channel = made.expect("a channel");
    let bots = Bots::of(&app);
    bots.turn().await;
    let shown = in_state(&app, &channel, BotState::Refused).await;
    let why = shown.connection.expect("a connection").why;
    assert!(
        why.contains("authFailed") && !why.contains("WRONG"),
        "{why}"
    );
    for _ in 0..5 {
        bots.turn().await;
    }
    let test = app.service.channel_test(&app.console(), channel.id).await;
    let test = test.expect("an answer");
    assert!(!test.ok && test.answer.contains("refuses"), "{test:?}");
    assert_eq!(
        vendor.bodies(OPENED).len(),
        1,
        "it is not tried again and again"
    );
    let edited = app
        .service
        .channel_update(&app.console(), channel.id, None, &bot_draft(&vendor))
        .await;
    edited.expect("an edit");
    bots.turn().await;
    in_state(&app, &channel, BotState::Connected).await;
    bots.stop().await;
}

#[tokio::test]
async fn a_token_is_kept_and_replaced_when_the_vendor_takes_it_no_more() {
    let talk = Talk::start().await;
    let test = async || {
        let console = talk.app.console();
        let tested = talk.app.service.channel_test(&console, talk.channel.id);
        tested.await.expect("an answer")
    };
    assert!(test().await.ok && test().await.ok);
    assert_eq!(talk.vendor.tokens(), 1);
    talk.vendor.forget_token();
    let again = test().await;
    assert!(again.ok, "{again:?}");
    assert_eq!(talk.vendor.tokens(), 2);
    assert_eq!(
        talk.vendor.bodies(TEXTS).len(),
        4,
        "one of them was refused"
    );
    talk.vendor.mood(Mood::Busy);
    let busy = test().await;
    assert!(!busy.ok && busy.answer.contains("503"), "{busy:?}");
    assert!(!busy.sent.contains(SECRET) && !busy.sent.contains("token-"));
    talk.bots.stop().await;
}

#[tokio::test]
async fn a_connection_that_breaks_or_that_the_vendor_ends_is_made_again() {
    let app = TestApp::new().await;
    let vendor = DingtalkVendor::start().await;
    let made = app
        .service
        .channel_create(&app.console(), &bot_draft(&vendor))
        .await;
    let channel = made.expect("a channel");
    let bots = Bots::of(&app);
    vendor.mood(Mood::Busy);
    bots.turn().await;
    vendor
        .until("a second try", |vendor| vendor.bodies(OPENED).len() >= 2)
        .await;
    for mood in [Mood::Half, Mood::Giant] {
        let seen = vendor.connections();
        vendor.mood(mood);
        vendor
            .until("connections", |vendor| vendor.connections() >= seen + 2)
            .await;
    }
    vendor.mood(Mood::Friendly);
    vendor.until("a good one", DingtalkVendor::is_open).await;
    let seen = vendor.connections();
    vendor.drop_connection();
    let another = async |count: usize| {
        vendor
            .until("another one", |vendor| {
                vendor.connections() >= count && vendor.is_open()
            })
            .await;
    };
    another(seen + 1).await;
    vendor.system("disconnect", &json!({ "reason": "upgrade" }));
    another(seen + 2).await;
    in_state(&app, &channel, BotState::Connected).await;
    assert_eq!(vendor.complaints(), Vec::<String>::new());
    bots.stop().await;
}

#[tokio::test]
async fn an_address_inside_that_the_vendor_names_is_not_called() {
    let app = TestApp::new().await;
    let vendor = DingtalkVendor::start().await;
    vendor.mood(Mood::Inside);
    let made = app
        .service
        .channel_create(&app.console(), &bot_draft(&vendor))
        .await;
    let channel = made.expect("a channel");
    let bots = Bots::of(&app);
    bots.turn().await;
    let shown = in_state(&app, &channel, BotState::Refused).await;
    assert!(!shown.connection.expect("a connection").why.is_empty());
    assert_eq!(vendor.connections(), 0);
    bots.stop().await;
    let app = TestApp::with(&[]).await;
    let made = app
        .service
        .channel_create(&app.console(), &bot_draft(&vendor))
        .await;
    let refused = made.expect_err("a private address");
    assert_eq!(refused.fields[0].field, "url", "{refused:?}");
}

#[tokio::test]
async fn a_flood_of_texts_is_answered_whole() {
    let talk = Talk::start().await;
    talk.person("ann", Role::Viewer).await;
    for _ in 0..100 {
        talk.vendor.say("id-of-ann", "help");
    }
    talk.vendor.wait_for(REPLIES, 100).await;
    assert_eq!(talk.vendor.connections(), 1);
    assert_eq!(talk.vendor.complaints(), Vec::<String>::new());
    talk.bots.stop().await;
}
