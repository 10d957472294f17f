//! Merges runs and firings without a run into one history, and computes the changes of an edit.

use app::backend::List;
use app::run::{HistoryItem, Run};
use app::task::TaskDraft;
use chrono::DateTime;
use serde_json::Value;

/// The changed fields as JSON, with old and new values.
pub(super) fn difference(before: &TaskDraft, after: &TaskDraft) -> String {
    let (before, after) = (fields(before), fields(after));
    let mut changed = serde_json::Map::new();
    for (name, value) in differing(&before, &after) {
        changed.insert(name.clone(), serde_json::json!([before.get(name), value]));
    }
    serde_json::Value::Object(changed).to_string()
}

/// The names of the changed fields, those of the execution as `execution.<name>`.
pub(super) fn changed_fields(before: &TaskDraft, after: &TaskDraft) -> Vec<String> {
    const WHOLE: &str = "execution";
    let (before, after) = (fields(before), fields(after));
    let mut names = Vec::new();
    for (name, value) in differing(&before, &after) {
        if name != WHOLE {
            names.push(name.clone());
            continue;
        }
        let inner = before.get(name).unwrap_or(&Value::Null);
        let parts = differing(inner, value).map(|(part, _)| format!("{WHOLE}.{part}"));
        names.extend(parts);
    }
    names
}

/// The fields of a draft.
fn fields(draft: &TaskDraft) -> Value {
    serde_json::to_value(draft).unwrap_or_default()
}

/// The fields of an object that another one has differently or not at all.
fn differing<'a>(
    before: &'a Value,
    after: &'a Value,
) -> impl Iterator<Item = (&'a String, &'a Value)> {
    let all = after.as_object().into_iter().flatten();
    all.filter(move |(name, value)| before.get(name.as_str()) != Some(*value))
}

/// Parses a cursor: the id of the last run and the last instant that were shown.
pub(super) fn parse_cursor(text: &str) -> Option<(i64, DateTime<chrono::Utc>)> {
    let (run, micros) = text.split_once('.')?;
    Some((
        run.parse().ok()?,
        DateTime::from_timestamp_micros(micros.parse().ok()?)?,
    ))
}

/// The earliest time of firings without a run that can be on a page with these runs, of which one more
/// than the page size was read; `None` when the runs do not fill the page.
pub(super) fn reaches_back_to(runs: &[Run], limit: usize) -> Option<DateTime<chrono::Utc>> {
    if runs.len() <= limit {
        return None;
    }
    runs.iter()
        .map(|run| run.scheduled_for.unwrap_or(run.started_at).0)
        .min()
}

/// Merges runs and firings without a run, both newest first, into one page.
pub(super) fn merge(
    runs: Vec<Run>,
    unruns: Vec<app::run::Unrun>,
    limit: usize,
    cursor: Option<(i64, DateTime<chrono::Utc>)>,
) -> List<HistoryItem> {
    let mut runs = runs.into_iter().peekable();
    let mut unruns = unruns.into_iter().peekable();
    let (mut last_run, mut last_at) =
        cursor.unwrap_or((i64::MAX, DateTime::from_timestamp_nanos(i64::MAX)));
    let mut items = Vec::with_capacity(limit);
    while items.len() < limit {
        let run_is_newer = match (runs.peek(), unruns.peek()) {
            (Some(run), Some(unrun)) => {
                run.scheduled_for.unwrap_or(run.started_at) >= unrun.scheduled_for
            }
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => break,
        };
        if run_is_newer {
            items.extend(runs.next().map(|run| {
                last_run = run.id.0;
                HistoryItem::Run(run)
            }));
        } else {
            items.extend(unruns.next().map(|unrun| {
                last_at = unrun.scheduled_for.0;
                HistoryItem::Unrun(unrun)
            }));
        }
    }
    let more = runs.peek().is_some() || unruns.peek().is_some();
    let next = more.then(|| format!("{last_run}.{}", last_at.timestamp_micros()));
    List { items, next }
}
