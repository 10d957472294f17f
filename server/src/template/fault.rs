//! What is wrong with a template, and where.

use minijinja::{Error, ErrorKind};

use crate::text::head;

/// Characters of a line that are shown around a place.
const LINE_SHOWN: usize = 100;
/// Characters before the place on such a line.
const BEFORE: usize = 60;
/// Characters of the engine's own words.
const WORDS_MAX: usize = 200;

/// What is wrong with a template, and where that is.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}{why}", self.at())]
pub struct TemplateFault {
    /// What is wrong.
    pub why: TemplateWhy,
    /// Where; `None` where it concerns the whole.
    pub place: Option<Place>,
}

/// What is wrong with a template.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum TemplateWhy {
    /// It cannot be read.
    #[error("{0}")]
    Syntax(String),
    /// A variable that does not exist.
    #[error("the variable {0} does not exist")]
    UnknownVariable(String),
    /// A filter that does not exist.
    #[error("the filter {0} does not exist")]
    UnknownFilter(String),
    /// A test that does not exist.
    #[error("the test {0} does not exist")]
    UnknownTest(String),
    /// Something of Jinja that templates do not have.
    #[error("{0} is not supported in templates")]
    NotSupported(String),
    /// Loops in loops in loops.
    #[error("loops are nested more than {0} deep")]
    LoopsTooDeep(usize),
    /// A loop over something that is not a variable.
    #[error("a loop goes over a variable, such as brief_lines, or over output|lines")]
    LoopOver,
    /// A value that has no such part.
    #[error("a value used here is not defined")]
    Undefined,
    /// A list or a map in the place of a text.
    #[error("a list cannot be printed as text; use a loop, or the filter join")]
    NotAText,
    /// It takes too many steps.
    #[error("the template takes more than {0} steps")]
    TooManySteps(u64),
    /// It is too long.
    #[error("the template is longer than {0} bytes")]
    TooLong(usize),
    /// It has too many tags.
    #[error("the template has more than {0} tags")]
    TooManyTags(usize),
    /// One of its tags is too long.
    #[error("a tag has more than {0} parts; split it")]
    TagTooLong(usize),
    /// What it makes is too long.
    #[error("the result is longer than {0} bytes")]
    ResultTooLong(usize),
    /// What a filter makes is too long.
    #[error("a filter makes a text longer than {0} bytes")]
    ValueTooLong(usize),
    /// It makes nothing.
    #[error("the result is empty")]
    Empty,
    /// What it makes should be JSON. The place is in the result.
    #[error("the result is not valid JSON: {0}")]
    NotJson(String),
    /// Anything else, in the engine's words.
    #[error("{0}")]
    Engine(String),
}

/// A place in a text: lines and columns count from 1, columns in characters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
    /// The line, and below it a caret.
    pub marked: String,
}

impl Place {
    /// The place of a byte of a text.
    #[must_use]
    pub fn of(text: &str, at: usize) -> Self {
        let at = text.floor_char_boundary(at);
        let begin = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let end = text[at..]
            .find('\n')
            .map_or(text.len(), |newline| at + newline);
        let before = text[begin..at].chars().count();
        // A long line is shown from shortly before the place.
        let skipped = before.saturating_sub(BEFORE);
        let from = text[begin..]
            .char_indices()
            .nth(skipped)
            .map_or(begin, |(offset, _)| begin + offset);
        let shown = head(&text[from..end], LINE_SHOWN);
        let blank = |c: char| match c {
            '\t' => '\t',
            // Chinese characters are as wide as two others.
            c if u32::from(c) >= 0x2e80 => '\u{3000}',
            _ => ' ',
        };
        let indent: String = text[from..at].chars().map(blank).collect();
        Self {
            line: text[..begin].matches('\n').count() + 1,
            column: before + 1,
            marked: format!("{}\n{indent}^", shown.trim_end_matches('\r')),
        }
    }
}

impl TemplateFault {
    /// A fault of the whole.
    pub(super) const fn whole(why: TemplateWhy) -> Self {
        Self { why, place: None }
    }

    /// A fault at a byte of the template.
    pub(super) fn at_byte(why: TemplateWhy, source: &str, at: usize) -> Self {
        Self {
            why,
            place: Some(Place::of(source, at)),
        }
    }

    /// What the engine found.
    pub(super) fn of_engine(error: &Error, source: &str, steps: u64) -> Self {
        let own = std::error::Error::source(error)
            .and_then(|source| source.downcast_ref::<TemplateWhy>())
            .cloned();
        let detail = || {
            let words = error
                .detail()
                .map_or_else(|| error.kind().to_string(), str::to_owned);
            head(&app::ansi::visible(&words), WORDS_MAX).to_owned()
        };
        let why = own.unwrap_or_else(|| match error.kind() {
            ErrorKind::SyntaxError => TemplateWhy::Syntax(detail()),
            ErrorKind::UndefinedError => TemplateWhy::Undefined,
            ErrorKind::OutOfFuel => TemplateWhy::TooManySteps(steps),
            _ => TemplateWhy::Engine(detail()),
        });
        let place = error.range().map(|range| Place::of(source, range.start));
        Self { why, place }
    }

    /// `line 2, column 5: `; empty without a place.
    fn at(&self) -> String {
        let Some(place) = &self.place else {
            return String::new();
        };
        format!("line {}, column {}: ", place.line, place.column)
    }
}
