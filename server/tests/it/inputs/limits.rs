//! Nothing is read without the right to send it, and reading stops at the limit.

use app::auth::Role;
use serde_json::json;

use super::super::helpers::{TestApp, draft};
use super::{send, task, title};

const FORM: &str = "application/x-www-form-urlencoded";

/// A list of so many entries as a browser sends it.
fn long_list(field: &str, entries: usize) -> Vec<u8> {
    let mut body = format!("name=x&cron=0+9+*+*+*&command=true&{field}=").into_bytes();
    for number in 0..entries {
        body.extend(format!("o{number}%2C").bytes());
    }
    body
}

#[tokio::test]
async fn a_body_without_the_right_to_send_it_is_refused_unread() {
    let app = TestApp::new().await;
    let viewer = app.signed_in("vi", Role::Viewer).await;
    let own = app.add(draft("own", "0 9 * * *", "true")).await.id;
    for (method, path) in [
        ("POST", "/api/v1/tasks".to_owned()),
        ("PUT", format!("/api/v1/tasks/{own}")),
        ("PATCH", format!("/api/v1/tasks/{own}")),
        ("POST", format!("/api/v1/tasks/{own}/run")),
        ("POST", format!("/api/v1/tasks/{own}/pause")),
        ("POST", format!("/api/v1/tasks/{own}/urge")),
        ("POST", "/api/v1/channels".to_owned()),
        ("POST", "/api/v1/users".to_owned()),
        ("PATCH", "/api/v1/users/1".to_owned()),
        ("POST", "/api/v1/calendars".to_owned()),
        ("POST", "/api/v1/calendars/cn/import".to_owned()),
        ("POST", "/api/v1/blackouts".to_owned()),
        ("PUT", "/api/v1/blackouts/1".to_owned()),
        ("POST", "/api/v1/summaries".to_owned()),
        ("PUT", "/api/v1/summaries/1".to_owned()),
        ("POST", "/api/v1/secrets".to_owned()),
        ("POST", "/api/v1/tickets/1/done".to_owned()),
        ("POST", "/api/v1/tickets/link".to_owned()),
        ("POST", "/api/v1/tickets/feed".to_owned()),
        ("PUT", "/api/v1/pools/db".to_owned()),
        ("PUT", "/api/v1/people/vi".to_owned()),
    ] {
        for body in ["{\"no", "[]", "{\"what\": 1}"] {
            let reply = send(
                &viewer,
                method,
                &path,
                "application/json",
                body.as_bytes().to_vec(),
            )
            .await;
            assert_eq!(reply.status, 403, "{method} {path} {body}");
            assert_eq!(reply.json()["code"], "forbidden", "{method} {path}");
        }
    }
    for path in [
        "/tasks/new",
        "/admin/users",
        "/admin/channels",
        "/admin/blackouts",
        "/summaries",
        "/reminders",
        "/oncall",
        "/people",
        "/admin/secrets",
        "/admin/pools",
        "/admin/urging",
        "/admin/calendars",
    ] {
        let reply = send(&viewer, "POST", path, FORM, b"%zz=&&&".to_vec()).await;
        assert_eq!(reply.status, 403, "{path}");
    }
}

#[tokio::test]
async fn a_list_is_read_up_to_its_limit() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Admin).await;
    let began = cpu_seconds();
    let reply = send(
        &editor,
        "POST",
        "/tasks/new",
        FORM,
        long_list("owners", 100_000),
    )
    .await;
    assert_eq!(reply.status, 422);
    assert!(reply.text().contains("最多 50 个"), "{}", reply.text());
    let reply = send(
        &editor,
        "POST",
        "/admin/blackouts",
        FORM,
        long_list("tags", 4_000),
    )
    .await;
    assert_eq!(reply.status, 422);
    let lines: String = (0..100_000).map(|at| format!("A{at}=1\n")).collect();
    let reply = editor
        .post(
            "/api/v1/tasks",
            task(
                &json!({"execution": {"env": lines, "http": {"url": "http://127.0.0.1/",
                "headers": "X-A: 1\n".repeat(50_000)}}, "command": ""}),
            ),
        )
        .await;
    let faults = reply.faults();
    for field in ["execution.env", "execution.http.headers"] {
        assert!(
            faults.contains(&(field.to_owned(), "too_many".to_owned())),
            "{faults:?}"
        );
    }
    // Read to the end, each of these took many seconds: 100,000² comparisons.
    assert!(cpu_seconds() - began < 8.0, "{}", cpu_seconds() - began);
}

/// CPU time of this process so far.
fn cpu_seconds() -> f64 {
    let usage = nix::sys::resource::getrusage(nix::sys::resource::UsageWho::RUSAGE_THREAD)
        .expect("the usage");
    let seconds = |time: nix::sys::time::TimeVal| {
        use nix::sys::time::TimeValLike;
        let micros = time.num_microseconds();
        micros as f64 / 1e6
    };
    seconds(usage.user_time())
}

#[tokio::test]
async fn each_route_has_its_own_limit_of_bytes() {
    let app = TestApp::new().await;
    let admin = app.signed_in("boss", Role::Admin).await;
    for (path, kind, bytes) in [
        ("/preferences", FORM, 20_000),
        ("/login", FORM, 100_000),
        ("/admin/users", FORM, 200_000),
        ("/admin/pools", FORM, 200_000),
        ("/oncall", FORM, 200_000),
        ("/api/v1/users", "application/json", 200_000),
        ("/api/v1/tokens", "application/json", 200_000),
        ("/api/v1/tasks", "application/json", 5_000_000),
        ("/fn/task_control", FORM, 2_000_000),
    ] {
        let reply = send(&admin, "POST", path, kind, vec![b'a'; bytes]).await;
        assert_eq!(reply.status, 413, "{path}: {}", reply.text());
        let words = title(&reply, 413);
        assert!(words.contains("KiB") || words.contains("MiB"), "{words}");
    }
}

#[tokio::test]
async fn a_person_who_sends_too_much_gets_a_page_that_says_so() {
    let app = TestApp::new().await;
    let admin = app.signed_in("boss", Role::Admin).await;
    for (lang, words, step) in [
        ("zh", "请求太大", "缩短内容后再提交"),
        ("en", "The request is too large", "submit it again"),
    ] {
        let long = "x".repeat(200_000);
        for (path, length) in [("/preferences", true), ("/login", true), ("/login", false)] {
            let body = format!("next={long}");
            let request = axum::http::Request::post(path)
                .header("content-type", FORM)
                .header("accept", "text/html,*/*")
                .header("accept-language", lang)
                .header("sec-fetch-site", "same-origin");
            let body = match length {
                true => axum::body::Body::from(body),
                false => axum::body::Body::from_stream(futures_util::stream::iter([Ok::<
                    _,
                    std::io::Error,
                >(
                    body
                )])),
            };
            let reply = admin.send(request.body(body).expect("a request")).await;
            let page = reply.text();
            assert_eq!(reply.status, 413, "{path}: {page}");
            assert!(
                reply.header("content-type").starts_with("text/html"),
                "{path}"
            );
            let heading = page.split("<h1>").nth(1).unwrap_or_default();
            assert!(heading.starts_with(words), "{path}: {page}");
            assert!(page.contains(step), "{path}: {page}");
            assert!(!page.contains("/pkg/jcrontab.js"), "{path}: {page}");
        }
    }
}

#[tokio::test]
async fn bytes_that_no_function_can_read_are_no_fault_of_the_server() {
    let app = TestApp::new().await;
    let viewer = app.signed_in("vi", Role::Viewer).await;
    for path in [
        "/fn/overview",
        "/fn/task_list_page",
        "/fn/task_page",
        "/fn/preview",
        "/fn/task_control",
        "/fn/run_stop",
    ] {
        for (kind, body) in [
            ("application/octet-stream", &b"\x00\xff\xff\xff"[..]),
            ("application/octet-stream", b"{}"),
            (FORM, b"%ff%fe=&id=x"),
            (FORM, b"\xff\xfe"),
            ("text/plain", b""),
        ] {
            let reply = send(&viewer, "POST", path, kind, body.to_vec()).await;
            assert!(
                (400..500).contains(&reply.status) || reply.status == 200,
                "{path} {kind} {body:?}: {}",
                reply.status
            );
        }
    }
}

#[tokio::test]
async fn where_to_go_next_is_no_place_for_megabytes() {
    let app = TestApp::new().await;
    let viewer = app.signed_in("vi", Role::Viewer).await;
    let far = format!("/tasks?q={}", "x".repeat(5_000));
    let reply = viewer
        .submit("/preferences", &[("lang", "en"), ("next", &far)])
        .await;
    assert_eq!(reply.status, 303);
    assert_eq!(reply.header("location"), "/");
    let reply = viewer
        .submit("/preferences", &[("lang", "en"), ("next", "/tasks?q=a")])
        .await;
    assert_eq!(reply.header("location"), "/tasks?q=a");
}
