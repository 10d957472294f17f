//! A run between its claim and its end: what the executor receives, and how parameters are stored for later attempts.

mod job;
mod messages;
pub mod parameters;

pub use job::Job;
pub use messages::failure_ticket;
