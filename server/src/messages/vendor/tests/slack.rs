//! Slack.

use super::*;

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
