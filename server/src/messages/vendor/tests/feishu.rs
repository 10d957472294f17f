//! Feishu.

use super::*;

#[test]
fn codes_are_final_unless_they_pass() {
    for (code, wanted) in [
        (0, "accepted"),
        (11_232, "pace"),
        (230_020, "pace"),
        (9499, "never"),
        (19_001, "never"),
        (19_021, "never"),
        (19_022, "never"),
        (19_024, "never"),
        (7, "again"),
    ] {
        let words = format!(r#"{{"code":{code},"msg":"x","data":{{}}}}"#);
        gives(ChannelKind::Feishu, 200, &words, wanted);
    }
    for (status, words, wanted) in [
        (
            200,
            r#"{"StatusCode":0,"StatusMessage":"success"}"#,
            "accepted",
        ),
        (200, r#"{"code":9499,"msg":"too many request"}"#, "pace"),
        (400, r#"{"code":19021,"msg":"sign match fail"}"#, "never"),
        (429, r#"{"code":99991400,"msg":"x"}"#, "pace"),
        (500, r#"{"code":0}"#, "again"),
    ] {
        gives(ChannelKind::Feishu, status, words, wanted);
    }
}

#[test]
fn people_are_mentioned_and_output_mentions_no_one() {
    let body = json(
        &to(ChannelKind::Feishu),
        &item("a\nb", &["ou_1", "13800138000", "所有人"]),
    );
    assert_eq!(
        body["content"]["post"]["zh_cn"]["content"],
        serde_json::json!([
            [{"tag": "text", "text": "a"}],
            [{"tag": "text", "text": "b"}],
            [
                {"tag": "at", "user_id": "ou_1"},
                {"tag": "text", "text": "@13800138000 "},
                {"tag": "at", "user_id": "all"},
            ],
        ])
    );
    let body = json(&to(ChannelKind::Feishu), &item("a", &[]));
    assert_eq!(body["content"]["text"], "a");
    // Output that would mention everybody is text.
    let body = json(&to(ChannelKind::Feishu), &item("<AT user_id=\"all\">", &[]));
    assert_eq!(body["msg_type"], "post");
}

#[test]
fn requests_are_signed() {
    let mut feishu = to(ChannelKind::Feishu);
    feishu.settings.secret = "Ma0BP4kqW7tDwZ".to_owned();
    let request = render(&feishu, &item("x", &[]));
    let body: Value = serde_json::from_str(&request.body).expect("JSON");
    assert_eq!(body["timestamp"], "1599360473");
    assert_eq!(body["sign"], "CyJSJMc/25Izp37jUOT5RzSPwgq6gRWo/8g5zicgKzk=");
    assert_eq!(
        request.hidden,
        ["CyJSJMc/25Izp37jUOT5RzSPwgq6gRWo/8g5zicgKzk="]
    );
}
