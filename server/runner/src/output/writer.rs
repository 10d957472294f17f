//! The thread that writes output to files, so that a slow disk delays no pipe and no page.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use super::Inner;
use super::log::Shared;

/// How often it checks for output that has waited long enough.
const TICK: Duration = Duration::from_millis(250);

/// Starts the thread, which ends with the store.
///
/// # Errors
/// When the system cannot start another thread.
pub(super) fn start(store: Weak<Inner>) -> std::io::Result<Sender<Arc<Shared>>> {
    let (asks, asked) = channel();
    std::thread::Builder::new()
        .name("output".to_owned())
        .spawn(move || write(&store, &asked))?;
    Ok(asks)
}

fn write(store: &Weak<Inner>, asked: &Receiver<Arc<Shared>>) {
    let mut looked = Instant::now();
    let mut idle = false;
    loop {
        let next = if idle {
            // A newly opened log is announced here, too.
            asked.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            asked.recv_timeout(TICK)
        };
        match next {
            Ok(log) => log.write_out(false),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        let now = Instant::now();
        if now.duration_since(looked) < TICK && !idle {
            continue;
        }
        looked = now;
        let Some(store) = store.upgrade() else {
            return;
        };
        let logs = store.open_logs();
        idle = logs.is_empty();
        for log in logs.iter().filter(|log| log.is_due(now)) {
            log.write_out(true);
        }
    }
}
