//! `/api/v1/calendars`.

use std::collections::BTreeMap;

use app::backend::{Calendars, List};
use app::calendar::{
    Calendar, CalendarDay, CalendarDays, CalendarDraft, CalendarImport, CalendarImported,
};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::IntoParams;

use super::import::{ImportQuery, Imported};
use super::version::{Expected, etag};
use crate::calendar::{Day, to_lines};
use crate::http::AppState;
use crate::http::extract::{Body, RequestCaller};
use crate::http::params::Params;
use crate::http::{Problem, Reply};

/// All calendars; the built-in one first.
#[utoipa::path(get, path = "/api/v1/calendars", tag = "calendars", responses((status = 200, body = List<Calendar>)))]
pub(super) async fn list(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
) -> Reply<Json<List<Calendar>>> {
    Ok(Json(List {
        items: service.calendar_list(&caller).await?,
        next: None,
    }))
}

/// Adds a calendar without days.
#[utoipa::path(post, path = "/api/v1/calendars", tag = "calendars", request_body = CalendarDraft,
    responses((status = 201, body = Calendar), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn create(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Body(draft): Body<CalendarDraft>,
) -> Reply<impl IntoResponse> {
    Ok((
        StatusCode::CREATED,
        Json(service.calendar_create(&caller, &draft).await?),
    ))
}

/// Query of a calendar.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct YearQuery {
    /// Only the days of this year, 1–9999; all years when absent.
    #[param(minimum = 1, maximum = 9999)]
    year: Option<i32>,
}

/// A calendar with its named days. Its version is the `ETag`; that of the data that came with the product is 0.
#[utoipa::path(get, path = "/api/v1/calendars/{name}", tag = "calendars", params(YearQuery),
    responses((status = 200, body = CalendarDays), (status = 404, body = Problem)))]
pub(super) async fn get(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(name): Path<String>,
    Params(query): Params<YearQuery>,
) -> Reply<impl IntoResponse> {
    let found = service.calendar_get(&caller, &name, query.year).await?;
    Ok(([(header::ETAG, etag(found.calendar.version))], Json(found)))
}

/// Changes name and URL; the built-in one keeps its name. With `If-Match`, only if the calendar still has that version;
/// otherwise the answer is 409.
#[utoipa::path(put, path = "/api/v1/calendars/{name}", tag = "calendars", request_body = CalendarDraft,
    params(("If-Match" = Option<String>, Header, description = "The ETag of the calendar as it was read")),
    responses((status = 200, body = Calendar), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(super) async fn replace(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(name): Path<String>,
    Expected(version): Expected,
    Body(draft): Body<CalendarDraft>,
) -> Reply<impl IntoResponse> {
    let changed = service
        .calendar_update(&caller, &name, version, &draft)
        .await?;
    Ok(([(header::ETAG, etag(changed.version))], Json(changed)))
}

/// Removes a calendar that no schedule uses; the built-in one goes back to the days that came with the product.
/// With `If-Match`, only if the calendar still has that version.
#[utoipa::path(delete, path = "/api/v1/calendars/{name}", tag = "calendars",
    params(("If-Match" = Option<String>, Header, description = "The ETag of the calendar as it was read")),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn delete(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(name): Path<String>,
    Expected(version): Expected,
) -> Reply<StatusCode> {
    service.calendar_delete(&caller, &name, version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Imports days: from the `text` of a JSON body, or from a body that is the text itself. With `If-Match`, only if the
/// calendar still has that version; otherwise the answer is 409.
#[utoipa::path(post, path = "/api/v1/calendars/{name}/import", tag = "calendars",
    params(ImportQuery, ("If-Match" = Option<String>, Header, description = "The ETag of the calendar as it was read")),
    request_body(content((CalendarImport = "application/json"), (String = "text/calendar"), (String = "text/plain"))),
    responses((status = 200, body = CalendarImported), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(super) async fn import(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(name): Path<String>,
    Expected(version): Expected,
    Imported(import): Imported,
) -> Reply<Json<CalendarImported>> {
    let imported = service
        .calendar_import(&caller, &name, version, &import)
        .await?;
    Ok(Json(imported))
}

/// Imports days from the calendar's URL. With `If-Match`, only if the calendar still has that version; otherwise the
/// answer is 409.
#[utoipa::path(post, path = "/api/v1/calendars/{name}/refresh", tag = "calendars",
    params(("If-Match" = Option<String>, Header, description = "The ETag of the calendar as it was read")),
    responses((status = 200, body = CalendarImported), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem), (status = 503, body = Problem)))]
pub(super) async fn refresh(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(name): Path<String>,
    Expected(version): Expected,
) -> Reply<Json<CalendarImported>> {
    let imported = service.calendar_refresh(&caller, &name, version).await?;
    Ok(Json(imported))
}

/// Its named days as lines, `2026-10-01..2026-10-07 rest 国庆节`; import accepts the same format.
#[utoipa::path(get, path = "/api/v1/calendars/{name}/export", tag = "calendars",
    responses((status = 200, content_type = "text/plain", body = String), (status = 404, body = Problem)))]
pub(super) async fn export(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(name): Path<String>,
) -> Reply<impl IntoResponse> {
    let known = service.calendar_get(&caller, &name, None).await?;
    // A name may be Chinese, which a header can hold only in escaped form (RFC 8187).
    let file: String =
        url::form_urlencoded::byte_serialize(known.calendar.name.as_bytes()).collect();
    let disposition = format!("attachment; filename*=UTF-8''{file}.txt");
    Ok((
        [
            (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        lines(known.days),
    ))
}

fn lines(days: Vec<CalendarDay>) -> String {
    let days: BTreeMap<Date, Day> = days
        .into_iter()
        .filter_map(|day| {
            let date = day.date.parse().ok()?;
            let (work, name) = (day.work, day.name);
            Some((date, Day { work, name }))
        })
        .collect();
    to_lines(&days)
}
