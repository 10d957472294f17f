//! What is wrong with a JSON text, as values and in words.

use app::i18n::Lang;
use serde::de::{Expected, Unexpected};
use serde_json::error::Category;

use crate::yaml::TWICE;

/// Known words that are listed where another one was sent.
const WORDS_MAX: usize = 20;

/// What is wrong at a place of a JSON text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum JsonFaultKind {
    /// A name that no field has.
    Unknown {
        /// The name, cut.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// The text ends in the middle of a value.
    Ends {
        /// Where, from 1.
        line: usize,
        /// Where in the line.
        column: usize,
    },
    /// It is no JSON from here on.
    Syntax {
        /// Where, from 1.
        line: usize,
        /// Where in the line.
        column: usize,
    },
    /// An object has this name more than once.
    Twice {
        /// The name, cut.
        name: String,
    },
    /// A field that must be given is missing.
    Missing {
        /// Its name.
        name: &'static str,
    },
    /// A value of another type.
    Type {
        /// What is needed; `None` where it is nothing that has a word.
        needed: Option<Kind>,
        /// What was sent; `None` where it is not known.
        found: Option<Kind>,
    },
    /// A value of the right type that does not fit, such as a number that is too large.
    Value {
        /// What is needed.
        needed: Option<Kind>,
    },
    /// None of the words that are known here.
    Word {
        /// Those words.
        known: &'static [&'static str],
    },
    /// A value that does not fit, in the words of its reader.
    Other(String),
}

/// A type of JSON values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Whole,
    /// A number.
    Number,
    /// A text.
    Text,
    /// A list.
    List,
    /// An object.
    Object,
    /// One of several words.
    Word,
}

impl Kind {
    /// What a reader says that it needs. Serde has that in English words only.
    pub(super) fn needed(expected: &dyn Expected) -> Option<Self> {
        let words = expected.to_string();
        let first = words.trim_start_matches("a ").trim_start_matches("an ");
        Some(match first.split(' ').next()? {
            "boolean" | "bool" => Self::Bool,
            "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "integer" => Self::Whole,
            "f32" | "f64" | "number" => Self::Number,
            "string" | "text" | "character" => Self::Text,
            "sequence" | "list" | "tuple" => Self::List,
            "struct" | "map" | "object" => Self::Object,
            "enum" | "variant" | "one" => Self::Word,
            "unit" | "null" => Self::Null,
            _ => return None,
        })
    }

    pub(super) fn found(found: Unexpected<'_>) -> Option<Self> {
        Some(match found {
            Unexpected::Unit | Unexpected::Option => Self::Null,
            Unexpected::Bool(_) => Self::Bool,
            Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => Self::Number,
            Unexpected::Char(_) | Unexpected::Str(_) | Unexpected::Other("text") => Self::Text,
            Unexpected::Seq | Unexpected::Other("a list") => Self::List,
            Unexpected::Map | Unexpected::StructVariant | Unexpected::Other("an object") => {
                Self::Object
            }
            _ => return None,
        })
    }

    fn text(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::Null => ("null", "null"),
            Self::Bool => ("true 或 false", "true or false"),
            Self::Whole => ("整数", "a whole number"),
            Self::Number => ("数字", "a number"),
            Self::Text => ("文本", "text"),
            Self::List => ("列表", "a list"),
            Self::Object => ("对象", "an object"),
            Self::Word => ("可选值之一", "one of the known words"),
        };
        lang.pick(zh, en)
    }
}

impl From<&serde_json::Error> for JsonFaultKind {
    fn from(error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        match error.classify() {
            Category::Eof => Self::Ends { line, column },
            Category::Syntax => Self::Syntax { line, column },
            Category::Data | Category::Io => {
                let text = error.to_string();
                let name = text.strip_prefix(TWICE);
                match name.and_then(|rest| rest.rsplit_once(" at line ")) {
                    Some((name, _)) => Self::Twice {
                        name: name.to_owned(),
                    },
                    None => Self::Other(text),
                }
            }
        }
    }
}

impl JsonFaultKind {
    /// A phrase for the reader.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::Unknown { name, .. } => lang.pick(
                format!("没有 `{name}` 这个字段"),
                format!("unknown field `{name}`"),
            ),
            Self::Ends { line, column } => lang.pick(
                format!("内容没有写完，止于第 {line} 行第 {column} 列"),
                format!("it ends in the middle of a value, at line {line}, column {column}"),
            ),
            Self::Syntax { line, column } => lang.pick(
                format!("第 {line} 行第 {column} 列有语法错误"),
                format!("syntax error at line {line}, column {column}"),
            ),
            Self::Twice { name } => lang.pick(
                format!("字段 `{name}` 出现了不止一次"),
                format!("the field `{name}` occurs more than once"),
            ),
            Self::Missing { name } => lang.pick(
                format!("缺少字段 `{name}`"),
                format!("the field `{name}` is missing"),
            ),
            Self::Type { needed, found } => {
                let (needed, found) = (
                    needed.map(|kind| kind.text(lang)),
                    found.map(|kind| kind.text(lang)),
                );
                match (needed, found) {
                    (Some(needed), Some(found)) => lang.pick(
                        format!("需要{}，实际是{}", spaced(needed), spaced(found)),
                        format!("expected {needed}, found {found}"),
                    ),
                    (Some(needed), None) => lang.pick(
                        format!("需要{}", spaced(needed)),
                        format!("expected {needed}"),
                    ),
                    (None, _) => lang.pick("类型不对", "the type is wrong").to_owned(),
                }
            }
            Self::Value {
                needed: Some(Kind::Whole | Kind::Number),
            } => lang
                .pick("数字超出范围", "the number is out of range")
                .to_owned(),
            Self::Value { .. } => lang.pick("取值无效", "not a valid value").to_owned(),
            Self::Word { known } => {
                let words: Vec<String> = known
                    .iter()
                    .take(WORDS_MAX)
                    .map(|word| format!("`{word}`"))
                    .collect();
                let words = words.join(lang.pick("、", ", "));
                lang.pick(format!("可选 {words}"), format!("expected one of {words}"))
            }
            Self::Other(text) => text.clone(),
        }
    }
}

/// A space where Latin letters follow Chinese ones.
fn spaced(word: &str) -> String {
    match word.starts_with(|c: char| c.is_ascii_alphabetic()) {
        true => format!(" {word}"),
        false => word.to_owned(),
    }
}
