//! A template tried with a real run, or with an example.

use std::time::Duration;

use app::auth::Action;
use app::backend::{Answer, Caller, Runs};
use app::channel::{OnOff, TemplateTrial};
use app::i18n::Lang;
use app::id::{RunId, TaskId};
use app::message::Event;
use app::run::Run;
use app::task::{NAME_MAX_CHARS, Task};

use super::super::Service;
use crate::error::{OrInternal, internal};
use crate::facts::{End, Facts, Failures, HeadAndTail, TaskFacts, event_of};
use crate::messages::target::Target;
use crate::messages::{RenderContext, RenderedMessage, example, wants_brief};
use crate::texts::templates::TemplateRequestFault;
use crate::texts::{Fault, Missing};

/// Runs among which the last one of a task that has ended is looked for.
const RUNS_LOOKED_AT: u64 = 20;
/// So long a preview waits for the brief of its run: a person looks at it, and no message waits behind it.
const TRIAL_WITHIN: Duration = Duration::from_secs(10);

/// What a template is tried with.
pub(super) struct TrialInput {
    pub(super) facts: Facts,
    pub(super) owners: Vec<String>,
    pub(super) run: Option<RunId>,
    pub(super) task: TaskId,
}

impl TrialInput {
    pub(super) fn example(event: Event) -> Option<Self> {
        Some(Self {
            facts: example::facts(event)?,
            owners: example::owners().to_vec(),
            run: None,
            task: TaskId(0),
        })
    }
}

impl Service {
    /// The message of a run, as it is or would have been.
    pub(super) async fn tried_with(
        &self,
        caller: &Caller,
        trial: &TemplateTrial,
        event: Option<Event>,
    ) -> Answer<TrialInput> {
        let lang = caller.lang;
        // A reader who may not see a task does not see it here.
        self.allow(caller, Action::Read)?;
        let task_id = match trial.task.trim() {
            "" => trial.task_id,
            typed => Some(self.task_of_trial(lang, typed).await?),
        };
        let run = match (trial.run_id, task_id) {
            (None, None) => {
                let event = event.unwrap_or(Event::Failed);
                let example = TrialInput::example(event);
                return example.ok_or_else(|| Missing::Template.answer(lang));
            }
            (Some(run), task) => {
                let run = self.find_run(lang, run).await?;
                if task.is_some_and(|task| task != run.task_id) {
                    return Err(TemplateRequestFault::OtherTask.alone("run_id", lang));
                }
                Some(run)
            }
            (None, Some(task)) => {
                self.find_task(lang, task).await?;
                let runs = self.store.task_runs(task, None, RUNS_LOOKED_AT).await;
                let runs = runs.or_internal(lang)?;
                runs.into_iter().find(|run| run.finished_at.is_some())
            }
        };
        let Some(run) = run else {
            let task = task_id.unwrap_or(TaskId(0));
            if event == Some(Event::Created) {
                let task = self.find_task(lang, task).await?;
                return Ok(TrialInput {
                    facts: Facts::created(&task, task.created_at.0),
                    owners: task.owners.clone(),
                    run: None,
                    task: task.id,
                });
            }
            return Err(TemplateRequestFault::NoRun.alone("task_id", lang));
        };
        let task = self.find_task(lang, run.task_id).await?;
        let facts = self.facts_of(caller, &task, &run, event).await?;
        Ok(TrialInput {
            facts,
            owners: task.owners.clone(),
            run: Some(run.id),
            task: task.id,
        })
    }

    /// The task that is typed, by its name or its ID.
    async fn task_of_trial(&self, lang: Lang, typed: &str) -> Answer<TaskId> {
        let found = match typed.parse::<i64>() {
            Ok(id) => {
                let known = self.store.task_names(&[TaskId(id)]).await;
                known.or_internal(lang)?.into_keys().next()
            }
            Err(_) if typed.chars().nth(NAME_MAX_CHARS).is_some() => None,
            Err(_) => self.store.task_named(typed).await.or_internal(lang)?,
        };
        found.ok_or_else(|| TemplateRequestFault::NoSuchTask.alone("task", lang))
    }

    async fn facts_of(
        &self,
        caller: &Caller,
        task: &Task,
        run: &Run,
        event: Option<Event>,
    ) -> Answer<Facts> {
        let lang = caller.lang;
        let at = run.scheduled_for.unwrap_or(run.started_at).0;
        Ok(match event {
            Some(Event::Created) => Facts::created(task, task.created_at.0),
            Some(Event::Lost) => Facts::lost(task, run.id, at),
            Some(Event::TooLong) => Facts::too_long(task, run.id, at),
            Some(Event::Digest) => {
                let example = example::facts(Event::Digest);
                example.ok_or_else(|| Missing::Template.answer(lang))?
            }
            event => {
                let Some(finished_at) = run.finished_at else {
                    return Err(TemplateRequestFault::NotOver.alone("run_id", lang));
                };
                let output = match task.mode.runs_command() {
                    true => {
                        let output = self.run_output_raw(caller, run.id).await?;
                        HeadAndTail::of_output(&output.into())
                    }
                    false => HeadAndTail::default(),
                };
                // As they were counted when the run ended: what was sent says the same.
                let counted = self.store.brief_run(run.id).await.or_internal(lang)?;
                let failures = counted.and_then(|counted| {
                    Some(Failures {
                        count: counted.streak,
                        since: counted.streak_since?,
                    })
                });
                let own =
                    event_of(task, run.state, run.reason.as_deref()).unwrap_or(Event::Completed);
                let end = End {
                    event: event.unwrap_or(own),
                    state: run.state,
                    reason: run.reason.clone(),
                    exit_code: run.exit_code,
                    exit_signal: run.signal,
                    attempt: run.attempt,
                    started_at: run.started_at.0,
                    finished_at: finished_at.0,
                    output,
                    failures,
                };
                Facts::Ended {
                    task: TaskFacts::of(task),
                    run: run.id,
                    at,
                    end: Box::new(end),
                }
            }
        })
    }

    /// A message in the words of a template, or in the built-in ones.
    pub(super) async fn worded(
        &self,
        lang: Lang,
        tried: &TrialInput,
        template: Option<String>,
        to: &Target,
    ) -> Answer<RenderedMessage> {
        let theirs = to.lang.unwrap_or(self.renderer.lang);
        let wants = to.settings.brief == OnOff::On && wants_brief(&tried.facts);
        let brief = match tried.run {
            Some(run) if wants => {
                self.brief_for_message(run, theirs, (TRIAL_WITHIN, TRIAL_WITHIN))
                    .await
            }
            None if wants => Some(example::brief()),
            _ => None,
        };
        let (renderer, facts, owners) = (
            self.renderer.for_kind(to.kind),
            tried.facts.clone(),
            tried.owners.clone(),
        );
        let format = to.format();
        let making = tokio::task::spawn_blocking(move || {
            let beside = RenderContext {
                owners: &owners,
                brief: brief.as_ref(),
                ..RenderContext::default()
            };
            match &template {
                Some(body) => renderer.by_template(&facts, (body, format), Some(theirs), beside),
                None => Ok(renderer.built_in(&facts, Some(theirs), brief.as_ref())),
            }
        });
        let made = making.await.map_err(|error| internal(lang, &error))?;
        made.map_err(|fault| fault.alone("body", lang))
    }
}
