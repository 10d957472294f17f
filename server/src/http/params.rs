//! The query of a request, with faults reported as problem documents. Unknown parameters are refused earlier
//! (`api::query`).

use app::error::{AppError, ErrorKind};
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::Problem;
use super::extract::caller_of;

/// The query as a struct.
pub(crate) struct Params<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let lang = caller_of(parts).lang;
        Query::<T>::from_request_parts(parts, state)
            .await
            .map(|Query(query)| Self(query))
            .map_err(|fault| {
                let fault = fault.body_text();
                let reason = fault.split_once(": ").map_or(&*fault, |(_, reason)| reason);
                let message = lang.pick(
                    format!("网址里的参数有误：{reason}"),
                    format!("The query string is invalid: {reason}"),
                );
                AppError::new(ErrorKind::Invalid, "query", message).into()
            })
    }
}
