//! The chain: every change of the log that was made past the product is found, and what the product does is none.

use app::auth::Role;
use chrono::TimeDelta;
use serde_json::{Value, json};
use server::audit::AuditChain;
use server::clock::Clock;

use super::super::helpers::database::mysql_server;
use super::super::helpers::{Browser, TestApp, at};
use super::seal;

/// An installation with a log of twelve sealed entries of the test and those before them, and an administrator.
async fn sealed() -> (TestApp, Browser) {
    let app = TestApp::new().await;
    let admin = app.signed_in("boss", Role::Admin).await;
    for slots in 1..=12 {
        let put = Some(json!({"slots": slots}));
        admin.call("PUT", "/api/v1/pools/db", put).await.expect(200);
    }
    seal(&app).await;
    assert_eq!(check(&admin, "").await["finding"], Value::Null);
    (app, admin)
}

async fn check(admin: &Browser, query: &str) -> Value {
    let checked = admin.get(&format!("/api/v1/audit/verify?{query}")).await;
    checked.expect(200)
}

async fn fault(admin: &Browser) -> Value {
    check(admin, "").await["finding"]["fault"].clone()
}

fn chain(app: &TestApp) -> AuditChain {
    let (store, sealer) = (&app.components.store, &app.components.sealer);
    AuditChain::new(store.clone(), sealer.clone())
}

#[tokio::test]
async fn every_entry_is_sealed_once_in_the_order_of_its_number() {
    let (app, admin) = sealed().await;
    let places = "SELECT seq FROM audit ORDER BY id";
    let seqs = app.place.database.integers(places).await;
    let expected: Vec<i64> = (1..).take(seqs.len()).collect();
    assert_eq!(seqs, expected);
    let checked = check(&admin, "").await;
    assert_eq!(checked["checked"], json!(seqs.len()));
    assert_eq!(
        (&checked["next"], &checked["unsealed"]),
        (&Value::Null, &json!(false))
    );
    admin
        .call("PUT", "/api/v1/pools/db", Some(json!({"slots": 99})))
        .await
        .expect(200);
    assert_eq!(check(&admin, "").await["unsealed"], json!(true));
    // Nothing to seal is nothing written.
    seal(&app).await;
    let head = check(&admin, "").await["head"].clone();
    seal(&app).await;
    assert_eq!(check(&admin, "").await["head"], head);
}

#[tokio::test]
async fn an_entry_that_was_changed_moved_or_removed_is_found() {
    let text =
        |column: &str, value: &str| format!("UPDATE audit SET {column} = {value} WHERE seq = 5");
    let later = match mysql_server() {
        Some(_) => "'2026-11-22 08:00:01'",
        None => "'2026-11-22T08:00:01+00:00'",
    };
    let swap = [
        "UPDATE audit SET seq = -1 WHERE seq = 5",
        "UPDATE audit SET seq = 5 WHERE seq = 6",
        "UPDATE audit SET seq = 6 WHERE seq = -1",
    ];
    let last = "SELECT MAX(seq) FROM audit";
    for (tampering, expected) in [
        (vec![text("who", "'someone'")], "changed"),
        (vec![text("client", "'10.0.0.1'")], "changed"),
        (vec![text("detail", "'x'")], "changed"),
        (vec![text("outcome", "'refused'")], "changed"),
        (vec![text("changes", "NULL")], "changed"),
        (vec![text("object_id", "77")], "changed"),
        (vec![text("at", later)], "changed"),
        (swap.map(str::to_owned).to_vec(), "changed"),
        (vec!["DELETE FROM audit WHERE seq = 5".to_owned()], "missing"),
        (vec!["DELETE FROM audit WHERE seq = 1".to_owned()], "missing"),
        (vec!["DELETE FROM audit WHERE seq > 7".to_owned()], "truncated"),
        (
            vec![
                "DELETE FROM audit WHERE seq > 7".to_owned(),
                "UPDATE audit_chain SET seq = 7, mac = (SELECT mac FROM audit WHERE seq = 7)".to_owned(),
            ],
            "head",
        ),
        (
            vec![
                "UPDATE audit_chain SET cut_seq = 5, cut_mac = (SELECT mac FROM audit WHERE seq = 5)".to_owned(),
                "DELETE FROM audit WHERE seq <= 5".to_owned(),
            ],
            "checkpoint",
        ),
        (vec!["UPDATE audit_chain SET key_sealed = 'x'".to_owned()], "key"),
    ] {
        let (app, admin) = sealed().await;
        assert!(app.place.database.count(last).await > 12);
        for statement in &tampering {
            app.place.database.execute(statement).await;
        }
        assert_eq!(fault(&admin).await, json!(expected), "{tampering:?}");
        let said = check(&admin, "").await["finding"]["message"].clone();
        assert!(said.as_str().is_some_and(|said| !said.is_empty()));
    }
}

#[tokio::test]
async fn a_noted_head_shows_that_the_log_was_rolled_back() {
    let (app, admin) = sealed().await;
    let before = "SELECT CONCAT_WS(' ', mac, signature) FROM audit_chain";
    let old = app.place.database.rows(before).await[0].clone();
    let (mac, signature) = old.split_once(' ').expect("two codes");
    let seq = app
        .place
        .database
        .count("SELECT seq FROM audit_chain")
        .await;
    admin
        .call("PUT", "/api/v1/pools/db", Some(json!({"slots": 99})))
        .await
        .expect(200);
    seal(&app).await;
    let noted = check(&admin, "").await["head"]
        .as_str()
        .expect("a head")
        .to_owned();
    assert_eq!(
        check(&admin, &format!("head={noted}")).await["finding"],
        Value::Null
    );
    // An earlier state of the whole log is put back, with its own signature.
    let back =
        format!("UPDATE audit_chain SET seq = {seq}, mac = '{mac}', signature = '{signature}'");
    app.place.database.execute(&back).await;
    let gone = format!("DELETE FROM audit WHERE seq > {seq}");
    app.place.database.execute(&gone).await;
    assert_eq!(fault(&admin).await, Value::Null);
    let finding = check(&admin, &format!("head={noted}")).await["finding"]["fault"].clone();
    assert_eq!(finding, json!("noted"));
    let wrong = admin.get("/api/v1/audit/verify?head=12").await;
    assert_eq!(wrong.faults(), [("head".to_owned(), "invalid".to_owned())]);
}

#[tokio::test]
async fn retention_leaves_a_signed_checkpoint_and_deletes_nothing_that_is_not_sealed() {
    let (app, _) = sealed().await;
    let all = app.place.database.count("SELECT COUNT(*) FROM audit").await;
    // Entries of another day, sealed; and one that is not sealed.
    app.clock.advance(TimeDelta::days(40));
    let admin = app.signed_in("second", Role::Admin).await;
    seal(&app).await;
    let before = at("2026-11-23T00:00:00Z");
    let deleted = chain(&app).cut(before, 5).await.expect("deleted");
    assert_eq!(deleted, 5);
    let checked = check(&admin, "").await;
    assert_eq!(
        (&checked["finding"], &checked["deleted_until"]),
        (&Value::Null, &json!(5))
    );
    let mut total = deleted;
    loop {
        match chain(&app).cut(before, 200).await.expect("deleted") {
            0 => break,
            more => total += more,
        }
    }
    assert_eq!(i64::try_from(total), Ok(all));
    assert_eq!(fault(&admin).await, Value::Null);
    // One more than retention has deleted.
    let more = format!("DELETE FROM audit WHERE seq = {}", all + 1);
    app.place.database.execute(&more).await;
    assert_eq!(fault(&admin).await, json!("missing"));
}

#[tokio::test]
async fn servers_that_seal_at_the_same_time_make_one_chain() {
    let (app, admin) = sealed().await;
    let mut sealing = Vec::new();
    for slots in 1..=60 {
        let put = Some(json!({"slots": slots}));
        admin.call("PUT", "/api/v1/pools/db", put).await.expect(200);
        let (chain, now) = (chain(&app), app.clock.now());
        sealing.push(tokio::spawn(async move { chain.seal(10, now).await }));
    }
    for one in sealing {
        one.await.expect("no panic").expect("sealed");
    }
    seal(&app).await;
    let checked = check(&admin, "").await;
    assert_eq!(checked["finding"], Value::Null, "{checked}");
    let all = app.place.database.count("SELECT COUNT(*) FROM audit").await;
    assert_eq!(checked["checked"], json!(all));
}

#[tokio::test]
async fn the_chain_goes_on_with_another_key_of_the_server() {
    let (app, admin) = sealed().await;
    app.service.check_key().await.expect("the key");
    // No server with the old key may be up.
    app.place
        .database
        .execute("UPDATE node SET stopped_at = heartbeat_at")
        .await;
    let rotated = app.service.rotate_key(&app.console()).await;
    assert!(rotated.expect("rotated").resealed >= 1);
    assert_eq!(fault(&admin).await, Value::Null);
    seal(&app).await;
    let checked = check(&admin, "").await;
    assert_eq!(
        (&checked["finding"], &checked["unsealed"]),
        (&Value::Null, &json!(false))
    );
}
