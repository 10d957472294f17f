//! Pages that list things: the frame around the list, the table, and the question before deletion.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use serde::de::DeserializeOwned;

use super::admin::crumbs;
use crate::error::AppError;
use crate::ui::act::{Act, ActForm};
use crate::ui::components::controls::button;
use crate::ui::components::icon::{self, icon};
use crate::ui::components::page_head;
use crate::ui::context::ui;
use crate::ui::load;

/// The frame of a page below *Admin*: the way back, the title, what went wrong with a control, and
/// the page's data.
pub(super) fn framed(
    title: &'static str,
    error: impl Fn() -> Option<AppError> + Send + Sync + 'static,
    data: AnyView,
) -> AnyView {
    view! {
        {crumbs()}
        {page_head(title.to_owned(), ().into_any())}
        {load::notice(Signal::derive(error))}
        {data}
    }
    .into_any()
}

/// A table below its column headings; `acts` adds a column for controls. Without rows, `empty` is
/// said instead.
pub(super) fn table(
    columns: &[&'static str],
    acts: bool,
    rows: Vec<AnyView>,
    empty: &'static str,
) -> AnyView {
    if rows.is_empty() {
        return view! { <p class="muted padded">{empty}</p> }.into_any();
    }
    let columns = columns
        .iter()
        .map(|column| view! { <th scope="col">{*column}</th> });
    view! {
        <table class="rows">
            <thead>
                <tr>
                    {columns.collect_view()}
                    {acts.then(|| view! { <th scope="col"><span class="sr">{ui().actions}</span></th> })}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// The words of a button that asks before it acts.
pub(super) struct Asked {
    /// On the button that unfolds the question.
    pub(super) word: &'static str,
    /// On both buttons.
    pub(super) glyph: &'static str,
    /// The question.
    pub(super) question: &'static str,
    /// On the button that answers it.
    pub(super) yes: &'static str,
}

impl Asked {
    /// Deletes.
    pub(super) fn delete(question: &'static str) -> Self {
        let ui = ui();
        Self {
            word: ui.delete,
            glyph: icon::TRASH,
            question,
            yes: ui.delete_yes,
        }
    }
}

/// A button that unfolds a question, and below it the form of `action` with hidden fields: what is deleted, and the
/// version that the page shows, where it has one.
pub(super) fn asked<F, const N: usize>(
    action: Act<F>,
    fields: [(&'static str, String); N],
    words: &Asked,
) -> AnyView
where
    F: ServerFn<Error = AppError> + 'static,
    F::Output: DeserializeOwned,
{
    let (glyph, yes) = (words.glyph, words.yes);
    let pending = action.pending();
    view! {
        <details class="unfold">
            <summary class="button small danger">{icon(glyph)} {words.word}</summary>
            <div class="unfolded">
                <p>{words.question}</p>
                <ActForm action=action>
                    {fields.map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view()}
                    {button("button danger solid", glyph, yes, yes.to_owned(), pending)}
                </ActForm>
            </div>
        </details>
    }
    .into_any()
}
