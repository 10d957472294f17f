//! Rules through the API, the pages and the terminal.

use app::auth::Role;
use serde_json::json;

use super::super::helpers::place::Place;
use super::super::helpers::program::jcrontab;
use super::super::helpers::{TestApp, draft};
use super::channel;

#[tokio::test]
async fn the_api_adds_changes_and_removes_rules() {
    let app = TestApp::new().await;
    let ops = channel(&app, "ops").await;
    let task = app.add(draft("t", "0 0 1 1 *", "true")).await.id;
    let admin = app.signed_in("root", Role::Admin).await;
    let body = json!({
        "scope": "tag", "tag": "prod", "channel_id": ops, "events": ["lost", "failed"],
        "throttle": "10m", "quiet_from": "22:00", "quiet_until": "08:00", "failures": "*/3",
    });
    let made = admin.post("/api/v1/rules", body).await;
    assert_eq!(made.header("etag"), "\"1\"");
    let made = made.expect(201);
    assert_eq!(made["events"], json!(["failed", "lost"]));
    assert_eq!(made["channel"], "ops");
    let path = format!("/api/v1/rules/{}", made["id"]);
    let listed = admin.get("/api/v1/rules").await.expect(200);
    assert_eq!(listed["items"], json!([made]));
    let of_task = format!("/api/v1/rules?task={task}");
    assert_eq!(admin.get(&of_task).await.expect(200)["items"], json!([]));

    let patched = admin.call(
        "PATCH",
        &path,
        Some(json!({"throttle": "", "enabled": false})),
    );
    let patched = patched.await;
    assert_eq!(patched.header("etag"), "\"2\"");
    let patched = patched.expect(200);
    assert_eq!(
        (&patched["throttle"], &patched["failures"]),
        (&json!(""), &json!("*/3"))
    );
    let outdated = app.browser().with("if-match", "\"1\"");
    outdated.put_cookie(
        "jcrontab_session",
        &admin.cookie("jcrontab_session").expect("one"),
    );
    let refused = outdated
        .call("PATCH", &path, Some(json!({"enabled": true})))
        .await;
    assert_eq!(refused.expect(409)["code"], "rule.outdated");
    let refused = outdated.call("DELETE", &path, None).await;
    assert_eq!(refused.expect(409)["code"], "rule.outdated");

    for (patch, field) in [
        (json!({"channel_id": 4711}), "channel_id"),
        (json!({"quiet_calendar": "none"}), "quiet_calendar"),
        (json!({"quiet_zone": "Mars/Olympus"}), "quiet_zone"),
        (json!({"scope": "task", "task_id": 4711}), "task_id"),
        (json!({"events": ["digest"]}), "events"),
    ] {
        let refused = admin.call("PATCH", &path, Some(patch)).await;
        assert_eq!(refused.status, 422, "{}", refused.text());
        assert_eq!(refused.faults()[0].0, field);
    }
    let misspelt = admin
        .call("PATCH", &path, Some(json!({"throtle": "1h"})))
        .await;
    assert_eq!(misspelt.faults()[0].1, "unknown_field");
    admin.call("DELETE", &path, None).await.expect(204);
    admin.get(&path).await.expect(404);

    let rule = json!({"scope": "task", "task_id": task, "channel_id": ops, "events": ["failed"]});
    for _ in 0..app::rule::OF_TASK_MAX {
        admin.post("/api/v1/rules", rule.clone()).await.expect(201);
    }
    let refused = admin.post("/api/v1/rules", rule).await.expect(409);
    assert_eq!(refused["code"], "rule.too_many");
    let explain = format!("/api/v1/tasks/{task}/messages/explain");
    let explained = admin.get(&explain).await.expect(200);
    let failed = explained["items"].as_array().expect("a list");
    let failed = failed
        .iter()
        .find(|one| one["event"] == "failed")
        .expect("it");
    assert_eq!(
        failed["routes"].as_array().map(Vec::len),
        Some(1),
        "{failed}"
    );
    assert_eq!(failed["routes"][0]["verdict"], "sent");
    assert_eq!(failed["routes"][0]["scope"], "task");
}

#[tokio::test]
async fn the_page_adds_rules_and_shows_faults_at_their_fields() {
    let app = TestApp::new().await;
    let ops = channel(&app, "ops").await;
    let task = app.add(draft("billing", "0 0 1 1 *", "true")).await.id;
    let admin = app.signed_in("root", Role::Admin).await;
    let empty = admin.open("/rules").await;
    assert_eq!(empty.status, 200);
    let id = ops.to_string();
    let wrong = [
        ("scope", "tag"),
        ("value", ""),
        ("channel_id", id.as_str()),
        ("quiet_from", "25:00"),
    ];
    let refused = admin.submit("/rules", &wrong).await;
    assert_eq!(refused.status, 422);
    let page = refused.text();
    assert!(
        page.contains("id=\"value-fault\"") && page.contains("value=\"25:00\""),
        "{page}"
    );
    let right = [
        ("scope", "tag"),
        ("value", "prod"),
        ("channel_id", id.as_str()),
        ("events", "failed"),
        ("events", "lost"),
        ("action", "send"),
        ("enabled", "true"),
        ("name", "night <b>shift</b>"),
    ];
    let made = admin.submit("/rules", &right).await;
    assert_eq!((made.status, made.header("location")), (303, "/rules"));
    let page = admin.open("/rules").await.text();
    assert!(
        page.contains("night &lt;b&gt;shift") && page.contains("prod"),
        "{page}"
    );
    assert!(
        admin
            .open("/admin/channels")
            .await
            .text()
            .contains("href=\"/rules\"")
    );

    // An editor sets the rules of a task, and sees what it sends on its page.
    let editor = app.signed_in("ed", Role::Editor).await;
    let (value, place) = (task.to_string(), format!("/rules?task={task}"));
    assert!(editor.open(&place).await.text().contains("billing"));
    let of_task = [
        ("scope", "task"),
        ("value", value.as_str()),
        ("channel_id", id.as_str()),
        ("events", "failed"),
        ("action", "send"),
        ("enabled", "true"),
    ];
    // A task that does not exist, and what is no ID, stay as entered.
    for wrong in ["4711", "backup"] {
        let mut fields = of_task;
        fields[1].1 = wrong;
        let refused = admin.submit("/rules", &fields).await;
        assert_eq!(refused.status, 422, "{wrong}: {}", refused.text());
        let page = refused.text();
        assert!(page.contains(&format!("value=\"{wrong}\"")), "{page}");
    }
    let made = editor.submit("/rules", &of_task).await;
    assert_eq!(
        (made.status, made.header("location")),
        (303, place.as_str())
    );
    let refused = editor.submit("/rules", &right).await;
    assert_eq!(refused.status, 403, "{}", refused.text());
    let page = editor.open(&format!("/tasks/{task}")).await.text();
    assert!(page.contains(&place) && page.contains("ops"), "{page}");

    // Two people change it: the second is shown what the first has changed, and may read it again.
    let mut first = of_task.to_vec();
    first.extend([("id", "2"), ("version", "1"), ("throttle", "10m")]);
    assert_eq!(editor.submit("/rules", &first).await.status, 303);
    first.retain(|(name, _)| *name != "throttle");
    let refused = editor.submit("/rules", &first).await;
    assert_eq!(refused.status, 409);
    let page = refused.text();
    assert!(page.contains("与你填写的不同：限频"), "{page}");
    let again = format!("href=\"/rules?task={task}&amp;edit=2#change\"");
    assert!(page.contains(&again) && page.contains("重新读取"), "{page}");
    assert!(page.contains("name=\"version\" value=\"2\""), "{page}");
}

#[tokio::test]
async fn the_terminal_adds_lists_explains_and_deletes_rules() {
    let place = Place::new().await;
    let run = async |arguments: &[&str]| {
        let ended = jcrontab(&place, arguments).await;
        assert_eq!(
            (ended.code, ended.err.as_str()),
            (0, ""),
            "{arguments:?}: {ended:?}"
        );
        ended
    };
    for name in ["ops", "night"] {
        let url = [
            "channel",
            "add",
            name,
            "--kind",
            "webhook",
            "--url",
            "https://example.com/",
        ];
        run(&url).await;
    }
    run(&[
        "rule",
        "add",
        "--tag",
        "prod",
        "--channel",
        "ops",
        "--event",
        "failed,lost",
        "--throttle",
        "30m",
        "--quiet",
        "22:00-08:00",
        "--quiet-calendar",
        "cn",
        "--urgent",
    ])
    .await;
    let task = run(&[
        "task",
        "add",
        "billing",
        "--cron",
        "0 0 1 1 *",
        "--command",
        "true",
        "--tag",
        "prod",
        "--notify",
        "night:failed",
        "--json",
    ])
    .await;
    let id = task.json()["id"].to_string();
    let listed = run(&["rule", "list"]).await.out;
    assert!(
        listed.contains("tag:prod") && listed.contains("failed,lost"),
        "{listed}"
    );
    let own = run(&["rule", "list", "--task", "billing", "--json"])
        .await
        .json();
    assert_eq!(own["items"][0]["channel"], "night");
    let why = run(&["task", "messages", "billing", "--explain"]).await.out;
    assert!(why.contains("night") && why.contains("ops"), "{why}");
    let changed = run(&["rule", "edit", "1", "--throttle", "", "--off", "--json"])
        .await
        .json();
    assert_eq!(
        (&changed["throttle"], &changed["enabled"]),
        (&json!(""), &json!(false))
    );
    run(&["task", "messages", &id]).await;
    run(&["rule", "delete", "1", "--yes"]).await;
    for wrong in [
        &["rule", "add", "--channel", "ops", "--event", "failed"][..],
        &[
            "rule",
            "add",
            "--all",
            "--channel",
            "ops",
            "--event",
            "failed",
            "--quiet",
            "22",
        ],
        &["rule", "edit", "2"],
        &[
            "task",
            "add",
            "x",
            "--cron",
            "0 0 1 1 *",
            "--command",
            "true",
            "--notify",
            "ops:none",
        ],
    ] {
        jcrontab(&place, wrong).await.refused(2);
    }
    let both = ["rule", "add", "--all", "--tag", "x", "--channel", "ops"];
    jcrontab(&place, &both).await.refused_lines(2);
    let none = jcrontab(&place, &["task", "show", "x"]).await;
    none.refused(3);
}

#[tokio::test]
async fn a_rule_without_effect_is_refused_at_its_field_and_not_offered() {
    let app = TestApp::new().await;
    let ops = channel(&app, "ops").await;
    let task = app.add(draft("t", "0 0 1 1 *", "true")).await.id;
    let admin = app.signed_in("root", Role::Admin).await;
    let base = |more: serde_json::Value| {
        let mut body = json!({"scope": "all", "channel_id": ops, "events": ["failed"]});
        let fields = body.as_object_mut().expect("an object");
        fields.extend(more.as_object().expect("fields").clone());
        body
    };
    for (body, field) in [
        (json!({"events": ["server_dead"]}), "events"),
        (json!({"scope": "system"}), "events"),
        (
            json!({"scope": "task", "task_id": task, "events": ["failed", "disk_low"]}),
            "events",
        ),
        (json!({"events": ["started"], "failures": "3"}), "failures"),
        (json!({"action": "mute", "throttle": "5m"}), "throttle"),
        (json!({"quiet_calendar": "cn"}), "quiet_calendar"),
        (json!({"tag": "prod"}), "tag"),
        (json!({"task_id": task}), "task_id"),
    ] {
        let refused = admin.post("/api/v1/rules", base(body)).await;
        assert_eq!(refused.status, 422, "{}", refused.text());
        assert_eq!(refused.faults()[0].0, field, "{}", refused.text());
    }
    let tagged = base(json!({"scope": "tag", "tag": "prod"}));
    let rule = admin.post("/api/v1/rules", tagged).await.expect(201);
    let path = format!("/api/v1/rules/{}", rule["id"]);
    let moved = admin.call("PATCH", &path, Some(json!({"scope": "all"})));
    let moved = moved.await.expect(200);
    assert_eq!(moved["tag"], "", "the old scope is left behind");

    let form = admin.open(&format!("/rules?task={task}")).await.text();
    assert!(form.contains(r#"value="failed""#), "{form}");
    assert!(!form.contains(r#"value="server_dead""#), "{form}");
    let shared = admin.open("/rules").await.text();
    assert!(shared.contains(r#"value="server_dead""#), "{shared}");
    let to = ops.to_string();
    let fields = [
        ("scope", "all"),
        ("value", "prod"),
        ("events", "failed"),
        ("channel_id", to.as_str()),
    ];
    let refused = admin.submit("/rules", &fields).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.text().contains("与所选范围不符"),
        "{}",
        refused.text()
    );
}

#[tokio::test]
async fn rules_for_the_system_are_explained_with_every_task() {
    let app = TestApp::new().await;
    let ops = channel(&app, "ops").await;
    let task = app.add(draft("t", "0 0 1 1 *", "true")).await.id;
    let admin = app.signed_in("root", Role::Admin).await;
    let rule = json!({"scope": "system", "channel_id": ops, "events": ["server_dead"]});
    let rule = admin.post("/api/v1/rules", rule).await.expect(201);
    let path = format!("/api/v1/tasks/{task}/messages/explain");
    let explained = admin.get(&path).await.expect(200);
    let of = |event: &str| {
        let all = explained["items"].as_array().expect("a list");
        let found = all.iter().find(|one| one["event"] == event);
        found.expect("the event")["routes"].clone()
    };
    assert_eq!(of("server_dead")[0]["rule_id"], rule["id"]);
    assert_eq!(of("server_dead")[0]["verdict"], "sent");
    assert_eq!(of("disk_low"), json!([]));
    let page = admin.open(&format!("/tasks/{task}")).await.text();
    assert!(!page.contains("任务已暂停：不按计划执行"), "{page}");
    let pause = format!("/api/v1/tasks/{task}/pause");
    admin.post(&pause, json!({})).await;
    let page = admin.open(&format!("/tasks/{task}")).await.text();
    assert!(page.contains("任务已暂停：不按计划执行"), "{page}");
}
