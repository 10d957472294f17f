//! The frame of every page: header, navigation, language, theme, sign-out.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::base::{inner, rooted};
use super::components::icon::{self, icon};
use super::context::{Density, Theme, about_ui, lang, may, principal, request_density, ui};
use super::live::live;
use crate::auth::Action;
use crate::i18n::Lang;
use crate::routes;
use crate::texts::account::AccountUi;

/// The frame around the page that `content` makes.
pub(super) fn frame(content: impl FnOnce() -> AnyView) -> AnyView {
    let ui = ui();
    let principal = principal();
    let signed_in = principal.is_some();
    let live = live();
    live.start(signed_in);
    let main = NodeRef::new();
    focus_after_navigation(main);
    view! {
        // `external`: the browser itself moves the focus.
        <a class="skip" href="#main" rel="external">{ui.skip_to_content}</a>
        <header class="top">
            <div class="top-row">
                <a class="brand" href=rooted(routes::OVERVIEW)>{logo()} <b>{ui.product}</b></a>
                {signed_in.then(navigation)}
                {principal.map(|who| account(&who.name, ui.role_text(who.role).0))}
            </div>
        </header>
        <div aria-live="assertive">
            {move || live.stale.get().then(|| view! { <p class="stale">{icon(icon::ALERT)} {ui.stale}</p> })}
        </div>
        <main id="main" tabindex="-1" node_ref=main>{content()}</main>
        {if signed_in { about_link() } else { view! { <footer class="foot">{preferences()}</footer> }.into_any() }}
    }
    .into_any()
}

fn logo() -> AnyView {
    view! {
        <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="8"></rect>
            <circle cx="16" cy="16" r="9"></circle>
            <path d="M16 10.5V16l3.8 3"></path>
        </svg>
    }
    .into_any()
}

fn about_link() -> AnyView {
    let path = use_location().pathname;
    let current = move || (inner(&path.get()) == routes::ABOUT).then_some("page");
    view! {
        <footer class="foot-links">
            // A page of its own, without this module.
            <a href=rooted(routes::HELP) rel="external">{about_ui().help}</a>
            <a href=rooted(routes::ABOUT) aria-current=current>{about_ui().about} " " {ui().product}</a>
        </footer>
    }
    .into_any()
}

fn navigation() -> AnyView {
    let ui = ui();
    let path = use_location().pathname;
    let link = |href: &'static str, glyph, text: &'static str| {
        let current = move || (section(inner(&path.get())) == href).then_some("page");
        view! { <a href=rooted(href) aria-current=current>{icon(glyph)} <span>{text}</span></a> }
    };
    view! {
        <nav class="main-nav" aria-label=ui.nav_label>
            {link(routes::OVERVIEW, icon::OVERVIEW, ui.nav_overview)}
            {link(routes::TASKS, icon::LIST, ui.nav_tasks)}
            {link(routes::RUNS, icon::CLOCK, ui.nav_runs)}
            {link(routes::REMINDERS, icon::BELL, ui.nav_reminders)}
            {may(Action::Administer).then(|| link(routes::ADMIN, icon::SETTINGS, ui.nav_admin))}
        </nav>
    }
    .into_any()
}

/// The part of the site that a path belongs to.
fn section(path: &str) -> &'static str {
    // Pages that the administration page and the list of tasks lead to.
    const BELOW_ADMIN: [&str; 4] = [
        routes::ADMIN,
        routes::RULES,
        routes::SUMMARIES,
        routes::MESSAGES,
    ];
    const BELOW_TASKS: [&str; 2] = [routes::TASKS, routes::IMPORT];
    const BELOW_REMINDERS: [&str; 3] = [routes::REMINDERS, routes::ROTAS, routes::PEOPLE];
    let below = |all: &[&str]| all.iter().any(|one| path.starts_with(one));
    if below(&BELOW_ADMIN) {
        routes::ADMIN
    } else if below(&BELOW_TASKS) {
        routes::TASKS
    } else if path.starts_with(routes::RUNS) {
        routes::RUNS
    } else if below(&BELOW_REMINDERS) {
        routes::REMINDERS
    } else if path == routes::OVERVIEW {
        routes::OVERVIEW
    } else {
        ""
    }
}

/// Name, preferences and sign-out, in a popover that needs no JavaScript.
fn account(name: &str, role: &'static str) -> AnyView {
    let ui = ui();
    let name = name.to_owned();
    view! {
        <button type="button" class="account-button" popovertarget="account">
            {icon(icon::USER)} <span>{name.clone()}</span> <span class="sr">{ui.account}</span>
        </button>
        <div id="account" popover="auto" class="account">
            <p class="account-name"><b>{name}</b> <span class="muted">{role}</span></p>
            {preferences()}
            <a href=rooted(routes::ACCOUNT) class="button wide">{AccountUi::of(lang()).account_title}</a>
            <form method="post" action=rooted(routes::SIGN_OUT)>
                <button type="submit" class="button wide">{icon(icon::EXIT)} {ui.sign_out}</button>
            </form>
        </div>
    }
    .into_any()
}

/// Language, theme and density. Plain posts: the answer is a document in the new language or colours.
fn preferences() -> AnyView {
    let ui = ui();
    let (lang, theme) = (lang(), use_context::<Theme>().unwrap_or_default());
    let location = use_location();
    let here = move || {
        let (path, query) = (location.pathname.get(), location.search.get());
        let path = inner(&path);
        if query.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{query}")
        }
    };
    let pressed = |on: bool| if on { "true" } else { "false" };
    let themes = Theme::ALL
        .into_iter()
        .zip([ui.theme_auto, ui.theme_light, ui.theme_dark]);
    let density = request_density();
    let densities = Density::ALL
        .into_iter()
        .zip([ui.density_comfortable, ui.density_compact]);
    view! {
        <form method="post" action=rooted(routes::PREFERENCES) class="preferences">
            <input type="hidden" name="next" value=here/>
            <div class="segments" role="group" aria-label=ui.language>
                <button type="submit" name="lang" value="zh" lang="zh-CN" aria-pressed=pressed(lang == Lang::Zh)>"中文"</button>
                <button type="submit" name="lang" value="en" lang="en" aria-pressed=pressed(lang == Lang::En)>"English"</button>
            </div>
            <div class="segments" role="group" aria-label=ui.theme>
                {themes.map(|(one, text)| view! {
                    <button type="submit" name="theme" value=one.as_str() aria-pressed=pressed(one == theme)>{text}</button>
                }).collect_view()}
            </div>
            <div class="segments" role="group" aria-label=ui.density>
                {densities.map(|(one, text)| view! {
                    <button type="submit" name="density" value=one.as_str() aria-pressed=pressed(one == density)>{text}</button>
                }).collect_view()}
            </div>
        </form>
    }
    .into_any()
}

/// Moves the focus to the new page, so that readers with a screen reader or a keyboard do not stay at the old link.
fn focus_after_navigation(main: NodeRef<leptos::html::Main>) {
    let path = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let now = path.get();
        if before.is_some_and(|before| before != now)
            && let Some(main) = main.get_untracked()
        {
            // If the element cannot be focused, nothing else has to stop.
            let _ = main.focus();
        }
        now
    });
}
