//! Templates of channels: the words of messages as people write them, WeCom's formats, and the failure brief.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use app::auth::Role;
use app::backend::{Channels, Templates};
use app::channel::{ChannelDraft, ChannelKind, TemplateDraft};
use app::id::{ChannelId, TaskId};
use app::task::{Mode, TaskDraft};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::helpers::place::Place;
use super::helpers::program::jcrontab_with;
use super::helpers::receiver::Receiver;
use super::helpers::{Robot, TestApp, draft};

const SELDOM: &str = "0 0 1 1 *";

fn command(name: &str, channel: ChannelId, command: &str) -> TaskDraft {
    TaskDraft {
        mode: Mode::Command,
        channel_id: Some(channel.0),
        owners: vec!["ann".to_owned()],
        ..draft(name, SELDOM, command)
    }
}

/// An app with its outbox, a robot, and a channel to it with these settings.
async fn with_robot(
    kind: ChannelKind,
    change: impl FnOnce(&mut ChannelDraft),
) -> (TestApp, Robot, ChannelId) {
    let app = TestApp::new().await;
    let robot = Robot::start(app.clock.clone()).await;
    let mut draft = ChannelDraft {
        name: "ops".to_owned(),
        kind,
        url: robot.url(),
        ..ChannelDraft::default()
    };
    change(&mut draft);
    let made = app.service.channel_create(&app.console(), &draft).await;
    let channel = made.expect("a channel").id;
    app.notify();
    (app, robot, channel)
}

/// Runs a task that fails, and gives the last answer that its message got.
async fn fail(app: &TestApp, task: TaskId) -> String {
    let run = app.start_run(task).await;
    app.ended(run).await;
    app.until("the message to be sent", async || {
        let rows = app.messages(task).await;
        let row = rows
            .into_iter()
            .rfind(|row| row.event == "failed" && row.kind == "text")?;
        (row.state.as_str() == "sent").then(|| row.last_answer.unwrap_or_default())
    })
    .await
}

async fn put(app: &TestApp, channel: ChannelId, event: &str, body: &str) -> super::helpers::Reply {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let admin = app.signed_in(&format!("admin {number}"), Role::Admin).await;
    let path = format!("/api/v1/channels/{channel}/templates/{event}");
    admin
        .call("PUT", &path, Some(json!({ "body": body })))
        .await
}

#[tokio::test]
async fn a_template_makes_the_words_and_the_built_in_ones_come_back_without_it() {
    let (app, robot, channel) = with_robot(ChannelKind::Wecom, |_| {}).await;
    put(&app, channel, "all", "{{ event }}: {{ task }}")
        .await
        .expect(200);
    let own = "FAILED {{ task }} {{ verdict }}\n{% for line in output|lines %}\n> {{ line }}\n{% endfor %}\n{{ run_url }}";
    put(&app, channel, "failed", own).await.expect(200);
    let task = app
        .add(command("t", channel, "echo one; echo two; exit 3"))
        .await
        .id;
    robot.wait_for(1).await;
    fail(&app, task).await;
    let texts = robot.texts();
    assert_eq!(texts[0], "created: t");
    let lines: Vec<&str> = texts[1].lines().collect();
    assert!(lines[0].starts_with("FAILED t 退出码 3，用时"), "{lines:?}");
    assert_eq!(&lines[1..3], ["> one", "> two"]);
    assert!(lines[3].starts_with("http://cron.test/runs/"), "{lines:?}");
    // What was sent is what is shown.
    let row = app.messages(task).await.pop().expect("a message");
    assert_eq!(row.text, texts[1]);

    let admin = app.signed_in("admin", Role::Admin).await;
    let path = format!("/api/v1/channels/{channel}/templates");
    let listed = admin.get(&path).await.expect(200);
    let events: Vec<&Value> = listed["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|one| &one["event"])
        .collect();
    assert_eq!(events, ["all", "failed"]);
    for event in ["all", "failed"] {
        admin
            .call("DELETE", &format!("{path}/{event}"), None)
            .await
            .expect(204);
        admin.get(&format!("{path}/{event}")).await.expect(404);
    }
    fail(&app, task).await;
    assert!(robot.texts()[2].starts_with("【执行失败】t：退出码 3"));
}

#[tokio::test]
async fn a_template_with_a_fault_is_refused_with_its_place() {
    let (app, _robot, channel) = with_robot(ChannelKind::Wecom, |_| {}).await;
    let console = app.console();
    let set = async |channel, event: &str, body: &str| {
        let draft = TemplateDraft {
            body: body.to_owned(),
        };
        let set = app
            .service
            .template_set(&console, channel, event, None, &draft)
            .await;
        set.expect_err(body)
    };
    for (body, code, place) in [
        (
            "ok\n{{ tsk }}",
            "unknown_variable",
            "Line 2, column 4: The variable tsk does not exist",
        ),
        ("{{ task", "syntax", "Line 1"),
        ("{{ 'x' * 10**9 }}", "not_supported", "Line 1, column 4"),
        (
            "{% for i in range(10**9) %}{% endfor %}",
            "loop_over",
            "Line 1",
        ),
        (
            "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
            "syntax",
            "Line 1",
        ),
        ("{{ groups }}", "not_a_text", "Line 1"),
        ("{{ task }}\n{{ output|head(-1) }}", "value", "Line 2"),
        (
            "a\u{0}b\u{1b}[31m",
            "control_character",
            "Line 1, column 2: The control character U+0000 is not allowed",
        ),
        ("  ", "empty", ""),
    ] {
        let error = set(channel, "failed", body).await;
        let fault = &error.fields[0];
        assert_eq!(
            (
                error.kind.status(),
                fault.field.as_str(),
                fault.code.as_str()
            ),
            (422, "body", code),
            "{body}"
        );
        let message = &fault.message;
        assert!(message.starts_with(place), "{body}: {message}");
        assert!(
            place.is_empty()
                || message
                    .lines()
                    .last()
                    .is_some_and(|line| line.trim() == "^"),
            "{message}"
        );
    }
    let long = put(&app, channel, "failed", &"x".repeat(16 * 1024 + 1)).await;
    assert_eq!((long.status, long.faults()[0].0.as_str()), (422, "body"));
    assert_eq!(set(channel, "test", "x").await.fields[0].field, "event");
    assert_eq!(set(ChannelId(99), "failed", "x").await.kind.status(), 404);
    let stored = app
        .place
        .database
        .count("SELECT COUNT(*) FROM message_template")
        .await;
    assert_eq!(stored, 0);
}

/// A template that cannot be used any more, as one of another version: nothing is lost.
#[tokio::test]
async fn a_template_that_fails_when_a_message_leaves_gives_way_to_the_built_in_words() {
    let (app, robot, channel) = with_robot(ChannelKind::Wecom, |_| {}).await;
    let task = app.add(command("t", channel, "exit 3")).await.id;
    robot.wait_for(1).await;
    put(&app, channel, "failed", "{{ task }}").await.expect(200);
    for (body, reason) in [
        (
            "{{ of_the_future }}",
            "(sent in the built-in words: the template failed at line 1, column 4; its preview shows why)",
        ),
        (
            "{% for a in output|lines %}{% for b in output|lines %}{% for c in output|lines %}{% if c %}{% endif %}{% endfor %}{% endfor %}{% endfor %}",
            "(sent in the built-in words: the template failed; its preview shows why)",
        ),
    ] {
        let set = format!("UPDATE message_template SET body = '{body}'");
        app.place.database.execute(&set).await;
        let answer = fail(&app, task).await;
        assert!(
            answer.contains(reason) && answer.contains("errcode"),
            "{answer}"
        );
        let text = robot.texts().pop().expect("a text");
        assert!(text.starts_with("【执行失败】t"), "{text}");
        app.clock.advance(TimeDelta::seconds(61));
    }
}

#[tokio::test]
async fn a_webhook_gets_the_json_of_its_template() {
    let (app, robot, channel) = with_robot(ChannelKind::Webhook, |draft| {
        draft.method = Some("PUT".to_owned());
    })
    .await;
    let body = "{\"event\": {{ event }}, \"msg\": {{ text }}, \"code\": {{ exit_code }}, \"who\": {{ owners }}}";
    put(&app, channel, "failed", body).await.expect(200);
    let broken = put(
        &app,
        channel,
        "failed",
        "{\"event\": {{ event }}, \"msg\": \"{{ task }}\"",
    )
    .await;
    assert_eq!(broken.status, 422);
    assert!(broken.text().contains("not_json"), "{}", broken.text());
    let name = "a \"quoted\" \\ name";
    let task = app
        .add(command(name, channel, "printf 'x\\n\"y\"'; exit 4"))
        .await
        .id;
    robot.wait_for(1).await;
    fail(&app, task).await;
    let sent = robot.received().pop().expect("a request").body;
    assert_eq!(sent["event"], "failed");
    assert_eq!((&sent["code"], &sent["who"]), (&json!(4), &json!(["ann"])));
    let text = sent["msg"].as_str().expect("a text");
    assert!(text.contains(name) && text.contains("x\n\"y\""), "{text}");
    // Invalid JSON, as only another version could have stored it.
    app.place
        .database
        .execute("UPDATE message_template SET body = '{{ task }} {'")
        .await;
    let answer = fail(&app, task).await;
    assert!(answer.contains("sent in the built-in words"), "{answer}");
    let sent = robot.received().pop().expect("a request").body;
    assert!(
        sent["text"].is_string() && sent["run_id"].is_i64(),
        "{sent}"
    );
}

#[tokio::test]
async fn a_webhook_gets_the_content_type_that_its_headers_name() {
    let app = TestApp::new().await;
    let hook = Receiver::start(ChannelKind::Webhook, app.clock.clone()).await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let text = "text/plain; charset=utf-8";
    let made = json!({
        "name": "hook", "kind": "webhook", "url": hook.url(),
        "headers": [format!("Content-Type: {text}"), "X-Team: ops"],
    });
    let made = admin.post("/api/v1/channels", made).await.expect(201);
    let channel = ChannelId(made["id"].as_i64().expect("an ID"));
    app.notify();
    let task = app.add(command("t", channel, "exit 3")).await.id;
    put(
        &app,
        channel,
        "failed",
        "{{ task }} ended with {{ exit_code }}",
    )
    .await
    .expect(200);
    let trial = json!({"event": "failed"});
    let path = format!("/api/v1/channels/{channel}/templates/preview");
    let shown = admin.post(&path, trial).await.expect(200);
    let sent = shown["sent"].as_str().expect("the request");
    assert!(
        sent.contains(&format!("Content-Type: {text}\n")) && sent.ends_with("backup ended with 3"),
        "{sent}"
    );
    fail(&app, task).await;
    let got = hook.got();
    let (created, failed) = (&got[0], &got[1]);
    // The built-in body is JSON, whatever templates make.
    assert_eq!(created.header("content-type"), "application/json");
    assert_eq!(created.json()["event"], "created");
    assert_eq!(
        (failed.header("content-type"), failed.text.as_str()),
        (text, "t ended with 3")
    );
    assert_eq!(failed.headers.get_all("content-type").iter().count(), 1);
    assert_eq!(failed.header("x-team"), "ops");
}

#[tokio::test]
async fn a_preview_shows_a_real_run_and_sends_nothing() {
    let (app, robot, channel) = with_robot(ChannelKind::Wecom, |_| {}).await;
    let task = app.add(command("t", channel, "echo seen; exit 5")).await.id;
    let other = app.add(command("other", channel, "true")).await.id;
    robot.wait_for(2).await;
    fail(&app, task).await;
    let sent = robot.received().len();
    let admin = app.signed_in("ada", Role::Admin).await;
    let path = format!("/api/v1/channels/{channel}/templates/preview");
    let body = "{{ task }} {{ exit_code }} {{ output }}";
    let shown = admin
        .post(&path, json!({"body": body, "task_id": task}))
        .await
        .expect(200);
    assert_eq!(
        (&shown["text"], &shown["event"]),
        (&json!("t 5 seen"), &json!("failed"))
    );
    let request = shown["sent"].as_str().expect("the request");
    assert!(
        request.contains("t 5 seen") && !request.contains("SECRET-OF"),
        "{request}"
    );
    // Without a template the built-in words, without a task an example.
    let built_in = admin
        .post(&path, json!({"task_id": task}))
        .await
        .expect(200);
    assert!(
        built_in["text"]
            .as_str()
            .is_some_and(|text| text.starts_with("【执行失败】t"))
    );
    let example = admin
        .post(&path, json!({"event": "digest"}))
        .await
        .expect(200);
    assert!(
        example["text"]
            .as_str()
            .is_some_and(|text| text.starts_with("【消息汇总】31"))
    );
    for (trial, field) in [
        (json!({"body": body, "task_id": other}), "task_id"),
        (
            json!({"body": body, "task_id": other, "run_id": shown["run_id"]}),
            "run_id",
        ),
        (json!({"body": "{{ x }}"}), "body"),
        (json!({"event": "test"}), "event"),
    ] {
        let reply = admin.post(&path, trial.clone()).await;
        assert_eq!(
            (reply.status, reply.faults()[0].0.as_str()),
            (422, field),
            "{trial}"
        );
    }
    admin.post(&path, json!({"task_id": 999})).await.expect(404);
    assert_eq!(robot.received().len(), sent);
    let viewer = app.signed_in("vi", Role::Viewer).await;
    viewer.post(&path, json!({"body": body})).await.expect(403);
    let variables = viewer.get("/api/v1/template-variables").await.expect(200);
    let names: Vec<&str> = variables["items"]
        .as_array()
        .expect("items")
        .iter()
        .filter_map(|one| one["name"].as_str())
        .collect();
    assert!(names.contains(&"verdict") && !variables.to_string().contains("SECRET"));
}

#[tokio::test]
async fn wecom_takes_each_format() {
    for format in ["markdown", "news", "template_card"] {
        let (app, robot, channel) = with_robot(ChannelKind::Wecom, |draft| {
            draft.format = Some(format.to_owned());
        })
        .await;
        let task = app.add(command("t", channel, "seq 3000; exit 3")).await.id;
        robot.wait_for(1).await;
        fail(&app, task).await;
        let test = app
            .service
            .channel_test(&app.console(), channel)
            .await
            .expect("an answer");
        assert!(test.ok, "{test:?}");
        for one in robot.received() {
            assert!(
                one.taken && one.body["msgtype"] == format,
                "{format}: {one:?}"
            );
        }
        let failed = &robot.received()[1].body[format];
        match format {
            "markdown" => {
                let text = failed["content"].as_str().expect("a text");
                assert!(
                    text.starts_with("**【执行失败】t") && text.ends_with("<@ann>"),
                    "{text}"
                );
                put(&app, channel, "failed", "# {{ task }}")
                    .await
                    .expect(200);
                fail(&app, task).await;
                let own = robot.received().pop().expect("a request").body;
                assert_eq!(own["markdown"]["content"], "# t\n<@ann>");
            }
            "news" => assert!(
                failed["articles"][0]["url"]
                    .as_str()
                    .is_some_and(|url| url.contains("/runs/"))
            ),
            _ => assert!(
                failed["card_action"]["url"]
                    .as_str()
                    .is_some_and(|url| url.contains("/runs/"))
            ),
        }
        let listed = app
            .service
            .channel_get(&app.console(), channel)
            .await
            .expect("the channel");
        assert_eq!(listed.settings.format.as_str(), format);
    }
}

#[tokio::test]
async fn a_failure_comes_with_its_brief_where_the_channel_has_it() {
    let (app, robot, channel) = with_robot(ChannelKind::Wecom, |_| {}).await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let quiet = json!({"name": "quiet", "kind": "wecom", "url": robot.url(), "brief": "off"});
    let quiet = admin.post("/api/v1/channels", quiet).await.expect(201);
    assert_eq!(quiet["settings"]["brief"], "off");
    let hook = Robot::start(app.clock.clone()).await;
    let webhook = app
        .channel("hook", ChannelKind::Webhook, &hook.url())
        .await
        .id;

    let mut tasks = Vec::new();
    for (name, channel) in [
        ("loud", channel),
        ("quiet", ChannelId(quiet["id"].as_i64().expect("an id"))),
        ("hook", webhook),
    ] {
        let task = app.add(command(name, channel, "echo fine")).await.id;
        let run = app.start_run(task).await;
        app.ended(run).await;
        tasks.push(task);
    }
    let broken = "UPDATE task SET command = 'echo broken; exit 3'";
    app.place.database.execute(broken).await;
    app.clock.advance(TimeDelta::hours(1));
    for task in &tasks {
        fail(&app, *task).await;
    }
    let failed: Vec<String> = robot
        .texts()
        .into_iter()
        .filter(|text| text.starts_with("【执行失败】"))
        .collect();
    let (loud, quiet) = (&failed[0], &failed[1]);
    for part in [
        "首次失败：",
        " +00:00，上次成功",
        "输出对比：从第 1 行起与上次成功不同\n- fine\n+ broken\n",
        "结果：\nbroken",
    ] {
        assert!(loud.contains(part), "{part}: {loud}");
    }
    assert!(
        !quiet.contains("首次失败") && quiet.contains("结果：\nbroken"),
        "{quiet}"
    );
    let bodies = hook.taken();
    let (created, failed) = (&bodies[0], &bodies[1]);
    assert!(created.get("brief").is_none(), "{created}");
    assert_eq!(failed["brief"]["streak"]["times"], 1);
    assert_eq!(failed["brief"]["output"]["kind"], "differs");
}

#[tokio::test]
async fn a_message_does_not_wait_for_its_brief() {
    let app = TestApp::new().await;
    let robot = Robot::start(app.clock.clone()).await;
    let channel = app
        .channel("ops", ChannelKind::Wecom, &robot.url())
        .await
        .id;
    app.notify_with_briefs_within(Duration::ZERO);
    let task = app
        .add(command("t", channel, "echo broken; exit 3"))
        .await
        .id;
    fail(&app, task).await;
    let text = robot.texts().pop().expect("a text");
    assert!(
        text.starts_with("【执行失败】t") && text.contains("broken"),
        "{text}"
    );
    assert!(!text.contains("首次失败"), "{text}");
}

#[tokio::test]
async fn templates_go_with_their_channel() {
    let (app, _robot, channel) = with_robot(ChannelKind::Wecom, |_| {}).await;
    put(&app, channel, "all", "{{ text }}").await.expect(200);
    let deleted = app
        .service
        .channel_delete(&app.console(), channel, None)
        .await;
    deleted.expect("deleted");
    let left = app
        .place
        .database
        .count("SELECT COUNT(*) FROM message_template")
        .await;
    assert_eq!(left, 0);
}

#[tokio::test]
async fn the_page_tries_saves_and_deletes_a_template() {
    let (app, robot, channel) = with_robot(ChannelKind::Wecom, |_| {}).await;
    let task = app.add(command("backup", channel, "exit 7")).await.id;
    robot.wait_for(1).await;
    fail(&app, task).await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let page = format!("/admin/channels/{channel}/templates");
    let list = admin.open("/admin/channels").await.text();
    assert!(list.contains(&page), "the list leads there");
    let body = "code {{ exit_code }} of {{ task }}";
    let task = task.to_string();
    let fields = |act, version| {
        [
            ("event", "failed"),
            ("version", version),
            ("body", body),
            ("task", task.as_str()),
            ("act", act),
        ]
    };
    let shown = admin.submit(&page, &fields("preview", "0")).await;
    assert_eq!(shown.status, 200);
    assert!(
        shown.text().contains("code 7 of backup"),
        "{}",
        shown.text()
    );
    assert_eq!(admin.submit(&page, &fields("save", "0")).await.status, 303);
    let saved = admin.open(&format!("{page}?event=failed")).await.text();
    assert!(
        saved.contains("code {{ exit_code }} of {{ task }}"),
        "{saved}"
    );
    let wrong = [
        ("event", "failed"),
        ("version", "1"),
        ("body", "{{ <b>x }}"),
        ("task", ""),
        ("act", "save"),
    ];
    let refused = admin.submit(&page, &wrong).await;
    assert_eq!(refused.status, 422);
    let text = refused.text();
    assert!(
        text.contains("第 1 行") && text.contains("&lt;b>x"),
        "{text}"
    );
    let unknown = [
        ("event", "failed"),
        ("body", body),
        ("task", "999"),
        ("act", "preview"),
    ];
    assert_eq!(admin.submit(&page, &unknown).await.status, 404);
    assert_eq!(
        admin.submit(&page, &fields("delete", "1")).await.status,
        303
    );
    let gone = admin.open(&format!("{page}?event=failed")).await.text();
    assert!(!gone.contains("exit_code }} of"), "{gone}");
    assert_eq!(admin.open("/admin/channels/99/templates").await.status, 404);
}

#[tokio::test]
async fn the_terminal_sets_shows_and_deletes_templates() {
    let place = Place::new().await;
    let run =
        async |arguments: &[&str], stdin: &str| jcrontab_with(&place, arguments, &[], stdin).await;
    let url = "--url=https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX";
    let add = [
        "channel",
        "add",
        "ops",
        "--kind=slack",
        url,
        "--brief=off",
        "--json",
    ];
    let made = run(&add, "").await.json();
    assert_eq!(made["settings"]["brief"], "off");
    let template = async |words: &[&str], stdin: &str| {
        let all: Vec<&str> = ["channel", "template"]
            .into_iter()
            .chain(words.iter().copied())
            .collect();
        run(&all, stdin).await
    };
    let set = ["set", "ops", "failed", "--file=-"];
    let refused = template(&set, "{{ task }} {{ nope }}\n").await;
    let place_of_it = format!("\n{{{{ task }}}} {{{{ nope }}}}\n{}^", " ".repeat(14));
    assert!(
        refused.code == 2 && refused.err.contains(&place_of_it),
        "{refused:?}"
    );
    let set = template(&set, "{{ task }}: {{ exit_code }}\n").await;
    assert_eq!(set.code, 0, "{set:?}");
    let shown = template(&["show", "ops", "failed"], "").await;
    assert_eq!(shown.out, "{{ task }}: {{ exit_code }}\n");
    let listed = template(&["list", "ops", "--json"], "").await.json();
    assert_eq!(listed["items"][0]["event"], "failed");
    let preview = template(&["preview", "ops", "failed"], "").await;
    assert_eq!(
        (preview.code, preview.out.as_str()),
        (0, "backup: 3\n"),
        "{preview:?}"
    );
    let tried = template(&["preview", "ops", "--file=-", "--json"], "{{ state }}")
        .await
        .json();
    assert_eq!(
        (&tried["text"], &tried["run_id"]),
        (&json!("failed"), &Value::Null)
    );
    template(&["delete", "ops", "failed"], "").await.refused(2);
    let deleted = template(&["delete", "ops", "failed", "--yes"], "").await;
    assert_eq!(deleted.code, 0, "{deleted:?}");
    template(&["show", "ops", "failed"], "").await.refused(3);
    let variables = template(&["variables", "--json"], "").await.json();
    assert!(
        variables["items"]
            .as_array()
            .is_some_and(|all| all.len() > 30)
    );

    let file = place.data().join("urge.png");
    std::fs::write(&file, b"no picture").expect("a file");
    let file = file.display().to_string();
    run(&["picture", "set", "urge", &file], "").await.refused(2);
    let listed = run(&["picture", "list", "--json"], "").await.json();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(5));
}
