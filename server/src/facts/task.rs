//! What a message says about a task: the task as it was when the message was caused.

use app::ansi::visible;
use app::id::TaskId;
use app::task::{Mode, Task};
use serde::{Deserialize, Serialize};

use crate::text::{head, one_line};

/// Characters of the command that a message shows.
const COMMAND_SHOWN: usize = 200;
/// Characters of the runbook that a message shows; a longer one is on the run's page.
const RUNBOOK_SHOWN: usize = 200;

/// A task, as far as messages show it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TaskFacts {
    /// Its id.
    pub id: TaskId,
    /// Its name, as typed.
    pub name: String,
    /// How the message greets; may be empty.
    pub nickname: String,
    /// What a firing does.
    pub mode: Mode,
    /// IANA zone in which times are shown.
    pub zone: String,
    /// What it does; `None` where it runs nothing.
    pub work: Option<Work>,
    /// The start of its runbook, as it is shown; empty for none.
    pub runbook: String,
}

/// What a task does, as it is shown.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// It runs a command: the start of that.
    Command(String),
    /// It sends a request: its method, and its address without what may be secret in it.
    Request(String),
}

impl TaskFacts {
    /// What messages show of a task.
    #[must_use]
    pub fn of(task: &Task) -> Self {
        Self {
            id: task.id,
            name: task.name.clone(),
            nickname: task.nickname.clone(),
            mode: task.mode,
            zone: task.zone.clone(),
            work: Work::of(task),
            runbook: start(&task.notes.runbook, RUNBOOK_SHOWN, str::trim_end),
        }
    }
}

impl Work {
    fn of(task: &Task) -> Option<Self> {
        if !task.mode.runs_command() {
            return None;
        }
        if let Some(call) = &task.execution.http {
            let request = format!("{} {}", call.method, without_query(&call.url));
            return Some(Self::Request(one_line(&request)));
        }
        let command = start(task.command.trim_end(), COMMAND_SHOWN, |shown| shown);
        (!command.is_empty()).then_some(Self::Command(command))
    }
}

/// The start of a text with all of its characters visible.
fn start(text: &str, max: usize, trim: fn(&str) -> &str) -> String {
    let text = visible(text).replace('\t', "    ");
    let mut shown = trim(head(&text, max)).to_owned();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// A URL without its query, its fragment and a password: those may be secrets.
fn without_query(url: &str) -> String {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    let (mut shown, dropped) = (url[..end].to_owned(), end < url.len());
    if let Some(begin) = shown.find("://").map(|at| at + 3) {
        let host_end = shown[begin..]
            .find('/')
            .map_or(shown.len(), |at| begin + at);
        if let Some(at) = shown[begin..host_end].rfind('@') {
            shown.replace_range(begin..=begin + at, "");
        }
    }
    if dropped {
        shown.push_str("?…");
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::without_query;

    #[test]
    fn what_may_be_secret_in_a_url_is_not_shown() {
        let table = [
            ("https://host/path", "https://host/path"),
            ("https://host/path?token=secret", "https://host/path?…"),
            ("https://host/#secret", "https://host/?…"),
            ("https://me:secret@host/a@b", "https://host/a@b"),
            ("https://${HOST}/x?k=${KEY}", "https://${HOST}/x?…"),
            ("https://me:secret@host", "https://host"),
        ];
        for (url, wanted) in table {
            assert_eq!(without_query(url), wanted);
        }
    }
}
