//! REST `/api/v1`: extract, one call of the service, map. See `docs/API.md`.

mod account;
mod audit;
mod blackouts;
mod calendars;
mod channels;
mod chat;
mod described;
mod files;
mod import;
mod imports;
mod logs;
mod messages;
mod nodes;
mod occurrences;
mod oncall;
mod people;
mod pictures;
mod pools;
mod query;
mod retention;
mod rules;
mod run_days;
mod run_export;
mod runs;
mod secrets;
mod sessions;
mod start_urls;
mod summaries;
mod system;
mod tasks;
mod templates;
mod tickets;
mod tokens;
mod urge_defaults;
mod users;
mod version;

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use serde::Serialize;
use utoipa::OpenApi;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::AppState;

pub use system::{healthz, metrics, readyz};

#[derive(OpenApi)]
#[openapi(
    info(title = "Jcrontab", version = "1", description = "Scheduled tasks with a web UI, history and notifications."),
    modifiers(&BearerToken),
    security(("token" = []))
)]
struct Description;

struct BearerToken;

impl utoipa::Modify for BearerToken {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        openapi
            .components
            .get_or_insert_default()
            .add_security_scheme("token", scheme);
    }
}

fn documented() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(tasks::list, tasks::create))
        .routes(routes!(
            tasks::get,
            tasks::replace,
            tasks::change,
            tasks::delete
        ))
        .routes(routes!(tasks::draft))
        .routes(routes!(tasks::damage))
        .routes(routes!(files::apply))
        .routes(routes!(files::export))
        .routes(routes!(tasks::run, tasks::run_form))
        .routes(routes!(start_urls::list, start_urls::create))
        .routes(routes!(start_urls::delete))
        .routes(routes!(start_urls::start))
        .routes(routes!(tasks::pause))
        .routes(routes!(tasks::close))
        .routes(routes!(tasks::restore))
        .routes(routes!(tasks::urge))
        .routes(routes!(tasks::unurge))
        .routes(routes!(occurrences::occurrences))
        .routes(routes!(occurrences::history))
        .routes(routes!(occurrences::upcoming))
        .routes(routes!(occurrences::explain))
        .routes(routes!(occurrences::preview))
        .routes(routes!(calendars::list, calendars::create))
        .routes(routes!(
            calendars::get,
            calendars::replace,
            calendars::delete
        ))
        .routes(routes!(calendars::import))
        .routes(routes!(calendars::refresh))
        .routes(routes!(calendars::export))
        .routes(routes!(blackouts::list, blackouts::create))
        .routes(routes!(blackouts::replace, blackouts::delete))
        .routes(routes!(runs::list_of_task))
        .routes(routes!(runs::list))
        .routes(routes!(run_export::export))
        .routes(routes!(run_days::days))
        .routes(routes!(runs::get))
        .routes(routes!(runs::end))
        .routes(routes!(runs::brief))
        .routes(routes!(runs::output))
        .routes(routes!(logs::page))
        .routes(routes!(logs::follow))
        .routes(routes!(runs::stop))
        .routes(routes!(channels::list, channels::create))
        .routes(routes!(channels::get, channels::replace, channels::delete))
        .routes(routes!(channels::test))
        .routes(routes!(chat::list, chat::create))
        .routes(routes!(chat::delete))
        .routes(routes!(rules::list, rules::create))
        .routes(routes!(rules::get, rules::change, rules::delete))
        .routes(routes!(rules::explain))
        .routes(routes!(templates::list_templates))
        .routes(routes!(templates::preview_template))
        .routes(routes!(
            templates::get_template,
            templates::set_template,
            templates::delete_template
        ))
        .routes(routes!(templates::list_variables))
        .routes(routes!(pictures::list))
        .routes(routes!(pictures::get, pictures::set, pictures::delete))
        .routes(routes!(account::password))
        .routes(routes!(users::list, users::create))
        .routes(routes!(users::change, users::delete))
        .routes(routes!(tokens::list, tokens::create))
        .routes(routes!(tokens::revoke))
        .routes(routes!(sessions::list, sessions::end_all))
        .routes(routes!(sessions::end))
        .routes(routes!(secrets::list, secrets::create))
        .routes(routes!(
            secrets::get,
            secrets::replace,
            secrets::change,
            secrets::delete
        ))
        .routes(routes!(secrets::of_task))
        .routes(routes!(retention::get, retention::set))
        .routes(routes!(audit::list))
        .routes(routes!(audit::verify))
        .routes(routes!(audit::get))
        .routes(routes!(imports::list))
        .routes(routes!(imports::crontab))
        .routes(routes!(imports::tasks))
        .routes(routes!(imports::take_over))
        .routes(routes!(imports::give_back))
        .routes(routes!(pools::list))
        .routes(routes!(pools::set, pools::delete))
        .routes(routes!(summaries::list, summaries::create))
        .routes(routes!(
            summaries::get,
            summaries::replace,
            summaries::delete
        ))
        .routes(routes!(summaries::preview))
        .routes(routes!(tickets::list))
        .routes(routes!(tickets::link))
        .routes(routes!(oncall::list))
        .routes(routes!(oncall::get, oncall::set, oncall::delete))
        .routes(routes!(oncall::stand_in, oncall::remove_override))
        .routes(routes!(oncall::swap))
        .routes(routes!(people::list))
        .routes(routes!(people::get, people::set, people::delete))
        .routes(routes!(urge_defaults::list))
        .routes(routes!(urge_defaults::set, urge_defaults::delete))
        .routes(routes!(tickets::feed))
        .routes(routes!(tickets::stats))
        .routes(routes!(tickets::get))
        .routes(routes!(tickets::done))
        .routes(routes!(tickets::acknowledge))
        .routes(routes!(tickets::snooze))
        .routes(routes!(tickets::assign))
        .routes(routes!(tickets::reopen))
        .routes(routes!(messages::list))
        .routes(routes!(messages::get))
        .routes(routes!(messages::resend))
        .routes(routes!(messages::resend_all))
        .routes(routes!(nodes::list))
        .routes(routes!(system::about))
        .routes(routes!(system::unreadable_rows))
}

/// The description of the API cannot be written as JSON.
#[derive(Debug, thiserror::Error)]
#[error("the OpenAPI description cannot be written")]
pub struct OpenApiError(#[from] serde_json::Error);

/// All API routes, and the description made from them.
///
/// # Errors
/// When the description cannot be written.
pub fn router() -> Result<(Router<AppState>, utoipa::openapi::OpenApi), OpenApiError> {
    let (router, mut openapi) = documented().split_for_parts();
    described::complete(&mut openapi);
    let described = written(&openapi)?;
    let words = query::Words::of(&openapi);
    let router = router.layer(from_fn_with_state(words, query::check));
    let json = [(CONTENT_TYPE, "application/json")];
    let router = router.route(
        "/api/openapi.json",
        get(move || std::future::ready((json, described.clone()))),
    );
    let schema = written(&files::task_schema()?)?;
    let json = [(CONTENT_TYPE, "application/schema+json")];
    let router = router.route(
        "/api/v1/schema/task.json",
        get(move || std::future::ready((json, schema.clone()))),
    );
    Ok((router, openapi))
}

/// The description as text: kept as values it takes megabytes in each copy of the router.
fn written(openapi: &impl Serialize) -> Result<Bytes, OpenApiError> {
    Ok(Bytes::from(serde_json::to_vec(openapi)?))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use crate::http::rights::listed;
    use crate::lifecycle::StartError;

    #[test]
    fn a_description_that_cannot_be_written_is_no_start() {
        // JSON cannot write keys that are pairs of numbers.
        let described = super::written(&BTreeMap::from([((1, 2), 3)]));
        let error = StartError::from(described.expect_err("nothing is written"));
        assert_eq!(
            error.to_string(),
            "the OpenAPI description cannot be written"
        );
        let why = std::error::Error::source(&error).expect("a reason");
        assert_eq!(why.to_string(), "key must be a string");
    }

    #[test]
    fn scopes_are_of_operations_that_exist() {
        let (_, openapi) = super::router().expect("a description");
        let described = serde_json::to_value(&openapi).expect("the description");
        // They are not described.
        let others = ["GET /events", "GET /metrics"];
        for operation in listed() {
            let (method, path) = operation.split_once(' ').expect("a method");
            let found = &described["paths"][path][method.to_lowercase()];
            assert!(
                found["x-token-scope"].is_string() || others.contains(&operation),
                "{operation}"
            );
        }
    }

    #[test]
    fn no_two_operations_have_one_name() {
        let (_, openapi) = super::router().expect("a description");
        let described = serde_json::to_value(&openapi).expect("the description");
        let paths = described["paths"].as_object().expect("paths");
        let mut names = BTreeSet::new();
        for operation in paths
            .values()
            .flat_map(|path| path.as_object().expect("operations").values())
        {
            let name = operation["operationId"].as_str().expect("a name");
            assert!(names.insert(name.to_owned()), "{name} is there twice");
        }
        assert!(names.contains("calendars_import"), "{names:?}");
    }
}
