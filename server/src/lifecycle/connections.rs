//! Open connections, and which one is closed when the limit is reached.
//!
//! A connection *waits* while it has no complete request (freshly accepted, half a request sent, kept alive after an
//! answer), and while the client does not read its answer. When the limit is reached, the connection that has waited
//! longest is closed; one whose request is being answered stays. So half-open connections, however many, keep no
//! client out, and never take the file descriptors that starting a run needs.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

/// The most connections, however many files the process may open.
const MOST: usize = 4_096;
/// The fewest connections, however few.
const LEAST: usize = 32;

/// The limits on connections.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Limits {
    /// In total.
    pub(super) all: usize,
    /// From one address.
    pub(super) per_address: usize,
}

impl Limits {
    /// Limits for a process that may open so many files (`RLIMIT_NOFILE`): a quarter of them, so that three quarters
    /// are left for runs (two pipes each), the database and output; and a quarter of those for one address. For `all`
    /// and `per_address` 0 stands for these defaults; other values are used, up to half of the files.
    pub(super) fn new(files: u64, all: usize, per_address: usize) -> Self {
        let files = usize::try_from(files).unwrap_or(usize::MAX);
        let all = match all {
            0 => (files / 4).clamp(LEAST, MOST),
            wanted => wanted.min(files / 2).max(1),
        };
        let per_address = match per_address {
            0 => (all / 4).max(LEAST / 2),
            wanted => wanted,
        };
        Self {
            all,
            per_address: per_address.min(all),
        }
    }
}

/// All open connections of one listener.
#[derive(Debug)]
pub(super) struct Connections {
    limits: Limits,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Counts up with each change, so that changes have an order.
    turn: u64,
    open: HashMap<u64, Entry>,
    /// Waiting connections, by when they started to wait.
    waiting: BTreeMap<u64, u64>,
    by_address: HashMap<IpAddr, OfAddress>,
}

#[derive(Debug)]
struct Entry {
    address: Option<IpAddr>,
    /// A complete request has arrived, and its answer has not been sent.
    answering: bool,
    /// The client does not read what is sent.
    stalled: bool,
    waits_since: Option<u64>,
    end: CancellationToken,
}

#[derive(Debug, Default)]
struct OfAddress {
    open: usize,
    waiting: BTreeMap<u64, u64>,
}

impl Connections {
    pub(super) fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self {
            limits,
            state: Mutex::default(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Admits a connection; `address` is `None` for one that is not counted by its address. When there is no room
    /// another one is closed; if none is waiting, the result is `None`.
    pub(super) fn admit(self: &Arc<Self>, address: Option<IpAddr>) -> Option<Admitted> {
        let mut state = self.lock();
        let mut evicted = false;
        if let Some(own) = address.and_then(|address| state.by_address.get(&address))
            && own.open >= self.limits.per_address
        {
            let oldest = own.waiting.first_key_value().map(|(_, id)| *id)?;
            state.remove(oldest);
            evicted = true;
        }
        if state.open.len() >= self.limits.all {
            let oldest = state.waiting.first_key_value().map(|(_, id)| *id)?;
            state.remove(oldest);
            evicted = true;
        }
        let (id, end) = state.insert(address);
        Some(Admitted {
            seat: Arc::new(ConnectionPermit {
                connections: Arc::clone(self),
                id,
                end,
                begun: AtomicU64::new(0),
            }),
            evicted,
        })
    }

    /// How many are open.
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.lock().open.len()
    }
}

impl State {
    fn insert(&mut self, address: Option<IpAddr>) -> (u64, CancellationToken) {
        self.turn += 1;
        let id = self.turn;
        let end = CancellationToken::new();
        let entry = Entry {
            address,
            answering: false,
            stalled: false,
            waits_since: None,
            end: end.clone(),
        };
        self.open.insert(id, entry);
        if let Some(address) = address {
            self.by_address.entry(address).or_default().open += 1;
        }
        self.set_waiting(id, true);
        (id, end)
    }

    fn change(&mut self, id: u64, change: impl FnOnce(&mut Entry)) {
        if let Some(entry) = self.open.get_mut(&id) {
            change(entry);
            let waits = !entry.answering || entry.stalled;
            self.set_waiting(id, waits);
        }
    }

    fn set_waiting(&mut self, id: u64, waits: bool) {
        let Some(entry) = self.open.get_mut(&id) else {
            return;
        };
        if entry.waits_since.is_some() == waits {
            return;
        }
        let before = entry.waits_since.take();
        let own = entry
            .address
            .and_then(|address| self.by_address.get_mut(&address));
        match before {
            Some(since) => {
                self.waiting.remove(&since);
                if let Some(own) = own {
                    own.waiting.remove(&since);
                }
            }
            None => {
                self.turn += 1;
                entry.waits_since = Some(self.turn);
                self.waiting.insert(self.turn, id);
                if let Some(own) = own {
                    own.waiting.insert(self.turn, id);
                }
            }
        }
    }

    fn remove(&mut self, id: u64) {
        self.set_waiting(id, false);
        let Some(entry) = self.open.remove(&id) else {
            return;
        };
        entry.end.cancel();
        if let Some(address) = entry.address
            && let Some(own) = self.by_address.get_mut(&address)
        {
            own.open -= 1;
            if own.open == 0 {
                self.by_address.remove(&address);
            }
        }
    }
}

/// An admitted connection.
#[derive(Debug)]
pub(super) struct Admitted {
    /// Its place.
    pub(super) seat: Arc<ConnectionPermit>,
    /// Whether another one was closed for it.
    pub(super) evicted: bool,
}

/// The place of one connection; dropping it frees it.
#[derive(Debug)]
pub(super) struct ConnectionPermit {
    connections: Arc<Connections>,
    id: u64,
    end: CancellationToken,
    begun: AtomicU64,
}

impl ConnectionPermit {
    /// A complete request has arrived: it is being answered from now on.
    pub(super) fn busy(&self) {
        let mut state = self.connections.lock();
        state.change(self.id, |entry| entry.answering = true);
    }

    /// The answer has been sent, or the client has not read it.
    pub(super) fn waits(&self) {
        let mut state = self.connections.lock();
        state.change(self.id, |entry| entry.answering = false);
    }

    /// The client has stopped reading, or reads again.
    pub(super) fn stalls(&self, stalled: bool) {
        let mut state = self.connections.lock();
        state.change(self.id, |entry| entry.stalled = stalled);
    }

    /// The head of a request has arrived.
    pub(super) fn head(&self) {
        self.begun.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether the head of any request has arrived.
    pub(super) fn was_asked(&self) -> bool {
        self.begun.load(Ordering::Relaxed) > 0
    }

    /// Waits until it has to be closed.
    pub(super) async fn evicted(&self) {
        self.end.cancelled().await;
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        self.connections.lock().remove(self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> Option<IpAddr> {
        Some(IpAddr::from([192, 0, 2, last]))
    }

    fn connections(all: usize, per_address: usize) -> Arc<Connections> {
        Connections::new(Limits { all, per_address })
    }

    #[test]
    fn three_quarters_of_the_files_are_kept_for_runs() {
        let table = [
            ((1_024, 0, 0), (256, 64)),
            ((256, 0, 0), (64, 16)),
            ((64, 0, 0), (32, 16)),
            ((1_048_576, 0, 0), (4_096, 1_024)),
            ((1_024, 100, 7), (100, 7)),
            ((1_024, 100_000, 0), (512, 128)),
            ((1_024, 10, 50), (10, 10)),
        ];
        for ((files, all, own), (expected_all, expected_own)) in table {
            let limits = Limits::new(files, all, own);
            assert_eq!(
                (limits.all, limits.per_address),
                (expected_all, expected_own)
            );
        }
    }

    #[test]
    fn who_has_waited_longest_goes_and_who_is_answered_stays() {
        let all = connections(3, 3);
        let admit = |last| all.admit(address(last)).map(|admitted| admitted.seat);
        let first = admit(1).expect("room");
        let second = admit(2).expect("room");
        let third = admit(3).expect("room");
        first.busy();
        let fourth = admit(4).expect("room for another one");
        assert!(second.end.is_cancelled(), "it has waited longest");
        assert!(!first.end.is_cancelled() && !third.end.is_cancelled());
        for seat in [&third, &fourth] {
            seat.busy();
        }
        assert!(admit(5).is_none(), "all are being answered");
        first.waits();
        let fifth = admit(5).expect("room for another one");
        assert!(first.end.is_cancelled());
        fifth.busy();
        third.stalls(true);
        fourth.stalls(true);
        fourth.stalls(false);
        let _sixth = admit(6).expect("room for another one");
        assert!(third.end.is_cancelled() && !fourth.end.is_cancelled());
    }

    #[test]
    fn an_address_takes_its_own_room_only() {
        let all = connections(100, 2);
        let admit = |last| all.admit(address(last)).expect("room").seat;
        let other = admit(9);
        let own: Vec<_> = (0..50).map(|_| admit(1)).collect();
        assert!(!other.end.is_cancelled());
        assert_eq!(
            own.iter().filter(|seat| !seat.end.is_cancelled()).count(),
            2
        );
        assert_eq!(all.count(), 3);
        let uncounted: Vec<_> = (0..50).map(|_| all.admit(None).expect("room")).collect();
        assert_eq!(all.count(), 53);
        drop((own, other, uncounted));
        assert_eq!(all.count(), 0);
        let state = all.lock();
        assert!(state.waiting.is_empty() && state.by_address.is_empty());
    }
}
