//! The forms of one's own account.

use app::auth::Scope;
use app::error::FieldError;
use app::server_fns::Posted;
use app::user::{PasswordChange, PasswordForm, TokenDraft};
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::{Extension, Form};
use serde::Deserialize;

use super::super::render::render_posted;
use super::{is_ticked, status_of};
use crate::auth::streams::Credential;
use crate::http::Web;
use crate::http::client::client_of;
use crate::http::extract::caller_of;

/// Both forms of the page; `form` says which one was sent.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(in super::super) struct AccountFields {
    form: String,
    current: String,
    new: String,
    repeat: String,
    name: String,
    expires: String,
    tags: String,
    tasks: String,
    read: String,
    run: String,
    write: String,
    admin: String,
    ping: String,
    metrics: String,
}

/// Names that are separated by commas.
fn parts(text: &str) -> Vec<String> {
    let parts = text.split([',', '，', '、']).map(str::trim);
    let parts = parts.filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect()
}

impl AccountFields {
    /// The draft of a token.
    fn token(self) -> TokenDraft {
        let ticked = |scope: &Scope| {
            is_ticked(match scope {
                Scope::Read => &self.read,
                Scope::Run => &self.run,
                Scope::Write => &self.write,
                Scope::Admin => &self.admin,
                Scope::Ping => &self.ping,
                Scope::Metrics => &self.metrics,
            })
        };
        let scopes = Scope::ALL.into_iter().filter(ticked);
        TokenDraft {
            user: String::new(),
            scopes: scopes.map(|scope| scope.as_str().to_owned()).collect(),
            name: self.name,
            expires: self.expires,
            tags: parts(&self.tags),
            tasks: parts(&self.tasks),
        }
    }
}

/// Changes one's own password, or creates a token.
pub(in super::super) async fn account(
    State(web): State<Web>,
    parts: Parts,
    credential: Option<Extension<Credential>>,
    Form(fields): Form<AccountFields>,
) -> Response {
    let credential = credential.as_ref().map(|Extension(credential)| credential);
    match fields.form.as_str() {
        "token" => token(&web, parts, credential, &fields.token()).await,
        _ => password(&web, parts, credential, fields).await,
    }
}

async fn token(
    web: &Web,
    parts: Parts,
    credential: Option<&Credential>,
    draft: &TokenDraft,
) -> Response {
    let caller = caller_of(&parts);
    match web.service.create_token(&caller, credential, draft).await {
        // The secret is shown in this answer only, so it cannot be a redirect.
        Ok(made) => render_posted(web, parts, StatusCode::OK, Posted::NewToken(made.token)).await,
        Err(error) => {
            let status = status_of(&error);
            let posted = Posted::Token(draft.clone(), error);
            render_posted(web, parts, status, posted).await
        }
    }
}

async fn password(
    web: &Web,
    parts: Parts,
    credential: Option<&Credential>,
    fields: AccountFields,
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
        return render_posted(web, parts, status, Posted::Password(form)).await;
    }
    let change = PasswordChange {
        current: fields.current,
        new: fields.new,
    };
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
    let mut response = render_posted(web, parts, status, Posted::Password(form)).await;
    if let Some(seconds) = retry_after {
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
