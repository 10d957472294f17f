//! The proof that our reading of the protocol is the vendor's: one conversation, held by DingTalk's own client first, then
//! by ours, with the same vendor, which refuses and notes whatever is not allowed.

use app::auth::Role;
use app::backend::Channels;
use app::task::{Mode, TaskDraft};
use serde_json::{Value, json};

use super::super::sdk::{CARD_WITHIN, Sdk};
use super::{BOT, CARDS, CHAT, DingtalkVendor, REPLIES, SECRET, TEXTS, Talk};
use crate::helpers::draft;

/// The button of a card that was made.
fn button(card: &Value) -> (String, String) {
    let id = card["outTrackId"].as_str().expect("an ID").to_owned();
    let layout = card["cardData"]["cardParamMap"]["sys_full_json_obj"].as_str();
    let layout: Value = serde_json::from_str(layout.expect("a layout")).expect("JSON");
    let key = layout["msgButtons"][0]["id"].as_str().expect("a key");
    (id, key.to_owned())
}

/// The conversation: a press changes the card, a text is answered, a ping comes back.
async fn converse(vendor: &DingtalkVendor, who: &str, (card, key): &(String, String)) {
    let press = vendor.press(who, card, key);
    let answer = vendor.answer(&press).await;
    let shown = &answer["response"]["cardData"]["cardParamMap"];
    assert!(shown["msgTitle"].is_string(), "{answer}");
    assert_eq!(vendor.card(card)["msgTitle"], shown["msgTitle"]);
    let said = vendor.say(who, "help");
    let reply = vendor.wait_for(REPLIES, 1).await;
    let text = reply["markdown"]["text"].as_str().expect("a text");
    assert!(text.contains("**"), "{text}");
    vendor.answer(&said).await;
    let ping = vendor.system("ping", &json!({ "opaque": "7f" }));
    assert_eq!(vendor.answer(&ping).await["opaque"], "7f");
    assert_eq!(vendor.complaints(), Vec::<String>::new());
}

#[tokio::test]
async fn dingtalks_own_client_and_ours_hold_the_same_conversation() {
    // The vendor's client is the judge of the vendor.
    let vendor = DingtalkVendor::start().await;
    let mut sdk = Sdk::start("dingtalk", [&vendor.url(), BOT, SECRET, CHAT]);
    let pushed = sdk.hears("pushed").await;
    sdk.hears("changed").await;
    vendor
        .until("the connection", DingtalkVendor::is_open)
        .await;
    let card = button(&vendor.wait_for(CARDS, 1).await);
    assert_eq!(pushed["card"], card.0.as_str());
    assert_eq!(vendor.card(&card.0)["msgTitle"], "backup failed twice");
    converse(&vendor, "id-of-ann", &card).await;
    let press = sdk.hears("press").await;
    assert_eq!(
        (&press["key"], &press["card"]),
        (&json!("again"), &json!(card.0))
    );
    assert_eq!(sdk.hears("text").await["text"], " help");
    assert_eq!(sdk.hears("answer").await["errcode"], 0);
    assert_eq!(vendor.connections(), 1);
    sdk.end().await;

    // And the vendor judges ours.
    let talk = Talk::start().await;
    talk.person("ann", Role::Operator).await;
    let test = talk
        .app
        .service
        .channel_test(&talk.app.console(), talk.channel.id)
        .await;
    assert!(test.as_ref().is_ok_and(|test| test.ok), "{test:?}");
    let text = talk.vendor.wait_for(TEXTS, 1).await["msgParam"].to_string();
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
    let card = button(&talk.vendor.wait_for(CARDS, 1).await);
    converse(&talk.vendor, "id-of-ann", &card).await;
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
