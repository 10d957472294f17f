//! Notification channels: a list, their last answers, and a form to add one.

use leptos::prelude::*;

use super::admin::crumbs;
use crate::channel::{Channel, ChannelDraft, ChannelKind};
use crate::error::AppError;
use crate::id::ChannelId;
use crate::page::ChannelsPage;
use crate::routes;
use crate::server_fns::{DeleteChannel, TestChannel, fetch_channels};
use crate::texts::phrases;
use crate::ui::act::{Act, ActForm};
use crate::ui::components::choice::select;
use crate::ui::components::controls::{button, fold_after};
use crate::ui::components::field::{Faults, Field, input};
use crate::ui::components::icon::{self, icon};
use crate::ui::components::output::visible;
use crate::ui::components::page_head;
use crate::ui::components::time::Clock;
use crate::ui::context::{lang, ui};
use crate::ui::live::live;
use crate::ui::load;

#[derive(Clone, Copy)]
struct Desk {
    test: Act<TestChannel>,
    delete: Act<DeleteChannel>,
}

/// The page.
pub(crate) fn page() -> AnyView {
    let desk = Desk {
        test: Act::new(),
        delete: Act::new(),
    };
    fold_after(move || desk.delete.version().get());
    let seen = live().follow_all();
    let data = load::ask(
        move || {
            (
                seen.get(),
                desk.test.version().get(),
                desk.delete.version().get(),
            )
        },
        |_| fetch_channels(),
    );
    let error = Signal::derive(move || desk.test.error().or_else(|| desk.delete.error()));
    view! {
        {crumbs()}
        {page_head(ui().channels.to_owned(), ().into_any())}
        {load::notice(error)}
        <div aria-live="polite">{move || answer(desk)}</div>
        {load::page(data, move |page| content(page, desk))}
    }
    .into_any()
}

/// The vendor's answer to the test, verbatim.
fn answer(desk: Desk) -> Option<AnyView> {
    let ui = ui();
    let test = desk.test.get()?.ok()?;
    let (class, glyph, word) = if test.ok {
        ("notice is-ok", icon::CHECK, ui.test_ok)
    } else {
        ("notice is-bad", icon::CROSS, ui.test_bad)
    };
    Some(
        view! { <p class=class>{icon(glyph)} <span>{word} " " <code>{visible(&test.answer)}</code></span></p> }
            .into_any(),
    )
}

fn content(page: ChannelsPage, desk: Desk) -> AnyView {
    let ui = ui();
    let clock = Clock::new(page.clock.clone());
    let table = if page.channels.is_empty() {
        view! { <p class="muted padded">{ui.channels_empty}</p> }.into_any()
    } else {
        let rows = page
            .channels
            .iter()
            .map(|channel| row(channel, &clock, desk));
        view! {
            <table class="rows channels">
                <thead>
                    <tr>
                        <th scope="col">{ui.name}</th>
                        <th scope="col">{ui.channel_url}</th>
                        <th scope="col">{ui.tasks}</th>
                        <th scope="col">{ui.messages}</th>
                        <th scope="col">{ui.channel_answer}</th>
                        <th scope="col"><span class="sr">{ui.actions}</span></th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <section class="card flush">{table}</section>
        {form(&page.draft, Faults(page.faults), page.error)}
    }
    .into_any()
}

fn row(channel: &Channel, clock: &Clock, desk: Desk) -> AnyView {
    let ui = ui();
    let answer = channel
        .last_answer
        .as_deref()
        .map_or_else(|| "—".to_owned(), visible);
    let dead = (channel.dead > 0).then(|| {
        view! { <span class="state is-bad">{icon(icon::CROSS)} {ui.channel_dead} " " {channel.dead}</span> }
    });
    view! {
        <tr>
            <th scope="row">
                <b>{channel.name.clone()}</b>
                <span class="people">{ui.channel_kind(channel.kind)}</span>
            </th>
            <td data-label=ui.channel_url>
                <code class="break">{channel.url_masked.clone()}</code>
                {channel.proxy.as_deref().map(|proxy| view! {
                    <small class="muted break">{phrases::by_proxy(lang(), proxy)}</small>
                })}
            </td>
            <td data-label=ui.tasks>{phrases::tasks_using(lang(), channel.tasks)}</td>
            <td data-label=ui.messages>
                <span class="states"><span>{ui.channel_pending} " " {channel.pending}</span> {dead}</span>
            </td>
            <td data-label=ui.channel_answer><div class="notes">{trouble(channel, clock)} <code class="answer">{answer}</code></div></td>
            <td class="row-actions"><div>{test(channel.id, desk)} {delete(channel, desk)}</div></td>
        </tr>
    }
    .into_any()
}

/// Since when it accepts no messages.
fn trouble(channel: &Channel, clock: &Clock) -> Option<AnyView> {
    let ui = ui();
    let since = channel.failing_since?;
    let (class, word) = if channel.refuses {
        ("state is-bad", ui.channel_refuses)
    } else {
        ("state is-warn", ui.channel_unreachable)
    };
    Some(
        view! {
            <span class=class>{icon(icon::ALERT)} {word}</span>
            <small class="muted">{lang().pick("自", "since")} " " {clock.exact(since)}</small>
        }
        .into_any(),
    )
}

fn test(id: ChannelId, desk: Desk) -> AnyView {
    let ui = ui();
    view! {
        <ActForm action=desk.test>
            <input type="hidden" name="id" value=id.0/>
            {button("button small", icon::SEND, ui.test, ui.test.to_owned(), desk.test.pending())}
        </ActForm>
    }
    .into_any()
}

/// Offered only if no task sends to it: the server would refuse.
fn delete(channel: &Channel, desk: Desk) -> Option<AnyView> {
    let ui = ui();
    let id = channel.id.0;
    (channel.tasks == 0).then(|| {
        view! {
            <details class="unfold">
                <summary class="button small danger">{icon(icon::TRASH)} {ui.delete}</summary>
                <div class="unfolded">
                    <p>{ui.channel_delete_confirm}</p>
                    <ActForm action=desk.delete>
                        <input type="hidden" name="id" value=id/>
                        {button("button danger solid", icon::TRASH, ui.delete_yes, ui.delete_yes.to_owned(), desk.delete.pending())}
                    </ActForm>
                </div>
            </details>
        }
        .into_any()
    })
}

fn form(draft: &ChannelDraft, faults: Faults, error: Option<AppError>) -> AnyView {
    let ui = ui();
    let kinds = ChannelKind::ALL.map(|kind| {
        (
            kind.as_str().to_owned(),
            ui.channel_kind(kind).to_owned(),
            kind == draft.kind,
        )
    });
    view! {
        <form method="post" action=routes::CHANNELS class="card">
            <h2>{ui.add_channel}</h2>
            {error.map(load::failure)}
            <div class="columns">
                {input(Field {
                    name: "name".into(), label: ui.name, value: draft.name.clone(), required: true, ..Field::default()
                }, &faults)}
                {select("kind", ui.channel_kind, "", kinds.to_vec(), &faults)}
            </div>
            {input(Field {
                name: "url".into(), label: ui.channel_url, value: draft.url.clone(), kind: "url", required: true,
                hint: ui.channel_url_hint, mono: true, ..Field::default()
            }, &faults)}
            {input(Field {
                name: "proxy".into(), label: ui.channel_proxy, value: draft.proxy.clone().unwrap_or_default(),
                hint: ui.channel_proxy_hint, mono: true, ..Field::default()
            }, &faults)}
            <button type="submit" class="button primary">{icon(icon::PLUS)} {ui.add}</button>
        </form>
    }
    .into_any()
}
