//! Faults of the input: each at its field, in both languages, and no input is lost.

use app::auth::Role;
use serde_json::{Value, json};

use super::helpers::{TestApp, draft};

/// A good task with some fields replaced.
fn with(changes: &Value) -> Value {
    let mut task = json!({"name": "t", "cron": "0 9 * * *", "command": "true", "zone": "UTC"});
    for (name, value) in changes.as_object().expect("an object") {
        task[name] = value.clone();
    }
    task
}

#[tokio::test]
async fn every_fault_is_reported_at_its_field_in_both_languages() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let table = [
        (json!({"name": ""}), "name", "required"),
        (json!({"name": "长".repeat(201)}), "name", "too_long"),
        (json!({"name": "a\nb"}), "name", "control"),
        (json!({"nickname": "x".repeat(65)}), "nickname", "too_long"),
        (json!({"owners": ["a\u{202e}b"]}), "owners", "invisible"),
        (json!({"tags": vec!["t"; 51]}), "tags", "too_many"),
        (json!({"command": " "}), "command", "required"),
        (
            json!({"command": "x".repeat(1 << 20)}),
            "command",
            "too_long",
        ),
        (json!({"command": "a\u{0}b"}), "command", "nul"),
        (json!({"cron": ""}), "cron", "cron"),
        (json!({"cron": "61 * * * *"}), "cron", "cron"),
        (json!({"cron": "* * *"}), "cron", "cron"),
        (json!({"cron": "0 0 * * 8"}), "cron", "cron"),
        (json!({"urge_cron": "初一"}), "urge_cron", "cron"),
        (json!({"urging": true}), "urge_cron", "required"),
        (json!({"zone": "Mars/Olympus"}), "zone", "unknown"),
        (json!({"zone": "../../etc/passwd"}), "zone", "unknown"),
        (json!({"starts_at": "tomorrow"}), "starts_at", "invalid"),
        (json!({"ends_at": "9999-99-99"}), "ends_at", "invalid"),
        (
            json!({"starts_at": "2026-12-02 00:00", "ends_at": "2026-12-01 00:00"}),
            "ends_at",
            "before_start",
        ),
        (json!({"timeout": "soon"}), "timeout", "invalid"),
        (json!({"timeout": "31d"}), "timeout", "invalid"),
        (json!({"mode": "message"}), "channel_id", "required"),
        (json!({"channel_id": 999}), "channel_id", "unknown"),
    ];
    for (changes, field, code) in &table {
        for lang in ["zh-CN", "en"] {
            editor.put_cookie("jcrontab_lang", lang);
            let what = changes.to_string().chars().take(60).collect::<String>();
            let reply = editor.post("/api/v1/tasks", with(changes)).await;
            assert_eq!(reply.status, 422, "{what}");
            assert_eq!(reply.header("content-type"), "application/problem+json");
            assert_eq!(
                reply.faults(),
                [((*field).to_owned(), (*code).to_owned())],
                "{what}"
            );
            let problem = reply.json();
            for text in [&problem["title"], &problem["errors"][0]["message"]] {
                let text = text.as_str().expect("a sentence");
                let chinese = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
                assert_eq!(chinese, lang == "zh-CN", "{what}: {text}");
            }
        }
    }
    let all: Vec<_> = editor
        .post(
            "/api/v1/tasks",
            with(&json!({"name": "", "cron": "x", "zone": "x", "timeout": "x"})),
        )
        .await
        .faults();
    let fields: Vec<&str> = all.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["name", "cron", "timeout", "zone"], "all at once");
    assert_eq!(
        app.place.database.count("SELECT COUNT(*) FROM task").await,
        0
    );
}

#[tokio::test]
async fn a_body_that_is_no_task_is_refused_in_words() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let task = app.add(draft("t", "0 9 * * *", "true")).await;
    let path = format!("/api/v1/tasks/{}", task.id);
    let bodies = [
        json!([]),
        json!("x"),
        json!({"mode": "dance"}),
        json!({"owners": "a"}),
        json!({"urging": "yes"}),
    ];
    for body in bodies {
        let problem = editor
            .call("PATCH", &path, Some(body.clone()))
            .await
            .expect(422);
        assert_eq!(problem["code"], "body", "{body}");
    }
    let problem = editor
        .call("PATCH", &path, Some(json!({"colour": "red"})))
        .await
        .expect(422);
    assert!(
        problem["title"]
            .as_str()
            .is_some_and(|title| title.contains("colour")),
        "{problem}"
    );
    editor.get("/api/v1/tasks/abc").await.text();
    assert!((400..500).contains(&editor.get("/api/v1/tasks/abc").await.status));
    assert!((400..500).contains(&editor.get("/api/v1/tasks?limit=many").await.status));
    let huge = json!({"name": "t", "command": "x".repeat(5 << 20)});
    assert!(matches!(
        editor.post("/api/v1/tasks", huge).await.status,
        413 | 422
    ));
}

#[tokio::test]
async fn a_taken_name_is_refused_and_others_are_not() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Editor).await;
    editor
        .post("/api/v1/tasks", with(&json!({"name": "备份"})))
        .await
        .expect(201);
    // Both databases must mean the same by "equal".
    for name in ["café", "cafe", "CAFE", "备份二", "😀", "😁", "ß", "ss"] {
        editor
            .post("/api/v1/tasks", with(&json!({"name": name})))
            .await
            .expect(201);
    }
    for name in ["备份", " 备份 ", "😀"] {
        let reply = editor
            .post("/api/v1/tasks", with(&json!({"name": name})))
            .await;
        assert_eq!(
            reply.faults(),
            [("name".to_owned(), "taken".to_owned())],
            "{name:?}"
        );
        assert_eq!(reply.expect(409)["code"], "task.name_taken");
    }
    let refused = editor
        .call("PATCH", "/api/v1/tasks/2", Some(json!({"name": "备份"})))
        .await;
    assert_eq!(refused.expect(409)["code"], "task.name_taken");
    assert_eq!(
        editor.get("/api/v1/tasks/2").await.expect(200)["name"],
        "café",
        "nothing was changed"
    );
    assert_eq!(
        app.place.database.count("SELECT COUNT(*) FROM task").await,
        9
    );
}

#[tokio::test]
async fn a_form_with_faults_comes_back_as_it_was_sent() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let fields = [
        ("name", "夜间 <备份>"),
        ("nickname", "小王"),
        ("owners", "张三，李四"),
        ("mode", "command"),
        ("command", "echo 'a & b'"),
        ("zone", "Mars/Olympus"),
        ("cron", "61 9 * * *"),
        ("timeout", "5m"),
    ];
    for (lang, words) in [
        ("zh", "没有“Mars/Olympus”这个时区"),
        ("en", "There is no time zone"),
    ] {
        editor.put_cookie("jcrontab_lang", lang);
        let page = editor.submit("/tasks/new", &fields).await;
        assert_eq!(page.status, 422);
        let html = page.text();
        assert!(html.contains(words), "the fault in {lang}");
        for typed in [
            "夜间 &lt;备份&gt;",
            "小王",
            "张三",
            "李四",
            "echo 'a &amp; b'",
            "61 9 * * *",
            "5m",
        ] {
            let other_quotes = typed.replace('\'', "&#x27;");
            let again = typed.replace('\'', "&#39;");
            let kept = [typed, &other_quotes, &again]
                .iter()
                .any(|form| html.contains(*form));
            assert!(kept, "{typed} is lost from the form in {lang}");
        }
        assert!(
            !html.contains("<备份>"),
            "what was typed is text, not markup"
        );
    }
    let mut right = fields;
    right[5].1 = "Asia/Shanghai";
    right[6].1 = "0 9 * * *";
    let saved = editor.submit("/tasks/new", &right).await;
    assert_eq!((saved.status, saved.header("location")), (303, "/tasks/1"));
    let task = editor.get("/api/v1/tasks/1").await.expect(200);
    assert_eq!(
        (&task["owners"], &task["timeout_seconds"]),
        (&json!(["张三", "李四"]), &json!(300))
    );

    right[0].1 = "renamed";
    let saved = editor.submit("/tasks/1/edit", &right).await;
    assert_eq!((saved.status, saved.header("location")), (303, "/tasks/1"));
    let page = editor.open("/tasks/1").await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("renamed"));
}

#[tokio::test]
async fn a_preview_shows_firings_words_and_warnings() {
    let app = TestApp::new().await;
    let viewer = app.signed_in("vi", Role::Viewer).await;
    let ask = async |request: Value| viewer.post("/api/v1/schedules/preview", request).await;
    let daily = ask(json!({"cron": "0 9 * * *", "zone": "Asia/Shanghai", "count": 2}))
        .await
        .expect(200);
    assert_eq!(
        daily["next"],
        json!(["2026-11-23T01:00:00Z", "2026-11-24T01:00:00Z"])
    );
    assert_eq!(daily["warnings"], json!([]));
    let never = ask(json!({"cron": "0 0 31 2 *", "zone": "UTC"}))
        .await
        .expect(200);
    assert_eq!(never["next"], json!([]));
    assert!(
        never["warnings"]
            .as_array()
            .is_some_and(|warnings| !warnings.is_empty()),
        "{never}"
    );
    assert_eq!(
        ask(json!({"cron": "* * * * *"})).await.expect(200)["next"]
            .as_array()
            .map(Vec::len),
        Some(10)
    );
    assert_eq!(
        ask(json!({"cron": "61 * * * *"})).await.faults()[0].0,
        "cron"
    );
    assert_eq!(
        ask(json!({"cron": "* * * * *", "zone": "X/Y"}))
            .await
            .faults()[0]
            .0,
        "zone"
    );
}
