//! Failures as RFC 9457 problem documents.

use app::error::{AppError, FieldError};
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// A failure (RFC 9457), with a stable `code` and the faults by field.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// HTTP status.
    status: u16,
    /// One human sentence.
    title: String,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// A stable code, for programs.
    code: String,
    /// Faults by field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    /// An id that finds the log entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    incident: Option<String>,
    /// For the header `Retry-After`.
    #[serde(skip)]
    retry_after: Option<u32>,
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        Self {
            status: error.kind.status(),
            title: error.message,
            detail: error.hint,
            code: error.code,
            errors: error.fields,
            incident: error.incident,
            retry_after: error.retry_after,
        }
    }
}

impl Problem {
    /// A failure of HTTP itself that no kind of [`AppError`] describes.
    #[must_use]
    pub fn plain(status: StatusCode, error: AppError) -> Self {
        Self {
            status: status.as_u16(),
            ..Self::from(error)
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.retry_after;
        let mut response = (status, Json(self)).into_response();
        if let Some(seconds) = retry_after {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        response
    }
}

/// A handler's answer.
pub(crate) type Reply<T> = Result<T, Problem>;
