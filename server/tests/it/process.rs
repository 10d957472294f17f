//! The real binary as a server: start, kill -9, stop.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::json;

use super::helpers::place::Place;
use super::helpers::program::{Server, add_command, admin_token, jcrontab, jcrontab_with};
use super::helpers::{Leash, in_time};

fn is_alive(pid: i32) -> bool {
    // A process that has ended but was not waited for yet has no command line any more.
    std::fs::read(Path::new("/proc").join(pid.to_string()).join("cmdline"))
        .is_ok_and(|line| !line.is_empty())
}

#[tokio::test]
async fn a_first_start_prints_a_link_that_makes_the_first_account() {
    let place = Place::new().await;
    let mut server = Server::start(&place, &[]).await;
    let link = loop {
        let line = server.line().await;
        if let Some(link) = line
            .trim()
            .strip_prefix(&format!("{}/setup?token=", server.url))
        {
            break link.to_owned();
        }
    };
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client");
    let status = async |path: &str| {
        let answer = client
            .get(format!("{}{path}", server.url))
            .header("accept", "text/html")
            .send()
            .await;
        answer.expect("an answer").status().as_u16()
    };
    assert_eq!(
        (
            status("/healthz").await,
            status("/setup").await,
            status("/").await
        ),
        (200, 200, 303)
    );
    let form = format!("token={link}&name=ada&password=correct+horse");
    let posted = client
        .post(format!("{}/setup", server.url))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", &server.url)
        .body(form)
        .send()
        .await
        .expect("an answer");
    assert_eq!(posted.status().as_u16(), 303);
    assert!(
        posted.headers()["set-cookie"]
            .to_str()
            .expect("text")
            .starts_with("jcrontab_session=")
    );
    assert_eq!(status("/setup").await, 404);
    let log = server.log();
    if nix::unistd::Uid::effective().is_root() {
        assert!(
            log.contains("nobody"),
            "it says as whom commands run: {log}"
        );
    }
    assert!(
        !log.contains(&link) && !log.contains("correct"),
        "no secret is logged"
    );
    assert_eq!(server.stop().await, 0);
    let server = Server::start(&place, &[]).await;
    assert_eq!(server.stop().await, 0);
}

#[tokio::test]
async fn after_kill_nine_nothing_runs_twice_and_nothing_stays_running() {
    let place = Place::new().await;
    let token = admin_token(&place).await;
    let ledger = place.ledger();
    let mut leash = Leash::new(&place.work());
    // The first run holds on; a run after the restart ends at once.
    let flag = place.work().join("restarted");
    let command = format!(
        "{}; [ -e {} ] && exit 0; {}; setsid sleep 600 & sleep 600",
        ledger.command("$JCRONTAB_SCHEDULED_FOR"),
        flag.display(),
        leash.start(),
    );
    let task = add_command(&place, "t", "* * * * * *", &command).await;
    let runs = format!("/api/v1/tasks/{task}/runs");

    let server = Server::start(&place, &[]).await;
    let pid = leash.ready().await;
    assert!(is_alive(pid));
    let first = server.get(&token, &runs).await["items"][0].clone();
    assert_eq!(first["state"], "running");
    server.kill().await;
    assert!(is_alive(pid), "it outlives its server");

    std::fs::write(&flag, "").expect("a file");
    let server = Server::start(&place, &[]).await;
    // Strays are ended before the server says that it is ready, also one in a session of its own.
    leash.gone().await;
    let lost = server
        .get(&token, &format!("/api/v1/runs/{}", first["id"]))
        .await;
    assert_eq!(lost["state"], "lost", "{lost}");
    assert!(lost["finished_at"].is_string() && lost["reason"].is_string());
    server
        .until(&token, "a run of the new process", async || {
            let newest = server.get(&token, &runs).await["items"][0].clone();
            (newest["state"] == "succeeded").then_some(())
        })
        .await;
    assert_eq!(server.stop().await, 0);

    let lines = ledger.lines();
    let instants: BTreeSet<&String> = lines.iter().collect();
    assert_eq!(
        instants.len(),
        lines.len(),
        "an instant has run twice: {lines:?}"
    );
    let open = "SELECT COUNT(*) FROM run WHERE state = 'running'";
    assert_eq!(place.database.count(open).await, 0);
    let open = "SELECT COUNT(*) FROM occurrence WHERE state = 'running'";
    assert_eq!(place.database.count(open).await, 0);
}

#[tokio::test]
async fn a_stop_drains_and_then_ends_what_runs() {
    let place = Place::new().await;
    let token = admin_token(&place).await;
    let mut leash = Leash::new(&place.work());
    let id = add_command(&place, "t", "0 0 1 1 *", &leash.endless()).await;
    let server = Server::start(&place, &[("JCRONTAB_SHUTDOWN_GRACE", "0")]).await;
    let run = jcrontab(&place, &["task", "run", &id, "--json"])
        .await
        .json();
    leash.ready().await;
    assert_eq!(server.stop().await, 1, "something had to be ended");
    leash.gone().await;
    let row = place.database.rows("SELECT state FROM run").await;
    assert_eq!(row, ["killed"], "{run}");
    assert_eq!(
        place
            .database
            .count("SELECT COUNT(*) FROM node WHERE stopped_at IS NULL")
            .await,
        0
    );

    // A command that ends in time is waited for; its result is kept.
    let mut leash = Leash::new(&place.work());
    let gate = place.work().join("gate");
    nix::unistd::mkfifo(&gate, nix::sys::stat::Mode::from_bits_truncate(0o666))
        .expect("a named pipe");
    std::fs::set_permissions(&gate, std::os::unix::fs::PermissionsExt::from_mode(0o666))
        .expect("its mode");
    let waiting = format!(
        "{}; read line < {}; echo \"$line\"; exit 7",
        leash.start(),
        gate.display()
    );
    let patient = add_command(&place, "p", "0 0 1 1 *", &waiting).await;
    let server = Server::start(&place, &[("JCRONTAB_SHUTDOWN_GRACE", "30")]).await;
    let run = jcrontab(&place, &["task", "run", &patient, "--json"])
        .await
        .json();
    leash.ready().await;
    let stopping = tokio::spawn(server.stop());
    // The pipe opens when the command reads it; by then the server may have been asked to stop or not.
    let opened = std::thread::spawn(move || std::fs::write(gate, "late\n"));
    assert_eq!(
        in_time("the server to stop", stopping)
            .await
            .expect("its code"),
        0
    );
    opened.join().expect("the writer").expect("written");
    let server = Server::start(&place, &[]).await;
    let ended = server
        .get(&token, &format!("/api/v1/runs/{}", run["id"]))
        .await;
    assert_eq!(
        (&ended["state"], &ended["exit_code"]),
        (&json!("failed"), &json!(7)),
        "{ended}"
    );
    assert_eq!(server.stop().await, 0);
}

#[tokio::test]
async fn the_servers_own_variables_do_not_reach_commands() {
    let place = Place::new().await;
    let token = admin_token(&place).await;
    let id = add_command(&place, "t", "0 0 1 1 *", "env").await;
    let secrets = [
        ("JCRONTAB_TOKEN", "TOP-SECRET"),
        ("JCRONTAB_PUBLIC_URL", "https://cron.example/TOP-SECRET"),
        ("AWS_SECRET_ACCESS_KEY", "TOP-SECRET"),
        ("LD_LIBRARY_PATH", "/TOP-SECRET"),
    ];
    let mut server = Server::spawn(&place, &secrets);
    while !server.line().await.contains("is ready: ") {}
    let run = jcrontab(&place, &["task", "run", &id, "--json"])
        .await
        .json();
    let path = format!("/api/v1/runs/{}", run["id"]);
    server
        .until(&token, "the end of the run", async || {
            (server.get(&token, &path).await["state"] != "running").then_some(())
        })
        .await;
    let output = jcrontab_with(&place, &["run", "output", &run["id"].to_string()], &[], "")
        .await
        .out;
    assert!(output.contains("JCRONTAB_RUN_ID="), "{output}");
    for foreign in [
        "TOP-SECRET",
        "DATABASE_URL",
        "JCRONTAB_DATA_DIR",
        "mysql://",
        "AWS_",
    ] {
        assert!(!output.contains(foreign), "{foreign} in {output}");
    }
    // Behind TLS the way of the cookie and the links is another one; the process still stops well.
    assert_eq!(server.stop().await, 0);
}
