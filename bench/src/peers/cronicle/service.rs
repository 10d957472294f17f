//! A private Cronicle: started, configured over its REST interface, stopped.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use serde_json::{Value, json};

use super::super::finish;
use super::super::watch::Set;
use super::MINUTE;
use crate::stage::Stage;
use crate::{Failure, now_nanos};

/// Where the program is, and a fresh place for all that it writes.
pub(super) struct Home {
    program: PathBuf,
    data: PathBuf,
    port: u16,
}

impl Home {
    /// Sets up its database.
    pub(super) fn fresh(stage: &Stage) -> Result<Self, Failure> {
        let program = std::env::var_os("CRONICLE_DIR").ok_or(
            "it is in no package registry; to measure one that is installed, name its folder in CRONICLE_DIR",
        )?;
        let home = Self {
            program: program.into(),
            data: stage.fresh("cronicle-home")?,
            port: std::net::TcpListener::bind("127.0.0.1:0")?
                .local_addr()?
                .port(),
        };
        for folder in ["data", "logs", "queue", "tmp"] {
            std::fs::create_dir(home.data.join(folder))?;
        }
        let mut setup = home.set(Command::new("node"));
        setup
            .arg(home.program.join("bin/storage-cli.js"))
            .arg("setup");
        finish("Cronicle cannot be set up", &mut setup)?;
        Ok(home)
    }

    pub(super) fn version(&self) -> Result<String, Failure> {
        let package = std::fs::read(self.program.join("package.json"))?;
        let package: Value = serde_json::from_slice(&package)?;
        Ok(package["version"].as_str().unwrap_or("unknown").to_owned())
    }

    /// Its settings, which it also takes from the environment.
    fn set(&self, mut command: Command) -> Command {
        let below = |name| self.data.join(name);
        command
            .current_dir(&self.program)
            .env("TZ", "UTC")
            .env("TMPDIR", below("tmp"))
            .env("CRONICLE_Storage__Filesystem__base_dir", below("data"))
            .env("CRONICLE_log_dir", below("logs"))
            .env("CRONICLE_queue_dir", below("queue"))
            .env("CRONICLE_pid_file", below("pid"))
            .env("CRONICLE_secret_key", "only for the benchmark")
            .env("CRONICLE_WebServer__http_bind_address", "127.0.0.1")
            .env("CRONICLE_WebServer__http_port", self.port.to_string())
            // No looking for other nodes.
            .env("CRONICLE_udp_broadcast_port", "0")
            // It waits for other nodes before it fires.
            .env("CRONICLE_scheduler_startup_grace", "1");
        command
    }
}

/// A running Cronicle; dropping it ends it and its jobs.
pub(super) struct Service {
    child: Child,
    http: reqwest::Client,
    base: String,
    session: String,
    /// When it first answered, in nanoseconds since 1970.
    pub(super) answered: i64,
}

impl Drop for Service {
    fn drop(&mut self) {
        // Its jobs are in its process group. Processes that have ended need no signal.
        if let Ok(pid) = i32::try_from(self.child.id()) {
            killpg(Pid::from_raw(pid), Signal::SIGKILL).ok();
        }
        self.child.wait().ok();
    }
}

impl Service {
    /// Starts it, waits for its first page, and signs in once it takes part in its cluster of one.
    pub(super) async fn start(home: &Home) -> Result<Self, Failure> {
        // A group of its own does not hear an interrupt at the terminal: it ends with us this way.
        let mut command = home.set(Command::new("setpriv"));
        let child = command
            .args(["--pdeathsig", "KILL", "node"])
            .arg(home.program.join("lib/main.js"))
            .args(["--foreground", "--master"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        let mut service = Self {
            child,
            http: reqwest::Client::builder().no_proxy().build()?,
            base: format!("http://127.0.0.1:{}", home.port),
            session: String::new(),
            answered: 0,
        };
        let begun = Instant::now();
        while !service.answers().await {
            if begun.elapsed() > Duration::from_secs(60) || service.child.try_wait()?.is_some() {
                return Err("Cronicle does not start".into());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        service.answered = now_nanos();
        while let Err(why) = service.enter_as_administrator().await {
            if begun.elapsed() > Duration::from_secs(60) {
                return Err(why);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(service)
    }

    /// Signs in, and requests something that it only knows once it leads its cluster of one.
    async fn enter_as_administrator(&mut self) -> Result<(), Failure> {
        let account = json!({"username": "admin", "password": "admin"});
        let entered = self.ask("user/login", &account).await?;
        let session = entered["session_id"].as_str().ok_or("no session")?;
        session.clone_into(&mut self.session);
        self.ask("app/get_schedule/v1", &json!({"limit": 1}))
            .await?;
        Ok(())
    }

    async fn answers(&self) -> bool {
        let page = self.http.get(&self.base).send().await;
        page.is_ok_and(|page| page.status().is_success())
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it like an operator would.
    pub(super) async fn stop(mut self) -> Result<(), Failure> {
        kill(
            Pid::from_raw(i32::try_from(self.child.id())?),
            Signal::SIGTERM,
        )?;
        let begun = Instant::now();
        while self.child.try_wait()?.is_none() {
            if begun.elapsed() > Duration::from_secs(60) {
                return Err("Cronicle does not stop".into());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Asks its REST interface.
    async fn ask(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        let answer: Value = self
            .http
            .post(format!("{}/api/{path}", self.base))
            .header("X-Session-ID", &self.session)
            .json(body)
            .send()
            .await?
            .json()
            .await?;
        if answer["code"] == 0 {
            Ok(answer)
        } else {
            Err(format!("Cronicle: {}", answer["description"]).into())
        }
    }

    /// Enters a set of tasks that is due at these minutes (seconds since 1970).
    pub(super) async fn enter(&self, set: &Set, due: &[i64]) -> Result<(), Failure> {
        if due.is_empty() {
            return Ok(());
        }
        let minutes: Vec<i64> = due.iter().map(|at| at / MINUTE % 60).collect();
        for (number, command) in set.commands().enumerate() {
            let event = json!({
                "title": format!("{} {number}", set.name),
                "enabled": 1,
                "category": "general",
                "target": "allgrp",
                "plugin": "shellplug",
                "max_children": 1,
                "timezone": "UTC",
                "timing": {"minutes": minutes},
                "params": {"script": format!("#!/bin/sh\n{command}\n")},
            });
            self.ask("app/create_event/v1", &event).await?;
        }
        Ok(())
    }
}
