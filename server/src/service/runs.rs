//! Runs and their output.

use app::auth::Action;
use app::backend::{Answer, Caller, List, Runs};
use app::error::AppError;
use app::i18n::Lang;
use app::id::{RunId, TaskId};
use app::run::brief::Brief;
use app::run::days::{RunDays, RunTrend};
use app::run::log::{LogItem, LogPage};
use app::run::{Output, Run, RunQuery, RunState, RunsBeside};
use async_trait::async_trait;

use super::Service;
use crate::auth::token::random_id;
use crate::error::{OrInternal, internal};
use crate::executor::StopReason;
use crate::output::{RunLog, RunOutput, readable};
use crate::store::{Act, StopOutcome, StoreError};
use crate::texts::lists::ListRefusal;
use crate::texts::runs::RunRefusal;
use crate::texts::{Missing, Refusal};

impl Service {
    pub(super) async fn find_run(&self, lang: Lang, id: RunId) -> Answer<Run> {
        let run = self.store.run(id).await.or_internal(lang)?;
        run.ok_or_else(|| Missing::Run.answer(lang))
    }

    /// A run's log, from memory or from the store.
    async fn log_of(&self, lang: Lang, id: RunId) -> Answer<Log> {
        if let Some(log) = self.live_log(id) {
            return Ok(Log::Live(log));
        }
        let run = self.find_run(lang, id).await?;
        // A run that waits for its channel writes no more output.
        let is_over = run.state.is_over() || run.state == RunState::Sending;
        let row = self.store.run_output(id).await.or_internal(lang)?;
        let mut stored = row.ok_or_else(|| Missing::Run.answer(lang))?;
        let mut complete = is_over;
        if !is_over {
            // It may have just ended here, with its result not written yet.
            if let Some(ended) = self.output.ended(id) {
                stored = ended;
                complete = true;
            }
        }
        let kept = self.output.kept(&stored, run.started_at.0, complete).await;
        Ok(Log::Kept(kept))
    }

    /// The end of a run's log as text, of which at most so many bytes are read.
    pub(super) async fn run_tail(&self, lang: Lang, id: RunId, bytes: u32) -> Answer<String> {
        let log = self.log_of(lang, id).await?;
        let (total, _) = match &log {
            Log::Live(log) => log.counts(),
            Log::Kept(kept) => kept.counts(),
        };
        let (from, limit) = (total.saturating_sub(bytes.into()), bytes as usize);
        let page = match log {
            Log::Live(log) => log.page(from, limit).await,
            Log::Kept(kept) => kept.page(from, limit),
        };
        let texts = page.items.into_iter().filter_map(|item| match item {
            LogItem::Text { text, .. } => Some(text),
            LogItem::Gap { .. } => None,
        });
        Ok(texts.collect())
    }

    fn live_log(&self, id: RunId) -> Option<RunLog> {
        self.executor.as_ref()?.live_output(id)
    }

    /// Returns when a run's log may be longer than `from`, at the latest after a second: a run of another
    /// node sends no signal here.
    pub async fn log_moved(&self, id: RunId, from: u64) {
        let mut changes = self.signals.subscribe();
        let log = self.live_log(id);
        let beyond = async {
            match &log {
                Some(log) => log.beyond(from).await,
                None => std::future::pending().await,
            }
        };
        let changed = async {
            while changes
                .recv()
                .await
                .is_ok_and(|change| change.run != Some(id))
            {}
        };
        tokio::select! {
            () = beyond => {}
            () = changed => {}
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
    }
}

/// How often the log of a run that is not active here is read again.
const LOOK_AGAIN: std::time::Duration = std::time::Duration::from_secs(1);

/// Bytes of text in one page of a log.
const LOG_PAGE_MAX: usize = 256 * 1024;

/// Where a run's log is.
enum Log {
    /// In memory of this process.
    Live(RunLog),
    /// In the run's row and its object.
    Kept(RunOutput),
}

impl Log {
    async fn plain(&self) -> Vec<u8> {
        match self {
            Self::Live(log) => log.plain().await,
            Self::Kept(kept) => kept.plain(),
        }
    }
}

/// The error for a run that was stopped while the audit log could not be written: the entry goes to the
/// server's log, and the caller is informed of both.
fn unrecorded(lang: Lang, act: &Act, id: RunId, error: &StoreError) -> AppError {
    let incident = random_id(8);
    tracing::error!(
        incident,
        act = %act,
        run.id = id.0,
        error = error as &dyn std::error::Error,
        "a run was stopped, and this could not be written to the audit log"
    );
    AppError {
        incident: Some(incident),
        ..RunRefusal::StopUnrecorded { id: id.0 }.answer(lang)
    }
}

#[async_trait]
impl Runs for Service {
    async fn run_list(
        &self,
        caller: &Caller,
        task: TaskId,
        after: Option<String>,
        limit: u32,
    ) -> Answer<List<Run>> {
        self.allow(caller, Action::Read)?;
        let lang = caller.lang;
        self.find_task(lang, task).await?;
        let limit = limit.clamp(1, 200) as usize;
        let before = match after.as_deref().map(str::parse::<i64>) {
            None => None,
            Some(Ok(id)) => Some(id),
            Some(Err(_)) => {
                return Err(ListRefusal::Cursor.answer(lang));
            }
        };
        let one_more = limit as u64 + 1;
        let found = self.store.task_runs(task, before, one_more).await;
        let mut items = found.or_internal(lang)?;
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|run| run.id.to_string());
        Ok(List { items, next })
    }

    async fn run_search(&self, caller: &Caller, query: &RunQuery) -> Answer<List<Run>> {
        self.search_runs(caller, query).await
    }

    async fn run_get(&self, caller: &Caller, id: RunId) -> Answer<Run> {
        self.allow(caller, Action::Read)?;
        self.find_run(caller.lang, id).await
    }

    async fn run_output(&self, caller: &Caller, id: RunId) -> Answer<Output> {
        self.allow(caller, Action::Read)?;
        let log = self.log_of(caller.lang, id).await?;
        let (total, dropped) = match &log {
            Log::Live(log) => log.counts(),
            Log::Kept(kept) => kept.counts(),
        };
        let number = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
        Ok(Output {
            text: readable(&log.plain().await).into_owned(),
            total_bytes: number(total),
            dropped_bytes: number(dropped),
        })
    }

    async fn run_output_raw(&self, caller: &Caller, id: RunId) -> Answer<Vec<u8>> {
        self.allow(caller, Action::Read)?;
        Ok(self.log_of(caller.lang, id).await?.plain().await)
    }

    async fn run_log(&self, caller: &Caller, id: RunId, from: u64, limit: u32) -> Answer<LogPage> {
        self.allow(caller, Action::Read)?;
        let limit = (limit as usize).clamp(1, LOG_PAGE_MAX);
        Ok(match self.log_of(caller.lang, id).await? {
            Log::Live(log) => log.page(from, limit).await,
            Log::Kept(kept) => kept.page(from, limit),
        })
    }

    async fn run_attempts(&self, caller: &Caller, id: RunId) -> Answer<Vec<Run>> {
        self.allow(caller, Action::Read)?;
        let run = self.find_run(caller.lang, id).await?;
        self.store.attempts(&run).await.or_internal(caller.lang)
    }

    async fn run_beside(&self, caller: &Caller, id: RunId) -> Answer<RunsBeside> {
        self.allow(caller, Action::Read)?;
        let run = self.find_run(caller.lang, id).await?;
        self.store.runs_beside(&run).await.or_internal(caller.lang)
    }

    async fn run_brief(&self, caller: &Caller, id: RunId) -> Answer<Brief> {
        self.brief(caller, id).await
    }

    async fn run_days(
        &self,
        caller: &Caller,
        task: TaskId,
        from: &str,
        to: &str,
    ) -> Answer<RunDays> {
        self.days_of_runs(caller, task, from, to).await
    }

    async fn run_trend(&self, caller: &Caller, task: TaskId) -> Answer<RunTrend> {
        self.trend_of_runs(caller, task).await
    }

    async fn run_stop(&self, caller: &Caller, id: RunId) -> Answer<Run> {
        let who = self.allow(caller, Action::Operate)?;
        let lang = caller.lang;
        let executor = self.executor(lang)?;
        let act = self.act(who, "run.stop");
        // A process of this server is stopped first, even if the database cannot be written.
        if executor.stop(id, StopReason::Person(who.name.clone())) {
            let noted = self.store.record_act(&act, Some(id.0)).await;
            noted.map_err(|error| unrecorded(lang, &act, id, &error))?;
            return self.find_run(lang, id).await;
        }
        let run = self.find_run(lang, id).await?;
        if run.state.is_over() {
            return Err(RunRefusal::Over.answer(lang));
        }
        // It waits, or it is active on another node, which polls for stop requests every second.
        let (outcome, refused) = match self.store.stop_run(&act, id).await {
            Ok(outcome) => (outcome, None),
            // If only the audit log cannot be written, the run is stopped anyway.
            Err(error) => match self.store.stop_run_unrecorded(&act, id).await {
                Ok(outcome) => (outcome, Some(error)),
                Err(_) => return Err(internal(lang, &error)),
            },
        };
        match outcome {
            StopOutcome::AlreadyOver => return Err(RunRefusal::Over.answer(lang)),
            StopOutcome::Requested => self.signals.stops_requested(),
            StopOutcome::Cancelled => {
                self.signals.runs_ended([]);
                self.signals.publish(Some(run.task_id), Some(id));
            }
        }
        match refused {
            None => self.find_run(lang, id).await,
            Some(error) => Err(unrecorded(lang, &act, id, &error)),
        }
    }
}
