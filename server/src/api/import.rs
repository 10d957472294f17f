//! The body of a calendar import: JSON, or the text itself.

use app::calendar::CalendarImport;
use app::error::{AppError, ErrorKind, FieldError};
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::CONTENT_TYPE;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::calendar::{charset, decode};
use crate::http::Problem;
use crate::http::extract::{Body, caller_of};
use crate::http::params::Params;

/// Query of an import whose body is the text itself.
#[derive(Deserialize, Default, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct ImportQuery {
    /// With a `text/…` body: whether the days of an iCalendar text are working days.
    as_work_days: bool,
    /// With a `text/…` body: whether all days of the years in the text are replaced.
    replace_years: bool,
}

/// What to import.
pub(super) struct Imported(pub(super) CalendarImport);

impl<S: Send + Sync> FromRequest<S> for Imported {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).map(str::to_owned);
        let is_text = kind
            .as_ref()
            .is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/"));
        if !is_text {
            let Body(import) = Body::from_request(request, state).await?;
            return Ok(Self(import));
        }
        let (mut parts, body) = request.into_parts();
        let lang = caller_of(&parts).lang;
        let Params(query) = Params::<ImportQuery>::from_request_parts(&mut parts, state).await?;
        let charset = kind.and_then(|kind| charset(&kind).map(str::to_owned));
        let bytes = Bytes::from_request(Request::from_parts(parts, body), state)
            .await
            .map_err(|_| {
                let message =
                    lang.pick("请求太大或不完整", "The request is too large or incomplete");
                Problem::from(AppError::new(ErrorKind::Invalid, "body", message))
            })?;
        let text = decode(&bytes, charset.as_deref()).map_err(|fault| {
            let fault = FieldError::new("text", "unreadable", fault.text(lang));
            Problem::from(AppError::invalid(lang, vec![fault]))
        })?;
        Ok(Self(CalendarImport {
            text,
            as_work_days: query.as_work_days,
            replace_years: query.replace_years,
        }))
    }
}
