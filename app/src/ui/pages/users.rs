//! Accounts, and everybody's sessions and API tokens.

use leptos::prelude::*;

use super::credentials::{sessions, tokens};
use super::listing::{framed, table};
use crate::auth::Role;
use crate::page::UsersPage;
use crate::routes;
use crate::server_fns::{EndSession, RevokeToken, SetUserDisabled, fetch_users};
use crate::texts::account::AccountUi;
use crate::ui::act::{Act, ActForm};
use crate::ui::base::rooted;
use crate::ui::components::choice::select;
use crate::ui::components::controls::button;
use crate::ui::components::field::{Faults, Field, input};
use crate::ui::components::icon::{self, icon};
use crate::ui::components::state::badge;
use crate::ui::components::time::Clock;
use crate::ui::context::{lang, principal, ui};
use crate::ui::load;
use crate::user::User;

#[derive(Clone, Copy)]
struct RowActions {
    disable: Act<SetUserDisabled>,
    revoke: Act<RevokeToken>,
    end: Act<EndSession>,
}

/// The page.
pub(crate) fn page() -> AnyView {
    let desk = RowActions {
        disable: Act::new(),
        revoke: Act::new(),
        end: Act::new(),
    };
    let version = move || {
        let ended = desk.revoke.version().get() + desk.end.version().get();
        desk.disable.version().get() + ended
    };
    let data = load::ask(version, |_| fetch_users());
    let error = move || {
        let ended = desk.revoke.error().or_else(|| desk.end.error());
        desk.disable.error().or(ended)
    };
    // The words in the form stay when the lists are fetched again.
    let kept = load::ask(|| (), |()| fetch_users());
    let page = view! {
        {load::page(data, move |page| accounts(page, desk))}
        {load::part(kept, user_form)}
        <section class="card flush">
            <div class="card-head"><h2>{AccountUi::of(lang()).sessions_title}</h2></div>
            {load::part(data, move |page| sessions(&page.sessions, &page.clock, true, desk.end))}
        </section>
        <section class="card flush">
            <div class="card-head">
                <h2>{ui().tokens}</h2>
                <a class="button" href=rooted(routes::ACCOUNT)>{icon(icon::PLUS)} {ui().new_token}</a>
            </div>
            {load::part(data, move |page| tokens(&page.tokens, &page.clock, true, desk.revoke))}
        </section>
    };
    framed(ui().users, error, page.into_any())
}

fn accounts(page: UsersPage, desk: RowActions) -> AnyView {
    let ui = ui();
    let clock = Clock::new(page.clock.clone());
    let rows = page.users.iter().map(|user| user_row(user, &clock, desk));
    let columns = [ui.user_name, ui.role, ui.state, ui.last_sign_in];
    // The reader has an account.
    let table = table(&columns, true, rows.collect(), "");
    view! { <section class="card flush">{table}</section> }.into_any()
}

fn user_row(user: &User, clock: &Clock, desk: RowActions) -> AnyView {
    let ui = ui();
    // Administrators cannot lock themselves out.
    let own = principal().is_some_and(|who| who.user_id == Some(user.id));
    let (role, help) = ui.role_text(user.role);
    let (state, word, class, glyph, disable) = if user.disabled {
        (
            badge("off", icon::PAUSE, ui.disabled),
            ui.enable,
            "button small",
            icon::CHECK,
            "false",
        )
    } else {
        (
            badge("ok", icon::CHECK, ui.enabled),
            ui.disable,
            "button small danger",
            icon::PAUSE,
            "true",
        )
    };
    let (id, version) = (user.id.0, user.version);
    let label = format!("{word}: {}", user.name);
    let last = user
        .last_sign_in_at
        .map_or_else(|| ui.never.into_any(), |at| clock.both(at));
    view! {
        <tr>
            <th scope="row"><b>{user.name.clone()}</b></th>
            <td data-label=ui.role>{role} " " <small class="muted">{help}</small></td>
            <td data-label=ui.state>{state}</td>
            <td data-label=ui.last_sign_in>{last}</td>
            <td class="row-actions">
                <div>
                    {own.then(|| view! { <span class="muted">{AccountUi::of(lang()).own_account}</span> })}
                    {(!own).then(|| view! {
                        <ActForm action=desk.disable>
                            <input type="hidden" name="id" value=id/>
                            <input type="hidden" name="version" value=version/>
                            <input type="hidden" name="disabled" value=disable/>
                            {button(class, glyph, word, label, desk.disable.pending())}
                        </ActForm>
                    })}
                </div>
            </td>
        </tr>
    }
    .into_any()
}

fn user_form(page: UsersPage) -> AnyView {
    let ui = ui();
    let (draft, faults, error) = (page.draft, Faults(page.faults), page.error);
    let chosen = draft.role.parse().unwrap_or(Role::Viewer);
    let roles = Role::ALL.map(|role| {
        let (name, help) = ui.role_text(role);
        (
            role.as_str().to_owned(),
            format!("{name} · {help}"),
            role == chosen,
        )
    });
    view! {
        <form method="post" action=rooted(routes::USERS) class="card">
            <h2>{ui.add_user}</h2>
            {error.map(load::failure)}
            <div class="columns">
                {input(Field {
                    name: "name".into(), label: ui.user_name, value: draft.name.clone(), required: true, ..Field::default()
                }, &faults)}
                {input(Field {
                    name: "password".into(), label: ui.password, kind: "password", autocomplete: "new-password",
                    hint: ui.password_hint, required: true, ..Field::default()
                }, &faults)}
            </div>
            {select("role", ui.role, "", roles.to_vec(), &faults)}
            <button type="submit" class="button primary">{icon(icon::PLUS)} {ui.add}</button>
        </form>
    }
    .into_any()
}
