//! The outcome of replacing something that has a version.

/// What became of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Replaced {
    /// It was replaced.
    Done,
    /// It does not exist any more.
    Gone,
    /// It was changed since it was read.
    Outdated,
}
