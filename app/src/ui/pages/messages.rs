//! The history of messages: what was sent where, what the channel answered, and sending it again.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

use crate::auth::Action;
use crate::channel::Channel;
use crate::id::ChannelId;
use crate::message::{Event, Message, MessageQuery, MessageState};
use crate::page::MessagesPage;
use crate::routes;
use crate::server_fns::{ResendMessage, fetch_messages};
use crate::texts::phrases;
use crate::transition::Word;
use crate::ui::act::{Act, ActForm};
use crate::ui::base::rooted;
use crate::ui::components::choice::select;
use crate::ui::components::controls::button;
use crate::ui::components::field::{Faults, Field, input};
use crate::ui::components::icon::{self, icon};
use crate::ui::components::messages::{answer, sent};
use crate::ui::components::output::visible;
use crate::ui::components::page_head;
use crate::ui::components::state::{message_state, message_word};
use crate::ui::components::time::Clock;
use crate::ui::context::{lang, may, messages_ui, plan_ui, ui};
use crate::ui::live::live;
use crate::ui::load;

/// The page.
pub(crate) fn page() -> AnyView {
    let resend = Act::<ResendMessage>::new();
    let query = use_query_map();
    let asked = Memo::new(move |_| asked(&query.read()));
    let seen = live().follow_all();
    let data = load::ask(
        move || (asked.get(), seen.get(), resend.version().get()),
        |(query, ..)| fetch_messages(query),
    );
    let error = Signal::derive(move || resend.error());
    view! {
        {page_head(messages_ui().messages.to_owned(), ().into_any())}
        <div class="outcome">
            {load::notice(error)}
            <div aria-live="polite">{move || resend.done().then(|| view! {
                <p class="notice is-ok" role="status">{icon(icon::CHECK)} <span>{messages_ui().resent}</span></p>
            })}</div>
        </div>
        {load::once(move || MessageQuery { limit: Some(1), ..asked.get() }, fetch_messages, filters)}
        {load::page(data, move |page| content(page, resend))}
    }
    .into_any()
}

/// What the address asks for. A number that is none becomes one that is refused at its field: without it the list
/// would look like an answer.
fn asked(query: &ParamsMap) -> MessageQuery {
    let part = |name: &str| query.get(name).unwrap_or_default();
    let number = |name: &str| {
        let text = part(name);
        let text = text.trim();
        (!text.is_empty()).then(|| text.parse::<i64>().unwrap_or(-1))
    };
    MessageQuery {
        state: part("state"),
        event: part("event"),
        task: part("task"),
        channel: number("channel").map(ChannelId),
        from: part("from"),
        to: part("to"),
        after: part("after"),
        limit: None,
    }
}

/// What the list is asked for.
fn filters(page: MessagesPage) -> AnyView {
    let faults = page.error.map_or_else(Vec::new, |error| error.fields);
    view! {
        {chips(&page.query)}
        {filter(&page.query, &page.channels, Faults(faults))}
    }
    .into_any()
}

fn content(page: MessagesPage, resend: Act<ResendMessage>) -> AnyView {
    let texts = messages_ui();
    let clock = Clock::new(page.clock.clone());
    let table = if page.items.is_empty() {
        view! { <p class="muted padded">{texts.messages_none}</p> }.into_any()
    } else {
        let rows = page.items.iter().map(|one| row(one, &clock, resend));
        view! {
            <table class="rows outbox">
                <thead>
                    <tr>
                        <th scope="col">{texts.caused}</th>
                        <th scope="col">{ui().state}</th>
                        <th scope="col">{ui().messages}</th>
                        <th scope="col">{ui().channel_answer}</th>
                        <th scope="col"><span class="sr">{ui().actions}</span></th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <section class="card flush">
            {table}
            {pager(&page)}
        </section>
    }
    .into_any()
}

/// The states as links: they work without a script, and the page's address keeps the choice.
fn chips(query: &MessageQuery) -> AnyView {
    let chip = |state: &str, word: &'static str| {
        let current = (query.state == state).then_some("true");
        let href = address(&MessageQuery {
            state: state.to_owned(),
            after: String::new(),
            ..query.clone()
        });
        view! { <a class="chip" href=rooted(href) aria-current=current>{word}</a> }.into_any()
    };
    let mut chips = vec![chip("", plan_ui().state_all)];
    for state in MessageState::all() {
        chips.push(chip(state.word(), message_word(state)));
    }
    view! { <nav class="chips" aria-label=plan_ui().state_filter>{chips}</nav> }.into_any()
}

/// A form of the browser's own: what is chosen stands in the address.
fn filter(query: &MessageQuery, channels: &[Channel], faults: Faults) -> AnyView {
    let texts = messages_ui();
    let mut events = vec![(String::new(), texts.any.to_owned(), query.event.is_empty())];
    for event in Event::ALL.iter().copied().filter(|one| *one != Event::Test) {
        let code = event.as_str();
        events.push((
            code.to_owned(),
            event.words(lang()).to_owned(),
            query.event == code,
        ));
    }
    let mut places = vec![(String::new(), texts.any.to_owned(), query.channel.is_none())];
    for channel in channels {
        let chosen = query.channel == Some(channel.id);
        places.push((channel.id.to_string(), channel.name.clone(), chosen));
    }
    let field = |name: &'static str, label, hint, value: &str| {
        let field = Field {
            name: name.into(),
            label,
            hint,
            value: value.to_owned(),
            ..Field::default()
        };
        input(field, &faults)
    };
    view! {
        <form method="get" action=rooted(routes::MESSAGES) class="card">
            {(!query.state.is_empty()).then(|| view! {
                <input type="hidden" name="state" value=query.state.clone()/>
            })}
            <div class="columns">
                {select("event", texts.event, "", events, &faults)}
                {select("channel", ui().channel, "", places, &faults)}
                {field("task", texts.task, texts.task_hint, &query.task)}
                {field("from", texts.from, texts.time_hint, &query.from)}
                {field("to", texts.to, texts.time_hint, &query.to)}
            </div>
            <button type="submit" class="button">{texts.filter}</button>
        </form>
    }
    .into_any()
}

fn address(query: &MessageQuery) -> String {
    let mut params = ParamsMap::new();
    let parts = [
        ("state", query.state.clone()),
        ("event", query.event.clone()),
        ("task", query.task.clone()),
        (
            "channel",
            query.channel.map(|id| id.to_string()).unwrap_or_default(),
        ),
        ("from", query.from.clone()),
        ("to", query.to.clone()),
        ("after", query.after.clone()),
    ];
    for (name, value) in parts {
        if !value.is_empty() {
            params.insert(name, value);
        }
    }
    format!("{}{}", routes::MESSAGES, params.to_query_string())
}

fn row(one: &Message, clock: &Clock, resend: Act<ResendMessage>) -> AnyView {
    let (ui, texts, lang) = (ui(), messages_ui(), lang());
    let task = match &one.task {
        Some(name) => {
            view! { <a class="break" href=rooted(routes::task(one.task_id))>{name.clone()}</a> }
                .into_any()
        }
        // A digest is about several tasks, which its text names.
        None if one.task_id.0 == 0 => ().into_any(),
        None => {
            view! { <span class="muted">{texts.task_deleted} " " {one.task_id.0}</span> }.into_any()
        }
    };
    let run = one.run_id.map(|run| {
        view! { " " <a href=rooted(routes::run(run))>{phrases::run_title(lang, run.0)}</a> }
    });
    let channel = one
        .channel
        .clone()
        .unwrap_or_else(|| texts.channel_deleted.to_owned());
    let attempts = (one.attempts > 1).then(|| phrases::attempts(lang, one.attempts));
    let times = [
        (texts.accepted, one.sent_at),
        (texts.next_try, one.next_attempt_at),
    ];
    let times = times.into_iter().filter_map(|(word, at)| {
        at.map(|at| view! { <small class="muted">{word} " " {clock.exact(at)}</small> })
    });
    let mentions = (!one.mentions.is_empty()).then(|| {
        let names = visible(&one.mentions.join(", "));
        view! { <small class="muted">{texts.sent_to} " " {names}</small> }
    });
    let not_mentioned = (!one.not_mentioned.is_empty()).then(|| {
        let names = visible(&one.not_mentioned.join(", "));
        view! { <small class="muted break">{texts.not_mentioned} " " {names}</small> }
    });
    let instead = one.instead_of.as_ref().map(|instead| {
        let words = phrases::instead_of(lang, &instead.channels, instead.message.0);
        view! { <small class="muted break">{words}</small> }
    });
    let passed = one.passed_to.as_ref().map(|passed| {
        let channel = passed.channel.as_deref().unwrap_or(texts.channel_deleted);
        let words = phrases::passed_to(lang, channel, passed.message.0);
        view! { <small class="muted break">{words}</small> }
    });
    let waits = one.waits.map(|wait| {
        let words = crate::texts::messages::message_wait(texts, wait);
        view! { <small class="muted break">{words}</small> }
    });
    let twice = crate::texts::messages::maybe_twice(texts, one.maybe_twice, one.state);
    let twice = twice.map(|words| view! { <small class="muted break">{words}</small> });
    let shown = if one.text.is_empty() {
        let words = one.picture.map_or_else(
            || ui.message_image.to_owned(),
            |name| crate::texts::messages::picture_words(name, lang),
        );
        view! { <span class="muted">{words}</span> }.into_any()
    } else {
        sent(&one.text)
    };
    let id = one.id.0;
    let control = (one.state == MessageState::Dead && may(Action::Operate)).then(|| {
        view! {
            <ActForm action=resend>
                <input type="hidden" name="id" value=id/>
                {button("button small", icon::SEND, texts.resend, texts.resend.to_owned(), resend.pending())}
            </ActForm>
        }
    });
    view! {
        <tr id=format!("message-{}", one.id)>
            <th scope="row" class="when">{clock.exact(one.created_at)}</th>
            <td class="how">
                {message_state(one.state)}
                {attempts.map(|text| view! { <small class="muted">{text}</small> })}
            </td>
            <td>
                <div class="stack">
                    <span>{Event::text(&one.event, lang)} " · " {task} {run}</span>
                    <small class="muted">{texts.goes_to} " " <b class="break">{channel}</b></small>
                    {shown}
                    {instead}
                    {passed}
                    {mentions}
                    {not_mentioned}
                </div>
            </td>
            <td data-label=ui.channel_answer>
                <div class="stack">
                    {times.collect_view()}
                    {waits}
                    {twice}
                    {answer(one.answer.as_deref())}
                </div>
            </td>
            <td class="row-actions"><div>{control}</div></td>
        </tr>
    }
    .into_any()
}

fn pager(page: &MessagesPage) -> AnyView {
    let plan = plan_ui();
    let at = |after: &str| {
        address(&MessageQuery {
            after: after.to_owned(),
            ..page.query.clone()
        })
    };
    let newest = (!page.query.after.is_empty())
        .then(|| view! { <a class="button" href=rooted(at(""))>{plan.newest}</a> });
    let older = page.next.as_deref().map(|next| {
        view! { <a class="button" href=rooted(at(next))>{plan.older} {icon(icon::CHEVRON)}</a> }
    });
    if newest.is_none() && older.is_none() {
        return ().into_any();
    }
    view! { <nav class="pager padded" aria-label=messages_ui().messages>{newest} {older}</nav> }
        .into_any()
}
