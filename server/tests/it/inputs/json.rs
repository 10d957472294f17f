//! JSON bodies and queries: unknown names are refused with the nearest known one.

use app::auth::Role;
use serde_json::{Value, json};

use super::super::helpers::{TestApp, draft};
use super::{send, task, title};

#[tokio::test]
async fn a_field_that_does_not_exist_is_refused_with_the_nearest_name() {
    let app = TestApp::new().await;
    let admin = app.signed_in("boss", Role::Admin).await;
    let own = app.add(draft("own", "0 9 * * *", "true")).await.id;
    let one = format!("/api/v1/tasks/{own}");
    let retry = json!({"execution": {"retry": {"attemps": "3"}}});
    // What is sent with a secret is not repeated: it may be the secret.
    let body = json!({"name": "KEY", "value": "a long value", "notes": "n"});
    let reply = admin.post("/api/v1/secrets", body).await;
    let shown = reply.text();
    assert_eq!(reply.status, 422, "{shown}");
    assert!(
        shown.contains("`note`") && !shown.contains("notes"),
        "{shown}"
    );
    let table: [(&str, &str, Value, &str, &str); 15] = [
        (
            "POST",
            "/api/v1/tasks",
            task(&json!({"timout": "30m"})),
            "timout",
            "timeout",
        ),
        (
            "PUT",
            &one,
            task(&json!({"timout": "30m"})),
            "timout",
            "timeout",
        ),
        ("PATCH", &one, json!({"timout": "30m"}), "timout", "timeout"),
        (
            "POST",
            "/api/v1/tasks",
            task(&json!({"timezone": "UTC"})),
            "timezone",
            "zone",
        ),
        (
            "POST",
            "/api/v1/tasks",
            task(&json!({"cmd": "x"})),
            "cmd",
            "command",
        ),
        (
            "POST",
            "/api/v1/tasks",
            task(&retry),
            "execution.retry.attemps",
            "attempts",
        ),
        (
            "PATCH",
            &one,
            retry.clone(),
            "execution.retry.attemps",
            "attempts",
        ),
        (
            "POST",
            "/api/v1/tasks",
            task(&json!({"schedules": [{"spec": "0 9 * * *", "jiter": "5m"}]})),
            "schedules[0].jiter",
            "jitter",
        ),
        (
            "POST",
            "/api/v1/users",
            json!({"name": "u", "password": "long-enough-1", "role": "viewer", "roles": 1}),
            "roles",
            "role",
        ),
        (
            "POST",
            "/api/v1/tokens",
            json!({"user": "boss", "usr": "x"}),
            "usr",
            "user",
        ),
        (
            "POST",
            "/api/v1/channels",
            json!({"name": "c", "kind": "wecom", "uri": "x"}),
            "uri",
            "url",
        ),
        (
            "POST",
            "/api/v1/blackouts",
            json!({"name": "b", "tag": ["x"]}),
            "tag",
            "tags",
        ),
        (
            "POST",
            "/api/v1/summaries",
            json!({"name": "s", "channelid": 1}),
            "channelid",
            "channel_id",
        ),
        (
            "POST",
            "/api/v1/tickets/link",
            json!({"persons": "ann"}),
            "persons",
            "person",
        ),
        (
            "POST",
            "/api/v1/schedules/preview",
            json!({"crom": "0 9 * * *"}),
            "crom",
            "cron",
        ),
    ];
    for (method, path, body, field, near) in table {
        let reply = admin.call(method, path, Some(body.clone())).await;
        let words = title(&reply, 422);
        let last = field.rsplit('.').next().expect("a name");
        assert!(
            words.contains(last) && words.contains(&format!("`{near}`")),
            "{body}: {words}"
        );
        assert_eq!(
            reply.faults(),
            [(field.to_owned(), "unknown_field".to_owned())],
            "{body}"
        );
    }
    let count = app.place.database.count("SELECT COUNT(*) FROM task").await;
    assert_eq!(count, 1, "nothing was saved");
}

#[tokio::test]
async fn a_list_is_no_object_and_a_name_comes_once() {
    let app = TestApp::new().await;
    let admin = app.signed_in("boss", Role::Admin).await;
    let own = app.add(draft("own", "0 9 * * *", "true")).await.id;
    let one = format!("/api/v1/tasks/{own}");
    for (method, path, body) in [
        (
            "POST",
            "/api/v1/users",
            json!(["ex2", "password-x", "viewer"]),
        ),
        ("PATCH", "/api/v1/users/1", json!([null, null])),
        ("POST", "/api/v1/tokens", json!(["boss"])),
        (
            "POST",
            "/api/v1/channels",
            json!(["c", "wecom", "http://x/"]),
        ),
        ("POST", &format!("{one}/pause"), json!(["09:00"])),
        ("POST", &format!("{one}/run"), json!([])),
        (
            "POST",
            "/api/v1/tasks",
            task(&json!({"missed": ["none", "", "", ""]})),
        ),
        ("PATCH", &one, json!({"execution": {"retry": []}})),
        ("POST", "/api/v1/tasks", task(&json!({"execution": []}))),
    ] {
        let reply = admin.call(method, path, Some(body.clone())).await;
        title(&reply, 422);
    }
    let users = app.place.database.count("SELECT COUNT(*) FROM user").await;
    assert_eq!(users, 1);
    let twice = br#"{"name":"a","name":"b","cron":"0 9 * * *","command":"true"}"#;
    let reply = send(
        &admin,
        "POST",
        "/api/v1/tasks",
        "application/json",
        twice.to_vec(),
    )
    .await;
    assert!(title(&reply, 422).contains("name"));
}

#[tokio::test]
async fn what_is_no_json_is_refused_in_the_language_of_the_reader() {
    let app = TestApp::new().await;
    let token = format!("Bearer {}", app.token("ed", Role::Editor).await);
    for (body, zh, en) in [
        (
            "{\"name\":",
            "内容没有写完，止于第 1 行第 8 列",
            "it ends in the middle of a value, at line 1, column 8",
        ),
        (
            "{\n  name: 1}",
            "第 2 行第 3 列有语法错误",
            "syntax error at line 2, column 3",
        ),
        (
            "{\"name\": 7}",
            "字段 `name` 的值无效：需要文本，实际是数字",
            "The value of `name` is invalid: expected text, found a number",
        ),
        (
            "{\"mode\": \"loud\"}",
            "可选 `message`",
            "expected one of `message`",
        ),
        (
            "{\"execution\": {\"retry\": {\"on_lost\": \"yes\"}}}",
            "需要 true 或 false，实际是文本",
            "expected true or false, found text",
        ),
    ] {
        for (lang, words) in [("zh", zh), ("en", en)] {
            let program = app.browser().with("authorization", &token);
            let program = program.with("accept-language", lang);
            let body = body.as_bytes().to_vec();
            let reply = send(&program, "POST", "/api/v1/tasks", "application/json", body).await;
            let title = title(&reply, 422);
            assert!(title.contains(words), "{title}");
        }
    }
}

#[tokio::test]
async fn a_byte_order_mark_is_no_riddle() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let mut body = b"\xef\xbb\xbf".to_vec();
    body.extend(task(&json!({"name": "bom"})).to_string().bytes());
    let reply = send(&editor, "POST", "/api/v1/tasks", "application/json", body).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
}

/// Every operation of the description, with something in the place of what its path names.
fn operations() -> Vec<(String, String)> {
    let (_, openapi) = server::api::router().expect("a description");
    let described = serde_json::to_value(&openapi).expect("the description");
    let paths = described["paths"].as_object().expect("paths");
    let of = |(path, methods): (&String, &Value)| {
        let words = [
            ("{id}", "1"),
            ("{name}", "cn"),
            ("{event}", "failed"),
            ("{picture}", "urge"),
            ("{token}", "none"),
            ("{session}", "0123456789abcdef"),
        ];
        let path = words
            .iter()
            .fold(path.clone(), |path, (name, word)| path.replace(name, word));
        let methods = methods.as_object().expect("methods").keys();
        let methods = methods.filter(|method| *method != "parameters");
        methods
            .map(|method| (method.to_uppercase(), path.clone()))
            .collect::<Vec<_>>()
    };
    paths.iter().flat_map(of).collect()
}

#[tokio::test]
async fn every_operation_refuses_a_query_word_that_it_does_not_take() {
    let app = TestApp::new().await;
    let admin = app.signed_in("boss", Role::Admin).await;
    let all = operations();
    assert!(all.len() > 50, "{}", all.len());
    for (method, path) in all {
        assert!(!path.contains('{'), "{path}");
        let asked = format!("{path}?surprise=1");
        let reply = admin.call(&method, &asked, None).await;
        let words = title(&reply, 422);
        assert!(words.contains("`surprise`"), "{method} {path}: {words}");
        assert_eq!(
            reply.faults(),
            [("surprise".to_owned(), "unknown_field".to_owned())],
            "{method} {path}"
        );
    }
    // A question mark alone asks for nothing, and HEAD is a GET.
    assert_eq!(admin.get("/api/v1/about?").await.status, 200);
    let head = admin.call("HEAD", "/api/v1/about?surprise=1", None).await;
    assert_eq!(head.status, 422);
}

#[tokio::test]
async fn a_query_word_that_does_not_exist_is_refused() {
    let app = TestApp::new().await;
    let viewer = app.signed_in("vi", Role::Viewer).await;
    let own = app.add(draft("own", "0 9 * * *", "true")).await.id;
    for (path, near) in [
        ("/api/v1/tasks?query=x".to_owned(), "`q`"),
        ("/api/v1/tasks?sate=active".to_owned(), "`state`"),
        ("/api/v1/tasks?limt=3".to_owned(), "`limit`"),
        (format!("/api/v1/tasks/{own}/runs?limits=3"), "`limit`"),
    ] {
        let reply = viewer.get(&path).await;
        let words = title(&reply, 422);
        assert!(words.contains(near), "{path}: {words}");
    }
    // Parameters of the run page are not in the description, and accepted all the same.
    let run = app.start_run(own).await;
    app.ended(run).await;
    let live = viewer.get(&app::routes::run_log_stream(run, 0)).await;
    assert_eq!(live.status, 200);
    for path in ["/api/v1/tasks?limit=x", "/api/v1/tasks?state=failed"] {
        title(&viewer.get(path).await, 422);
    }
    assert_eq!(viewer.get("/api/v1/tasks?q=x&limit=3").await.status, 200);
}

#[tokio::test]
async fn the_description_names_what_stands_in_a_path_and_every_refusal() {
    let app = TestApp::new().await;
    let viewer = app.signed_in("vi", Role::Viewer).await;
    let described = viewer.get("/api/openapi.json").await.expect(200);
    for (path, operations) in described["paths"].as_object().expect("paths") {
        let named: Vec<&str> = path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .collect();
        for (method, operation) in operations.as_object().expect("operations") {
            let parameters = operation["parameters"].as_array().cloned();
            let declared: Vec<String> = parameters
                .unwrap_or_default()
                .iter()
                .filter(|parameter| parameter["in"] == "path")
                .map(|parameter| {
                    assert_eq!(parameter["required"], true, "{method} {path}");
                    parameter["name"].as_str().expect("a name").to_owned()
                })
                .collect();
            assert_eq!(declared, named, "{method} {path}");
            let mut statuses = vec!["401"];
            if method != "get" {
                statuses.push("403");
            }
            if !named.is_empty() {
                statuses.push("400");
            }
            if operation.get("requestBody").is_some() {
                statuses.extend(["413", "422"]);
            }
            for status in statuses {
                let kinds = operation["responses"][status]["content"].as_object();
                assert!(
                    kinds.is_some_and(|kinds| kinds.contains_key("application/problem+json")),
                    "{method} {path} {status}"
                );
            }
        }
    }
    for path in ["/api/v1/tasks/abc", "/api/v1/runs/1.5", "/api/v1/tasks/%ff"] {
        let reply = viewer.get(path).await;
        assert!(matches!(reply.status, 400 | 404), "{path}");
        title(&reply, reply.status);
    }
    let reply = viewer.get("/api/v1/schedules/preview").await;
    title(&reply, 405);
    assert!(reply.header("allow").contains("POST"));
}
