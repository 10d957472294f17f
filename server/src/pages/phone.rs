//! Pages of signed links: a ticket, or a person's tickets, without an account.
//!
//! Only a POST changes anything. A chat's preview, a prefetch or a crawler sends GET or HEAD, which only read.

mod render;

use app::error::AppError;
use app::i18n::Lang;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::auth::link::{LinkAct, TOKEN_MAX};
use crate::http::Web;
use crate::http::client::client_of;
use crate::http::extract::caller_of;
use crate::service::{Opened, Press};
use crate::texts::Refusal;
use crate::texts::links::LinkRefusal;

/// One ticket.
pub(super) const TICKET: &str = "/t/{token}";
/// The tickets of a person.
pub(super) const MINE: &str = "/my/{token}";

/// A pressed button, with all fields of the page: it is one form, so that it asks once who presses.
#[derive(Deserialize)]
pub(super) struct Fields {
    /// The act, and behind a blank the value of a button that has one: `snooze 30m`.
    act: String,
    #[serde(default)]
    who: String,
    /// The word that is left with a ticket that is done.
    #[serde(default)]
    word: String,
    /// Whom it is handed over to.
    #[serde(default)]
    person: String,
    /// The schedule of a chase.
    #[serde(default)]
    cron: String,
    /// The value, from pages that were opened before an upgrade.
    #[serde(default)]
    value: String,
}

impl Fields {
    /// What was pressed; `None` for what the page does not have.
    fn press(self) -> Option<Press> {
        let (act, own) = self.act.split_once(' ').unwrap_or((self.act.as_str(), ""));
        let act: LinkAct = act.parse().ok()?;
        let field = match act {
            LinkAct::Done => self.word,
            LinkAct::Assign => self.person,
            LinkAct::Cycle => self.cron,
            LinkAct::Take | LinkAct::Snooze | LinkAct::Run | LinkAct::Log => own.to_owned(),
        };
        let value = if field.is_empty() { self.value } else { field };
        Some(Press {
            act,
            who: self.who,
            value,
        })
    }
}

/// The last step of the path as it was sent: a token needs no percent-encoding, so one that has any is not ours.
fn token_of(parts: &Parts) -> &str {
    let token = parts.uri.path().rsplit('/').next().unwrap_or_default();
    // No need to hash or to log more than a token has.
    token.get(..=TOKEN_MAX).unwrap_or(token)
}

/// Shows what a link leads to.
pub(super) async fn open(State(web): State<Web>, parts: Parts) -> Response {
    let lang = caller_of(&parts).lang;
    show(&web, lang, &parts, None).await
}

/// Does what was pressed, and leads back to the page, which then shows what has become of the ticket.
pub(super) async fn press(
    State(web): State<Web>,
    parts: Parts,
    form: Result<Form<Fields>, FormRejection>,
) -> Response {
    let lang = caller_of(&parts).lang;
    let fields = match form {
        Ok(Form(fields)) => fields,
        Err(fault) if fault.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return fault.into_response();
        }
        Err(_) => return render::sentence(lang, &LinkRefusal::Form.answer(lang)),
    };
    let Some(press) = fields.press() else {
        return render::sentence(lang, &LinkRefusal::Form.answer(lang));
    };
    let (token, client) = (token_of(&parts), client_of(&parts));
    match web
        .service
        .press_link(lang, token, client.as_str(), &press)
        .await
    {
        Ok(()) => Redirect::to(&format!("/t/{token}")).into_response(),
        Err(error) => show(&web, lang, &parts, Some(error)).await,
    }
}

/// The page, with the refusal of what was pressed.
async fn show(web: &Web, lang: Lang, parts: &Parts, refused: Option<AppError>) -> Response {
    let (token, client) = (token_of(parts), client_of(parts));
    match web.service.open_link(lang, token, client.as_str()).await {
        Ok(Opened::Ticket(seen)) => render::ticket(lang, token, &seen, refused.as_ref()),
        Ok(Opened::Mine(list)) => match refused {
            Some(error) => render::sentence(lang, &error),
            None => render::mine(lang, &list),
        },
        Err(error) => render::sentence(lang, &error),
    }
}
