//! What the description of the API says about all operations alike: names, path parameters and refusals.

use utoipa::openapi::path::{HttpMethod, Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Required, ResponseBuilder};

use crate::http::rights::token_access;

/// The type of a problem document (RFC 9457).
const PROBLEM: &str = "application/problem+json";

/// Where an operation says what a token needs for it: a scope, `none` where no token may do it, or `open`.
const TOKEN_SCOPE: &str = "x-token-scope";

/// Completes the description.
pub(super) fn complete(openapi: &mut OpenApi) {
    for (path, item) in &mut openapi.paths.paths {
        let operations = [
            (HttpMethod::Get, &mut item.get),
            (HttpMethod::Put, &mut item.put),
            (HttpMethod::Post, &mut item.post),
            (HttpMethod::Patch, &mut item.patch),
            (HttpMethod::Delete, &mut item.delete),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                name(operation);
                scope(&method, path, operation);
                let in_path = parameters(path, operation);
                refusals(in_path, operation);
            }
        }
    }
}

/// Puts the resource into an operation's name (`tasks_list`): no two may share a name.
fn name(operation: &mut Operation) {
    let resource = operation.tags.iter().flatten().next();
    if let (Some(resource), Some(name)) = (resource, &operation.operation_id) {
        operation.operation_id = Some(format!("{resource}_{name}"));
    }
}

/// Says what a token needs for an operation.
fn scope(method: &HttpMethod, path: &str, operation: &mut Operation) {
    let method = match method {
        HttpMethod::Put => "PUT",
        HttpMethod::Post => "POST",
        HttpMethod::Patch => "PATCH",
        HttpMethod::Delete => "DELETE",
        _ => "GET",
    };
    if let Some(access) = token_access(method, path) {
        let said = [(TOKEN_SCOPE, access.as_str())].into_iter().collect();
        operation.extensions.get_or_insert_default().merge(said);
    }
}

/// Declares the parameters of a path, in order; returns whether there are any.
fn parameters(path: &str, operation: &mut Operation) -> bool {
    let names: Vec<&str> = path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .collect();
    let mut declared = operation.parameters.take().unwrap_or_default();
    let in_path = |parameter: &RefOr<Parameter>| match parameter {
        RefOr::T(parameter) => parameter.parameter_in == ParameterIn::Path,
        RefOr::Ref(_) => false,
    };
    declared.retain(|parameter| !in_path(parameter));
    let from_path = names.iter().map(|name| RefOr::T(parameter(name)));
    declared.splice(0..0, from_path);
    operation.parameters = (!declared.is_empty()).then_some(declared);
    !names.is_empty()
}

fn parameter(name: &str) -> Parameter {
    let schema = if name == "id" {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
    } else {
        ObjectBuilder::new().schema_type(Type::String)
    };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .schema(Some(schema))
        .build()
}

/// Declares the refusals that all operations of a kind share, each as a problem document.
fn refusals(in_path: bool, operation: &mut Operation) {
    let mut known = vec![
        ("401", "No valid session or token"),
        (
            "403",
            "The caller has no right to do this, or the API token does not have the scope",
        ),
    ];
    if in_path {
        known.push(("400", "The address has an id or a name that cannot be one"));
    }
    if operation.request_body.is_some() {
        known.push(("413", "The request is too large"));
    }
    known.push((
        "429",
        "Too many requests; `Retry-After` says when the next one is accepted",
    ));
    // Every operation refuses unknown query parameters.
    known.push(("422", "The input has faults; `errors` names them"));
    let responses = &mut operation.responses.responses;
    for (status, description) in known {
        responses.entry(status.to_owned()).or_insert_with(|| {
            let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem")));
            let response = ResponseBuilder::new()
                .description(description)
                .content(PROBLEM, content.build());
            RefOr::T(response.build())
        });
    }
    for (status, response) in responses.iter_mut() {
        if let RefOr::T(response) = response
            && status.starts_with(['4', '5'])
            && let Some(content) = response.content.shift_remove("application/json")
        {
            response.content.insert(PROBLEM.to_owned(), content);
        }
    }
}
