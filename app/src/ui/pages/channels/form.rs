//! The form for a channel. It holds the settings of all kinds; the style sheet shows those of the kind
//! that is chosen, so that needs no script, and the server reads no others.

use leptos::prelude::*;

use crate::auth::Action;
use crate::channel::{
    Channel, ChannelDraft, ChannelField, ChannelKind, Encryption, OnOff, TextFormat,
};
use crate::id::ChannelId;
use crate::page::ChannelsPage;
use crate::routes;
use crate::texts::channels::{ChannelsUi, change_channel};
use crate::transition::Word;
use crate::ui::base::rooted;
use crate::ui::components::choice::{check, select};
use crate::ui::components::field::{Faults, Field, input, lines};
use crate::ui::components::icon::{self, icon};
use crate::ui::context::{channels_ui, lang, may, ui};
use crate::ui::load;

/// One form for both: it adds a channel, or changes the one it was opened for.
pub(super) fn form(page: ChannelsPage) -> AnyView {
    if !may(Action::Administer) {
        return ().into_any();
    }
    let (ui, words) = (ui(), channels_ui());
    let (draft, faults) = (page.draft, Faults(page.faults));
    let editing = page.editing;
    let heading = match editing {
        Some(_) => change_channel(lang(), &page.name),
        None => ui.add_channel.to_owned(),
    };
    let kinds = ChannelKind::ALL.iter().map(|kind| {
        (
            kind.as_str().to_owned(),
            ui.channel_kind(*kind).to_owned(),
            *kind == draft.kind,
        )
    });
    let kinds = select("kind", ui.channel_kind, "", kinds.collect(), &faults);
    let (url_hint, url_needed) = match editing {
        Some(_) => (words.url_keep_hint, false),
        None => (ui.channel_url_hint, true),
    };
    let proxy = draft.proxy.clone().unwrap_or_default();
    let stored = page.channels.iter().find(|one| Some(one.id) == editing);
    let version = stored.map_or(0, |channel| channel.version);
    let before = editing.map(|id| {
        view! {
            <input type="hidden" name="id" value=id.0/>
            <input type="hidden" name="version" value=version/>
            <input type="hidden" name="proxy_shown" value=page.proxy_shown/>
        }
    });
    let submit = match editing {
        Some(_) => view! {
            <p class="controls">
                <button type="submit" class="button primary">{icon(icon::CHECK)} {ui.save}</button>
                <a class="button" href=rooted(routes::CHANNELS)>{ui.cancel}</a>
            </p>
        }
        .into_any(),
        None => view! {
            <button type="submit" class="button primary">{icon(icon::PLUS)} {ui.add}</button>
        }
        .into_any(),
    };
    view! {
        <form method="post" action=rooted(routes::CHANNELS) id="change" class="card channel-form" autocomplete="off">
            <h2>{heading}</h2>
            {page.error.map(load::failure)}
            {before}
            <div class="columns">
                {input(Field {
                    name: "name".into(), label: ui.name, value: draft.name.clone(), required: true, ..Field::default()
                }, &faults)}
                {kinds}
            </div>
            {input(Field {
                name: "url".into(), label: ui.channel_url, value: draft.url.clone(), needed: url_needed,
                hint: url_hint, mono: true, ..Field::default()
            }, &faults)}
            <p class="hint for-kind for-telegram">{words.url_hint_telegram}</p>
            <p class="hint for-kind for-wecom_bot">{words.url_hint_wecom_bot}</p>
            <p class="hint for-kind for-dingtalk_bot">{words.url_hint_dingtalk_bot}</p>
            <p class="hint for-kind for-feishu_bot">{words.url_hint_feishu_bot}</p>
            <p class="hint for-kind for-email">{words.url_hint_email}</p>
            {email(&draft, &faults, words)}
            {line(ChannelField::Bot, words.bot, words.bot_hint, &draft.bot, &faults)}
            {secret(page.has_secret, &faults, words)}
            {others(&draft, &faults, words)}
            {messages(&draft, &faults, words)}
            <div class="columns">
                {input(Field {
                    name: "proxy".into(), label: ui.channel_proxy, value: proxy,
                    hint: ui.channel_proxy_hint, mono: true, ..Field::default()
                }, &faults)}
                {select("lang", words.lang, "", languages(&draft, words), &faults)}
                {select("fallback", words.fallback, words.fallback_hint, fallbacks(&page.channels, editing, &draft), &faults)}
            </div>
            {submit}
        </form>
    }
    .into_any()
}

/// The other channels, of which one may stand in for this one.
fn fallbacks(
    channels: &[Channel],
    own: Option<ChannelId>,
    draft: &ChannelDraft,
) -> Vec<(String, String, bool)> {
    let chosen = draft.fallback.as_deref().unwrap_or_default();
    // The robot of a task stands in for none.
    let others = channels
        .iter()
        .filter(|channel| Some(channel.id) != own && channel.serves(None));
    let names = others.map(|channel| channel.name.as_str());
    let option = |name: &str, words: &str| (name.to_owned(), words.to_owned(), name == chosen);
    std::iter::once(option("", ui().none))
        .chain(names.map(|name| option(name, name)))
        .collect()
}

/// Classes of something that kinds with a setting have.
fn only(field: ChannelField) -> String {
    let kinds = ChannelKind::ALL.iter().filter(|kind| kind.has(field));
    let classes: Vec<String> = kinds.map(|kind| format!("for-{}", kind.as_str())).collect();
    format!("for-kind {}", classes.join(" "))
}

fn line(
    field: ChannelField,
    label: &'static str,
    hint: &'static str,
    value: &Option<String>,
    faults: &Faults,
) -> AnyView {
    let control = input(
        Field {
            name: field.as_str().into(),
            label,
            hint,
            value: value.clone().unwrap_or_default(),
            ..Field::default()
        },
        faults,
    );
    view! { <div class=only(field)>{control}</div> }.into_any()
}

fn several(
    field: ChannelField,
    (label, hint): (&'static str, &'static str),
    value: &str,
    faults: &Faults,
) -> AnyView {
    let control = lines(field.as_str(), (label, hint), value, false, faults);
    view! { <div class=only(field)>{control}</div> }.into_any()
}

fn joined(list: &Option<Vec<String>>) -> String {
    list.as_deref().unwrap_or_default().join("\n")
}

/// What e-mail needs.
fn email(draft: &ChannelDraft, faults: &Faults, words: &'static ChannelsUi) -> AnyView {
    let chosen = draft
        .tls
        .as_deref()
        .and_then(Encryption::read_or_default)
        .unwrap_or_default();
    let options = Encryption::ALL.iter().map(|one| {
        let label = match one {
            Encryption::Starttls => words.tls_starttls,
            Encryption::Tls => words.tls_tls,
            Encryption::None => words.tls_none,
        };
        (one.as_str().to_owned(), label.to_owned(), *one == chosen)
    });
    let tls = select("tls", words.tls, "", options.collect(), faults);
    view! {
        <div class=only(ChannelField::Tls)>{tls}</div>
        {line(ChannelField::From, words.from, words.from_hint, &draft.from, faults)}
        {several(ChannelField::To, (words.to, words.to_hint), &joined(&draft.to), faults)}
        {line(ChannelField::User, words.user, words.user_hint, &draft.user, faults)}
    }
    .into_any()
}

/// The secret, which is never sent back to a page.
fn secret(stored: bool, faults: &Faults, words: &'static ChannelsUi) -> AnyView {
    let control = input(
        Field {
            name: "secret".into(),
            label: words.secret,
            kind: "password",
            autocomplete: "new-password",
            hint: if stored { words.secret_keep_hint } else { "" },
            ..Field::default()
        },
        faults,
    );
    let clear = stored.then(|| check("secret_clear".to_owned(), words.secret_clear, false, None));
    view! {
        <div class=only(ChannelField::Secret)>
            {control}
            <p class="hint for-kind for-dingtalk">{words.secret_hint_dingtalk}</p>
            <p class="hint for-kind for-feishu">{words.secret_hint_feishu}</p>
            <p class="hint for-kind for-telegram">{words.secret_hint_telegram}</p>
            <p class="hint for-kind for-wecom_bot">{words.secret_hint_wecom_bot}</p>
            <p class="hint for-kind for-dingtalk_bot">{words.secret_hint_dingtalk_bot}</p>
            <p class="hint for-kind for-feishu_bot">{words.secret_hint_feishu_bot}</p>
            <p class="hint for-kind for-email">{words.secret_hint_email}</p>
            <p class="hint for-kind for-webhook">{words.secret_hint_webhook}</p>
            {clear}
        </div>
    }
    .into_any()
}

/// What Telegram, webhooks and servers of one's own need.
fn others(draft: &ChannelDraft, faults: &Faults, words: &'static ChannelsUi) -> AnyView {
    let method = draft.method.as_deref().unwrap_or_default();
    let methods = ["POST", "PUT"].map(|one| (one.to_owned(), one.to_owned(), one == method));
    let methods = select("method", words.method, "", methods.to_vec(), faults);
    view! {
        {line(ChannelField::Chat, words.chat, "", &draft.chat, faults)}
        <p class="hint for-kind for-telegram">{words.chat_hint}</p>
        <p class="hint for-kind for-wecom_bot">{words.chat_hint_wecom_bot}</p>
            <p class="hint for-kind for-dingtalk_bot">{words.chat_hint_dingtalk_bot}</p>
            <p class="hint for-kind for-feishu_bot">{words.chat_hint_feishu_bot}</p>
        <div class=only(ChannelField::Method)>{methods}</div>
        {several(ChannelField::Headers, (words.headers, words.headers_hint), &joined(&draft.headers), faults)}
        {line(ChannelField::Expect, words.expect, words.expect_hint, &draft.expect, faults)}
        {several(ChannelField::Ca, (words.ca, words.ca_hint), draft.ca.as_deref().unwrap_or_default(), faults)}
    }
    .into_any()
}

/// How its messages are worded.
fn messages(draft: &ChannelDraft, faults: &Faults, words: &'static ChannelsUi) -> AnyView {
    let format = draft
        .format
        .as_deref()
        .and_then(TextFormat::read_or_default)
        .unwrap_or_default();
    let formats = TextFormat::ALL.iter().map(|one| {
        let label = match one {
            TextFormat::Text => words.format_text,
            TextFormat::Markdown => words.format_markdown,
            TextFormat::News => words.format_news,
            TextFormat::TemplateCard => words.format_template_card,
        };
        (one.as_str().to_owned(), label.to_owned(), *one == format)
    });
    let formats = select(
        "format",
        words.format,
        words.format_hint,
        formats.collect(),
        faults,
    );
    let brief = draft
        .brief
        .as_deref()
        .and_then(OnOff::read_or_default)
        .unwrap_or_default();
    let briefs = OnOff::ALL.iter().map(|one| {
        let label = match one {
            OnOff::On => words.brief_on,
            OnOff::Off => words.brief_off,
        };
        (one.as_str().to_owned(), label.to_owned(), *one == brief)
    });
    let briefs = select("brief", words.brief, "", briefs.collect(), faults);
    view! {
        <div class=only(ChannelField::Format)>{formats}</div>
        {briefs}
    }
    .into_any()
}

fn languages(draft: &ChannelDraft, words: &'static ChannelsUi) -> Vec<(String, String, bool)> {
    let chosen = draft.lang.as_deref().unwrap_or_default();
    [("", words.lang_server), ("zh", "中文"), ("en", "English")]
        .map(|(value, label)| (value.to_owned(), label.to_owned(), value == chosen))
        .to_vec()
}
