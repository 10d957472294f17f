//! How many requests one caller may send: an account, an API token, or an address without either.
//!
//! A token bucket, kept as one instant for each caller: when it will be full again (the generic cell rate algorithm, ITU-T
//! I.371). A full bucket is the requests of a minute.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use app::backend::Caller;
use app::id::{TokenId, UserId};
use axum::extract::{MatchedPath, Request};

use super::client::Client;
use super::guard::ConsoleConnection;
use crate::auth::streams::Credential;
use crate::clock::SharedClock;

/// What a full bucket lasts for at an even rate.
const WINDOW: Duration = Duration::from_secs(60);
/// Callers in one generation; two generations are kept, and whoever is forgotten has a full bucket.
const GENERATION: usize = 10_000;

/// Whose requests are counted together.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum RateKey {
    /// The sessions of an account.
    Account(UserId),
    /// An API token.
    Token(TokenId),
    /// An address without either of them.
    Address(Arc<str>),
}

impl RateKey {
    /// Whose request this is; `None` for what is not counted.
    pub(crate) fn of(request: &Request) -> Option<Self> {
        let extensions = request.extensions();
        let route = extensions.get::<MatchedPath>().map(MatchedPath::as_str);
        if route.is_some_and(is_free) || extensions.get::<ConsoleConnection>().is_some() {
            return None;
        }
        if let Some(Credential::Token(id)) = extensions.get::<Credential>() {
            return Some(Self::Token(*id));
        }
        let who = extensions.get::<Caller>()?.principal.as_ref();
        match who.and_then(|who| who.user_id) {
            Some(account) => Some(Self::Account(account)),
            None => Some(Self::Address(extensions.get::<Client>()?.shared())),
        }
    }
}

/// The state of a caller's bucket after a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Allowance {
    /// Requests per minute.
    pub(crate) limit: u32,
    /// Requests that may follow at once.
    pub(crate) remaining: u32,
    /// Seconds until the bucket is full, rounded up.
    pub(crate) reset: u32,
    /// Seconds to wait, rounded up, if this request was one too many.
    pub(crate) wait: Option<u32>,
}

/// The buckets of all callers. Cheap to clone; all copies are the same.
#[derive(Clone)]
pub struct RateLimits {
    /// Requests per minute; 0 for no limit.
    per_minute: u32,
    clock: SharedClock,
    buckets: Arc<Mutex<Buckets>>,
}

/// When the bucket of each caller is full again, by the clock that cannot be set.
#[derive(Default)]
struct Buckets {
    young: HashMap<RateKey, Duration>,
    old: HashMap<RateKey, Duration>,
}

impl RateLimits {
    /// Limits each caller to so many requests per minute; 0 for no limit.
    #[must_use]
    pub fn new(per_minute: u32, clock: SharedClock) -> Self {
        Self {
            per_minute,
            clock,
            buckets: Arc::default(),
        }
    }

    /// Counts a request; `None` where nothing is limited. A request that is one too many is not counted: whoever keeps
    /// asking gets through as often as the limit says.
    pub(crate) fn take(&self, key: RateKey) -> Option<Allowance> {
        self.take_at(key, self.clock.ticks())
    }

    fn take_at(&self, key: RateKey, now: Duration) -> Option<Allowance> {
        let limit = self.per_minute;
        let each = WINDOW.checked_div(limit)?;
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let full_at = buckets.of(&key).unwrap_or(now).max(now);
        let missing = full_at + each - now;
        if let Some(wait) = missing.checked_sub(WINDOW).filter(|wait| !wait.is_zero()) {
            return Some(Allowance {
                limit,
                remaining: 0,
                reset: seconds(full_at - now),
                wait: Some(seconds(wait)),
            });
        }
        buckets.set(key, full_at + each);
        let remaining = (WINDOW - missing).as_nanos() / each.as_nanos();
        Some(Allowance {
            limit,
            remaining: u32::try_from(remaining).unwrap_or(limit),
            reset: seconds(missing),
            wait: None,
        })
    }
}

impl Buckets {
    fn of(&self, key: &RateKey) -> Option<Duration> {
        self.young.get(key).or_else(|| self.old.get(key)).copied()
    }

    fn set(&mut self, key: RateKey, full_at: Duration) {
        if self.young.len() >= GENERATION && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, full_at);
    }
}

/// What costs next to nothing, and what monitors ask for.
fn is_free(route: &str) -> bool {
    matches!(
        route,
        "/healthz"
            | "/readyz"
            | super::scrape::ROUTE
            | "/pkg/{*path}"
            | "/favicon.svg"
            | "/favicon-failing.svg"
            | "/favicon.ico"
            | "/apple-touch-icon.png"
            | "/robots.txt"
    )
}

/// Whole seconds, rounded up.
fn seconds(time: Duration) -> u32 {
    u32::try_from(time.as_millis().div_ceil(1000)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    const START: Duration = Duration::from_secs(1_000);

    fn limits(per_minute: u32) -> RateLimits {
        RateLimits::new(per_minute, Arc::new(SystemClock))
    }

    fn account(id: i64) -> RateKey {
        RateKey::Account(UserId(id))
    }

    #[test]
    fn a_minute_of_requests_may_come_at_once_and_then_one_at_a_time() {
        let limits = limits(60);
        let at = |seconds: f64| {
            let now = START + Duration::from_secs_f64(seconds);
            limits.take_at(account(1), now).expect("a limit")
        };
        for sent in 1..=60 {
            let expected = Allowance {
                limit: 60,
                remaining: 60 - sent,
                reset: sent,
                wait: None,
            };
            assert_eq!(at(0.0), expected);
        }
        for _ in 0..3 {
            assert_eq!((at(0.5).remaining, at(0.5).wait), (0, Some(1)));
        }
        let other = limits.take_at(account(2), START).expect("a limit");
        assert_eq!(other.wait, None, "others have a bucket of their own");
        assert_eq!(at(1.0).wait, None);
        assert_eq!(at(1.0).wait, Some(1));
        assert_eq!(at(120.0).remaining, 59);
    }

    #[test]
    fn a_token_and_an_account_are_counted_apart() {
        let limits = limits(1);
        let keys = [
            account(1),
            RateKey::Token(TokenId(1)),
            RateKey::Address(Arc::from("192.0.2.1")),
            RateKey::Address(Arc::from("192.0.2.2")),
        ];
        for key in &keys {
            let allowed = limits.take_at(key.clone(), START).expect("a limit");
            assert_eq!(allowed.wait, None, "{key:?}");
        }
        for key in keys {
            let refused = limits.take_at(key.clone(), START).expect("a limit");
            assert_eq!(refused.wait, Some(60), "{key:?}");
        }
    }

    #[test]
    fn memory_is_bounded() {
        let limits = limits(10);
        for id in 0..50_000 {
            limits.take_at(account(id), START);
        }
        let buckets = limits.buckets.lock().expect("buckets");
        assert!(buckets.young.len() <= GENERATION && buckets.old.len() <= GENERATION);
    }

    #[test]
    fn without_a_limit_nothing_is_counted() {
        assert_eq!(limits(0).take_at(account(1), START), None);
    }
}
