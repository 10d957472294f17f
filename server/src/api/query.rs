//! Query parameters that an operation does not know are refused, also by operations that take no query at all: a
//! misspelt filter would otherwise return everything. So are numbers outside of the range that the description names: a
//! page that is silently shorter than asked for looks like the end of a list. And so is `If-Match` where nothing is compared.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use app::backend::Caller;
use app::error::{AppError, ErrorKind, FieldError};
use app::i18n::Lang;
use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::http::header::IF_MATCH;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use utoipa::Number;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{OpenApi, RefOr, Schema};

use crate::http::Problem;
use crate::http::strict::{Named, unknown};

/// Characters of an unknown parameter that the answer repeats.
const SHOWN: usize = 64;

/// Parameters that the product's own pages send and that are not part of the interface, so the description leaves
/// them out: paths and names.
const OF_PAGES: [(&str, &str); 1] = [("/api/v1/runs/{id}/log/stream", "form")];

/// The query parameters of an operation.
#[derive(Debug)]
struct QueryParameters {
    /// Whether it compares the version in `If-Match`.
    compares: bool,
    /// The names of all of them.
    names: Vec<String>,
    /// The numbers among them that have a least and a greatest value.
    ranges: Vec<(String, RangeInclusive<i128>)>,
}

/// The query parameters that each operation takes, by its path and method.
#[derive(Debug)]
pub(super) struct Words(HashMap<String, Vec<(Method, QueryParameters)>>);

/// What is wrong with a query, or with what it is sent under.
#[derive(PartialEq, Eq, Debug)]
enum QueryFault<'a> {
    /// A version, which the operation would not compare.
    NoVersion,
    /// A parameter that the operation does not take, and those that it takes.
    Stranger(String, &'a [String]),
    /// A number outside of its range.
    OutOfRange(&'a str, &'a RangeInclusive<i128>),
}

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
                .filter_map(|(method, operation)| Some((method, takes(operation.as_ref()?))))
                .collect()
        };
        let paths = openapi.paths.paths.iter();
        let all = paths.map(|(path, item)| (path.clone(), of_path(item)));
        Arc::new(Self(all.collect()))
    }

    /// The first fault of a query; `None` when it has none, or the description does not have the operation. What is not
    /// a number at all is reported where it is read.
    fn fault(&self, path: &str, request: &Request) -> Option<QueryFault<'_>> {
        let (method, query) = (request.method(), request.uri().query().unwrap_or_default());
        // GET answers HEAD.
        let method = if method == Method::HEAD {
            &Method::GET
        } else {
            method
        };
        let operations = self.0.get(path)?;
        let (_, takes) = operations.iter().find(|(one, _)| one == method)?;
        let changes = !matches!(*method, Method::GET);
        if changes && !takes.compares && request.headers().contains_key(IF_MATCH) {
            return Some(QueryFault::NoVersion);
        }
        let mut sent = url::form_urlencoded::parse(query.as_bytes());
        sent.find_map(|(name, value)| {
            let is_known = takes.names.iter().any(|word| *word == name);
            if !is_known && !OF_PAGES.contains(&(path, name.as_ref())) {
                let name = name.chars().take(SHOWN).collect();
                return Some(QueryFault::Stranger(name, &takes.names));
            }
            let (name, range) = takes.ranges.iter().find(|(word, _)| *word == name)?;
            let number: i128 = value.parse().ok()?;
            (!range.contains(&number)).then_some(QueryFault::OutOfRange(name, range))
        })
    }
}

fn takes(operation: &Operation) -> QueryParameters {
    let declared = operation.parameters.iter().flatten();
    let declared = declared.filter_map(|parameter| match parameter {
        RefOr::T(one) => Some(one),
        RefOr::Ref(_) => None,
    });
    let mut takes = QueryParameters {
        compares: false,
        names: Vec::new(),
        ranges: Vec::new(),
    };
    for parameter in declared {
        if parameter.parameter_in == ParameterIn::Header {
            takes.compares |= parameter.name.eq_ignore_ascii_case(IF_MATCH.as_str());
        }
        if parameter.parameter_in != ParameterIn::Query {
            continue;
        }
        if let Some(RefOr::T(Schema::Object(schema))) = &parameter.schema
            && let Some(least) = schema.minimum.as_ref().and_then(whole)
            && let Some(most) = schema.maximum.as_ref().and_then(whole)
        {
            let range = least..=most;
            takes.ranges.push((parameter.name.clone(), range));
        }
        takes.names.push(parameter.name.clone());
    }
    takes
}

/// A bound that is a whole number.
fn whole(number: &Number) -> Option<i128> {
    match number {
        Number::Int(number) => i128::try_from(*number).ok(),
        Number::UInt(number) => i128::try_from(*number).ok(),
        Number::Float(_) => None,
    }
}

/// Refuses a request with a query parameter that its operation does not take, with a number outside of its range, or with
/// a version that its operation does not compare.
pub(super) async fn check(
    State(words): State<Arc<Words>>,
    request: Request,
    next: Next,
) -> Response {
    let matched = request.extensions().get::<MatchedPath>();
    let fault = matched.and_then(|path| words.fault(path.as_str(), &request));
    let Some(fault) = fault else {
        return next.run(request).await;
    };
    let caller = request.extensions().get::<Caller>();
    let lang = caller.map_or_else(Lang::default, |caller| caller.lang);
    let (name, code, message) = match &fault {
        QueryFault::NoVersion => {
            let message = lang.pick(
                "这个操作不比较版本，请去掉 If-Match",
                "This operation does not compare versions; send it without If-Match",
            );
            return Problem::from(AppError::new(ErrorKind::Invalid, "if_match", message))
                .into_response();
        }
        QueryFault::Stranger(name, known) => {
            let message = unknown(lang, Named::Parameter, name, true, known);
            (name.as_str(), "unknown_field", message)
        }
        QueryFault::OutOfRange(name, range) => {
            let (least, most) = (range.start(), range.end());
            let message = lang.pick(
                format!("参数 {name} 的范围是 {least}–{most}"),
                format!("The parameter {name} must be between {least} and {most}"),
            );
            (*name, "range", message)
        }
    };
    let fields = vec![FieldError::new(name, code, message.clone())];
    let error = AppError::new(ErrorKind::Invalid, "query", message);
    Problem::from(AppError { fields, ..error }).into_response()
}
