//! Rotas: who is on call, now and in the next weeks. With `?name=` one rota, and the forms that change it.

mod form;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::listing::{Asked, asked, table};
use crate::auth::Action;
use crate::oncall::{RotaView, owner_of_rota};
use crate::page::RotasPage;
use crate::routes;
use crate::server_fns::{DeleteRota, fetch_rotas};
use crate::ui::act::Act;
use crate::ui::base::rooted;
use crate::ui::components::controls::fold_after;
use crate::ui::components::icon::{self, icon};
use crate::ui::components::page_head;
use crate::ui::components::time::Clock;
use crate::ui::context::{lang, may, oncall_ui, ui};
use crate::ui::live::live;
use crate::ui::load;

/// The page.
pub(crate) fn page() -> AnyView {
    let query = use_query_map();
    let name = Memo::new(move |_| query.read().get("name"));
    let delete = Act::<DeleteRota>::new();
    let seen = live().follow_all();
    let data = load::ask(
        move || (name.get(), seen.get(), delete.version().get()),
        |(name, ..)| fetch_rotas(name),
    );
    fold_after(move || delete.version().get());
    let list = load::page(data, move |page| content(&page, delete));
    let forms = load::once(move || name.get(), fetch_rotas, form::forms);
    view! {
        <p class="crumbs"><a href=rooted(routes::REMINDERS)>{ui().nav_reminders}</a></p>
        {page_head(oncall_ui().rotas.to_owned(), ().into_any())}
        {load::notice(Signal::derive(move || delete.error()))}
        {list}
        {forms}
    }
    .into_any()
}

fn content(page: &RotasPage, delete: Act<DeleteRota>) -> AnyView {
    let words = oncall_ui();
    let clock = Clock::new(page.clock.clone());
    if let (true, Some(rota)) = (page.one, page.rotas.first()) {
        return one(rota, &clock);
    }
    let columns = [
        words.rota,
        words.on_call,
        words.until,
        words.next,
        words.hand_over,
    ];
    let admin = may(Action::Administer);
    let rows = page.rotas.iter().map(|rota| {
        let name = &rota.name;
        let remove = admin.then(|| {
            let fields = [
                ("name", name.clone()),
                ("version", rota.version.to_string()),
            ];
            asked(delete, fields, &Asked::delete(words.delete_confirm))
        });
        let open = match may(Action::Operate) {
            true => words.manage,
            false => words.open,
        };
        view! {
            <tr>
                <th scope="row"><b class="break">{name.clone()}</b></th>
                <td data-label=words.on_call><b class="break">{rota.now.clone()}</b></td>
                <td data-label=words.until>{clock.exact(rota.until)}</td>
                <td data-label=words.next><span class="break">{rota.next.clone()}</span></td>
                <td data-label=words.hand_over>{hand_over(rota)}</td>
                <td class="row-actions"><div>
                    <a class="button small" href=rooted(routes::rota(name)) aria-label=format!("{open}: {name}")>
                        {icon(icon::CALENDAR)} <span>{open}</span>
                    </a>
                    {remove}
                </div></td>
            </tr>
        }
        .into_any()
    });
    view! {
        <p class="muted">{words.rotas_text}</p>
        <section class="card flush">{table(&columns, true, rows.collect(), words.rotas_empty)}</section>
    }
    .into_any()
}

fn hand_over(rota: &RotaView) -> String {
    format!("{} {} {}", rota.weekday.words(lang()), rota.time, rota.zone)
}

/// One rota: now, the next weeks, and who stands in for whom.
fn one(rota: &RotaView, clock: &Clock) -> AnyView {
    let words = oncall_ui();
    let weeks = rota.weeks.iter().map(|week| {
        view! {
            <li><b class="break">{week.who.clone()}</b> " " {clock.exact(week.from)} " – " {clock.exact(week.until)}</li>
        }
    });
    let acts = may(Action::Operate);
    let stand_ins = rota.overrides.iter().map(|one| {
        let label = format!("{}: {}", words.remove_override, one.who);
        let remove = acts.then(|| view! {
            <button type="submit" class="button small" name="unoverride" value=one.from.rfc3339() aria-label=label>
                {words.remove_override}
            </button>
        });
        view! {
            <li>
                <b class="break">{one.who.clone()}</b> " " {clock.exact(one.from)} " – " {clock.exact(one.until)} " " {remove}
            </li>
        }
    });
    let stand_ins = (!rota.overrides.is_empty()).then(|| {
        view! {
            <form method="post" action=rooted(routes::rota(&rota.name))>
                {form::of(rota)}
                <h3>{words.stand_ins}</h3>
                <ul class="stand-ins">{stand_ins.collect_view()}</ul>
            </form>
        }
    });
    view! {
        <p><a href=rooted(routes::ROTAS)>{words.all_rotas}</a></p>
        <section class="card stack">
            <h2 class="break">{owner_of_rota(&rota.name)}</h2>
            <p>{words.on_call} " " <b class="break">{rota.now.clone()}</b> " " {words.until} " " {clock.exact(rota.until)}
                " · " {words.next} " " <b class="break">{rota.next.clone()}</b></p>
            <p class="muted">{words.hand_over} " " {hand_over(rota)}</p>
            <h3>{words.weeks}</h3>
            <ul class="stand-ins">{weeks.collect_view()}</ul>
            {stand_ins}
        </section>
    }
    .into_any()
}
