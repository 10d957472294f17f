//! What is wrong with a template, and where.

use minijinja::{Error, ErrorKind};

use crate::text::head;

/// Characters of a line that are shown around a place.
const LINE_SHOWN: usize = 100;
/// Characters before the place on such a line.
const BEFORE: usize = 60;
/// Characters of a name that is repeated.
const NAME_MAX: usize = 60;

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
    Syntax(SyntaxWhy),
    /// A control character, by its number: vendors and terminals must not get one.
    #[error("the control character U+{0:04X} is not allowed; line breaks and tabs are")]
    Control(u32),
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
    NotSupported(Unsupported),
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
    NotJson(JsonWhy),
    /// A filter with too many or too few arguments.
    #[error("a filter has the wrong number of arguments")]
    Arguments,
    /// A value of the wrong type, or out of range: a negative number of characters, a text in the place of a number.
    #[error("a value or an argument has the wrong type, or is out of range")]
    Value,
    /// Anything else: the log has the engine's words.
    #[error("the template cannot be rendered")]
    Engine,
}

impl TemplateWhy {
    /// Whether it depends on what the variables hold, so that a template may fail for one event and not for another.
    #[must_use]
    pub const fn is_of_values(&self) -> bool {
        matches!(
            self,
            Self::Undefined
                | Self::NotAText
                | Self::TooManySteps(_)
                | Self::ResultTooLong(_)
                | Self::ValueTooLong(_)
                | Self::Empty
                | Self::NotJson(_)
                | Self::Value
        )
    }
}

/// Why a template cannot be read.
#[derive(Clone, PartialEq, Eq, Debug, Default, thiserror::Error)]
pub enum SyntaxWhy {
    /// It ends too early.
    #[error("the template ends before a tag or a block does")]
    Unfinished,
    /// A statement that does not exist.
    #[error("there is no statement {0}")]
    UnknownStatement(String),
    /// Anything else.
    #[default]
    #[error("this is not expected here")]
    Unexpected,
}

/// What templates do not have.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, thiserror::Error)]
pub enum Unsupported {
    /// An operator that could make a text longer.
    #[error("the operator {0}")]
    Operator(&'static str),
    /// A statement.
    #[error("the statement {0}")]
    Statement(&'static str),
    /// A call.
    #[error("a call")]
    Call,
    /// A tuple.
    #[error("a tuple")]
    Tuple,
    /// A map.
    #[error("a map")]
    Map,
    /// A list with variables in it.
    #[error("a list of variables")]
    ListOfVariables,
    /// An argument with a name.
    #[error("an argument with a name")]
    NamedArgument,
    /// A loop that calls itself.
    #[error("a recursive loop")]
    RecursiveLoop,
    /// A loop with several names.
    #[error("a loop with several names")]
    SeveralNames,
    /// Statements within each other, more than so many.
    #[error("nesting more than {0} deep")]
    Nesting(usize),
    /// Another statement.
    #[default]
    #[error("this statement")]
    ThisStatement,
}

/// Why a result is not JSON.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, thiserror::Error)]
pub enum JsonWhy {
    /// It ends too early.
    #[error("it ends too early")]
    Ends,
    /// Anything else.
    #[default]
    #[error("this is not expected here")]
    Unexpected,
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

/// A line with a sign in the place of each control character, so that a caret below it fits.
fn printable(line: &str) -> String {
    line.chars()
        .map(|c| match c {
            '\t' => c,
            '\0'..='\u{1f}' => {
                char::from_u32(0x2400 + u32::from(c)).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            c if c.is_control() => char::REPLACEMENT_CHARACTER,
            c => c,
        })
        .collect()
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
            marked: format!("{}\n{indent}^", printable(shown.trim_end_matches('\r'))),
        }
    }
}

/// What the engine's words about a syntax error come to.
fn syntax(words: &str) -> SyntaxWhy {
    if words.starts_with("unexpected end of") {
        return SyntaxWhy::Unfinished;
    }
    match words.strip_prefix("unknown statement ") {
        Some(name) => {
            let name = head(&app::ansi::visible(name), NAME_MAX).to_owned();
            SyntaxWhy::UnknownStatement(name)
        }
        None => SyntaxWhy::Unexpected,
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
        // The engine's words are for the log: readers get ours, in their language, and the place.
        let words = error.detail().unwrap_or_default();
        let why = own.unwrap_or_else(|| match error.kind() {
            ErrorKind::SyntaxError => TemplateWhy::Syntax(syntax(words)),
            ErrorKind::UndefinedError => TemplateWhy::Undefined,
            ErrorKind::OutOfFuel => TemplateWhy::TooManySteps(steps),
            ErrorKind::TooManyArguments | ErrorKind::MissingArgument => TemplateWhy::Arguments,
            ErrorKind::InvalidOperation | ErrorKind::CannotUnpack => TemplateWhy::Value,
            _ => TemplateWhy::Engine,
        });
        tracing::debug!(%error, "a template has a fault");
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
