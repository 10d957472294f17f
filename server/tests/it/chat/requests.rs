//! What breaks at vendors whose messages go by requests: secrets that are wrong, tokens that run out, addresses inside,
//! half and giant frames, floods.

use app::auth::Role;
use app::backend::Channels;
use app::channel::{BotState, Channel, ChannelDraft};

use super::kinds::RequestVendor;
use super::{Bots, in_state, person};
use crate::helpers::TestApp;
use crate::helpers::bot_vendor::Mood;
use crate::helpers::dingtalk_bot::DingtalkVendor;
use crate::helpers::feishu_bot::FeishuVendor;

async fn made(app: &TestApp, draft: &ChannelDraft) -> Channel {
    let made = app.service.channel_create(&app.console(), draft).await;
    made.expect("a channel")
}

/// A server whose bot is connected.
async fn connected<V: RequestVendor>() -> (TestApp, V, Bots, Channel) {
    let app = TestApp::new().await;
    let vendor = V::start().await;
    let channel = made(&app, &vendor.draft()).await;
    let bots = Bots::of(&app);
    bots.turn().await;
    in_state(&app, &channel, BotState::Connected).await;
    vendor.opened(1).await;
    (app, vendor, bots, channel)
}

async fn a_wrong_secret_is_shown_once_and_a_corrected_one_is_used_at_once<V: RequestVendor>() {
    let app = TestApp::new().await;
    let vendor = V::start().await;
    let wrong = ChannelDraft {
        secret: Some("WRONG-SECRET".to_owned()),
        ..vendor.draft()
    };
    let channel = made(&app, &wrong).await;
    let bots = Bots::of(&app);
    bots.turn().await;
    let shown = in_state(&app, &channel, BotState::Refused).await;
    let why = shown.connection.expect("a connection").why;
    assert!(why.contains(V::REFUSAL) && !why.contains("WRONG"), "{why}");
    for _ in 0..5 {
        bots.turn().await;
    }
    let test = app.service.channel_test(&app.console(), channel.id).await;
    let test = test.expect("an answer");
    assert!(!test.ok && test.answer.contains("refuses"), "{test:?}");
    assert_eq!(
        vendor.asked(V::OPENING),
        1,
        "it is not tried again and again"
    );
    let edited = app
        .service
        .channel_update(&app.console(), channel.id, None, &vendor.draft())
        .await;
    edited.expect("an edit");
    bots.turn().await;
    in_state(&app, &channel, BotState::Connected).await;
    bots.stop().await;
}

async fn a_token_is_kept_and_replaced_when_the_vendor_takes_it_no_more<V: RequestVendor>() {
    let (app, vendor, bots, channel) = connected::<V>().await;
    let test = async || {
        let console = app.console();
        let tested = app.service.channel_test(&console, channel.id);
        tested.await.expect("an answer")
    };
    assert!(test().await.ok && test().await.ok);
    assert_eq!(vendor.tokens(), 1);
    vendor.forgets_token();
    let again = test().await;
    assert!(again.ok, "{again:?}");
    assert_eq!(vendor.tokens(), 2);
    assert_eq!(vendor.asked(V::MESSAGES), 4, "one of them was refused");
    vendor.becomes(Mood::Busy);
    let busy = test().await;
    assert!(!busy.ok && busy.answer.contains("503"), "{busy:?}");
    let secret = vendor.draft().secret.expect("a secret");
    assert!(!busy.sent.contains(&secret) && !busy.sent.contains("token-"));
    bots.stop().await;
}

async fn a_connection_that_breaks_is_made_again<V: RequestVendor>() {
    let app = TestApp::new().await;
    let vendor = V::start().await;
    let channel = made(&app, &vendor.draft()).await;
    let bots = Bots::of(&app);
    vendor.becomes(Mood::Busy);
    bots.turn().await;
    vendor.asked_for(V::OPENING, 2).await;
    for mood in [Mood::Half, Mood::Giant] {
        let seen = vendor.connections();
        vendor.becomes(mood);
        vendor.connected(seen + 2).await;
    }
    vendor.becomes(Mood::Friendly);
    vendor.opened(1).await;
    let seen = vendor.connections();
    vendor.drops();
    vendor.opened(seen + 1).await;
    in_state(&app, &channel, BotState::Connected).await;
    assert_eq!(vendor.complaints(), Vec::<String>::new());
    bots.stop().await;
}

async fn an_address_inside_is_not_called<V: RequestVendor>() {
    let app = TestApp::new().await;
    let vendor = V::start().await;
    // The vendor names it.
    vendor.becomes(Mood::Inside);
    let channel = made(&app, &vendor.draft()).await;
    let bots = Bots::of(&app);
    bots.turn().await;
    let shown = in_state(&app, &channel, BotState::Refused).await;
    assert!(!shown.connection.expect("a connection").why.is_empty());
    assert_eq!(vendor.connections(), 0);
    bots.stop().await;
    // Somebody enters it.
    let app = TestApp::with(&[]).await;
    let refused = app
        .service
        .channel_create(&app.console(), &vendor.draft())
        .await;
    let refused = refused.expect_err("a private address");
    assert_eq!(refused.fields[0].field, "url", "{refused:?}");
}

async fn a_flood_of_texts_is_answered_at_a_pace<V: RequestVendor>() {
    let (app, vendor, bots, channel) = connected::<V>().await;
    for name in ["ann", "bob"] {
        person(&app, &channel, name, Role::Viewer).await;
    }
    for _ in 0..100 {
        vendor.says("id-of-ann", "help");
    }
    // Ten, then that there are too many; and another person is heard.
    vendor.replied(11).await;
    vendor.says("id-of-bob", "help");
    vendor.replied(12).await;
    assert_eq!(vendor.replies(), 12);
    assert_eq!(vendor.connections(), 1);
    assert_eq!(vendor.complaints(), Vec::<String>::new());
    bots.stop().await;
}

/// Each of them for each vendor.
macro_rules! of_each {
    ($($name:ident),+ $(,)?) => {
        mod dingtalk {
            $(
                #[tokio::test]
                async fn $name() {
                    super::$name::<super::DingtalkVendor>().await;
                }
            )+
        }
        mod feishu {
            $(
                #[tokio::test]
                async fn $name() {
                    super::$name::<super::FeishuVendor>().await;
                }
            )+
        }
    };
}

of_each!(
    a_wrong_secret_is_shown_once_and_a_corrected_one_is_used_at_once,
    a_token_is_kept_and_replaced_when_the_vendor_takes_it_no_more,
    a_connection_that_breaks_is_made_again,
    an_address_inside_is_not_called,
    a_flood_of_texts_is_answered_at_a_pace,
);
