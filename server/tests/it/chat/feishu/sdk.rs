//! The proof that our reading of the protocol is the vendor's: one conversation, held by Feishu's own client first, then by
//! ours, with the same vendor, which refuses and notes whatever is not allowed.

use app::auth::Role;
use app::backend::Channels;
use app::task::{Mode, TaskDraft};
use serde_json::{Value, json};

use super::super::sdk::{CARD_WITHIN, Sdk};
use super::{BOT, CHAT, FeishuVendor, MESSAGES, REPLIES, SECRET, Talk, words};
use crate::helpers::draft;

/// What the first button of a card carries.
fn value(card: &Value) -> Value {
    let elements = card["elements"].as_array().expect("elements");
    let row = elements.iter().find(|element| element["tag"] == "action");
    row.expect("buttons")["actions"][0]["value"].clone()
}

/// The conversation: a press changes the card, a text is answered, events come in parts, pings are answered.
async fn converse(vendor: &FeishuVendor, who: &str, message: &str) {
    let press = vendor.press(who, message, &value(&vendor.card(message)));
    let answer = vendor.answer(&FeishuVendor::id(&press)).await;
    let shown = &answer["card"]["data"];
    assert!(shown["header"]["title"]["content"].is_string(), "{answer}");
    assert_eq!(&vendor.card(message), shown);
    let said = vendor.say(who, "help");
    let reply = vendor.wait_for(REPLIES, 1).await;
    assert!(words(&reply).contains("**"), "{reply}");
    vendor.answer(&FeishuVendor::id(&said)).await;
    let mut parts = said;
    parts["header"]["event_id"] = json!("event-in-parts");
    vendor.deliver(&parts, 3);
    vendor.wait_for(REPLIES, 2).await;
    vendor.answer(&FeishuVendor::id(&parts)).await;
    vendor.until("pings", |vendor| vendor.pings() >= 2).await;
    assert_eq!(vendor.complaints(), Vec::<String>::new());
    assert_eq!(vendor.connections(), 1);
}

#[tokio::test]
async fn feishus_own_client_and_ours_hold_the_same_conversation() {
    // The vendor's client is the judge of the vendor.
    let vendor = FeishuVendor::start().await;
    let mut sdk = Sdk::start("feishu", [&vendor.url(), BOT, SECRET, CHAT]);
    let pushed = sdk.hears("pushed").await;
    assert_eq!(sdk.hears("changed").await["code"], 0);
    sdk.hears("connected").await;
    let message = pushed["id"].as_str().expect("an ID");
    let title = &vendor.card(message)["header"]["title"]["content"];
    assert_eq!(title, "backup failed twice");
    converse(&vendor, "id-of-ann", message).await;
    assert_eq!(sdk.hears("press").await["key"], "again");
    for _ in 0..2 {
        assert_eq!(sdk.hears("text").await["text"], "@_user_1 help");
        assert_eq!(sdk.hears("answer").await["code"], 0);
    }
    sdk.end().await;

    // And the vendor judges ours.
    let talk = Talk::start().await;
    talk.person("ann", Role::Operator).await;
    let console = talk.app.console();
    let test = talk
        .app
        .service
        .channel_test(&console, talk.channel.id)
        .await;
    assert!(test.as_ref().is_ok_and(|test| test.ok), "{test:?}");
    let text = talk.vendor.wait_for(MESSAGES, 1).await["content"].to_string();
    assert!(text.contains("A test message from Jcrontab"), "{text}");
    let failing = TaskDraft {
        mode: Mode::Command,
        channel_id: Some(talk.channel.id.0),
        ..draft("backup", "0 0 1 1 *", "exit 3")
    };
    let task = talk.app.add(failing).await;
    let made = "UPDATE message SET state = 'sent' WHERE event = 'created'";
    talk.app.place.database.execute(made).await;
    talk.app.notify();
    let run = talk.app.start_run(task.id).await;
    talk.app.ended(run).await;
    talk.vendor.wait_for(MESSAGES, 2).await;
    let message = talk.vendor.cards().pop().expect("a card");
    converse(&talk.vendor, "id-of-ann", &message).await;
    let took = talk.vendor.answered_after()[0];
    println!("press to card update: {took:?}");
    assert!(took <= CARD_WITHIN, "{took:?}");
    assert_eq!(
        talk.app.runs(task.id).await.len(),
        2,
        "the press started it again"
    );
    talk.bots.stop().await;
}
