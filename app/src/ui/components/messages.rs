//! Messages that a task or a run caused.

use leptos::prelude::*;

use super::output::visible;
use super::state::message_state;
use super::time::Clock;
use crate::channel::MessageRow;
use crate::i18n::ui::phrases;
use crate::ui::context::{lang, ui};

/// The list, newest first; says so when there is none.
pub(crate) fn messages(clock: &Clock, rows: Vec<MessageRow>) -> AnyView {
    let ui = ui();
    if rows.is_empty() {
        return view! { <p class="muted">{ui.messages_empty}</p> }.into_any();
    }
    let items = rows.into_iter().map(|row| {
        let kind = if row.kind == "image" { ui.message_image } else { ui.message_text };
        let attempts = (row.attempts > 1).then(|| phrases::attempts(lang(), row.attempts));
        view! {
            <li>
                {message_state(&row.state)}
                <span>{ui.event_text(&row.event)} " · " {kind}</span>
                <span class="muted">{clock.relative(row.sent_at.unwrap_or(row.created_at))}</span>
                {attempts.map(|text| view! { <span class="muted">{text}</span> })}
                {row.last_answer.map(|answer| view! { <code class="answer">{visible(&answer)}</code> })}
            </li>
        }
        .into_any()
    });
    view! { <ul class="messages">{items.collect_view()}</ul> }.into_any()
}
