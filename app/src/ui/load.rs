//! What a page shows while its data is loading, and when loading failed.

mod data;

use leptos::prelude::*;

pub(super) use data::{Data, ask};
use data::{PageData, PageEncoding, Payload};

use super::components::icon::{self, icon};
use super::context::ui;
use crate::error::{AppError, ErrorKind};
use crate::routes;
use crate::ui::base::rooted;

/// Shows `data` with `view`, keeps it on screen while it is fetched again, and shows failures.
///
/// While the server cannot be reached the last data stays: an outdated page with the banner of the frame is better
/// than an empty one.
pub(super) fn page<T, F>(data: Data<T>, view: F) -> AnyView
where
    T: Payload,
    F: Fn(T) -> AnyView + Send + Sync + 'static,
{
    shown(
        data.parcel(),
        Box::new(move |parcel| parcel.open().map(&view)),
    )
}

/// The part of a page that people type into. It is fetched and drawn again only when `question` changes, so that what
/// was typed, what was chosen and what was wrong with it stay while the lists around it follow events and buttons.
pub(super) fn once<Q, T, F>(
    question: impl Fn() -> Q + Send + Sync + 'static,
    fetch: impl Fn(Q) -> F + Send + Sync + 'static,
    view: impl Fn(T) -> AnyView + Send + Sync + 'static,
) -> AnyView
where
    Q: PartialEq + Clone + Send + Sync + 'static,
    T: Payload,
    F: Future<Output = Result<T, AppError>> + Send + 'static,
{
    part(ask(question, fetch), view)
}

/// The same where it is the whole page: it has the skeleton and the failures of a page, too.
pub(super) fn once_alone<T, F>(
    fetch: impl Fn() -> F + Send + Sync + 'static,
    view: impl Fn(T) -> AnyView + Send + Sync + 'static,
) -> AnyView
where
    T: Payload,
    F: Future<Output = Result<T, AppError>> + Send + 'static,
{
    page(ask(|| (), move |()| fetch()), view)
}

/// A part of a page, without a skeleton or a failure of its own: the list beside it shows both.
pub(super) fn part<T: Payload>(
    data: Data<T>,
    view: impl Fn(T) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let draw = Box::new(move |parcel: &PageData| parcel.open().map(&view));
    part_shown(data.parcel(), draw)
}

fn part_shown(data: Resource<PageData, PageEncoding>, draw: Draw) -> AnyView {
    let drawn = move |parcel: PageData| draw(&parcel).unwrap_or_else(|_| ().into_any());
    view! { <Transition fallback=|| ()>{move || data.get().map(&drawn)}</Transition> }.into_any()
}

/// Draws the content of a parcel.
type Draw = Box<dyn Fn(&PageData) -> Result<AnyView, AppError> + Send + Sync>;

fn shown(data: Resource<PageData, PageEncoding>, draw: Draw) -> AnyView {
    let last = StoredValue::new(None::<PageData>);
    let answered = move |parcel: PageData| match draw(&parcel) {
        Ok(page) => {
            last.set_value(Some(parcel));
            page
        }
        Err(error) => match last.get_value() {
            Some(last) if error.kind == ErrorKind::Unavailable => {
                draw(&last).unwrap_or_else(error_view)
            }
            _ => error_view(error),
        },
    };
    // Not `data.await`: before it draws again, this closure disposes of what the old page has created, including its
    // signals. If it then had to wait, because another request is in progress, the old page would stay on screen, and
    // its clocks and buttons would read disposed signals.
    view! { <Transition fallback=skeleton>{move || data.get().map(&answered)}</Transition> }
        .into_any()
}

fn skeleton() -> AnyView {
    view! {
        <div class="skeleton" role="status">
            <span class="sr">{ui().loading}</span>
            <i></i>
            <i></i>
            <i></i>
        </div>
    }
    .into_any()
}

/// A failure in place of a page: what failed, what to do, and how to find it in the log.
pub(super) fn error_view(error: AppError) -> AnyView {
    let ui = ui();
    let heading = match error.kind {
        ErrorKind::NotFound => ui.not_found_title,
        ErrorKind::Forbidden => ui.forbidden_title,
        _ => ui.error_title,
    };
    let next = match error.kind {
        ErrorKind::Unauthenticated => (routes::SIGN_IN, ui.error_sign_in),
        ErrorKind::NotFound | ErrorKind::Forbidden => (routes::TASKS, ui.to_tasks),
        _ => ("", ui.error_retry),
    };
    view! {
        <leptos_meta::Title text=heading/>
        <section class="blank" role="alert">
            {icon(icon::ALERT)}
            <h1>{heading}</h1>
            <p>{error.message}</p>
            {error.hint.map(|hint| view! { <p class="muted">{hint}</p> })}
            {error.incident.map(|id| view! {
                <p class="muted">{ui.error_incident} " " <code>{id}</code></p>
            })}
            // `external`: a full request, so that a broken page is really loaded again.
            <p><a class="button" href=rooted(next.0) rel="external">{next.1}</a></p>
        </section>
    }
    .into_any()
}

/// A failure next to the control or form that caused it; nothing if there is none.
pub(super) fn notice(error: Signal<Option<AppError>>) -> AnyView {
    view! {
        <div class="notices" aria-live="polite">
            {move || error.get().map(failure)}
        </div>
    }
    .into_any()
}

/// A failure as a box.
pub(super) fn failure(error: AppError) -> AnyView {
    let ui = ui();
    view! {
        // On a page that answers a form it is in view at once, also below a long list.
        <div class="notice is-bad" tabindex="-1" autofocus=true>
            {icon(icon::ALERT)}
            <div>
                <p>{error.message}</p>
                {error.hint.map(|hint| view! { <p class="muted">{hint}</p> })}
                {error.incident.map(|id| view! {
                    <p class="muted">{ui.error_incident} " " <code>{id}</code></p>
                })}
            </div>
        </div>
    }
    .into_any()
}
