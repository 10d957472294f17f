//! Changes that refer to the version that was read: an outdated one is refused, and nothing of it is stored.
//!
//! It is refused twice. Before anything is checked, so that a form with another fault does not come back with the newest
//! version and then overwrite what its sender has never seen; and by the store, in the transaction of the change.

use app::backend::Answer;
use app::error::AppError;
use app::i18n::Lang;

use crate::error::OrInternal;
use crate::store::StoreError;
use crate::texts::Refusal;
use crate::texts::outdated::{Attempt, ObjectKind, Outdated};

/// Refuses a change that refers to another version than the stored one. `differs` names the fields in which the stored
/// one is not as entered.
pub(super) fn as_read(
    lang: Lang,
    thing: ObjectKind,
    read: Option<i64>,
    version: i64,
    differs: impl FnOnce() -> Vec<&'static str>,
) -> Answer<()> {
    if read.is_none_or(|read| read == version) {
        return Ok(());
    }
    let outdated = Outdated {
        thing,
        version,
        differs: differs(),
        attempt: Attempt::Save,
    };
    Err(outdated.answer(lang))
}

/// Refuses a deletion that refers to another version than the stored one.
pub(super) fn as_read_to_delete(
    lang: Lang,
    thing: ObjectKind,
    read: Option<i64>,
    version: i64,
) -> Answer<()> {
    if read.is_none_or(|read| read == version) {
        return Ok(());
    }
    Err(overtaken(lang, thing, version, Attempt::Delete))
}

/// The names of the fields that differ.
pub(super) fn named<const N: usize>(fields: [(&'static str, bool); N]) -> Vec<&'static str> {
    let fields = fields.into_iter();
    fields
        .filter_map(|(field, differs)| differs.then_some(field))
        .collect()
}

/// For changes that have no fields to compare.
pub(super) const fn nothing() -> Vec<&'static str> {
    Vec::new()
}

/// What came of a change in the store; a conflict where another change came between the first check and the transaction.
pub(super) fn stored<T>(lang: Lang, thing: ObjectKind, result: Result<T, StoreError>) -> Answer<T> {
    match result {
        Err(StoreError::Outdated { version }) => {
            Err(overtaken(lang, thing, version, Attempt::Save))
        }
        other => other.or_internal(lang),
    }
}

/// The same for a deletion.
pub(super) fn stored_deletion<T>(
    lang: Lang,
    thing: ObjectKind,
    result: Result<T, StoreError>,
) -> Answer<T> {
    match result {
        Err(StoreError::Outdated { version }) => {
            Err(overtaken(lang, thing, version, Attempt::Delete))
        }
        other => other.or_internal(lang),
    }
}

fn overtaken(lang: Lang, thing: ObjectKind, version: i64, attempt: Attempt) -> AppError {
    let outdated = Outdated {
        thing,
        version,
        differs: nothing(),
        attempt,
    };
    outdated.answer(lang)
}
