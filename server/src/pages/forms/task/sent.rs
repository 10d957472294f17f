//! What a browser sends for a task.

use app::error::{AppError, ErrorKind};
use app::i18n::Lang;
use app::rule::{FurtherChannels, TaskNotify};
use app::schedule::ScheduleDraft;
use app::server_fns::PostedTask;
use app::task::execution::{HttpDraft, Parameter};
use app::task::{Mode, TaskDraft};
use serde::Deserialize;

use super::super::fields::Fields;
use crate::http::extract::malformed;

/// The further channels, which are no part of the task's definition.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Notify {
    notify: Vec<TaskNotify>,
}

/// The task form as it was sent.
pub(super) struct Sent {
    /// The input to be saved. Schedules and parameters are renumbered, skipping empty ones.
    pub(super) draft: TaskDraft,
    /// The input including the action that was not chosen: a form that is refused shows it again.
    pub(super) typed: PostedTask,
    /// Unknown names and values: mistakes of a program.
    pub(super) fault: Option<AppError>,
}

impl Sent {
    /// Reads the fields in the order in which they were sent.
    pub(super) fn read(fields: Vec<(String, String)>, lang: Lang) -> Self {
        let mut form = Fields::default();
        let (mut version, mut action) = (None, String::new());
        let (mut rule, mut max) = (String::new(), String::new());
        let (mut notify, mut seen) = (Fields::default(), None);
        for (name, value) in fields {
            match name.as_str() {
                "version" => version = value.parse().ok(),
                "action" => action = value,
                "notify_seen" => seen = Some(value),
                name if name.starts_with("notify[") => notify.put(name, value),
                "execution.overlap" => rule = value,
                "execution.overlap_max" => max = value,
                // The API's shorthand for a single schedule.
                "cron" => form.put("schedules[0].spec", value),
                _ => form.put(&name, value),
            }
        }
        form.put("execution.overlap", overlap(&rule, &max));
        let (draft, mut faults) = match form.read::<TaskDraft>() {
            Ok((draft, faults)) => (draft, faults),
            Err(fault) => (TaskDraft::default(), vec![fault]),
        };
        let mut rows = match notify.read::<Notify>() {
            Ok((read, more)) => {
                faults.extend(more);
                read.notify
            }
            Err(fault) => {
                faults.push(fault);
                Vec::new()
            }
        };
        // A row without a channel is not used.
        rows.retain(|row| row.channel_id.is_some());
        let messages: Vec<String> = faults
            .iter()
            .map(|fault| malformed(lang, fault).message)
            .collect();
        let fault = (!messages.is_empty())
            .then(|| AppError::new(ErrorKind::Invalid, "body", messages.join("\n")));
        let draft = without_blank(draft);
        let typed = PostedTask {
            draft: draft.clone(),
            version,
            calls: match action.as_str() {
                "shell" => Some(false),
                "http" => Some(true),
                _ => None,
            },
            further: seen.map(|seen| FurtherChannels { rows, seen }),
        };
        Self {
            draft: chosen(&action, draft),
            typed,
            fault,
        }
    }
}

/// Faults count the schedules and parameters that are not empty, so the draft must, too. One schedule always stays.
fn without_blank(mut draft: TaskDraft) -> TaskDraft {
    let all = std::mem::take(&mut draft.schedules);
    let (blank, mut filled): (Vec<_>, Vec<_>) = all.into_iter().partition(ScheduleDraft::is_blank);
    if filled.is_empty() {
        filled.push(blank.into_iter().next().unwrap_or_default());
    }
    draft.schedules = filled;
    draft.execution.parameters.retain(|one| !is_blank(one));
    draft
}

fn is_blank(one: &Parameter) -> bool {
    let texts = [&one.name, &one.label, &one.default];
    texts.iter().all(|text| text.trim().is_empty()) && one.choices.is_empty()
}

/// The draft with only the chosen one of command and request: the fields of the other one are hidden. A program that
/// sends no choice is taken as it is.
fn chosen(action: &str, mut draft: TaskDraft) -> TaskDraft {
    let http = &mut draft.execution.http;
    let only_method = HttpDraft {
        method: http.method.clone(),
        ..HttpDraft::default()
    } == *http;
    match action {
        "shell" => *http = HttpDraft::default(),
        // A reminder needs no request, and its URL is hidden.
        "http" if draft.mode == Mode::Message && only_method => *http = HttpDraft::default(),
        "http" => draft.command.clear(),
        _ => {}
    }
    draft
}

/// The rule in the form a draft has. A rule without a number has none.
fn overlap(rule: &str, max: &str) -> String {
    match rule.trim() {
        rule @ ("allow" | "queue") => format!("{rule}:{}", max.trim()),
        rule => rule.to_owned(),
    }
}

/// A multi-line field normalises line breaks: a text that differs from the stored one only in these counts as
/// unchanged.
pub(super) fn keep_breaks(sent: &mut String, stored: String) {
    if *sent == stored.replace("\r\n", "\n").replace('\r', "\n") {
        *sent = stored;
    }
}

#[cfg(test)]
mod tests;
