//! API tokens that are limited to some tasks: they see and do nothing else, and what they may not see does not exist.

use app::auth::Role;
use app::id::TaskId;
use serde_json::{Value, json};

use super::helpers::{Browser, Reply, TestApp, draft};

/// Three tasks, and a program that is limited to two of them: one by a tag, and one by its name.
struct Limited {
    app: TestApp,
    admin: Browser,
    program: Browser,
    tagged: TaskId,
    named: TaskId,
    other: TaskId,
}

async fn limited() -> Limited {
    let app = TestApp::new().await;
    let add = async |name: &str, tag: &str| {
        let mut task = draft(name, "0 0 1 1 *", "echo out");
        task.tags = vec![tag.to_owned()];
        task.tickets.opens = "task".to_owned();
        app.add(task).await.id
    };
    let tagged = add("tagged", "db").await;
    let named = add("named", "web").await;
    // The search ignores case, and the limit does not.
    let other = add("secret other", "DB").await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let body = json!({"name": "ci", "scopes": ["read", "run"], "tags": ["db"], "tasks": ["named"]});
    let made = admin.post("/api/v1/tokens", body).await.expect(201);
    let bearer = format!("Bearer {}", made["token"].as_str().expect("a token"));
    let program = app.browser().with("authorization", &bearer);
    let program = program.with("accept-language", "en");
    Limited {
        app,
        admin,
        program,
        tagged,
        named,
        other,
    }
}

/// What an answer says.
fn said(reply: &Reply) -> (u16, Value) {
    (reply.status, reply.json())
}

#[tokio::test]
async fn a_limited_token_lists_and_runs_its_tasks_alone() {
    let Limited {
        app,
        program,
        tagged,
        named,
        other,
        ..
    } = limited().await;
    let names = async |query: &str| {
        let list = program.get(&format!("/api/v1/tasks{query}")).await;
        let list = list.expect(200);
        let items = list["items"].as_array().expect("tasks").clone();
        let names = items.iter().map(|task| task["name"].clone());
        (names.collect::<Vec<Value>>(), list["next"].clone())
    };
    let both = vec![json!("named"), json!("tagged")];
    assert_eq!(names("").await, (both, Value::Null));
    assert_eq!(names("?q=other").await.0, Vec::<Value>::new());
    let (page, next) = names("?limit=1").await;
    assert_eq!(page, [json!("named")]);
    let next = format!("?limit=1&after={}", next.as_str().expect("a cursor"));
    assert_eq!(names(&next).await, (vec![json!("tagged")], Value::Null));
    for task in [tagged, named] {
        let path = format!("/api/v1/tasks/{task}");
        program.get(&path).await.expect(200);
        let run = program.post(&format!("{path}/run"), json!({})).await;
        let run = run.expect(202)["id"].clone();
        let id = app::id::RunId(run.as_i64().expect("an id"));
        app.ended(id).await;
        let output = program.get(&format!("/api/v1/runs/{run}/output")).await;
        assert_eq!(output.text(), "out\n");
        let runs = program.get(&format!("{path}/runs")).await.expect(200);
        assert_eq!(runs["items"][0]["id"], run);
        let ticket = app.ticket_of(task).await;
        let ticket = format!("/api/v1/tickets/{ticket}");
        program.get(&ticket).await.expect(200);
    }
    assert_eq!(app.runs(other).await, []);
    // Also on a page that the list of another caller was kept for.
    let everybody = app.token("all", Role::Viewer).await;
    let everybody = format!("Bearer {everybody}");
    let everybody = app.browser().with("authorization", &everybody);
    let list = everybody.get("/api/v1/tasks").await.expect(200);
    assert_eq!(list["items"].as_array().map(Vec::len), Some(3));
    assert_eq!(names("").await.0.len(), 2);
}

#[tokio::test]
async fn what_a_limited_token_may_not_see_looks_like_what_is_not_there() {
    let Limited {
        app,
        admin,
        program,
        other,
        ..
    } = limited().await;
    let run = app.start_run(other).await;
    app.ended(run).await;
    let ticket = app.ticket_of(other).await;
    let gone = 987_654;
    let mut tried = 0;
    for (method, route) in [
        ("GET", "tasks/{task}"),
        ("GET", "tasks/{task}/days"),
        ("GET", "tasks/{task}/history"),
        ("GET", "tasks/{task}/occurrences"),
        ("GET", "tasks/{task}/run"),
        ("GET", "tasks/{task}/runs"),
        ("GET", "tasks/{task}/upcoming"),
        ("POST", "tasks/{task}/run"),
        ("POST", "tasks/{task}/pause"),
        ("POST", "tasks/{task}/close"),
        ("POST", "tasks/{task}/restore"),
        ("POST", "tasks/{task}/urge"),
        ("POST", "tasks/{task}/unurge"),
        ("GET", "runs/{run}"),
        ("GET", "runs/{run}/end"),
        ("GET", "runs/{run}/log"),
        ("GET", "runs/{run}/log/stream"),
        ("GET", "runs/{run}/output"),
        ("POST", "runs/{run}/stop"),
        ("GET", "tickets/{ticket}"),
        ("POST", "tickets/{ticket}/done"),
        ("POST", "tickets/{ticket}/acknowledge"),
        ("POST", "tickets/{ticket}/snooze"),
        ("POST", "tickets/{ticket}/reopen"),
    ] {
        let filled = |task: String, run: String, ticket: String| {
            let path = route.replace("{task}", &task).replace("{run}", &run);
            format!("/api/v1/{}", path.replace("{ticket}", &ticket))
        };
        let is = filled(other.to_string(), run.to_string(), ticket.to_string());
        let none = filled(gone.to_string(), gone.to_string(), gone.to_string());
        for body in [None, Some(json!("no object"))] {
            let body = body.filter(|_| method == "POST");
            let hidden = program.call(method, &is, body.clone()).await;
            let missing = program.call(method, &none, body).await;
            assert_eq!(hidden.status, 404, "{method} {is}: {}", hidden.text());
            assert_eq!(said(&hidden), said(&missing), "{method} {route}");
        }
        tried += 1;
    }
    assert_eq!(tried, 24);
    let task = admin.get(&format!("/api/v1/tasks/{other}")).await;
    assert_eq!(task.expect(200)["state"], "active");
    // It was tried, and that is recorded.
    let found = admin.get("/api/v1/audit?outcome=refused&via=token").await;
    let found = found.expect(200)["items"][0]["detail"].clone();
    let found = found.as_str().unwrap_or_default();
    assert!(found.contains("beyond the limits of the token"), "{found}");
}

#[tokio::test]
async fn what_is_about_all_tasks_is_closed_to_a_limited_token() {
    let Limited {
        app: _app,
        program,
        tagged,
        ..
    } = limited().await;
    for path in [
        "/api/v1/runs",
        "/api/v1/runs/export",
        "/api/v1/tasks/export",
        "/api/v1/tickets",
        "/api/v1/messages",
        "/api/v1/rules",
        "/api/v1/channels",
        "/api/v1/calendars",
        "/api/v1/pools",
        "/events",
    ] {
        let refused = program.get(path).await;
        let problem = refused.json();
        let code = problem["code"].as_str().unwrap_or_default();
        assert_eq!((refused.status, code), (403, "token.limited"), "{path}");
    }
    for path in ["/api/v1/about", "/api/v1/nodes", "/api/v1/users"] {
        program.get(path).await.expect(403);
    }
    let path = format!("/api/v1/tasks/{tagged}");
    for (method, body) in [("PATCH", Some(json!({"tags": []}))), ("DELETE", None)] {
        program.call(method, &path, body).await.expect(403);
    }
    // Another spelling of an id is no way around.
    for id in ["%31", "+1", "1%20", "01/../1"] {
        let status = program.get(&format!("/api/v1/tasks/{id}")).await.status;
        assert!(matches!(status, 400 | 403 | 404), "{id}: {status}");
    }
    let details = program.get("/readyz").await.json();
    assert_eq!(details.get("version"), None);
}

#[tokio::test]
async fn limits_are_checked_when_a_token_is_created_and_shown() {
    let Limited {
        app,
        admin,
        program,
        named,
        ..
    } = limited().await;
    for (body, field, code) in [
        (
            json!({"scopes": ["write"], "tags": ["db"]}),
            "scopes",
            "limited",
        ),
        (
            json!({"scopes": ["read", "ping"], "tasks": ["#1"]}),
            "scopes",
            "limited",
        ),
        (json!({"tasks": ["no such task"]}), "tasks", "unknown"),
        (
            json!({"tags": (0..51).map(|n| n.to_string()).collect::<Vec<_>>()}),
            "tags",
            "too_many",
        ),
    ] {
        let mut body = body;
        body["name"] = json!("ci");
        let reply = admin.post("/api/v1/tokens", body.clone()).await;
        let fault = (field.to_owned(), code.to_owned());
        assert_eq!((reply.status, reply.faults()), (422, vec![fault]), "{body}");
    }
    let listed = admin.get("/api/v1/tokens").await.expect(200);
    let limits = json!({"tags": ["db"], "tasks": [named.0]});
    assert_eq!(listed["items"][0]["limits"], limits);
    // On the page, too, which creates them as well.
    let fields = [
        ("form", "token"),
        ("name", "report"),
        ("tags", "nightly， db"),
        ("tasks", "named"),
        ("read", "true"),
    ];
    let made = admin.submit("/account", &fields).await;
    assert_eq!(made.status, 200, "{}", made.text());
    let listed = admin.get("/api/v1/tokens").await.expect(200);
    let limits = json!({"tags": ["db", "nightly"], "tasks": [named.0]});
    assert_eq!(listed["items"][0]["limits"], limits);
    let page = admin.open("/account").await.text();
    assert!(page.contains("nightly"), "{page}");
    // What cannot be read opens nothing.
    let database = &app.place.database;
    database.execute("UPDATE api_token SET limits = 'x'").await;
    program.get("/api/v1/tasks").await.expect(409);
}
