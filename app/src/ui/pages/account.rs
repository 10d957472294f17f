//! One's own account: a new password, API tokens, and where one is signed in.

use leptos::prelude::*;

use super::credentials::{sessions, tokens};
use crate::auth::Scope;
use crate::page::AccountPage;
use crate::routes;
use crate::server_fns::{EndSession, EndSessions, RevokeToken, fetch_account};
use crate::texts::account::{AccountUi, scope_help};
use crate::ui::act::{Act, ActForm};
use crate::ui::base::rooted;
use crate::ui::components::choice::{check, options, select};
use crate::ui::components::controls::button;
use crate::ui::components::field::{Faults, Field, input};
use crate::ui::components::icon::{self, icon};
use crate::ui::components::output::code_block;
use crate::ui::components::{fact, page_head};
use crate::ui::context::{lang, principal, ui};
use crate::ui::load;
use crate::user::{PasswordForm, TOKEN_NEVER};

#[derive(Clone, Copy)]
struct RowActions {
    revoke: Act<RevokeToken>,
    end: Act<EndSession>,
    end_all: Act<EndSessions>,
}

/// The page.
pub(crate) fn page() -> AnyView {
    let desk = RowActions {
        revoke: Act::new(),
        end: Act::new(),
        end_all: Act::new(),
    };
    let version = move || {
        let ended = desk.end.version().get() + desk.end_all.version().get();
        desk.revoke.version().get() + ended
    };
    let data = load::ask(version, |_| fetch_account());
    let error = move || {
        let ended = desk.end.error().or_else(|| desk.end_all.error());
        desk.revoke.error().or(ended)
    };
    // A token is shown once: it stays when the lists are fetched again, as do the words in the forms.
    let kept = load::ask(|| (), |()| fetch_account());
    let texts = AccountUi::of(lang());
    view! {
        {page_head(texts.account_title.to_owned(), ().into_any())}
        {load::notice(Signal::derive(error))}
        {load::part(kept, |page| page.new_token.map(new_token).into_any())}
        {load::page(kept, |page| password(page.password))}
        <section class="card flush">
            <div class="card-head">
                <h2>{texts.sessions_title}</h2>
                <ActForm action=desk.end_all>
                    <input type="hidden" name="user" value=""/>
                    {button("button", icon::EXIT, texts.sessions_end, texts.sessions_end.to_owned(), desk.end_all.pending())}
                </ActForm>
            </div>
            {load::part(data, move |page| sessions(&page.sessions, &page.clock, false, desk.end))}
        </section>
        <section class="card flush">
            <div class="card-head"><h2>{ui().tokens}</h2></div>
            {load::part(data, move |page| tokens(&page.tokens, &page.clock, false, desk.revoke))}
        </section>
        {load::part(kept, token_form)}
    }
    .into_any()
}

/// The secret of a token, readable only once.
fn new_token(token: String) -> AnyView {
    let ui = ui();
    let usage = "curl -H 'Authorization: Bearer TOKEN' http://127.0.0.1:8000/api/v1/tasks";
    view! {
        <section class="notice is-ok token" role="status">
            {icon(icon::CHECK)}
            <div>
                <p>{ui.token_once}</p>
                {code_block(&token)}
                <p class="muted">{ui.token_use} " " <code class="break">{usage}</code></p>
            </div>
        </section>
    }
    .into_any()
}

fn token_form(page: AccountPage) -> AnyView {
    let (ui, texts) = (ui(), AccountUi::of(lang()));
    let (draft, faults) = (page.draft, Faults(page.faults));
    let lives = [
        ("90d", texts.token_days_90),
        ("30d", texts.token_days_30),
        ("365d", texts.token_days_365),
        (TOKEN_NEVER, texts.token_never),
    ];
    let chosen = |scope: Scope| match draft.scopes.as_slice() {
        [] => scope == Scope::Read,
        some => some.iter().any(|name| name == scope.as_str()),
    };
    let scopes = Scope::ALL.map(|scope| {
        check(
            scope.as_str().to_owned(),
            scope_help(texts, scope),
            chosen(scope),
            None,
        )
    });
    view! {
        <form method="post" action=rooted(routes::ACCOUNT) class="card">
            <h2>{ui.new_token}</h2>
            <input type="hidden" name="form" value="token"/>
            {page.error.map(load::failure)}
            <div class="columns">
                {input(Field {
                    name: "name".into(), label: texts.token_name, value: draft.name.clone(), required: true,
                    hint: texts.token_name_hint, ..Field::default()
                }, &faults)}
                {select("expires", texts.token_expires, "", options(&lives, &draft.expires), &faults)}
            </div>
            <div class="columns">
                {input(Field {
                    name: "tags".into(), label: texts.token_tags, value: draft.tags.join(", "),
                    hint: texts.token_tags_hint, ..Field::default()
                }, &faults)}
                {input(Field {
                    name: "tasks".into(), label: texts.token_tasks, value: draft.tasks.join(", "),
                    hint: texts.token_tasks_hint, ..Field::default()
                }, &faults)}
            </div>
            <fieldset class="radios">
                <legend>{texts.token_scopes}</legend>
                <p class="hint">{texts.token_scopes_hint}</p>
                {faults.of("scopes").0.map(|fault| view! { <p class="fault">{fault}</p> })}
                {scopes.collect_view()}
            </fieldset>
            <button type="submit" class="button primary">{icon(icon::PLUS)} {ui.new_token}</button>
        </form>
    }
    .into_any()
}

fn password(form: PasswordForm) -> AnyView {
    let (ui, texts) = (ui(), AccountUi::of(lang()));
    let facts = principal().map(|who| {
        view! {
            <section class="card">
                <dl class="facts">
                    {fact(ui.user_name, who.name)}
                    {fact(texts.account_role, ui.role_text(who.role).0)}
                </dl>
            </section>
        }
    });
    let done = form.done.then(|| {
        view! {
            <p class="notice is-ok" role="status">{icon(icon::CHECK)} <span>{texts.password_changed}</span></p>
        }
    });
    view! {
        {done}
        {facts}
        {password_form(form)}
    }
    .into_any()
}

fn password_form(form: PasswordForm) -> AnyView {
    let texts = AccountUi::of(lang());
    let faults = Faults(form.faults);
    let field = |name: &str, label, autocomplete, hint| {
        input(
            Field {
                name: name.to_owned().into(),
                label,
                kind: "password",
                autocomplete,
                hint,
                required: true,
                ..Field::default()
            },
            &faults,
        )
    };
    view! {
        <form method="post" action=rooted(routes::ACCOUNT) class="card">
            <h2>{texts.password_title}</h2>
            <p class="muted">{texts.password_note}</p>
            {form.error.map(load::failure)}
            {field("current", texts.password_current, "current-password", "")}
            {field("new", texts.password_new, "new-password", texts.password_new_hint)}
            {field("repeat", texts.password_repeat, "new-password", "")}
            <button type="submit" class="button primary">{texts.password_submit}</button>
        </form>
    }
    .into_any()
}
