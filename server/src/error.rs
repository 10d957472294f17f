//! Turns internal failures into what a client sees.
//!
//! One function logs an internal failure, once, with its whole chain and an incident id, and returns an [`AppError`]
//! that contains nothing but that id. The incident id is the id of the request, so that it finds all log lines about
//! it; outside of requests it is generated.

use app::error::AppError;
use app::i18n::Lang;

use crate::auth::token::random_id;
use crate::store::{Damage, RowKind, StoreError};
use crate::telemetry::request::RequestId;
use crate::texts::Refusal;
use crate::texts::chat::ChatWords;
use crate::texts::damage::RowRefusal;
use crate::texts::failures::Failure;
use crate::texts::links::LinkRefusal;

/// Logs a failure and returns the error for the client.
pub fn internal(lang: Lang, error: &(dyn std::error::Error + 'static)) -> AppError {
    let failure = error.downcast_ref::<StoreError>();
    if matches!(failure, Some(StoreError::LinkUsed)) {
        // No failure: another press with the same link came first.
        return LinkRefusal::UsedNow.answer(lang);
    }
    if matches!(failure, Some(StoreError::EventAgain)) {
        // No failure: the same event was delivered twice, and the other one came first.
        return ChatWords::Used.answer(lang);
    }
    if let Some(StoreError::Row { kind, key, source }) = failure {
        // Logged once, when it was first met.
        let (id, damage) = (key.clone(), Damage::of(*kind, source));
        let refusal = match kind {
            RowKind::Task => RowRefusal::Task { id, damage },
            _ => RowRefusal::Other { damage },
        };
        return refusal.answer(lang);
    }
    let incident =
        RequestId::current().map_or_else(|| random_id(8), |request| request.as_str().to_owned());
    tracing::error!(incident, error, "a request failed");
    if let Some(StoreError::UnknownValue { what, .. }) = failure {
        // Without the value: whoever asks may not be allowed to know it.
        let damage = Damage {
            column: Some((*what).to_owned()),
            value: None,
        };
        return AppError {
            incident: Some(incident),
            ..RowRefusal::Other { damage }.answer(lang)
        };
    }
    let failure = if failure.is_some_and(StoreError::is_away) {
        Failure::DatabaseAway
    } else {
        Failure::Internal
    };
    AppError {
        incident: Some(incident),
        ..failure.answer(lang)
    }
}

/// Turns results of the store into results for clients.
pub trait OrInternal<T> {
    /// The value, or the logged failure as a client error.
    ///
    /// # Errors
    /// The failure, named by an incident id only.
    fn or_internal(self, lang: Lang) -> Result<T, AppError>;
}

impl<T, E: std::error::Error + 'static> OrInternal<T> for Result<T, E> {
    fn or_internal(self, lang: Lang) -> Result<T, AppError> {
        self.map_err(|error| internal(lang, &error))
    }
}
