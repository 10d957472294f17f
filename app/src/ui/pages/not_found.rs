//! The page for an unknown address.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::error::AppError;
use crate::i18n::Lang;
use crate::routes;
use crate::texts::Ui;
use crate::ui::base::rooted;
use crate::ui::components::icon::{self, icon};
use crate::ui::context::{set_status, ui};

/// The page, with status 404.
pub(crate) fn page() -> AnyView {
    set_status(404);
    let ui = ui();
    view! {
        <Title text=ui.not_found_title/>
        <section class="blank">
            {icon(icon::QUESTION)}
            <h1>{ui.not_found_title}</h1>
            <p class="muted">{ui.not_found_text}</p>
            <p><a class="button" href=rooted(routes::OVERVIEW)>{ui.to_overview}</a></p>
        </section>
    }
    .into_any()
}

/// What is shown in place of the page of a request that was refused.
pub(crate) fn refused(lang: Lang, error: AppError) -> AnyView {
    let ui = Ui::of(lang);
    view! {
        <section class="blank">
            {icon(icon::ALERT)}
            <h1>{error.message}</h1>
            <p class="muted">{error.hint}</p>
            <p><a class="button" href=rooted(routes::OVERVIEW)>{ui.to_overview}</a></p>
        </section>
    }
    .into_any()
}
