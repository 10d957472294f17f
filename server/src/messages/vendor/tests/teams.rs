//! Teams.

use super::*;

#[test]
fn replies_are_final_unless_they_pass() {
    for (status, words, wanted) in [
        (202, "", "accepted"),
        (200, "1", "accepted"),
        (
            200,
            "delivery failed: Teams endpoint returned HTTP error 429 with ContextId",
            "pace",
        ),
        (
            200,
            "delivery failed: Teams endpoint returned HTTP error 413 with ContextId",
            "never",
        ),
        (200, "<html>", "again"),
        (400, "bad card", "never"),
    ] {
        gives(ChannelKind::Teams, status, words, wanted);
    }
}

#[test]
fn people_are_mentioned() {
    let body = json(
        &to(ChannelKind::Teams),
        &item("x", &["ana@example.com", "bo"]),
    );
    let card = &body["attachments"][0]["content"];
    assert_eq!(
        card["msteams"]["entities"][0]["mentioned"]["id"],
        "ana@example.com"
    );
    assert_eq!(card["body"][1]["inlines"][0]["text"], "@bo");
    assert_eq!(card["body"][2]["text"], "<at>ana@example.com</at>");
}

#[test]
fn a_button_opens_the_page_of_the_message() {
    let made = MessageMeta {
        url: "https://cron.example.com/runs/7".to_owned(),
        ..MessageMeta::default()
    };
    let body = |text: &str, lang: Lang| {
        let at = At {
            made: &made,
            lang,
            ..at()
        };
        let sent = of(ChannelKind::Teams).render(&to(ChannelKind::Teams), &item(text, &[]), at);
        match sent {
            Ok(Outgoing::Http(request)) => request.body,
            other => panic!("{other:?}"),
        }
    };
    let short: Value = serde_json::from_str(&body("x", Lang::En)).expect("JSON");
    assert_eq!(
        short["attachments"][0]["content"]["actions"],
        serde_json::json!([{
            "type": "Action.OpenUrl", "title": "Details", "url": "https://cron.example.com/runs/7",
        }])
    );
    // It stays where the text is cut.
    let long = body(&"长".repeat(60_000), Lang::Zh);
    assert!(
        long.len() <= 28_000 && long.contains("查看详情"),
        "{}",
        long.len()
    );
    // Without a page there is no button, which would be refused.
    let body = json(&to(ChannelKind::Teams), &item("x", &[]));
    assert_eq!(body["attachments"][0]["content"].get("actions"), None);
}
