//! Webhooks.

use app::channel::Header;

use super::*;
use crate::template::Format;

#[test]
fn a_plain_webhook_gets_all_fields() {
    let hook = render(&to(ChannelKind::Webhook), &item("x", &["ana"]));
    assert_eq!(
        hook.body,
        r#"{"cause":"failed","created_at":"2020-09-06T02:47:53Z","event":"failed","kind":"text","mentions":["ana"],"run_id":null,"task_id":1,"text":"x"}"#
    );
    assert_eq!((hook.method, hook.headers.len()), (Method::POST, 0));
    assert_eq!(hook.url, "https://vendor.test/hook?key=SECRET");
}

#[test]
fn requests_are_signed_after_standard_webhooks() {
    let mut hook = to(ChannelKind::Webhook);
    hook.settings.secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned();
    hook.settings.method = "PUT".to_owned();
    let request = render(&hook, &item("x", &[]));
    let header = |wanted: &str| {
        let is = |(name, _): &&(String, String)| name == wanted;
        request
            .headers
            .iter()
            .find(is)
            .map(|(_, value)| value.as_str())
    };
    assert_eq!(request.method, Method::PUT);
    assert_eq!(header("webhook-id"), Some("msg_3_7"));
    assert_eq!(header("webhook-timestamp"), Some("1599360473"));
    assert_eq!(
        header("webhook-signature"),
        Some("v1,C7PNzdzXBUBxYugEQ+Zpsd458vj1S8AaLnLwppF3xpk=")
    );
}

#[test]
fn the_body_of_a_template_is_what_the_headers_say() {
    let mut hook = to(ChannelKind::Webhook);
    let header = |name: &str, value: &str| Header {
        name: name.to_owned(),
        value: value.to_owned(),
    };
    let made = MessageMeta {
        templated: true,
        ..PLAIN.clone()
    };
    let render = |hook: &Target, made: &MessageMeta| {
        let at = At { made, ..at() };
        match of(hook.kind).render(hook, &item("t: 3", &[]), at) {
            Ok(Outgoing::Http(request)) => request,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(render(&hook, &made).content_type, "application/json");
    assert_eq!(hook.format(), Format::Json);
    for (kind, format) in [
        ("text/plain; charset=utf-8", Format::Text),
        ("application/xml", Format::Text),
        ("application/jsonx", Format::Text),
        ("Application/JSON;charset=utf-8", Format::Json),
        ("application/cloudevents+json", Format::Json),
    ] {
        hook.settings.headers = vec![header("X-Team", "ops"), header("content-type", kind)];
        assert_eq!(hook.format(), format, "{kind}");
        let request = render(&hook, &made);
        assert_eq!(
            (request.content_type.as_str(), request.body.as_str()),
            (kind, "t: 3")
        );
        // Not twice, and what is not made by a template is JSON.
        assert_eq!(request.headers, [("X-Team".to_owned(), "ops".to_owned())]);
        assert_eq!(render(&hook, &PLAIN).content_type, "application/json");
    }
    let mut slack = to(ChannelKind::Slack);
    slack.settings.headers = vec![header("content-type", "text/xml")];
    assert_eq!(slack.content_type(), None);
}

fn answered(words: &str, expected: &str) -> &'static str {
    let answer = Answer {
        expected: expected.to_owned(),
        ..answer(200, words)
    };
    verdict(of(ChannelKind::Webhook).verdict(answer))
}

#[test]
fn a_page_for_a_browser_is_no_acceptance() {
    for (words, wanted) in [
        ("", "accepted"),
        ("ok", "accepted"),
        ("{}", "accepted"),
        ("<response>taken</response>", "accepted"),
        ("\n<!DOCTYPE html><title>Sign in</title>", "again"),
        ("<HTML><body>It works!</body></HTML>", "again"),
    ] {
        assert_eq!(answered(words, ""), wanted, "{words}");
    }
}

#[test]
fn an_answer_holds_what_the_channel_expects() {
    for (words, expected, wanted) in [
        ("it is queued", "queued", "accepted"),
        ("", "queued", "again"),
        ("<html>queued</html>", "queued", "accepted"),
        (
            r#"{ "code" : 0, "more": [1] }"#,
            r#"{"code":0}"#,
            "accepted",
        ),
        (r#"{"code":40001}"#, r#"{"code":0}"#, "again"),
        (r#"{"code":"0"}"#, r#"{"code":0}"#, "again"),
        (r#"{"a":{"b":1,"c":2}}"#, r#"{"a":{"b":1}}"#, "accepted"),
        (r#"{"a":1}"#, r#"{"a":{"b":1}}"#, "again"),
        (r#"[{"code":0}]"#, r#"{"code":0}"#, "again"),
        ("<html>{\"code\":0}</html>", r#"{"code":0}"#, "again"),
        // No object: as it stands.
        ("[1, 2]", "[1,2]", "again"),
    ] {
        assert_eq!(answered(words, expected), wanted, "{words} {expected}");
    }
}
