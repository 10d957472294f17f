//! The form of the page of default policies, which adds one or changes one.

use app::backend::UrgeDefaults;
use app::error::{AppError, ErrorKind};
use app::page::UrgeDefaultForm;
use app::routes;
use app::server_fns::Posted;
use axum::Form;
use axum::extract::State;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};

use super::super::render::render_posted;
use super::fields::Fields;
use super::{read, status_of};
use crate::http::Web;
use crate::http::extract::{caller_of, malformed};

/// Adds a default policy, or changes one.
pub(in super::super) async fn urge_default(
    State(web): State<Web>,
    parts: Parts,
    Form(sent): Form<Vec<(String, String)>>,
) -> Response {
    let caller = caller_of(&parts);
    let (mut fields, mut version) = (Fields::default(), String::new());
    for (name, value) in sent {
        match name.as_str() {
            "version" => version = value,
            _ => fields.put(&name, value),
        }
    }
    let (form, faults) = match fields.read::<UrgeDefaultForm>() {
        Ok(read) => read,
        Err(fault) => (UrgeDefaultForm::default(), vec![fault]),
    };
    let faults = faults.iter();
    let faults: Vec<String> = faults
        .map(|fault| malformed(caller.lang, fault).message)
        .collect();
    let set = match faults.is_empty() {
        true => {
            let (read, draft) = (read(&version), &form.tickets);
            let set = web
                .service
                .urge_default_set(&caller, &form.tag, read, draft);
            set.await.map(drop)
        }
        false => Err(AppError::new(ErrorKind::Invalid, "body", faults.join("\n"))),
    };
    match set {
        Ok(()) => Redirect::to(routes::URGE_DEFAULTS).into_response(),
        Err(error) => {
            let status = status_of(&error);
            let posted = Posted::UrgeDefault(Box::new(form), error);
            render_posted(&web, parts, status, posted).await
        }
    }
}
