//! Who is on call.

use leptos::prelude::*;

use crate::oncall::{RotaView, owner_of_rota};
use crate::routes;
use crate::ui::base::rooted;
use crate::ui::components::time::Clock;
use crate::ui::context::tickets_ui;
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
    ];
    let rows = rotas.iter().map(|rota| row(rota, clock)).collect();
    view! {
        <section class="card flush" id="oncall">
            <h2 class="padded">{texts.rotas}</h2>
            <p class="muted padded">{texts.rotas_text}</p>
            {table(&columns, false, rows, texts.asked_none)}
        </section>
    }
    .into_any()
}

fn row(rota: &RotaView, clock: &Clock) -> AnyView {
    let texts = tickets_ui();
    view! {
        <tr>
            <th scope="row"><a class="break" href=rooted(routes::rota(&rota.name))>{owner_of_rota(&rota.name)}</a></th>
            <td data-label=texts.on_call><b class="break">{rota.now.clone()}</b></td>
            <td data-label=texts.on_call_until>{clock.exact(rota.until)}</td>
            <td data-label=texts.on_call_next><span class="break">{rota.next.clone()}</span></td>
        </tr>
    }
    .into_any()
}
