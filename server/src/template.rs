//! Templates: the words of messages as people write them for a channel.
//!
//! A subset of Jinja, rendered by minijinja. A template is checked before it is compiled, because the engine itself
//! folds constants (`"x" * 10**9`) while it compiles, and its fuel counts steps and not bytes: what could make a value
//! grow (assignments, macros, `+`, `*`, `~`) is not part of the subset, and every filter has a limit of its own. See
//! `docs/adr/0035-templates.md`.

mod check;
mod engine;
mod escape;
mod fault;
mod filters;
#[cfg(test)]
mod tests;
mod value;

pub use engine::{Format, RESULT_MAX, render};
pub(crate) use escape::markdown;
pub use fault::{JsonWhy, Place, SyntaxWhy, TemplateFault, TemplateWhy, Unsupported};
pub use filters::FILTERS;
pub use value::{Value, Variables};

/// Bytes of a template.
pub const SOURCE_MAX: usize = 16 * 1024;
