//! The forms of the page of rotas: a rota that is added or changed, an override that is added or removed, a swap.

use app::error::{AppError, ErrorKind};
use app::oncall::{OverrideDraft, RotaDraft, SwapDraft};
use app::page::RotaForm;
use app::routes;
use app::server_fns::Posted;
use axum::Form;
use axum::extract::State;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::render::render_posted;
use super::{read, status_of};
use crate::http::Web;
use crate::http::extract::caller_of;

/// What was sent. No two forms have a field of the same name, besides those that say which rota is meant.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(in super::super) struct RotaFields {
    act: String,
    /// The rota that is changed; empty for a new one.
    of: String,
    version: String,
    name: String,
    people: String,
    weekday: String,
    time: String,
    zone: String,
    since: String,
    who: String,
    from: String,
    until: String,
    first: String,
    second: String,
    /// The beginning of an override that is removed.
    unoverride: Option<String>,
}

/// Adds a rota, or changes one.
pub(in super::super) async fn rota(
    State(web): State<Web>,
    parts: Parts,
    Form(fields): Form<RotaFields>,
) -> Response {
    let caller = caller_of(&parts);
    let read = read(&fields.version);
    let rota = match fields.act.as_str() {
        "set" => RotaDraft {
            people: vec![fields.people],
            zone: fields.zone,
            weekday: fields.weekday,
            time: fields.time,
            since: fields.since,
        },
        _ => RotaDraft::default(),
    };
    let form = RotaForm {
        name: fields.name,
        rota,
        stand_in: OverrideDraft {
            from: fields.from,
            until: fields.until,
            who: fields.who,
        },
        swap: SwapDraft {
            first: fields.first,
            second: fields.second,
        },
    };
    let (service, of) = (&web.service, fields.of.as_str());
    let changed = match (fields.act.as_str(), fields.unoverride) {
        (_, Some(at)) => service.rota_override_remove(&caller, of, read, &at).await,
        ("set", None) => {
            let name = if of.is_empty() {
                form.name.as_str()
            } else {
                of
            };
            service.rota_set(&caller, name, read, &form.rota).await
        }
        ("override", None) => {
            service
                .rota_override(&caller, of, read, &form.stand_in)
                .await
        }
        ("swap", None) => service.rota_swap(&caller, of, read, &form.swap).await,
        _ => {
            let lang = caller.lang;
            let message = lang.pick("没有选择操作", "No act was chosen");
            Err(AppError::new(ErrorKind::Invalid, "oncall.act", message))
        }
    };
    match changed {
        Ok(rota) => Redirect::to(&routes::rota(&rota.name)).into_response(),
        Err(error) => {
            let status = status_of(&error);
            render_posted(&web, parts, status, Posted::Rota(Box::new(form), error)).await
        }
    }
}
