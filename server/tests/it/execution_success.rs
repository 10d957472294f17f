//! Runs whose output decides, besides their exit code, whether they have succeeded.

use app::auth::Role;
use app::backend::{Runs, Secrets};
use app::channel::ChannelKind;
use app::message::MessageState;
use app::run::RunState;
use app::secret::SecretDraft;
use app::task::TaskDraft;
use app::task::execution::{ExecutionDraft, HttpDraft, RetryDraft, SuccessWhen};
use serde_json::json;

use super::helpers::message::SELDOM;
use super::helpers::place::Place;
use super::helpers::program::jcrontab;
use super::helpers::{Robot, TestApp, draft, in_time};

fn when(must_contain: &str, must_not_contain: &str) -> SuccessWhen {
    SuccessWhen {
        must_contain: must_contain.to_owned(),
        must_not_contain: must_not_contain.to_owned(),
    }
}

fn task(name: &str, command: &str, success_when: SuccessWhen) -> TaskDraft {
    TaskDraft {
        execution: ExecutionDraft {
            success_when,
            ..ExecutionDraft::default()
        },
        ..draft(name, SELDOM, command)
    }
}

#[tokio::test]
async fn output_decides_besides_the_exit_code() {
    let app = TestApp::new().await;
    // Far more than is kept; the text is in the middle, which is dropped.
    let long = "head -c 3000000 /dev/zero | tr '\\0' x; echo; echo in between; head -c 3000000 /dev/zero | tr '\\0' y";
    let lacks = Some("output_lacks:in between");
    let contains = Some("output_contains:in between");
    let table = [
        ("echo in between", when("in between", ""), None),
        ("echo in between >&2", when("in between", ""), None),
        ("printf 'in between'", when("in between", ""), None),
        ("echo In between", when("in between", ""), lacks),
        (
            "printf 'in '; echo between >&2",
            when("in between", ""),
            lacks,
        ),
        ("true", when("in between", ""), lacks),
        ("echo in between >&2", when("", "in between"), contains),
        ("echo fine", when("fine", "in between"), None),
        (
            "echo in between, fine",
            when("fine", "in between"),
            contains,
        ),
        (long, when("in between", ""), None),
        (long, when("", "in between"), contains),
        (long, when("x\nin between\ny", "xy"), None),
    ];
    for (number, (command, rule, reason)) in table.into_iter().enumerate() {
        let (run, _) = app
            .execute(task(&format!("t{number}"), command, rule.clone()))
            .await;
        let state = reason.map_or(RunState::Succeeded, |_| RunState::Failed);
        assert_eq!(
            (run.state, run.exit_code, run.reason.as_deref()),
            (state, Some(0), reason),
            "{command} {rule:?}"
        );
    }
    // How a command ended comes first.
    let (run, _) = app.execute(task("bad", "exit 3", when("x", ""))).await;
    assert_eq!((run.exit_code, run.reason), (Some(3), None));
}

#[tokio::test]
async fn a_text_across_two_reads_is_found() {
    let app = TestApp::new().await;
    for (name, redirect) in [("out", ""), ("err", " >&2")] {
        let gate = app.place.work().join(name);
        let command = format!(
            "printf 'head nee'{redirect}; while ! [ -e {} ]; do sleep 0.02; done; printf 'dle tail'{redirect}",
            gate.display()
        );
        let id = app.add(task(name, &command, when("needle", ""))).await.id;
        let run = app.start_run(id).await;
        let executor = app.components.executor.as_ref().expect("an executor");
        let log = executor.live_output(run).expect("it runs");
        in_time("the first half to be read", log.beyond(7)).await;
        std::fs::write(&gate, "").expect("the gate");
        let run = app.ended(run).await;
        assert_eq!(
            (run.state, run.reason),
            (RunState::Succeeded, None),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_broken_rule_is_a_failure_that_is_tried_again_and_reported() {
    let app = TestApp::with(&["--outbound-allow=127.0.0.0/8"]).await;
    let robot = Robot::start(app.clock.clone()).await;
    let channel = app.channel("ops", ChannelKind::Wecom, &robot.url()).await;
    app.notify();
    let mut again = task("again", "echo nothing to do", when("done", ""));
    again.execution.retry = RetryDraft {
        attempts: "2".into(),
        delay: "1h".into(),
        ..RetryDraft::default()
    };
    let id = app.add(again).await.id;
    let first = app.start_run(id).await;
    app.ended(first).await;
    let states: Vec<RunState> = app.runs(id).await.iter().map(|run| run.state).collect();
    assert_eq!(states, [RunState::Failed, RunState::Waiting]);

    let reported = TaskDraft {
        channel_id: Some(channel.id.0),
        ..task("reported", "echo 3 errors", when("", "errors"))
    };
    let id = app.add(reported).await.id;
    let run = app.start_run(id).await;
    app.ended(run).await;
    let text = app
        .until("the message to be sent", async || {
            let rows = app.messages(id).await;
            (rows.len() > 1 && rows[1].state == MessageState::Sent).then(|| rows[1].text.clone())
        })
        .await;
    let first = text.lines().next().expect("a line");
    assert!(
        first.starts_with("【执行失败】reported：输出中出现了“errors”，"),
        "{text}"
    );
    let viewer = app.signed_in("vera", Role::Viewer).await;
    let page = viewer.open(&format!("/runs/{run}")).await.text();
    assert!(page.contains("输出中出现了“errors”"), "{page}");
    let page = viewer.open(&format!("/tasks/{id}")).await.text();
    assert!(page.contains("输出中出现“errors”即算失败"), "{page}");
    let rest = viewer.get(&format!("/api/v1/runs/{run}")).await.expect(200);
    assert_eq!(rest["reason"], "output_contains:errors");
}

#[tokio::test]
async fn a_secret_in_a_rule_does_not_reach_the_reason() {
    let app = TestApp::new().await;
    let secret = "s3cret-of-the-bank";
    let id = app.add(task("t", "echo $TOKEN", when("", secret))).await.id;
    let granted = SecretDraft {
        name: "TOKEN".into(),
        value: secret.into(),
        tasks: vec![id.to_string()],
        ..SecretDraft::default()
    };
    app.service
        .secret_create(&app.console(), &granted)
        .await
        .expect("a secret");
    let run = app.start_run(id).await;
    let run = app.ended(run).await;
    assert_eq!(run.state, RunState::Failed);
    assert_eq!(run.reason.as_deref(), Some("output_contains:***"));
    let output = app.service.run_output_raw(&app.console(), run.id).await;
    assert_eq!(output.expect("output"), b"***\n");
}

#[tokio::test]
async fn of_a_request_the_body_decides() {
    let app = TestApp::with(&["--outbound-allow=127.0.0.0/8"]).await;
    let robot = Robot::start(app.clock.clone()).await;
    let call = |name: &str, rule| {
        let mut task = task(name, "", rule);
        task.execution.http = HttpDraft {
            url: robot.url(),
            method: "POST".into(),
            body: "{}".into(),
            expect_status: "200-599".into(),
            ..HttpDraft::default()
        };
        task
    };
    // The log has the request's own line besides, which is no body.
    for (name, rule, reason) in [
        ("body", when("errcode", ""), None),
        (
            "lacks",
            when("nothing of the kind", ""),
            Some("output_lacks:nothing of the kind"),
        ),
        ("log", when("> POST", ""), Some("output_lacks:> POST")),
        (
            "contains",
            when("", "errcode"),
            Some("output_contains:errcode"),
        ),
    ] {
        let (run, log) = app.execute(call(name, rule)).await;
        let log = String::from_utf8_lossy(&log);
        assert_eq!(run.reason.as_deref(), reason, "{name} {log}");
        assert_eq!(run.state == RunState::Failed, reason.is_some(), "{name}");
    }
}

#[tokio::test]
async fn rules_are_typed_through_every_door() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let with = |rule| json!({"name": "t", "cron": SELDOM, "command": "true", "execution": {"success_when": rule}});
    for (rule, field, code) in [
        (
            json!({"must_contain": "x".repeat(201)}),
            "must_contain",
            "too_long",
        ),
        (
            json!({"must_not_contain": "长".repeat(201)}),
            "must_not_contain",
            "too_long",
        ),
        (
            json!({"must_contain": "all done", "must_not_contain": "done"}),
            "must_not_contain",
            "contradiction",
        ),
        (json!({"contains": "x"}), "contains", "unknown_field"),
    ] {
        let reply = editor.post("/api/v1/tasks", with(rule.clone())).await;
        let expected = (format!("execution.success_when.{field}"), code.to_owned());
        assert!(
            reply.faults().contains(&expected),
            "{rule}: {}",
            reply.text()
        );
    }
    let rule = json!({"must_contain": " done ", "must_not_contain": " "});
    let task = editor.post("/api/v1/tasks", with(rule)).await.expect(201);
    assert_eq!(
        task["execution"]["success_when"],
        json!({"must_contain": " done ", "must_not_contain": ""})
    );
    let page = editor.open("/tasks/1/edit").await.text();
    assert!(page.contains("value=\" done \""), "{page}");
    let fields = [
        ("name", "form"),
        ("mode", "command"),
        ("command", "true"),
        ("cron", SELDOM),
        ("execution.success_when.must_contain", "ok"),
        ("execution.success_when.must_not_contain", "panic"),
    ];
    let reply = editor.submit("/tasks/new", &fields).await;
    assert_eq!(reply.status, 303, "{}", reply.text());
    let task = editor.get("/api/v1/tasks/2").await.expect(200);
    assert_eq!(
        task["execution"]["success_when"],
        json!({"must_contain": "ok", "must_not_contain": "panic"})
    );
}

#[tokio::test]
async fn the_terminal_enters_and_shows_a_rule() {
    let place = Place::new().await;
    let flags = [
        "task",
        "add",
        "--name=t",
        "--command=true",
        "--cron=0 9 * * *",
        "--must-contain=all done",
        "--must-not-contain=panic",
    ];
    let added = jcrontab(&place, &flags).await;
    assert_eq!(added.code, 0, "{added:?}");
    let shown = jcrontab(&place, &["task", "show", "1"]).await;
    for words in [
        "Fails unless its output contains \"all done\"",
        "Fails if its output contains \"panic\"",
    ] {
        assert!(shown.out.contains(words), "{}", shown.out);
    }
}
