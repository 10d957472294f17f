//! The product: the release binary with a fresh SQLite database, tasks entered over REST.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::stats::Round;
use crate::{Failure, now_nanos, read_lines, round, wait_for_lines};

const SECOND: i64 = 1_000_000_000;
/// Seconds between two instants: long enough for the slowest round to end.
const EVERY: i64 = 20;

/// A server that ends with this value.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It is our own child; if it has ended already there is nothing left to do.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// A running product with an account for the benchmark.
pub(crate) struct Product {
    server: Server,
    pub(crate) http: reqwest::Client,
    pub(crate) base: String,
    pub(crate) token: String,
}

/// Starts the product on a fresh database.
pub(crate) async fn start(data: &Path, binary: &Path) -> Result<Product, Failure> {
    let port = std::net::TcpListener::bind("127.0.0.1:0")?
        .local_addr()?
        .port();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(binary);
        command
            .args(arguments)
            .env_remove("DATABASE_URL")
            .env("JCRONTAB_DATA_DIR", data)
            .env("JCRONTAB_LISTEN", format!("127.0.0.1:{port}"))
            .env("JCRONTAB_LOG", "error")
            // The stamps go into a folder of the user who runs the benchmark.
            .env("JCRONTAB_ALLOW_ROOT", "1");
        command
    };
    let mut add = run(&[
        "user",
        "add",
        "bench",
        "--role",
        "admin",
        "--password-stdin",
    ])
    .stdin(Stdio::piped())
    .stdout(Stdio::null())
    .spawn()?;
    std::io::Write::write_all(
        &mut add.stdin.take().ok_or("no stdin")?,
        b"only for the benchmark\n",
    )?;
    if !add.wait()?.success() {
        return Err("the account could not be made".into());
    }
    let made = run(&["token", "create", "--user", "bench", "--json"]).output()?;
    let token = serde_json::from_slice::<Value>(&made.stdout)?["token"]
        .as_str()
        .ok_or("no token")?
        .to_owned();
    let server = Server(run(&["serve"]).stdout(Stdio::null()).spawn()?);
    let http = reqwest::Client::builder().no_proxy().build()?;
    let base = format!("http://127.0.0.1:{port}");
    wait_until_ready(&http, &base).await?;
    Ok(Product {
        server,
        http,
        base,
        token,
    })
}

pub(crate) async fn rounds(
    folder: &Path,
    binary: &Path,
    stamp: &Path,
    count: usize,
    rounds: usize,
) -> Result<Vec<Round>, Failure> {
    let product = start(&folder.join(format!("data-{count}")), binary).await?;
    let Product {
        server,
        http,
        base,
        token,
    } = &product;

    let file = folder.join(format!("product-{count}"));
    // All tasks are entered under one window, so that none fires before all are there.
    let first = (now_nanos() / SECOND + 8 + i64::try_from(count)? / 40) / EVERY * EVERY + EVERY;
    for number in 0..count {
        let draft = json!({
            "name": format!("bench {number}"),
            "cron": format!("*/{EVERY} * * * * *"),
            "zone": "UTC",
            "command": format!("{} {}", stamp.display(), file.display()),
            "starts_at": chrono::DateTime::from_timestamp(first, 0).map(|at| at.to_rfc3339()),
        });
        let answer = http
            .post(format!("{base}/api/v1/tasks"))
            .bearer_auth(token)
            .json(&draft)
            .send()
            .await?;
        if !answer.status().is_success() {
            return Err(format!("a task was refused: {}", answer.text().await?).into());
        }
    }
    let mut measured = Vec::new();
    let mut before = 0;
    for number in 0..rounds {
        let instant = (first + i64::try_from(number)? * EVERY) * SECOND;
        if instant < now_nanos() {
            return Err("entering the tasks took too long".into());
        }
        let idle = Duration::from_nanos(u64::try_from(instant - now_nanos())?)
            .saturating_sub(Duration::from_millis(200));
        tokio::time::sleep(idle).await;
        let cpu = cpu_ms(server.0.id())?;
        wait_for_lines(&file, before + count, Duration::from_secs(18)).await?;
        let stamps = read_lines(&file)?;
        let mut this = round(&stamps[before..], instant, count)?;
        this.cpu_ms = Some(cpu_ms(server.0.id())? - cpu);
        measured.push(this);
        before = stamps.len();
    }
    Ok(measured)
}

async fn wait_until_ready(http: &reqwest::Client, base: &str) -> Result<(), Failure> {
    for _ in 0..200 {
        if http
            .get(format!("{base}/readyz"))
            .send()
            .await
            .is_ok_and(|answer| answer.status().is_success())
        {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err("the server did not become ready".into())
}

/// CPU time of a process and its ended children, in milliseconds (proc(5), `stat` fields 14–17).
fn cpu_ms(pid: u32) -> Result<i64, Failure> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let fields = stat.rsplit_once(')').ok_or("stat has another form")?.1;
    let ticks: i64 = fields
        .split_whitespace()
        .skip(11)
        .take(4)
        .map(|field| field.parse::<i64>().unwrap_or(0))
        .sum();
    // USER_HZ is 100 on every Linux that Rust runs on.
    Ok(ticks * 10)
}
