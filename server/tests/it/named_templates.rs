//! Templates with names, which rules choose.

use app::auth::Role;
use app::channel::{ChannelKind, NAMED_TEMPLATES_MAX};
use app::id::{ChannelId, TaskId};
use app::task::TaskDraft;
use serde_json::{Value, json};

use super::helpers::browser::Browser;
use super::helpers::place::Place;
use super::helpers::program::jcrontab_with;
use super::helpers::{Robot, TestApp, draft};

const RULES: &str = "/api/v1/rules";

fn templates(channel: ChannelId, rest: &str) -> String {
    format!("/api/v1/channels/{channel}/templates{rest}")
}

async fn put(admin: &Browser, channel: ChannelId, key: &str, body: &str) {
    let path = templates(channel, &format!("/{key}"));
    let put = admin.call("PUT", &path, Some(json!({ "body": body })));
    put.await.expect(200);
}

/// A task without a channel of its own, with the tag of the rules.
async fn task(app: &TestApp) -> TaskId {
    let tagged = TaskDraft {
        tags: vec!["prod".to_owned()],
        ..draft("t", "0 0 1 1 *", "exit 3")
    };
    app.add(tagged).await.id
}

/// Runs a task that fails, and gives the text that the robot gets.
async fn said(app: &TestApp, robot: &Robot, task: TaskId) -> String {
    let before = robot.texts().len();
    let run = app.start_run(task).await;
    app.ended(run).await;
    robot.wait_for(before + 1).await;
    robot.texts().pop().expect("a text")
}

fn rule(channel: ChannelId, template: &str) -> Value {
    json!({
        "scope": "tag", "tag": "prod", "channel_id": channel, "events": ["failed"],
        "template": template, "name": "night shift",
    })
}

#[tokio::test]
async fn a_rule_chooses_a_template_by_its_name() {
    let app = TestApp::new().await;
    let robot = Robot::start(app.clock.clone()).await;
    let ops = app
        .channel("ops", ChannelKind::Wecom, &robot.url())
        .await
        .id;
    let other = app.channel("other", ChannelKind::Wecom, &robot.url()).await;
    app.notify();
    let admin = app.signed_in("ada", Role::Admin).await;
    put(&admin, ops, "@night", "NIGHT {{ task }} {{ event }}").await;
    put(&admin, ops, "%40%E5%A4%9C%E9%97%B4", "夜间 {{ task }}").await;
    put(&admin, ops, "failed", "FAILED {{ task }}").await;
    put(&admin, ops, "all", "ALL {{ task }}").await;

    // The name of another channel's template, and one that no channel has, are faults at the field.
    for (channel, name) in [(ops, "day"), (other.id, "night")] {
        let refused = admin.post(RULES, rule(channel, name)).await;
        assert_eq!(refused.status, 422, "{}", refused.text());
        assert_eq!(
            refused.faults(),
            [("template".to_owned(), "unknown".to_owned())]
        );
    }
    let made = admin.post(RULES, rule(ops, "@night")).await.expect(201);
    assert_eq!(made["template"], "night");
    let id = made["id"].to_string();
    let path = format!("{RULES}/{id}");
    let patch = async |change: Value| admin.call("PATCH", &path, Some(change)).await;
    let moved = patch(json!({"channel_id": other.id})).await;
    assert_eq!(moved.faults()[0].0, "template");

    let task = task(&app).await;
    assert_eq!(said(&app, &robot, task).await, "NIGHT t failed");
    let explain = format!("/api/v1/tasks/{task}/messages/explain");
    let explained = admin.get(&explain).await.expect(200);
    let items = explained["items"].as_array().expect("a list");
    let failed = items.iter().find(|one| one["event"] == "failed");
    let route = &failed.expect("the event")["routes"][0];
    assert_eq!(
        (&route["template"], &route["rule_id"]),
        (&json!("night"), &made["id"])
    );
    let page = admin.open(&format!("/tasks/{task}")).await.text();
    assert!(page.contains("模板 night"), "{page}");

    // Without the name that of the event, then that for all, then the built-in words.
    patch(json!({"template": "夜间"})).await.expect(200);
    assert_eq!(said(&app, &robot, task).await, "夜间 t");
    patch(json!({"template": ""})).await.expect(200);
    assert_eq!(said(&app, &robot, task).await, "FAILED t");
    for (key, then) in [("failed", "ALL t"), ("all", "【执行失败】t")] {
        let path = templates(ops, &format!("/{key}"));
        admin.call("DELETE", &path, None).await.expect(204);
        let text = said(&app, &robot, task).await;
        assert!(text.starts_with(then), "{key}: {text}");
    }

    // One that a rule names stays.
    patch(json!({"template": "night"})).await.expect(200);
    let night = templates(ops, "/@night");
    let refused = admin.call("DELETE", &night, None).await.expect(409);
    assert_eq!(refused["code"], "template.in_use");
    assert!(refused.to_string().contains("night shift"), "{refused}");
    assert_eq!(said(&app, &robot, task).await, "NIGHT t failed");
    admin.call("DELETE", &path, None).await.expect(204);
    admin.call("DELETE", &night, None).await.expect(204);
    admin.get(&night).await.expect(404);
}

/// The channel that gets a message instead has templates of its own, and a message that waits outlives its template.
#[tokio::test]
async fn a_message_that_waits_is_worded_by_what_exists_when_it_leaves() {
    let app = TestApp::new().await;
    let robot = Robot::start(app.clock.clone()).await;
    let ops = app
        .channel("ops", ChannelKind::Wecom, &robot.url())
        .await
        .id;
    let admin = app.signed_in("ada", Role::Admin).await;
    put(&admin, ops, "@night", "NIGHT {{ task }}").await;
    let made = admin.post(RULES, rule(ops, "night")).await.expect(201);
    let task = task(&app).await;
    let run = app.start_run(task).await;
    app.ended(run).await;
    let path = format!("{RULES}/{}", made["id"]);
    admin.call("DELETE", &path, None).await.expect(204);
    let night = templates(ops, "/@night");
    admin.call("DELETE", &night, None).await.expect(204);
    app.notify();
    robot.wait_for(1).await;
    let text = robot.texts().remove(0);
    assert!(text.starts_with("【执行失败】t"), "{text}");
}

#[tokio::test]
async fn names_are_checked_counted_and_shown_in_a_preview() {
    let app = TestApp::new().await;
    let ops = app
        .channel("ops", ChannelKind::Slack, "http://127.0.0.1:9/")
        .await
        .id;
    let admin = app.signed_in("ada", Role::Admin).await;
    let body = json!({"body": "{{ task }}"});
    for name in [
        "@",
        "@a%20b",
        "@a.b",
        "%40%00",
        &format!("@{}", "x".repeat(32)),
    ] {
        let path = templates(ops, &format!("/{name}"));
        let refused = admin.call("PUT", &path, Some(body.clone())).await;
        assert_eq!(refused.status, 422, "{name}: {}", refused.text());
        assert_eq!(
            refused.faults()[0],
            ("event".to_owned(), "invalid".to_owned())
        );
    }
    // It is for any event, so it is tried with all of them.
    let faulty = json!({"body": "{{ tsk }}"});
    let refused = admin
        .call("PUT", &templates(ops, "/@x"), Some(faulty))
        .await;
    assert_eq!(refused.faults()[0].0, "body");
    put(
        &admin,
        ops,
        "@night",
        "{% if exit_code %}code {{ exit_code }}{% endif %}",
    )
    .await;
    put(&admin, ops, "all", "{{ task }}").await;
    let preview = templates(ops, "/preview");
    for (trial, text, template) in [
        (json!({"event": "@night"}), "code 3", json!("@night")),
        (json!({"event": "failed"}), "backup", json!("all")),
        (json!({"event": "@night", "body": "x"}), "x", Value::Null),
    ] {
        let shown = admin.post(&preview, trial.clone()).await.expect(200);
        assert_eq!(
            (&shown["text"], &shown["template"]),
            (&json!(text), &template),
            "{trial}"
        );
    }
    for number in 1..NAMED_TEMPLATES_MAX {
        let row = format!(
            "INSERT INTO message_template (channel_id, event, body, updated_at) VALUES ({ops}, \
             '@n{number}', 'x', '2026-11-22 00:00:00')"
        );
        app.place.database.execute(&row).await;
    }
    let more = templates(ops, "/@more");
    let refused = admin.call("PUT", &more, Some(body)).await.expect(409);
    assert_eq!(refused["code"], "template.too_many");
    put(&admin, ops, "@night", "again").await;
    put(&admin, ops, "lost", "{{ task }}").await;
}

#[tokio::test]
async fn the_pages_add_choose_and_delete_a_named_template() {
    let app = TestApp::new().await;
    let ops = app
        .channel("ops", ChannelKind::Slack, "http://127.0.0.1:9/")
        .await
        .id;
    let admin = app.signed_in("ada", Role::Admin).await;
    let page = format!("/admin/channels/{ops}/templates");
    let fresh = admin
        .open(&format!("{page}?name=%E5%A4%9C%E9%97%B4"))
        .await
        .text();
    assert!(fresh.contains("value=\"@夜间\""), "{fresh}");
    let fields = |event: &'static str, act: &'static str| {
        [
            ("event", event),
            ("version", if act == "save" { "0" } else { "1" }),
            ("body", "夜 {{ task }}"),
            ("task", ""),
            ("act", act),
        ]
    };
    let saved = admin.submit(&page, &fields("@夜间", "save")).await;
    assert_eq!(
        (saved.status, saved.header("location")),
        (303, format!("{page}?event=%40%E5%A4%9C%E9%97%B4").as_str())
    );
    let shown = admin.open(saved.header("location")).await.text();
    assert!(shown.contains("夜 {{ task }}"), "{shown}");
    // A name that cannot be stored can be corrected in place, and nothing that was typed is lost.
    let wrong = admin.submit(&page, &fields("@a b", "save")).await;
    let text = wrong.text();
    assert!(
        wrong.status == 422
            && text.contains("夜 {{ task }}")
            && text.contains("value=\"@a b\"")
            && text.contains("event-fault"),
        "{text}"
    );

    let id = ops.to_string();
    let rule = |template: &'static str| {
        [
            ("scope", "all"),
            ("channel_id", id.as_str()),
            ("events", "failed"),
            ("action", "send"),
            ("enabled", "true"),
            ("template", template),
        ]
    };
    let refused = admin.submit("/rules", &rule("nothing")).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.text().contains("没有这个名称的模板"),
        "{}",
        refused.text()
    );
    assert_eq!(admin.submit("/rules", &rule("夜间")).await.status, 303);
    let listed = admin.open("/rules").await.text();
    assert!(listed.contains("模板 夜间"), "{listed}");
    let kept = admin.submit(&page, &fields("@夜间", "delete")).await;
    assert!(
        kept.status == 409 && kept.text().contains("规则 1"),
        "{}",
        kept.text()
    );
    admin
        .call("DELETE", "/api/v1/rules/1", None)
        .await
        .expect(204);
    let gone = admin.submit(&page, &fields("@夜间", "delete")).await;
    assert_eq!((gone.status, gone.header("location")), (303, page.as_str()));
}

#[tokio::test]
async fn the_terminal_adds_chooses_and_deletes_a_named_template() {
    let place = Place::new().await;
    let run = async |line: &str, stdin: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        jcrontab_with(&place, &words, &[], stdin).await
    };
    let add = "channel add ops --kind webhook --url https://example.com/";
    assert_eq!(run(add, "").await.code, 0);
    let set = run(
        "channel template set ops @夜间 --file=-",
        "{\"t\": {{ task }}}\n",
    )
    .await;
    assert_eq!(set.code, 0, "{set:?}");
    run("channel template set ops @a.b --file=-", "x")
        .await
        .refused_lines(2);
    let preview = run("channel template preview ops @夜间", "").await;
    assert_eq!(preview.out, "{\"t\": \"backup\"}\n", "{preview:?}");
    assert!(preview.err.contains("@夜间"), "{preview:?}");
    let rule = "rule add --all --channel ops --event failed --template";
    run(&format!("{rule} other"), "").await.refused(2);
    let made = run(&format!("{rule} 夜间 --json"), "").await.json();
    assert_eq!(made["template"], "夜间");
    assert!(run("rule list", "").await.out.contains("夜间"));
    let task = run("task add t --cron @startup --command true", "").await;
    assert_eq!(task.code, 0, "{task:?}");
    let why = run("task messages t --explain", "").await.out;
    assert!(why.contains("template 夜间"), "{why}");
    let delete = "channel template delete ops @夜间 --yes";
    let refused = run(delete, "").await;
    assert!(
        refused.code != 0 && refused.err.contains("rule 1"),
        "{refused:?}"
    );
    assert_eq!(run("rule edit 1 --template=", "").await.code, 0);
    assert_eq!(run(delete, "").await.code, 0);
}
