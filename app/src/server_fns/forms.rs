//! Pages with large forms. The forms post to the page's own path, with or without JavaScript; if the input has faults
//! the server renders the same page with a [`Posted`] in its context, so that no input is lost. See
//! `docs/adr/0002-forms-post-to-their-page.md`.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of each function's arguments"
)]

#[cfg(feature = "ssr")]
use leptos::prelude::*;
use leptos::server;

use crate::calendar::{BlackoutDraft, CalendarDraft, CalendarImport, CalendarImported};
use crate::error::AppError;
use crate::id::TaskId;
use crate::page::{SignInForm, TaskForm};
use crate::task::TaskDraft;
use crate::wire::Wire;
#[cfg(feature = "ssr")]
use crate::{
    backend::{Caller, SharedBackend, backend, caller, with_status},
    channel::Channel,
    error::ErrorKind,
    id::ChannelId,
    page::{Preview, PreviewRequest},
    pool::EVERYTHING,
    reader::ViewerZone,
    rule::{FurtherChannels, RULES_CHANGED, RuleQuery},
    schedule::ScheduleDraft,
};

/// The content of a form that was refused, and the reason.
#[derive(Clone, Debug)]
pub enum Posted {
    /// The task form.
    Task(Box<PostedTask>, AppError),
    /// The form for a channel, or for changing this one.
    Channel(
        Option<crate::id::ChannelId>,
        Box<crate::channel::ChannelDraft>,
        AppError,
    ),
    /// The form for the template of an event, what was entered, and what became of it.
    Template(
        String,
        crate::page::TemplateForm,
        Box<Result<crate::channel::TemplatePreview, AppError>>,
    ),
    /// A picture, and why it was refused.
    Picture(AppError),
    /// The user form.
    User(crate::user::UserDraft, AppError),
    /// The form for an API token.
    Token(crate::user::TokenDraft, AppError),
    /// A token was created: its secret, to be shown only once.
    NewToken(String),
    /// The form for a new calendar.
    Calendar(CalendarDraft, AppError),
    /// Days for a calendar, and the result of their import.
    CalendarImport(CalendarImport, Result<CalendarImported, AppError>),
    /// A crontab, and the result of its import.
    Import(
        Box<crate::import::CrontabImport>,
        Result<crate::import::ImportReport, AppError>,
    ),
    /// Tasks of another scheduler, and the result of their import.
    TaskImport(
        Box<crate::import::TaskImportForm>,
        Result<crate::import::TaskImportReport, AppError>,
    ),
    /// The blackout form.
    Blackout(BlackoutDraft, AppError),
    /// The form for a rule, or for changing this one.
    Rule(
        Option<crate::id::RuleId>,
        Box<crate::rule::RuleDraft>,
        AppError,
    ),
    /// The form for a summary, or for changing this one.
    Summary(
        Option<crate::id::SummaryId>,
        crate::summary::SummaryDraft,
        AppError,
    ),
    /// What was to be done with tickets, and why some of it was not.
    Tickets(AppError),
    /// An address of the sender's own tickets was made, to be shown only once.
    TicketAddress(crate::page::TicketAddress),
    /// The form of a manual start.
    Start(crate::task::RunRequest, AppError),
    /// The form for a start URL.
    StartUrl(crate::start_url::StartUrlDraft, AppError),
    /// A start URL was created: its address, to be shown only once.
    NewStartUrl(crate::page::MadeStartUrl),
    /// The form for a secret, or for changing this one; without the value.
    Secret(
        Option<crate::id::SecretId>,
        crate::secret::SecretDraft,
        AppError,
    ),
    /// The form for a default policy of urging.
    UrgeDefault(Box<crate::page::UrgeDefaultForm>, AppError),
    /// A form of the page of rotas.
    Rota(Box<crate::page::RotaForm>, AppError),
    /// The form for the zone and the hours of a person.
    Person(Box<crate::page::PersonForm>, AppError),
    /// The form for a pool.
    Pool(crate::pool::PoolDraft, AppError),
    /// How long history is kept.
    Retention(crate::retention::RetentionDraft, AppError),
    /// A new password for one's own account.
    Password(crate::user::PasswordForm),
    /// Sign-in or set-up.
    SignIn(SignInForm),
    /// A set-up link that was used before.
    SetUp,
}

/// The task form as it was sent, with what was typed for the action that was not chosen.
#[derive(Clone, Debug, Default)]
pub struct PostedTask {
    /// What was typed.
    pub draft: TaskDraft,
    /// The version that the form was filled from.
    pub version: Option<i64>,
    /// Whether a request was chosen, or a command; `None` where the form did not say.
    pub calls: Option<bool>,
    /// The further channels; `None` where the form did not say.
    pub further: Option<crate::rule::FurtherChannels>,
}

/// Splits a failure into faults of fields and the rest.
#[cfg(feature = "ssr")]
pub(super) fn split(error: AppError) -> (Vec<crate::error::FieldError>, Option<AppError>) {
    if error.fields.is_empty() {
        (Vec::new(), Some(error))
    } else {
        (error.fields, None)
    }
}

/// The form of a list page: empty, or as it was sent, with what is wrong with it.
#[cfg(feature = "ssr")]
pub(super) struct Sent<D> {
    pub(super) draft: D,
    pub(super) faults: Vec<crate::error::FieldError>,
    pub(super) error: Option<AppError>,
}

/// The form of this page; `read` takes it and why it was refused out of what was posted, where that
/// was this form.
#[cfg(feature = "ssr")]
pub(super) fn sent<D: Default>(read: impl FnOnce(Posted) -> Option<(D, AppError)>) -> Sent<D> {
    let (draft, refused) = match use_context::<Posted>().and_then(read) {
        Some((draft, error)) => (draft, Some(error)),
        None => (D::default(), None),
    };
    let (faults, error) = refused.map_or((Vec::new(), None), split);
    Sent {
        draft,
        faults,
        error,
    }
}

/// The task form: empty, filled from a task, or as sent. `copy` fills a new task's form from another task.
#[server(prefix = "/fn", endpoint = "task_form", input = Wire, output = Wire)]
pub async fn fetch_task_form(
    id: Option<TaskId>,
    copy: Option<TaskId>,
) -> Result<TaskForm, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    // No form is shown to users who may not send it.
    let may = |who: &crate::auth::Principal| who.can(crate::auth::Action::Edit);
    if !caller.principal.as_ref().is_some_and(may) {
        return with_status(Err(AppError::forbidden(caller.lang)));
    }
    let (mut calls, mut further) = (None, None);
    let (mut draft, version, posted) = match use_context::<Posted>() {
        Some(Posted::Task(sent, error)) => {
            let sent = *sent;
            calls = sent.calls;
            further = sent.further;
            (sent.draft, sent.version, Some(error))
        }
        _ => match id.or(copy) {
            Some(from) => {
                // The version is read first: a change in between makes the form an outdated one.
                let task = with_status(backend.task_get(&caller, from).await)?;
                let draft = with_status(backend.task_draft(&caller, from).await)?;
                (draft, id.map(|_| task.version), None)
            }
            None => (
                TaskDraft {
                    schedules: vec![ScheduleDraft::plain("0 9 * * *")],
                    zone: backend.default_zone(),
                    ..TaskDraft::default()
                },
                None,
                None,
            ),
        },
    };
    let (faults, error) = posted.map_or((Vec::new(), None), split);
    let stored = match id.or(copy) {
        Some(task) => {
            let query = RuleQuery { task: Some(task) };
            FurtherChannels::of(&with_status(backend.rule_list(&caller, &query).await)?)
        }
        None => FurtherChannels::default(),
    };
    let mut further = further.unwrap_or_else(|| stored.clone());
    // Saving again is a decision made with the others' changes in view.
    if error
        .as_ref()
        .is_some_and(|error| error.code == RULES_CHANGED)
    {
        further.seen = stored.seen;
    }
    let chosen = draft.channel_id.map(ChannelId);
    let typed = further.rows.as_slice();
    let unasked = backend.ticket_warnings(&caller, id, &draft, typed).await;
    // A secret is never sent back to a page, and the address of a robot is one.
    draft.robot_secret.clear();
    let robot_again = !std::mem::take(&mut draft.robot).trim().is_empty();
    Ok(TaskForm {
        id,
        version,
        preview: preview_of(&backend, &caller, &draft, id, draft.work_schedules()).await,
        urge_preview: preview_of(
            &backend,
            &caller,
            &draft,
            id,
            vec![ScheduleDraft::plain(&draft.urge_cron)],
        )
        .await,
        robot_again,
        calls: calls.unwrap_or_else(|| !draft.execution.http.is_blank()),
        draft,
        faults,
        error,
        channels: channels_for(&backend, &caller, id, chosen).await?,
        notify: further.rows,
        notify_seen: further.seen,
        zones: backend.zone_names(),
        calendars: calendar_names(&backend, &caller).await?,
        pools: pool_names(&backend, &caller).await?,
        rotas: rota_names(&backend, &caller).await?,
        unasked: with_status(unasked)?,
        default_zone: backend.default_zone(),
    })
}

/// The channels that a task may use: those for all, and its own one.
#[cfg(feature = "ssr")]
pub(super) async fn channels_for(
    backend: &SharedBackend,
    caller: &Caller,
    task: Option<TaskId>,
    chosen: Option<ChannelId>,
) -> Result<Vec<Channel>, AppError> {
    let mut channels = with_status(backend.channel_list(caller).await)?;
    channels.retain(|channel| channel.serves(task));
    let is_listed = |id| channels.iter().any(|channel| channel.id == id);
    if let Some(id) = chosen.filter(|id| !is_listed(*id)) {
        match backend.channel_get(caller, id).await {
            Ok(channel) if channel.serves(task) => channels.push(channel),
            // That of another task, which this one was copied from; or one that was deleted.
            Ok(_) => {}
            Err(error) if error.kind == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(channels)
}

/// A preview if possible; a faulty expression is reported at its field instead.
#[cfg(feature = "ssr")]
async fn preview_of(
    backend: &SharedBackend,
    caller: &Caller,
    draft: &TaskDraft,
    task_id: Option<TaskId>,
    schedules: Vec<ScheduleDraft>,
) -> Option<Preview> {
    let request = PreviewRequest {
        schedules,
        task_id,
        tags: draft.tags.clone(),
        zone: draft.zone.clone(),
        // Part of the document, so that the browser need not fetch it and shift the page.
        viewer_zone: use_context::<ViewerZone>()
            .map(|viewer| viewer.0)
            .filter(|viewer| *viewer != draft.zone)
            .unwrap_or_default(),
        starts_at: draft.starts_at.clone(),
        ends_at: draft.ends_at.clone(),
        ..PreviewRequest::default()
    };
    backend.preview(caller, &request).await.ok()
}

/// Names of the calendars, the built-in one first.
#[cfg(feature = "ssr")]
pub(super) async fn calendar_names(
    backend: &SharedBackend,
    caller: &Caller,
) -> Result<Vec<String>, AppError> {
    let calendars = with_status(backend.calendar_list(caller).await)?;
    Ok(calendars
        .into_iter()
        .map(|calendar| calendar.name)
        .collect())
}

/// Names of the rotas.
#[cfg(feature = "ssr")]
pub(super) async fn rota_names(
    backend: &SharedBackend,
    caller: &Caller,
) -> Result<Vec<String>, AppError> {
    let rotas = with_status(backend.rota_list(caller).await)?;
    Ok(rotas.into_iter().map(|rota| rota.name).collect())
}

/// Names of the pools that a task may use; none for users who may not see them.
#[cfg(feature = "ssr")]
async fn pool_names(backend: &SharedBackend, caller: &Caller) -> Result<Vec<String>, AppError> {
    let pools = match backend.pool_list(caller).await {
        Err(error) if error.kind == ErrorKind::Forbidden => Vec::new(),
        pools => with_status(pools)?,
    };
    let names = pools.into_iter().map(|pool| pool.name);
    Ok(names.filter(|name| name != EVERYTHING).collect())
}

/// The sign-in and set-up forms: `next` and `token` come from the page's query.
#[server(prefix = "/fn", endpoint = "sign_in_form", input = Wire, output = Wire)]
pub async fn fetch_sign_in(next: String, token: String) -> Result<SignInForm, AppError> {
    Ok(match use_context::<Posted>() {
        Some(Posted::SignIn(form)) => form,
        Some(Posted::SetUp) => SignInForm {
            set_up: true,
            ..SignInForm::default()
        },
        _ => SignInForm {
            next,
            token,
            ..SignInForm::default()
        },
    })
}
