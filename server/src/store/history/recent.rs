//! How the last runs of tasks ended, for a page of the list.

use std::collections::{HashMap, HashSet};

use app::id::TaskId;
use app::run::RunState;
use app::transition::Word;
use sea_orm::{ConnectionTrait, Statement, Value};

use super::super::{Engine, Store, StoreError};
use super::unknown;

/// Runs of a task that are read; attempts at one firing become one.
const RUNS: usize = 20;
/// Tasks of one statement.
const TASKS: usize = 50;

impl Store {
    /// How the last runs of some tasks ended, or that they have not, newest first; nothing for a task without runs. All
    /// attempts at a firing are one run, as its last attempt has it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recent_runs(
        &self,
        tasks: &[TaskId],
    ) -> Result<HashMap<TaskId, Vec<RunState>>, StoreError> {
        let mut recent = HashMap::with_capacity(tasks.len());
        for chunk in tasks.chunks(TASKS) {
            // Each part follows the index of a task's runs, and ends after the newest. Rows of one query for all tasks
            // could only be limited together. One row for each task: a thousand rows cost more than reading them.
            let parts = vec![part(self.engine); chunk.len()];
            let sql = parts.join(" UNION ALL ");
            let values = chunk.iter().map(|task| Value::from(task.0));
            let backend = self.reader.get_database_backend();
            let statement = Statement::from_sql_and_values(backend, sql, values);
            for row in self.reader.query_all_raw(statement).await? {
                let (task, runs): (Option<i64>, Option<String>) = row.try_get_many_by_index()?;
                if let (Some(task), Some(runs)) = (task, runs) {
                    recent.insert(TaskId(task), states(&runs)?);
                }
            }
        }
        Ok(recent)
    }
}

/// The newest runs of one task as one row: the task, and `id state firing` of each run, in no order.
fn part(engine: Engine) -> String {
    match engine {
        // Without an alias, which only the other engines demand.
        Engine::Sqlite => format!(
            "SELECT MAX(\"task_id\"), GROUP_CONCAT(\"id\" || ' ' || \"state\" || ' ' || \
             COALESCE(\"occurrence_id\", -COALESCE(\"origin_id\", \"id\"))) FROM \
             (SELECT \"task_id\", \"id\", \"state\", \"occurrence_id\", \"origin_id\" FROM \"run\" \
             WHERE \"task_id\" = ? ORDER BY \"id\" DESC LIMIT {RUNS})"
        ),
        Engine::Mysql => format!(
            "SELECT MAX(`task_id`), GROUP_CONCAT(CONCAT(`id`, ' ', `state`, ' ', \
             COALESCE(`occurrence_id`, -COALESCE(`origin_id`, `id`)))) FROM \
             (SELECT `task_id`, `id`, `state`, `occurrence_id`, `origin_id` FROM `run` \
             WHERE `task_id` = ? ORDER BY `id` DESC LIMIT {RUNS}) \
             AS `newest_runs`"
        ),
    }
}

/// The states of such runs, newest first, each firing once.
fn states(text: &str) -> Result<Vec<RunState>, StoreError> {
    let mut runs = Vec::with_capacity(RUNS);
    for entry in text.split(',') {
        let mut words = entry.split(' ');
        let (id, state, firing) = (words.next(), words.next(), words.next());
        let id = id.and_then(|id| id.parse::<i64>().ok());
        let (Some(id), Some(state), Some(firing)) = (id, state, firing) else {
            return Err(unknown("the last runs", entry));
        };
        let known = RunState::read(state).ok_or_else(|| unknown("run.state", state))?;
        runs.push((id, known, firing));
    }
    runs.sort_unstable_by_key(|(id, ..)| std::cmp::Reverse(*id));
    let mut seen = HashSet::with_capacity(runs.len());
    runs.retain(|(.., firing)| seen.insert(*firing));
    Ok(runs.into_iter().map(|(_, state, _)| state).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_at_one_firing_are_one_run() {
        use RunState::{Failed, Running, Succeeded};
        let runs = states("7 succeeded 4,9 running 5,8 failed 4,6 failed -3,5 succeeded 2");
        assert_eq!(runs.expect("runs"), [Running, Failed, Failed, Succeeded]);
        for odd in ["", "x failed 1", "1 asleep 1", "1 failed"] {
            assert!(states(odd).is_err(), "{odd}");
        }
    }
}
