//! The test kit.

pub(crate) mod app;
pub(crate) mod bot_vendor;
pub(crate) mod browser;
pub(crate) mod clock;
pub(crate) mod database;
pub(crate) mod dingtalk_bot;
pub(crate) mod faketime;
pub(crate) mod feishu_bot;
pub(crate) mod leash;
pub(crate) mod message;
pub(crate) mod node;
pub(crate) mod place;
pub(crate) mod private_ca;
pub(crate) mod program;
pub(crate) mod proxy;
pub(crate) mod receiver;
pub(crate) mod robot;
pub(crate) mod smtp;
pub(crate) mod wecom_bot;

use std::time::Duration;

pub(crate) use app::{TestApp, draft};
pub(crate) use browser::{Browser, Reply};
pub(crate) use clock::{ManualClock, at};
pub(crate) use leash::Leash;
pub(crate) use node::Node;
pub(crate) use robot::Robot;

/// Every wait completes within this time, even on a busy machine, or the test fails.
pub(crate) const LIMIT: Duration = Duration::from_secs(180);

/// Waits for something, with the overall limit.
pub(crate) async fn in_time<T>(what: &str, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(LIMIT, work)
        .await
        .unwrap_or_else(|_| panic!("waited in vain for {what}"))
}
