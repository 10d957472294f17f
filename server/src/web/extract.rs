//! What handlers take from a request.

use app::backend::Caller;
use app::error::{AppError, ErrorKind};
use axum::extract::{FromRequest, FromRequestParts, OptionalFromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::api::Problem;

/// The caller, as [`super::guard::authenticate`] found them.
pub struct Who(pub Caller);

/// The caller of a request; nobody where the guard did not run, so that a route outside it is
/// closed rather than open.
pub fn caller_of(parts: &Parts) -> Caller {
    parts.extensions.get::<Caller>().cloned().unwrap_or(Caller {
        principal: None,
        lang: app::i18n::Lang::default(),
    })
}

impl<S: Send + Sync> FromRequestParts<S> for Who {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(caller_of(parts)))
    }
}

/// A JSON body, with faults told in the reader's language.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let lang = caller_of(&parts).lang;
        let bad =
            |message: String| Problem::from(AppError::new(ErrorKind::Invalid, "body", message));
        let bytes = axum::body::Bytes::from_request(Request::from_parts(parts, body), state)
            .await
            .map_err(|_| {
                bad(lang.pick(
                    "请求太大或不完整".to_owned(),
                    "The body is too large or incomplete".to_owned(),
                ))
            })?;
        serde_json::from_slice(&bytes).map(Self).map_err(|fault| {
            bad(lang.pick(
                format!("请求内容不是所需的 JSON：{fault}"),
                format!("The body is not the JSON that is needed: {fault}"),
            ))
        })
    }
}

impl<T: DeserializeOwned, S: Send + Sync> OptionalFromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Problem> {
        // Without a type there is no body worth reading.
        if !request.headers().contains_key(CONTENT_TYPE) {
            return Ok(None);
        }
        <Self as FromRequest<S>>::from_request(request, state)
            .await
            .map(Some)
    }
}
