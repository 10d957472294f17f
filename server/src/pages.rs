//! The web pages: pages and their server functions, the forms that work without JavaScript, and the events that keep
//! open pages up to date.

mod events;
pub(crate) mod failed_form;
mod feed;
mod forms;
mod phone;
mod render;

use axum::Router;
use axum::routing::{get, post};

use crate::http::Web;

pub(crate) use render::{render_missing, render_posted, render_refused, render_set_up};

/// All pages, server functions, forms and events.
pub(crate) fn router(web: &Web) -> Router {
    render::router(web).merge(forms(web))
}

fn forms(web: &Web) -> Router {
    Router::new()
        .route("/login", post(forms::session::sign_in))
        .route("/logout", post(forms::session::sign_out))
        .route("/setup", post(forms::session::set_up))
        .route("/preferences", post(forms::session::preferences))
        .route("/tasks/new", post(forms::task::create))
        .route("/tasks/{id}/edit", post(forms::task::update))
        .route("/tasks/{id}/run", post(forms::start::start))
        .route("/admin/channels", post(forms::channels::channel))
        .route(app::routes::RULES, post(forms::rules::rule))
        .route(
            "/admin/channels/{id}/templates",
            post(forms::templates::template),
        )
        .route("/admin/pictures", post(forms::pictures::picture))
        .route("/admin/users", post(forms::users::user_or_token))
        .route("/admin/calendars", post(forms::calendars::calendar))
        .route("/admin/calendars/{name}", post(forms::calendars::import))
        .route("/admin/blackouts", post(forms::blackouts::blackout))
        .route(app::routes::REMINDERS, post(forms::tickets::act))
        .route(app::routes::SUMMARIES, post(forms::summaries::summary))
        .route("/admin/secrets", post(forms::secrets::secret))
        .route("/admin/pools", post(forms::pools::pool))
        .route(
            app::routes::URGE_DEFAULTS,
            post(forms::urge_defaults::urge_default),
        )
        .route("/admin/retention", post(forms::retention::retention))
        .route(app::routes::IMPORT, post(forms::imports::import))
        .route(app::routes::ACCOUNT, post(forms::account::password))
        .route("/events", get(events::stream))
        .route(phone::TICKET, get(phone::open).post(phone::press))
        .route(phone::MINE, get(phone::open))
        .route(feed::ROUTE, get(feed::open))
        .with_state(web.clone())
}
