//! Telegram.

use super::*;

#[test]
fn replies_are_final_unless_they_pass() {
    for (status, words, wanted) in [
        (200, r#"{"ok":true,"result":{}}"#, "accepted"),
        (
            400,
            r#"{"ok":false,"error_code":400,"description":"chat not found"}"#,
            "never",
        ),
        (
            200,
            r#"{"ok":false,"error_code":403,"description":"kicked"}"#,
            "never",
        ),
        (
            429,
            r#"{"ok":false,"error_code":429,"parameters":{"retry_after":5}}"#,
            "pace",
        ),
        (200, "<html>", "again"),
        (502, "<html>", "again"),
    ] {
        gives(ChannelKind::Telegram, status, words, wanted);
    }
}

#[test]
fn people_are_mentioned() {
    let body = json(&to(ChannelKind::Telegram), &item("x", &["@ana", "bo"]));
    assert_eq!(body["text"], "x\n@ana @bo");
}

#[test]
fn no_text_of_a_task_mentions() {
    let body = json(
        &to(ChannelKind::Telegram),
        &item("@all (@bo) to ana@example.com", &["ana"]),
    );
    assert_eq!(
        body["text"],
        "@\u{2060}all (@\u{2060}bo) to ana@example.com\n@ana"
    );
    assert!(body["parse_mode"].is_null());
}

#[test]
fn the_token_is_not_shown() {
    let telegram = render(&to(ChannelKind::Telegram), &item("x", &[]));
    assert!(
        telegram
            .url
            .ends_with("/bot123:ABCDEFGHIJKLMNOPQRSTUVWX/sendMessage")
    );
    assert_eq!(telegram.shown, "https://api.telegram.org/bot…/sendMessage");
}
