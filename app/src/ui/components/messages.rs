//! Messages that a task or a run caused.

use leptos::prelude::*;

use super::icon::{self, icon};
use super::output::visible;
use super::state::message_state;
use super::time::Clock;
use crate::channel::{ChannelTest, MessageRow};
use crate::message::{Event, MessageState};
use crate::texts::messages::maybe_twice;
use crate::texts::phrases;
use crate::ui::context::{channels_ui, lang, messages_ui, ui};

/// Characters of an answer that is short enough to be shown as it is.
const ANSWER_SHORT: usize = 90;

/// The list, newest first; says so if it is empty.
pub(crate) fn messages(clock: &Clock, rows: Vec<MessageRow>) -> AnyView {
    let ui = ui();
    if rows.is_empty() {
        return view! { <p class="muted">{ui.messages_empty}</p> }.into_any();
    }
    let items = rows.into_iter().map(|row| {
        let kind = if row.kind == "image" { ui.message_image } else { ui.message_text };
        let attempts = (row.attempts > 1).then(|| phrases::attempts(lang(), row.attempts));
        // An accepted message needs no answer shown.
        let accepted = matches!(row.state, MessageState::Sent | MessageState::Digested);
        let answer = row.last_answer.filter(|_| !accepted);
        let twice = maybe_twice(messages_ui(), row.maybe_twice, row.state);
        let channel = row.channel;
        let channel = channel.unwrap_or_else(|| messages_ui().channel_deleted.to_owned());
        view! {
            <li>
                {message_state(row.state)}
                <span>{Event::text(&row.event, lang())} " · " {kind}</span>
                <span class="break">{lang().pick("发往 ", "to ")} {channel}</span>
                <span class="muted">{clock.relative(row.sent_at.unwrap_or(row.created_at))}</span>
                {attempts.map(|text| view! { <span class="muted">{text}</span> })}
                {twice.map(|words| view! { <span class="muted">{words}</span> })}
                {answer.map(|answer| view! {
                    <span class="answer">{ui.message_answer} " " <code>{visible(&answer)}</code></span>
                })}
                {(!row.text.is_empty()).then(|| sent(&row.text))}
            </li>
        }
        .into_any()
    });
    view! { <ul class="messages">{items.collect_view()}</ul> }.into_any()
}

/// The vendor's answer to a test, verbatim.
pub(crate) fn tested(test: &ChannelTest) -> AnyView {
    let ui = ui();
    let (class, glyph, word) = if test.ok {
        ("notice is-ok", icon::CHECK, ui.test_ok)
    } else {
        ("notice is-bad", icon::CROSS, ui.test_bad)
    };
    let sent = (!test.sent.is_empty()).then(|| {
        view! {
            <details class="sent-request">
                <summary>{channels_ui().sent}</summary>
                <pre>{visible(&test.sent)}</pre>
            </details>
        }
    });
    view! {
        <p class=class role="status">{icon(glyph)} <span>{word} " " <code>{visible(&test.answer)}</code></span></p>
        {sent}
    }
    .into_any()
}

/// What a channel answered: two lines of a long answer, and all of it unfolded.
pub(crate) fn answer(text: Option<&str>) -> AnyView {
    let text = text.map_or_else(|| "—".to_owned(), visible);
    let is_long = text.lines().count() > 2 || text.chars().count() > ANSWER_SHORT;
    let code = view! { <code class="answer">{text}</code> };
    if !is_long {
        return code.into_any();
    }
    // The summary is the text itself, which the style sheet cuts while it is folded.
    view! { <details class="long-answer"><summary>{code}</summary></details> }.into_any()
}

/// The text as it is sent: its first line, and all of it unfolded.
pub(crate) fn sent(text: &str) -> AnyView {
    let text = visible(text);
    let first = text.lines().next().unwrap_or_default().to_owned();
    view! {
        <details class="sent-text">
            <summary>{first}</summary>
            <pre class="code" tabindex="0"><code>{text}</code></pre>
        </details>
    }
    .into_any()
}
