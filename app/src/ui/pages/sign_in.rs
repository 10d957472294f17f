//! Sign-in and first-run set-up: two forms that need no JavaScript.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::page::SignInForm;
use crate::routes;
use crate::server_fns::fetch_sign_in;
use crate::ui::base::rooted;
use crate::ui::components::field::{Faults, Field, input};
use crate::ui::context::ui;
use crate::ui::load::{self, Data};

fn data() -> Data<SignInForm> {
    let query = use_query_map();
    let (next, token) = {
        let query = query.read_untracked();
        (
            query.get("next").unwrap_or_default(),
            query.get("token").unwrap_or_default(),
        )
    };
    load::ask(|| (), move |()| fetch_sign_in(next.clone(), token.clone()))
}

/// The sign-in page.
pub(crate) fn sign_in_page() -> AnyView {
    load::page(data(), sign_in)
}

/// The set-up page.
pub(crate) fn setup_page() -> AnyView {
    load::page(data(), setup)
}

fn sign_in(form: SignInForm) -> AnyView {
    let ui = ui();
    let faults = Faults(form.faults.clone());
    let fields = view! {
        <input type="hidden" name="next" value=form.next.clone()/>
        {input(Field {
            name: "name".into(), label: ui.user_name, value: form.name.clone(), autocomplete: "username",
            required: true, first: true, ..Field::default()
        }, &faults)}
        {input(Field {
            name: "password".into(), label: ui.password, kind: "password", autocomplete: "current-password",
            required: true, ..Field::default()
        }, &faults)}
    };
    sheet(
        routes::SIGN_IN,
        ui.sign_in,
        ui.tagline,
        ui.sign_in,
        form,
        fields.into_any(),
    )
}

fn setup(form: SignInForm) -> AnyView {
    let ui = ui();
    if form.set_up {
        return view! {
            <Title text=ui.setup_done/>
            <section class="card sheet">
                <h1>{ui.setup_done}</h1>
                <p class="muted">{ui.setup_done_text}</p>
                <a class="button primary wide" href=rooted(routes::SIGN_IN)>{ui.sign_in}</a>
            </section>
        }
        .into_any();
    }
    let faults = Faults(form.faults.clone());
    let fields = view! {
        {input(Field {
            name: "token".into(), label: ui.setup_token, value: form.token.clone(), mono: true,
            hint: ui.setup_token_hint, required: true, first: form.token.is_empty(), ..Field::default()
        }, &faults)}
        {input(Field {
            name: "name".into(), label: ui.user_name, value: form.name.clone(), autocomplete: "username",
            required: true, first: !form.token.is_empty(), ..Field::default()
        }, &faults)}
        {input(Field {
            name: "password".into(), label: ui.password, kind: "password", autocomplete: "new-password",
            hint: ui.password_hint, required: true, ..Field::default()
        }, &faults)}
    };
    sheet(
        routes::SETUP,
        ui.setup,
        ui.setup_text,
        ui.setup_submit,
        form,
        fields.into_any(),
    )
}

fn sheet(
    action: &'static str,
    title: &'static str,
    text: &'static str,
    submit: &'static str,
    form: SignInForm,
    fields: AnyView,
) -> AnyView {
    view! {
        <Title text=title/>
        <form method="post" action=rooted(action) class="card sheet">
            <h1>{title}</h1>
            <p class="muted">{text}</p>
            {form.error.map(load::failure)}
            {fields}
            <button type="submit" class="button primary wide">{submit}</button>
        </form>
    }
    .into_any()
}
