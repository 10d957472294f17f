//! Which pages come with the first visit, and which in a module of their own.
//!
//! The browser loads such a module when one of its pages is opened for the first time. Only the function of the module
//! may name its pages: what is named anywhere else becomes part of the main module.

use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use leptos_router::ChooseView;
use leptos_router::hooks::use_location;
use leptos_router::location::Location;

use super::{
    about, account, admin, audit, blackouts, calendar, calendars, channels, import, import_tasks,
    messages, nodes, occurrences, oncall, people, pictures, pools, reminders, retention, rules,
    run, runs, secrets, start, start_urls, summaries, task, task_form, templates, urge_defaults,
    users,
};

/// A page of a module that is loaded later.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::ui) enum LazyPage {
    Task,
    Form,
    Run(RunPage),
    Message(MessagePage),
    Ticket(TicketPage),
    Access(AccessPage),
    Setting(SettingPage),
    About,
}

/// A page about runs: one, all, those that a task has planned, and how one is started by hand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::ui) enum RunPage {
    Run,
    Runs,
    Occurrences,
    Start,
}

/// A page about messages: which there were, where they go, in which words; and that of imports from other schedulers, for
/// which the module of the settings has no room.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::ui) enum MessagePage {
    Channels,
    ImportTasks,
    Messages,
    Pictures,
    Rules,
    Summaries,
    Templates,
}

/// A page about tickets: those of all tasks, and who is asked when.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::ui) enum TicketPage {
    Oncall,
    People,
    Reminders,
    UrgeDefaults,
}

/// A page about who may do what, and who did: accounts, secrets, the audit log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::ui) enum AccessPage {
    Account,
    Audit,
    Secrets,
    Users,
}

/// A page about what tasks share: calendars, pools, servers; and that of start URLs, which few people open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::ui) enum SettingPage {
    Admin,
    Blackouts,
    Calendar,
    Calendars,
    Import,
    Nodes,
    Pools,
    Retention,
    StartUrls,
}

type Loaded = Result<AnyView, SplitLoaderError>;

#[wasm_split(task, wasm_split_path = leptos::wasm_split, preload(preload_task), fallible)]
fn task_page() -> Loaded {
    Ok(task::page())
}

#[wasm_split(form, wasm_split_path = leptos::wasm_split, preload(preload_form), fallible)]
fn form_page() -> Loaded {
    Ok(task_form::page())
}

#[wasm_split(run, wasm_split_path = leptos::wasm_split, preload(preload_run), fallible)]
fn run_page(page: RunPage) -> Loaded {
    Ok(match page {
        RunPage::Run => run::page(),
        RunPage::Runs => runs::page(),
        RunPage::Occurrences => occurrences::page(),
        RunPage::Start => start::page(),
    })
}

#[wasm_split(message, wasm_split_path = leptos::wasm_split, preload(preload_message), fallible)]
fn message_page(page: MessagePage) -> Loaded {
    Ok(match page {
        MessagePage::Channels => channels::page(),
        MessagePage::ImportTasks => import_tasks::page(),
        MessagePage::Messages => messages::page(),
        MessagePage::Pictures => pictures::page(),
        MessagePage::Rules => rules::page(),
        MessagePage::Summaries => summaries::page(),
        MessagePage::Templates => templates::page(),
    })
}

#[wasm_split(ticket, wasm_split_path = leptos::wasm_split, preload(preload_ticket), fallible)]
fn ticket_page(page: TicketPage) -> Loaded {
    Ok(match page {
        TicketPage::Oncall => oncall::page(),
        TicketPage::People => people::page(),
        TicketPage::Reminders => reminders::page(),
        TicketPage::UrgeDefaults => urge_defaults::page(),
    })
}

#[wasm_split(about, wasm_split_path = leptos::wasm_split, preload(preload_about), fallible)]
fn about_page() -> Loaded {
    Ok(about::page())
}

#[wasm_split(access, wasm_split_path = leptos::wasm_split, preload(preload_access), fallible)]
fn access_page(page: AccessPage) -> Loaded {
    Ok(match page {
        AccessPage::Account => account::page(),
        AccessPage::Audit => audit::page(),
        AccessPage::Secrets => secrets::page(),
        AccessPage::Users => users::page(),
    })
}

#[wasm_split(setting, wasm_split_path = leptos::wasm_split, preload(preload_setting), fallible)]
fn setting_page(page: SettingPage) -> Loaded {
    Ok(match page {
        SettingPage::Admin => admin::page(),
        SettingPage::Blackouts => blackouts::page(),
        SettingPage::Calendar => calendar::page(),
        SettingPage::Calendars => calendars::page(),
        SettingPage::Import => import::page(),
        SettingPage::Nodes => nodes::page(),
        SettingPage::Pools => pools::page(),
        SettingPage::Retention => retention::page(),
        SettingPage::StartUrls => start_urls::page(),
    })
}

impl LazyPage {
    /// The name of its module, by which the server asks the browser to fetch it with the document.
    const fn module(self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::Form => "form",
            Self::Run(_) => "run",
            Self::Message(_) => "message",
            Self::Ticket(_) => "ticket",
            Self::Access(_) => "access",
            Self::About => "about",
            Self::Setting(_) => "setting",
        }
    }

    async fn load(self) -> Option<AnyView> {
        let loaded = match self {
            Self::Task => task_page().await,
            Self::Form => form_page().await,
            Self::Run(page) => run_page(page).await,
            Self::Message(page) => message_page(page).await,
            Self::Ticket(page) => ticket_page(page).await,
            Self::Access(page) => access_page(page).await,
            Self::About => about_page().await,
            Self::Setting(page) => setting_page(page).await,
        };
        loaded.ok()
    }
}

impl ChooseView for LazyPage {
    async fn choose(self) -> AnyView {
        leptos::prefetch_lazy_fn_on_server(self.module());
        let location = use_location();
        match self.load().await {
            Some(view) => view,
            None => {
                open_again(&location);
                std::future::pending().await
            }
        }
    }

    async fn preload(&self) {}
}

/// The network failed, or the server has been upgraded and no longer has the module: the server answers with the page
/// itself, or the browser says why not.
#[cfg_attr(
    not(feature = "hydrate"),
    expect(unused_variables, reason = "the server has all pages")
)]
fn open_again(location: &Location) {
    #[cfg(feature = "hydrate")]
    {
        let (path, query) = (
            location.pathname.get_untracked(),
            location.search.get_untracked(),
        );
        let path = match query.trim_start_matches('?') {
            "" => path,
            query => format!("{path}?{query}"),
        };
        if window().location().assign(&path).is_err() {
            leptos::logging::error!("the page cannot be opened");
        }
    }
}

/// Loads the module of the page with this path, before the document is made interactive: without it the document stays
/// as the server wrote it, as it does without JavaScript. Whether that succeeded.
#[cfg(feature = "hydrate")]
pub async fn load_module(path: &str) -> bool {
    let segments: Vec<&str> = crate::ui::base::inner(path).split('/').skip(1).collect();
    match segments.as_slice() {
        ["tasks", "new"] | ["tasks", _, "edit"] => preload_form().await.is_ok(),
        ["tasks", _, "start-urls"] => preload_setting().await.is_ok(),
        ["tasks", _, "occurrences" | "run"] => preload_run().await.is_ok(),
        ["tasks", _, ..] => preload_task().await.is_ok(),
        ["runs", ..] => preload_run().await.is_ok(),
        ["oncall" | "people" | "reminders", ..] | ["admin", "urging", ..] => {
            preload_ticket().await.is_ok()
        }
        ["messages" | "rules" | "summaries", ..]
        | ["admin", "channels" | "pictures", ..]
        | ["import", "tasks"] => preload_message().await.is_ok(),
        ["about"] => preload_about().await.is_ok(),
        ["account" | "audit", ..] | ["admin", "secrets" | "users", ..] => {
            preload_access().await.is_ok()
        }
        ["admin" | "import", ..] => preload_setting().await.is_ok(),
        _ => true,
    }
}
