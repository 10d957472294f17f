use std::future::poll_fn;
use std::pin::pin;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use chrono::DateTime;

use super::disk::Space;
use super::{LogSettings, Logs, Now, RunLog};
use crate::order::{RunId, Stream};

/// More than the writer may be behind.
const MUCH: usize = 512 * 1024;

/// Logs on a disk that responds again when the sender of this channel is gone.
fn on_a_disk_that_hangs(name: &str, until: Receiver<()>, patience: Duration) -> Logs {
    let spool = std::env::temp_dir().join(format!("jcrontab-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&spool).expect("a folder");
    let until = Mutex::new(until);
    let settings = LogSettings {
        spool,
        head: 2 * MUCH,
        min_free: 1,
        probe: Box::new(move |_| {
            let waiting = until.lock().unwrap_or_else(PoisonError::into_inner).recv();
            assert!(waiting.is_err(), "nothing is sent");
            Ok(Space {
                total: u64::MAX,
                free: u64::MAX,
            })
        }),
        patience,
    };
    Logs::new(settings, Now::new(|| DateTime::UNIX_EPOCH))
}

fn written_much(logs: &Logs) -> RunLog {
    let log = logs.open(RunId(1), DateTime::UNIX_EPOCH, &[]);
    for _ in 0..MUCH / 4096 {
        log.push(Stream::Out, &[b'x'; 4096]);
    }
    log
}

#[tokio::test]
async fn a_disk_that_responds_late_loses_no_output() {
    let (release, until) = channel();
    let logs = on_a_disk_that_hangs("late", until, Duration::from_secs(3600));
    let log = written_much(&logs);
    {
        let mut waiting = pin!(log.caught_up());
        let is_held = poll_fn(|context| Poll::Ready(waiting.as_mut().poll(context).is_pending()));
        assert!(is_held.await, "the command waits for the disk");
        drop(release);
        waiting.await;
    }
    let closed = log.close(0);
    assert_eq!((closed.total, closed.gap), (MUCH as u64, 0));
    assert_eq!(log.finish_file(), MUCH as u64, "all of it is in the file");
    log.remove_file();
    std::fs::remove_dir(logs.path(RunId(1)).parent().expect("a folder")).expect("an empty folder");
}

#[tokio::test]
async fn a_disk_that_hangs_does_not_hold_up_a_command() {
    let (release, until) = channel();
    let logs = on_a_disk_that_hangs("hung", until, Duration::from_millis(1));
    let log = written_much(&logs);
    log.caught_up().await;
    // From here on nothing waits, and the end stays in memory.
    log.push(Stream::Out, b"the end\n");
    log.caught_up().await;
    let closed = log.close(16);
    assert_eq!(closed.total, MUCH as u64 + 8);
    assert!(closed.gap > 0 && closed.tail_from < closed.total);
    drop(release);
    log.remove_file();
    std::fs::remove_dir(logs.path(RunId(1)).parent().expect("a folder")).expect("an empty folder");
}
