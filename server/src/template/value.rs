//! What a template can print: values that are made before it is rendered, and hold nothing but data.

use std::collections::BTreeMap;

use serde::Serialize;

/// The variables of a template, by name.
pub type Variables = BTreeMap<&'static str, Value>;

/// The value of a variable.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// Nothing: printed, it is empty.
    #[default]
    None,
    /// A number.
    Number(i64),
    /// A text.
    Text(String),
    /// Several values, for a loop.
    List(Vec<Value>),
    /// Values with names, for what a loop goes over.
    Map(BTreeMap<&'static str, Value>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::None, Into::into)
    }
}

impl<T: Into<Self>> FromIterator<T> for Value {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}

impl From<&Value> for minijinja::Value {
    fn from(value: &Value) -> Self {
        match value {
            Value::None => Self::from(()),
            Value::Number(number) => Self::from(*number),
            Value::Text(text) => Self::from(text.as_str()),
            Value::List(values) => values.iter().map(Self::from).collect(),
            Value::Map(values) => {
                let values = values.iter();
                let values: BTreeMap<String, Self> = values
                    .map(|(name, value)| ((*name).to_owned(), Self::from(value)))
                    .collect();
                Self::from(values)
            }
        }
    }
}
