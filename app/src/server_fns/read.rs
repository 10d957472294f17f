//! Reads the data of pages.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of each function's arguments"
)]

use leptos::server;

use crate::error::AppError;
use crate::id::{RunId, TaskId};
use crate::page::{About, Overview, Preview, PreviewRequest, RunPage, TaskAnswer, TaskListPage};
use crate::run::HistoryItem;
use crate::task::TaskQuery;
use crate::wire::Wire;
#[cfg(feature = "ssr")]
use crate::{
    backend::{Answer, Caller, List, SharedBackend, backend, caller, with_status},
    error::ErrorKind,
    page::{Clockface, TaskPage},
    task::TASK_UNREADABLE,
    time::ZoneRules,
};

/// History lines of a page.
#[cfg(feature = "ssr")]
const HISTORY_LINES: u32 = 30;

/// Bytes of a log that are part of its page.
#[cfg(feature = "ssr")]
const LOG_FIRST_BYTES: u32 = 64 * 1024;

/// Bytes of a log in an answer to a page.
#[cfg(feature = "ssr")]
const LOG_BYTES: u32 = 256 * 1024;

/// The rows of a list, or no rows and the fault of the question, which the page shows where it was asked.
#[cfg(feature = "ssr")]
pub(super) fn or_fault<T>(answer: Answer<List<T>>) -> Answer<(List<T>, Option<AppError>)> {
    match with_status(answer) {
        Err(error) if matches!(error.kind, ErrorKind::Invalid | ErrorKind::NotFound) => {
            let nothing = List {
                items: Vec::new(),
                next: None,
            };
            Ok((nothing, Some(error)))
        }
        answer => Ok((answer?, None)),
    }
}

/// The overview page.
#[server(prefix = "/fn", endpoint = "overview", input = Wire, output = Wire)]
pub async fn fetch_overview() -> Result<Overview, AppError> {
    with_status(backend()?.overview(&caller()?).await)
}

/// The task list page.
#[server(prefix = "/fn", endpoint = "task_list_page", input = Wire, output = Wire)]
pub async fn fetch_task_list(query: TaskQuery) -> Result<TaskListPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let board = with_status(backend.task_board(&caller, &query).await)?;
    let clock = clock(&backend, &caller, &backend.default_zone()).await?;
    let mut zones: Vec<ZoneRules> = Vec::new();
    for row in &board.items {
        let name = &row.zone;
        let known = *name == clock.zone.name || zones.iter().any(|zone| zone.name == *name);
        if !known {
            zones.push(backend.zone_rules(&caller, name).await?);
        }
    }
    Ok(TaskListPage {
        clock,
        zones,
        query,
        items: board.items,
        counts: board.counts,
        unknown: board.unknown,
        next: board.next,
    })
}

/// The task page, also of a task whose row cannot be read. Firings are also shown in the viewer's zone, if given.
#[server(prefix = "/fn", endpoint = "task_page", input = Wire, output = Wire)]
pub async fn fetch_task(
    id: TaskId,
    #[server(default)] viewer_zone: String,
) -> Result<TaskAnswer, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let found = backend.task_get(&caller, id).await;
    if let Err(error) = &found
        && error.code == TASK_UNREADABLE
        && let Some(damaged) = backend.task_damage(&caller, id).await?
    {
        return Ok(TaskAnswer::Damaged(damaged));
    }
    let task = with_status(found)?;
    let request = PreviewRequest {
        schedules: task.schedules_in_force(),
        task_id: Some(id),
        tags: task.tags.clone(),
        zone: task.zone.clone(),
        viewer_zone,
        starts_at: task.starts_at.map(|at| at.rfc3339()).unwrap_or_default(),
        ends_at: task.ends_at.map(|at| at.rfc3339()).unwrap_or_default(),
        ..PreviewRequest::default()
    };
    let preview = backend.preview(&caller, &request).await?;
    let history = backend
        .task_history(&caller, id, None, HISTORY_LINES)
        .await?;
    let channel = match task.channel_id {
        Some(channel) => Some(backend.channel_get(&caller, channel).await?),
        None => None,
    };
    let own = channel.as_ref().filter(|one| one.task_id == Some(id));
    let robot = own.map(|own| own.id);
    let mut awaits = Vec::new();
    for id in &task.execution.waits.tasks {
        match backend.task_get(&caller, *id).await {
            Ok(other) => awaits.push((*id, other.name.clone())),
            // Deleted while this task was being saved, or damaged: the page must still work.
            Err(error) if error.kind == ErrorKind::NotFound || error.code == TASK_UNREADABLE => {}
            Err(error) => return Err(error),
        }
    }
    let running = history.items.iter().find_map(|item| match item {
        HistoryItem::Run(run) if !run.state.is_over() => Some(run.clone()),
        _ => None,
    });
    let name = channel.as_ref().map(|channel| channel.name.as_str());
    Ok(TaskAnswer::Whole(Box::new(TaskPage {
        clock: clock(&backend, &caller, &task.zone).await?,
        messages: backend.message_list(&caller, id, None, 10).await?,
        explained: backend.task_messages_explained(&caller, id).await?,
        ticket: super::tickets::latest(&backend, &caller, id).await?,
        changed: backend.task_last_change(&caller, id).await?,
        cycle: task.cycle(caller.lang),
        facts: super::facts::shown(&task, name, &caller),
        task,
        robot,
        channel: channel.map(|channel| channel.name),
        asks: backend.task_run_form(&caller, id).await?.asks(),
        awaits,
        preview,
        running,
        history: history.items,
        next: history.next,
    })))
}

/// More history of a task.
#[server(prefix = "/fn", endpoint = "task_history", input = Wire, output = Wire)]
pub async fn fetch_history(
    id: TaskId,
    after: String,
) -> Result<(Vec<HistoryItem>, Option<String>), AppError> {
    let list = with_status(
        backend()?
            .task_history(&caller()?, id, Some(after), HISTORY_LINES)
            .await,
    )?;
    Ok((list.items, list.next))
}

/// The run page, with a part of the log from a position on, if given.
#[server(prefix = "/fn", endpoint = "run_page", input = Wire, output = Wire)]
pub async fn fetch_run(
    id: RunId,
    #[server(default)] from: Option<u64>,
) -> Result<RunPage, AppError> {
    let (backend, caller) = (backend()?, caller()?);
    let run = with_status(backend.run_get(&caller, id).await)?;
    let task = backend.task_get(&caller, run.task_id).await?;
    let log = match from {
        // The first part is sent twice, as markup and as data.
        Some(0) => Some(backend.run_log(&caller, id, 0, LOG_FIRST_BYTES).await?),
        Some(from) => Some(backend.run_log(&caller, id, from, LOG_BYTES).await?),
        None => None,
    };
    // Until then there is no other start of it.
    let asks = run.state.is_over()
        && (!run.parameters.is_empty()
            || backend.task_run_form(&caller, run.task_id).await?.asks());
    Ok(RunPage {
        beside: backend.run_beside(&caller, id).await?,
        asks,
        clock: clock(&backend, &caller, &task.zone).await?,
        attempts: backend.run_attempts(&caller, id).await?,
        log,
        messages: backend
            .message_list(&caller, run.task_id, Some(id), 10)
            .await?,
        brief: if run.state.is_bad() {
            Some(backend.run_brief(&caller, id).await?)
        } else {
            None
        },
        run,
    })
}

/// The About page.
#[server(prefix = "/fn", endpoint = "about_page", input = Wire, output = Wire)]
pub async fn fetch_about() -> Result<About, AppError> {
    with_status(backend()?.about(&caller()?).await)
}

/// The live preview of the task form. While typing, input usually has faults: they are an answer, not a failure.
#[server(prefix = "/fn", endpoint = "preview", input = Wire, output = Wire)]
pub async fn fetch_preview(request: PreviewRequest) -> Result<Result<Preview, AppError>, AppError> {
    match backend()?.preview(&caller()?, &request).await {
        Err(error) if error.kind == ErrorKind::Invalid => Ok(Err(error)),
        answer => with_status(answer.map(Ok)),
    }
}

/// Clock and zone of a page.
#[cfg(feature = "ssr")]
pub(super) async fn clock(
    backend: &SharedBackend,
    caller: &Caller,
    zone: &str,
) -> Answer<Clockface> {
    Ok(Clockface {
        now: backend.now(),
        zone: backend.zone_rules(caller, zone).await?,
    })
}
