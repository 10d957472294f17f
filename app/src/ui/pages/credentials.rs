//! Tables of API tokens and of sessions: on the page of one's own account, and for administrators with everybody's.

use leptos::prelude::*;

use super::listing::table;
use crate::page::Clockface;
use crate::server_fns::{EndSession, RevokeToken};
use crate::texts::account::{AccountUi, scope_name};
use crate::time::Stamp;
use crate::ui::act::{Act, ActForm};
use crate::ui::components::controls::button;
use crate::ui::components::icon;
use crate::ui::components::state::badge;
use crate::ui::components::time::Clock;
use crate::ui::context::{lang, ui};
use crate::user::{ApiToken, Session, TOKEN_NOTICE_DAYS};

/// Seconds of a day.
const DAY: i64 = 86_400;

/// A table of tokens; `owners` says whose they are.
pub(super) fn tokens(
    tokens: &[ApiToken],
    face: &Clockface,
    owners: bool,
    revoke: Act<RevokeToken>,
) -> AnyView {
    let (ui, texts) = (ui(), AccountUi::of(lang()));
    let columns = [
        Some(texts.token_name),
        owners.then_some(ui.token_for),
        Some(texts.token_scopes),
        Some(ui.created),
        Some(ui.expires),
        Some(ui.last_used),
    ];
    let columns: Vec<&'static str> = columns.into_iter().flatten().collect();
    let (clock, now) = (Clock::new(face.clone()), face.now);
    let rows = tokens.iter();
    let rows = rows.map(|token| token_row(token, &clock, now, owners, revoke));
    table(&columns, true, rows.collect(), ui.tokens_empty)
}

fn token_row(
    token: &ApiToken,
    clock: &Clock,
    now: Stamp,
    owners: bool,
    revoke: Act<RevokeToken>,
) -> AnyView {
    let (ui, texts) = (ui(), AccountUi::of(lang()));
    let (id, label) = (token.id.0, format!("{}: {}", ui.revoke, token.label()));
    let moment = |at: Option<Stamp>, none: &'static str| {
        at.map_or_else(|| none.into_any(), |at| clock.both(at))
    };
    let scopes: Vec<&str> = token
        .scopes
        .iter()
        .map(|scope| scope_name(texts, *scope))
        .collect();
    let limits = token.limits.as_ref().map(|limits| {
        let tasks = limits.tasks.iter().map(|id| format!("#{id}"));
        let all: Vec<String> = limits.tags.iter().cloned().chain(tasks).collect();
        let all = all.join(lang().pick("、", ", "));
        view! { " " <small class="muted break">{texts.token_limited} " " {all}</small> }
    });
    let name = (!token.name.is_empty()).then(|| {
        view! { <b class="break">{token.name.clone()}</b> " " }
    });
    let left = token.expires_at.map(|at| at.unix() - now.unix());
    let soon = match left {
        Some(left) if left <= 0 => Some(badge("off", icon::PAUSE, texts.token_expired)),
        Some(left) if left <= TOKEN_NOTICE_DAYS * DAY => {
            Some(badge("bad", icon::ALERT, texts.token_soon))
        }
        _ => None,
    };
    let from = token.last_used_from.clone().map(|address| {
        view! { " " <small class="muted break">{address}</small> }
    });
    view! {
        <tr>
            <th scope="row">{name} <code>{token.prefix.clone()} "…"</code></th>
            {owners.then(|| view! { <td data-label=ui.token_for>{token.user.clone()}</td> })}
            <td data-label=texts.token_scopes>{scopes.join(lang().pick("、", ", "))} {limits}</td>
            <td data-label=ui.created>{clock.both(token.created_at)}</td>
            <td data-label=ui.expires>{moment(token.expires_at, ui.no_end)} " " {soon}</td>
            <td data-label=ui.last_used>{moment(token.last_used_at, ui.never)} {from}</td>
            <td class="row-actions">
                <div>
                    <ActForm action=revoke>
                        <input type="hidden" name="id" value=id/>
                        {button("button small danger", icon::TRASH, ui.revoke, label, revoke.pending())}
                    </ActForm>
                </div>
            </td>
        </tr>
    }
    .into_any()
}

/// A table of sessions; `owners` says whose they are.
pub(super) fn sessions(
    sessions: &[Session],
    face: &Clockface,
    owners: bool,
    end: Act<EndSession>,
) -> AnyView {
    let (ui, texts) = (ui(), AccountUi::of(lang()));
    let columns = [
        Some(texts.session_client),
        owners.then_some(ui.user_name),
        Some(texts.session_address),
        Some(texts.session_since),
        Some(texts.session_seen),
    ];
    let columns: Vec<&'static str> = columns.into_iter().flatten().collect();
    let rows = sessions.iter();
    let clock = Clock::new(face.clone());
    let rows = rows.map(|session| session_row(session, &clock, owners, end));
    table(&columns, true, rows.collect(), texts.sessions_empty)
}

fn session_row(session: &Session, clock: &Clock, owners: bool, end: Act<EndSession>) -> AnyView {
    let (ui, texts) = (ui(), AccountUi::of(lang()));
    let client = session.client.clone();
    let client = client.unwrap_or_else(|| texts.session_unknown.to_owned());
    let address = session.address.clone();
    let address = address.unwrap_or_else(|| texts.session_unknown.to_owned());
    let label = format!("{}: {} {client} {address}", texts.session_end, session.user);
    let id = session.id.clone();
    let control = match session.current {
        true => view! { <span class="muted">{texts.session_current}</span> }.into_any(),
        false => view! {
            <ActForm action=end>
                <input type="hidden" name="id" value=id/>
                {button("button small danger", icon::STOP, texts.session_end, label, end.pending())}
            </ActForm>
        }
        .into_any(),
    };
    view! {
        <tr>
            <th scope="row"><b class="break">{client}</b></th>
            {owners.then(|| view! { <td data-label=ui.user_name>{session.user.clone()}</td> })}
            <td data-label=texts.session_address class="break">{address}</td>
            <td data-label=texts.session_since>{clock.both(session.signed_in_at)}</td>
            <td data-label=texts.session_seen>{clock.both(session.last_seen_at)}</td>
            <td class="row-actions"><div>{control}</div></td>
        </tr>
    }
    .into_any()
}
