//! Rows as sea-orm sees them. They never leave `store`.

pub(super) mod announced;
pub(super) mod api_token;
pub(super) mod audit;
pub(super) mod blackout;
pub(super) mod calendar;
pub(super) mod channel;
pub(super) mod channel_slot;
pub(super) mod cluster;
pub(super) mod idempotency;
pub(super) mod message;
pub(super) mod message_rule;
pub(super) mod message_throttle;
pub(super) mod node;
pub(super) mod occurrence;
pub(super) mod pool;
pub(super) mod run;
pub(super) mod schedule;
pub(super) mod secret;
pub(super) mod secret_grant;
pub(super) mod session;
pub(super) mod setup_link;
pub(super) mod task;
pub(super) mod task_change;
pub(super) mod unreported_miss;
pub(super) mod user;
