//! The form of one's own account.

use app::error::FieldError;
use app::server_fns::Posted;
use app::user::{PasswordChange, PasswordForm};
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::{Extension, Form};
use serde::Deserialize;

use super::super::render::render_posted;
use super::status_of;
use crate::auth::streams::Credential;
use crate::http::Web;
use crate::http::client::client_of;
use crate::http::extract::caller_of;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in super::super) struct PasswordFields {
    current: String,
    new: String,
    repeat: String,
}

pub(in super::super) async fn password(
    State(web): State<Web>,
    parts: Parts,
    credential: Option<Extension<Credential>>,
    Form(fields): Form<PasswordFields>,
) -> Response {
    let caller = caller_of(&parts);
    if fields.new != fields.repeat {
        let text = caller.lang.pick(
            "两次输入的新密码不一样",
            "The two new passwords do not match",
        );
        let form = PasswordForm {
            faults: vec![FieldError::new("repeat", "differs", text)],
            ..PasswordForm::default()
        };
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return render_posted(&web, parts, status, Posted::Password(form)).await;
    }
    let change = PasswordChange {
        current: fields.current,
        new: fields.new,
    };
    let credential = credential.as_ref().map(|Extension(credential)| credential);
    let changed = web
        .service
        .change_own_password(&caller, credential, &change, client_of(&parts).as_str())
        .await;
    let (status, retry_after, form) = match changed {
        Ok(()) => {
            let form = PasswordForm {
                done: true,
                ..PasswordForm::default()
            };
            (StatusCode::OK, None, form)
        }
        Err(error) => {
            let (status, retry_after) = (status_of(&error), error.retry_after);
            let mut form = PasswordForm::default();
            if error.fields.is_empty() {
                form.error = Some(error);
            } else {
                form.faults = error.fields;
            }
            (status, retry_after, form)
        }
    };
    let mut response = render_posted(&web, parts, status, Posted::Password(form)).await;
    if let Some(seconds) = retry_after {
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
