//! Fail points: places between two writes where the fault suite makes a debug build wait or die.
//!
//! `FAILPOINTS` is read as crate `fail` reads it (`plan.before=3*sleep(500)`), and
//! `JCRONTAB_KILL_AT=claim.committed:3` is a kill -9 of this process at the third pass. Without
//! these variables, and in every release build, a point does nothing.

/// All points, in the order in which a firing reaches them.
pub const POINTS: [&str; 13] = [
    "plan.before",
    "plan.committed",
    "claim.before",
    "claim.committed",
    "spawn.done",
    "exit.seen",
    "record.before",
    "record.committed",
    "retry.inserted",
    "urge.before",
    "urge.committed",
    "press.before",
    "press.committed",
];

/// A place where the process may be made to wait or die. It may block the thread.
#[inline]
pub fn point(name: &'static str) {
    #[cfg(debug_assertions)]
    armed::pass(name);
    #[cfg(not(debug_assertions))]
    let _ = name;
}

#[cfg(debug_assertions)]
mod armed {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;

    /// Whether any fail point is configured; read once.
    static ARMED: OnceLock<bool> = OnceLock::new();

    pub(super) fn pass(name: &'static str) {
        debug_assert!(super::POINTS.contains(&name), "{name} is not in the list");
        if *ARMED.get_or_init(arm) {
            fail::fail_point!(name);
        }
    }

    fn arm() -> bool {
        let asked = std::env::var("JCRONTAB_KILL_AT").unwrap_or_default();
        let wanted = !asked.is_empty() || std::env::var_os("FAILPOINTS").is_some();
        if wanted {
            // Never dropped, because dropping it would disarm everything again.
            std::mem::forget(fail::FailScenario::setup());
        }
        if let Some((name, nth)) = read(&asked) {
            let passes = AtomicU64::new(0);
            let armed = fail::cfg_callback(name, move || {
                if passes.fetch_add(1, Ordering::SeqCst) + 1 == nth {
                    die();
                }
            });
            if let Err(error) = armed {
                tracing::error!(%error, name, "a fail point cannot be set");
            }
        } else if !asked.is_empty() {
            tracing::error!(
                asked,
                "JCRONTAB_KILL_AT must be NAME:PASS, with NAME one of {:?}",
                super::POINTS
            );
        }
        wanted
    }

    /// `claim.committed:3`, or without a number for the first pass.
    fn read(asked: &str) -> Option<(&str, u64)> {
        let (name, nth) = asked.split_once(':').unwrap_or((asked, "1"));
        let nth = nth.parse().ok().filter(|nth| *nth > 0)?;
        super::POINTS.contains(&name).then_some((name, nth))
    }

    /// kill -9 of this process: nothing is flushed, dropped or logged.
    fn die() {
        if let Err(error) = kill(Pid::this(), Signal::SIGKILL) {
            tracing::error!(%error, "this process cannot kill itself");
        }
        // The signal ends all threads; this one must not continue until it does.
        loop {
            std::thread::park();
        }
    }

    #[cfg(test)]
    mod tests {
        use super::read;

        #[test]
        fn a_death_is_read_only_for_places_that_exist() {
            assert_eq!(read("claim.committed:3"), Some(("claim.committed", 3)));
            assert_eq!(read("exit.seen"), Some(("exit.seen", 1)));
            for wrong in [
                "",
                "claim.comitted:3",
                "exit.seen:0",
                "exit.seen:x",
                "exit.seen:",
            ] {
                assert_eq!(read(wrong), None, "{wrong}");
            }
        }
    }
}
