//! The test kit.

pub(crate) mod app;
pub(crate) mod browser;
pub(crate) mod clock;
pub(crate) mod database;
pub(crate) mod faketime;
pub(crate) mod leash;
pub(crate) mod node;
pub(crate) mod place;
pub(crate) mod program;
pub(crate) mod proxy;
pub(crate) mod receiver;
pub(crate) mod robot;
pub(crate) mod smtp;

use std::time::Duration;

pub(crate) use app::{TestApp, draft};
pub(crate) use browser::{Browser, Reply};
pub(crate) use clock::{ManualClock, at};
pub(crate) use leash::Leash;
pub(crate) use node::Node;
pub(crate) use robot::Robot;

/// Whatever is waited for comes within this time, also on a machine that has much else to do, or the
/// test fails.
pub(crate) const LIMIT: Duration = Duration::from_secs(180);

/// Waits for something, but not for ever.
pub(crate) async fn in_time<T>(what: &str, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(LIMIT, work)
        .await
        .unwrap_or_else(|_| panic!("waited in vain for {what}"))
}
