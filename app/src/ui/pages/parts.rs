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
    account, admin, audit, blackouts, calendar, calendars, channels, import, import_tasks,
    messages, nodes, occurrences, oncall, people, pictures, pools, reminders, retention, rules,
    run, runs, secrets, start, start_urls, summaries, task, task_form, templates, urge_defaults,
    users,
};

/// A page of a module that is loaded later.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::ui) enum LazyPage {
    Task(TaskPage),
    Form,
    Run,
    Runs,
    Message(MessagePage),
    Setting(SettingPage),
}

/// A page about one task, or about the tickets of all.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::ui) enum TaskPage {
    Task,
    Occurrences,
    Reminders,
    Start,
}

/// A page about messages: which there were, where they go, in which words; those of rotas and people, by whom they ask; and
/// that of imports from other schedulers, for which the module of the settings has no room.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::ui) enum MessagePage {
    Channels,
    ImportTasks,
    Messages,
    Oncall,
    People,
    Pictures,
    Rules,
    Summaries,
    Templates,
}

/// A page about what tasks share: calendars, accounts, servers; and that of start URLs, which few people open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::ui) enum SettingPage {
    Account,
    Admin,
    Audit,
    Blackouts,
    Calendar,
    Calendars,
    Import,
    Nodes,
    Pools,
    Retention,
    Secrets,
    StartUrls,
    UrgeDefaults,
    Users,
}

type Loaded = Result<AnyView, SplitLoaderError>;

#[wasm_split(task, wasm_split_path = leptos::wasm_split, preload(preload_task), fallible)]
fn task_page(page: TaskPage) -> Loaded {
    Ok(match page {
        TaskPage::Task => task::page(),
        TaskPage::Occurrences => occurrences::page(),
        TaskPage::Reminders => reminders::page(),
        TaskPage::Start => start::page(),
    })
}

#[wasm_split(form, wasm_split_path = leptos::wasm_split, preload(preload_form), fallible)]
fn form_page() -> Loaded {
    Ok(task_form::page())
}

#[wasm_split(run, wasm_split_path = leptos::wasm_split, preload(preload_run), fallible)]
fn run_page(all: bool) -> Loaded {
    Ok(if all { runs::page() } else { run::page() })
}

#[wasm_split(message, wasm_split_path = leptos::wasm_split, preload(preload_message), fallible)]
fn message_page(page: MessagePage) -> Loaded {
    Ok(match page {
        MessagePage::Channels => channels::page(),
        MessagePage::ImportTasks => import_tasks::page(),
        MessagePage::Messages => messages::page(),
        MessagePage::Oncall => oncall::page(),
        MessagePage::People => people::page(),
        MessagePage::Pictures => pictures::page(),
        MessagePage::Rules => rules::page(),
        MessagePage::Summaries => summaries::page(),
        MessagePage::Templates => templates::page(),
    })
}

#[wasm_split(setting, wasm_split_path = leptos::wasm_split, preload(preload_setting), fallible)]
fn setting_page(page: SettingPage) -> Loaded {
    Ok(match page {
        SettingPage::Account => account::page(),
        SettingPage::Admin => admin::page(),
        SettingPage::Audit => audit::page(),
        SettingPage::Blackouts => blackouts::page(),
        SettingPage::Calendar => calendar::page(),
        SettingPage::Calendars => calendars::page(),
        SettingPage::Import => import::page(),
        SettingPage::Nodes => nodes::page(),
        SettingPage::Pools => pools::page(),
        SettingPage::Retention => retention::page(),
        SettingPage::Secrets => secrets::page(),
        SettingPage::StartUrls => start_urls::page(),
        SettingPage::UrgeDefaults => urge_defaults::page(),
        SettingPage::Users => users::page(),
    })
}

impl LazyPage {
    /// The name of its module, by which the server asks the browser to fetch it with the document.
    const fn module(self) -> &'static str {
        match self {
            Self::Task(_) => "task",
            Self::Form => "form",
            Self::Run | Self::Runs => "run",
            Self::Message(_) => "message",
            Self::Setting(_) => "setting",
        }
    }

    async fn load(self) -> Option<AnyView> {
        let loaded = match self {
            Self::Task(page) => task_page(page).await,
            Self::Form => form_page().await,
            Self::Run => run_page(false).await,
            Self::Runs => run_page(true).await,
            Self::Message(page) => message_page(page).await,
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
        ["tasks", _, ..] | ["reminders"] => preload_task().await.is_ok(),
        ["runs", ..] => preload_run().await.is_ok(),
        ["messages" | "oncall" | "people" | "rules" | "summaries", ..]
        | ["admin", "channels" | "pictures", ..]
        | ["import", "tasks"] => preload_message().await.is_ok(),
        ["admin" | "account" | "audit" | "import", ..] => preload_setting().await.is_ok(),
        _ => true,
    }
}
