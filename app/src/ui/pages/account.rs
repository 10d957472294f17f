//! One's own account: a new password.

use leptos::prelude::*;

use crate::routes;
use crate::server_fns::fetch_account;
use crate::texts::account::AccountUi;
use crate::ui::base::rooted;
use crate::ui::components::field::{Faults, Field, input};
use crate::ui::components::icon::{self, icon};
use crate::ui::components::{fact, page_head};
use crate::ui::context::{lang, principal, ui};
use crate::ui::load;
use crate::user::PasswordForm;

/// The page.
pub(crate) fn page() -> AnyView {
    let data = load::ask(|| (), |()| fetch_account());
    view! {
        {page_head(AccountUi::of(lang()).account_title.to_owned(), ().into_any())}
        {load::page(data, content)}
    }
    .into_any()
}

fn content(form: PasswordForm) -> AnyView {
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
        {password(form)}
    }
    .into_any()
}

fn password(form: PasswordForm) -> AnyView {
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
