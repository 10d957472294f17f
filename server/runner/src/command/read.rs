//! Drains a command's pipes as fast as it writes, and holds no memory while it does not.

use std::cell::RefCell;
use std::io::{ErrorKind, PipeReader};
use std::os::fd::OwnedFd;

use tokio::net::unix::pipe::Receiver;
use tokio_util::sync::CancellationToken;

use crate::order::Stream;
use crate::output::RunLog;
use crate::success::Scan;

/// Bytes read at once: the default capacity of a pipe.
const PIECE: usize = 64 * 1024;
/// Reads before the task yields to others and to the disk.
const TURN: usize = 4;
/// Bytes still taken after the end: the contents of the largest pipe, but not what a background
/// process continues to write.
const LAST: usize = 1024 * 1024;

thread_local! {
    /// One per thread is enough: it is used only between two awaits.
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; PIECE]);
}

/// The read end of a pipe, registered with the runtime.
#[derive(Debug)]
pub(super) struct Pipe(Receiver);

impl Pipe {
    /// Registers it.
    pub(super) fn new(pipe: PipeReader) -> std::io::Result<Self> {
        Receiver::from_owned_fd(OwnedFd::from(pipe)).map(Self)
    }
}

/// The result of one turn of reading.
enum Turn {
    /// There may be more, now or later.
    Open,
    /// The last writer has closed the other end.
    Ended,
}

/// Reads a pipe into a log, and scans it for the task's texts, until its end or until the run is
/// `over`; what the pipe holds at that moment still counts. Processes that keep the pipe open may go on
/// writing: that is read and discarded, so that they neither get SIGPIPE nor block on a full pipe.
pub(super) async fn read(
    Pipe(pipe): Pipe,
    (stream, log, mut scan): (Stream, RunLog, Option<Scan>),
    over: CancellationToken,
) {
    let mut take = |piece: &[u8]| {
        if let Some(scan) = &mut scan {
            scan.take(piece);
        }
        log.push(stream, piece);
    };
    let reading = async {
        while let Turn::Open = turn(&pipe, &mut take).await {
            log.caught_up().await;
        }
    };
    tokio::select! {
        () = reading => return,
        () = over.cancelled() => {}
    }
    take_rest(&pipe, take);
    drop(log);
    tokio::spawn(async move { while let Turn::Open = turn(&pipe, |_| {}).await {} });
}

/// Waits for data and takes it. A read error counts as the end: the pipe yields nothing more.
async fn turn(pipe: &Receiver, mut take: impl FnMut(&[u8])) -> Turn {
    if pipe.readable().await.is_err() {
        return Turn::Ended;
    }
    for _ in 0..TURN {
        let read = BUFFER.with_borrow_mut(|buffer| {
            let count = pipe.try_read(buffer)?;
            take(&buffer[..count]);
            Ok::<_, std::io::Error>(count)
        });
        match read {
            Ok(0) => return Turn::Ended,
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => break,
            Err(_) => return Turn::Ended,
        }
    }
    tokio::task::yield_now().await;
    Turn::Open
}

/// Takes what is in a pipe now. Reads directly: the runtime may not have seen its readiness yet.
fn take_rest(pipe: &Receiver, mut take: impl FnMut(&[u8])) {
    BUFFER.with_borrow_mut(|buffer| {
        let mut taken = 0;
        while taken < LAST {
            match nix::unistd::read(pipe, buffer) {
                Ok(0) => return,
                Ok(count) => {
                    taken += count;
                    take(&buffer[..count]);
                }
                Err(nix::errno::Errno::EINTR) => {}
                Err(_) => return,
            }
        }
    });
}
