//! Concurrency pools: their limits, and the runs that hold their slots.

use leptos::prelude::*;

use super::listing::{Asked, asked, framed, table};
use crate::auth::Action;
use crate::page::PoolsPage;
use crate::pool::{EVERYTHING, Pool};
use crate::routes;
use crate::server_fns::{DeletePool, fetch_pools};
use crate::ui::act::Act;
use crate::ui::base::rooted;
use crate::ui::components::controls::fold_after;
use crate::ui::components::field::{Faults, Field, input};
use crate::ui::components::icon::{self, icon};
use crate::ui::components::state::badge;
use crate::ui::context::{may, pools_ui, ui};
use crate::ui::live::live;
use crate::ui::load;

/// Pools whose versions a form carries.
const SEEN_MAX: usize = 200;

/// The page.
pub(crate) fn page() -> AnyView {
    let delete = Act::<DeletePool>::new();
    let seen = live().follow_all();
    let data = load::ask(
        move || (seen.get(), delete.version().get()),
        |_| fetch_pools(),
    );
    fold_after(move || delete.version().get());
    let list = load::page(data, move |page| content(page, delete));
    let form = load::once(|| (), |()| fetch_pools(), form);
    framed(
        pools_ui().pools,
        move || delete.error(),
        view! { {list} {form} }.into_any(),
    )
}

fn content(page: PoolsPage, delete: Act<DeletePool>) -> AnyView {
    let (ui, words) = (ui(), pools_ui());
    let admin = may(Action::Administer);
    let columns = [
        ui.name,
        ui.state,
        words.pool_slots,
        words.pool_running,
        words.pool_waiting,
    ];
    let rows = page
        .pools
        .iter()
        .map(|pool| row(pool, admin.then_some(delete)));
    view! {
        <section class="card flush">{table(&columns, admin, rows.collect(), words.pools_empty)}</section>
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
        let question = Asked::delete(words.pool_delete_confirm);
        let fields = [
            ("name", pool.name.clone()),
            ("version", pool.version.to_string()),
        ];
        let remove = asked(delete, fields, &question);
        view! { <td class="row-actions"><div>{remove}</div></td> }
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
    if !may(Action::Administer) {
        return ().into_any();
    }
    let (ui, words, faults) = (ui(), pools_ui(), Faults(page.faults));
    // What is entered is meant for the pools as they are listed; of very many it would be too long for a form.
    let seen = (page.pools.len() <= SEEN_MAX).then(|| {
        let seen = page.pools.iter();
        let seen = seen.map(|pool| format!("{} {}", pool.version, pool.name));
        let seen = seen.collect::<Vec<_>>().join("\n");
        view! { <input type="hidden" name="seen" value=seen/> }
    });
    view! {
        <form method="post" action=rooted(routes::POOLS) class="card">
            <h2>{words.add_pool}</h2>
            {seen}
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
