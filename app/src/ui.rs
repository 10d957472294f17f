//! The pages.
//!
//! [`shell`] is the document, [`App`] the site inside it. [`frame`] draws what surrounds every page, [`live`] keeps
//! pages up to date, [`load`] shows what a page is waiting for or why it cannot be shown, [`act`] sends the forms of
//! buttons, [`base`] makes addresses, [`context`] holds language, theme and session. Pages are in `pages`, the parts they share in
//! `components`.
//!
//! Nothing here may read the clock or the locale while rendering: server and browser must produce the same markup.
//! Times are computed from the page's own clock (`components::time`).

use leptos::prelude::*;
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::{SsrMode, path};

mod act;
mod base;
mod components;
mod context;
mod frame;
mod live;
mod load;
mod pages;
pub mod site;
mod title;

pub use context::{Density, Theme};

use crate::error::AppError;
use crate::reader::{document_attribute, language};
use crate::wire;
use pages::parts::{AccessPage, LazyPage, MessagePage, RunPage, SettingPage, TicketPage};
use pages::{not_found, overview, sign_in, task_list};
use site::SiteFiles;

#[cfg(feature = "hydrate")]
pub use base::set_for_server_fns;
#[cfg(feature = "hydrate")]
pub use pages::parts::load_module;

/// One type for all pages of the main module: the router's code is compiled once per type.
type Page = fn() -> AnyView;

/// The whole site.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    context::provide();
    live::provide();
    // `Async` everywhere: the answer is sent when it is complete, so that status and title are right and a browser
    // without JavaScript sees the page and not its placeholder.
    let ssr = SsrMode::Async;
    view! {
        <Title formatter=title::document_title/>
        <Router base=base::for_router()>
            {frame::frame(move || view! {
                <FlatRoutes fallback=not_found::page>
                    <Route path=path!("/") view={overview::page as Page} ssr=ssr.clone()/>
                    <Route path=path!("/tasks") view={task_list::page as Page} ssr=ssr.clone()/>
                    <Route path=path!("/tasks/new") view={LazyPage::Form} ssr=ssr.clone()/>
                    <Route path=path!("/tasks/:id") view={LazyPage::Task} ssr=ssr.clone()/>
                    <Route path=path!("/tasks/:id/edit") view={LazyPage::Form} ssr=ssr.clone()/>
                    <Route path=path!("/tasks/:id/run") view={LazyPage::Run(RunPage::Start)} ssr=ssr.clone()/>
                    <Route path=path!("/tasks/:id/start-urls") view={LazyPage::Setting(SettingPage::StartUrls)} ssr=ssr.clone()/>
                    <Route path=path!("/tasks/:id/occurrences") view={LazyPage::Run(RunPage::Occurrences)} ssr=ssr.clone()/>
                    <Route path=path!("/runs") view={LazyPage::Run(RunPage::Runs)} ssr=ssr.clone()/>
                    <Route path=path!("/runs/:id") view={LazyPage::Run(RunPage::Run)} ssr=ssr.clone()/>
                    <Route path=path!("/messages") view={LazyPage::Message(MessagePage::Messages)} ssr=ssr.clone()/>
                    <Route path=path!("/reminders") view={LazyPage::Ticket(TicketPage::Reminders)} ssr=ssr.clone()/>
                    <Route path=path!("/rules") view={LazyPage::Message(MessagePage::Rules)} ssr=ssr.clone()/>
                    <Route path=path!("/summaries") view={LazyPage::Message(MessagePage::Summaries)} ssr=ssr.clone()/>
                    <Route path=path!("/oncall") view={LazyPage::Ticket(TicketPage::Oncall)} ssr=ssr.clone()/>
                    <Route path=path!("/people") view={LazyPage::Ticket(TicketPage::People)} ssr=ssr.clone()/>
                    <Route path=path!("/admin") view={LazyPage::Setting(SettingPage::Admin)} ssr=ssr.clone()/>
                    <Route path=path!("/admin/users") view={LazyPage::Access(AccessPage::Users)} ssr=ssr.clone()/>
                    <Route path=path!("/admin/channels") view={LazyPage::Message(MessagePage::Channels)} ssr=ssr.clone()/>
                    <Route path=path!("/admin/channels/:id/templates") view={LazyPage::Message(MessagePage::Templates)} ssr=ssr.clone()/>
                    <Route path=path!("/admin/pictures") view={LazyPage::Message(MessagePage::Pictures)} ssr=ssr.clone()/>
                    <Route path=path!("/admin/calendars") view={LazyPage::Setting(SettingPage::Calendars)} ssr=ssr.clone()/>
                    <Route path=path!("/admin/calendars/:name") view={LazyPage::Setting(SettingPage::Calendar)} ssr=ssr.clone()/>
                    <Route path=path!("/admin/blackouts") view={LazyPage::Setting(SettingPage::Blackouts)} ssr=ssr.clone()/>
                    <Route path=path!("/admin/secrets") view={LazyPage::Access(AccessPage::Secrets)} ssr=ssr.clone()/>
                    <Route path=path!("/admin/pools") view={LazyPage::Setting(SettingPage::Pools)} ssr=ssr.clone()/>
                    <Route path=path!("/admin/urging") view={LazyPage::Ticket(TicketPage::UrgeDefaults)} ssr=ssr.clone()/>
                    <Route path=path!("/admin/retention") view={LazyPage::Setting(SettingPage::Retention)} ssr=ssr.clone()/>
                    <Route path=path!("/audit") view={LazyPage::Access(AccessPage::Audit)} ssr=ssr.clone()/>
                    <Route path=path!("/import") view={LazyPage::Setting(SettingPage::Import)} ssr=ssr.clone()/>
                    <Route path=path!("/import/tasks") view={LazyPage::Message(MessagePage::ImportTasks)} ssr=ssr.clone()/>
                    <Route path=path!("/admin/nodes") view={LazyPage::Setting(SettingPage::Nodes)} ssr=ssr.clone()/>
                    <Route path=path!("/account") view={LazyPage::Access(AccessPage::Account)} ssr=ssr.clone()/>
                    <Route path=path!("/about") view={LazyPage::About} ssr=ssr.clone()/>
                    <Route path=path!("/login") view={sign_in::sign_in_page as Page} ssr=ssr.clone()/>
                    <Route path=path!("/setup") view={sign_in::setup_page as Page} ssr=ssr.clone()/>
                </FlatRoutes>
            }.into_any())}
        </Router>
    }
}

/// A whole document that says why a request was refused, without a script.
pub fn refused(files: &SiteFiles, error: AppError) -> impl IntoView + use<> {
    let (lang, theme) = (language(), context::request_theme());
    let base = with_base(files);
    let title = title::document_title(error.message.clone());
    view! {
        <!DOCTYPE html>
        <html lang=lang.tag() data-theme=theme.as_str() data-base=base>
            <head>
                {head(files, theme)}
                <title>{title}</title>
            </head>
            <body>
                <main>{not_found::refused(lang, error)}</main>
            </body>
        </html>
    }
}

/// Makes the pages' links lead to where the site is served.
fn with_base(files: &SiteFiles) -> String {
    let base = files.base();
    base::provide(&base);
    base.as_ref().to_owned()
}

/// What the head of every document begins with.
fn head(files: &SiteFiles, theme: Theme) -> impl IntoView + use<> {
    view! {
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
        <meta name="color-scheme" content=theme.color_scheme()/>
        <meta name="robots" content="noindex"/>
        <link rel="icon" href=base::rooted("/favicon.svg") type="image/svg+xml"/>
        <link id="style" rel="stylesheet" href=files.style()/>
    }
}

/// The HTML document around the site.
pub fn shell(options: LeptosOptions, files: &SiteFiles) -> impl IntoView + use<> {
    let (lang, theme) = (language(), context::request_theme());
    let density = context::request_density().as_str();
    let base = with_base(files);
    view! {
        <!DOCTYPE html>
        <html
            lang=lang.tag() data-theme=theme.as_str() data-density=density data-mark=wire::PAGE_MARK
            data-base=base
        >
            <head>
                {head(files, theme)}
                <AutoReload options/>
                {site::scripts(files)}
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// Whether this version wrote the document. One of another version would be misread.
#[must_use]
pub fn fits() -> bool {
    document_attribute("data-mark").is_some_and(|mark| mark == wire::PAGE_MARK)
}
