//! A run between its claim and its end: what is handed to the executor, and how what was filled in
//! is kept for attempts that come later.

mod job;
mod messages;
pub mod parameters;

pub use job::Job;
