//! The forms of the page of tickets: one act, for one ticket or for all that are selected.

use app::backend::{Answer, Caller, TicketDoors, Tickets};
use app::done::Done;
use app::error::{AppError, ErrorKind};
use app::id::TicketId;
use app::page::TicketAddress;
use app::routes;
use app::server_fns::Posted;
use app::texts::reminders::partly;
use app::ticket::TicketAct;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;

use super::super::render::render_posted;
use super::{and_say, local_path, status_of};
use crate::http::Web;
use crate::http::extract::caller_of;

/// Tickets that one request may change: as many as a page lists.
const AT_ONCE: usize = 200;

/// What was pressed.
#[derive(Default)]
struct Pressed {
    ids: Vec<TicketId>,
    act: String,
    word: String,
    to: String,
}

impl Pressed {
    /// The button of one ticket holds its id and its act; the buttons below the list are for the selected ones.
    fn read(fields: Vec<(String, String)>) -> Self {
        let mut pressed = Self::default();
        let mut one = None;
        for (name, value) in fields {
            match name.as_str() {
                "id" if pressed.ids.len() < AT_ONCE => {
                    pressed.ids.extend(value.parse::<TicketId>())
                }
                "act" => pressed.act = value,
                "word" => pressed.word = value,
                "to" => pressed.to = value,
                "one" => one = Some(value),
                _ => {}
            }
        }
        if let Some((id, act)) = one.as_deref().and_then(|one| one.split_once(' ')) {
            pressed.ids = id.parse().into_iter().collect();
            pressed.act = act.to_owned();
        }
        pressed.ids.sort_unstable();
        pressed.ids.dedup();
        pressed
    }

    /// Whether tickets were handed over with a warning, which the page of the first one has.
    async fn is_doubtful(&self, web: &Web, caller: &Caller) -> bool {
        let Some(id) = self.ids.first().filter(|_| self.act == "assign") else {
            return false;
        };
        let detail = web.service.ticket_get(caller, *id).await;
        detail.is_ok_and(|detail| !detail.warnings.is_empty())
    }

    fn act(&self) -> Option<TicketAct> {
        Some(match self.act.split_once(' ').unwrap_or((&self.act, "")) {
            ("done", _) => TicketAct::Done(self.word.clone()),
            ("acknowledge", _) => TicketAct::Acknowledge,
            ("snooze", until) => TicketAct::Snooze(until.to_owned()),
            ("assign", _) => TicketAct::Assign(self.to.clone()),
            ("reopen", _) => TicketAct::Reopen,
            _ => return None,
        })
    }
}

/// Makes an address of the caller's own tickets; `None` for other acts.
async fn made(web: &Web, caller: &Caller, act: &str) -> Option<Answer<TicketAddress>> {
    let me = caller.principal.as_ref().map_or("", |who| &who.name);
    let made = match act {
        "link" => {
            let made = web.service.ticket_link(caller, me).await;
            made.map(TicketAddress::Link)
        }
        "feed" => {
            let made = web.service.feed_address(caller, me).await;
            made.map(TicketAddress::Feed)
        }
        _ => return None,
    };
    Some(made)
}

/// Changes one ticket, or several.
pub(in super::super) async fn act(
    State(web): State<Web>,
    parts: Parts,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let caller = caller_of(&parts);
    let lang = caller.lang;
    let pressed = Pressed::read(fields);
    if let Some(made) = made(&web, &caller, &pressed.act).await {
        // The address is shown in this answer only, so it cannot be a redirect.
        let (status, posted) = match made {
            Ok(made) => (StatusCode::OK, Posted::TicketAddress(made)),
            Err(error) => (status_of(&error), Posted::Tickets(error)),
        };
        return render_posted(&web, parts, status, posted).await;
    }
    let refused = match pressed.act() {
        None => Err(AppError::new(
            ErrorKind::Invalid,
            "ticket.act",
            lang.pick("没有选择操作", "No act was chosen"),
        )),
        Some(_) if pressed.ids.is_empty() => Err(AppError::new(
            ErrorKind::Invalid,
            "ticket.none",
            lang.pick("请先选中待办", "Select tickets first"),
        )),
        Some(act) => {
            let mut first = None;
            let mut refused = 0;
            for id in &pressed.ids {
                if let Err(error) = web.service.ticket_act(&caller, *id, &act).await {
                    refused += 1;
                    first.get_or_insert(error);
                }
            }
            match first {
                None => Ok(()),
                Some(error) if pressed.ids.len() == 1 => Err(error),
                Some(error) => {
                    let done = pressed.ids.len() - refused;
                    let message = partly(lang, done, refused, &error.message);
                    Err(AppError { message, ..error })
                }
            }
        }
    };
    match refused {
        Ok(()) if pressed.is_doubtful(&web, &caller).await => {
            let id = pressed.ids.first().map(ToString::to_string);
            let shown = format!(
                "{}?ticket={}#ticket",
                routes::REMINDERS,
                id.unwrap_or_default()
            );
            and_say(&web, Done::Answered, local_path(&shown))
        }
        Ok(()) => {
            let here = parts.uri.path_and_query();
            let here = here.map_or(routes::REMINDERS, |here| here.as_str());
            and_say(&web, Done::Answered, local_path(here))
        }
        Err(error) => {
            let status = status_of(&error);
            render_posted(&web, parts, status, Posted::Tickets(error)).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fields: &[(&str, &str)]) -> Pressed {
        let owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
        Pressed::read(fields.iter().map(owned).collect())
    }

    #[test]
    fn a_row_s_own_button_is_for_its_ticket_alone() {
        let one = read(&[("id", "1"), ("id", "2"), ("word", "w"), ("one", "7 done")]);
        assert_eq!(one.ids, [TicketId(7)]);
        assert_eq!(one.act(), Some(TicketAct::Done("w".to_owned())));
        let several = read(&[("id", "2"), ("id", "1"), ("id", "2"), ("act", "snooze 30m")]);
        assert_eq!(several.ids, [TicketId(1), TicketId(2)]);
        assert_eq!(several.act(), Some(TicketAct::Snooze("30m".to_owned())));
        assert_eq!(read(&[("id", "x"), ("act", "drop")]).act(), None);
        let many: Vec<(String, String)> = (0..1_000)
            .map(|id| ("id".to_owned(), id.to_string()))
            .collect();
        assert_eq!(Pressed::read(many).ids.len(), AT_ONCE);
    }
}
