//! The faults of a channel's settings, each at its field and in both languages.

use serde_json::json;

use crate::helpers::TestApp;
use crate::helpers::receiver::TOKEN;

#[tokio::test]
async fn a_fault_stands_at_its_field_in_both_languages() {
    let app = TestApp::new().await;
    let url = "http://127.0.0.1:9/x";
    let long: Vec<String> = (0..11).map(|number| format!("X-{number}: y")).collect();
    let people: Vec<String> = (0..51).map(|number| format!("a{number}@b.test")).collect();
    for (body, field, code) in [
        (
            json!({"kind": "telegram", "chat": "1"}),
            "secret",
            "required",
        ),
        (
            json!({"kind": "telegram", "secret": TOKEN}),
            "chat",
            "required",
        ),
        (
            json!({"kind": "telegram", "secret": "x", "chat": "1"}),
            "secret",
            "invalid",
        ),
        (
            json!({"kind": "telegram", "secret": TOKEN, "chat": "ops room"}),
            "chat",
            "invalid",
        ),
        (
            json!({"kind": "dingtalk", "url": url, "secret": "有空格 "}),
            "secret",
            "invalid",
        ),
        (
            json!({"kind": "webhook", "url": url, "secret": "hush"}),
            "secret",
            "invalid",
        ),
        (
            json!({"kind": "webhook", "url": url, "method": "GET"}),
            "method",
            "unknown",
        ),
        (
            json!({"kind": "webhook", "url": url, "headers": ["nonsense"]}),
            "headers",
            "invalid",
        ),
        (
            json!({"kind": "webhook", "url": url, "headers": ["Host: x"]}),
            "headers",
            "reserved",
        ),
        (
            json!({"kind": "webhook", "url": url, "headers": ["A: …"]}),
            "headers",
            "invalid",
        ),
        (
            json!({"kind": "webhook", "url": url, "headers": long}),
            "headers",
            "too_many",
        ),
        (
            json!({"kind": "wecom", "url": url, "secret": "x"}),
            "secret",
            "not_for_kind",
        ),
        (
            json!({"kind": "slack", "url": url, "chat": "1"}),
            "chat",
            "not_for_kind",
        ),
        (
            json!({"kind": "slack", "url": url, "lang": "fr"}),
            "lang",
            "unknown",
        ),
        (
            json!({"kind": "email", "url": "smtp://127.0.0.1", "to": ["a@b.test"]}),
            "from",
            "required",
        ),
        (
            json!({"kind": "email", "url": "smtp://127.0.0.1", "from": "a@b.test"}),
            "to",
            "required",
        ),
        (
            json!({"kind": "email", "url": "smtp://127.0.0.1", "from": "a@b.test", "to": ["no-address"]}),
            "to",
            "invalid",
        ),
        (
            json!({"kind": "email", "url": "smtp://127.0.0.1", "from": "a@b.test", "to": people}),
            "to",
            "too_many",
        ),
        (
            json!({"kind": "email", "url": "https://127.0.0.1", "from": "a@b.test", "to": ["a@b.test"]}),
            "url",
            "not_a_server",
        ),
        (
            json!({"kind": "email", "url": "smtp://u:p@127.0.0.1", "from": "a@b.test", "to": ["a@b.test"]}),
            "url",
            "not_a_server",
        ),
        (
            json!({"kind": "email", "url": "smtp://10.0.0.1", "from": "a@b.test", "to": ["a@b.test"]}),
            "url",
            "refused",
        ),
        (
            json!({"kind": "email", "url": "smtps://127.0.0.1", "tls": "none", "from": "a@b.test", "to": ["a@b.test"]}),
            "tls",
            "contradiction",
        ),
        (
            json!({"kind": "email", "url": "smtp://127.0.0.1", "from": "a@b.test", "to": ["a@b.test"], "user": "u"}),
            "secret",
            "required",
        ),
        (
            json!({"kind": "email", "url": "smtp://127.0.0.1", "from": "a@b.test", "to": ["a@b.test"], "ca": "x"}),
            "ca",
            "invalid",
        ),
        (
            json!({"kind": "email", "url": "smtp://127.0.0.1", "from": "a@b.test", "to": ["a@b.test"], "proxy": "http://127.0.0.1:3128"}),
            "proxy",
            "refused",
        ),
    ] {
        let mut sentences = Vec::new();
        for lang in ["zh", "en"] {
            let admin = app
                .signed_in(
                    &format!("{lang}-{}", server::auth::token::random_id(8)),
                    app::auth::Role::Admin,
                )
                .await
                .with("accept-language", lang);
            let mut body = body.clone();
            body["name"] = json!("c");
            let reply = admin.post("/api/v1/channels", body.clone()).await;
            assert_eq!(reply.status, 422, "{body}: {}", reply.text());
            assert_eq!(
                reply.faults(),
                [(field.to_owned(), code.to_owned())],
                "{body}"
            );
            sentences.push(reply.json()["errors"][0]["message"].clone());
        }
        assert_ne!(sentences[0], sentences[1], "{body}");
    }
}
