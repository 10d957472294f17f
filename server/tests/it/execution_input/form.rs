//! The form as a browser without JavaScript sends it.

use app::backend::Tasks;
use app::id::TaskId;
use app::task::execution::Overlap;

use super::super::helpers::{TestApp, draft};
use super::editor;

/// The value of a field as the page has it.
fn value(page: &str, name: &str) -> Option<String> {
    let at = page.find(&format!("name=\"{name}\""))?;
    let open = page[..at].rfind('<')?;
    let tag = &page[open..at + page[at..].find('>')?];
    let from = tag.find("value=\"")? + "value=\"".len();
    Some(tag[from..from + tag[from..].find('"')?].to_owned())
}

/// What a browser sends for a new task, with more fields.
fn form<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let plain = [
        ("name", "表单"),
        ("mode", "command"),
        ("action", "shell"),
        ("command", "true"),
        ("cron", "0 9 * * *"),
        ("zone", "UTC"),
        ("execution.http.method", "GET"),
    ];
    let mut fields: Vec<(&str, &str)> = plain
        .into_iter()
        .filter(|(name, _)| more.iter().all(|(other, _)| other != name))
        .collect();
    fields.extend(more);
    fields
}

#[tokio::test]
async fn the_form_saves_comes_back_with_faults_and_edits_what_was_saved() {
    let app = TestApp::new().await;
    let first = app.add(draft("备份", "0 1 * * *", "true")).await.id;
    let editor = editor(&app).await;
    let fields = form(&[
        ("execution.overlap", "allow"),
        ("execution.overlap_max", "3"),
        ("execution.retry.attempts", "4"),
        ("execution.retry.factor", "1.5"),
        ("execution.env", "A=1\r\nB=2"),
        ("execution.parameters[0].name", "DAY"),
        ("execution.parameters[0].kind", "date"),
        ("execution.parameters[4].name", "TARGET"),
        ("execution.parameters[4].kind", "choice"),
        ("execution.parameters[4].choices", "dev\r\nprod"),
        ("execution.parameters[4].default", "nowhere"),
        ("execution.waits.tasks", "备份\r\n"),
        ("execution.waits.how", "all"),
        ("execution.waits.what", "success"),
    ]);
    let reply = editor.submit("/tasks/new", &fields).await;
    assert_eq!(reply.status, 422);
    let page = reply.text();
    // The group with the fault is open, and everything is there as it was typed.
    let fault = "execution.parameters[1].default-fault";
    let shown = page.split(fault).nth(2).expect("the fault's place");
    assert!(
        shown[..shown.find("</p>").expect("its end")].contains("dev"),
        "{shown}"
    );
    for (name, expected) in [
        ("execution.overlap_max", "3"),
        ("execution.retry.attempts", "4"),
        ("execution.retry.factor", "1.5"),
        ("execution.parameters[0].name", "DAY"),
        ("execution.parameters[1].name", "TARGET"),
        ("execution.parameters[1].default", "nowhere"),
    ] {
        assert_eq!(value(&page, name).as_deref(), Some(expected), "{name}");
    }
    assert!(page.contains("A=1\nB=2"));
    let fixed: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, if *value == "nowhere" { "dev" } else { *value }))
        .collect();
    let reply = editor.submit("/tasks/new", &fixed).await;
    assert_eq!(reply.status, 303, "{}", reply.text());
    let id: TaskId = reply
        .header("location")
        .rsplit('/')
        .next()
        .and_then(|id| id.parse().ok())
        .expect("an id");
    let task = app
        .service
        .task_get(&app.console(), id)
        .await
        .expect("the task");
    let execution = &task.execution;
    assert_eq!(execution.overlap, Overlap::Allow { max: 3 });
    assert_eq!(execution.retry.factor_percent, 150);
    assert_eq!(execution.waits.tasks, [first]);
    assert_eq!(execution.parameters[1].choices, ["dev", "prod"]);
    // Its page describes it in words, and its form has it again.
    let page = editor.open(&format!("/tasks/{id}")).await.text();
    for words in [
        format!("#{first} 备份"),
        "最多同时执行 3 个".to_owned(),
        "重试 3 次".to_owned(),
    ] {
        assert!(page.contains(&words), "{words}");
    }
    let page = editor.open(&format!("/tasks/{id}/edit")).await.text();
    assert_eq!(value(&page, "execution.overlap_max").as_deref(), Some("3"));
    assert_eq!(
        value(&page, "execution.parameters[1].default").as_deref(),
        Some("dev")
    );
    assert!(page.contains(&format!("#{first} 备份")));
}

#[tokio::test]
async fn a_form_that_chose_a_request_needs_its_url_and_forgets_the_command() {
    let app = TestApp::new().await;
    let editor = editor(&app).await;
    let reply = editor
        .submit("/tasks/new", &form(&[("action", "http")]))
        .await;
    assert_eq!(reply.status, 422);
    let page = reply.text();
    assert!(page.contains("请填写 URL") && !page.contains("这个工作模式需要填写命令"));
    let fields = form(&[
        ("action", "http"),
        ("execution.http.method", "POST"),
        ("execution.http.url", "http://127.0.0.1:9/x"),
        ("execution.http.headers", "X-A: 1\r\nX-B: ${B}\r\n"),
        ("execution.http.body", "{\r\n}"),
    ]);
    let reply = editor.submit("/tasks/new", &fields).await;
    assert_eq!(reply.status, 303, "{}", reply.text());
    let id = reply
        .header("location")
        .rsplit('/')
        .next()
        .and_then(|id| id.parse().ok())
        .expect("an id");
    let task = app
        .service
        .task_get(&app.console(), id)
        .await
        .expect("the task");
    assert_eq!(task.command, "");
    let call = task.execution.http.as_ref().expect("a call");
    assert_eq!(
        (call.method.as_str(), call.body.as_str(), call.headers.len()),
        ("POST", "{\n}", 2)
    );
}

#[tokio::test]
async fn what_was_typed_for_the_other_action_comes_back_with_the_faults() {
    let app = TestApp::new().await;
    let editor = editor(&app).await;
    let typed = [
        ("execution.http.method", "POST"),
        ("execution.http.url", "https://example.com/hook"),
        ("execution.http.json_pointer", "/state"),
        ("command", "echo typed"),
        ("cron", "61 * * * *"),
    ];
    for (action, other) in [("shell", "http"), ("http", "shell")] {
        let fields = form(&[&typed[..], &[("action", action)]].concat());
        let reply = editor.submit("/tasks/new", &fields).await;
        assert_eq!(reply.status, 422, "{}", reply.text());
        let page = reply.text();
        assert!(page.contains("echo typed"), "{action}: {page}");
        for (name, typed) in &typed[1..3] {
            assert_eq!(value(&page, name).as_deref(), Some(*typed), "{action}");
        }
        let radio = |value: &str| {
            let at = page.find(&format!("name=\"action\" value=\"{value}\""));
            let tag = &page[at.expect("a choice")..];
            tag[..tag.find('>').expect("its end")].to_owned()
        };
        assert!(radio(action).contains("checked"), "{}", radio(action));
        assert!(!radio(other).contains("checked"), "{}", radio(other));
    }
    // What was not chosen is not saved.
    let fields = form(&[&typed[..4], &[("action", "shell")]].concat());
    assert_eq!(editor.submit("/tasks/new", &fields).await.status, 303);
    let saved = editor.get("/api/v1/tasks/1").await.expect(200);
    assert_eq!(saved["execution"]["http"], serde_json::Value::Null);
}
