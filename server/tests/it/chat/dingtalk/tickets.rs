//! Tickets in a chat of DingTalk: what everybody sees, what one person sees, and each act once.

use app::auth::Role;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::super::tickets::{notify, urged_in};
use super::{CARDS, REPLIES, Talk};
use crate::helpers::dingtalk_bot::Mood;
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
    let card = talk.vendor.wait_for(CARDS, 1).await;
    let id = card["outTrackId"].as_str().expect("an ID");
    let shown = talk.vendor.card(id);
    let title = shown["msgTitle"].as_str().expect("a title");
    assert!(title.contains("rotate"), "{shown}");
    assert!(shown.to_string().contains("@ann"), "{shown}");
    // Her phone rings: the bot knows the owner's account.
    let mentions = &card["imGroupOpenDeliverModel"]["atUserIds"];
    assert_eq!(mentions, &json!({ "id-of-ann": "ann" }));
    let ticket_id = talk.app.ticket_of(task.id).await;
    let key = |word: &str| format!("ticket:{ticket_id}:{word}");

    let own = |answer: &Value| {
        let own = &answer["response"]["userPrivateData"]["cardParamMap"]["msgContent"];
        own.as_str().expect("a line").to_owned()
    };
    for (who, why) in [("stranger-7", "stranger-7"), ("id-of-vic", "")] {
        let refused = talk.vendor.press(who, id, &key("done"));
        let refused = talk.vendor.answer(&refused).await;
        assert!(refused["response"]["cardData"].is_null(), "{refused}");
        assert!(
            !own(&refused).is_empty() && own(&refused).contains(why),
            "{refused}"
        );
    }
    assert_eq!(
        talk.vendor.card(id),
        shown,
        "nothing has changed for the others"
    );

    let (one, two) = (
        talk.vendor.press("id-of-ann", id, &key("done")),
        talk.vendor.press("id-of-bob", id, &key("done")),
    );
    for press in [&one, &two] {
        talk.vendor.answer(press).await;
    }
    let history = ticket(&talk.app, ticket_id).await.history;
    let by: Vec<&str> = history
        .iter()
        .filter(|entry| entry.what == "done")
        .map(|entry| entry.who.as_str())
        .collect();
    assert_eq!(by.len(), 1, "{history:?}");
    let shown = talk.vendor.card(id);
    let text = shown["staticMsgContent"].as_str().expect("a text");
    assert!(text.contains(by[0]), "{shown}");
    let layout = shown["sys_full_json_obj"].as_str().expect("a layout");
    assert!(!layout.contains("ticket:"), "no button is left: {layout}");

    // Unanswered frames are delivered again: the answer is empty, and nothing happens.
    talk.vendor.deliver(&one);
    let frame = one["headers"]["messageId"].as_str().expect("an ID");
    talk.vendor
        .until("a second answer", |vendor| vendor.answers(frame).len() == 2)
        .await;
    assert_eq!(talk.vendor.answers(frame)[1], json!({ "response": {} }));
    assert_eq!(ticket(&talk.app, ticket_id).await.history, history);

    talk.vendor.say("id-of-ann", "待办");
    let none = talk.vendor.wait_for(REPLIES, 1).await;
    assert_eq!(none["markdown"]["text"], "You have no open tickets.");
    let said = talk.vendor.say("id-of-ann", "help");
    talk.vendor.wait_for(REPLIES, 2).await;
    // The vendor takes no answer of ours for one: it repeats the text.
    talk.vendor.deliver(&said);
    talk.vendor.say("id-of-ann", "待办");
    talk.vendor.wait_for(REPLIES, 3).await;
    assert_eq!(
        talk.vendor.bodies(REPLIES)[2]["markdown"]["text"],
        "You have no open tickets.",
        "the repeated text is not answered again"
    );
    assert_eq!(talk.vendor.complaints(), Vec::<String>::new());
    talk.bots.stop().await;
}

#[tokio::test]
async fn a_card_whose_mentions_are_refused_is_sent_without_them() {
    let mut talk = Talk::start().await;
    talk.person("ann", Role::Operator).await;
    urged_in(&talk.app, &talk.channel, "rotate keys", "ann").await;
    notify(&talk.app).await;
    talk.vendor.mood(Mood::Strangers);
    let ten_minutes = TimeDelta::minutes(10);
    talk.bots.later(&talk.app, &talk.channel, ten_minutes).await;
    look(&talk.app).await;
    let plain = talk.vendor.wait_for(CARDS, 2).await;
    let mentioned = talk.vendor.bodies(CARDS).remove(0);
    let of = |card: &Value| card["imGroupOpenDeliverModel"]["atUserIds"].clone();
    assert_eq!(
        (of(&mentioned), of(&plain)),
        (json!({ "id-of-ann": "ann" }), Value::Null)
    );
    assert_ne!(mentioned["outTrackId"], plain["outTrackId"]);
    let sent = "SELECT COUNT(*) FROM message WHERE state = 'sent' AND attempts = 1";
    talk.app
        .until("a message that was sent once", async || {
            (talk.app.place.database.count(sent).await > 0).then_some(())
        })
        .await;
    assert_eq!(talk.vendor.bodies(CARDS).len(), 2);
    assert_eq!(talk.vendor.complaints(), Vec::<String>::new());
    talk.bots.stop().await;
}
