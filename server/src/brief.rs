//! What a person on call asks first about a failed run, as far as it is computed and not read from
//! the database: where its output first differs from that of a success, and what is far from usual.

mod compare;
mod line;
mod normal;
mod reader;
mod show;
mod usual;
mod words;

pub use compare::{COMPARED_MAX, Comparison, SHOWN_LINES, Side, compare};
pub use show::SHOWN_CHARS;
pub use usual::{Baseline, far_off};

#[cfg(test)]
mod tests;
