//! Terminal output of commands as lines of styled text.
//!
//! Output is hostile. Of all escape sequences only colours and styles have an effect, limited to a fixed set of
//! classes; sequences that move the cursor, set titles, make links or query the terminal are dropped. Every control
//! character and every character that hides or reorders text is shown as a visible sign.
//!
//! [`Screen`] takes characters one by one, so it does not matter where the text is cut into pieces.

mod escape;
mod plain;
mod screen;
mod sign;
mod style;
#[cfg(test)]
mod tests;

pub use plain::{plain, visible};
pub use screen::{MAX_CELLS, Row, Screen, ScreenStep, Span};
pub use sign::push_visible;
pub use style::Style;
