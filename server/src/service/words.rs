//! A word of a fixed list that was entered and is none of it.

use app::error::FieldError;
use app::i18n::Lang;
use app::transition::Word;

use crate::texts::Fault;
use crate::texts::messages::MessageFault;

/// A field whose word does not exist.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownWord {
    /// Its name in the form and the API.
    field: String,
    /// The words that exist, with commas.
    known: String,
}

impl UnknownWord {
    /// The field of a choice among the words of `T`.
    pub fn of<T: Word>(field: &str) -> Self {
        let words: Vec<&str> = T::all().into_iter().map(T::word).collect();
        Self {
            field: field.to_owned(),
            known: words.join(", "),
        }
    }

    /// The fault of the field, for a reader.
    pub(super) fn fault(self, lang: Lang) -> FieldError {
        MessageFault::UnknownWord { known: self.known }.on(&self.field, lang)
    }
}
