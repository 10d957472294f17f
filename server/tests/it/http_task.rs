//! Tasks that send a request instead of running a command.

use std::sync::Arc;

use app::auth::Role;
use app::backend::{Runs, Tasks};
use app::id::RunId;
use app::run::RunState;
use app::secret::SecretDraft;
use app::task::TaskDraft;
use app::task::execution::{ExecutionDraft, HttpDraft, Parameter, ParameterKind};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::any;
use serde_json::json;
use tokio::sync::watch;

use super::helpers::{TestApp, in_time};

/// One request: method, path with query, a header, body.
#[derive(Clone, Debug)]
struct Got {
    line: String,
    token: String,
    body: String,
}

#[derive(Clone)]
struct Seen(Arc<watch::Sender<Vec<Got>>>);

/// A server on this machine that remembers what came.
struct Target {
    seen: Seen,
    address: std::net::SocketAddr,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for Target {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Target {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = listener.local_addr().expect("its address");
        let seen = Seen(Arc::new(watch::channel(Vec::new()).0));
        let router = Router::new().fallback(any(answer)).with_state(seen.clone());
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("it serves");
        });
        Self {
            seen,
            address,
            serving,
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn got(&self) -> Vec<Got> {
        self.seen.0.borrow().clone()
    }

    async fn wait_for(&self, count: usize) {
        let mut seen = self.seen.0.subscribe();
        let came = seen.wait_for(|got| got.len() >= count);
        in_time("a request to arrive", came)
            .await
            .expect("it lives");
    }
}

async fn answer(State(seen): State<Seen>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX)
        .await
        .expect("a body");
    let header = |name| {
        parts
            .headers
            .get(name)
            .map_or("", |value| value.to_str().expect("text"))
    };
    let got = Got {
        line: format!("{} {}", parts.method, parts.uri),
        token: header("authorization").to_owned(),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    seen.0.send_modify(|all| all.push(got));
    match parts.uri.path() {
        "/json" => axum::Json(json!({"data": {"state": "done"}})).into_response(),
        "/503" => (axum::http::StatusCode::SERVICE_UNAVAILABLE, "unwell").into_response(),
        "/away" => Redirect::temporary("http://127.0.0.1:1/").into_response(),
        "/hang" => std::future::pending().await,
        "/long" => Body::from(vec![b'x'; 11 * 1024 * 1024]).into_response(),
        "/cookie" => ([("set-cookie", "session=of-another")], "hello").into_response(),
        // An echo may repeat what it received.
        "/echo" => (String::from(header("authorization"))).into_response(),
        _ => "hello".into_response(),
    }
}

fn task(name: &str, http: HttpDraft) -> TaskDraft {
    TaskDraft {
        name: name.to_owned(),
        cron: "0 0 1 1 *".to_owned(),
        zone: "UTC".to_owned(),
        execution: ExecutionDraft {
            http,
            ..ExecutionDraft::default()
        },
        ..TaskDraft::default()
    }
}

fn get(url: String) -> HttpDraft {
    HttpDraft {
        url,
        ..HttpDraft::default()
    }
}

async fn log(app: &TestApp, run: RunId) -> String {
    let bytes = app.service.run_output_raw(&app.console(), run).await;
    String::from_utf8_lossy(&bytes.expect("its log")).into_owned()
}

#[tokio::test]
async fn an_answer_decides_how_the_run_ends() {
    let (app, target) = (TestApp::new().await, Target::start().await);
    let with = |path: &str, status: &str, pointer: &str, value: &str| HttpDraft {
        url: target.url(path),
        expect_status: status.to_owned(),
        json_pointer: pointer.to_owned(),
        json_value: value.to_owned(),
        ..HttpDraft::default()
    };
    let table = [
        (with("/", "", "", ""), None),
        (with("/503", "", "", ""), Some("http:503")),
        (with("/503", "500-599", "", ""), None),
        (with("/away", "", "", ""), Some("http:307")),
        (with("/json", "", "/data/state", "done"), None),
        (
            with("/json", "", "/data/state", "open"),
            Some("http:@json /data/state"),
        ),
        (with("/", "", "/data", ""), Some("http:@not_json")),
        (with("/long", "", "/data", ""), Some("http:@long")),
    ];
    for (number, (http, reason)) in table.into_iter().enumerate() {
        let (run, _) = app.execute(task(&format!("t{number}"), http.clone())).await;
        let state = reason.map_or(RunState::Succeeded, |_| RunState::Failed);
        assert_eq!(
            (run.state, run.reason.as_deref()),
            (state, reason),
            "{http:?}"
        );
        assert_eq!((run.exit_code, run.signal), (None, None));
    }
}

#[tokio::test]
async fn the_log_shows_request_and_answer_without_secrets() {
    let (app, target) = (TestApp::new().await, Target::start().await);
    let (run, _) = app
        .execute(task("plain", get(target.url("/cookie?a=1"))))
        .await;
    let text = log(&app, run.id).await;
    assert!(
        text.starts_with(&format!("> GET {}\n< 200 OK (", target.url("/cookie?a=1"))),
        "{text}"
    );
    assert!(
        text.contains("< set-cookie: ***\n") && !text.contains("of-another"),
        "{text}"
    );
    assert!(text.ends_with("\n\nhello"), "{text}");

    let (run, bytes) = app.execute(task("long", get(target.url("/long")))).await;
    assert_eq!(run.state, RunState::Succeeded);
    assert!(
        run.output_truncated && run.output_bytes < 11 * 1024 * 1024,
        "{}",
        run.output_bytes
    );
    let end = String::from_utf8_lossy(&bytes[bytes.len() - 100..]).into_owned();
    assert!(end.contains("10 MiB"), "{end}");
}

#[tokio::test]
async fn variables_are_filled_in_where_they_stand_and_secrets_are_masked() {
    use app::backend::Secrets;
    let (app, target) = (TestApp::new().await, Target::start().await);
    let mut draft = task(
        "deploy",
        HttpDraft {
            method: "post".to_owned(),
            url: target.url("/echo/../echo?who=${WHO}&task=${JCRONTAB_TASK_ID}"),
            headers: "Content-Type: application/json\nAuthorization: Bearer ${API_TOKEN}"
                .to_owned(),
            body: r#"{"who": "${WHO}", "run": ${JCRONTAB_RUN_ID}}"#.to_owned(),
            ..HttpDraft::default()
        },
    );
    draft.execution.parameters = vec![Parameter {
        name: "WHO".to_owned(),
        ..Parameter::default()
    }];
    let task = app.add(draft).await;
    let secret = SecretDraft {
        name: "API_TOKEN".to_owned(),
        value: "s3cr3t-t0ken".to_owned(),
        tasks: vec![task.id.to_string()],
        ..SecretDraft::default()
    };
    app.service
        .secret_create(&app.console(), &secret)
        .await
        .expect("a secret");
    let request = app::task::RunRequest {
        parameters: [("WHO".to_owned(), "a\"b&c 中".to_owned())].into(),
        ..Default::default()
    };
    let run = app
        .service
        .task_run(&app.console(), task.id, &request)
        .await
        .expect("a start");
    let run = app.ended(run.id).await;
    assert_eq!(run.state, RunState::Succeeded, "{:?}", run.reason);
    let got = &target.got()[0];
    assert_eq!(
        got.line,
        format!("POST /echo?who=a%22b%26c%20%E4%B8%AD&task={}", task.id)
    );
    assert_eq!(got.token, "Bearer s3cr3t-t0ken");
    let body: serde_json::Value = serde_json::from_str(&got.body).expect("JSON");
    assert_eq!(body, json!({"who": "a\"b&c 中", "run": run.id.0}));
    let text = log(&app, run.id).await;
    assert!(
        !text.contains("s3cr3t") && text.contains("Bearer ***"),
        "{text}"
    );
}

#[tokio::test]
async fn nothing_is_sent_where_it_must_not_go() {
    let target = Target::start().await;
    // Entered while it was allowed; the settings have changed since.
    let open = TestApp::new().await;
    let private = open.add(task("private", get(target.url("/")))).await;
    let (place, clock) = open.die();
    let closed = TestApp::start(place, clock, None, &[]).await;
    let run = closed.start_run(private.id).await;
    let run = closed.ended(run).await;
    assert_eq!(
        (run.state, run.reason.as_deref()),
        (RunState::Failed, Some("http:@private 127.0.0.1"))
    );
    // A name is looked up, and checked, when the request is sent.
    let by_name = format!("http://localhost:{}/", target.address.port());
    let (run, _) = closed.execute(task("by name", get(by_name))).await;
    assert!(
        run.reason
            .as_deref()
            .is_some_and(|why| why.starts_with("http:@private ")),
        "{:?}",
        run.reason
    );

    let app = TestApp::new().await;
    let (run, _) = app
        .execute(task("unknown", get(target.url("/${MISSING}"))))
        .await;
    assert_eq!(run.reason.as_deref(), Some("http:@variable MISSING"));
    let (run, _) = app
        .execute(task("key", get(target.url("/${JCRONTAB_HOST_KEY}"))))
        .await;
    assert_eq!(
        run.reason.as_deref(),
        Some("http:@variable JCRONTAB_HOST_KEY")
    );
    let mut climbing = task("climb", get(target.url("/jobs/${X}/run")));
    climbing.execution.parameters = vec![Parameter {
        name: "X".to_owned(),
        default: "..".to_owned(),
        kind: ParameterKind::Text,
        ..Parameter::default()
    }];
    let (run, _) = app.execute(climbing).await;
    assert_eq!(run.reason.as_deref(), Some("http:@path"));
    assert!(target.got().is_empty(), "{:?}", target.got());

    let (run, _) = app
        .execute(task("refused", get("http://127.0.0.1:1/".to_owned())))
        .await;
    let reason = run.reason.unwrap_or_default();
    assert!(
        reason.starts_with("http:@unreachable ") && !reason.contains("127.0.0.1:1/"),
        "{reason}"
    );
}

#[tokio::test]
async fn an_active_request_ends_at_its_limit_and_when_stopped() {
    let (app, target) = (TestApp::new().await, Target::start().await);
    let limited = TaskDraft {
        timeout: "1s".to_owned(),
        ..task("slow", get(target.url("/hang")))
    };
    let (run, _) = app.execute(limited).await;
    assert_eq!(
        (run.state, run.reason.as_deref()),
        (RunState::TimedOut, Some("timed_out:1"))
    );

    let hanging = app.add(task("stopped", get(target.url("/hang")))).await;
    let id = app.start_run(hanging.id).await;
    target.wait_for(2).await;
    let operator = app.person("alice", Role::Operator);
    app.service.run_stop(&operator, id).await.expect("a stop");
    let run = app.ended(id).await;
    assert_eq!(
        (run.state, run.reason.as_deref()),
        (RunState::Killed, Some("stopped:alice"))
    );
}
