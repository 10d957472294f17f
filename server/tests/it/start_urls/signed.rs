//! Signatures of requests.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use server::clock::Clock;

use super::super::helpers::{Reply, TestApp, draft};
use super::{JSON, asking, created, post};

fn mac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).expect("a key");
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

#[tokio::test]
async fn signed_requests_are_accepted_once_and_others_not() {
    let app = TestApp::new().await;
    let task = app.add(asking(&app)).await.id;
    let (path, secret) = created(&app, task, json!({"name": "hub", "signed": true})).await;
    let secret = secret.expect("a secret");
    let stored = app
        .place
        .database
        .rows("SELECT secret_sealed FROM start_url")
        .await;
    assert!(!stored[0].contains(&secret), "{stored:?}");
    let program = app.browser();
    let refused = |reply: Reply| assert_eq!(reply.expect(401)["code"], "start_url.signature");
    refused(post(&program, &path, "", b"", &[]).await);

    let key = STANDARD.decode(secret.strip_prefix("whsec_").expect("a mark"));
    let key = key.expect("base64");
    let body = br#"{"parameters": {"CITY": "x"}}"#;
    let sign = |id: &str, at: i64, body: &[u8]| {
        let head = format!("{id}.{at}.");
        let tag = mac(&key, &[head.as_bytes(), body].concat());
        format!("v1,{}", STANDARD.encode(tag))
    };
    let now = app.clock.now().timestamp();
    for (at, signed) in [(now - 301, &body[..]), (now + 301, body), (now, b"{}")] {
        let (sign, time) = (sign("msg_1", at, signed), at.to_string());
        let headers = [
            ("webhook-id", "msg_1"),
            ("webhook-timestamp", time.as_str()),
            ("webhook-signature", sign.as_str()),
        ];
        refused(post(&program, &path, JSON, body, &headers).await);
    }
    assert_eq!(app.runs(task).await, []);
    let (sign, time) = (sign("msg_1", now, body), now.to_string());
    let headers = [
        ("webhook-id", "msg_1"),
        ("webhook-timestamp", time.as_str()),
        ("webhook-signature", sign.as_str()),
    ];
    let first = post(&program, &path, JSON, body, &headers)
        .await
        .expect(202);
    // The sender did not see the answer and sends it again.
    let again = post(&program, &path, JSON, body, &headers).await;
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(again.json()["run_id"], first["run_id"]);
    assert_eq!(app.runs(task).await.len(), 1);

    let id = first["run_id"].as_i64().expect("an id");
    app.ended(app::id::RunId(id)).await;

    // GitHub signs the body alone, with the secret as it is typed.
    let tag = mac(secret.as_bytes(), body);
    let tag: String = tag.iter().map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("sha256={tag}");
    let headers = [("x-hub-signature-256", tag.as_str())];
    post(&program, &path, JSON, body, &headers)
        .await
        .expect(202);
    refused(post(&program, &path, JSON, b"{}", &headers).await);
}

#[tokio::test]
async fn signing_secrets_follow_a_new_key() {
    let app = TestApp::new().await;
    let task = app.add(draft("t", "0 0 1 1 *", "true")).await.id;
    let (path, secret) = created(&app, task, json!({"name": "hub", "signed": true})).await;
    app.components
        .store
        .stop_node(&app.me.id, app.clock.now())
        .await
        .expect("stopped");
    app.service.check_key().await.expect("a check value");
    let rotated = app
        .service
        .rotate_key(&app.console())
        .await
        .expect("a new key");
    assert_eq!(rotated.resealed, 1);
    // The key is changed while the server is stopped: a signature that is right gets as far as that.
    let secret = secret.expect("a secret");
    let tag: String = mac(secret.as_bytes(), b"")
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let tag = format!("sha256={tag}");
    let program = app.browser();
    for (body, status, code) in [
        (&b""[..], 503, "server.out_of_step"),
        (b"other", 401, "start_url.signature"),
    ] {
        let headers = [("x-hub-signature-256", tag.as_str())];
        let reply = post(&program, &path, "", body, &headers).await;
        assert_eq!(reply.expect(status)["code"], code);
    }
}
