//! `/api/v1/channels/{id}/templates` and `/api/v1/template-variables`.

use app::backend::{List, Templates};
use app::channel::{Template, TemplateDraft, TemplatePreview, TemplateTrial, TemplateVariable};
use app::id::ChannelId;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::ETAG;
use axum::response::IntoResponse;

use super::version::{Expected, etag};
use crate::http::AppState;
use crate::http::extract::{Body, RequestCaller};
use crate::http::{Problem, Reply};

/// The templates of a channel.
#[utoipa::path(get, path = "/api/v1/channels/{id}/templates", tag = "channels",
    responses((status = 200, body = List<Template>), (status = 404, body = Problem)))]
pub(super) async fn list_templates(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<ChannelId>,
) -> Reply<Json<List<Template>>> {
    Ok(Json(List {
        items: service.template_list(&caller, id).await?,
        next: None,
    }))
}

/// The template of a channel for an event, or for `all` that have none. Its version is the `ETag`.
#[utoipa::path(get, path = "/api/v1/channels/{id}/templates/{event}", tag = "channels",
    responses((status = 200, body = Template), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn get_template(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path((id, event)): Path<(ChannelId, String)>,
) -> Reply<impl IntoResponse> {
    Ok(answer(service.template_get(&caller, id, &event).await?))
}

/// Adds or replaces a template. It must render with an example of each event that it is for. With `If-Match`, only if
/// the template still has that version, `"0"` where there is none; otherwise the answer is 409.
#[utoipa::path(put, path = "/api/v1/channels/{id}/templates/{event}", tag = "channels", request_body = TemplateDraft,
    params(("If-Match" = Option<String>, Header, description = "The ETag of the template as it was read")),
    responses((status = 200, body = Template), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(super) async fn set_template(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path((id, event)): Path<(ChannelId, String)>,
    Expected(version): Expected,
    Body(draft): Body<TemplateDraft>,
) -> Reply<impl IntoResponse> {
    let set = service
        .template_set(&caller, id, &event, version, &draft)
        .await?;
    Ok(answer(set))
}

fn answer(template: Template) -> impl IntoResponse {
    ([(ETAG, etag(template.version))], Json(template))
}

/// Removes a template: its messages get the built-in words again. With `If-Match`, only if it still has that version.
#[utoipa::path(delete, path = "/api/v1/channels/{id}/templates/{event}", tag = "channels",
    params(("If-Match" = Option<String>, Header, description = "The ETag of the template as it was read")),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn delete_template(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path((id, event)): Path<(ChannelId, String)>,
    Expected(version): Expected,
) -> Reply<StatusCode> {
    service
        .template_delete(&caller, id, &event, version)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Renders a template with a run, or with an example. Nothing is sent or stored.
#[utoipa::path(post, path = "/api/v1/channels/{id}/templates/preview", tag = "channels", request_body = Option<TemplateTrial>,
    responses((status = 200, body = TemplatePreview), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn preview_template(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
    Path(id): Path<ChannelId>,
    body: Option<Body<TemplateTrial>>,
) -> Reply<Json<TemplatePreview>> {
    let trial = body.map(|Body(body)| body).unwrap_or_default();
    Ok(Json(service.template_preview(&caller, id, &trial).await?))
}

/// The variables of templates, each with an example.
#[utoipa::path(get, path = "/api/v1/template-variables", tag = "channels",
    responses((status = 200, body = List<TemplateVariable>)))]
pub(super) async fn list_variables(
    State(service): State<AppState>,
    RequestCaller(caller): RequestCaller,
) -> Reply<Json<List<TemplateVariable>>> {
    Ok(Json(List {
        items: service.template_variables(&caller).await?,
        next: None,
    }))
}
