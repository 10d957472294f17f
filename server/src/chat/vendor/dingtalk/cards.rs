//! Cards and texts as the vendor takes them.

use serde_json::{Map, Value, json};

use super::super::super::port::CardState;
use crate::template::markdown as markdown_of;
use crate::text::head;

/// A card of the vendor's own, whose parameters hold title, texts and buttons; its client uses it in the same way.
const TEMPLATE: &str = "382e4302-551d-4880-bf29-a30acfab2e71.schema";
/// The parameter `flowStatus` of that card: it is complete.
const COMPLETE: &str = "3";
/// Characters of a card's title, of its text, and of a button's label.
const CARD_MAX: (usize, usize, usize) = (100, 5_000, 20);
/// Buttons of a card.
const BUTTONS_MAX: usize = 6;

/// Lines as the vendor's Markdown keeps them.
pub(super) fn lines(text: &str) -> String {
    text.replace('\n', "  \n")
}

/// A text of a card, in which nothing is markup.
pub(super) fn plain(text: &str) -> String {
    markdown_of(head(text, CARD_MAX.1))
}

/// The parameters of a card, all of which are texts.
pub(super) fn parameters(state: &CardState) -> Value {
    let mut buttons: Vec<Value> = state
        .buttons
        .iter()
        .take(BUTTONS_MAX)
        .enumerate()
        .map(|(index, button)| {
            let color = if index == 0 { "blue" } else { "gray" };
            let text = head(&button.label, CARD_MAX.2);
            json!({ "text": text, "color": color, "id": button.key, "request": true })
        })
        .collect();
    if !state.link.is_empty() && !state.url.is_empty() {
        let (text, url) = (head(&state.link, CARD_MAX.2), &state.url);
        buttons.push(json!({ "text": text, "color": "gray", "url": url, "iosUrl": url }));
    }
    let order = ["msgTitle", "staticMsgContent", "msgContent", "msgButtons"];
    let whole = json!({ "order": order, "msgButtons": buttons });
    json!({
        "flowStatus": COMPLETE,
        "msgTitle": head(&state.title, CARD_MAX.0),
        "staticMsgContent": lines(&plain(&state.text)),
        "msgContent": "",
        "sys_full_json_obj": whole.to_string(),
    })
}

/// The request that creates a card and puts it into a chat; `id` finds it again when a button is pressed.
pub(crate) fn card(id: &str, bot: &str, chat: &str, state: &CardState) -> Value {
    let forward = json!({ "supportForward": false });
    let mut body = json!({
        "cardTemplateId": TEMPLATE,
        "outTrackId": id,
        "callbackType": "STREAM",
        "userIdType": 1,
        "cardData": { "cardParamMap": parameters(state) },
        "imGroupOpenSpaceModel": forward,
        "imRobotOpenSpaceModel": forward,
    });
    if is_group(chat) {
        body["openSpaceId"] = json!(format!("dtv1.card//IM_GROUP.{chat}"));
        body["imGroupOpenDeliverModel"] = json!({ "robotCode": bot });
        if !state.people.is_empty() {
            let people = state.people.iter();
            let people: Map<String, Value> =
                people.map(|(id, name)| (id.clone(), json!(name))).collect();
            body["imGroupOpenDeliverModel"]["atUserIds"] = Value::Object(people);
        }
    } else {
        body["openSpaceId"] = json!(format!("dtv1.card//IM_ROBOT.{chat}"));
        body["imRobotOpenDeliverModel"] = json!({ "spaceType": "IM_ROBOT" });
    }
    json!({ "path": "/v1.0/card/instances/createAndDeliver", "body": body })
}

/// A text in Markdown, to a group or to a person.
pub(crate) fn markdown(bot: &str, chat: &str, title: &str, text: &str) -> Value {
    let parameters = json!({ "title": title, "text": lines(text) }).to_string();
    let mut body = json!({ "robotCode": bot, "msgKey": "sampleMarkdown", "msgParam": parameters });
    let path = if is_group(chat) {
        body["openConversationId"] = json!(chat);
        "/v1.0/robot/groupMessages/send"
    } else {
        body["userIds"] = json!([chat]);
        "/v1.0/robot/oToMessages/batchSend"
    };
    json!({ "path": path, "body": body })
}

/// Whether the ID of a chat is that of a group.
pub(super) fn is_group(chat: &str) -> bool {
    chat.starts_with("cid")
}
