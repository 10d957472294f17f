//! Secrets: created, granted, changed and revoked, and never revealed again.

mod cli;
mod grants;
mod rotation;

use app::auth::Role;
use app::i18n::Lang;
use serde_json::{Value, json};
use server::store::SealedSecret;

use super::helpers::{Browser, TestApp, draft};

/// What must be found nowhere.
const VALUE: &str = "hunter2-Zebra-密码";

async fn admin(app: &TestApp) -> Browser {
    app.signed_in("ada", Role::Admin).await
}

/// Everything that the database holds in text.
async fn all_text(app: &TestApp) -> String {
    let mut all = String::new();
    for query in [
        "SELECT CONCAT_WS(' ', name, note, value_sealed) FROM secret",
        "SELECT CONCAT_WS(' ', who, via, action, detail) FROM audit",
        "SELECT CONCAT_WS(' ', name, command, execution) FROM task",
        "SELECT body FROM message",
    ] {
        all.push_str(&app.place.database.rows(query).await.join("\n"));
    }
    all
}

#[tokio::test]
async fn a_value_goes_in_and_never_comes_out() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let task = app.add(draft("backup", "0 0 1 1 *", "true")).await.id;
    let body =
        json!({"name": "DB_PASSWORD", "value": VALUE, "note": "main db", "tasks": ["backup"]});
    let made = admin.post("/api/v1/secrets", body).await;
    assert!(!made.text().contains(VALUE));
    let made = made.expect(201);
    assert_eq!(
        (&made["name"], &made["note"], &made["tasks"]),
        (
            &json!("DB_PASSWORD"),
            &json!("main db"),
            &json!([{"id": task.0, "name": "backup"}])
        )
    );
    let path = format!("/api/v1/secrets/{}", made["id"]);
    let other = format!("{VALUE}2");
    let mut shown = String::new();
    for reply in [
        admin.get("/api/v1/secrets").await,
        admin.get(&path).await,
        admin.get(&format!("/api/v1/tasks/{task}/secrets")).await,
        admin.get(&format!("/api/v1/tasks/{task}")).await,
        admin.open("/admin/secrets").await,
        admin.open("/admin/secrets?edit=1").await,
        admin.open(&format!("/tasks/{task}")).await,
        admin
            .call("PATCH", &path, Some(json!({"value": other})))
            .await,
        admin
            .call("PATCH", &path, Some(json!({"value": 31337_31337_u64})))
            .await,
        admin
            .call("PUT", &path, Some(json!({"value": [VALUE], "name": VALUE})))
            .await,
        admin
            .call("PATCH", &path, Some(json!({VALUE: VALUE})))
            .await,
        admin
            .call(
                "POST",
                "/api/v1/secrets",
                Some(json!({"name": "A-B", "value": VALUE})),
            )
            .await,
        admin
            .call(
                "POST",
                "/api/v1/secrets",
                Some(json!({"name": "DB_PASSWORD", "value": VALUE})),
            )
            .await,
        admin
            .submit("/admin/secrets", &[("name", "a b"), ("value", VALUE)])
            .await,
    ] {
        assert!(reply.status < 500, "{}", reply.text());
        shown.push_str(&reply.text());
    }
    assert!(shown.contains("DB_PASSWORD"));
    shown.push_str(&all_text(&app).await);
    for hidden in [VALUE, "hunter2", "3133731337"] {
        assert!(!shown.contains(hidden), "{hidden} is revealed");
    }
    // What is stored opens at its own place only.
    let granted = app
        .components
        .store
        .granted_to(task)
        .await
        .expect("secrets");
    let [secret] = granted.as_slice() else {
        panic!("{granted:?}");
    };
    assert_eq!(secret.name, "DB_PASSWORD");
    let open = |place: &str| app.components.sealer.open(place, &secret.sealed);
    assert_eq!(
        open(&SealedSecret::place(secret.id)).expect("it opens"),
        other
    );
    assert!(open("secret:999").is_err());
    assert!(!format!("{granted:?}").contains(&secret.sealed));
}

#[tokio::test]
async fn only_administrators_come_near_them() {
    let app = TestApp::new().await;
    let administrator = admin(&app).await;
    app.add(draft("t", "0 0 1 1 *", "true")).await;
    let draft = json!({"name": "TOKEN", "value": "abcdef", "tasks": ["#1"]});
    administrator
        .post("/api/v1/secrets", draft.clone())
        .await
        .expect(201);
    let calls: [(&str, &str, Option<&Value>); 6] = [
        ("GET", "/api/v1/secrets", None),
        ("GET", "/api/v1/secrets/1", None),
        ("POST", "/api/v1/secrets", Some(&draft)),
        ("PUT", "/api/v1/secrets/1", Some(&draft)),
        ("PATCH", "/api/v1/secrets/1", Some(&draft)),
        ("DELETE", "/api/v1/secrets/1", None),
    ];
    let stranger = app.browser();
    stranger.get("/api/v1/secrets").await.expect(401);
    for role in [Role::Viewer, Role::Operator, Role::Editor] {
        let person = app.signed_in(role.as_str(), role).await;
        for (method, path, body) in calls {
            let reply = person.call(method, path, body.cloned()).await;
            // A body that is not right is not read before the right to send it.
            let refused = reply.status == 403 || (method == "PATCH" && reply.status == 422);
            assert!(refused, "{role:?} {method} {path}: {}", reply.text());
            assert!(!reply.text().contains("TOKEN"), "{role:?} {method} {path}");
        }
        let page = person.open("/admin/secrets").await;
        assert_eq!(page.status, 403, "{role:?}");
        assert!(!page.text().contains("TOKEN"));
        let form = [("name", "X"), ("value", "abcdef")];
        assert_eq!(person.submit("/admin/secrets", &form).await.status, 403);
        let names = person.get("/api/v1/tasks/1/secrets").await;
        if role == Role::Editor {
            assert_eq!(names.expect(200)["items"], json!(["TOKEN"]));
        } else {
            names.expect(403);
        }
    }
    let left = administrator.get("/api/v1/secrets").await.expect(200);
    assert_eq!(left["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn what_cannot_be_a_secret_is_refused_at_its_field() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let long = "x".repeat(32 * 1024 + 1);
    let note = "n".repeat(201);
    for (draft, field, code) in [
        (json!({"name": "lower", "value": "abcd"}), "name", "invalid"),
        (json!({"name": "PATH", "value": "abcd"}), "name", "invalid"),
        (
            json!({"name": "LD_PRELOAD", "value": "abcd"}),
            "name",
            "invalid",
        ),
        (
            json!({"name": "JCRONTAB_X", "value": "abcd"}),
            "name",
            "invalid",
        ),
        (json!({"name": "X", "value": ""}), "value", "required"),
        (json!({"name": "X", "value": "abc"}), "value", "too_short"),
        (json!({"name": "X", "value": "     "}), "value", "too_short"),
        (json!({"name": "X", "value": long}), "value", "too_long"),
        (json!({"name": "X", "value": "ab\0cd"}), "value", "invalid"),
        (
            json!({"name": "X", "value": "abcd", "note": note}),
            "note",
            "invalid",
        ),
        (
            json!({"name": "X", "value": "abcd", "tasks": ["nobody"]}),
            "tasks",
            "unknown",
        ),
        (
            json!({"name": "X", "value": "abcd", "tasks": ["7"]}),
            "tasks",
            "unknown",
        ),
    ] {
        let reply = admin.post("/api/v1/secrets", draft).await;
        assert_eq!(reply.status, 422, "{}", reply.text());
        assert_eq!(reply.faults(), [(field.to_owned(), code.to_owned())]);
    }
    assert_eq!(
        app.place
            .database
            .count("SELECT COUNT(*) FROM secret")
            .await,
        0
    );
    let reply = admin
        .post(
            "/api/v1/secrets",
            json!({"name": "X", "value": "abcd", "tasks": ["没有"]}),
        )
        .await;
    assert!(reply.text().contains("没有"), "it is named");
    // Shortest and longest.
    for (name, value) in [("SHORT", "密码"), ("LONG", &long[1..])] {
        let draft = json!({"name": name, "value": value});
        admin.post("/api/v1/secrets", draft).await.expect(201);
    }
    let taken = admin
        .post("/api/v1/secrets", json!({"name": "SHORT", "value": "abcd"}))
        .await;
    assert_eq!(taken.faults(), [("name".to_owned(), "taken".to_owned())]);
    assert_eq!(taken.expect(409)["code"], "secret.name_taken");
    let renamed = admin
        .call("PUT", "/api/v1/secrets/1", Some(json!({"name": "OTHER"})))
        .await;
    assert_eq!(renamed.faults(), [("name".to_owned(), "fixed".to_owned())]);
    for call in ["GET", "DELETE"] {
        admin
            .call(call, "/api/v1/secrets/99", None)
            .await
            .expect(404);
    }
    admin.get("/api/v1/tasks/99/secrets").await.expect(404);
}

#[tokio::test]
async fn the_form_works_without_a_script_and_gives_no_value_back() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let task = app.add(draft("备份, 每天", "0 0 1 1 *", "true")).await.id;
    let faulty = [
        ("name", "SSH_KEY"),
        ("value", "multi\r\nline-value\r\n"),
        ("note", "deploy"),
        ("tasks", "备份, 每天\r\nnobody"),
    ];
    let reply = admin.submit("/admin/secrets", &faulty).await;
    assert_eq!(reply.status, 422);
    let page = reply.text();
    for kept in ["SSH_KEY", "deploy", "nobody", "备份, 每天"] {
        assert!(page.contains(kept), "{kept}");
    }
    assert!(!page.contains("line-value"));
    let mut right = faulty;
    right[3].1 = "备份, 每天\r\n";
    let reply = admin.submit("/admin/secrets", &right).await;
    assert_eq!(
        (reply.status, reply.header("location")),
        (303, "/admin/secrets")
    );
    let value = async || {
        let granted = app
            .components
            .store
            .granted_to(task)
            .await
            .expect("secrets");
        let place = SealedSecret::place(granted[0].id);
        app.components
            .sealer
            .open(&place, &granted[0].sealed)
            .expect("it opens")
    };
    assert_eq!(
        value().await,
        "multi\nline-value\n",
        "lines end as programs know it"
    );
    // The form for changing it holds the task as a line that comes back as it is.
    let page = admin.open("/admin/secrets?edit=1").await.text();
    assert!(page.contains(&format!("#{task} 备份, 每天")), "{page}");
    let line = format!("#{task} 备份, 每天");
    let change = [
        ("id", "1"),
        ("version", "1"),
        ("name", "SSH_KEY"),
        ("value", ""),
        ("note", "new"),
        ("tasks", &line),
    ];
    assert_eq!(admin.submit("/admin/secrets", &change).await.status, 303);
    assert_eq!(
        value().await,
        "multi\nline-value\n",
        "an empty value keeps it"
    );
    let listed = admin.get("/api/v1/secrets/1").await.expect(200);
    assert_eq!(
        (&listed["note"], &listed["tasks"][0]["id"]),
        (&json!("new"), &json!(task.0))
    );
    let gone = [("id", "99"), ("name", "SSH_KEY"), ("value", "abcd")];
    assert_eq!(admin.submit("/admin/secrets", &gone).await.status, 404);
    let version = listed["version"].to_string();
    assert_eq!(
        admin
            .submit("/fn/secret_delete", &[("id", "1"), ("version", &version)])
            .await
            .status,
        302
    );
    assert_eq!(
        app.place
            .database
            .count("SELECT COUNT(*) FROM secret_grant")
            .await,
        0
    );
    for (lang, words) in [
        (Lang::Zh, "密码不要写进命令"),
        (Lang::En, "Do not put passwords into commands"),
    ] {
        admin.put_cookie("jcrontab_lang", lang.tag());
        assert!(admin.open("/admin/secrets").await.text().contains(words));
    }
}
