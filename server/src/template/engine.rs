//! One template, rendered within its limits.

use std::collections::BTreeMap;
use std::io;

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};

use super::fault::{JsonWhy, Place, TemplateFault, TemplateWhy};
use super::value::Variables;
use super::{check, escape, filters};

/// Bytes of a result: more than all vendors but e-mail take.
pub const RESULT_MAX: usize = 64 * 1024;
/// Instructions of the engine.
const FUEL: u64 = 10_000;

/// What a template makes, and how values stand in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// Plain text: values as they are.
    Text,
    /// WeCom's Markdown: no character of a value is markup.
    Markdown,
    /// JSON: values are written as JSON, with their quotes, and the whole must be valid.
    Json,
}

/// Renders a template.
///
/// # Errors
/// When it is not in the subset, uses what does not exist, takes too much or makes what is not of its format.
pub fn render(
    source: &str,
    format: Format,
    variables: &Variables,
) -> Result<String, TemplateFault> {
    let names: Vec<&str> = variables.keys().copied().collect();
    // A line that holds a statement only is no line of the message.
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()
        .map_err(|error| TemplateFault::of_engine(&error, source, FUEL))?;
    check::check(source, &syntax, &names)?;
    let mut environment = Environment::empty();
    environment.set_syntax(syntax);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_formatter(move |out, _, value| escape::write(format, out, value));
    filters::add_to(&mut environment);
    let context: BTreeMap<String, minijinja::Value> = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), minijinja::Value::from(value)))
        .collect();
    let mut result = Limited::default();
    let rendered = environment
        .template_from_str(source)
        .and_then(|template| template.render_captured_to(context, &mut result).map(drop));
    rendered.map_err(|error| fault(&error, source, result.is_full))?;
    let text = String::from_utf8_lossy(&result.bytes);
    let text = text.trim_end();
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if format != Format::Json
        && let Some(c) = text.chars().find(|c| is_control(*c))
    {
        return Err(TemplateFault::whole(TemplateWhy::Control(c.into())));
    }
    if text.trim_start().is_empty() {
        return Err(TemplateFault::whole(TemplateWhy::Empty));
    }
    if format == Format::Json {
        is_json(text)?;
    }
    Ok(text.to_owned())
}

fn fault(error: &Error, source: &str, is_full: bool) -> TemplateFault {
    if is_full && error.kind() == ErrorKind::WriteFailure {
        return TemplateFault::whole(TemplateWhy::ResultTooLong(RESULT_MAX));
    }
    TemplateFault::of_engine(error, source, FUEL)
}

fn is_json(text: &str) -> Result<(), TemplateFault> {
    let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text) else {
        return Ok(());
    };
    let before = error.line().saturating_sub(1);
    let begin: usize = text.split_inclusive('\n').take(before).map(str::len).sum();
    let place = Place::of(text, begin + error.column().saturating_sub(1));
    let why = match error.classify() {
        serde_json::error::Category::Eof => JsonWhy::Ends,
        _ => JsonWhy::Unexpected,
    };
    Err(TemplateFault {
        why: TemplateWhy::NotJson(why),
        place: Some(place),
    })
}

/// A result that stops at its limit.
#[derive(Default)]
struct Limited {
    bytes: Vec<u8>,
    is_full: bool,
}

impl io::Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > RESULT_MAX {
            self.is_full = true;
            return Err(io::Error::other("the result is too long"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
