//! Crontabs read as cron reads them, and rewritten line by line; pure.
//!
//! A text becomes an account in which every line has its place: [`read`]. An entry becomes a task's draft:
//! [`Entry::draft`]. Lines are commented out and put back by [`edit`]. The rules are those of crontab(5) of Debian's cron
//! 3.0pl1 and of cronie 1.7, each checked against the program.

mod anacron;
mod command;
pub mod decode;
mod draft;
pub mod edit;
mod entry;
mod fault;
mod fields;
mod key;
mod lines;
mod offer;
pub mod parts;
mod rejected;
mod remark;
#[cfg(test)]
mod tests;
mod variables;

pub use draft::{DraftOptions, Prepared};
pub use entry::{Entry, Timing};
pub use fault::LineFault;
pub use fields::{Field, FieldFault};
pub use key::{KEY_CHARS, keys};
pub use lines::{Account, Kind, Line, TooMany, read};
pub use rejected::{DEBIAN_LINES_MAX, Rejection};
pub use remark::{ClockChange, Remark};
pub use variables::{VARIABLES_MAX, Variable};

/// The longest crontab, in bytes of UTF-8. The longest that cronie loads has 10,000 entries of some 100 bytes.
pub const TEXT_MAX: usize = 1024 * 1024;
/// The most lines of a crontab.
pub const LINES_MAX: usize = 20_000;
/// The longest command that Debian's cron accepts, in bytes.
pub const DEBIAN_COMMAND_MAX: usize = 998;

/// How a text is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reading<'a> {
    /// Which cron it is written for.
    pub flavor: app::import::Flavor,
    /// Which columns its entries have.
    pub format: app::import::Format,
    /// Whose crontab it is, where its entries do not name a user; empty where that is not known.
    pub user: &'a str,
}
