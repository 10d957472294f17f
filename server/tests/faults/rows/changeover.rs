//! Row 41: lines of a real cron are taken over, and given back, while they fire each minute.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use nix::unistd::Uid;
use tokio::process::{Child, Command};

use crate::checker::Counts;
use crate::row::{Outcome, Setting};
use crate::site::{Site, now};
use crate::wait::{let_pass, until};

/// Lines, each of which fires every minute.
const LINES: usize = 50;
/// Debian's cron.
const CRON: &str = "/usr/sbin/cron";
/// Minutes in the hands of each side, between the changes.
const MINUTES: i64 = 2;
/// A firing has written its line this long after its minute began.
const WRITTEN: Duration = Duration::from_secs(8);

pub(crate) async fn of_real_cron(setting: Setting) -> Outcome {
    if !Uid::effective().is_root() {
        return Outcome::NotRun("it takes root to run a cron of its own".to_owned());
    }
    if !Path::new(CRON).exists() {
        return Outcome::NotRun(format!("{CRON} is missing: apt install cron"));
    }
    let mut site = Site::new(&setting, 1).await;
    site.start().await;
    let folder: PathBuf = site.folder().to_owned();
    let ledger = folder.join("work/minutes");
    std::fs::write(&ledger, "").expect("a ledger");
    let everybody = std::fs::Permissions::from_mode(0o666);
    std::fs::set_permissions(&ledger, everybody).expect("its mode");
    let mut text = "# made up\nMAILTO=\"\"\n".to_owned();
    for line in 0..LINES {
        let file = ledger.display();
        text.push_str(&format!(
            "* * * * * echo {line} $(date +\\%FT\\%H:\\%M) >> {file}\n"
        ));
    }
    let cron = start_cron(&folder).await;
    let pid = cron.id().expect("a running cron").to_string();
    let words = ["nsenter", "--target", &pid, "--mount", "--"];
    let node = &mut site.nodes[0];
    node.wrapper = words.map(str::to_owned).to_vec();
    let listed = folder.join("crontab.txt");
    std::fs::write(&listed, &text).expect("a crontab");
    run(
        &words,
        &["crontab", "-u", "root", listed.to_str().expect("a path")],
    )
    .await;

    // The first whole minute is the next one.
    let first = minute(0) + 1;
    pass(first).await;
    let own = ["--user=root", "--flavor=debian"];
    let import = [&["import", "crontab", "--as-server-user"], &own[..]].concat();
    node.cli(&import, "").await;
    pass(first + MINUTES).await;
    let taken = node
        .cli(&[&["takeover", "--json"], &own[..]].concat(), "")
        .await;
    assert!(taken.contains("\"late\":false"), "{taken}");
    let over = minute(0);
    pass(over + MINUTES).await;
    let given = node
        .cli(&[&["giveback", "--json"], &own[..]].concat(), "")
        .await;
    assert!(given.contains("\"late\":false"), "{given}");
    let back = minute(0);
    pass(back + MINUTES).await;
    let last = minute(0);
    let after = folder.join("after.txt");
    let shown = run(&words, &["crontab", "-u", "root", "-l"]).await;
    std::fs::write(&after, &shown).expect("a copy");
    assert_eq!(shown, text, "the crontab is what it was");
    end(cron).await;

    let written = std::fs::read_to_string(&ledger).expect("the ledger");
    let counts = count(&written, first, last);
    // The server's own history says the same about its minutes.
    let runs = site.database.runs().await.expect("the runs").len();
    site.close().await;
    let ours = usize::try_from(back - over).expect("minutes") * LINES;
    assert_eq!(runs, ours, "runs of the server between the changes");
    Outcome::passed(
        counts,
        [format!(
            "{LINES} lines, {} minutes, {runs} runs of ours",
            last - first + 1
        )],
    )
}

/// Minutes since the epoch, so many seconds ago.
fn minute(seconds: i64) -> i64 {
    (now().timestamp() - seconds).div_euclid(60)
}

/// Waits until the firings of a minute have written their lines.
async fn pass(number: i64) {
    let limit = Duration::from_secs(60 * (u64::try_from(MINUTES).expect("minutes") + 2));
    let settled = i64::try_from(WRITTEN.as_secs()).expect("seconds");
    let passed = until(limit, async || (minute(settled) >= number).then_some(())).await;
    passed.expect("time passes");
}

/// A cron in a mount namespace of its own: its crontabs, and its lock, are in our folder.
async fn start_cron(folder: &Path) -> Child {
    for name in ["spool", "cron.d", "run"] {
        std::fs::create_dir_all(folder.join(name)).expect("a folder");
    }
    std::fs::write(folder.join("etc-crontab"), "").expect("a file");
    let script = format!(
        "mount --bind {0}/spool /var/spool/cron/crontabs && mount --bind {0}/cron.d /etc/cron.d && \
         mount --bind {0}/etc-crontab /etc/crontab && mount --bind {0}/run /run && exec {CRON} -f",
        folder.display()
    );
    let cron = Command::new("unshare")
        .args(["--mount", "--propagation", "private", "sh", "-c", &script])
        .env("TZ", "UTC")
        .stdin(Stdio::null())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .expect("unshare");
    let lock = folder.join("run/crond.pid");
    let up = until(Duration::from_secs(20), async || {
        lock.exists().then_some(())
    })
    .await;
    up.expect("cron is up");
    // It has read its folders by then, and compares the times of their changes in whole seconds: a crontab that is
    // installed within the same one is not seen.
    let_pass(Duration::from_secs(2)).await;
    cron
}

async fn end(mut cron: Child) {
    cron.start_kill().expect("a signal");
    cron.wait().await.expect("its end");
}

async fn run(prefix: &[&str], words: &[&str]) -> String {
    let ended = Command::new(prefix[0])
        .args(&prefix[1..])
        .args(words)
        .output()
        .await
        .expect("a program");
    assert!(
        ended.status.success(),
        "{words:?}: {}",
        String::from_utf8_lossy(&ended.stderr)
    );
    String::from_utf8(ended.stdout).expect("text")
}

/// Each line once in each minute.
fn count(written: &str, first: i64, last: i64) -> Counts {
    let mut seen: BTreeMap<(i64, usize), usize> = BTreeMap::new();
    for line in written.lines() {
        let (number, at) = line.split_once(' ').expect("two words");
        let at = chrono::NaiveDateTime::parse_from_str(at, "%Y-%m-%dT%H:%M").expect("a minute");
        let minute = at.and_utc().timestamp().div_euclid(60);
        *seen
            .entry((minute, number.parse().expect("a number")))
            .or_default() += 1;
    }
    let mut counts = Counts::default();
    let (mut lost, mut doubled) = (Vec::new(), Vec::new());
    for minute in first..=last {
        for number in 0..LINES {
            counts.targets += 1;
            match seen.get(&(minute, number)) {
                None => lost.push((minute - first, number)),
                Some(1) => counts.ran += 1,
                Some(_) => doubled.push((minute - first, number)),
            }
        }
    }
    assert!(
        lost.is_empty() && doubled.is_empty(),
        "lost (minute, line) {lost:?}, doubled {doubled:?}"
    );
    counts
}
