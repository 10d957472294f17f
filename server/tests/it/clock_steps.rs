//! The real binary by a clock that is set, stopped, suspended, or in the hour of a clock change.
//!
//! What a command was started for is taken from the command itself: it writes `JCRONTAB_SCHEDULED_FOR` to a file. A
//! task of every second runs along: its runs are the signals to check again, and every one of its seconds must be
//! recorded once, whatever the clock does.

mod dst;
mod rig;
mod set;
mod stopped;
