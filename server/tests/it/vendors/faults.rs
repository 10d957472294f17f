//! The faults of a channel's settings, each at its field and in both languages.

use serde_json::{Value, json};

use crate::helpers::TestApp;
use crate::helpers::receiver::TOKEN;

/// A valid channel of a kind, with changes; `null` removes a setting.
fn changed(kind: &str, changes: &Value) -> Value {
    let mut body = match kind {
        "telegram" => json!({"secret": TOKEN, "chat": "1"}),
        "email" => json!({"url": "smtp://127.0.0.1", "from": "a@b.test", "to": ["a@b.test"]}),
        _ => json!({"url": "http://127.0.0.1:9/x"}),
    };
    body["name"] = json!("c");
    body["kind"] = json!(kind);
    let settings = body.as_object_mut().expect("an object");
    for (name, value) in changes.as_object().expect("changes") {
        settings.insert(name.clone(), value.clone());
    }
    settings.retain(|_, value| !value.is_null());
    body
}

#[tokio::test]
async fn a_fault_is_at_its_field_in_both_languages() {
    let app = TestApp::new().await;
    let long: Vec<String> = (0..11).map(|number| format!("X-{number}: y")).collect();
    let people: Vec<String> = (0..51).map(|number| format!("a{number}@b.test")).collect();
    for (kind, changes, field, code) in [
        ("telegram", json!({"secret": null}), "secret", "required"),
        ("telegram", json!({"chat": null}), "chat", "required"),
        ("telegram", json!({"secret": "x"}), "secret", "invalid"),
        ("telegram", json!({"chat": "ops room"}), "chat", "invalid"),
        (
            "dingtalk",
            json!({"secret": "有空格 "}),
            "secret",
            "invalid",
        ),
        ("webhook", json!({"secret": "hush"}), "secret", "invalid"),
        ("webhook", json!({"method": "GET"}), "method", "unknown"),
        (
            "webhook",
            json!({"expect": "x".repeat(255)}),
            "expect",
            "invalid",
        ),
        ("slack", json!({"expect": "ok"}), "expect", "not_for_kind"),
        (
            "webhook",
            json!({"headers": ["nonsense"]}),
            "headers",
            "invalid",
        ),
        (
            "webhook",
            json!({"headers": ["Host: x"]}),
            "headers",
            "reserved",
        ),
        (
            "webhook",
            json!({"headers": ["A: …"]}),
            "headers",
            "invalid",
        ),
        ("webhook", json!({"headers": long}), "headers", "too_many"),
        ("wecom", json!({"secret": "x"}), "secret", "not_for_kind"),
        ("slack", json!({"chat": "1"}), "chat", "not_for_kind"),
        ("slack", json!({"lang": "fr"}), "lang", "unknown"),
        ("email", json!({"from": null}), "from", "required"),
        ("email", json!({"to": null}), "to", "required"),
        ("email", json!({"to": ["no-address"]}), "to", "invalid"),
        ("email", json!({"to": people}), "to", "too_many"),
        (
            "email",
            json!({"url": "https://127.0.0.1"}),
            "url",
            "not_a_server",
        ),
        (
            "email",
            json!({"url": "smtp://u:p@127.0.0.1"}),
            "url",
            "not_a_server",
        ),
        ("email", json!({"url": "smtp://10.0.0.1"}), "url", "refused"),
        (
            "email",
            json!({"url": "smtps://127.0.0.1", "tls": "none"}),
            "tls",
            "contradiction",
        ),
        ("email", json!({"user": "u"}), "secret", "required"),
        ("email", json!({"ca": "x"}), "ca", "invalid"),
        ("webhook", json!({"ca": "x"}), "ca", "invalid"),
        ("wecom", json!({"ca": "x"}), "ca", "not_for_kind"),
        (
            "email",
            json!({"proxy": "http://127.0.0.1:3128"}),
            "proxy",
            "refused",
        ),
    ] {
        let body = changed(kind, &changes);
        let mut sentences = Vec::new();
        for lang in ["zh", "en"] {
            let admin = app
                .signed_in(
                    &format!("{lang}-{}", server::auth::token::random_id(8)),
                    app::auth::Role::Admin,
                )
                .await
                .with("accept-language", lang);
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
