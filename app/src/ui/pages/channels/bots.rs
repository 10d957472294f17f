//! Bots: the state of a long connection, and the people of chats with their accounts.

use leptos::prelude::*;

use super::RowActions;
use crate::auth::Action;
use crate::channel::{BotState, Channel, ChatPerson};
use crate::ui::act::ActForm;
use crate::ui::components::choice::select;
use crate::ui::components::controls::button;
use crate::ui::components::field::{Faults, Field, input};
use crate::ui::components::icon;
use crate::ui::components::output::visible;
use crate::ui::components::state::badge;
use crate::ui::components::time::Clock;
use crate::ui::context::{channels_ui, lang, may, ui};
use crate::ui::pages::listing::{Asked, asked, table};

/// The state of a bot's connection, since when, and which server holds it.
pub(super) fn connection(channel: &Channel, clock: &Clock) -> Option<AnyView> {
    let words = channels_ui();
    let connection = channel.connection.as_ref()?;
    let (tone, glyph, word) = match connection.state {
        BotState::Connected => ("ok", icon::CHECK, words.bot_connected),
        BotState::Connecting => ("warn", icon::ALERT, words.bot_connecting),
        BotState::Refused => ("bad", icon::CROSS, words.bot_refused),
        BotState::Replaced => ("bad", icon::CROSS, words.bot_replaced),
    };
    let why = (!connection.why.is_empty()).then(|| visible(&connection.why));
    Some(
        view! {
            <div class="notes">
                {badge(tone, glyph, word)}
                <small class="muted break">
                    {clock.exact(connection.since)} " " {connection.host.clone()}
                </small>
                {why.map(|why| view! { <small class="muted break">{why}</small> })}
            </div>
        }
        .into_any(),
    )
}

/// The people who may use bots; shown where there is a bot.
pub(super) fn people(
    people: &[ChatPerson],
    channels: &[Channel],
    desk: RowActions,
) -> Option<AnyView> {
    let has_bots = channels.iter().any(|channel| channel.kind.is_bot());
    if !has_bots || !may(Action::Administer) {
        return None;
    }
    let (ui, words) = (ui(), channels_ui());
    let columns = [
        words.person,
        words.person_bot,
        words.person_user,
        words.person_owner,
    ];
    let rows = people.iter().map(|person| {
        let question = Asked::delete(words.person_delete_confirm);
        let remove = asked(desk.forget, [("id", person.id.to_string())], &question);
        view! {
            <tr>
                <th scope="row"><code class="break">{person.person.clone()}</code></th>
                <td data-label=words.person_bot>
                    <span>{person.channel.clone()}</span>
                    <small class="muted">{ui.channel_kind(person.vendor)}</small>
                </td>
                <td data-label=words.person_user>{person.user.clone()}</td>
                <td data-label=words.person_owner>{person.owner.clone()}</td>
                <td class="row-actions"><div>{remove}</div></td>
            </tr>
        }
        .into_any()
    });
    Some(
        view! {
            <section class="card">
                <h2 id="people">{words.people}</h2>
                <p class="muted">{words.people_text}</p>
                {table(&columns, true, rows.collect(), words.people_empty)}
                {form(channels, desk)}
            </section>
        }
        .into_any(),
    )
}

fn form(channels: &[Channel], desk: RowActions) -> AnyView {
    let (ui, words, faults) = (ui(), channels_ui(), Faults(Vec::new()));
    let bots = channels.iter().filter(|channel| channel.kind.is_bot());
    let bots = bots.map(|bot| {
        let kind = ui.channel_kind(bot.kind);
        let label = lang().pick(
            format!("{}（{kind}）", bot.name),
            format!("{} ({kind})", bot.name),
        );
        (bot.id.to_string(), label, false)
    });
    let bots = bots.collect();
    view! {
        <ActForm action=desk.allow>
            <div class="columns">
                {select("channel_id", words.person_bot, words.person_bot_hint, bots, &faults)}
                {input(Field {
                    name: "person".into(), label: words.person, required: true, hint: words.person_hint,
                    ..Field::default()
                }, &faults)}
                {input(Field {
                    name: "user".into(), label: words.person_user, hint: words.person_user_hint,
                    ..Field::default()
                }, &faults)}
                {input(Field {
                    name: "owner".into(), label: words.person_owner, hint: words.person_owner_hint,
                    ..Field::default()
                }, &faults)}
            </div>
            {button("button primary", icon::PLUS, words.person_add, words.person_add.to_owned(), desk.allow.pending())}
        </ActForm>
    }
    .into_any()
}
