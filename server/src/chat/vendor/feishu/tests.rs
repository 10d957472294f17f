//! What frames mean, and what is sent.

use app::channel::ChannelKind;
use app::i18n::Lang;

use super::envelope::Header;
use super::*;
use crate::chat::Button;
use crate::outbound::Egress;

fn feishu() -> Feishu {
    let account = Account {
        kind: ChannelKind::FeishuBot,
        url: SERVER.to_owned(),
        bot: "cli_1".to_owned(),
        secret: "S3CRET".to_owned(),
        way: Egress::Server,
        lang: Some(Lang::Zh),
    };
    Feishu::new(ChannelId(3), account)
}

fn envelope(headers: &[(&str, &str)], payload: &[u8]) -> Envelope {
    let header = |(key, value): &(&str, &str)| Header {
        key: (*key).to_owned(),
        value: (*value).to_owned(),
    };
    Envelope {
        seq_id: 7,
        service: 33,
        method: DATA,
        headers: headers.iter().map(header).collect(),
        payload: Some(payload.to_vec()),
        ..Envelope::default()
    }
}

fn hear(kind: &str, event: &Value) -> FrameEvent {
    let event = json!({ "schema": "2.0", "header": { "event_id": "e", "event_type": kind },
        "event": event })
    .to_string();
    let headers = [
        ("type", "event"),
        ("message_id", "m"),
        ("sum", "1"),
        ("seq", "0"),
    ];
    let frame = envelope(&headers, event.as_bytes()).encode_to_vec();
    feishu().read(&Frame::Binary(frame))
}

fn sent(frame: &Frame) -> (Envelope, Value) {
    let Frame::Binary(bytes) = frame else {
        panic!("{frame:?}");
    };
    let envelope = Envelope::decode(bytes.as_slice()).expect("a frame");
    let payload = envelope.payload.clone().expect("a payload");
    let payload: Value = serde_json::from_slice(&payload).expect("JSON");
    assert_eq!(payload["code"], 200);
    let data = payload["data"].as_str().map(|data| {
        let data = STANDARD.decode(data).expect("base64");
        serde_json::from_slice(&data).expect("JSON")
    });
    (envelope, data.unwrap_or_default())
}

#[test]
fn a_text_is_read_without_the_mention_of_the_bot() {
    let event = json!({ "sender": { "sender_id": { "open_id": "ou_ann" } },
        "message": { "message_id": "om_1", "chat_id": "oc_1", "message_type": "text",
            "content": json!({ "text": "@_user_1 待办" }).to_string(),
            "mentions": [{ "key": "@_user_1", "name": "bot" }] } });
    let heard = hear("im.message.receive_v1", &event);
    let FrameEvent::Said(said, ticket) = heard else {
        panic!("{heard:?}");
    };
    assert_eq!(
        (said.person.as_str(), said.text.as_str()),
        ("ou_ann", "待办")
    );
    assert_eq!((said.chat.as_str(), said.event.as_str()), ("oc_1", "e"));
    assert_eq!(ticket.reply_to, "om_1");
    let (back, _) = sent(&feishu().receipt(&ticket).expect("a receipt"));
    assert_eq!(
        (back.seq_id, back.service, back.header("message_id")),
        (7, 33, "m")
    );
    let mut unmentioned = event;
    unmentioned["message"]["chat_type"] = json!("group");
    unmentioned["message"]["mentions"] = json!([]);
    let heard = hear("im.message.receive_v1", &unmentioned);
    assert!(matches!(heard, FrameEvent::Echo(_)), "{heard:?}");
    let picture = json!({ "message": { "message_type": "image" } });
    assert!(matches!(
        hear("im.message.receive_v1", &picture),
        FrameEvent::Echo(_)
    ));
    assert!(matches!(hear("other", &json!({})), FrameEvent::Echo(_)));
}

#[test]
fn a_press_changes_the_card_for_all_or_shows_one_person_a_line() {
    let event = json!({ "operator": { "open_id": "ou_ann" },
        "action": { "tag": "button", "value": { "key": "ticket:7:done", "card": "c" } } });
    let heard = hear("card.action.trigger", &event);
    let FrameEvent::Press(press, ticket) = heard else {
        panic!("{heard:?}");
    };
    assert_eq!(
        (press.person.as_str(), press.key.as_str()),
        ("ou_ann", "ticket:7:done")
    );
    assert_eq!((press.card.as_str(), press.event.as_str()), ("c", "e"));
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
    let (_, data) = sent(&feishu().card(&ticket, &state));
    let card = &data["card"]["data"];
    assert_eq!(
        (&data["card"]["type"], &card["config"]["update_multi"]),
        (&json!("raw"), &json!(true))
    );
    assert_eq!(card["elements"][0]["text"]["content"], "a\nb");
    let buttons = &card["elements"][1]["actions"];
    assert_eq!(
        buttons[0]["value"],
        json!({ "key": "ticket:7:done", "card": "c" })
    );
    assert_eq!(buttons[1]["url"], "http://cron.test");
    state.seen_by = SeenBy::Presser;
    let (_, data) = sent(&feishu().card(&ticket, &state));
    assert_eq!(
        data,
        json!({ "toast": { "type": "error", "content": "backup a b" } })
    );
}

#[test]
fn nonsense_means_nothing() {
    for bytes in [
        vec![],
        vec![0xff; 40],
        b"{}".to_vec(),
        envelope(&[("type", "event")], b"{").encode_to_vec(),
        envelope(&[("type", "card"), ("sum", "1"), ("seq", "0")], b"{}").encode_to_vec(),
    ] {
        let heard = feishu().read(&Frame::Binary(bytes.clone()));
        assert!(matches!(heard, FrameEvent::Nothing), "{bytes:?} {heard:?}");
    }
    assert!(matches!(
        feishu().read(&Frame::Text("{}".to_owned())),
        FrameEvent::Nothing
    ));
    let half = envelope(&[("type", "event"), ("message_id", "m")], b"x").encode_to_vec();
    let cut = Frame::Binary(half[..half.len() - 1].to_vec());
    assert!(matches!(feishu().read(&cut), FrameEvent::Nothing));
}

#[test]
fn receivers_are_known_by_their_ids() {
    for (chat, kind) in [
        ("oc_1", "chat_id"),
        ("ou_1", "open_id"),
        ("on_1", "union_id"),
        ("ann@example.com", "email"),
        ("ann", "user_id"),
    ] {
        let body = card("c", chat, &CardState::default());
        let path = body["path"].as_str().expect("a path");
        assert!(path.ends_with(&format!("receive_id_type={kind}")), "{path}");
        assert_eq!(body["body"]["receive_id"], chat);
    }
}
