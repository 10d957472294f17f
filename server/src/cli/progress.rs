//! A progress line for users at a terminal.

use std::future::Future;
use std::io::{IsTerminal, Write};
use std::time::Duration;

/// Shorter work shows no line.
const AFTER: Duration = Duration::from_secs(2);
/// The interval between two updates of the line.
const EVERY: Duration = Duration::from_secs(1);
/// Back to the start of the line, and clear it.
const CLEAR: &str = "\r\x1b[K";

/// Awaits work. If it takes more than two seconds and stderr is a terminal, a line there shows what is
/// being done and for how long; it is cleared when the work is done.
pub(super) async fn shown<T>(what: &str, work: impl Future<Output = T>) -> T {
    let stderr = std::io::stderr();
    if stderr.is_terminal() {
        shown_on(stderr, AFTER, what, work).await
    } else {
        work.await
    }
}

async fn shown_on<T>(
    mut terminal: impl Write,
    after: Duration,
    what: &str,
    work: impl Future<Output = T>,
) -> T {
    let mut work = std::pin::pin!(work);
    let mut pause = after;
    let mut past = Duration::ZERO;
    let done = loop {
        tokio::select! {
            biased;
            done = work.as_mut() => break done,
            () = tokio::time::sleep(pause) => {}
        }
        past += pause;
        pause = EVERY;
        let line = format!("{CLEAR}{what} {} s", past.as_secs());
        // An error means that the terminal is gone.
        terminal
            .write_all(line.as_bytes())
            .and_then(|()| terminal.flush())
            .ok();
    };
    if !past.is_zero() {
        terminal
            .write_all(CLEAR.as_bytes())
            .and_then(|()| terminal.flush())
            .ok();
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_long_work_shows_a_line_and_takes_it_back() {
        let mut written = Vec::new();
        let quick = shown_on(&mut written, AFTER, "waiting", async { 1 }).await;
        assert_eq!((quick, written.len()), (1, 0));
        // Work that ends when the line has been shown.
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let mut sender = Some(sender);
        let terminal = Reporting {
            written: &mut written,
            on_line: || {
                if let Some(sender) = sender.take() {
                    sender.send(2).expect("the work waits");
                }
            },
        };
        let long = shown_on(terminal, Duration::from_millis(1), "waiting", receiver).await;
        assert_eq!(long, Ok(2));
        let text = String::from_utf8(written).expect("text");
        assert_eq!(text, format!("{CLEAR}waiting 0 s{CLEAR}"));
    }

    /// Keeps what is written, and reports the first of it.
    struct Reporting<'a, F: FnMut()> {
        written: &'a mut Vec<u8>,
        on_line: F,
    }

    impl<F: FnMut()> Write for Reporting<'_, F> {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.written.extend(bytes);
            (self.on_line)();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
}
