//! The start URLs of a task: addresses that start it, for programs without an account.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::listing::{Asked, asked, table};
use super::not_found;
use crate::id::TaskId;
use crate::page::{MadeStartUrl, StartUrlsPage};
use crate::routes;
use crate::server_fns::{DeleteStartUrl, fetch_start_urls};
use crate::start_url::StartUrl;
use crate::ui::act::Act;
use crate::ui::base::rooted;
use crate::ui::components::choice::{check, select};
use crate::ui::components::controls::fold_after;
use crate::ui::components::field::{Faults, Field, input};
use crate::ui::components::icon::{self, icon};
use crate::ui::components::output::code_block;
use crate::ui::components::page_head;
use crate::ui::components::time::Clock;
use crate::ui::context::{start_urls_ui, ui};
use crate::ui::load;

/// The page.
pub(crate) fn page() -> AnyView {
    let id = use_params_map().read_untracked().get("id");
    let Some(task) = id.and_then(|id| id.parse::<TaskId>().ok()) else {
        return not_found::page();
    };
    let delete = Act::<DeleteStartUrl>::new();
    let data = load::ask(
        move || delete.version().get(),
        move |_| fetch_start_urls(task),
    );
    fold_after(move || delete.version().get());
    // An address is shown once: it stays when the list is fetched again, as do the words in the form.
    let kept = load::ask(|| (), move |()| fetch_start_urls(task));
    view! {
        {load::notice(Signal::derive(move || delete.error()))}
        {load::part(kept, |page| page.made.map(made).into_any())}
        {load::page(data, move |page| list(&page, delete))}
        {load::part(kept, form)}
    }
    .into_any()
}

/// The secrets of a new start URL, readable only once.
fn made(made: MadeStartUrl) -> AnyView {
    let words = start_urls_ui();
    let usage = format!("curl -X POST '{}?wait=60'", made.url);
    let secret = made.secret.map(|secret| {
        view! { <p>{words.start_url_secret}</p> {code_block(&secret)} }
    });
    view! {
        <section class="notice is-ok token" role="status">
            {icon(icon::CHECK)}
            <div>
                <p>{words.start_url_once}</p>
                {code_block(&made.url)}
                <p class="muted">{words.start_url_use} " " <code class="break">{usage}</code></p>
                {secret}
            </div>
        </section>
    }
    .into_any()
}

fn list(page: &StartUrlsPage, delete: Act<DeleteStartUrl>) -> AnyView {
    let (ui, words) = (ui(), start_urls_ui());
    let clock = Clock::new(page.clock.clone());
    let columns = [
        ui.name,
        words.start_url_signed,
        words.start_url_body,
        words.start_url_by,
        ui.last_used,
    ];
    let rows = page.start_urls.iter();
    let rows = rows.map(|one| row(one, page.task_id, &clock, delete));
    view! {
        <p class="crumbs">
            <a href=rooted(routes::TASKS)>{ui.tasks}</a>
            <span aria-hidden="true">" / "</span>
            <a href=rooted(routes::task(page.task_id)) class="break">{page.task_name.clone()}</a>
        </p>
        {page_head(words.start_urls.to_owned(), ().into_any())}
        <p class="muted">{words.start_urls_text}</p>
        <section class="card flush">{table(&columns, true, rows.collect(), words.start_urls_empty)}</section>
    }
    .into_any()
}

fn row(one: &StartUrl, task: TaskId, clock: &Clock, delete: Act<DeleteStartUrl>) -> AnyView {
    let (ui, words) = (ui(), start_urls_ui());
    let signed = if one.signed {
        words.start_url_signed_yes
    } else {
        words.start_url_signed_no
    };
    let body = match &one.body_parameter {
        Some(name) => view! { <code class="break">{name.clone()}</code> }.into_any(),
        None => words.start_url_body_list.into_any(),
    };
    let used = match one.last_used_at {
        Some(at) => clock.both(at),
        None => ui.never.into_any(),
    };
    let question = Asked::delete(words.start_url_delete);
    let fields = [("task", task.to_string()), ("name", one.name.clone())];
    view! {
        <tr>
            <th scope="row"><b class="break">{one.name.clone()}</b></th>
            <td data-label=words.start_url_signed>{signed}</td>
            <td data-label=words.start_url_body>{body}</td>
            <td data-label=words.start_url_by>{one.created_by.clone()} " · " {clock.both(one.created_at)}</td>
            <td data-label=ui.last_used>{used}</td>
            <td class="row-actions"><div>{asked(delete, fields, &question)}</div></td>
        </tr>
    }
    .into_any()
}

fn form(page: StartUrlsPage) -> AnyView {
    let (ui, words, faults) = (ui(), start_urls_ui(), Faults(page.faults));
    let chosen = &page.draft.body_parameter;
    let list = (
        String::new(),
        words.start_url_body_list.to_owned(),
        chosen.is_empty(),
    );
    let whole = page.parameters.iter();
    let whole = whole.map(|name| (name.clone(), name.clone(), name == chosen));
    let bodies = std::iter::once(list).chain(whole).collect();
    view! {
        <form method="post" action=rooted(routes::task_start_urls(page.task_id)) class="card">
            <h2>{words.start_url_add}</h2>
            {page.error.map(load::failure)}
            <div class="columns">
                {input(Field {
                    name: "name".into(), label: ui.name, value: page.draft.name, required: true,
                    hint: words.start_url_name_hint, ..Field::default()
                }, &faults)}
                {select("body_parameter", words.start_url_body, words.start_url_body_hint, bodies, &faults)}
            </div>
            {check("signed".to_owned(), words.start_url_sign, page.draft.signed, None)}
            <p class="hint">{words.start_url_sign_hint}</p>
            <button type="submit" class="button primary">{icon(icon::PLUS)} {words.start_url_add}</button>
        </form>
    }
    .into_any()
}
