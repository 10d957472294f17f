//! Draining a command's pipes: as fast as it writes, with no memory held while it does not.

use std::cell::RefCell;
use std::io::{ErrorKind, PipeReader};
use std::os::fd::OwnedFd;

use app::run::log::Stream;
use tokio::net::unix::pipe::Receiver;
use tokio_util::sync::CancellationToken;

use super::success::Scan;
use crate::output::RunLog;

/// Bytes read at once: what a pipe holds.
const PIECE: usize = 64 * 1024;
/// Reads before others get their turn, and the disk its time.
const TURN: usize = 4;
/// Bytes that are still taken after the end: what lay in the pipe, however it was enlarged, and
/// not what a background process goes on writing.
const LAST: usize = 1024 * 1024;

thread_local! {
    /// One for each thread, since no read is under way while a task waits.
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; PIECE]);
}

/// The end of a pipe that is read, known to the runtime.
#[derive(Debug)]
pub(super) struct Pipe(Receiver);

impl Pipe {
    /// Makes it known.
    pub(super) fn new(pipe: PipeReader) -> std::io::Result<Self> {
        Receiver::from_owned_fd(OwnedFd::from(pipe)).map(Self)
    }
}

/// What a turn of reading came to.
enum Turn {
    /// There may be more, now or later.
    Goes,
    /// The last writer has closed the other end.
    Ended,
}

/// Reads a pipe into a log, past who looks for texts in it, until its end or until the run is `over`. What is in it then is taken,
/// too. Whoever holds it longer can go on writing: it is read and thrown away, so that nobody gets
/// SIGPIPE or waits for room.
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
        while let Turn::Goes = turn(&pipe, &mut take).await {
            log.caught_up().await;
        }
    };
    tokio::select! {
        () = reading => return,
        () = over.cancelled() => {}
    }
    take_rest(&pipe, take);
    drop(log);
    tokio::spawn(async move { while let Turn::Goes = turn(&pipe, |_| {}).await {} });
}

/// Waits until there is something and takes it. An error ends a pipe as its end does: there is
/// nothing more to get out of it.
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
    Turn::Goes
}

/// Takes what is in a pipe now. Past the runtime, which may not have heard of it yet.
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
