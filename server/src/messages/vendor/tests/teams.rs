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
