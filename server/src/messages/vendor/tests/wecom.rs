//! WeCom.

use super::*;

#[test]
fn codes_are_final_unless_they_pass() {
    for (code, wanted) in [
        (0, "accepted"),
        (-1, "again"),
        (6000, "again"),
        (45009, "pace"),
        (45033, "pace"),
        (93000, "never"),
        (93004, "never"),
        (93008, "never"),
        (40001, "never"),
        (40008, "never"),
        (40035, "never"),
        (40058, "never"),
        (41001, "never"),
        (44004, "never"),
        (45002, "never"),
        (48002, "never"),
        (60020, "never"),
        (301_019, "never"),
        (7, "again"),
    ] {
        let words = format!(r#"{{"errcode":{code},"errmsg":"x"}}"#);
        gives(ChannelKind::Wecom, 200, &words, wanted);
    }
}

#[test]
fn a_text_names_people_by_user_and_by_mobile() {
    let wecom = render(
        &to(ChannelKind::Wecom),
        &item("短", &["ana", "+86 138 0013 8000"]),
    );
    assert_eq!(
        wecom.body,
        r#"{"msgtype":"text","text":{"content":"短","mentioned_list":["ana"],"mentioned_mobile_list":["13800138000"]}}"#
    );
}

/// What is no ID would be dropped from the list: it is shown.
#[test]
fn a_name_that_is_no_id_is_shown() {
    let people = ["张三", "@ana", "所有人", "no body", "<@bo>"];
    let request = render(&to(ChannelKind::Wecom), &item("短", &people));
    let body: Value = serde_json::from_str(&request.body).expect("JSON");
    assert_eq!(body["text"]["content"], "短\n@张三 @no body @＜@bo>");
    let listed = serde_json::json!(["ana", "@all"]);
    assert_eq!(body["text"]["mentioned_list"], listed);
    let names = vec!["名字".repeat(40); 30];
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let request = render(&to(ChannelKind::Wecom), &item(&"长".repeat(2_000), &names));
    assert!(wecom_bytes(&request) <= 2048);
}

#[test]
fn no_text_of_a_task_mentions() {
    let request = render(
        &to(ChannelKind::Wecom),
        &item("<@all> a<@bo>b <b> @bo", &["ana"]),
    );
    let body: Value = serde_json::from_str(&request.body).expect("JSON");
    assert_eq!(body["text"]["content"], "＜@all> a＜@bo>b <b> @bo");
    assert_eq!(body["text"]["mentioned_list"][0], "ana");
    let long = format!("{}{}", "x".repeat(2_040), "<@all>".repeat(100));
    let request = render(&to(ChannelKind::Wecom), &item(&long, &[]));
    assert!(wecom_bytes(&request) <= 2048 && !request.body.contains("<@"));
}
