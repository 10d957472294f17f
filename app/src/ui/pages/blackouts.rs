//! Blackouts: periods without firings.

use leptos::prelude::*;

use super::listing::{Asked, asked, framed, table};
use crate::auth::Action;
use crate::calendar::{Blackout, BlackoutPolicy};
use crate::duration::duration_words;
use crate::page::BlackoutsPage;
use crate::routes;
use crate::server_fns::{DeleteBlackout, fetch_blackouts};
use crate::task::Cycle;
use crate::texts::blackouts;
use crate::ui::act::Act;
use crate::ui::base::rooted;
use crate::ui::components::choice::select;
use crate::ui::components::controls::fold_after;
use crate::ui::components::cycle::cycle;
use crate::ui::components::field::{Faults, Field, input, moment_kind};
use crate::ui::components::icon::{self, icon};
use crate::ui::components::state::badge;
use crate::ui::components::time::Clock;
use crate::ui::context::{blackouts_ui, lang, may, ui};
use crate::ui::load;

/// The page.
pub(crate) fn page() -> AnyView {
    let delete = Act::<DeleteBlackout>::new();
    let data = load::ask(move || delete.version().get(), |_| fetch_blackouts());
    fold_after(move || delete.version().get());
    let list = load::page(data, move |page| content(page, delete));
    let form = load::once(|| (), |()| fetch_blackouts(), form);
    let page = view! { {list} {form} }.into_any();
    framed(blackouts_ui().blackouts, move || delete.error(), page)
}

fn content(page: BlackoutsPage, delete: Act<DeleteBlackout>) -> AnyView {
    let (ui, words) = (ui(), blackouts_ui());
    let clock = Clock::new(page.clock.clone());
    let admin = may(Action::Administer);
    let columns = [
        ui.name,
        ui.state,
        words.blackout_when,
        words.blackout_next,
        words.blackout_for,
        words.blackout_policy,
    ];
    let rows = page
        .blackouts
        .iter()
        .zip(page.cycles)
        .map(|(blackout, cycle)| row(blackout, cycle.as_ref(), &clock, admin.then_some(delete)));
    let table = table(&columns, admin, rows.collect(), words.blackouts_empty);
    view! {
        <section class="card flush">{table}</section>
    }
    .into_any()
}

fn row(
    blackout: &Blackout,
    cycle: Option<&Cycle>,
    clock: &Clock,
    delete: Option<Act<DeleteBlackout>>,
) -> AnyView {
    let (ui, words) = (ui(), blackouts_ui());
    let state = match (blackout.active, &blackout.next) {
        (true, _) => badge("warn", icon::PAUSE, words.blackout_now),
        (false, Some(_)) => badge("run", icon::CLOCK, words.blackout_idle),
        (false, None) => badge("off", icon::DONE, words.blackout_over),
    };
    let next = blackout.next.map_or_else(
        || view! { <span class="muted">"—"</span> }.into_any(),
        |(from, until)| {
            view! { {clock.exact(from)} " – " {clock.after(Some(from), until)} }.into_any()
        },
    );
    let tags = if blackout.tags.is_empty() {
        view! { <span>{words.blackout_all}</span> }.into_any()
    } else {
        let tags = blackout.tags.iter().map(|tag| {
            view! { <span class="tag">{tag.clone()}</span> }
        });
        view! { <span class="people">{tags.collect_view()}</span> }.into_any()
    };
    view! {
        <tr>
            <th scope="row"><b>{blackout.name.clone()}</b></th>
            <td data-label=ui.state>{state}</td>
            <td data-label=words.blackout_when>{times(blackout, cycle, clock)}</td>
            <td data-label=words.blackout_next>{next}</td>
            <td data-label=words.blackout_for>{tags}</td>
            <td data-label=words.blackout_policy>{words.policy(blackout.policy)}</td>
            {delete.map(|delete| view! {
                <td class="row-actions"><div>{remove(blackout, delete)}</div></td>
            })}
        </tr>
    }
    .into_any()
}

/// One-off start and end, or the cycle of its starts and its duration.
fn times(blackout: &Blackout, starts: Option<&Cycle>, clock: &Clock) -> AnyView {
    let zone = view! { <small class="muted">{blackout.zone.clone()}</small> };
    match (starts, blackout.duration_seconds) {
        (Some(starts), lasts) => {
            let lasts =
                lasts.map(|lasts| blackouts::lasting(lang(), &duration_words(lasts, lang())));
            view! { <span>{cycle(starts)} {lasts} " " {zone}</span> }.into_any()
        }
        (None, _) => {
            let end = |at: Option<crate::time::Stamp>| {
                at.map_or_else(|| "…".into_any(), |at| clock.exact(at))
            };
            view! { <span>{end(blackout.starts_at)} " – " {end(blackout.ends_at)}</span> }
                .into_any()
        }
    }
}

fn remove(blackout: &Blackout, delete: Act<DeleteBlackout>) -> AnyView {
    let question = Asked::delete(blackouts_ui().blackout_delete_confirm);
    let fields = [
        ("id", blackout.id.0.to_string()),
        ("version", blackout.version.to_string()),
    ];
    asked(delete, fields, &question)
}

fn form(page: BlackoutsPage) -> AnyView {
    if !may(Action::Administer) {
        return ().into_any();
    }
    let (draft, faults, error) = (&page.draft, &Faults(page.faults), page.error);
    let zone = &page.clock.zone.name;
    let (ui, words) = (ui(), blackouts_ui());
    let again = !draft.cron.is_empty() || !draft.duration.is_empty();
    let kinds = [
        ("once", words.blackout_once, !again),
        ("recurring", words.blackout_recurring, again),
    ];
    let kinds = kinds.map(|(value, words, chosen)| {
        view! {
            <label class="check"><input type="radio" name="kind" value=value checked=chosen/> <span>{words}</span></label>
        }
        .into_any()
    });
    let policies = [BlackoutPolicy::Drop, BlackoutPolicy::CatchUp].map(|policy| {
        (
            policy.as_str().to_owned(),
            words.policy(policy).to_owned(),
            policy == draft.policy,
        )
    });
    let moment = |name: &'static str, label: &'static str, value: &str| Field {
        name: name.into(),
        label,
        value: value.to_owned(),
        kind: moment_kind(value),
        needed: true,
        ..Field::default()
    };
    view! {
        <form method="post" action=rooted(routes::BLACKOUTS) class="card blackout-form">
            <h2>{words.add_blackout}</h2>
            {error.map(load::failure)}
            {input(Field {
                name: "name".into(), label: ui.name, value: draft.name.clone(), required: true, ..Field::default()
            }, faults)}
            <fieldset class="radios">
                <legend>{words.blackout_kind}</legend>
                {kinds.into_iter().collect_view()}
            </fieldset>
            <div class="columns once">
                {input(moment("starts_at", words.blackout_starts, &draft.starts_at), faults)}
                {input(moment("ends_at", words.blackout_ends, &draft.ends_at), faults)}
            </div>
            <div class="columns recurring">
                {input(Field {
                    name: "cron".into(), label: words.blackout_cron, value: draft.cron.clone(), mono: true,
                    needed: true, hint: words.blackout_cron_hint, ..Field::default()
                }, faults)}
                {input(Field {
                    name: "duration".into(), label: words.blackout_duration, value: draft.duration.clone(),
                    needed: true, hint: words.blackout_duration_hint, ..Field::default()
                }, faults)}
            </div>
            <div class="columns">
                {input(Field {
                    name: "zone".into(), label: ui.zone,
                    value: if draft.zone.is_empty() { zone.clone() } else { draft.zone.clone() },
                    hint: words.blackout_zone_hint, ..Field::default()
                }, faults)}
                {input(Field {
                    name: "tags".into(), label: ui.tags, value: draft.tags.join(", "),
                    hint: words.blackout_tags_hint, ..Field::default()
                }, faults)}
                {select("policy", words.blackout_policy, "", policies.to_vec(), faults)}
            </div>
            <button type="submit" class="button primary">{icon(icon::PLUS)} {ui.add}</button>
        </form>
    }
    .into_any()
}
