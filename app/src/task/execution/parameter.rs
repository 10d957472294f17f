//! Parameters of a manual start.

mod value;

pub use value::{MASK, SECRET_MIN_CHARS, VALUE_MAX_BYTES, field};

use serde::{Deserialize, Serialize};

/// One parameter. It reaches the command as an environment variable, never as shell text.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Parameter {
    /// The variable's name: letters, digits, `_`; not `JCRONTAB_…`, `PATH` and the like.
    pub name: String,
    /// What the form shows; empty shows the name.
    pub label: String,
    /// The kind of value.
    pub kind: ParameterKind,
    /// The choices, for `choice`.
    pub choices: Vec<String>,
    /// The value if nothing is entered, and for planned starts. Never set for `secret`.
    pub default: String,
    /// Whether a manual start must provide it.
    pub required: bool,
}

/// Kinds of parameters.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ParameterKind {
    /// Any line of text.
    #[default]
    Text,
    /// A decimal number.
    Number,
    /// One of the choices.
    Choice,
    /// A date, `YYYY-MM-DD`.
    Date,
    /// A text that is sealed in the database and masked in output.
    Secret,
}

impl ParameterKind {
    /// All kinds, in the order of the form.
    pub const ALL: [Self; 5] = [
        Self::Text,
        Self::Number,
        Self::Choice,
        Self::Date,
        Self::Secret,
    ];

    /// The name used in the API and in forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Choice => "choice",
            Self::Date => "date",
            Self::Secret => "secret",
        }
    }
}

impl std::str::FromStr for ParameterKind {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or(())
    }
}
