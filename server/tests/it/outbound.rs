//! Outgoing requests through a proxy: which ones use it, which do not, and which are refused.

use std::sync::{Arc, Mutex};

use app::auth::Role;
use app::run::RunState;
use app::task::TaskDraft;
use app::task::execution::{ExecutionDraft, HttpDraft};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::helpers::{Robot, TestApp};

/// The proxy's answer to every request: a day of a calendar.
const ANSWER: &str = "2027-01-01 rest";

/// A proxy for plain HTTP that answers itself, and remembers what it was asked for.
struct ForwardProxy {
    port: u16,
    heads: Arc<Mutex<Vec<String>>>,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for ForwardProxy {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl ForwardProxy {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&heads);
        let serving = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serve(client, Arc::clone(&seen)));
            }
        });
        Self {
            port,
            heads,
            serving,
        }
    }

    /// The heads of the requests since the last call.
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.heads.lock().expect("heads"))
    }
}

async fn serve(mut client: TcpStream, seen: Arc<Mutex<Vec<String>>>) {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") && head.len() < 64 * 1024 {
        match client.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let tunnel = head.starts_with("CONNECT ");
    seen.lock().expect("heads").push(head);
    let answer = if tunnel {
        "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_owned()
    } else {
        let length = ANSWER.len();
        format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{ANSWER}")
    };
    // A client that has gone away has its answer no more.
    let _ = client.write_all(answer.as_bytes()).await;
}

async fn behind(proxy: &ForwardProxy, except: &str) -> TestApp {
    let address = format!(
        "--outbound-proxy=http://ops:s3cret@localhost:{}",
        proxy.port
    );
    let except = format!("--outbound-no-proxy={except}");
    TestApp::with(&["--outbound-allow=127.0.0.0/8,::1/128", &address, &except]).await
}

fn request(name: &str, url: &str) -> TaskDraft {
    TaskDraft {
        name: name.to_owned(),
        cron: "0 0 1 1 *".to_owned(),
        zone: "UTC".to_owned(),
        execution: ExecutionDraft {
            http: HttpDraft {
                url: url.to_owned(),
                ..HttpDraft::default()
            },
            ..ExecutionDraft::default()
        },
        ..TaskDraft::default()
    }
}

#[tokio::test]
async fn messages_calendars_and_requests_go_through_the_proxy() {
    let proxy = ForwardProxy::start().await;
    let app = behind(&proxy, "127.0.0.1").await;
    let admin = app.signed_in("ada", Role::Admin).await;

    let draft = json!({"name": "hook", "kind": "webhook", "url": "http://hook.invalid/x"});
    let made = admin.post("/api/v1/channels", draft).await.expect(201);
    let test = format!("/api/v1/channels/{}/test", made["id"]);
    let tested = admin.call("POST", &test, None).await.expect(200);
    assert_eq!(tested["ok"], true, "{tested}");
    let heads = proxy.take();
    assert!(
        heads[0].starts_with("POST http://hook.invalid/x HTTP/1.1\r\n"),
        "{heads:?}"
    );
    // ops:s3cret
    let sign_in = "proxy-authorization: basic b3bzonmzy3jlda==";
    assert!(heads[0].to_lowercase().contains(sign_in), "{heads:?}");

    let draft = json!({"name": "days", "source_url": "http://days.invalid/2027.txt"});
    admin.post("/api/v1/calendars", draft).await.expect(201);
    let refresh = "/api/v1/calendars/days/refresh";
    let taken = admin.call("POST", refresh, None).await.expect(200);
    assert_eq!(taken["days"], 1);
    assert!(proxy.take()[0].starts_with("GET http://days.invalid/2027.txt "));

    let (run, _) = app
        .execute(request("plain", "http://job.invalid/run"))
        .await;
    assert_eq!(run.state, RunState::Succeeded, "{:?}", run.reason);
    assert!(proxy.take()[0].starts_with("GET http://job.invalid/run "));

    // Of TLS the proxy sees host and port only; this one refuses.
    let (run, _) = app.execute(request("tls", "https://job.invalid/run")).await;
    assert_eq!(run.state, RunState::Failed);
    let reason = run.reason.expect("a reason");
    assert!(
        reason.starts_with("http:@unreachable") && !reason.contains("s3cret"),
        "{reason}"
    );
    assert!(reason.ends_with("@proxy_refused"), "{reason}");
    assert!(proxy.take()[0].starts_with("CONNECT job.invalid:443 "));

    // Exceptions are called directly.
    let robot = Robot::start(Arc::clone(&app.clock)).await;
    let draft = json!({"name": "robot", "kind": "wecom", "url": robot.url()});
    let made = admin.post("/api/v1/channels", draft).await.expect(201);
    let test = format!("/api/v1/channels/{}/test", made["id"]);
    let tested = admin.call("POST", &test, None).await.expect(200);
    assert_eq!(
        (&tested["ok"], proxy.take().len()),
        (&json!(true), 0),
        "{tested}"
    );
}

#[tokio::test]
async fn the_proxy_is_no_way_into_the_private_network() {
    let proxy = ForwardProxy::start().await;
    let app = behind(&proxy, "").await;
    let admin = app.signed_in("ada", Role::Admin).await;
    for url in [
        "http://10.0.0.1/",
        "http://[fd00::1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[5f00::1]/",
        "http://[::ffff:0:10.0.0.1]/",
    ] {
        let draft = json!({"name": "x", "kind": "webhook", "url": url});
        let refused = admin.post("/api/v1/channels", draft).await;
        assert_eq!(
            refused.faults(),
            [("url".to_owned(), "refused".to_owned())],
            "{url}"
        );
        let draft = json!({"name": "x", "source_url": url});
        let refused = admin.post("/api/v1/calendars", draft).await;
        assert_eq!(
            refused.faults(),
            [("source_url".to_owned(), "refused".to_owned())],
            "{url}"
        );
    }
    // Names are warned about when they are saved, and nothing is sent.
    for (number, url) in [
        "http://vault.internal/",
        "http://nas/",
        "http://cron.test/api/v1/tasks",
    ]
    .iter()
    .enumerate()
    {
        let name = format!("x{number}");
        let draft = json!({"name": name, "kind": "webhook", "url": url});
        let made = admin.post("/api/v1/channels", draft).await.expect(201);
        let warned = made["last_answer"].as_str().unwrap_or_default().to_owned();
        assert!(!warned.is_empty(), "{url}");
        let test = format!("/api/v1/channels/{}/test", made["id"]);
        let tested = admin.call("POST", &test, None).await.expect(200);
        assert_eq!(tested["ok"], false, "{url}: {tested}");
        let draft = json!({"name": name, "source_url": url});
        let made = admin.post("/api/v1/calendars", draft).await.expect(201);
        assert!(made["warning"].is_string(), "{url}: {made}");
        let refresh = format!("/api/v1/calendars/{name}/refresh");
        let refused = admin.call("POST", &refresh, None).await.expect(503);
        assert_eq!(refused["code"], "calendar.fetch");
        let (run, _) = app.execute(request(&name, url)).await;
        let reason = run.reason.unwrap_or_default();
        assert!(reason.starts_with("http:@private "), "{url}: {reason}");
    }
    assert_eq!(proxy.take(), [""; 0]);
}

#[tokio::test]
async fn a_calendar_says_on_its_page_what_is_wrong_with_its_source() {
    let proxy = ForwardProxy::start().await;
    let app = behind(&proxy, "127.0.0.1").await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let viewer = app.signed_in("vera", Role::Viewer).await;
    for (name, url, words) in [
        (
            "plain",
            "http://days.invalid/d.txt",
            "明文 HTTP，还会经过代理 localhost",
        ),
        (
            "sub",
            "webcal://days.invalid/d.ics",
            "改走明文 HTTP，还会经过代理",
        ),
        (
            "inside",
            "https://nas.local/d.ics",
            "目前不会从这个地址更新",
        ),
        ("good", "https://days.invalid/d.ics", ""),
    ] {
        let draft = json!({"name": name, "source_url": url});
        let made = admin.post("/api/v1/calendars", draft).await.expect(201);
        let path = format!("/api/v1/calendars/{name}");
        let shown = admin.get(&path).await.expect(200);
        let warning = shown["calendar"]["warning"].as_str().unwrap_or_default();
        assert_eq!(made["warning"], shown["calendar"]["warning"], "{shown}");
        assert!(
            warning.contains(words) && warning.is_empty() == words.is_empty(),
            "{name}: {shown}"
        );
        let page = admin.open(&format!("/admin/calendars/{name}")).await.text();
        assert_eq!(
            page.contains("明文 HTTP") || page.contains("目前不会从"),
            !words.is_empty(),
            "{page}"
        );
        // Users who may not change the address do not see it either.
        let seen = viewer.get(&path).await.expect(200);
        assert!(seen["calendar"]["warning"].is_null(), "{seen}");
    }
}

#[tokio::test]
async fn a_channel_may_have_a_way_of_its_own() {
    let (usual, own) = (ForwardProxy::start().await, ForwardProxy::start().await);
    let app = behind(&usual, "").await;
    let robot = Robot::start(app.clock.clone()).await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let proxy = format!("http://ops:s3cret@localhost:{}", own.port);
    let draft = json!({
        "name": "hook", "kind": "webhook", "url": "http://hook.invalid/x", "proxy": proxy,
    });
    let made = admin.post("/api/v1/channels", draft).await.expect(201);
    let shown = format!("http://localhost:{}", own.port);
    assert_eq!(made["proxy"], shown, "{made}");
    let channel = format!("/api/v1/channels/{}", made["id"]);
    let test = async || {
        let tested = admin.call("POST", &format!("{channel}/test"), None).await;
        tested.expect(200)
    };
    assert_eq!(test().await["ok"], true);
    let heads = own.take();
    assert!(
        heads[0].starts_with("POST http://hook.invalid/x HTTP/1.1\r\n"),
        "{heads:?}"
    );
    let sign_in = "proxy-authorization: basic b3bzonmzy3jlda==";
    assert!(heads[0].to_lowercase().contains(sign_in), "{heads:?}");
    assert!(usual.take().is_empty());
    for reported in [
        admin.get("/api/v1/channels").await.text(),
        admin.open("/admin/channels").await.text(),
    ] {
        assert!(
            reported.contains(&shown) && !reported.contains("s3cret"),
            "{reported}"
        );
    }

    // Messages of the outbox take it, too.
    app.notify();
    let id = made["id"].as_i64().expect("an id");
    let sends = TaskDraft {
        channel_id: Some(id),
        ..super::helpers::draft("reported", "0 0 1 1 *", "true")
    };
    app.add(sends).await;
    app.until("the message", async || {
        (!own.take().is_empty()).then_some(())
    })
    .await;

    // Without the field it stays; then without a proxy, and again as the settings say.
    let put = async |body: serde_json::Value| admin.call("PUT", &channel, Some(body)).await;
    let kept = put(json!({"name": "hook", "kind": "webhook", "url": ""})).await;
    assert_eq!(kept.expect(200)["proxy"], shown);
    let url = robot.url();
    let direct = json!({"name": "hook", "kind": "webhook", "url": url, "proxy": "direct"});
    assert_eq!(put(direct).await.expect(200)["proxy"], "direct");
    assert_eq!(test().await["ok"], true);
    assert!(own.take().is_empty() && usual.take().is_empty());
    let plain = "http://hook.invalid/x";
    let usually = json!({"name": "hook", "kind": "webhook", "url": plain, "proxy": ""});
    assert!(put(usually).await.expect(200)["proxy"].is_null());
    assert_eq!(test().await["ok"], true);
    assert_eq!((own.take().len(), usual.take().len()), (0, 1));
}

#[tokio::test]
async fn a_proxy_that_is_entered_is_no_way_into_the_private_network() {
    let inside = ForwardProxy::start().await;
    // Another network than those of the kit.
    let app = TestApp::with(&["--outbound-allow=198.51.100.0/24"]).await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let draft = |proxy: &str| {
        let url = "http://hook.example/x";
        json!({"name": "hook", "kind": "webhook", "url": url, "proxy": proxy})
    };
    for proxy in [
        format!("http://127.0.0.1:{}", inside.port),
        "http://10.0.0.1:3128".to_owned(),
        "http://169.254.169.254/".to_owned(),
        "socks5://proxy.example:1080".to_owned(),
        "proxy".to_owned(),
        format!("http://{}.example", "p".repeat(300)),
    ] {
        let refused = admin.post("/api/v1/channels", draft(&proxy)).await;
        assert_eq!(refused.status, 422, "{proxy}: {}", refused.text());
        assert_eq!(
            refused.faults(),
            [("proxy".to_owned(), "refused".to_owned())],
            "{proxy}"
        );
    }
    // A name is checked at each request.
    let named = format!("http://localhost:{}", inside.port);
    let made = admin
        .post("/api/v1/channels", draft(&named))
        .await
        .expect(201);
    let test = format!("/api/v1/channels/{}/test", made["id"]);
    let tested = admin.call("POST", &test, None).await.expect(200);
    assert_eq!(tested["ok"], false, "{tested}");
    assert!(inside.take().is_empty());
}
