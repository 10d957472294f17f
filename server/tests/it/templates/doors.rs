//! Templates on each door: previews through the API, the page, the terminal.

use app::auth::Role;
use app::channel::{ChannelKind, TemplatePreview};
use app::error::AppError;
use app::page::TemplateForm;
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};

use super::super::helpers::place::Place;
use super::super::helpers::program::jcrontab_with;
use super::{command, fail, with_robot};

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
    // What does not exist is reported at its field.
    for (task, run, field, status) in [
        ("999", "", "task", 422),
        ("nothing", "", "task", 422),
        ("", "999", "run", 404),
        ("backup", "soon", "run", 404),
    ] {
        let unknown = [
            ("event", "failed"),
            ("body", body),
            ("task", task),
            ("run", run),
            ("act", "preview"),
        ];
        let refused = admin.submit(&page, &unknown).await;
        assert_eq!(refused.status, status, "{task} {run}");
        let text = refused.text();
        let place = format!("id=\"{field}\"");
        let (_, input) = text.split_once(&place).expect("the field");
        let (input, _) = input.split_once('>').expect("its end");
        assert!(input.contains("aria-invalid"), "{input}");
    }
    assert_eq!(
        admin.submit(&page, &fields("delete", "1")).await.status,
        303
    );
    let gone = admin.open(&format!("{page}?event=failed")).await.text();
    assert!(!gone.contains("exit_code }} of"), "{gone}");
    assert_eq!(admin.open("/admin/channels/99/templates").await.status, 404);
}

#[tokio::test]
async fn what_is_typed_is_shown_as_the_button_shows_it() {
    let (app, robot, channel) = with_robot(ChannelKind::Wecom, |_| {}).await;
    let task = app.add(command("backup", channel, "exit 7")).await.id;
    robot.wait_for(1).await;
    fail(&app, task).await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let typed = async |form: &TemplateForm| -> Result<TemplatePreview, AppError> {
        let asked = (channel, "failed".to_owned(), form.clone());
        let body = app::wire::write(&asked).expect("a question");
        let request = Request::post("/fn/template_preview")
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .header(header::ORIGIN, "http://cron.test")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body));
        let reply = admin.send(request.expect("a request")).await;
        assert_eq!(reply.status, 200, "a fault is an answer");
        app::wire::read(&reply.body).expect("an answer")
    };
    let form = TemplateForm {
        body: "code {{ exit_code }} of {{ task }}".to_owned(),
        task: "backup".to_owned(),
        ..TemplateForm::default()
    };
    let shown = typed(&form).await.expect("a preview");
    assert_eq!(shown.text, "code 7 of backup");
    let of_run = TemplateForm {
        run: shown.run_id.expect("its run").to_string(),
        task: String::new(),
        ..form.clone()
    };
    assert_eq!(typed(&of_run).await, Ok(shown));
    for (body, task, field) in [("{{ task", "backup", "body"), ("x", "nothing", "task")] {
        let wrong = TemplateForm {
            body: body.to_owned(),
            task: task.to_owned(),
            ..form.clone()
        };
        let error = typed(&wrong).await.expect_err("a fault");
        assert_eq!(error.fields[0].field, field);
    }
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
    let refused = run(&["picture", "set", "urge", &file], "").await;
    assert!(refused.refused(2).contains(&file), "{refused:?}");
    let listed = run(&["picture", "list", "--json"], "").await.json();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(5));
}
