//! The differences from the last success.

use std::collections::BTreeSet;

use app::backend::Answer;
use app::i18n::Lang;
use app::id::{SecretId, TaskId};
use app::run::RunState;
use app::run::brief::{Change, SecretChanged};
use app::task::Task;
use app::time::Stamp;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::Before;
use crate::brief::far_off;
use crate::error::OrInternal;
use crate::service::Service;
use crate::store::{BriefRun, TaskChange};

/// Edits, and changes of a secret, that are read.
const READ_MAX: u64 = 20;
/// Secrets of a task whose changes are searched for.
const SECRETS_MAX: usize = 50;
/// Edits and changes of secrets that are listed.
const LISTED: usize = 5;
/// Successes that the usual values are computed from.
const USUAL_OF: usize = 20;
/// Smaller differences are ignored: of durations in milliseconds, of outputs in bytes.
const NOISE_MS: i64 = 1_000;
const NOISE_BYTES: i64 = 1_024;

impl Service {
    /// The differences, and how many changes exist beyond the listed ones.
    pub(super) async fn changes_since(
        &self,
        lang: Lang,
        names: bool,
        task: &Task,
        run: &BriefRun,
        success: &BriefRun,
        before: &Before,
    ) -> Answer<(Vec<Change>, i64)> {
        // A run uses the definition that is stored when it is claimed.
        let (after, until) = (success.started_at, run.started_at);
        let edits = self
            .store
            .edits_between(task.id, after, until, READ_MAX)
            .await
            .or_internal(lang)?;
        let mut dated: Vec<(DateTime<Utc>, Change)> =
            edits.into_iter().filter_map(edited).collect();
        dated.extend(
            self.secret_changes(lang, task.id, names, after, until)
                .await?,
        );
        dated.sort_by_key(|(at, _)| *at);
        let more = dated.len().saturating_sub(LISTED);
        let mut changes: Vec<Change> = dated
            .into_iter()
            .take(LISTED)
            .map(|(_, change)| change)
            .collect();
        changes.extend(self.elsewhere(lang, run, success).await?);
        changes.extend(unusual(run, before));
        Ok((changes, i64::try_from(more).unwrap_or(i64::MAX)))
    }

    async fn secret_changes(
        &self,
        lang: Lang,
        task: TaskId,
        names: bool,
        after: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Answer<Vec<(DateTime<Utc>, Change)>> {
        let mut ids: Vec<SecretId> = self.store.secret_ids_of(task).await.or_internal(lang)?;
        ids.truncate(SECRETS_MAX);
        let store = &self.store;
        let granted = store.secret_changes_between(&ids, after, until, READ_MAX);
        let granted = granted.await.or_internal(lang)?;
        let taken = store.secrets_taken_between(after, until).await;
        let taken = taken.or_internal(lang)?;
        // A secret that was revoked and granted again is in both.
        let read = |log: Vec<TaskChange>, is_taken: bool| {
            let entries = log.into_iter();
            entries
                .filter_map(move |entry| secret_changed(&entry, task, names))
                .filter(move |(_, change)| takes(change) == is_taken)
        };
        Ok(read(granted, false).chain(read(taken, true)).collect())
    }

    /// Another server, or another version of it.
    async fn elsewhere(
        &self,
        lang: Lang,
        run: &BriefRun,
        success: &BriefRun,
    ) -> Answer<Vec<Change>> {
        if run.node == success.node {
            return Ok(Vec::new());
        }
        let nodes = [run.node.as_str(), success.node.as_str()];
        let nodes = self.store.node_versions(nodes).await.or_internal(lang)?;
        let (Some(now), Some(before)) = (nodes.get(&run.node), nodes.get(&success.node)) else {
            return Ok(Vec::new());
        };
        let mut changes = Vec::new();
        if now.version != before.version {
            changes.push(Change::Version {
                before: before.version.clone(),
                now: now.version.clone(),
            });
        }
        if now.hostname != before.hostname {
            changes.push(Change::Node {
                before: before.hostname.clone(),
                now: now.hostname.clone(),
            });
        }
        Ok(changes)
    }
}

/// A duration or an amount of output far from the usual one. Neither is known of a lost run.
fn unusual(run: &BriefRun, before: &Before) -> Vec<Change> {
    if run.state == RunState::Lost {
        return Vec::new();
    }
    let usual: Vec<&BriefRun> = before.successes().take(USUAL_OF).collect();
    let count = |of: usize| i64::try_from(of).unwrap_or(i64::MAX);
    let times: Vec<i64> = usual.iter().filter_map(|run| run.millis()).collect();
    let sizes: Vec<i64> = usual.iter().map(|run| run.output_bytes).collect();
    let took = run.millis().and_then(|ms| {
        let usual = far_off(ms, &times, NOISE_MS)?;
        Some(Change::Duration {
            ms,
            usual_ms: usual.value,
            of: count(usual.of),
        })
    });
    let wrote = far_off(run.output_bytes, &sizes, NOISE_BYTES).map(|usual| Change::OutputSize {
        bytes: run.output_bytes,
        usual_bytes: usual.value,
        of: count(usual.of),
    });
    took.into_iter().chain(wrote).collect()
}

/// An edit, with the fields that it changed; `None` where it changed none.
fn edited(entry: TaskChange) -> Option<(DateTime<Utc>, Change)> {
    let fields = fields(&entry.detail);
    let change = Change::Edited {
        at: Stamp(entry.at),
        who: entry.who,
        fields: fields.into_iter().collect(),
    };
    match &change {
        Change::Edited { fields, .. } if fields.is_empty() => None,
        _ => Some((entry.at, change)),
    }
}

/// The fields that an edit changed, by its entry in the audit log: each with the value before and
/// after. Of `execution` the fields inside.
fn fields(detail: &str) -> BTreeSet<String> {
    let all: Map<String, Value> = serde_json::from_str(detail).unwrap_or_default();
    let mut fields = BTreeSet::new();
    for (name, both) in all {
        match (&both[0], &both[1]) {
            (Value::Object(before), Value::Object(after)) if name == "execution" => {
                let keys = before.keys().chain(after.keys());
                let changed = keys.filter(|key| before.get(*key) != after.get(*key));
                fields.extend(changed.map(|key| format!("execution.{key}")));
            }
            _ => {
                fields.insert(name);
            }
        }
    }
    // With a single plain schedule, `cron` is its short form.
    if fields.contains("schedules") {
        fields.remove("cron");
    }
    fields
}

/// Whether the task no longer gets a secret after this change.
fn takes(change: &Change) -> bool {
    let Change::Secret { what, .. } = change else {
        return false;
    };
    matches!(what, SecretChanged::Revoked | SecretChanged::Deleted)
}

/// The change of a secret that an entry of the audit log means for a task; `None` if it does not
/// concern the task.
fn secret_changed(
    entry: &TaskChange,
    task: TaskId,
    names: bool,
) -> Option<(DateTime<Utc>, Change)> {
    let mut parts = entry.detail.split("; ");
    let name = parts.next()?;
    let parts: Vec<&str> = parts.collect();
    let this = format!("#{task}");
    let lists = |word: &str| {
        parts
            .iter()
            .filter_map(|part| part.strip_prefix(word))
            .any(|tasks| tasks.split(' ').any(|one| one == this))
    };
    let what = if lists("revoke ") {
        match entry.action.as_str() {
            "secret.delete" => SecretChanged::Deleted,
            _ => SecretChanged::Revoked,
        }
    } else if lists("grant ") {
        SecretChanged::Granted
    } else if parts.contains(&"value") {
        SecretChanged::Value
    } else {
        return None;
    };
    let change = Change::Secret {
        at: Stamp(entry.at),
        who: entry.who.clone(),
        name: names.then(|| name.to_owned()),
        what,
    };
    Some((entry.at, change))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(action: &str, detail: &str) -> TaskChange {
        TaskChange {
            who: "ann".to_owned(),
            action: action.to_owned(),
            detail: detail.to_owned(),
            at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn an_edit_names_the_fields_that_it_changed() {
        for (detail, expected) in [
            (r#"{"command": ["a", "b"]}"#, &["command"][..]),
            (
                r#"{"cron": ["a", "b"], "schedules": [[], [1]]}"#,
                &["schedules"],
            ),
            (
                r#"{"execution": [{"cwd": "/a", "env": ""}, {"cwd": "/b", "env": ""}], "tags": [[], ["x"]]}"#,
                &["execution.cwd", "tags"],
            ),
            ("{}", &[]),
            ("closed", &[]),
        ] {
            assert!(fields(detail).iter().eq(expected), "{detail}");
            let change = edited(entry("task.update", detail));
            assert_eq!(change.is_some(), !expected.is_empty(), "{detail}");
        }
    }

    #[test]
    fn an_entry_about_a_secret_is_read_for_one_task() {
        use SecretChanged::{Deleted, Granted, Revoked, Value};
        for (action, detail, expected) in [
            ("secret.create", "KEY; grant #7 #8", Some(Granted)),
            ("secret.create", "KEY; grant #77", None),
            ("secret.update", "KEY; value", Some(Value)),
            ("secret.update", "KEY; note", None),
            ("secret.update", "KEY", None),
            ("secret.update", "KEY; value; grant #7", Some(Granted)),
            (
                "secret.update",
                "KEY; grant #1; revoke #6 #7",
                Some(Revoked),
            ),
            ("secret.update", "KEY; revoke #70", None),
            ("secret.delete", "KEY; revoke #7", Some(Deleted)),
            ("secret.delete", "KEY", None),
        ] {
            let change = secret_changed(&entry(action, detail), TaskId(7), true);
            let what = change.map(|(_, change)| match change {
                Change::Secret { what, name, .. } => {
                    assert_eq!(name.as_deref(), Some("KEY"));
                    what
                }
                other => panic!("{other:?}"),
            });
            assert_eq!(what, expected, "{action} {detail}");
        }
        let hidden = secret_changed(&entry("secret.update", "KEY; value"), TaskId(7), false);
        assert!(matches!(
            hidden,
            Some((_, Change::Secret { name: None, .. }))
        ));
    }
}
