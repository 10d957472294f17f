//! Slack.

use super::*;

#[test]
fn nothing_in_a_text_is_formatting() {
    let body = json(
        &to(ChannelKind::Slack),
        &item("*x* _u_ `c` <!channel>", &["U012ABCDEF"]),
    );
    assert_eq!(body["mrkdwn"], false);
    assert_eq!(body["text"], "*x* _u_ `c` &lt;!channel&gt;\n<@U012ABCDEF>");
}

#[test]
fn replies_are_final_unless_they_pass() {
    for (status, words, wanted) in [
        (200, "ok", "accepted"),
        (200, "<html>", "again"),
        (400, "invalid_payload", "never"),
        (403, "action_prohibited", "never"),
        (404, "no_service", "never"),
        (410, "channel_is_archived", "never"),
        (429, "rate_limited", "pace"),
        (500, "rollup_error", "again"),
    ] {
        gives(ChannelKind::Slack, status, words, wanted);
    }
}
