//! Runs and their output.

use app::auth::Action;
use app::backend::{Answer, Caller, List, Runs};
use app::error::{AppError, ErrorKind};
use app::i18n::Lang;
use app::id::{RunId, TaskId};
use app::run::log::LogPage;
use app::run::{Output, Run};
use async_trait::async_trait;

use super::Service;
use crate::error::OrInternal;
use crate::executor::StopReason;
use crate::store::StoredOutput;

impl Service {
    pub(super) async fn find_run(&self, lang: Lang, id: RunId) -> Answer<Run> {
        let run = self.store.run(id).await.or_internal(lang)?;
        run.ok_or_else(|| AppError::not_found(lang, lang.pick("这次执行", "run")))
    }

    /// What is kept of a run's output, from wherever it is.
    async fn output_of(&self, lang: Lang, id: RunId) -> Answer<(StoredOutput, Vec<u8>)> {
        if let Some(live) = self
            .executor
            .as_ref()
            .and_then(|executor| executor.live_output(id))
        {
            return Ok(live);
        }
        let mut stored = self
            .store
            .run_output(id)
            .await
            .or_internal(lang)?
            .ok_or_else(|| AppError::not_found(lang, lang.pick("这次执行", "run")))?;
        let Some(name) = &stored.object else {
            let bytes = std::mem::take(&mut stored.tail);
            return Ok((stored, bytes));
        };
        match self.output.read(name).await {
            Ok(bytes) => Ok((stored, bytes)),
            Err(error) => {
                // Kept on another host, or removed by hand: the end of it is still in the row.
                tracing::warn!(
                    run.id = id.0,
                    error = &error as &dyn std::error::Error,
                    "output is not here"
                );
                let bytes = std::mem::take(&mut stored.tail);
                stored.dropped = stored.bytes - i64::try_from(bytes.len()).unwrap_or(0);
                Ok((stored, bytes))
            }
        }
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
                return Err(AppError::new(
                    ErrorKind::Invalid,
                    "cursor",
                    lang.pick("分页游标无效", "The cursor is not one of ours"),
                ));
            }
        };
        let mut items = self
            .store
            .task_runs(task, before, limit as u64 + 1)
            .await
            .or_internal(lang)?;
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|run| run.id.to_string());
        Ok(List { items, next })
    }

    async fn run_get(&self, caller: &Caller, id: RunId) -> Answer<Run> {
        self.allow(caller, Action::Read)?;
        self.find_run(caller.lang, id).await
    }

    async fn run_output(&self, caller: &Caller, id: RunId) -> Answer<Output> {
        self.allow(caller, Action::Read)?;
        let (stored, bytes) = self.output_of(caller.lang, id).await?;
        Ok(Output {
            text: String::from_utf8_lossy(&bytes).into_owned(),
            total_bytes: stored.bytes,
            dropped_bytes: stored.dropped,
        })
    }

    async fn run_output_raw(&self, caller: &Caller, id: RunId) -> Answer<Vec<u8>> {
        self.allow(caller, Action::Read)?;
        Ok(self.output_of(caller.lang, id).await?.1)
    }

    async fn run_log(&self, caller: &Caller, id: RunId, from: u64, limit: u32) -> Answer<LogPage> {
        self.allow(caller, Action::Read)?;
        let _ = (id, from, limit);
        Ok(LogPage::default())
    }

    async fn run_attempts(&self, caller: &Caller, id: RunId) -> Answer<Vec<Run>> {
        self.allow(caller, Action::Read)?;
        Ok(vec![self.find_run(caller.lang, id).await?])
    }

    async fn run_stop(&self, caller: &Caller, id: RunId) -> Answer<Run> {
        let who = self.allow(caller, Action::Operate)?;
        let lang = caller.lang;
        let executor = self.executor(lang)?;
        let run = self.find_run(lang, id).await?;
        if run.state.is_over() {
            return Err(AppError::new(
                ErrorKind::Conflict,
                "run.over",
                lang.pick("这次执行已经结束", "The run is over already"),
            ));
        }
        if !executor.stop(id, StopReason::Person(who.name.clone())) {
            return Err(AppError::new(
                ErrorKind::Conflict,
                "run.elsewhere",
                lang.pick(
                    "这次执行不在这台服务器上",
                    "The run is not under way on this server",
                ),
            )
            .with_hint(lang.pick(
                "稍等一下再看它的状态",
                "Look at its state again in a moment",
            )));
        }
        self.audit(who, "run.stop", Some(id.0), "").await;
        Ok(run)
    }
}
