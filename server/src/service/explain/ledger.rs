//! What the ledger says about a time.

use app::backend::Answer;
use app::i18n::Lang;
use app::id::RunId;
use app::occurrence::{NotRun, OccurrenceState, SkipReason, Verdict};
use app::run::{Run, RunState, Trigger};
use app::task::Task;
use chrono::{DateTime, TimeDelta, Utc};

use super::super::Service;
use super::super::words::{local, reason_text};
use super::Said;
use crate::error::OrInternal;
use crate::store::StoredOccurrence;

impl Service {
    pub(super) async fn ledger_says(
        &self,
        lang: Lang,
        task: &Task,
        at: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Answer<Option<Said>> {
        let rows = self
            .store
            .occurrences_about(task.id, at, until)
            .await
            .or_internal(lang)?;
        // One that ran explains more than one that was skipped.
        let found = rows
            .iter()
            .filter(|row| row.tells_of(at, until))
            .min_by_key(|row| (row.run_id.is_none(), row.firings > 1, row.scheduled_for));
        // Named for another time, and moved or put off to this one.
        let moved_here = || {
            rows.iter()
                .filter(|row| at <= row.due_at && row.due_at <= until)
                .filter(|row| row.run_id.is_some() || row.state == OccurrenceState::Planned)
                .min_by_key(|row| (row.run_id.is_none(), row.due_at))
        };
        let Some(row) = found.or_else(moved_here) else {
            return Ok(None);
        };
        let run = match row.run_id {
            Some(id) => self.store.run(id).await.or_internal(lang)?,
            None => None,
        };
        let (verdict, sentence) = match &run {
            Some(run) => of_run(lang, task, row, run),
            None if row.state == OccurrenceState::Planned => {
                let due = local(row.due_at, &task.zone);
                let sentence = if row.due_at + STARTS_WITHIN < self.clock.now() {
                    lang.pick(
                        format!("计划于 {due} 开始，还没有服务器启动它。"),
                        format!(
                            "It was planned to start at {due}, and no server has started it yet."
                        ),
                    )
                } else {
                    lang.pick(
                        format!("计划于 {due} 开始。"),
                        format!("It is planned to start at {due}."),
                    )
                };
                (Verdict::Planned, sentence)
            }
            None => {
                let why = self.why_unrun(lang, task, row, &rows).await?;
                // One row may stand for firings before and after now.
                let first = row.since.filter(|_| row.firings > 1);
                let is_to_come = at.max(first.unwrap_or(row.scheduled_for)) > self.clock.now();
                of_unrun(lang, task, row, &why, is_to_come)
            }
        };
        Ok(Some(Said {
            verdict,
            sentence,
            occurrence_id: Some(row.id),
            run_id: row.run_id,
        }))
    }

    /// Why a firing did not run. Firings that came due while no server was running are decided
    /// together when one is back: all but the first are skipped as overlapping, although at their
    /// own instant nothing was running.
    async fn why_unrun(
        &self,
        lang: Lang,
        task: &Task,
        row: &StoredOccurrence,
        around: &[StoredOccurrence],
    ) -> Answer<String> {
        let reason = row.reason.as_deref().unwrap_or_default();
        let usual = reason_text(lang, reason);
        if NotRun::read(reason) != Some(NotRun::Skipped(SkipReason::Overlap)) {
            return Ok(usual);
        }
        // Runs up to that of the next firing that started are those that may have overlapped.
        let later = around.iter().filter(|other| other.due_at > row.due_at);
        let next = later
            .filter_map(|other| Some((other.due_at, other.run_id?)))
            .min();
        let before = next.map(|(_, run)| run.0.saturating_add(1));
        let runs = self.store.task_runs(task.id, before, RUNS_AROUND);
        let runs = runs.await.or_internal(lang)?;
        Ok(match overlap(&runs, row.due_at) {
            Overlap::UnderWay | Overlap::Unknown => usual,
            Overlap::Lost(id) => lang.pick(
                format!("上一次执行（执行 {id}）失联，无法得知当时是否还在执行"),
                format!("the previous run (run {id}) was lost, so whether it was still running is unknown"),
            ),
            Overlap::Nothing => lang
                .pick(
                    "当时没有服务器启动它；服务器恢复后，任务已经为另一次计划启动",
                    "no server started it in time, and once one was back, the task had already been started for another firing",
                )
                .to_owned(),
        })
    }
}

/// Runs that are searched for the one that a firing overlapped with.
const RUNS_AROUND: u64 = 50;
/// A firing starts this long after it is due, even on a busy machine.
const STARTS_WITHIN: TimeDelta = TimeDelta::seconds(2);

/// What the runs of a task show about an instant.
#[derive(PartialEq, Eq, Debug)]
enum Overlap {
    /// One was under way.
    UnderWay,
    /// One had started, and when it ended is unknown.
    Lost(RunId),
    /// None was under way.
    Nothing,
    /// The runs do not reach back far enough.
    Unknown,
}

/// What these runs, newest first, show about an instant.
fn overlap(runs: &[Run], at: DateTime<Utc>) -> Overlap {
    let covers = |run: &&Run| {
        run.started_at.0 <= at + STARTS_WITHIN && run.finished_at.is_none_or(|end| end.0 >= at)
    };
    let mut covering = runs.iter().filter(covers).peekable();
    let Some(first) = covering.peek().map(|run| run.id) else {
        let reach_back = runs.last().is_some_and(|run| run.started_at.0 <= at);
        return if reach_back || (runs.len() as u64) < RUNS_AROUND {
            Overlap::Nothing
        } else {
            Overlap::Unknown
        };
    };
    if covering.all(|run| run.state == RunState::Lost) {
        Overlap::Lost(first)
    } else {
        Overlap::UnderWay
    }
}

/// A firing that ran, or runs.
fn of_run(lang: Lang, task: &Task, row: &StoredOccurrence, run: &Run) -> (Verdict, String) {
    let named = local(row.scheduled_for, &task.zone);
    let started = local(run.started_at.0, &task.zone);
    let how = state_text(lang, run.state);
    if run.state == RunState::Waiting {
        let why = run
            .reason
            .as_deref()
            .map(|reason| app::run::reason_text(reason, lang))
            .unwrap_or_default();
        let (id, attempt) = (run.id, run.attempt);
        let sentence = lang.pick(
            format!("计划在 {named} 的这一次还没有开始：{why}（第 {attempt} 次尝试，执行 {id}）。"),
            format!("The run planned for {named} has not started yet: it {why} (attempt {attempt}, run {id})."),
        );
        return (Verdict::Waiting, sentence);
    }
    let verdict = if run.state.is_over() {
        Verdict::Ran
    } else {
        Verdict::Running
    };
    let caught_up = if run.trigger == Trigger::CatchUp {
        lang.pick("（补执行）", " (caught up)")
    } else {
        ""
    };
    // Why it ended badly.
    let code = run.exit_code.filter(|code| *code != 0);
    let reason = run
        .reason
        .as_deref()
        .map(|reason| app::run::reason_text(reason, lang))
        .or_else(|| {
            code.map(|code| lang.pick(format!("退出码 {code}"), format!("exit code {code}")))
        })
        .filter(|_| run.state.is_over() && run.state != RunState::Succeeded)
        .map(|why| lang.pick(format!("：{why}"), format!(": {why}")))
        .unwrap_or_default();
    let id = run.id;
    let sentence = lang.pick(
        format!("计划在 {named} 的这一次于 {started} 开始{caught_up}，{how}{reason}（执行 {id}）。"),
        format!("The run planned for {named} started at {started}{caught_up} and {how}{reason} (run {id})."),
    );
    (verdict, sentence)
}

/// A firing, or many, that did not run.
fn of_unrun(
    lang: Lang,
    task: &Task,
    row: &StoredOccurrence,
    why: &str,
    is_to_come: bool,
) -> (Verdict, String) {
    let named = local(row.scheduled_for, &task.zone);
    let (verdict, word) = match row.state {
        OccurrenceState::Missed => (Verdict::Missed, lang.pick("错过", "was missed")),
        OccurrenceState::Planned | OccurrenceState::Run(_) | OccurrenceState::Skipped => {
            (Verdict::Skipped, lang.pick("跳过", "was skipped"))
        }
    };
    let since = row.since.filter(|_| row.firings > 1);
    let since = since.map(|since| (local(since, &task.zone), row.firings));
    let sentence = match (since, is_to_come) {
        (Some((since, count)), true) => lang.pick(
            format!("不会执行：{since} 到 {named} 之间的 {count} 次都{word}，原因：{why}。"),
            format!("It will not run: each of the {count} firings from {since} to {named} is skipped: {why}."),
        ),
        (Some((since, count)), false) => lang.pick(
            format!("没有执行：{since} 到 {named} 之间的 {count} 次都{word}了，原因：{why}。"),
            format!(
                "It did not run: each of the {count} firings from {since} to {named} {word}: {why}."
            ),
        ),
        (None, true) => lang.pick(
            format!("不会执行：计划在 {named} 的这一次会{word}，原因：{why}。"),
            format!("It will not run: the run planned for {named} is skipped: {why}."),
        ),
        (None, false) => lang.pick(
            format!("没有执行：计划在 {named} 的这一次{word}了，原因：{why}。"),
            format!("It did not run: the run planned for {named} {word}: {why}."),
        ),
    };
    (verdict, sentence)
}

fn state_text(lang: Lang, state: RunState) -> &'static str {
    match state {
        RunState::Waiting => lang.pick("正在等待", "is waiting"),
        RunState::Running => lang.pick("正在执行", "is running"),
        RunState::Sending => lang.pick(
            "正在等待渠道接收消息",
            "is waiting for its channel to accept the message",
        ),
        RunState::Succeeded => lang.pick("成功", "succeeded"),
        RunState::Failed => lang.pick("失败", "failed"),
        RunState::TimedOut => lang.pick("超时被终止", "was ended by its time limit"),
        RunState::Killed => lang.pick("被人停止", "was stopped by somebody"),
        RunState::Lost => lang.pick("失联，结局未知", "was lost; how it ended is unknown"),
    }
}
