//! Commands to a bot: 状态, 为什么, 日志, 执行, 待办, help.

use app::backend::{Answer, Caller, Runs, System, Tasks};
use app::occurrence::OccurrenceQuery;
use app::routes;
use app::task::{RunRequest, TaskQuery, TaskView};
use app::texts::Ui;

use super::super::Service;
use super::super::execution::NamedTask;
use super::{ChatCaller, needs_account, words_of};
use crate::chat::IncomingText;
use crate::template::markdown;
use crate::text::tail;
use crate::texts::chat::{ChatWords, Command, TaskWords, command};
use crate::texts::times::local;
use crate::texts::{Refusal, Say};

/// Lines, and characters, of a log that are shown.
const LOG_SHOWN: (usize, usize) = (20, 2_000);
/// Tasks that are named where a name fits several, or that are failing.
const NAMED_MAX: usize = 5;

impl Service {
    /// Acts on a text; the answer is Markdown.
    pub(super) async fn commanded(&self, who: &ChatCaller, said: &IncomingText) -> String {
        let caller = &who.caller;
        let lang = caller.lang;
        let Some((command, rest)) = command(&said.text) else {
            return ChatWords::NoSuchCommand.say(lang);
        };
        if !who.has_account && !matches!(command, Command::Help | Command::Todo) {
            return needs_account(&said.person, markdown(&who.name)).say(lang);
        }
        let answer = match command {
            Command::Help => Ok(self.chat_help(who, said)),
            Command::Status if rest.is_empty() => self.chat_overview(caller).await,
            Command::Status => self.chat_status(caller, rest).await,
            Command::Why => self.chat_why(caller, rest).await,
            Command::Log => self.chat_log(caller, rest).await,
            Command::Run => self.chat_run(caller, rest).await,
            Command::Todo => self.chat_todo(who, said).await,
        };
        let answer = self.note_if_forbidden(caller, &said.text, answer).await;
        answer.unwrap_or_else(|error| markdown(&words_of(error)))
    }

    fn chat_help(&self, who: &ChatCaller, said: &IncomingText) -> String {
        let chat = markdown(&said.chat);
        let account = who.caller.principal.as_ref().filter(|_| who.has_account);
        let words = match account {
            Some(account) => {
                let account = markdown(&account.name);
                ChatWords::Help { account, chat }
            }
            None => {
                let owner = markdown(&who.name);
                ChatWords::HelpToAnswer { owner, chat }
            }
        };
        words.say(who.caller.lang)
    }

    async fn chat_overview(&self, caller: &Caller) -> Answer<String> {
        let seen = self.overview(caller).await?;
        let failing = seen.failing.iter().take(NAMED_MAX);
        let words = ChatWords::Overview {
            active: seen.active,
            paused: seen.paused,
            running: seen.running.len(),
            bad: seen.day.bad,
            missed: seen.day.missed,
            failing: failing.map(|task| markdown(&task.run.task_name)).collect(),
        };
        Ok(words.say(caller.lang))
    }

    async fn chat_status(&self, caller: &Caller, name: &str) -> Answer<String> {
        let view = self.chat_task(caller, name).await?;
        let (lang, zone) = (caller.lang, view.zone.as_str());
        let last = view.last_run.as_ref().map(|run| {
            let state = Ui::of(lang).run_state(run.state);
            (state.to_owned(), local(run.started_at.0, zone))
        });
        let words = ChatWords::Task(TaskWords {
            name: markdown(&view.name),
            state: Ui::of(lang).task_state(view.state).to_owned(),
            last,
            next: view.next_at.map(|at| local(at.0, zone)),
            url: format!("{}{}", self.renderer.base_url, routes::task(view.id)),
        });
        Ok(words.say(lang))
    }

    async fn chat_why(&self, caller: &Caller, rest: &str) -> Answer<String> {
        let (view, at) = self.chat_task_and_time(caller, rest).await?;
        let at = match at {
            Some(at) => at,
            None => {
                let query = OccurrenceQuery {
                    limit: Some(1),
                    ..OccurrenceQuery::default()
                };
                let last = self.task_occurrences(caller, view.id, &query).await?;
                let last = last.items.first().map(|one| one.scheduled_for.rfc3339());
                last.unwrap_or_else(|| app::time::Stamp(self.clock.now()).rfc3339())
            }
        };
        let explained = self.task_explain(caller, view.id, &at).await?;
        Ok(format!(
            "**{}**\n{}",
            markdown(&view.name),
            markdown(&explained.sentence)
        ))
    }

    async fn chat_log(&self, caller: &Caller, name: &str) -> Answer<String> {
        let view = self.chat_task(caller, name).await?;
        let lang = caller.lang;
        let runs = self.run_list(caller, view.id, None, 1).await?;
        let Some(run) = runs.items.first() else {
            let name = markdown(&view.name);
            return Ok(ChatWords::NoRuns { name }.say(lang));
        };
        let output = self.run_output(caller, run.id).await?;
        let plain = app::ansi::plain(&output.text);
        let lines: Vec<&str> = plain.trim_end().lines().collect();
        let shown = lines[lines.len().saturating_sub(LOG_SHOWN.0)..].join("\n");
        // Three of them would end the block.
        let shown = tail(&shown, LOG_SHOWN.1).replace('`', "'");
        let words = ChatWords::Log {
            name: markdown(&view.name),
            run: run.id.0,
            state: Ui::of(lang).run_state(run.state).to_owned(),
            shown,
            url: format!("{}{}", self.renderer.base_url, routes::run(run.id)),
        };
        Ok(words.say(lang))
    }

    async fn chat_run(&self, caller: &Caller, name: &str) -> Answer<String> {
        let view = self.chat_task_to_run(caller, name).await?;
        let lang = caller.lang;
        if view.execution.not_from_chats {
            return Err(self.not_from_chats(view.id, view.name.clone()).answer(lang));
        }
        let request = RunRequest {
            note: ChatWords::ByCommand.say(lang),
            ..RunRequest::default()
        };
        let started = self.start_manually(caller, view.id, &request).await?;
        let words = ChatWords::Started {
            name: markdown(&view.name),
            run: started.run.id.0,
            url: format!("{}{}", self.renderer.base_url, routes::run(started.run.id)),
        };
        Ok(words.say(lang))
    }

    /// A task by its ID (`12`, `#12`), its name or nickname, or by words that fit one task only.
    async fn chat_task(&self, caller: &Caller, text: &str) -> Answer<TaskView> {
        match self.chat_tasks(caller, text).await? {
            Found::One(view) => Ok(*view),
            Found::None => Err(ChatWords::NoSuchTask.answer(caller.lang)),
            Found::Several(names) => Err(ChatWords::SeveralTasks { names }.answer(caller.lang)),
        }
    }

    /// A task that is about to start: by its ID, or its whole name or nickname. Words that merely occur in a command or
    /// a runbook start nothing.
    async fn chat_task_to_run(&self, caller: &Caller, text: &str) -> Answer<TaskView> {
        let lang = caller.lang;
        let text = text.trim();
        let names = match self.task_called(lang, text).await? {
            NamedTask::One(id) => return self.task_get(caller, id).await,
            NamedTask::Either { by_id, by_name } => {
                vec![format!("#{by_id}"), format!("#{by_name}")]
            }
            NamedTask::None => match self.chat_tasks(caller, text).await? {
                Found::One(view) if view.nickname == text && !text.is_empty() => return Ok(*view),
                Found::One(view) => vec![view.name.clone()],
                Found::Several(names) => names,
                Found::None => return Err(ChatWords::NoSuchTask.answer(lang)),
            },
        };
        Err(ChatWords::NotCalled { names }.answer(lang))
    }

    async fn chat_tasks(&self, caller: &Caller, text: &str) -> Answer<Found> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Found::None);
        }
        // Of a number that is the ID of one task and the name of another, the ID counts here: nothing starts.
        let (NamedTask::One(id) | NamedTask::Either { by_id: id, .. }) =
            self.task_called(caller.lang, text).await?
        else {
            return self.chat_tasks_with(caller, text).await;
        };
        Ok(Found::One(Box::new(self.task_get(caller, id).await?)))
    }

    /// Tasks in which words occur; one with that nickname comes alone.
    async fn chat_tasks_with(&self, caller: &Caller, text: &str) -> Answer<Found> {
        let query = TaskQuery {
            q: text.to_owned(),
            limit: Some(50),
            ..TaskQuery::default()
        };
        let mut found = self.task_list(caller, &query).await?.items;
        if let Some(at) = found.iter().position(|view| view.nickname == text) {
            return Ok(Found::One(Box::new(found.swap_remove(at))));
        }
        Ok(match found.len() {
            0 => Found::None,
            1 => Found::One(Box::new(found.remove(0))),
            _ => {
                let names = found.iter().take(NAMED_MAX);
                Found::Several(names.map(|view| view.name.clone()).collect())
            }
        })
    }

    /// A task and, behind its name, a time: the longest beginning that is a task counts.
    async fn chat_task_and_time(
        &self,
        caller: &Caller,
        text: &str,
    ) -> Answer<(TaskView, Option<String>)> {
        let words: Vec<&str> = text.split_whitespace().collect();
        // A time has at most two words: a day and a time of day.
        for behind in 0..=2.min(words.len().saturating_sub(1)) {
            let (name, time) = words.split_at(words.len() - behind);
            if let Found::One(view) = self.chat_tasks(caller, &name.join(" ")).await? {
                return Ok((*view, (behind > 0).then(|| time.join(" "))));
            }
        }
        let view = self.chat_task(caller, text).await?;
        Ok((view, None))
    }
}

/// Tasks that a text names.
enum Found {
    None,
    One(Box<TaskView>),
    Several(Vec<String>),
}
