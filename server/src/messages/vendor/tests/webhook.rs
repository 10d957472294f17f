//! Webhooks.

use super::*;

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
