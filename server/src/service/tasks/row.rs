//! A task as the list shows it.

use app::i18n::Lang;
use app::page::{RowRun, TaskRow};
use app::run::RunState;
use app::task::{Health, LastRun, TaskState, TaskView};

/// A task with how its last runs ended, for a reader of a language.
pub(super) fn row(view: TaskView, recent: Vec<RunState>, lang: Lang) -> TaskRow {
    let TaskView {
        task,
        cron: _,
        finished: _,
        next_at,
        health,
        last_run,
    } = view;
    let cycle = task.cycle(lang);
    let error = match health {
        Health::Failing { .. } => last_run.as_ref().and_then(LastRun::last_line),
        _ => None,
    };
    TaskRow {
        error: error.map(str::to_owned),
        id: task.id,
        state: task.state,
        asks: !task.execution.parameters.is_empty() || task.state != TaskState::Active,
        cycle,
        next_at,
        health,
        last_run: last_run.map(|run| RowRun {
            id: run.id,
            state: run.state,
            started_at: run.started_at,
            finished_at: run.finished_at,
        }),
        recent,
        urging: task.spec.urging,
        name: task.spec.name,
        owners: task.spec.owners,
        tags: task.spec.tags,
        zone: task.spec.zone,
    }
}
