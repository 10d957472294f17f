//! How a task is executed: groups that are folded while everything in them has its default.

use leptos::prelude::*;

use super::parameters::parameters;
use crate::task::execution::{
    ExecutionDraft, KeepDraft, LimitsDraft, RetryDraft, SuccessWhen, WaitsDraft,
};
use crate::ui::components::choice::{check, options, select};
use crate::ui::components::field::{Faults, Field, input, lines, text};
use crate::ui::context::execution_ui;

/// The section.
pub(super) fn execution(draft: &ExecutionDraft, pools: &[String], faults: &Faults) -> AnyView {
    let words = execution_ui();
    view! {
        <section class="card">
            <h2>{words.execution}</h2>
            <p class="muted">{words.execution_text}</p>
            {success(&draft.success_when, faults)}
            {limits(draft, faults)}
            {overlap(draft, pools, faults)}
            {retry(&draft.retry, faults)}
            {environment(draft, faults)}
            {parameters(draft, faults)}
            {waits(&draft.waits, faults)}
            {keep(&draft.keep, faults)}
        </section>
    }
    .into_any()
}

/// A group: open if something in it is set or faulty. `starts` are the prefixes of its fields' names.
pub(super) fn group(
    title: &'static str,
    set: bool,
    starts: &[&str],
    faults: &Faults,
    content: AnyView,
) -> AnyView {
    let faulty = starts
        .iter()
        .any(|start| faults.under(&format!("execution.{start}")));
    view! {
        <details class="fold" open=set || faulty>
            <summary>{title}</summary>
            {content}
        </details>
    }
    .into_any()
}

fn any(texts: &[&str]) -> bool {
    texts.iter().any(|text| !text.trim().is_empty())
}

fn limits(draft: &ExecutionDraft, faults: &Faults) -> AnyView {
    let words = execution_ui();
    let LimitsDraft {
        cpu,
        memory,
        open_files,
        processes,
        nice,
    } = &draft.limits;
    let set = any(&[
        &draft.soft_limit,
        &draft.min_duration,
        &draft.stop_grace,
        cpu,
        memory,
        open_files,
        processes,
        nice,
    ]);
    let content = view! {
        <div class="columns">
            {text("execution.soft_limit", (words.soft_limit, words.soft_limit_hint), &draft.soft_limit, faults)}
            {text("execution.min_duration", (words.min_duration, words.min_duration_hint), &draft.min_duration, faults)}
            {text("execution.stop_grace", (words.stop_grace, words.stop_grace_hint), &draft.stop_grace, faults)}
            {text("execution.limits.memory", (words.memory, words.memory_hint), memory, faults)}
            {text("execution.limits.cpu", (words.cpu, words.cpu_hint), cpu, faults)}
            {text("execution.limits.open_files", (words.open_files, words.open_files_hint), open_files, faults)}
            {text("execution.limits.processes", (words.processes, words.processes_hint), processes, faults)}
            {text("execution.limits.nice", (words.nice, words.nice_hint), nice, faults)}
        </div>
        {check("execution.outlives_server".to_owned(), words.outlives, draft.outlives_server, None)}
        {check("execution.not_from_chats".to_owned(), words.not_from_chats, draft.not_from_chats, None)}
    };
    group(
        words.group_limits,
        set || draft.outlives_server || draft.not_from_chats,
        &["soft_limit", "min_duration", "stop_grace", "limits."],
        faults,
        content.into_any(),
    )
}

fn success(draft: &SuccessWhen, faults: &Faults) -> AnyView {
    let words = execution_ui();
    let content = view! {
        <div class="columns">
            {text("execution.success_when.must_contain", (words.must_contain, words.success_hint), &draft.must_contain, faults)}
            {text("execution.success_when.must_not_contain", (words.must_not_contain, words.success_hint), &draft.must_not_contain, faults)}
        </div>
    };
    group(
        words.group_success,
        !draft.is_empty(),
        &["success_when."],
        faults,
        content.into_any(),
    )
}

fn overlap(draft: &ExecutionDraft, pools: &[String], faults: &Faults) -> AnyView {
    let words = execution_ui();
    let (rule, max) = draft
        .overlap
        .split_once(':')
        .unwrap_or((&draft.overlap, ""));
    let rules = [
        ("skip", words.overlap_skip),
        ("allow", words.overlap_allow),
        ("queue", words.overlap_queue),
        ("replace", words.overlap_replace),
    ];
    let offered = pools
        .iter()
        .map(|pool| view! { <option value=pool.clone()></option> });
    let content = view! {
        <datalist id="pools">{offered.collect_view()}</datalist>
        <div class="columns">
            <div class="overlap">
                {select("execution.overlap", words.overlap, "", options(&rules, rule), faults)}
                {text("execution.overlap_max", (words.overlap_max, words.overlap_max_hint), max, faults)}
            </div>
            {input(Field {
                name: "execution.pool".into(), label: words.pool, value: draft.pool.clone(),
                hint: words.pool_hint, list: Some("pools"), ..Field::default()
            }, faults)}
        </div>
    };
    let usual = matches!(rule.trim(), "" | "skip");
    group(
        words.group_overlap,
        !usual || any(&[&draft.pool]),
        &["overlap", "pool"],
        faults,
        content.into_any(),
    )
}

fn retry(draft: &RetryDraft, faults: &Faults) -> AnyView {
    let words = execution_ui();
    let set = any(&[
        &draft.attempts,
        &draft.delay,
        &draft.factor,
        &draft.max_delay,
        &draft.jitter,
        &draft.exit_codes,
    ]);
    let content = view! {
        <div class="columns">
            {text("execution.retry.attempts", (words.attempts, words.attempts_hint), &draft.attempts, faults)}
            {text("execution.retry.delay", (words.delay, words.delay_hint), &draft.delay, faults)}
            {text("execution.retry.factor", (words.factor, words.factor_hint), &draft.factor, faults)}
            {text("execution.retry.max_delay", (words.max_delay, words.max_delay_hint), &draft.max_delay, faults)}
            {text("execution.retry.jitter", (words.retry_jitter, words.retry_jitter_hint), &draft.jitter, faults)}
            {text("execution.retry.exit_codes", (words.exit_codes, words.exit_codes_hint), &draft.exit_codes, faults)}
        </div>
        <div class="checks">
            {check("execution.retry.on_timeout".to_owned(), words.on_timeout, draft.on_timeout, None)}
            {check("execution.retry.on_lost".to_owned(), words.on_lost, draft.on_lost, None)}
        </div>
    };
    group(
        words.group_retry,
        set || draft.on_timeout || draft.on_lost,
        &["retry."],
        faults,
        content.into_any(),
    )
}

fn keep(draft: &KeepDraft, faults: &Faults) -> AnyView {
    let words = execution_ui();
    let content = view! {
        <div class="columns">
            {text("execution.keep.days", (words.keep_days, words.keep_hint), &draft.days, faults)}
            {text("execution.keep.runs", (words.keep_runs, words.keep_hint), &draft.runs, faults)}
            {text("execution.keep.output_mib", (words.keep_output, words.keep_hint), &draft.output_mib, faults)}
        </div>
    };
    group(
        words.group_keep,
        any(&[&draft.days, &draft.runs, &draft.output_mib]),
        &["keep."],
        faults,
        content.into_any(),
    )
}

fn environment(draft: &ExecutionDraft, faults: &Faults) -> AnyView {
    let words = execution_ui();
    let content = view! {
        <div class="columns">
            {text("execution.run_as", (words.run_as, words.run_as_hint), &draft.run_as, faults)}
            {text("execution.cwd", (words.cwd, words.cwd_hint), &draft.cwd, faults)}
            {text("execution.shell", (words.shell, words.shell_hint), &draft.shell, faults)}
        </div>
        <div class="checks">
            {check("execution.merge_output".to_owned(), words.merge_output, draft.merge_output, None)}
            {check("execution.secret_files".to_owned(), words.secret_files, draft.secret_files, None)}
        </div>
        {lines("execution.env", (words.env, words.env_hint), &draft.env, false, faults)}
    };
    group(
        words.group_env,
        any(&[&draft.run_as, &draft.cwd, &draft.shell, &draft.env])
            || draft.merge_output
            || draft.secret_files,
        &["run_as", "cwd", "shell", "env"],
        faults,
        content.into_any(),
    )
}

fn waits(draft: &WaitsDraft, faults: &Faults) -> AnyView {
    let words = execution_ui();
    let tasks = draft.tasks.join("\n");
    let how = [("all", words.waits_all), ("any", words.waits_any)];
    let what = [
        ("success", words.waits_success),
        ("finish", words.waits_finish),
    ];
    let how_is_usual = matches!(draft.how.trim(), "" | "all");
    let what_is_usual = matches!(draft.what.trim(), "" | "success");
    let content = view! {
        {lines("execution.waits.tasks", (words.waits_tasks, words.waits_tasks_hint), &tasks, false, faults)}
        <div class="columns">
            {select("execution.waits.how", words.waits_how, "", options(&how, &draft.how), faults)}
            {select("execution.waits.what", words.waits_what, "", options(&what, &draft.what), faults)}
            {text("execution.waits.fresh", (words.fresh, words.fresh_hint), &draft.fresh, faults)}
            {text("execution.waits.patience", (words.patience, words.patience_hint), &draft.patience, faults)}
        </div>
    };
    group(
        words.group_waits,
        any(&[&tasks, &draft.fresh, &draft.patience]) || !how_is_usual || !what_is_usual,
        &["waits."],
        faults,
        content.into_any(),
    )
}
