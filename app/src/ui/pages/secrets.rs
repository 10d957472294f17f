//! Secrets: a list with the tasks that get them, and a form to create or change one. No value is ever on this page.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::listing::{Asked, asked, framed, table};
use crate::id::SecretId;
use crate::page::SecretsPage;
use crate::routes;
use crate::secret::Secret;
use crate::server_fns::{DeleteSecret, fetch_secrets};
use crate::texts::secrets;
use crate::ui::act::Act;
use crate::ui::base::rooted;
use crate::ui::components::controls::fold_after;
use crate::ui::components::field::{Faults, Field, input, text_area};
use crate::ui::components::icon::{self, icon};
use crate::ui::components::time::Clock;
use crate::ui::context::{lang, secrets_ui, ui};
use crate::ui::load;

/// The page.
pub(crate) fn page() -> AnyView {
    let query = use_query_map();
    let edit = Memo::new(move |_| {
        query
            .read()
            .get("edit")
            .and_then(|id| id.parse::<SecretId>().ok())
    });
    let delete = Act::<DeleteSecret>::new();
    let data = load::ask(
        move || (edit.get(), delete.version().get()),
        |(edit, _)| fetch_secrets(edit),
    );
    fold_after(move || delete.version().get());
    let list = load::page(data, move |page| content(page, delete));
    let form = load::once(move || edit.get(), fetch_secrets, form);
    let page = view! { {list} {form} }.into_any();
    framed(secrets_ui().secrets, move || delete.error(), page)
}

fn content(page: SecretsPage, delete: Act<DeleteSecret>) -> AnyView {
    let (ui, words) = (ui(), secrets_ui());
    let clock = Clock::new(page.clock.clone());
    let columns = [ui.name, words.secret_tasks, words.secret_updated];
    let rows = page
        .secrets
        .iter()
        .map(|secret| row(secret, &clock, delete));
    let table = table(&columns, true, rows.collect(), words.secrets_empty);
    view! {
        <section class="card flush">{table}</section>
    }
    .into_any()
}

fn row(secret: &Secret, clock: &Clock, delete: Act<DeleteSecret>) -> AnyView {
    let (words, id) = (secrets_ui(), secret.id);
    let question = Asked::delete(words.secret_delete_confirm);
    let tasks = if secret.tasks.is_empty() {
        view! { <span class="muted">{words.secret_no_tasks}</span> }.into_any()
    } else {
        let links = secret.tasks.iter().map(|task| {
            view! { <a class="break" href=rooted(routes::task(task.id))>{task.name.clone()}</a> }
        });
        view! { <span class="people">{links.collect_view()}</span> }.into_any()
    };
    let label = format!("{}: {}", words.secret_change, secret.name);
    view! {
        <tr>
            <th scope="row">
                <b><code class="break">{secret.name.clone()}</code></b>
                <span class="people">{secret.note.clone()}</span>
            </th>
            <td data-label=words.secret_tasks>{tasks}</td>
            <td data-label=words.secret_updated>{clock.both(secret.updated_at)}</td>
            <td class="row-actions"><div>
                <a class="button small" href=rooted(format!("{}?edit={id}#change", routes::SECRETS)) aria-label=label>
                    {icon(icon::EDIT)} <span>{words.secret_change}</span>
                </a>
                {asked(delete, [("id", id.0.to_string()), ("version", secret.version.to_string())], &question)}
            </div></td>
        </tr>
    }
    .into_any()
}

/// One form for both: it creates a secret, or changes the one it was opened for.
fn form(page: SecretsPage) -> AnyView {
    let (ui, words) = (ui(), secrets_ui());
    let (draft, faults) = (page.draft, Faults(page.faults));
    let heading = match page.editing {
        Some(_) => secrets::change_secret(lang(), &draft.name),
        None => words.add_secret.to_owned(),
    };
    let known = page.secrets.iter().find(|one| Some(one.id) == page.editing);
    let version = known.map_or(0, |secret| secret.version);
    let name = match page.editing {
        Some(id) => view! {
            <input type="hidden" name="id" value=id.0/>
            <input type="hidden" name="version" value=version/>
            <input type="hidden" name="name" value=draft.name.clone()/>
        }
        .into_any(),
        None => input(
            Field {
                name: "name".into(),
                label: ui.name,
                value: draft.name.clone(),
                required: true,
                mono: true,
                hint: words.secret_name_hint,
                ..Field::default()
            },
            &faults,
        ),
    };
    let value_hint = match page.editing {
        Some(_) => words.secret_keep_hint,
        None => words.secret_value_hint,
    };
    let submit = match page.editing {
        Some(_) => view! {
            <p class="controls">
                <button type="submit" class="button primary">{icon(icon::CHECK)} {ui.save}</button>
                <a class="button" href=rooted(routes::SECRETS)>{ui.cancel}</a>
            </p>
        }
        .into_any(),
        None => view! {
            <button type="submit" class="button primary">{icon(icon::PLUS)} {ui.add}</button>
        }
        .into_any(),
    };
    view! {
        <form method="post" action=rooted(routes::SECRETS) id="change" class="card secret-form" autocomplete="off">
            <h2>{heading}</h2>
            {page.error.map(load::failure)}
            {name}
            {text_area("value", words.secret_value, value_hint, "", &faults)}
            <div class="columns">
                {text_area("tasks", words.secret_tasks, words.secret_tasks_hint, &draft.tasks.join("\n"), &faults)}
                {input(Field {
                    name: "note".into(), label: words.secret_note, value: draft.note.clone(), ..Field::default()
                }, &faults)}
            </div>
            {submit}
        </form>
    }
    .into_any()
}
