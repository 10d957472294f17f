//! Parts that pages share.

pub(super) mod bars;
pub(super) mod choice;
pub(super) mod controls;
pub(super) mod cycle;
pub(super) mod field;
pub(super) mod firings;
pub(super) mod history;
pub(super) mod icon;
pub(super) mod messages;
pub(super) mod notices;
pub(super) mod output;
pub(super) mod policy;
pub(super) mod preview;
pub(super) mod runbook;
pub(super) mod state;
pub(super) mod strip;
pub(super) mod time;
pub(super) mod why;

use std::borrow::Cow;

use leptos::prelude::*;

/// One line of a list of facts.
pub(super) fn fact(term: impl Into<Cow<'static, str>>, value: impl IntoAny) -> AnyView {
    let (term, value) = (term.into(), value.into_any());
    view! { <div><dt>{term}</dt><dd>{value}</dd></div> }.into_any()
}

/// A page's heading, with its actions on the right; it is the title of the document, too.
pub(super) fn page_head(title: String, actions: AnyView) -> AnyView {
    view! {
        <leptos_meta::Title text=title.clone()/>
        {heading(title, actions)}
    }
    .into_any()
}

/// The same where the title of the document says more.
pub(super) fn heading(title: String, actions: AnyView) -> AnyView {
    view! {
        <div class="page-head">
            <h1>{title}</h1>
            <div class="page-actions">{actions}</div>
        </div>
    }
    .into_any()
}

/// An empty state: says that there is nothing yet, and what to do.
pub(super) fn blank(
    glyph: &'static str,
    title: &'static str,
    text: &'static str,
    next: AnyView,
) -> AnyView {
    view! {
        <div class="blank">
            {icon::icon(glyph)}
            <h2>{title}</h2>
            <p class="muted">{text}</p>
            {next}
        </div>
    }
    .into_any()
}
