//! Concurrency pools: their limits, and the runs that hold their slots.

use leptos::prelude::*;

use super::admin::crumbs;
use crate::auth::Action;
use crate::page::PoolsPage;
use crate::pool::{EVERYTHING, Pool};
use crate::routes;
use crate::server_fns::{DeletePool, fetch_pools};
use crate::ui::act::{Act, ActForm};
use crate::ui::components::controls::{button, fold_after};
use crate::ui::components::field::{Faults, Field, input};
use crate::ui::components::icon::{self, icon};
use crate::ui::components::page_head;
use crate::ui::components::state::badge;
use crate::ui::context::{may, pools_ui, ui};
use crate::ui::live::live;
use crate::ui::load;

/// The page.
pub(crate) fn page() -> AnyView {
    let delete = Act::<DeletePool>::new();
    let seen = live().follow_all();
    let data = load::ask(
        move || (seen.get(), delete.version().get()),
        |_| fetch_pools(),
    );
    fold_after(move || delete.version().get());
    let error = Signal::derive(move || delete.error());
    view! {
        {crumbs()}
        {page_head(pools_ui().pools.to_owned(), ().into_any())}
        {load::notice(error)}
        {load::page(data, move |page| content(page, delete))}
    }
    .into_any()
}

fn content(page: PoolsPage, delete: Act<DeletePool>) -> AnyView {
    let (ui, words) = (ui(), pools_ui());
    let admin = may(Action::Administer);
    let table = if page.pools.is_empty() {
        view! { <p class="muted padded">{words.pools_empty}</p> }.into_any()
    } else {
        let rows = page
            .pools
            .iter()
            .map(|pool| row(pool, admin.then_some(delete)));
        view! {
            <table class="rows">
                <thead>
                    <tr>
                        <th scope="col">{ui.name}</th>
                        <th scope="col">{ui.state}</th>
                        <th scope="col">{words.pool_slots}</th>
                        <th scope="col">{words.pool_running}</th>
                        <th scope="col">{words.pool_waiting}</th>
                        {admin.then(|| view! { <th scope="col"><span class="sr">{ui.actions}</span></th> })}
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <section class="card flush">{table}</section>
        {admin.then(|| form(page))}
    }
    .into_any()
}

fn row(pool: &Pool, delete: Option<Act<DeletePool>>) -> AnyView {
    let (ui, words) = (ui(), pools_ui());
    let state = if pool.running >= pool.slots {
        badge("warn", icon::PAUSE, words.pool_full)
    } else {
        badge("ok", icon::CHECK, words.pool_free)
    };
    let note = (pool.name == EVERYTHING).then_some(words.pool_everything);
    let remove = delete.map(|delete| {
        let name = pool.name.clone();
        view! {
            <td class="row-actions"><div>
                <details class="unfold">
                    <summary class="button small danger">{icon(icon::TRASH)} {ui.delete}</summary>
                    <div class="unfolded">
                        <p>{words.pool_delete_confirm}</p>
                        <ActForm action=delete>
                            <input type="hidden" name="name" value=name/>
                            {button("button danger solid", icon::TRASH, ui.delete_yes, ui.delete_yes.to_owned(), delete.pending())}
                        </ActForm>
                    </div>
                </details>
            </div></td>
        }
    });
    view! {
        <tr>
            <th scope="row">
                <b class="break">{pool.name.clone()}</b>
                <span class="people">{note}</span>
            </th>
            <td data-label=ui.state>{state}</td>
            <td data-label=words.pool_slots class="number">{pool.slots}</td>
            <td data-label=words.pool_running class="number">{pool.running}</td>
            <td data-label=words.pool_waiting class="number">{pool.waiting}</td>
            {remove}
        </tr>
    }
    .into_any()
}

fn form(page: PoolsPage) -> AnyView {
    let (ui, words, faults) = (ui(), pools_ui(), Faults(page.faults));
    view! {
        <form method="post" action=routes::POOLS class="card">
            <h2>{words.add_pool}</h2>
            {page.error.map(load::failure)}
            <div class="columns">
                {input(Field {
                    name: "name".into(), label: ui.name, value: page.draft.name, required: true,
                    hint: words.pool_name_hint, ..Field::default()
                }, &faults)}
                {input(Field {
                    name: "slots".into(), label: words.pool_slots, value: page.draft.slots, kind: "number",
                    required: true, hint: words.pool_slots_hint, ..Field::default()
                }, &faults)}
            </div>
            <button type="submit" class="button primary">{icon(icon::CHECK)} {ui.save}</button>
        </form>
    }
    .into_any()
}
