//! Streaming answers (events, live logs): how many may be open, and their end together with the right to them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app::id::{TokenId, UserId};
use tokio_util::sync::CancellationToken;

/// The credential of a request, where it can be revoked.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Credential {
    /// A session, by the hash of its secret.
    Session(String),
    /// An API token.
    Token(TokenId),
}

/// What a stream carries.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// Notices of changes: one stream for each open page.
    Events,
    /// A log as it is written.
    Log,
    /// A long list as a file.
    Export,
}

impl Kind {
    /// How many one account may have open: as many pages as a person has open, and some spare.
    #[must_use]
    pub const fn most_of_one(self) -> usize {
        match self {
            Self::Events => 50,
            Self::Log => 20,
            Self::Export => 2,
        }
    }
}

/// All open streams.
#[derive(Debug, Default)]
pub struct Streams(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    next: u64,
    open: HashMap<u64, Open>,
    counts: HashMap<(Kind, Option<UserId>), usize>,
    all: HashMap<Kind, usize>,
}

#[derive(Debug)]
struct Open {
    kind: Kind,
    user: Option<UserId>,
    credential: Option<Credential>,
    ended: CancellationToken,
}

impl Streams {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a stream; `None` when `user` has too many of this kind, or there are `most` in total. The console
    /// (`user` of `None`) is not counted separately.
    #[must_use]
    pub fn open(
        self: &Arc<Self>,
        kind: Kind,
        user: Option<UserId>,
        credential: Option<Credential>,
        most: usize,
    ) -> Option<OpenStream> {
        let mut state = self.lock();
        if state.all.get(&kind).copied().unwrap_or(0) >= most {
            return None;
        }
        let own = state.counts.get(&(kind, user)).copied().unwrap_or(0);
        if user.is_some() && own >= kind.most_of_one() {
            return None;
        }
        *state.counts.entry((kind, user)).or_default() += 1;
        *state.all.entry(kind).or_default() += 1;
        state.next += 1;
        let id = state.next;
        let ended = CancellationToken::new();
        let open = Open {
            kind,
            user,
            credential,
            ended: ended.clone(),
        };
        state.open.insert(id, open);
        Some(OpenStream {
            streams: Arc::clone(self),
            id,
            ended,
        })
    }

    fn end(&self, which: impl Fn(&Open) -> bool) {
        for open in self.lock().open.values().filter(|open| which(open)) {
            open.ended.cancel();
        }
    }

    /// Ends the streams of a revoked session or token.
    pub fn end_credential(&self, credential: &Credential) {
        self.end(|open| open.credential.as_ref() == Some(credential));
    }

    /// Ends all streams of an account, except those of `kept`.
    pub fn end_user(&self, user: UserId, kept: Option<&Credential>) {
        self.end(|open| {
            open.user == Some(user) && (kept.is_none() || open.credential.as_ref() != kept)
        });
    }

    /// Ends the streams of an account's sessions, except those of `kept`; those of its tokens stay.
    pub fn end_sessions(&self, user: UserId, kept: Option<&str>) {
        self.end(|open| match &open.credential {
            Some(Credential::Session(hash)) => {
                open.user == Some(user) && kept != Some(hash.as_str())
            }
            Some(Credential::Token(_)) | None => false,
        });
    }

    /// The credentials of the open streams, each once.
    #[must_use]
    pub fn credentials(&self) -> Vec<Credential> {
        let state = self.lock();
        let found: std::collections::HashSet<Credential> = state
            .open
            .values()
            .filter_map(|open| open.credential.clone())
            .collect();
        found.into_iter().collect()
    }
}

/// One open stream; dropping it frees its place.
#[derive(Debug)]
pub struct OpenStream {
    streams: Arc<Streams>,
    id: u64,
    ended: CancellationToken,
}

impl OpenStream {
    /// Signals when the right to it has ended.
    #[must_use]
    pub fn ended(&self) -> CancellationToken {
        self.ended.clone()
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let mut state = self.streams.lock();
        let Some(open) = state.open.remove(&self.id) else {
            return;
        };
        if let Some(all) = state.all.get_mut(&open.kind) {
            *all -= 1;
        }
        let key = (open.kind, open.user);
        if let Some(own) = state.counts.get_mut(&key) {
            *own -= 1;
            if *own == 0 {
                state.counts.remove(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(name: &str) -> Option<Credential> {
        Some(Credential::Session(name.to_owned()))
    }

    #[test]
    fn no_account_takes_all_places() {
        let streams = Arc::new(Streams::default());
        let most = Kind::Log.most_of_one();
        let open = |user| streams.open(Kind::Log, Some(UserId(user)), session("s"), most + 5);
        let mut held: Vec<_> = (0..most).map(|_| open(1).expect("a place")).collect();
        assert!(open(1).is_none(), "one account has its share");
        held.extend((0..5).map(|_| open(2).expect("a place")));
        assert!(open(3).is_none(), "all are taken");
        let events = streams.open(Kind::Events, Some(UserId(1)), session("s"), 1);
        assert!(events.is_some(), "other streams are counted apart");
        held.truncate(1);
        assert!(open(3).is_some());
        drop((held, events));
        let state = streams.lock();
        assert!(state.open.is_empty() && state.counts.is_empty());
    }

    #[test]
    fn streams_end_with_what_they_were_asked_for() {
        let streams = Arc::new(Streams::default());
        let open = |user, credential| {
            let stream = streams.open(Kind::Events, Some(UserId(user)), credential, 100);
            stream.expect("a place")
        };
        let token = Some(Credential::Token(TokenId(7)));
        let all = [
            open(1, session("a")),
            open(1, session("b")),
            open(1, token.clone()),
            open(2, session("c")),
        ];
        let ended = || all.each_ref().map(|stream| stream.ended().is_cancelled());
        streams.end_credential(&Credential::Session("b".to_owned()));
        assert_eq!(ended(), [false, true, false, false]);
        streams.end_sessions(UserId(1), Some("a"));
        assert_eq!(ended(), [false, true, false, false]);
        streams.end_user(UserId(1), session("a").as_ref());
        assert_eq!(ended(), [false, true, true, false]);
        streams.end_user(UserId(1), None);
        assert_eq!(ended(), [true, true, true, false]);
        assert_eq!(streams.credentials().len(), 4);
    }
}
