//! What is wrong with a text, with the frequent mistakes of people in our own words.

use saphyr_parser::ScanError;

use super::mark;
use crate::yaml::Mark;

/// What is wrong with a text, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// The place.
    pub mark: Mark,
    /// The fault.
    pub what: What,
}

/// What is wrong with a text.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum What {
    /// It is no YAML, in the words of the parser.
    Syntax(String),
    /// A line is indented by a tab.
    Tab,
    /// A value without quotes begins with a character that means something else in YAML.
    Indicator(char),
    /// A document is no object.
    NotAnObject,
    /// The name of a field is no text.
    NoName,
    /// An object has this name more than once.
    Twice(String),
    /// A tag, such as `!secret`.
    Tag,
    /// It is nested too deeply.
    TooDeep,
    /// It has too many entries, or aliases repeat too much.
    TooMany,
    /// There are more documents than this.
    TooManyDocuments,
}

impl What {
    pub(super) const fn at(self, mark: Mark) -> Fault {
        Fault { mark, what: self }
    }
}

/// The fault of a text that is no YAML, in our own words where its cause is a frequent one.
pub(super) fn explained(text: &str, error: &ScanError) -> Fault {
    let found = mark(error.marker());
    // The parser may notice it only on the next line.
    let lines = text
        .lines()
        .enumerate()
        .skip(found.line.saturating_sub(2))
        .take(2);
    let mut near: Vec<(usize, &str)> = lines.map(|(at, line)| (at + 1, line)).collect();
    near.sort_by_key(|(line, _)| *line != found.line);
    for (line, text) in near {
        let blanks = text.chars().take_while(|c| c.is_whitespace());
        if let Some(at) = blanks.into_iter().position(|c| c == '\t') {
            return What::Tab.at(Mark {
                line,
                column: at + 1,
            });
        }
        if let Some((at, sign)) = indicator(text) {
            return What::Indicator(sign).at(Mark {
                line,
                column: at + 1,
            });
        }
    }
    What::Syntax(error.info().to_owned()).at(found)
}

/// The character at the beginning of a value that must be in quotes, and its column from 0.
fn indicator(line: &str) -> Option<(usize, char)> {
    let bare = line.trim_start().trim_start_matches("- ");
    let value = match bare.split_once(": ") {
        Some((_, value)) => value.trim_start(),
        None => bare,
    };
    let sign = value.chars().next().filter(|c| "*&@%`!|>".contains(*c))?;
    let before = line.len() - value.len();
    Some((line[..before].chars().count(), sign))
}
