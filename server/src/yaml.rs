//! YAML as documents of tasks are written in: read with the place of everything, and written so that people can edit it.
//!
//! The text becomes events by `saphyr-parser`. What is made of them here is bounded while it is made: entries, depth,
//! documents, and what aliases repeat. A value without quotes is no number or text until a type asks for it, so that
//! `name: 123` is a name, and `no` is not `false`.

mod decode;
mod lean;
mod places;
mod read;
mod tree;
mod write;

pub use decode::{NotText, decode};
pub use lean::lean;
pub use places::{Mark, Places};
pub use read::{Budget, Document, Fault, What, read};
pub use tree::{TWICE, Tree};
pub use write::write;
