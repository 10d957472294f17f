//! How many pages are rendered at once.
//!
//! Rendering a page takes milliseconds of CPU time. Hundreds at once fill the run queue of the runtime, and then
//! every other task in this process, the scheduler above all, waits behind them. So only a few are rendered at
//! once; the other requests wait for a semaphore, in the order in which they came.

use std::num::NonZeroUsize;
use std::sync::Arc;

use app::backend::Caller;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Pages of signed-in people at once, for each core: they mostly wait for the database.
const KNOWN_PER_CORE: usize = 8;

/// Permits to render, separate for strangers and for signed-in people: a flood of anonymous requests
/// does not delay those who are signed in.
#[derive(Clone, Debug)]
pub struct Turns {
    strangers: Arc<Semaphore>,
    known: Arc<Semaphore>,
}

impl Turns {
    /// Turns on a machine with so many cores; strangers get half of them, at least one.
    #[must_use]
    pub fn new(cores: NonZeroUsize) -> Self {
        Self {
            strangers: Arc::new(Semaphore::new(cores.get().div_ceil(2))),
            known: Arc::new(Semaphore::new(cores.get() * KNOWN_PER_CORE)),
        }
    }

    /// Waits for a turn, which lasts as long as the returned permit. The semaphores are never closed, so
    /// this is never `None`.
    pub(crate) async fn take(&self, is_known: bool) -> Option<SemaphorePermit<'_>> {
        let turns = if is_known {
            &self.known
        } else {
            &self.strangers
        };
        turns.acquire().await.ok()
    }
}

impl Default for Turns {
    /// Turns for the cores that this process may use.
    fn default() -> Self {
        Self::new(std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN))
    }
}

/// Makes a page request wait for its turn. Calls of server functions, which are POST requests, do not wait.
pub(crate) async fn wait(State(turns): State<Turns>, request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let caller = request.extensions().get::<Caller>();
    let is_known = caller.is_some_and(|caller| caller.principal.is_some());
    let _turn = turns.take(is_known).await;
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    fn is_waiting<F: Future>(future: std::pin::Pin<&mut F>) -> bool {
        let mut context = Context::from_waker(Waker::noop());
        matches!(future.poll(&mut context), Poll::Pending)
    }

    #[tokio::test]
    async fn unauthenticated_requests_wait_only_for_each_other() {
        let turns = Turns::new(NonZeroUsize::MIN);
        let first = turns.take(false).await;
        assert!(first.is_some());
        let mut second = pin!(turns.take(false));
        assert!(is_waiting(second.as_mut()));
        let known: Vec<_> =
            futures_util::future::join_all((0..KNOWN_PER_CORE).map(|_| turns.take(true))).await;
        assert!(known.iter().all(Option::is_some));
        assert!(is_waiting(pin!(turns.take(true)).as_mut()));
        drop(first);
        assert!(!is_waiting(second.as_mut()), "the turn goes on");
    }

    #[test]
    fn strangers_leave_cores_to_the_rest() {
        for (cores, strangers) in [(1, 1), (2, 1), (3, 2), (8, 4)] {
            let turns = Turns::new(NonZeroUsize::new(cores).expect("cores"));
            assert_eq!(turns.strangers.available_permits(), strangers, "{cores}");
        }
    }
}
