//! Notification channels: a list, their last answers, and a form to add or change one.

mod bots;
mod form;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::admin::crumbs;
use crate::auth::Action;
use crate::channel::Channel;
use crate::id::ChannelId;
use crate::page::ChannelsPage;
use crate::routes;
use crate::server_fns::{
    AddChatPerson, DeleteChannel, DeleteChatPerson, TestChannel, fetch_channels,
};
use crate::texts::pictures::PicturesUi;
use crate::texts::rules::rules_using;
use crate::texts::{channels, phrases};
use crate::ui::act::{Act, ActForm};
use crate::ui::base::rooted;
use crate::ui::components::controls::{button, fold_after};
use crate::ui::components::icon::{self, icon};
use crate::ui::components::messages::{answer, tested};
use crate::ui::components::page_head;
use crate::ui::components::time::Clock;
use crate::ui::context::{channels_ui, lang, may, rules_ui, ui};
use crate::ui::live::live;
use crate::ui::load;

#[derive(Clone, Copy)]
struct RowActions {
    test: Act<TestChannel>,
    delete: Act<DeleteChannel>,
    allow: Act<AddChatPerson>,
    forget: Act<DeleteChatPerson>,
}

/// The page.
pub(crate) fn page() -> AnyView {
    let desk = RowActions {
        test: Act::new(),
        delete: Act::new(),
        allow: Act::new(),
        forget: Act::new(),
    };
    fold_after(move || desk.delete.version().get() + desk.forget.version().get());
    let query = use_query_map();
    let edit = Memo::new(move |_| {
        query
            .read()
            .get("edit")
            .and_then(|id| id.parse::<ChannelId>().ok())
    });
    let seen = live().follow_all();
    let data = load::ask(
        move || {
            (
                edit.get(),
                seen.get(),
                desk.test.version().get(),
                desk.delete.version().get(),
                desk.allow.version().get(),
                desk.forget.version().get(),
            )
        },
        |(edit, ..)| fetch_channels(edit),
    );
    let error = Signal::derive(move || {
        let of_channels = desk.test.error().or_else(|| desk.delete.error());
        of_channels.or_else(|| desk.allow.error().or_else(|| desk.forget.error()))
    });
    view! {
        {crumbs()}
        {page_head(ui().channels.to_owned(), beside())}
        // It stays in view, however far down the pressed button is.
        <div class="outcome">
            {load::notice(error)}
            <div aria-live="polite">{move || desk.test.get()?.ok().map(|test| tested(&test))}</div>
        </div>
        {load::page(data, move |page| content(page, desk))}
        {load::once(move || edit.get(), fetch_channels, form::form)}
    }
    .into_any()
}

/// To the pictures that follow messages.
fn beside() -> AnyView {
    view! {
        <div class="controls">
            <a class="button" href=rooted(routes::RULES)>{icon(icon::BELL)} {rules_ui().rules}</a>
            <a class="button" href=rooted(routes::PICTURES)>{icon(icon::LIST)} {PicturesUi::of(lang()).pictures}</a>
        </div>
    }
    .into_any()
}

fn content(page: ChannelsPage, desk: RowActions) -> AnyView {
    let ui = ui();
    let admin = may(Action::Administer);
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
        {bots::people(&page.people, &page.channels, desk)}
    }
    .into_any()
}

fn row(channel: &Channel, clock: &Clock, desk: RowActions) -> AnyView {
    let ui = ui();
    let target = target(channel);
    let dead = (channel.dead > 0).then(|| {
        view! {
            <a class="state is-bad" href=rooted(routes::channel_dead(channel.id))>
                {icon(icon::CROSS)} {ui.channel_dead} " " {channel.dead}
            </a>
        }
    });
    view! {
        <tr>
            <th scope="row">
                <b>{channel.name.clone()}</b>
                <span class="people">{ui.channel_kind(channel.kind)}</span>
                {channel.task_id.map(|id| view! {
                    <a class="tag" href=rooted(routes::task(id))>{rules_ui().of_task} " #" {id.0}</a>
                })}
                {channel.fallback.as_deref().map(|name| view! {
                    <small class="muted break">{channels::falls_back_to(lang(), name)}</small>
                })}
            </th>
            <td data-label=ui.channel_url>
                <code class="break">{channel.url_masked.clone()}</code>
                {(!target.is_empty()).then(|| view! { <small class="muted break">{target}</small> })}
                {channel.proxy.as_deref().map(|proxy| view! {
                    <small class="muted break">{phrases::by_proxy(lang(), proxy)}</small>
                })}
            </td>
            <td data-label=ui.tasks>
                <span>{phrases::tasks_using(lang(), channel.tasks)}</span>
                {(channel.rules > 0).then(|| view! {
                    <small class="muted"><a href=rooted(routes::RULES)>{rules_using(lang(), channel.rules)}</a></small>
                })}
            </td>
            <td data-label=ui.messages>
                <span class="states"><span>{ui.channel_pending} " " {channel.pending}</span> {dead}</span>
            </td>
            <td data-label=ui.channel_answer><div class="notes">{bots::connection(channel, clock)} {trouble(channel, clock)} {answer(channel.last_answer.as_deref())}</div></td>
            {may(Action::Administer).then(|| view! {
                <td class="row-actions"><div>
                    {change(channel)} {templates(channel)} {test(channel.id, desk)} {delete(channel, desk)}
                </div></td>
            })}
        </tr>
    }
    .into_any()
}

/// Who or what it goes to, where the address does not say that.
fn target(channel: &Channel) -> String {
    let settings = &channel.settings;
    let to = settings.to.iter().map(String::as_str);
    let all: Vec<&str> = std::iter::once(settings.chat.as_str())
        .chain(to)
        .filter(|text| !text.is_empty())
        .collect();
    all.join(lang().pick("、", ", "))
}

/// To the form, filled from the channel.
fn change(channel: &Channel) -> AnyView {
    let words = channels_ui();
    let label = format!("{}: {}", words.change, channel.name);
    view! {
        <a class="button small" href=rooted(format!("{}?edit={}#change", routes::CHANNELS, channel.id)) aria-label=label>
            {icon(icon::EDIT)} <span>{words.change}</span>
        </a>
    }
    .into_any()
}

/// To its templates.
fn templates(channel: &Channel) -> AnyView {
    let words = channels_ui();
    let label = format!("{}: {}", words.templates, channel.name);
    view! {
        <a class="button small" href=rooted(routes::templates(channel.id)) aria-label=label>
            {icon(icon::LIST)} <span>{words.templates}</span>
        </a>
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

fn test(id: ChannelId, desk: RowActions) -> AnyView {
    let ui = ui();
    view! {
        <ActForm action=desk.test>
            <input type="hidden" name="id" value=id.0/>
            {button("button small", icon::SEND, ui.test, ui.test.to_owned(), desk.test.pending())}
        </ActForm>
    }
    .into_any()
}

/// Offered only if no task and no rule sends to it: the server would refuse.
fn delete(channel: &Channel, desk: RowActions) -> AnyView {
    let ui = ui();
    let (id, version) = (channel.id.0, channel.version);
    if channel.tasks > 0 || channel.rules > 0 {
        return view! { <small class="muted">{rules_ui().in_use}</small> }.into_any();
    }
    view! {
        <details class="unfold">
            <summary class="button small danger">{icon(icon::TRASH)} {ui.delete}</summary>
            <div class="unfolded">
                <p>{ui.channel_delete_confirm}</p>
                <ActForm action=desk.delete>
                    <input type="hidden" name="id" value=id/>
                    <input type="hidden" name="version" value=version/>
                    {button("button danger solid", icon::TRASH, ui.delete_yes, ui.delete_yes.to_owned(), desk.delete.pending())}
                </ActForm>
            </div>
        </details>
    }
    .into_any()
}
