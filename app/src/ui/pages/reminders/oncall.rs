//! Who is on call.

use leptos::prelude::*;

use crate::auth::Action;
use crate::oncall::{PREFIX, RotaView};
use crate::routes;
use crate::ui::base::rooted;
use crate::ui::components::time::Clock;
use crate::ui::context::{lang, may, tickets_ui};
use crate::ui::pages::listing::table;

/// The rotas with the person on call; nothing where there are none.
pub(super) fn section(rotas: &[RotaView], clock: &Clock) -> AnyView {
    let texts = tickets_ui();
    if rotas.is_empty() {
        return ().into_any();
    }
    let columns = [
        texts.rota,
        texts.on_call,
        texts.on_call_until,
        texts.on_call_next,
        texts.hand_over,
    ];
    let rows = rotas.iter().map(|rota| row(rota, clock)).collect();
    view! {
        <section class="card flush" id="oncall">
            <h2 class="padded">{texts.rotas}</h2>
            <p class="muted padded">{texts.rotas_text}</p>
            <form method="post" action=rooted(routes::REMINDERS)>
                {table(&columns, false, rows, texts.asked_none)}
            </form>
        </section>
    }
    .into_any()
}

fn row(rota: &RotaView, clock: &Clock) -> AnyView {
    let (texts, lang) = (tickets_ui(), lang());
    let hand_over = format!("{} {} {}", rota.weekday.words(lang), rota.time, rota.zone);
    let may_remove = may(Action::Operate);
    let stand_ins = rota.overrides.iter().map(|one| {
        let label = format!("{} {}: {}", texts.override_remove, rota.name, one.who);
        let value = format!("{} {}", one.from.rfc3339(), rota.name);
        let remove = may_remove.then(|| view! {
            <button type="submit" class="button small" name="unoverride" value=value aria-label=label>
                {texts.override_remove}
            </button>
        });
        view! {
            <li>{one.who.clone()} " " {clock.exact(one.from)} " – " {clock.exact(one.until)} " " {remove}</li>
        }
    });
    let stand_ins = (!rota.overrides.is_empty())
        .then(|| view! { <ul class="stand-ins muted">{stand_ins.collect_view()}</ul> });
    view! {
        <tr>
            <th scope="row"><span class="break">{format!("{PREFIX}{}", rota.name)}</span></th>
            <td data-label=texts.on_call><b class="break">{rota.now.clone()}</b></td>
            <td data-label=texts.on_call_until>{clock.exact(rota.until)}</td>
            <td data-label=texts.on_call_next><span class="break">{rota.next.clone()}</span></td>
            <td data-label=texts.hand_over><span>{hand_over}</span> {stand_ins}</td>
        </tr>
    }
    .into_any()
}
