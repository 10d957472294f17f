//! All tables as values that mean the same on every engine: what a backup contains, and how a database is moved to
//! another engine.
//!
//! Tables and columns are read from the database itself, so that one of an older layout can be backed up as well. The
//! kinds of columns come from the entities, since SQLite stores instants as text.

mod cell;
mod layout;
mod load;
mod snapshot;
mod tables;

pub use cell::{Cell, CellKind};
pub use layout::layout_steps;
pub use snapshot::Snapshot;
pub use tables::{ColumnShape, TableShape};
