//! How people enter the execution of a task: the API, the form, and what is refused.

mod cli;
mod form;

use app::auth::Role;
use app::backend::Tasks;
use app::id::TaskId;
use app::task::execution::{ExecutionDraft, HttpDraft, RetryDraft, WaitsDraft};
use app::task::{Mode, TaskDraft, TaskView};
use serde_json::{Value, json};

use super::helpers::{Browser, TestApp, draft};

fn with(name: &str, execution: ExecutionDraft) -> TaskDraft {
    TaskDraft {
        execution,
        ..draft(name, "0 9 * * *", "true")
    }
}

fn after(tasks: &[&str]) -> ExecutionDraft {
    ExecutionDraft {
        waits: WaitsDraft {
            tasks: tasks.iter().map(|task| (*task).to_owned()).collect(),
            ..WaitsDraft::default()
        },
        ..ExecutionDraft::default()
    }
}

fn calling(url: &str) -> TaskDraft {
    let http = HttpDraft {
        url: url.to_owned(),
        ..HttpDraft::default()
    };
    TaskDraft {
        command: String::new(),
        ..with(
            url,
            ExecutionDraft {
                http,
                ..ExecutionDraft::default()
            },
        )
    }
}

async fn edit(
    app: &TestApp,
    id: TaskId,
    change: impl FnOnce(&mut TaskDraft),
) -> Result<TaskView, Vec<(String, String)>> {
    let console = app.console();
    let mut draft = app.service.task_draft(&console, id).await.expect("a draft");
    change(&mut draft);
    let updated = app.service.task_update(&console, id, &draft).await;
    updated.map_err(|error| {
        let fields = error.fields.into_iter();
        fields.map(|fault| (fault.field, fault.message)).collect()
    })
}

/// What is refused, as (field, sentence).
async fn refused(app: &TestApp, draft: &TaskDraft) -> Vec<(String, String)> {
    let created = app.service.task_create(&app.console(), draft).await;
    let error = created.expect_err("a refusal");
    let fields = error.fields.into_iter();
    fields.map(|fault| (fault.field, fault.message)).collect()
}

#[track_caller]
fn only(faults: &[(String, String)], field: &str, words: &str) {
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(faults[0].0, field, "{faults:?}");
    assert!(faults[0].1.contains(words), "{faults:?}");
}

/// An execution in JSON that differs from the usual one in everything that needs nothing else.
fn rich() -> Value {
    json!({
        "overlap": "allow:3",
        "retry": {"attempts": "4", "delay": "10s", "factor": "1.5", "exit_codes": "1, 75", "on_lost": true},
        "soft_limit": "5m", "stop_grace": "30s",
        "limits": {"memory": "512M", "nice": "5"},
        "cwd": "/srv", "env": "A=1\nB=a=b",
        "parameters": [{"name": "DAY", "kind": "date", "label": "哪天", "required": true}],
        "outlives_server": true, "not_from_chats": true,
    })
}

async fn editor(app: &TestApp) -> Browser {
    app.signed_in("ed", Role::Editor).await
}

#[tokio::test]
async fn what_the_api_takes_it_gives_back_and_an_edit_of_something_else_leaves_it() {
    let app = TestApp::new().await;
    let editor = editor(&app).await;
    let body = json!({"name": "t", "cron": "0 9 * * *", "command": "true", "timeout": "10m", "execution": rich()});
    let task = editor.post("/api/v1/tasks", body).await.expect(201);
    let execution = &task["execution"];
    assert_eq!(execution["overlap"], json!({"rule": "allow", "max": 3}));
    assert_eq!(execution["retry"]["factor_percent"], 150);
    assert_eq!(execution["retry"]["exit_codes"], json!([1, 75]));
    assert_eq!(execution["limits"]["memory_mib"], 512);
    assert_eq!(execution["env"][1], json!({"name": "B", "value": "a=b"}));
    assert_eq!(execution["parameters"][0]["kind"], "date");
    let path = format!("/api/v1/tasks/{}", task["id"]);
    let renamed = editor
        .call("PATCH", &path, Some(json!({"nickname": "n"})))
        .await;
    assert_eq!(&renamed.expect(200)["execution"], execution);
    // A part of it is changed alone (RFC 7396), and put back with null.
    let patch = json!({"execution": {"retry": {"attempts": "2"}, "soft_limit": null}});
    let patched = editor.call("PATCH", &path, Some(patch)).await.expect(200);
    assert_eq!(patched["execution"]["retry"]["attempts"], 2);
    assert_eq!(patched["execution"]["retry"]["delay_seconds"], 10);
    assert_eq!(patched["execution"]["soft_limit_seconds"], Value::Null);
    assert_eq!(patched["execution"]["limits"], execution["limits"]);
    for unknown in [
        json!({"execution": {"colour": "red"}}),
        json!({"execution": {"retry": {"tries": "2"}}}),
    ] {
        let problem = editor.call("PATCH", &path, Some(unknown)).await.expect(422);
        assert_eq!(problem["code"], "body");
    }
    let put = json!({"name": "t", "cron": "0 9 * * *", "command": "true"});
    let put = editor.call("PUT", &path, Some(put)).await.expect(200);
    assert_eq!(put["execution"]["overlap"], json!({"rule": "skip"}));
    assert_eq!(put["execution"]["retry"]["attempts"], 1);
}

#[tokio::test]
async fn faults_are_named_at_their_fields_and_all_at_once() {
    let app = TestApp::new().await;
    let editor = editor(&app).await;
    let body = json!({
        "name": "t", "cron": "0 9 * * *", "timeout": "5m",
        "execution": {
            "overlap": "sometimes", "soft_limit": "5m", "pool": "nowhere",
            "retry": {"attempts": "99", "delay": "soon"},
            "limits": {"memory": "1K"}, "cwd": "here", "env": "LD_PRELOAD=x",
            "parameters": [{"name": "PATH"}],
            "waits": {"tasks": ["nobody"]},
            "http": {"url": "https://${HOST}/"},
        },
    });
    let reply = editor.post("/api/v1/tasks", body).await;
    assert_eq!(reply.status, 422);
    let mut fields: Vec<String> = reply.faults().into_iter().map(|(field, _)| field).collect();
    fields.sort();
    let expected = [
        "cwd",
        "env",
        "http.url",
        "limits.memory",
        "overlap",
        "parameters[0].name",
        "pool",
        "retry.attempts",
        "retry.delay",
        "soft_limit",
        "waits.tasks",
    ];
    assert_eq!(fields, expected.map(|field| format!("execution.{field}")));
}

#[tokio::test]
async fn the_description_of_the_api_has_the_execution() {
    let app = TestApp::new().await;
    let described = editor(&app)
        .await
        .get("/api/openapi.json")
        .await
        .expect(200);
    let schemas = &described["components"]["schemas"];
    for name in [
        "ExecutionDraft",
        "RetryDraft",
        "WaitsDraft",
        "HttpDraft",
        "Parameter",
        "Execution",
        "Overlap",
    ] {
        assert!(schemas[name].is_object(), "{name}");
    }
    assert!(schemas["TaskDraft"]["properties"]["execution"].is_object());
}

#[tokio::test]
async fn tasks_are_waited_for_by_id_or_name() {
    let app = TestApp::new().await;
    let first = app.add(draft("备份", "0 1 * * *", "true")).await;
    let odd = app.add(draft("12", "0 1 * * *", "true")).await;
    let hash = format!("#{}", first.id);
    let shown = format!("#{} 旧名字", first.id);
    for typed in [first.id.to_string(), hash, shown, " 备份 ".to_owned()] {
        let task = app
            .add(with(&format!("等 {typed}"), after(&[&typed])))
            .await;
        assert_eq!(task.execution.waits.tasks, [first.id], "{typed}");
    }
    // A number that is no id may be a name.
    let task = app
        .add(with("等数字", after(&["12", "备份", "备份", ""])))
        .await;
    assert_eq!(task.execution.waits.tasks, [odd.id, first.id]);
    let draft = app
        .service
        .task_draft(&app.console(), task.id)
        .await
        .expect("a draft");
    assert_eq!(
        draft.execution.waits.tasks,
        [format!("#{} 12", odd.id), format!("#{} 备份", first.id)]
    );
    let unknown = refused(&app, &with("t", after(&["备份", "备", "#999"]))).await;
    only(&unknown, "execution.waits.tasks", "备, #999");
}

#[tokio::test]
async fn cycles_are_refused_and_reported_as_a_chain() {
    let app = TestApp::new().await;
    let a = app.add(draft("A", "0 1 * * *", "true")).await.id;
    let b = app.add(with("B", after(&["A"]))).await.id;
    app.add(with("C", after(&["B"]))).await;
    let circle = edit(&app, a, |draft| draft.execution = after(&["C"])).await;
    only(
        &circle.expect_err("a circle"),
        "execution.waits.tasks",
        "A → C → B → A",
    );
    let itself = edit(&app, a, |draft| draft.execution = after(&["A"])).await;
    only(
        &itself.expect_err("itself"),
        "execution.waits.tasks",
        "itself",
    );
    // Without the link in the middle it is no circle any more.
    edit(&app, b, |draft| draft.execution = ExecutionDraft::default())
        .await
        .expect("an edit");
    edit(&app, a, |draft| draft.execution = after(&["C"]))
        .await
        .expect("no circle");
    let back = edit(&app, b, |draft| draft.execution = after(&["A"])).await;
    only(
        &back.expect_err("a circle"),
        "execution.waits.tasks",
        "B → A → C → B",
    );
}

#[tokio::test]
async fn what_is_waited_for_cannot_be_deleted() {
    let app = TestApp::new().await;
    let first = app.add(draft("备份", "0 1 * * *", "true")).await.id;
    let second = app.add(with("导出", after(&["备份"]))).await.id;
    let console = app.console();
    let error = app
        .service
        .task_delete(&console, first, None)
        .await
        .expect_err("a refusal");
    assert_eq!(error.code, "task.awaited");
    assert!(
        error.message.contains(&format!("#{second} 导出")),
        "{}",
        error.message
    );
    app.service
        .task_delete(&console, second, None)
        .await
        .expect("no task waits for it");
    app.service
        .task_delete(&console, first, None)
        .await
        .expect("no task waits any more");
}

#[tokio::test]
async fn a_user_that_is_not_on_the_list_is_refused_and_reminders_do_not_care() {
    let app = TestApp::new().await;
    let as_user = |name: &str, user: &str| {
        with(
            name,
            ExecutionDraft {
                run_as: user.to_owned(),
                ..ExecutionDraft::default()
            },
        )
    };
    let faults = refused(&app, &as_user("t", "daemon")).await;
    only(&faults, "execution.run_as", "JCRONTAB_RUN_AS_ALLOW");
    let channel = app
        .channel(
            "robot",
            app::channel::ChannelKind::Webhook,
            "http://127.0.0.1:9/",
        )
        .await;
    let reminder = TaskDraft {
        mode: Mode::Message,
        command: String::new(),
        channel_id: Some(channel.id.0),
        ..as_user("提醒", "daemon")
    };
    app.add(reminder).await;
}

#[tokio::test]
async fn requests_go_through_the_guard_when_they_are_entered() {
    let app = TestApp::with(&[]).await;
    for url in [
        "http://127.0.0.1/",
        "http://169.254.169.254/latest",
        "http://[::1]/",
        "http://2130706433/",
    ] {
        only(
            &refused(&app, &calling(url)).await,
            "execution.http.url",
            "private",
        );
    }
    let fine = app
        .add(calling("https://example.com/run/${JCRONTAB_RUN_ID}?x=${X}"))
        .await;
    let call = fine.execution.http.as_ref().expect("a call");
    assert_eq!(
        (call.method.as_str(), call.url.as_str()),
        ("GET", "https://example.com/run/${JCRONTAB_RUN_ID}?x=${X}")
    );
    let both = TaskDraft {
        command: "true".into(),
        ..calling("https://example.com/")
    };
    only(
        &refused(&app, &both).await,
        "execution.http.url",
        "command or an HTTP request",
    );
}

#[tokio::test]
async fn what_was_fine_before_may_stay() {
    let app = TestApp::new().await;
    let task = app.add(calling("http://127.0.0.1:9/")).await;
    let (place, clock) = app.die();
    // The server got stricter: the URL stays until it is changed.
    let app = TestApp::start(place, clock, None, &[]).await;
    edit(&app, task.id, |draft| draft.nickname = "n".into())
        .await
        .expect("an edit");
    let changed = edit(&app, task.id, |draft| {
        draft.execution.http.url = "http://127.0.0.1:10/".into()
    })
    .await;
    only(
        &changed.expect_err("a refusal"),
        "execution.http.url",
        "private",
    );
}

#[tokio::test]
async fn a_retry_that_is_not_tried_again_is_kept_for_later() {
    let app = TestApp::new().await;
    let execution = ExecutionDraft {
        retry: RetryDraft {
            delay: "10s".into(),
            ..RetryDraft::default()
        },
        ..ExecutionDraft::default()
    };
    let task = app.add(with("t", execution.clone())).await;
    let draft = app
        .service
        .task_draft(&app.console(), task.id)
        .await
        .expect("a draft");
    assert_eq!(draft.execution, execution);
}
