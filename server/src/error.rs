//! Turns internal failures into what a client sees.
//!
//! One function logs an internal failure, once, with its whole chain and an incident id, and returns an [`AppError`]
//! that contains nothing but that id. The incident id is the id of the request, so that it finds all log lines about
//! it; outside of requests it is generated.

use app::error::{AppError, ErrorKind};
use app::i18n::Lang;

use crate::auth::token::random_id;
use crate::store::StoreError;
use crate::telemetry::request::RequestId;

/// Logs a failure and returns the error for the client.
pub fn internal(lang: Lang, error: &(dyn std::error::Error + 'static)) -> AppError {
    let incident =
        RequestId::current().map_or_else(|| random_id(8), |request| request.as_str().to_owned());
    tracing::error!(incident, error, "a request failed");
    let (kind, code, message, hint) = if error
        .downcast_ref::<StoreError>()
        .is_some_and(StoreError::is_away)
    {
        (
            ErrorKind::Unavailable,
            "database.away",
            lang.pick(
                "数据库暂时连接不上",
                "The database is not responding at the moment",
            ),
            lang.pick(
                "请稍后再试；任务会在数据库恢复后继续",
                "Try again in a moment; tasks continue as soon as it is back",
            ),
        )
    } else {
        (
            ErrorKind::Internal,
            "internal",
            lang.pick("服务器内部出错", "Something went wrong on the server"),
            lang.pick(
                "请把错误编号告诉管理员",
                "Give the incident id to an administrator",
            ),
        )
    };
    AppError {
        incident: Some(incident),
        ..AppError::new(kind, code, message).with_hint(hint)
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
