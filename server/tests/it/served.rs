//! A server as it is run: with TLS, under systemd, with a log file, behind nginx.

use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::io::AsyncWriteExt;
use tokio::net::UnixDatagram;
use tokio::process::{Child, Command};

use super::helpers::in_time;
use super::helpers::place::Place;
use super::helpers::program::{Server, add_command, admin_token, jcrontab_with};

/// Makes a certificate for this machine that is its own issuer.
async fn certificate(place: &Place, name: &str) -> (PathBuf, PathBuf) {
    let (cert, key) = (
        place.work().join(format!("{name}.pem")),
        place.work().join(format!("{name}.key")),
    );
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
        ])
        .args(["-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"])
        .args(["-addext", "subjectAltName=IP:127.0.0.1"])
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&cert)
        .stderr(Stdio::null())
        .status();
    assert!(made.await.expect("openssl").success());
    (cert, key)
}

/// Asks over TLS; nothing where the certificate is not signed by this one.
async fn ask(url: &str, trusted: &Path) -> Option<String> {
    let address = url.trim_start_matches("http://");
    let mut child = Command::new("openssl")
        .args([
            "s_client",
            "-quiet",
            "-verify_return_error",
            "-verify_ip",
            "127.0.0.1",
        ])
        .args(["-connect", address, "-CAfile"])
        .arg(trusted)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("openssl");
    let mut pipe = child.stdin.take().expect("stdin");
    // One that does not trust the server has ended already.
    pipe.write_all(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        .await
        .ok();
    let output = in_time("an answer over TLS", child.wait_with_output()).await;
    let text = String::from_utf8_lossy(&output.expect("its output").stdout).into_owned();
    drop(pipe);
    Some(text).filter(|text| !text.is_empty())
}

async fn hang_up(server: &Server, words: &str) {
    let count = |log: &str| log.matches(words).count();
    let before = count(&server.log());
    kill(Pid::from_raw(server.pid()), Signal::SIGHUP).expect("a signal");
    let logged = async {
        while count(&server.log()) == before {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    in_time(words, logged).await;
}

#[tokio::test]
async fn tls_by_itself_takes_over_a_renewed_certificate_and_keeps_the_old_one_meanwhile() {
    let place = Place::new().await;
    let (first, first_key) = certificate(&place, "first").await;
    let (second, second_key) = certificate(&place, "second").await;
    let (cert, key) = (place.work().join("cert.pem"), place.work().join("key.pem"));
    let copy = |from: &Path, to: &Path| std::fs::copy(from, to).map(drop).expect("a copy");
    copy(&first, &cert);
    copy(&first_key, &key);
    let files = (cert.display().to_string(), key.display().to_string());
    let variables = [
        ("JCRONTAB_TLS_CERT", files.0.as_str()),
        ("JCRONTAB_TLS_KEY", files.1.as_str()),
    ];
    let mut server = Server::spawn(&place, &variables);
    while !server.line().await.contains("is ready: https://") {}
    let url = server.url.clone();
    let answer = ask(&url, &first).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(
        answer.to_lowercase().contains("strict-transport-security"),
        "{answer}"
    );
    // A renewal writes two files one after the other.
    copy(&second, &cert);
    hang_up(&server, "the one in use stays").await;
    assert!(ask(&url, &first).await.is_some());
    copy(&second_key, &key);
    hang_up(&server, "the certificate was read again").await;
    assert!(ask(&url, &second).await.is_some());
    assert!(
        ask(&url, &first).await.is_none(),
        "the old one is not used any more"
    );
    assert_eq!(server.stop().await, 0);
    // A certificate without a key starts nothing.
    let mut half = Server::spawn(&place, &variables[..1]);
    assert_ne!(half.ended().await, 0);
    assert!(half.log().contains("are set together"), "{}", half.log());
}

#[tokio::test]
async fn systemd_hears_when_the_server_is_ready_works_and_stops() {
    let place = Place::new().await;
    let path = place.work().join("notify.sock");
    let socket = UnixDatagram::bind(&path).expect("a socket");
    let heard = async |words: &str| {
        let message = async {
            loop {
                let mut bytes = [0; 1024];
                let length = socket.recv(&mut bytes).await.expect("a message");
                let text = String::from_utf8_lossy(&bytes[..length]).into_owned();
                if text.starts_with(words) {
                    return text;
                }
            }
        };
        in_time(words, message).await
    };
    let address = path.display().to_string();
    let variables = [
        ("NOTIFY_SOCKET", address.as_str()),
        ("WATCHDOG_USEC", "100000"),
    ];
    let server = Server::start(&place, &variables).await;
    let ready = heard("READY=1").await;
    assert!(ready.ends_with(&server.url), "{ready}");
    heard("WATCHDOG=1").await;
    heard("WATCHDOG=1").await;
    assert_eq!(server.stop().await, 0);
    heard("STOPPING=1").await;
}

#[tokio::test]
async fn the_log_goes_to_a_file_of_the_day() {
    let place = Place::new().await;
    let folder = place.work().join("log");
    std::fs::create_dir(&folder).expect("a folder");
    let path = folder.join("jcrontab.log").display().to_string();
    let server = Server::start(&place, &[("JCRONTAB_LOG_PATH", &path)]).await;
    assert_eq!(server.log(), "", "nothing on standard error");
    assert_eq!(server.stop().await, 0);
    let files: Vec<_> = std::fs::read_dir(&folder).expect("it").flatten().collect();
    let name = files[0].file_name().to_string_lossy().into_owned();
    // The date has ten characters; at midnight there are two files.
    assert!(
        name.starts_with("jcrontab.log.20") && name.len() == 23,
        "{name}"
    );
    let text: String = (files.iter())
        .map(|file| std::fs::read_to_string(file.path()).expect("text"))
        .collect();
    assert!(
        text.contains("the database is ready") && text.contains("stopped"),
        "{text}"
    );
    let nowhere = place.work().join("file").join("jcrontab.log");
    std::fs::write(place.work().join("file"), "").expect("a file");
    let nowhere = nowhere.display().to_string();
    let mut refused = Server::spawn(&place, &[("JCRONTAB_LOG_PATH", &nowhere)]);
    assert_ne!(refused.ended().await, 0);
    assert!(refused.log().contains(&nowhere), "{}", refused.log());
}

/// nginx in front of a server, as docs/OPERATIONS.md has it, at `/` or under a path.
struct Nginx {
    _child: Child,
    url: String,
}

impl Nginx {
    async fn start(place: &Arc<Place>, server: &Server, location: &str) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/need.sh");
        let installed = Command::new(script).args(["nginx", "nginx-light"]).status();
        assert!(installed.await.expect("the script").success());
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address");
        drop(listener);
        let work = place.work().join("nginx");
        std::fs::create_dir_all(&work).expect("a folder");
        let (folder, upstream) = (work.display(), &server.url);
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .iter()
            .map(|name| format!("{name}_temp_path {folder}/{name};\n"))
            .collect();
        let text = format!(
            "daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
             events {{}}
             http {{
                 access_log off;
                 {temporary}
                 server {{
                     listen {address};
                     location {location} {{
                         proxy_pass {upstream};
                         proxy_http_version 1.1;
                         proxy_set_header Host $host;
                         proxy_set_header Connection \"\";
                         proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                         proxy_buffering off;
                         client_max_body_size 8m;
                         proxy_read_timeout 1h;
                     }}
                 }}
             }}"
        );
        let file = work.join("nginx.conf");
        std::fs::write(&file, text).expect("its settings");
        let path = std::env::var("PATH").unwrap_or_default();
        let child = Command::new("nginx")
            .env("PATH", format!("{path}:/usr/sbin"))
            .arg("-c")
            .arg(&file)
            .arg("-p")
            .arg(&work)
            .arg("-e")
            .arg(work.join("error.log"))
            .kill_on_drop(true)
            .spawn()
            .expect("nginx");
        let listens = async {
            while tokio::net::TcpStream::connect(address).await.is_err() {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        in_time("nginx to listen", listens).await;
        Self {
            _child: child,
            url: format!("http://{address}"),
        }
    }
}

#[tokio::test]
async fn behind_nginx_events_arrive_at_once_and_clients_have_their_own_address() {
    let place = Place::new().await;
    let token = admin_token(&place).await;
    let variables = [
        ("JCRONTAB_TRUSTED_PROXIES", "127.0.0.1"),
        ("JCRONTAB_LOG_FORMAT", "json"),
    ];
    let server = Server::start(&place, &variables).await;
    let nginx = Nginx::start(&place, &server, "/").await;
    let client = reqwest::Client::builder()
        .no_proxy()
        .local_address(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2)))
        .build()
        .expect("a client");
    let get = |path: &str| {
        let request = client.get(format!("{}{path}", nginx.url));
        request.bearer_auth(&token)
    };
    let answer = get("/api/v1/tasks").send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    let log = server.log();
    let line = log.lines().rfind(|line| line.contains("/api/v1/tasks"));
    assert!(
        line.is_some_and(|line| line.contains("\"client\":\"127.0.0.2\"")),
        "{log}"
    );
    // The stream stays open, so an event that a proxy kept back would never arrive.
    let mut events = get("/events").send().await.expect("events");
    assert_eq!(events.status(), 200);
    add_command(&place, "a", "0 3 * * *", "true").await;
    let seen = async {
        let mut text = String::new();
        while !text.contains("task") {
            let chunk = events.chunk().await.expect("the stream").expect("an event");
            text.push_str(&String::from_utf8_lossy(&chunk));
        }
    };
    in_time("an event through nginx", seen).await;
    // As large as a request may be, and larger than nginx takes without being asked.
    let body = "x".repeat(3 * 1024 * 1024);
    let posted = client
        .post(format!("{}/api/v1/calendars", nginx.url))
        .bearer_auth(&token)
        .header("content-type", "application/json")
        .body(format!("{{\"name\":\"{body}\"}}"));
    let status = posted.send().await.expect("an answer").status();
    assert_eq!(status, 422, "the server itself has read it");
    drop(events);
    assert_eq!(server.stop().await, 0);
}

#[tokio::test]
async fn behind_nginx_under_a_path_pages_events_and_the_command_line_work() {
    let place = Place::new().await;
    let token = admin_token(&place).await;
    let variables = [("JCRONTAB_PUBLIC_URL", "http://ops.test/cron")];
    let mut server = Server::spawn(&place, &variables);
    let ready = "is ready: http://ops.test/cron";
    while !server.line().await.ends_with(ready) {}
    let nginx = Nginx::start(&place, &server, "/cron/").await;
    let client = reqwest::Client::builder().no_proxy();
    let client = client.redirect(reqwest::redirect::Policy::none());
    let client = client.build().expect("a client");
    let get = |path: &str| {
        let request = client.get(format!("{}{path}", nginx.url));
        request.bearer_auth(&token).header("accept", "text/html")
    };
    // Pages are opened with a session.
    let signed_in = client
        .post(format!("{}/cron/login", nginx.url))
        .header("content-type", "application/x-www-form-urlencoded")
        .body("name=root&password=correct+horse")
        .send()
        .await
        .expect("an answer");
    let cookie = signed_in.headers()["set-cookie"].to_str().expect("text");
    assert!(cookie.contains("; Path=/cron"), "{cookie}");
    let session = cookie.split(';').next().expect("a cookie");
    let page = client
        .get(format!("{}/cron/tasks", nginx.url))
        .header("cookie", session)
        .header("accept", "text/html");
    let page = page.send().await.expect("an answer");
    assert_eq!(page.status(), 200);
    let text = page.text().await.expect("a page");
    assert!(text.contains("href=\"/cron/tasks/new\""), "{text}");
    let icon = get("/cron/favicon.svg").send().await.expect("an answer");
    assert_ne!(icon.status(), 401);
    assert_eq!(get("/tasks").send().await.expect("an answer").status(), 404);
    let mut events = get("/cron/events").send().await.expect("events");
    add_command(&place, "a", "0 3 * * *", "true").await;
    let seen = async {
        let mut text = String::new();
        while !text.contains("task") {
            let chunk = events.chunk().await.expect("the stream").expect("an event");
            text.push_str(&String::from_utf8_lossy(&chunk));
        }
    };
    in_time("an event through nginx", seen).await;
    drop(events);
    let url = format!("{}/cron/", nginx.url);
    let list = ["task", "list", "--json", "--url", &url];
    let listed = jcrontab_with(&place, &list, &[("JCRONTAB_TOKEN", &token)], "").await;
    assert_eq!(listed.json()["items"][0]["name"], "a");
    assert_eq!(server.stop().await, 0);
}
