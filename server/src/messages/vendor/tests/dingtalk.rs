//! DingTalk.

use super::*;

#[test]
fn codes_are_final_unless_they_pass() {
    for (code, wanted) in [
        (0, "accepted"),
        (-1, "again"),
        (130_101, "pace"),
        (410_100, "pace"),
        (90_018, "pace"),
        (90_030, "pace"),
        (310_000, "never"),
        (300_001, "never"),
        (400_101, "never"),
        (40_035, "never"),
        (43_004, "never"),
        (460_101, "never"),
        (7, "again"),
    ] {
        let words = format!(r#"{{"errcode":{code},"errmsg":"x"}}"#);
        gives(ChannelKind::Dingtalk, 200, &words, wanted);
    }
}

#[test]
fn people_are_mentioned() {
    let body = json(
        &to(ChannelKind::Dingtalk),
        &item("x", &["ana", "13800138000", "@all"]),
    );
    assert_eq!(
        body["at"],
        serde_json::json!({"atMobiles": ["13800138000"], "atUserIds": ["ana"], "isAtAll": true})
    );
    assert_eq!(body["text"]["content"], "x\n@13800138000 @ana");
}

#[test]
fn requests_are_signed_and_show_nothing_secret() {
    let mut ding = to(ChannelKind::Dingtalk);
    ding.settings.secret = "SEC0123456789abcdef".to_owned();
    let request = render(&ding, &item("x", &[]));
    // By Python 3: urllib.parse.quote_plus(base64.b64encode(hmac.new(SECRET, b"1599360473000\n" + SECRET,
    // hashlib.sha256).digest())).
    assert!(
        request.url.ends_with(
            "&timestamp=1599360473000&sign=aKqBjoyC%2BNYhkgqBYxW0ACXynJFx9Q2eLA%2BQ9FLxhBY%3D"
        ),
        "{}",
        request.url
    );
    assert_eq!(request.shown, "https://vendor.test/…");
}

/// What an application's robot is answered: its messages have a key, its cards a result.
#[test]
fn a_robot_of_an_application_was_heard_only_where_dingtalk_says_so() {
    for (words, wanted) in [
        (r#"{"processQueryKey":"q"}"#, "accepted"),
        (
            r#"{"processQueryKey":"q","invalidStaffIdList":[],"flowControlledStaffIdList":[]}"#,
            "accepted",
        ),
        (
            r#"{"processQueryKey":"q","invalidStaffIdList":["ana"]}"#,
            "never",
        ),
        (
            r#"{"processQueryKey":"q","flowControlledStaffIdList":["ana"]}"#,
            "pace",
        ),
        (
            r#"{"success":true,"result":{"deliverResults":[{"success":true}]}}"#,
            "accepted",
        ),
        (
            r#"{"success":true,"result":{"deliverResults":[{"success":false}]}}"#,
            "never",
        ),
    ] {
        gives(ChannelKind::DingtalkBot, 200, words, wanted);
    }
}
