//! An item of another scheduler, and the task that is made of it.

use app::name::name_fault;
use app::schedule::ScheduleDraft;
use app::task::{LIST_ITEM_MAX, Mode, NAME_MAX_CHARS, RUNBOOK_MAX_CHARS, TaskDocument, split_list};
use serde::{Deserialize, Serialize};

use super::{Remark, Scheduler};

/// Characters of a name that are kept: what follows a name that is taken has room behind them.
const NAME_KEPT: usize = NAME_MAX_CHARS - 80;
/// The schedule of a task that was only started by hand. Such a task stays paused.
const PLACEHOLDER: &str = "0 0 1 1 *";

/// What becomes of an item.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A task.
    #[default]
    Task,
    /// A task that stays paused, whatever is asked for.
    Paused,
    /// Nothing; the last remark says why.
    Refused,
}

/// An item.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Item {
    /// Identifies it among the others: its id, or its name.
    pub key: String,
    /// The line on which it begins, from 1.
    pub line: usize,
    /// The task, without those that it waits for.
    pub document: TaskDocument,
    /// The items after which it runs, by their keys.
    pub after: Vec<String>,
    /// The address of the chat robot that it sends to; empty for none.
    pub robot: String,
    /// What becomes of it.
    pub outcome: Outcome,
    /// What to know about it.
    pub remarks: Vec<Remark>,
}

impl Item {
    /// An item with a name.
    pub(super) fn new(key: &str, line: usize, name: &str) -> Self {
        let document = TaskDocument {
            name: name_of(name),
            ..TaskDocument::default()
        };
        Self {
            key: key.to_owned(),
            line,
            document,
            ..Self::default()
        }
    }

    /// Adds a remark.
    pub(super) fn note(&mut self, remark: Remark) {
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }

    /// Has the task stay paused.
    pub(super) fn pause(&mut self, remark: Remark) {
        if self.outcome == Outcome::Task {
            self.outcome = Outcome::Paused;
        }
        self.note(remark);
    }

    /// Makes no task of it.
    pub(super) fn refuse(&mut self, remark: Remark) {
        self.outcome = Outcome::Refused;
        self.remarks.push(remark);
    }

    /// Notes a setting that has no counterpart, where it has a value.
    pub(super) fn lost(&mut self, field: &str, value: Option<&str>) {
        let value = value.unwrap_or_default().trim();
        if !value.is_empty() {
            self.note(Remark::Lost {
                field: field.to_owned(),
                value: shown(value),
            });
        }
    }

    /// Adds a schedule.
    pub(super) fn schedule(&mut self, spec: &str) {
        self.document.schedules.push(ScheduleDraft::plain(spec));
    }

    /// Adds a tag. What separates tags separates these, too.
    pub(super) fn tag(&mut self, text: &str) {
        for tag in split_list(text) {
            let tag: String = plain(&tag).chars().take(LIST_ITEM_MAX).collect();
            if !tag.is_empty() && !self.document.tags.contains(&tag) {
                self.document.tags.push(tag);
            }
        }
    }

    /// Sets the runbook.
    pub(super) fn runbook(&mut self, text: &str) {
        let text = text.replace("\r\n", "\n");
        let kept = text
            .chars()
            .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'));
        self.document.runbook = kept.take(RUNBOOK_MAX_CHARS).collect();
    }

    /// Retries after so many seconds each, so many times after the first attempt.
    pub(super) fn retry(&mut self, times: u64, delay: u64, factor: &str) {
        if times == 0 {
            return;
        }
        let retry = &mut self.document.execution.retry;
        let attempts = times.saturating_add(1);
        retry.attempts = attempts.min(ATTEMPTS_MAX).to_string();
        retry.delay = delay.max(1).to_string();
        factor.clone_into(&mut retry.factor);
        if attempts > ATTEMPTS_MAX {
            self.note(Remark::FewerRetries { times });
        }
    }

    /// The hard limit in seconds; 0 for none.
    pub(super) fn timeout(&mut self, seconds: u64) {
        if seconds > 0 {
            self.document.timeout = seconds.to_string();
        }
    }

    /// A command in the place of what only the other scheduler can run.
    pub(super) fn placeholder(&mut self, what: &str) {
        let what: String = what
            .chars()
            .filter(|c| !c.is_control() && *c != '\'')
            .take(200)
            .collect();
        self.document.command = format!("echo 'replace this command: {what}' >&2\nexit 1");
    }

    /// Has it fire when the other one does, once that one has succeeded, or ended in any way.
    pub(super) fn follow(&mut self, other: &Self, what: &str) {
        if self.after.is_empty() {
            self.document.zone.clone_from(&other.document.zone);
            let waits = &mut self.document.execution.waits;
            what.clone_into(&mut waits.what);
            // Of any, where there are several.
            "any".clone_into(&mut waits.how);
            // The run of the same instant counts, not the one before it.
            "1s".clone_into(&mut waits.fresh);
            "1d".clone_into(&mut waits.patience);
        }
        for schedule in &other.document.schedules {
            if !self.document.schedules.contains(schedule) {
                self.document.schedules.push(schedule.clone());
            }
        }
        self.after.push(other.key.clone());
        self.note(Remark::Follows {
            other: other.document.name.clone(),
        });
    }

    /// What all items have in common.
    pub(super) fn finish(&mut self, scheduler: Scheduler, zone: &str) {
        let document = &mut self.document;
        if document.zone.is_empty() {
            zone.clone_into(&mut document.zone);
        }
        if document.name.is_empty() {
            document.name = format!("{} {}", scheduler.as_str(), name_of(&self.key));
        }
        if document.mode == Mode::default() && document.missed.policy.is_empty() {
            "none".clone_into(&mut document.missed.policy);
        }
        if document.schedules.is_empty() && self.outcome != Outcome::Refused {
            self.schedule(PLACEHOLDER);
            self.pause(Remark::NoSchedule);
        }
        let tag = scheduler.as_str();
        self.document.tags.retain(|other| other != tag);
        self.document.tags.insert(0, tag.to_owned());
    }
}

/// The most attempts of a task.
const ATTEMPTS_MAX: u64 = 20;

/// A name without what names cannot have, and with a limit.
fn name_of(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(plain).collect();
    let name: String = words.join(" ").chars().take(NAME_KEPT).collect();
    name.trim().to_owned()
}

/// A text without characters that no name may have.
fn plain(text: &str) -> String {
    match name_fault(text) {
        None => text.to_owned(),
        Some(_) => {
            let fine = |c: &char| name_fault(&format!("a{c}")).is_none();
            text.chars().filter(fine).collect()
        }
    }
}

/// A value as a remark shows it.
pub(super) fn shown(value: &str) -> String {
    let value: String = value
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(80)
        .collect();
    value
}
