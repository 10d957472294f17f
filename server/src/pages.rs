//! The web pages: pages and their server functions, the forms that work without JavaScript, and the events that keep
//! open pages up to date.

mod events;
pub(crate) mod failed_form;
mod feed;
mod forms;
mod help;
mod phone;
mod plain;
mod render;

use axum::Router;
use axum::routing::{MethodRouter, get, post};

use crate::http::Web;

pub(crate) use render::{render_missing, render_posted, render_refused, render_set_up};

/// All pages, server functions, forms and events.
pub(crate) fn router(web: &Web) -> Router {
    let others = Router::new()
        .route("/events", get(events::stream))
        .route(phone::MINE, get(phone::open))
        .route(feed::ROUTE, get(feed::open))
        .route(help::LIST, get(help::list))
        .route(help::DOCUMENT, get(help::document));
    let all = forms()
        .into_iter()
        .fold(others, |all, (path, form)| all.route(path, form));
    render::router(web).merge(all.with_state(web.clone()))
}

/// The routes that forms are sent to. Tests try each of them with every role, and with an audit log that refuses.
pub fn form_routes() -> impl Iterator<Item = &'static str> {
    forms().into_iter().map(|(path, _)| path)
}

/// Where forms are sent to, and what takes them.
fn forms() -> Vec<(&'static str, MethodRouter<Web>)> {
    vec![
        ("/login", post(forms::session::sign_in)),
        ("/logout", post(forms::session::sign_out)),
        ("/setup", post(forms::session::set_up)),
        ("/preferences", post(forms::session::preferences)),
        ("/tasks/new", post(forms::task::create)),
        ("/tasks/{id}/edit", post(forms::task::update)),
        ("/tasks/{id}/run", post(forms::start::start)),
        ("/tasks/{id}/start-urls", post(forms::start_urls::start_url)),
        ("/admin/channels", post(forms::channels::channel)),
        (app::routes::RULES, post(forms::rules::rule)),
        (
            "/admin/channels/{id}/templates",
            post(forms::templates::template),
        ),
        ("/admin/pictures", post(forms::pictures::picture)),
        ("/admin/users", post(forms::users::user)),
        ("/admin/calendars", post(forms::calendars::calendar)),
        ("/admin/calendars/{name}", post(forms::calendars::import)),
        ("/admin/blackouts", post(forms::blackouts::blackout)),
        (app::routes::REMINDERS, post(forms::tickets::act)),
        (app::routes::ROTAS, post(forms::oncall::rota)),
        (app::routes::PEOPLE, post(forms::people::person)),
        (app::routes::SUMMARIES, post(forms::summaries::summary)),
        ("/admin/secrets", post(forms::secrets::secret)),
        ("/admin/pools", post(forms::pools::pool)),
        (
            app::routes::URGE_DEFAULTS,
            post(forms::urge_defaults::urge_default),
        ),
        ("/admin/retention", post(forms::retention::retention)),
        (app::routes::IMPORT, post(forms::imports::import)),
        (app::routes::IMPORT_TASKS, post(forms::import_tasks::import)),
        (app::routes::ACCOUNT, post(forms::account::account)),
        (phone::TICKET, get(phone::open).post(phone::press)),
    ]
}
