//! Rows 22 to 26: misbehaving commands, each run once by a real server.

use std::path::Path;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::checker::Counts;
use crate::row::{Outcome, Setting};
use crate::site::Site;
use crate::wait::{let_pass, until};

/// Between TERM and KILL, as set for these tasks, and 2 s of ours.
const GONE: Duration = Duration::from_secs(3 + 2);
/// What a server's memory may grow by, in KiB.
const FLAT: u64 = 32 * 1024;
/// Never due: tasks of these rows are started manually.
const NEVER: &str = "0 0 1 1 *";

/// Enters a task and starts it; gives the run.
async fn run(site: &Site, name: &str, command: &str, patch: Value) -> i64 {
    let task = site.enter_task(0, name, NEVER, command, patch).await;
    let path = format!("/api/v1/tasks/{}/run", task["id"]);
    let (status, run) = site.nodes[0]
        .ask(Method::POST, &path, Some(json!({})))
        .await
        .expect("an answer");
    assert_eq!(status, 202, "{run}");
    run["id"].as_i64().expect("an id")
}

/// Waits for the end of a run; gives it as the API does.
async fn ended(site: &Site, run: i64, limit: Duration) -> Value {
    let path = format!("/api/v1/runs/{run}");
    let ended = until(limit, || async {
        let (_, run) = site.nodes[0].ask(Method::GET, &path, None).await.ok()?;
        (!matches!(run["state"].as_str(), Some("running" | "waiting"))).then_some(run)
    })
    .await;
    ended.unwrap_or_else(|| {
        panic!(
            "run {run} does not end within {limit:?}: {}",
            site.nodes[0].log_end()
        )
    })
}

fn pids(file: &Path) -> Vec<i32> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.lines()
        .filter_map(|line| line.trim().parse().ok())
        .collect()
}

/// Whether a process of one of our commands has this pid; a zombie does not count.
fn lives(pid: i32) -> bool {
    std::fs::read(format!("/proc/{pid}/cmdline"))
        .is_ok_and(|words| words.windows(5).any(|at| at == b"sleep" || at == b"trap "))
}

/// Row 22: it ignores TERM, and has a child in a session of its own.
pub(crate) async fn stubborn(setting: Setting) -> Outcome {
    let mut site = Site::new(&setting, 1).await;
    site.start().await;
    let file = site.work().join("pids");
    let command = format!(
        "trap '' TERM; (setsid sh -c \"trap '' TERM; echo \\$\\$ >> {0}; while :; do sleep 300; done\" &); \
         echo $$ >> {0}; while :; do sleep 300; done",
        file.display()
    );
    let run = run(
        &site,
        "stubborn",
        &command,
        json!({ "execution": { "stop_grace": "3s" } }),
    )
    .await;
    let both = until(Duration::from_secs(10), || async {
        (pids(&file).len() == 2).then(|| pids(&file))
    })
    .await;
    let both = both.expect("both processes start");
    assert!(both.iter().all(|pid| lives(*pid)), "they live: {both:?}");
    let asked = Instant::now();
    let (status, said) = site.nodes[0]
        .ask(Method::POST, &format!("/api/v1/runs/{run}/stop"), None)
        .await
        .expect("an answer");
    assert_eq!(status, 202, "{said}");
    let gone = until(GONE, || async {
        both.iter().all(|pid| !lives(*pid)).then(|| asked.elapsed())
    })
    .await;
    let gone = gone.unwrap_or_else(|| {
        panic!(
            "of {both:?} there live {:?}",
            both.iter().filter(|pid| lives(**pid)).collect::<Vec<_>>()
        )
    });
    let run = ended(&site, run, Duration::from_secs(15)).await;
    assert_eq!(run["state"], "killed", "{run}");
    site.close().await;
    Outcome::passed(
        Counts::default(),
        [format!("all gone after {:.1} s", gone.as_secs_f64())],
    )
}

/// Row 23: more output than there is memory, without lines, and not text.
pub(crate) async fn flood(setting: Setting) -> Outcome {
    let mut site = Site::new(&setting, 1).await;
    site.start().await;
    let warm = run(&site, "warm", "head -c 20000000 /dev/zero", json!({})).await;
    ended(&site, warm, Duration::from_secs(60)).await;
    let before = site.nodes[0].resident_kib();
    let megabytes = setting.pick(200, 5_000);
    let mut most = 0;
    let mut notes = Vec::new();
    for (name, command) in [
        ("zeros", format!("head -c {megabytes}000000 /dev/zero")),
        ("yes", "yes | head -c 500000000".to_owned()),
        (
            "one line",
            "head -c 300000000 /dev/zero | tr '\\0' x".to_owned(),
        ),
        (
            "noise",
            "head -c 100000000 /dev/urandom; printf '\\377\\376'".to_owned(),
        ),
    ] {
        let since = Instant::now();
        let run = run(&site, name, &command, json!({})).await;
        let watching = async {
            loop {
                most = most.max(site.nodes[0].resident_kib());
                let_pass(Duration::from_millis(100)).await;
            }
        };
        let run = tokio::select! {
            run = ended(&site, run, Duration::from_secs(300)) => run,
            () = watching => continue,
        };
        assert_eq!(run["state"], "succeeded", "{name}: {run}");
        assert_eq!(run["output_truncated"], true, "{name}: {run}");
        notes.push(format!("{name} {:.0} s", since.elapsed().as_secs_f64()));
    }
    let grown = most.saturating_sub(before);
    assert!(grown < FLAT, "the server grew by {grown} KiB: {notes:?}");
    notes.push(format!("grown by {} MiB", grown / 1024));
    site.close().await;
    Outcome::passed(Counts::default(), notes)
}

/// Row 24: a process in the background holds the output open.
pub(crate) async fn holder(setting: Setting) -> Outcome {
    let mut site = Site::new(&setting, 1).await;
    site.start().await;
    let since = Instant::now();
    let run = run(&site, "holder", "sleep 600 & echo x", json!({})).await;
    let run = ended(&site, run, Duration::from_secs(5)).await;
    let took = since.elapsed();
    assert_eq!(run["state"], "succeeded", "{run}");
    site.close().await;
    Outcome::passed(
        Counts::default(),
        [format!("ended after {:.1} s", took.as_secs_f64())],
    )
}

/// Row 25: too many processes, too much memory, too few open files: only the run suffers.
pub(crate) async fn greedy(setting: Setting) -> Outcome {
    let mut notes = Vec::new();
    let mut site = Site::new(&setting, 1).await;
    site.start().await;
    let limits = json!({ "execution": { "limits": { "memory": "64M", "processes": "20" } } });
    let probe = site
        .enter_task(0, "probe", NEVER, "true", limits.clone())
        .await;
    if probe["execution"]["limits"]["processes"] == 20 {
        let hog = run(
            &site,
            "hog",
            "head -c 1000000000 /dev/zero | tail",
            limits.clone(),
        )
        .await;
        let hog = ended(&site, hog, Duration::from_secs(60)).await;
        assert_eq!(hog["state"], "failed", "{hog}");
        // Not a bomb: where no limit holds, it is a hundred sleepers.
        let file = site.work().join("sleepers");
        let many = format!(
            "for i in $(seq 100); do sleep 3 & echo $! >> {}; done; wait",
            file.display()
        );
        let run = run(&site, "many", &many, limits).await;
        ended(&site, run, Duration::from_secs(60)).await;
        let started = pids(&file).len();
        assert!(started < 25, "{started} processes although 20 are allowed");
        notes.push(format!("memory refused, {started} of 100 processes"));
    } else {
        notes.push("limits of runs are not known to this server".to_owned());
    }
    site.load(2).await;
    let_pass(Duration::from_secs(3)).await;
    assert!(!site.nodes[0].has_ended(), "{}", site.nodes[0].log_end());
    let mut counts = site.judge().await;
    site.close().await;

    let mut site = Site::new(&setting, 1).await;
    site.nodes[0].wrapper = vec!["prlimit".to_owned(), "--nofile=64:64".to_owned()];
    site.start().await;
    site.load(setting.pick(4, 8)).await;
    site.enter(
        0,
        1,
        "; sleep 8",
        json!({ "execution": { "overlap": "allow:50" } }),
    )
    .await;
    let_pass(setting.span(6, 20)).await;
    assert!(!site.nodes[0].has_ended(), "{}", site.nodes[0].log_end());
    counts.sum(&site.judge().await);
    site.close().await;
    notes.push("64 open files".to_owned());
    Outcome::passed(counts, notes)
}

/// Row 26: an unrelated process, started like a command, is never signalled.
pub(crate) async fn stranger(setting: Setting) -> Outcome {
    let mut site = Site::new(&setting, 1).await;
    site.start().await;
    let file = site.work().join("pids");
    let command = format!("echo $$ >> {}; exec sleep 300", file.display());
    run(&site, "long", &command, json!({})).await;
    let own = until(Duration::from_secs(10), || async {
        pids(&file).first().copied()
    })
    .await
    .expect("it starts");
    site.nodes[0].kill().await;
    // The same arguments, without the key of the folder, in a group of its own.
    let mut stranger = tokio::process::Command::new("sleep");
    let mut stranger = stranger
        .arg("300")
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .expect("a process");
    let pid = i32::try_from(stranger.id().expect("it runs")).expect("a pid");
    // Everything that the folder records about the dead run now names the unrelated process.
    let mut forged = 0;
    for path in files(&site.nodes[0].data) {
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        let (is, should) = (format!(" {own} "), format!(" {pid} "));
        if text.contains(&is) {
            std::fs::write(&path, text.replace(&is, &should)).expect("forged");
            forged += 1;
        }
    }
    site.start().await;
    let_pass(Duration::from_secs(3)).await;
    assert!(
        stranger.try_wait().expect("its status").is_none(),
        "a stranger was killed"
    );
    stranger.kill().await.expect("it was ours");
    assert!(
        site.nodes[0].log().contains("stray") || !lives(own) || forged > 0,
        "the stray lives on"
    );
    site.close().await;
    Outcome::passed(
        Counts::default(),
        [format!("{forged} files named the stranger")],
    )
}

/// All small files under a folder.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if entry
            .metadata()
            .is_ok_and(|meta| meta.is_file() && meta.len() < 100_000)
        {
            found.push(path);
        }
    }
    found
}
