//! `jcrontab run show`: a run as its page shows it.

use app::run::{Run, RunState, reason_text, signal_text};
use app::texts::runlog::RunLogUi;
use app::texts::{Ui, phrases};
use axum::http::Method;
use serde_json::Value;

use super::brief;
use crate::cli::calendar::typed;
use crate::cli::client::Client;
use crate::cli::print::{block, print_lines};
use crate::cli::when::here;
use crate::cli::words::{labelled, state, title};
use crate::cli::{Failure, lang};

/// Prints a run, and for a failed one what to do about it.
pub(super) async fn show(client: &Client, answer: &Value) -> Result<(), Failure> {
    let run: Run = typed(answer)?;
    let path = format!("/api/v1/tasks/{}", run.task_id);
    let task = match client.call(Method::GET, &path, None).await {
        Ok(task) => task,
        // Deleted meanwhile.
        Err(failure) if failure.is_not_found() => Value::Null,
        Err(failure) => return Err(failure),
    };
    let mut lines = facts(&run);
    if run.state.is_bad() {
        lines.extend(brief::brief(client, run.id).await?);
    }
    let runbook = task["runbook"].as_str().unwrap_or_default();
    if run.state.is_bad() && !runbook.is_empty() {
        lines.push(title(Ui::of(lang()).runbook));
        lines.extend(block(runbook));
    }
    print_lines(&lines);
    Ok(())
}

/// The state in words: one that was called off while it waited was not stopped.
fn outcome(run: &Run) -> String {
    if run.state.is_over() && !run.has_started() {
        return Ui::of(lang()).run_not_started.to_owned();
    }
    state(run.state.as_str())
}

fn facts(run: &Run) -> Vec<String> {
    let lang = lang();
    let (ui, log) = (Ui::of(lang), RunLogUi::of(lang));
    let name = run.task_name.replace(char::is_control, " ");
    let mut lines = vec![
        phrases::run_title(lang, run.id.0),
        labelled(ui.task_word, format!("{name} (#{})", run.task_id)),
        labelled(ui.state, outcome(run)),
        labelled(ui.trigger, ui.trigger_text(run.trigger)),
    ];
    let mut fact = |label: &str, value: Option<String>| {
        let value = value.filter(|value| !value.is_empty());
        lines.extend(value.map(|value| labelled(label, value.replace(char::is_control, " "))));
    };
    let waits = run.state == RunState::Waiting;
    let started = run.has_started().then_some(run.started_at);
    let parameters = run.parameters.iter();
    let parameters = parameters.map(|(name, value)| format!("{name}={value}"));
    fact(ui.requested_by, run.requested_by.clone());
    fact(log.note, run.note.clone());
    fact(
        log.parameters,
        Some(parameters.collect::<Vec<_>>().join(", ")),
    );
    fact(ui.planned_for, run.scheduled_for.map(here));
    fact(log.due, run.due_at.filter(|_| waits).map(here));
    fact(ui.started, started.map(here));
    fact(ui.finished, run.finished_at.map(here));
    fact(
        ui.took,
        run.duration_ms().map(|took| phrases::took(lang, took)),
    );
    fact(ui.exit_code, run.exit_code.map(|code| code.to_string()));
    fact(
        ui.signal,
        run.signal
            .map(|signal| signal_text(signal, run.state, lang)),
    );
    let attempt = (run.attempt > 1).then(|| {
        let retry = run.attempt - 1;
        lang.pick(
            format!("{}（第 {retry} 次重试）", run.attempt),
            format!("{} (retry {retry})", run.attempt),
        )
    });
    fact(ui.attempt, attempt);
    fact(
        ui.reason,
        run.reason
            .as_deref()
            .map(|reason| reason_text(reason, lang)),
    );
    fact(
        ui.output,
        (run.output_bytes > 0).then(|| phrases::bytes(run.output_bytes)),
    );
    fact(ui.result, run.excerpt.clone());
    lines
}
