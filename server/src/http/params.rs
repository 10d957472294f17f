//! The query of a request, with faults reported as problem documents. Unknown parameters are refused earlier
//! (`api::query`).

use app::error::{AppError, ErrorKind, FieldError};
use app::i18n::Lang;
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
            .map_err(|fault| refused(&fault.body_text(), lang).into())
    }
}

/// The words that a parameter may have, where the reason is that another one was sent: the library lists them in
/// backticks.
fn known_values(reason: &str) -> Option<String> {
    // What was sent comes before it, and may hold anything.
    let (_, known) = reason
        .strip_prefix("unknown variant ")?
        .rsplit_once(", expected ")?;
    let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
    (!known.is_empty()).then(|| known.join(", "))
}

/// The answer to a query whose value cannot be read. `fault` is the library's: what it tried, the parameter, the reason.
fn refused(fault: &str, lang: Lang) -> AppError {
    let mut parts = fault.splitn(3, ": ").skip(1);
    let (Some(name), Some(reason)) = (parts.next(), parts.next()) else {
        let message = lang.pick("网址里的参数有误", "The query string is invalid");
        return AppError::new(ErrorKind::Invalid, "query", message);
    };
    if let Some(known) = known_values(reason) {
        let message = lang.pick(
            format!("参数 {name} 可以是：{known}"),
            format!("The parameter {name} is one of: {known}"),
        );
        let fields = vec![FieldError::new(name, "unknown", message.clone())];
        return AppError {
            fields,
            ..AppError::new(ErrorKind::Invalid, "query", message)
        };
    }
    let is_number = ["digit", "integer", "number"]
        .iter()
        .any(|word| reason.contains(word));
    let (zh, en) = match (is_number, reason.contains("true")) {
        (true, _) => (
            format!("参数 {name} 应为整数"),
            format!("The parameter {name} must be a whole number"),
        ),
        (_, true) => (
            format!("参数 {name} 应为 true 或 false"),
            format!("The parameter {name} must be true or false"),
        ),
        _ => (
            format!("参数 {name} 的值无法识别"),
            format!("The value of the parameter {name} is not recognised"),
        ),
    };
    let message = lang.pick(zh, en);
    let fields = vec![FieldError::new(name, "invalid", message.clone())];
    AppError {
        fields,
        ..AppError::new(ErrorKind::Invalid, "query", message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize, Debug)]
    struct Asked {
        #[expect(dead_code, reason = "only its type matters")]
        limit: Option<u32>,
        #[expect(dead_code, reason = "only its type matters")]
        json: Option<bool>,
        #[expect(dead_code, reason = "only its type matters")]
        health: Option<app::task::HealthFilter>,
    }

    #[test]
    fn what_cannot_be_read_is_named_in_a_sentence() {
        let table = [
            (
                "limit=x",
                "limit",
                "The parameter limit must be a whole number",
            ),
            (
                "limit=-1",
                "limit",
                "The parameter limit must be a whole number",
            ),
            (
                "limit=",
                "limit",
                "The parameter limit must be a whole number",
            ),
            (
                "limit=99999999999",
                "limit",
                "The parameter limit must be a whole number",
            ),
            (
                "json=maybe",
                "json",
                "The parameter json must be true or false",
            ),
            (
                "health=wobble",
                "health",
                "The parameter health is one of: failing, chasing, running",
            ),
            (
                "health=%60%2C%20expected%20%60x",
                "health",
                "The parameter health is one of: failing, chasing, running",
            ),
        ];
        for (query, field, words) in table {
            let uri: axum::http::Uri = format!("/x?{query}").parse().expect("a path");
            let fault = Query::<Asked>::try_from_uri(&uri).expect_err(query);
            let error = refused(&fault.body_text(), Lang::En);
            assert_eq!(
                (error.fields[0].field.as_str(), error.message.as_str()),
                (field, words)
            );
        }
    }
}
