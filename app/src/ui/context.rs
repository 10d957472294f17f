//! Context of every page: language, texts, theme and the signed-in account.

use leptos::prelude::*;

use crate::auth::{Action, Principal};
use crate::backend::Caller;
use crate::done::Done;
use crate::i18n::Lang;
use crate::reader::{document_attribute, language};
use crate::texts::Ui;
use crate::texts::about::AboutUi;
use crate::texts::blackouts::BlackoutsUi;
use crate::texts::calendars::CalendarsUi;
use crate::texts::channels::ChannelsUi;
use crate::texts::execution::ExecutionUi;
use crate::texts::health::HealthUi;
use crate::texts::import_tasks::TaskImportUi;
use crate::texts::imports::ImportsUi;
use crate::texts::messages::MessagesUi;
use crate::texts::nodes::NodesUi;
use crate::texts::oncall::OncallUi;
use crate::texts::people::PeopleUi;
use crate::texts::plan::PlanUi;
use crate::texts::pools::PoolsUi;
use crate::texts::reminders::TicketsUi;
use crate::texts::rules::RulesUi;
use crate::texts::secrets::SecretsUi;
use crate::texts::start::StartUi;
use crate::texts::start_urls::StartUrlsUi;
use crate::texts::summaries::SummariesUi;
use crate::texts::tickets::TicketUi;
use crate::texts::urge_defaults::UrgeDefaultsUi;
use crate::wire;

/// The reader's choice of colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Theme {
    /// Follow the system.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// All themes, in the order of the switch.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// The value in `<html data-theme>`, in the form and in the cookie.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Parses a stored or posted value; `None` for anything else.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == name)
    }

    /// For `<meta name="color-scheme">`, so that the first paint has the right background.
    pub(super) const fn color_scheme(self) -> &'static str {
        match self {
            Self::Auto => "light dark",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// How close the rows of lists are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Density {
    /// Two lines a row.
    #[default]
    Comfortable,
    /// One line a row.
    Compact,
}

impl Density {
    /// Both, in the order of the switch.
    pub const ALL: [Self; 2] = [Self::Comfortable, Self::Compact];

    /// The value in `<html data-density>`, in the form and in the cookie.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Comfortable => "comfortable",
            Self::Compact => "compact",
        }
    }

    /// Parses a stored or posted value; `None` for anything else.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }
}

/// The signed-in account, as the frame and the controls need it.
#[derive(Clone)]
pub(super) struct Session(pub(super) Option<Principal>);

/// What the previous form did; reported once.
#[derive(Clone, Copy)]
pub(super) struct FlashMessage(pub(super) RwSignal<Option<Done>>);

/// Puts everything of this module into the context. Called once, by `App`.
pub(super) fn provide() {
    let lang = language();
    provide_context(lang);
    provide_context(Ui::of(lang));
    provide_context(request_theme());
    // The server knows the caller; the browser reads it from the page. It changes only with a new document, because
    // signing in and out are plain form posts.
    let principal = SharedValue::<_, wire::Form>::new_with_encoding(|| {
        use_context::<Caller>().and_then(|caller| caller.principal)
    });
    provide_context(Session(principal.into_inner()));
    let done = SharedValue::<_, wire::Form>::new_with_encoding(use_context::<Done>);
    provide_context(FlashMessage(RwSignal::new(done.into_inner())));
}

/// The reader's theme: from the request on the server, from the document in the browser.
pub(super) fn request_theme() -> Theme {
    if let Some(theme) = use_context::<Theme>() {
        return theme;
    }
    document_attribute("data-theme")
        .and_then(|name| Theme::from_name(&name))
        .unwrap_or_default()
}

/// How close rows are for the reader: from the request on the server, from the document in the browser.
pub(super) fn request_density() -> Density {
    if let Some(density) = use_context::<Density>() {
        return density;
    }
    document_attribute("data-density")
        .and_then(|name| Density::from_name(&name))
        .unwrap_or_default()
}

/// The page's language.
pub(super) fn lang() -> Lang {
    use_context().unwrap_or_default()
}

/// The page's texts.
pub(super) fn ui() -> &'static Ui {
    use_context().unwrap_or(&Ui::ZH)
}

/// The page's texts about schedules and planned firings.
pub(super) fn plan_ui() -> &'static PlanUi {
    PlanUi::of(lang())
}

/// The page's texts of the About page.
pub(super) fn about_ui() -> &'static AboutUi {
    AboutUi::of(lang())
}

/// The page's texts about the history of messages.
pub(super) fn messages_ui() -> &'static MessagesUi {
    MessagesUi::of(lang())
}

/// The page's texts about blackouts.
pub(super) fn blackouts_ui() -> &'static BlackoutsUi {
    BlackoutsUi::of(lang())
}

/// The page's texts about calendars.
pub(super) fn calendars_ui() -> &'static CalendarsUi {
    CalendarsUi::of(lang())
}

/// The page's texts about imported crontabs.
pub(super) fn imports_ui() -> &'static ImportsUi {
    ImportsUi::of(lang())
}

/// The page's texts about tasks that are imported from other schedulers.
pub(super) fn task_import_ui() -> &'static TaskImportUi {
    TaskImportUi::of(lang())
}

/// The page's texts about nodes.
pub(super) fn nodes_ui() -> &'static NodesUi {
    NodesUi::of(lang())
}

/// The page's texts about rotas.
pub(super) fn oncall_ui() -> &'static OncallUi {
    OncallUi::of(lang())
}

/// The page's texts about people with a zone or hours of their own.
pub(super) fn people_ui() -> &'static PeopleUi {
    PeopleUi::of(lang())
}

/// The page's texts about pools.
pub(super) fn pools_ui() -> &'static PoolsUi {
    PoolsUi::of(lang())
}

/// The page's texts about rules.
pub(super) fn rules_ui() -> &'static RulesUi {
    RulesUi::of(lang())
}

/// The page's texts about channels.
pub(super) fn channels_ui() -> &'static ChannelsUi {
    ChannelsUi::of(lang())
}

/// The page's texts about tickets.
pub(super) fn tickets_ui() -> &'static TicketsUi {
    TicketsUi::of(lang())
}

/// The page's texts about default policies of urging.
pub(super) fn urge_defaults_ui() -> &'static UrgeDefaultsUi {
    UrgeDefaultsUi::of(lang())
}

/// The page's texts about summaries.
pub(super) fn summaries_ui() -> &'static SummariesUi {
    SummariesUi::of(lang())
}

/// The page's texts about secrets.
pub(super) fn secrets_ui() -> &'static SecretsUi {
    SecretsUi::of(lang())
}

/// The page's texts about tickets.
pub(super) fn ticket_ui() -> &'static TicketUi {
    TicketUi::of(lang())
}

/// The page's texts about how a task is executed.
pub(super) fn execution_ui() -> &'static ExecutionUi {
    ExecutionUi::of(lang())
}

/// The page's texts about health and the results of controls.
pub(super) fn health_ui() -> &'static HealthUi {
    HealthUi::of(lang())
}

/// The page's texts about start URLs.
pub(super) fn start_urls_ui() -> &'static StartUrlsUi {
    StartUrlsUi::of(lang())
}

/// The page's texts about manual starts.
pub(super) fn start_ui() -> &'static StartUi {
    StartUi::of(lang())
}

/// The signed-in account.
pub(super) fn principal() -> Option<Principal> {
    use_context::<Session>().and_then(|session| session.0)
}

/// What the previous form did, until the page is left.
pub(super) fn said() -> RwSignal<Option<Done>> {
    use_context::<FlashMessage>().map_or_else(|| RwSignal::new(None), |said| said.0)
}

/// Whether to offer a control. The backend checks the right again when it is used.
pub(super) fn may(action: Action) -> bool {
    principal().is_some_and(|principal| principal.can(action))
}

/// Sets the HTTP status of the page being rendered; does nothing in the browser.
pub(super) fn set_status(status: u16) {
    if let Some(sink) = use_context::<crate::response::SharedSink>() {
        sink.set_status(status);
    }
}
