//! Messages to people: the outbox, the pace of each vendor, and the meaning of its answers.

mod outbox;
mod pace;
mod picture;
pub mod send;
pub mod target;
mod vendor;

pub use outbox::{Deliveries, LOOP, Outbox};
pub use pace::Pace;
