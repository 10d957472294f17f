//! Default policies of urging: a list, and a form to add or change one.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

use super::listing::{Asked, asked, framed, table};
use crate::auth::Action;
use crate::page::UrgeDefaultsPage;
use crate::routes;
use crate::server_fns::{DeleteUrgeDefault, fetch_urge_defaults};
use crate::texts::urge_defaults::change_default;
use crate::ticket::{EVERY_TAG, PolicyDefault};
use crate::ui::act::Act;
use crate::ui::base::rooted;
use crate::ui::components::controls::fold_after;
use crate::ui::components::field::{Faults, Field, input};
use crate::ui::components::icon::{self, icon};
use crate::ui::components::policy::{Named, policy};
use crate::ui::context::{lang, may, ui, urge_defaults_ui};
use crate::ui::live::live;
use crate::ui::load;

/// The page.
pub(crate) fn page() -> AnyView {
    let query = use_query_map();
    let edit = Memo::new(move |_| query.read().get("edit"));
    let delete = Act::<DeleteUrgeDefault>::new();
    let seen = live().follow_all();
    let data = load::ask(
        move || (seen.get(), delete.version().get()),
        |_| fetch_urge_defaults(None),
    );
    fold_after(move || delete.version().get());
    let list = load::page(data, move |page| content(&page, delete));
    let form = load::once(move || edit.get(), fetch_urge_defaults, form);
    framed(
        urge_defaults_ui().urge_defaults,
        move || delete.error(),
        view! { {list} {form} }.into_any(),
    )
}

fn content(page: &UrgeDefaultsPage, delete: Act<DeleteUrgeDefault>) -> AnyView {
    let words = urge_defaults_ui();
    let admin = may(Action::Administer);
    let columns = [words.tag, words.sets, words.in_force];
    let rows = page
        .defaults
        .iter()
        .map(|default| row(default, admin.then_some(delete)));
    view! {
        <p class="muted">{words.urge_defaults_order}</p>
        <section class="card flush">{table(&columns, admin, rows.collect(), words.urge_defaults_empty)}</section>
    }
    .into_any()
}

/// What it is called on the page.
fn name(tag: &str) -> String {
    match tag {
        EVERY_TAG => format!("{} (*)", urge_defaults_ui().every_task),
        tag => tag.to_owned(),
    }
}

fn row(default: &PolicyDefault, delete: Option<Act<DeleteUrgeDefault>>) -> AnyView {
    let (words, lang) = (urge_defaults_ui(), lang());
    let parts = default.own.iter().map(|part| part.words(lang));
    let parts = parts.collect::<Vec<_>>().join(lang.pick("、", ", "));
    let policy = default.policy.words(lang).join(lang.pick("；", "; "));
    let change = delete.map(|delete| {
        let mut params = ParamsMap::new();
        params.insert("edit", default.tag.clone());
        let href = format!(
            "{}{}#change",
            routes::URGE_DEFAULTS,
            params.to_query_string()
        );
        let label = format!("{}: {}", words.change, name(&default.tag));
        let question = Asked::delete(words.delete_confirm);
        let fields = [
            ("tag", default.tag.clone()),
            ("version", default.version.to_string()),
        ];
        view! {
            <td class="row-actions"><div>
                <a class="button small" href=rooted(href) aria-label=label>
                    {icon(icon::EDIT)} <span>{words.change}</span>
                </a>
                {asked(delete, fields, &question)}
            </div></td>
        }
    });
    view! {
        <tr>
            <th scope="row"><b class="break">{name(&default.tag)}</b></th>
            <td data-label=words.sets>{parts}</td>
            <td data-label=words.in_force>{policy}</td>
            {change}
        </tr>
    }
    .into_any()
}

/// One form for both: it adds a default, or changes the one it was opened for.
fn form(page: UrgeDefaultsPage) -> AnyView {
    if !may(Action::Administer) {
        return ().into_any();
    }
    let (ui, words) = (ui(), urge_defaults_ui());
    let named = Named {
        calendars: &page.calendars,
        rotas: &page.rotas,
    };
    let (form, faults) = (page.form, Faults(page.faults));
    let version = page.editing.unwrap_or_default();
    let tag = match page.editing {
        Some(_) => view! { <input type="hidden" name="tag" value=form.tag.clone()/> }.into_any(),
        None => {
            let field = Field {
                name: "tag".into(),
                label: words.tag,
                hint: words.tag_hint,
                value: form.tag.clone(),
                required: true,
                ..Field::default()
            };
            input(field, &faults)
        }
    };
    let heading = match page.editing {
        Some(_) => change_default(lang(), &form.tag),
        None => words.add.to_owned(),
    };
    let nothing = faults.of("tickets").0.map(|message| {
        view! { <p class="notice is-bad" role="alert">{icon(icon::ALERT)} <span>{message}</span></p> }
    });
    let cancel = page.editing.map(|_| {
        view! { <a class="button" href=rooted(routes::URGE_DEFAULTS)>{ui.cancel}</a> }
    });
    view! {
        <form method="post" action=rooted(routes::URGE_DEFAULTS) id="change" class="card stack">
            <h2>{heading}</h2>
            {page.error.map(load::failure)}
            {nothing}
            <input type="hidden" name="version" value=version/>
            {tag}
            {policy(&form.tickets, named, &faults)}
            <p class="controls">
                <button type="submit" class="button primary">{icon(icon::CHECK)} {ui.save}</button>
                {cancel}
            </p>
        </form>
    }
    .into_any()
}
