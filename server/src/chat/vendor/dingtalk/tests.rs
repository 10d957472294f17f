//! What frames mean, and what is sent.

use app::channel::ChannelKind;
use app::i18n::Lang;

use super::*;
use crate::chat::Button;
use crate::outbound::Egress;

fn dingtalk() -> Dingtalk {
    let account = Account {
        kind: ChannelKind::DingtalkBot,
        url: format!("{SERVER}/"),
        bot: "ding1".to_owned(),
        secret: "S3CRET".to_owned(),
        way: Egress::Server,
        lang: Some(Lang::Zh),
    };
    Dingtalk::new(ChannelId(3), account)
}

fn hear(kind: &str, topic: &str, data: &Value) -> FrameEvent {
    let frame = json!({ "specVersion": "1.0", "type": kind, "data": data.to_string(),
        "headers": { "topic": topic, "messageId": "m" } });
    dingtalk().read(&Frame::Text(frame.to_string()))
}

fn sent(frame: &Frame) -> (Value, Value) {
    let Frame::Text(text) = frame else {
        panic!("{frame:?}");
    };
    let frame: Value = serde_json::from_str(text).expect("JSON");
    let data = frame["data"].as_str().expect("a text").to_owned();
    (frame, serde_json::from_str(&data).expect("JSON"))
}

#[test]
fn texts_are_read_from_groups_and_from_people() {
    for (data, chat, words) in [
        (
            json!({ "conversationType": "2", "conversationId": "cid1", "senderStaffId": "ann",
                "msgId": "e", "msgtype": "text", "text": { "content": " 待办 " } }),
            "cid1",
            "待办",
        ),
        (
            json!({ "conversationType": "1", "conversationId": "cid2", "senderStaffId": "ann",
                "msgId": "e", "msgtype": "richText",
                "content": { "richText": [{ "text": "状态 " }, { "downloadCode": "x" }, { "text": "备份" }] } }),
            "ann",
            "状态 备份",
        ),
        (
            json!({ "conversationType": "1", "senderId": "$:x", "msgId": "e", "msgtype": "audio",
                "content": { "recognition": "帮助" } }),
            "$:x",
            "帮助",
        ),
    ] {
        let heard = hear("CALLBACK", TEXTS, &data);
        let FrameEvent::Said(said, ticket) = heard else {
            panic!("{heard:?}");
        };
        assert_eq!((said.chat.as_str(), said.text.as_str()), (chat, words));
        assert_eq!((said.event.as_str(), ticket.request.as_str()), ("e", "m"));
    }
    let picture = json!({ "conversationType": "1", "msgId": "e", "msgtype": "picture" });
    assert!(matches!(
        hear("CALLBACK", TEXTS, &picture),
        FrameEvent::Echo(_)
    ));
}

#[test]
fn a_press_is_read_and_its_answer_changes_the_card_for_all_or_adds_a_line_for_one() {
    let content = json!({ "cardPrivateData": { "actionIds": ["ticket:7:done"], "params": {} } });
    let data = json!({ "userId": "ann", "outTrackId": "card", "content": content.to_string() });
    let heard = hear("CALLBACK", PRESSES, &data);
    let FrameEvent::Press(press, ticket) = heard else {
        panic!("{heard:?}");
    };
    assert_eq!(
        (press.person.as_str(), press.key.as_str()),
        ("ann", "ticket:7:done")
    );
    assert_eq!((press.card.as_str(), press.event.as_str()), ("card", "m"));

    let mut state = CardState {
        title: "backup".to_owned(),
        text: "a\nb".to_owned(),
        url: "http://cron.test".to_owned(),
        link: "详情".to_owned(),
        buttons: vec![Button {
            label: "完成".to_owned(),
            key: "ticket:7:done".to_owned(),
        }],
        ..CardState::default()
    };
    let (frame, data) = sent(&dingtalk().card(&ticket, &state));
    assert_eq!(
        (frame["code"].as_i64(), &frame["headers"]["messageId"]),
        (Some(200), &json!("m"))
    );
    let shown = &data["response"]["cardData"]["cardParamMap"];
    assert_eq!(shown["staticMsgContent"], "a  \nb");
    let whole = shown["sys_full_json_obj"].as_str().expect("a text");
    let whole: Value = serde_json::from_str(whole).expect("JSON");
    assert_eq!(whole["msgButtons"][0]["id"], "ticket:7:done");
    assert_eq!(whole["msgButtons"][1]["url"], "http://cron.test");
    assert!(
        shown
            .as_object()
            .expect("an object")
            .values()
            .all(Value::is_string)
    );

    state.seen_by = SeenBy::Presser;
    let (_, data) = sent(&dingtalk().card(&ticket, &state));
    assert!(data["response"]["cardData"].is_null());
    let own = &data["response"]["userPrivateData"]["cardParamMap"];
    assert_eq!(own, &json!({ "msgContent": "backup  \na  \nb" }));
}

#[test]
fn the_vendors_own_frames_are_answered() {
    let ping = json!({ "type": "SYSTEM", "headers": { "topic": "ping", "messageId": "p" },
        "data": "{\"opaque\":\"1\"}" });
    let FrameEvent::Echo(Frame::Text(text)) = dingtalk().read(&Frame::Text(ping.to_string()))
    else {
        panic!("no answer");
    };
    assert!(
        text.contains(r#""{\"opaque\":\"1\"}""#) && text.contains("200"),
        "{text}"
    );
    assert!(matches!(
        hear("SYSTEM", "disconnect", &json!({})),
        FrameEvent::Later(_)
    ));
    assert!(matches!(
        hear("SYSTEM", "REGISTERED", &json!({})),
        FrameEvent::Nothing
    ));
    let FrameEvent::Echo(frame) = hear("EVENT", "*", &json!({})) else {
        panic!("no answer");
    };
    assert_eq!(sent(&frame).1["status"], "SUCCESS");
    assert!(matches!(dingtalk().read(&Frame::Pong), FrameEvent::Alive));
}

#[test]
fn nonsense_means_nothing() {
    for text in [
        "",
        "{",
        "[]",
        "null",
        r#"{"type":"CALLBACK"}"#,
        r#"{"type":7}"#,
    ] {
        let heard = dingtalk().read(&Frame::Text(text.to_owned()));
        assert!(matches!(heard, FrameEvent::Nothing), "{text}");
    }
    let heard = hear("CALLBACK", PRESSES, &json!({ "content": "{" }));
    assert!(matches!(heard, FrameEvent::Press(press, _) if press.key.is_empty()));
}

#[test]
fn a_group_and_a_person_have_addresses_of_their_own() {
    let state = CardState::default();
    let group = card("id", "ding1", "cidA==", &state);
    assert_eq!(group["body"]["openSpaceId"], "dtv1.card//IM_GROUP.cidA==");
    assert_eq!(
        group["body"]["imGroupOpenDeliverModel"]["robotCode"],
        "ding1"
    );
    let person = card("id", "ding1", "ann", &state);
    assert_eq!(person["body"]["openSpaceId"], "dtv1.card//IM_ROBOT.ann");
    let text = markdown("ding1", "ann", "t", "a\nb");
    assert_eq!(text["path"], "/v1.0/robot/oToMessages/batchSend");
    assert_eq!(text["body"]["userIds"], json!(["ann"]));
    let text = markdown("ding1", "cidA==", "t", "a\nb");
    assert_eq!(text["body"]["openConversationId"], "cidA==");
}
