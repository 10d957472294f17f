//! What a killed server leaves behind, and what must not be mistaken for it.

use std::process::{Child, Command};

use app::auth::Principal;
use app::task::TaskSpec;
use runner::strays::kill_unfinished;
use server::clock::{Clock, SystemClock};
use server::store::{Act, Store};

use super::super::helpers::Leash;
use super::super::helpers::place::Place;
use super::super::helpers::program::{Server, jcrontab};
use super::{escape_from, lives};

/// Enters a task while no server runs.
async fn enter(place: &Place, name: &str, command: &str, outlives_server: bool) -> String {
    let store = Store::open(&place.database.url, &place.data())
        .await
        .expect("the database");
    store.migrate().await.expect("migrations");
    let execution = app::task::Execution {
        outlives_server,
        ..Default::default()
    };
    let spec = TaskSpec {
        name: name.to_owned(),
        command: command.to_owned(),
        execution: execution.shared(),
        ..TaskSpec::example()
    };
    let act = Act::by(&Principal::console(), "task.create", SystemClock.now());
    let id = store.insert_task(&act, &spec, |_| Vec::new()).await;
    id.expect("a task").to_string()
}

#[tokio::test]
async fn a_killed_server_is_cleaned_up_after_but_for_what_was_to_stay() {
    for mode in super::ways().iter().copied() {
        let place = Place::new().await;
        let work = place.work();
        let leash = || Leash::new(&work);
        let (mut main, mut escaped) = (leash(), leash());
        let (mut orphan, mut stays, mut daemon) = (leash(), leash(), leash());
        let command = format!("{} {}", escape_from(&work, &escaped), main.endless());
        let open = enter(&place, "open", &command, false).await;
        // Its command has ended when the next server comes; its processes have not.
        let gate = work.join("gate");
        let command = format!(
            "{} while ! [ -e {} ]; do sleep 0.02; done",
            escape_from(&work, &orphan),
            gate.display()
        );
        let gone = enter(&place, "gone", &command, false).await;
        let opted_in = enter(&place, "opted in", &stays.endless(), true).await;
        let command = format!("{}; sleep 600 &", daemon.start());
        let over = enter(&place, "over", &command, false).await;

        let variables = [("JCRONTAB_CONTAINMENT", mode)];
        let server = Server::start(&place, &variables).await;
        for task in [&open, &gone, &opted_in, &over] {
            jcrontab(&place, &["task", "run", task, "--json"])
                .await
                .json();
        }
        let pids = [
            main.ready().await,
            escaped.ready().await,
            orphan.ready().await,
        ];
        let (staying, left) = (stays.ready().await, daemon.ready().await);
        // Written down as over before the server is killed.
        let journal = place.data().join("running.log");
        super::eventually("the end of a run", || {
            let text = std::fs::read_to_string(&journal).ok()?;
            text.lines()
                .any(|line| line.starts_with("end "))
                .then_some(())
        })
        .await;
        server.kill().await;
        assert!(
            pids.iter().all(|pid| lives(*pid)),
            "{mode}: they outlive their server"
        );
        std::fs::write(&gate, "").expect("a file");

        let server = Server::start(&place, &variables).await;
        for pid in pids {
            assert!(!lives(pid), "{mode}: ended before the server is ready");
        }
        main.gone().await;
        escaped.gone().await;
        orphan.gone().await;
        let child = || {
            let found = super::pids().into_iter().filter(|pid| {
                super::status(*pid, "NSsid").is_some_and(|session| session == left.to_string())
            });
            found.count()
        };
        assert!(lives(staying), "{mode}: it was to outlive the server");
        assert_eq!(
            child(),
            1,
            "{mode}: its run had ended, so it is not a stray"
        );
        assert_eq!(server.stop().await, 0);
        let server = Server::start(&place, &variables).await;
        assert!(
            lives(staying) && child() == 1,
            "{mode}: also after a second start"
        );
        assert_eq!(server.stop().await, 0);
        // The folder's end is the end of these, too.
        drop(place);
        stays.gone().await;
        daemon.gone().await;
    }
}

/// A process of a stranger.
struct ForeignProcess(Child);

impl ForeignProcess {
    fn new() -> Self {
        Self(
            Command::new("/bin/sleep")
                .arg("600")
                .spawn()
                .expect("a process"),
        )
    }

    /// Its pid, and the tick it started at.
    fn identity(&self) -> (u32, u64) {
        let pid = self.0.id();
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("it lives");
        let fields = stat.rsplit_once(')').expect("a name").1;
        let started = fields.split_ascii_whitespace().nth(19).expect("a field");
        (pid, started.parse().expect("a number"))
    }

    fn lives(&mut self) -> bool {
        self.0.try_wait().expect("a status").is_none()
    }
}

impl Drop for ForeignProcess {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[tokio::test]
async fn a_pid_that_was_used_again_is_never_signalled() {
    let place = Place::new().await;
    let data = place.data();
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").expect("a boot");
    let boot = boot.trim();
    let key = "0123456789abcdef0123456789abcdef";
    let mut stranger = ForeignProcess::new();
    let (pid, started) = stranger.identity();
    let me = std::process::id();
    let write = |lines: &str| std::fs::write(data.join("running.log"), lines).expect("a file");
    for foreign in [
        // The pid has been reused.
        format!("start 7 {boot} {pid} {} end - ;\n", started - 1),
        // Of another boot, where the same tick says nothing.
        format!("start 7 11111111-2222-3333-4444-555555555555 {pid} {started} end - ;\n"),
        // It was to stay.
        format!("start 7 {boot} {pid} {started} leave - ;\n"),
        // It has ended.
        format!("start 7 {boot} {pid} {started} end - ;\nend 7 ;\n"),
        // Cut short, or not a valid line.
        format!("start 7 {boot} {pid} {started} end -\nstart 7 {boot} {pid} {started}\n\u{1}\n"),
        // All processes, our parent, our group, ourselves.
        format!(
            "start 7 {boot} 1 0 end - ;\nstart 8 {boot} 0 0 end - ;\nstart 9 {boot} -1 0 end - ;\nstart 10 {boot} {me} 0 end - ;\n"
        ),
        // A group that is not one of ours.
        format!("start 7 {boot} 0 0 end /sys/fs/cgroup/unified ;\n"),
    ] {
        write(&foreign);
        assert_eq!(kill_unfinished(&data, key).expect("/proc"), 0, "{foreign}");
        assert!(stranger.lives(), "{foreign}");
        assert_eq!(
            std::fs::read(data.join("running.log")).expect("the file"),
            b"",
            "forgotten"
        );
    }
    // The same line with everything right ends it: the test looks at the right thing.
    write(&format!(
        "nonsense\nstart 7 {boot} {pid} {started} end - ;\n"
    ));
    assert_eq!(kill_unfinished(&data, key).expect("/proc"), 1);
    super::eventually("its end", || (!stranger.lives()).then_some(())).await;
}
