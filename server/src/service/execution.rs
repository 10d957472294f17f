//! The rules on the execution of a task that need the database or the settings of the server.

mod waits;

pub(super) use waits::{NamedTask, two_tasks};

use std::sync::Arc;

use app::backend::Answer;
use app::error::{AppError, ErrorKind, FieldError};
use app::i18n::Lang;
use app::task::execution::ExecutionDraft;
use app::task::{Execution, Parsed, Task, TaskDraft};

use super::Service;
use crate::error::OrInternal;
use crate::executor::RunAsError;

impl Service {
    /// Checks how a task is executed and looks up the tasks that it waits for.
    ///
    /// What the task `own` has already is not asked again: a setting of the server that became
    /// stricter must not keep people from editing the rest. Starts ask the server, too.
    pub(super) async fn check_execution(
        &self,
        lang: Lang,
        draft: &TaskDraft,
        own: Option<&Task>,
        parsed: &mut Parsed,
    ) -> Answer<()> {
        let kept = own.map_or_else(Execution::usual, |task| Arc::clone(&task.execution));
        let execution = Arc::clone(&parsed.spec.execution);
        let check_url = parsed.is_fine("execution.http.url");
        let check_waits = parsed.is_fine("execution.waits.tasks");
        let faults = &mut parsed.faults;
        if execution.pool != kept.pool {
            self.check_pool(lang, &execution.pool, faults).await?;
        }
        if execution.run_as != kept.run_as && draft.mode.runs_command() {
            self.check_run_as(lang, &execution.run_as, faults).await?;
        }
        let url = |of: &Execution| of.http.as_ref().map(|call| call.url.clone());
        if check_url && url(&execution) != url(&kept) {
            self.check_url(lang, &execution, faults);
        }
        let awaited = &draft.execution.waits.tasks;
        if check_waits && !awaited.is_empty() {
            let own = own.map(|task| task.id);
            let tasks = self.check_waits(lang, awaited, own, faults).await?;
            if !tasks.is_empty() {
                Arc::make_mut(&mut parsed.spec.execution).waits.tasks = tasks;
            }
        }
        Ok(())
    }

    async fn check_pool(&self, lang: Lang, name: &str, faults: &mut Vec<FieldError>) -> Answer<()> {
        // All runs take a slot of `*`; no task names it.
        let known = name != app::pool::EVERYTHING
            && self.store.pool(name).await.or_internal(lang)?.is_some();
        if !name.is_empty() && !known {
            faults.push(FieldError::new(
                "execution.pool",
                "unknown",
                lang.pick(
                    format!("没有名为“{name}”的并发池；请管理员先添加"),
                    format!("There is no pool named \"{name}\"; ask an administrator to add it"),
                ),
            ));
        }
        Ok(())
    }

    async fn check_run_as(
        &self,
        lang: Lang,
        name: &str,
        faults: &mut Vec<FieldError>,
    ) -> Answer<()> {
        if name.is_empty() {
            return Ok(());
        }
        let message = match &self.executor {
            None => lang.pick(
                "服务器没有运行，不知道它允许哪些用户；先运行 jcrontab serve".to_owned(),
                "The server is not running, so it is unknown which users it allows: start it with `jcrontab serve`".to_owned(),
            ),
            Some(executor) => {
                let (executor, user) = (Arc::clone(executor), name.to_owned());
                // The machine may ask a directory server for its users.
                let checked = tokio::task::spawn_blocking(move || executor.check_run_as(&user));
                match checked.await.or_internal(lang)? {
                    Ok(()) => return Ok(()),
                    Err(refusal) => run_as_words(lang, name, &refusal),
                }
            }
        };
        faults.push(FieldError::new("execution.run_as", "not_allowed", message));
        Ok(())
    }

    fn check_url(&self, lang: Lang, execution: &Execution, faults: &mut Vec<FieldError>) {
        let Some(call) = &execution.http else { return };
        if let Err(refusal) = self.guard.parse(&call.url) {
            faults.push(FieldError::new(
                "execution.http.url",
                "refused",
                lang.pick(
                    format!("不能使用这个 URL：{refusal}"),
                    format!("This URL cannot be used: {refusal}"),
                ),
            ));
        }
    }

    /// The draft of an execution, tasks with their names.
    pub(super) async fn execution_draft(
        &self,
        lang: Lang,
        execution: &Execution,
    ) -> Answer<ExecutionDraft> {
        let ids = &execution.waits.tasks;
        let names = self.store.task_names(ids).await.or_internal(lang)?;
        let mut draft = ExecutionDraft::from(execution);
        for (text, id) in draft.waits.tasks.iter_mut().zip(ids) {
            if let Some(name) = names.get(id) {
                text.push(' ');
                text.push_str(name);
            }
        }
        Ok(draft)
    }

    /// Refuses to delete what others wait for: they would wait in vain each time.
    pub(super) async fn check_not_awaited(&self, lang: Lang, task: &Task) -> Answer<()> {
        let waiting = self.store.waiting_tasks().await.or_internal(lang)?;
        let others: Vec<String> = waiting
            .iter()
            .filter(|other| other.id != task.id && other.tasks.contains(&task.id))
            .map(|other| format!("#{} {}", other.id, other.name))
            .collect();
        if others.is_empty() {
            return Ok(());
        }
        let others = others.join(lang.pick("、", ", "));
        Err(AppError::new(
            ErrorKind::Conflict,
            "task.awaited",
            lang.pick(
                format!("不能删除：{others} 依赖它的结果"),
                format!("It cannot be deleted: {others} depend on its result"),
            ),
        )
        .with_hint(lang.pick(
            "先去掉那些任务的依赖",
            "Remove it from their dependencies first",
        )))
    }
}

/// Why a task may not run as a user.
fn run_as_words(lang: Lang, name: &str, refusal: &RunAsError) -> String {
    match refusal {
        RunAsError::NotRoot { own } => lang.pick(
            format!(
                "服务器不是以 root 运行的，只能以 {own} 执行；\
                 以 root 运行并设置 JCRONTAB_RUN_AS_ALLOW 后才能换用户"
            ),
            format!(
                "This server is not root, so all runs are those of {own}; a server of root allows \
                 those that JCRONTAB_RUN_AS_ALLOW names"
            ),
        ),
        RunAsError::NoSuchUser { .. } => lang.pick(
            format!("这台机器上没有用户 {name}"),
            format!("There is no user {name} on this machine"),
        ),
        RunAsError::NotListed { .. } | RunAsError::Scratch(_) => lang.pick(
            format!("不允许以 {name} 执行；管理员可以把它加进 JCRONTAB_RUN_AS_ALLOW"),
            format!("Running as {name} is not allowed; an administrator can add it to JCRONTAB_RUN_AS_ALLOW"),
        ),
    }
}
