//! The admin page: the way to tasks, users and channels.

use leptos::prelude::*;

use crate::auth::Action;
use crate::error::{AppError, ErrorKind};
use crate::routes;
use crate::server_fns::{fetch_channels, fetch_overview, fetch_users};
use crate::ui::components::icon::{self, icon};
use crate::ui::components::page_head;
use crate::ui::context::{may, set_status, ui};
use crate::ui::load;

/// How many there are of each.
type Counts = (i64, i64, i64);

/// The page.
pub(crate) fn page() -> AnyView {
    let ui = ui();
    if !may(Action::Administer) {
        set_status(403);
        let error = AppError::new(ErrorKind::Forbidden, "forbidden", ui.admin_forbidden);
        return load::error_view(error.with_hint(ui.admin_forbidden_hint));
    }
    let data = Resource::new(|| (), |()| count());
    view! {
        {page_head(ui.nav_admin.to_owned(), ().into_any())}
        {load::page(data, content)}
    }
    .into_any()
}

async fn count() -> Result<Counts, AppError> {
    let overview = fetch_overview().await?;
    let users = fetch_users().await?.users.len() as i64;
    let channels = fetch_channels().await?.channels.len() as i64;
    Ok((
        overview.active + overview.paused + overview.closed,
        users,
        channels,
    ))
}

fn content((tasks, users, channels): Counts) -> AnyView {
    let ui = ui();
    let card = |href, glyph, title, text, count: i64| {
        view! {
            <a class="card door" href=href>
                {icon(glyph)}
                <span class="grow"><b>{title}</b> <small class="muted">{text}</small></span>
                <span class="number big">{count}</span>
            </a>
        }
        .into_any()
    };
    view! {
        <div class="doors">
            {card(routes::TASKS, icon::LIST, ui.tasks, ui.admin_tasks_text, tasks)}
            {card(routes::USERS, icon::USER, ui.users, ui.users_text, users)}
            {card(routes::CHANNELS, icon::SEND, ui.channels, ui.channels_text, channels)}
        </div>
    }
    .into_any()
}

/// Where the reader is, above the pages below this one.
pub(crate) fn crumbs() -> AnyView {
    view! {
        <p class="crumbs"><a href=routes::ADMIN>{ui().nav_admin}</a> {icon(icon::CHEVRON)}</p>
    }
    .into_any()
}
