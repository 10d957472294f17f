//! Tickets in a chat of Feishu: what everybody sees, what one person sees, and each act once.

use app::auth::Role;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::super::tickets::{notify, urged_in};
use super::{FeishuVendor, MESSAGES, REPLIES, Talk, words};
use crate::tickets::{look, ticket};

#[tokio::test]
async fn an_urge_is_a_card_whose_buttons_act_once_and_whose_refusals_one_person_sees() {
    let mut talk = Talk::start().await;
    for (name, role) in [
        ("ann", Role::Operator),
        ("bob", Role::Operator),
        ("vic", Role::Viewer),
    ] {
        talk.person(name, role).await;
    }
    let task = urged_in(&talk.app, &talk.channel, "rotate **keys**", "ann").await;
    notify(&talk.app).await;
    let ten_minutes = TimeDelta::minutes(10);
    talk.bots.later(&talk.app, &talk.channel, ten_minutes).await;
    look(&talk.app).await;
    talk.vendor.wait_for(MESSAGES, 1).await;
    let message = talk.vendor.cards().pop().expect("a card");
    let shown = talk.vendor.card(&message);
    assert!(shown.to_string().contains("rotate **keys**"), "{shown}");
    assert!(shown.to_string().contains("@ann"), "{shown}");
    // Her phone rings: the bot knows the owner's account.
    let mention = &shown["elements"][1]["text"];
    assert_eq!(
        mention,
        &json!({ "tag": "lark_md", "content": "<at id=id-of-ann></at>" })
    );
    let buttons = shown["elements"][2]["actions"].as_array().expect("buttons");
    assert_eq!(buttons.len(), 6, "five acts and a link: {shown}");
    let done = buttons[0]["value"].clone();
    let ticket_id = talk.app.ticket_of(task.id).await;
    assert_eq!(done["key"], format!("ticket:{ticket_id}:done"));

    let answer = async |press: &Value| talk.vendor.answer(&FeishuVendor::id(press)).await;
    for (who, why) in [("stranger-7", "stranger-7"), ("id-of-vic", "")] {
        let press = talk.vendor.press(who, &message, &done);
        let refused = answer(&press).await;
        assert!(refused["card"].is_null(), "{refused}");
        let line = refused["toast"]["content"].as_str().expect("a line");
        assert!(line.contains(why), "{line}");
    }
    assert_eq!(talk.vendor.card(&message), shown);

    let (one, two) = (
        talk.vendor.press("id-of-ann", &message, &done),
        talk.vendor.press("id-of-bob", &message, &done),
    );
    for press in [&one, &two] {
        answer(press).await;
    }
    let history = ticket(&talk.app, ticket_id).await.history;
    let by: Vec<&str> = history
        .iter()
        .filter(|entry| entry.what == "done")
        .map(|entry| entry.who.as_str())
        .collect();
    assert_eq!(by.len(), 1, "{history:?}");
    let shown = talk.vendor.card(&message).to_string();
    assert!(
        shown.contains(by[0]) && !shown.contains("ticket:"),
        "{shown}"
    );

    // What comes again is acknowledged, and nothing happens.
    let id = FeishuVendor::id(&one);
    talk.vendor.deliver(&one, 1);
    talk.vendor
        .until("a second answer", |vendor| vendor.answers(&id).len() == 2)
        .await;
    assert_eq!(talk.vendor.answers(&id)[1], json!(null));
    assert_eq!(ticket(&talk.app, ticket_id).await.history, history);
    talk.vendor.say("id-of-ann", "待办");
    let none = talk.vendor.wait_for(REPLIES, 1).await;
    assert_eq!(words(&none), "You have no open tickets.");
    assert_eq!(talk.vendor.complaints(), Vec::<String>::new());
    talk.bots.stop().await;
}
