//! Query parameters that an operation does not know are refused, also by operations that take no query at all: a
//! misspelt filter would otherwise return everything.

use std::collections::HashMap;
use std::sync::Arc;

use app::backend::Caller;
use app::error::{AppError, ErrorKind, FieldError};
use app::i18n::Lang;
use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{OpenApi, RefOr};

use crate::http::Problem;
use crate::http::strict::{Named, unknown};

/// Characters of an unknown parameter that the answer repeats.
const SHOWN: usize = 64;

/// Parameters that the product's own pages send and that are not part of the interface, so the description leaves
/// them out: paths and names.
const OF_PAGES: [(&str, &str); 1] = [("/api/v1/runs/{id}/log/stream", "form")];

/// The query parameters that each operation takes, by its path and method.
#[derive(Debug)]
pub(super) struct Words(HashMap<String, Vec<(Method, Vec<String>)>>);

impl Words {
    /// Collects them from the description.
    pub(super) fn of(openapi: &OpenApi) -> Arc<Self> {
        let of_path = |item: &utoipa::openapi::PathItem| {
            let operations = [
                (Method::GET, &item.get),
                (Method::PUT, &item.put),
                (Method::POST, &item.post),
                (Method::PATCH, &item.patch),
                (Method::DELETE, &item.delete),
            ];
            let described = operations.into_iter();
            described
                .filter_map(|(method, operation)| Some((method, words(operation.as_ref()?))))
                .collect()
        };
        let paths = openapi.paths.paths.iter();
        let all = paths.map(|(path, item)| (path.clone(), of_path(item)));
        Arc::new(Self(all.collect()))
    }

    /// The first parameter of a query that an operation does not take, with those that it takes; `None` when all are
    /// known or the description does not have the operation.
    fn stranger(&self, path: &str, method: &Method, query: &str) -> Option<(String, &[String])> {
        // GET answers HEAD.
        let method = if method == Method::HEAD {
            &Method::GET
        } else {
            method
        };
        let operations = self.0.get(path)?;
        let (_, known) = operations.iter().find(|(one, _)| one == method)?;
        let mut sent = url::form_urlencoded::parse(query.as_bytes());
        let (name, _) = sent.find(|(name, _)| {
            !known.iter().any(|word| word == name) && !OF_PAGES.contains(&(path, name.as_ref()))
        })?;
        Some((name.chars().take(SHOWN).collect(), known.as_slice()))
    }
}

fn words(operation: &Operation) -> Vec<String> {
    let declared = operation.parameters.iter().flatten();
    declared
        .filter_map(|parameter| match parameter {
            RefOr::T(one) if one.parameter_in == ParameterIn::Query => Some(one.name.clone()),
            RefOr::T(_) | RefOr::Ref(_) => None,
        })
        .collect()
}

/// Refuses a request with a query parameter that its operation does not take.
pub(super) async fn check(
    State(words): State<Arc<Words>>,
    request: Request,
    next: Next,
) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let matched = request.extensions().get::<MatchedPath>();
    let stranger = matched.and_then(|path| words.stranger(path.as_str(), request.method(), query));
    let Some((name, known)) = stranger else {
        return next.run(request).await;
    };
    let caller = request.extensions().get::<Caller>();
    let lang = caller.map_or_else(Lang::default, |caller| caller.lang);
    let message = unknown(lang, Named::Parameter, &name, true, known);
    let fields = vec![FieldError::new(&name, "unknown_field", message.clone())];
    let error = AppError::new(ErrorKind::Invalid, "query", message);
    Problem::from(AppError { fields, ..error }).into_response()
}
