//! What to do when a task fails: it can be entered everywhere, is found, and is shown where it is needed.

use app::auth::Role;
use app::channel::ChannelKind;
use app::message::MessageState;
use app::task::TaskDraft;
use serde_json::json;

use super::helpers::message::SELDOM;
use super::helpers::place::Place;
use super::helpers::program::jcrontab;
use super::helpers::{Robot, TestApp, draft};

const RUNBOOK: &str = "先看 https://wiki.example.com/disk，\n再执行 javascript:alert(1) <b>";

#[tokio::test]
async fn a_runbook_is_kept_found_and_shown_with_its_links() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let body = json!({"name": "t", "cron": SELDOM, "command": "exit 1", "runbook": RUNBOOK});
    let task = editor.post("/api/v1/tasks", body).await.expect(201);
    assert_eq!(task["runbook"], RUNBOOK);
    let other = json!({"name": "other", "cron": SELDOM, "command": "true"});
    editor.post("/api/v1/tasks", other).await.expect(201);
    for (words, expected) in [("WIKI.example", 1), ("再执行", 1), ("nowhere", 0)] {
        let words: String = url::form_urlencoded::byte_serialize(words.as_bytes()).collect();
        let list = editor
            .get(&format!("/api/v1/tasks?q={words}"))
            .await
            .expect(200);
        let count = list["items"].as_array().map(Vec::len);
        assert_eq!(count, Some(expected), "{words}");
    }
    // An edit of something else leaves it, and one of it is found.
    let patched = editor
        .call("PATCH", "/api/v1/tasks/1", Some(json!({"tags": ["x"]})))
        .await
        .expect(200);
    assert_eq!(patched["runbook"], RUNBOOK);

    let link =
        "<a href=\"https://wiki.example.com/disk\" target=\"_blank\" rel=\"noopener noreferrer\">";
    let shows = |page: &str| {
        assert!(page.contains(link), "{page}");
        assert!(
            page.contains("，\n再执行 javascript:alert(1) &lt;b&gt;"),
            "{page}"
        );
        assert!(!page.contains("href=\"javascript"), "{page}");
    };
    shows(&editor.open("/tasks/1").await.text());
    let form = editor.open("/tasks/1/edit").await.text();
    assert!(form.contains("name=\"runbook\"") && form.contains("javascript:alert(1) &lt;b>"));
    let run = app.start_run(app::id::TaskId(1)).await;
    app.ended(run).await;
    shows(&editor.open(&format!("/runs/{run}")).await.text());
    // A run that succeeded needs none.
    let command = json!({"command": "true"});
    editor
        .call("PATCH", "/api/v1/tasks/1", Some(command))
        .await
        .expect(200);
    let run = app.start_run(app::id::TaskId(1)).await;
    app.ended(run).await;
    let page = editor.open(&format!("/runs/{run}")).await.text();
    assert!(!page.contains("wiki.example.com"), "{page}");
}

#[tokio::test]
async fn a_form_sends_a_runbook_and_gets_it_back_with_its_fault() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let long = "预".repeat(4_001);
    let fields = |runbook| {
        [
            ("name", "t"),
            ("mode", "command"),
            ("command", "true"),
            ("cron", SELDOM),
            ("runbook", runbook),
        ]
    };
    let reply = editor.submit("/tasks/new", &fields(&long)).await;
    assert_eq!(reply.status, 422);
    assert!(reply.text().contains(&long) && reply.text().contains("最多 4000 个字符"));
    let reply = editor.submit("/tasks/new", &fields("一\r\n二")).await;
    assert_eq!(reply.status, 303, "{}", reply.text());
    let task = editor.get("/api/v1/tasks/1").await.expect(200);
    assert_eq!(task["runbook"], "一\n二");
    // A name of no field is refused with the nearest one, and nothing typed is lost.
    let mut wrong = fields("typed").to_vec();
    wrong.push(("runbok", "x"));
    let reply = editor.submit("/tasks/new", &wrong).await;
    assert_eq!(reply.status, 422);
    let page = reply.text();
    assert!(
        page.contains("是不是 `runbook`？") && page.contains("typed"),
        "{page}"
    );
}

#[tokio::test]
async fn a_failure_message_says_what_to_do_before_the_output() {
    let app = TestApp::with(&["--outbound-allow=127.0.0.0/8"]).await;
    let robot = Robot::start(app.clock.clone()).await;
    let channel = app.channel("ops", ChannelKind::Wecom, &robot.url()).await;
    app.notify();
    let sends = |name: &str, command: &str, runbook: String| TaskDraft {
        channel_id: Some(channel.id.0),
        mode: app::task::Mode::MessageCommand,
        runbook,
        ..draft(name, SELDOM, command)
    };
    let noise = "i=0; while [ $i -lt 400 ]; do echo line $i; i=$((i+1)); done; exit 3";
    for (task, shown, cut) in [
        (
            sends("short", noise, "重启\n\t再看".into()),
            "处理预案：重启\n    再看\n",
            false,
        ),
        (
            sends("long", noise, "预".repeat(4_000)),
            "处理预案：预预",
            true,
        ),
        (sends("none", noise, String::new()), "", false),
        (sends("fine", "true", "x".into()), "", false),
    ] {
        let id = app.add(task.clone()).await.id;
        let run = app.start_run(id).await;
        app.ended(run).await;
        let text = app
            .until("the message to be sent", async || {
                let rows = app.messages(id).await;
                let all_sent =
                    rows.len() > 1 && rows.iter().all(|row| row.state == MessageState::Sent);
                all_sent.then(|| rows[1].text.clone())
            })
            .await;
        assert!(text.len() <= 2048, "{}", text.len());
        assert_eq!(text.contains("处理预案"), !shown.is_empty(), "{text}");
        assert_eq!(text.contains("预…\n"), cut, "{text}");
        let place = text.find(shown).expect("the runbook");
        if !shown.is_empty() {
            assert!(place < text.find("结果：").expect("the output"), "{text}");
            assert!(text.contains("line 399"), "{text}");
        }
    }
}

#[tokio::test]
async fn the_terminal_enters_and_shows_a_runbook() {
    let place = Place::new().await;
    let add = [
        "task",
        "add",
        "--name=t",
        "--command=true",
        "--cron=0 9 * * *",
    ];
    let added = jcrontab(&place, &[&add[..], &["--runbook=one\ntwo"]].concat()).await;
    assert_eq!(added.code, 0, "{added:?}");
    let shown = jcrontab(&place, &["task", "show", "1"]).await;
    assert!(
        shown.out.contains("Runbook:\n  one\n  two\n"),
        "{}",
        shown.out
    );
}
