//! Values in a result: as its format needs them, so that a text of a command is text everywhere.

use minijinja::value::ValueKind;
use minijinja::{Error, ErrorKind, Output, Value};

use super::engine::Format;
use super::fault::TemplateWhy;

/// An error of ours inside the engine.
pub(super) fn refused(why: TemplateWhy) -> Error {
    Error::new(ErrorKind::InvalidOperation, why.to_string()).with_source(why)
}

/// Writes a value.
pub(super) fn write(format: Format, out: &mut Output<'_>, value: &Value) -> Result<(), Error> {
    if format == Format::Json {
        let text = serde_json::to_string(value).map_err(|_| refused(TemplateWhy::Engine))?;
        return out.write_str(&text).map_err(Error::from);
    }
    match value.kind() {
        ValueKind::None | ValueKind::Undefined => Ok(()),
        ValueKind::Bool | ValueKind::Number => write!(out, "{value}").map_err(Error::from),
        _ => {
            let text = value
                .as_str()
                .ok_or_else(|| refused(TemplateWhy::NotAText))?;
            match format {
                Format::Markdown => out.write_str(&markdown(text)).map_err(Error::from),
                Format::Text | Format::Json => out.write_str(text).map_err(Error::from),
            }
        }
    }
}

/// A text in Markdown of which nothing is markup: WeCom documents no escapes, so characters that mention people
/// (`<@…>`), colour, link, quote, emphasise or mark code become their full-width forms.
pub(crate) fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut line_start = true;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        escaped.push(match c {
            '<' => '＜',
            '>' => '＞',
            '[' => '［',
            ']' => '］',
            '`' => '｀',
            '*' if chars.peek() == Some(&'*') || escaped.ends_with('＊') => '＊',
            '#' if line_start => '＃',
            c => c,
        });
        line_start = c == '\n' || (line_start && c.is_whitespace());
    }
    escaped
}
