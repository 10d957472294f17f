//! Extractors of handlers.

use app::backend::Caller;
use app::error::{AppError, ErrorKind, FieldError};
use app::i18n::Lang;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, OptionalFromRequest, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::Problem;
use super::strict::{self, JsonFault, JsonFaultKind, Named, unknown};

/// The caller, as established by [`super::guard::authenticate`].
pub struct RequestCaller(pub Caller);

/// The caller of a request; without a principal where the guard did not run, so that a route
/// outside it is closed rather than open.
pub fn caller_of(parts: &Parts) -> Caller {
    parts.extensions.get::<Caller>().cloned().unwrap_or(Caller {
        principal: None,
        lang: app::i18n::Lang::default(),
    })
}

impl<S: Send + Sync> FromRequestParts<S> for RequestCaller {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(caller_of(parts)))
    }
}

/// A JSON body, read strictly ([`strict`]), with faults reported in the reader's language.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (lang, bytes) = received(request, state).await?;
        read(lang, &bytes)
    }
}

/// The bytes of a body, and the language of its sender.
async fn received<S: Send + Sync>(request: Request, state: &S) -> Result<(Lang, Bytes), Problem> {
    let (parts, body) = request.into_parts();
    let lang = caller_of(&parts).lang;
    let bytes = Bytes::from_request(Request::from_parts(parts, body), state).await;
    let bytes = bytes.map_err(|fault| {
        let message = lang.pick("请求太大或不完整", "The request is too large or incomplete");
        let error = AppError::new(ErrorKind::Invalid, "body", message);
        match fault.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::plain(fault.status(), error),
            _ => Problem::from(error),
        }
    })?;
    Ok((lang, bytes))
}

fn read<T: DeserializeOwned>(lang: Lang, bytes: &[u8]) -> Result<Body<T>, Problem> {
    let read = strict::from_slice(bytes).map(Body);
    read.map_err(|fault| Problem::from(malformed(lang, &fault)))
}

/// A sentence about a fault of a JSON body, with the nearest known name for an unknown field.
#[must_use]
pub fn malformed(lang: Lang, fault: &JsonFault) -> AppError {
    let (message, field) = match &fault.what {
        JsonFaultKind::Unknown { name, known } => {
            let message = unknown(lang, Named::Field, name, true, known);
            let place = fault.place.as_str();
            let field = if place.is_empty() {
                name.clone()
            } else {
                format!("{place}.{name}")
            };
            (
                message.clone(),
                Some(FieldError::new(&field, "unknown_field", message)),
            )
        }
        what if fault.place.is_empty() => {
            let reason = what.text(lang);
            (
                lang.pick(
                    format!("请求内容不是所需的 JSON：{reason}"),
                    format!("The body is not the expected JSON: {reason}"),
                ),
                None,
            )
        }
        what => {
            let (place, reason) = (&fault.place, what.text(lang));
            let message = lang.pick(
                format!("字段 `{place}` 的值无效：{reason}"),
                format!("The value of `{place}` is invalid: {reason}"),
            );
            (
                message.clone(),
                Some(FieldError::new(place, "type", message)),
            )
        }
    };
    AppError {
        fields: field.into_iter().collect(),
        ..AppError::new(ErrorKind::Invalid, "body", message)
    }
}

impl<T: DeserializeOwned, S: Send + Sync> OptionalFromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Problem> {
        // Without a content type there is no body worth reading.
        if !request.headers().contains_key(CONTENT_TYPE) {
            return Ok(None);
        }
        let (lang, bytes) = received(request, state).await?;
        // Clients that always name a content type send it with an empty body, too.
        if bytes.is_empty() {
            return Ok(None);
        }
        read(lang, &bytes).map(Some)
    }
}
