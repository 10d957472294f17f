//! The runs that tickets about failures were opened by, as their messages show them.

use std::collections::HashMap;

use app::id::RunId;
use app::message::Event;
use app::run::RunState;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::super::code::Code;
use super::super::entity::run;
use super::super::{Store, StoreError};
use super::CHUNK;
use crate::facts::{End, HeadAndTail};

/// What is read of a run.
type Row = (
    i64,
    Code<RunState>,
    Option<String>,
    Option<i32>,
    Option<i32>,
    i32,
    DateTime<Utc>,
    Option<DateTime<Utc>>,
    Option<String>,
);

impl Store {
    /// How runs ended, with the end of what they wrote, of those that failed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn failed_ends(&self, ids: &[RunId]) -> Result<HashMap<RunId, End>, StoreError> {
        use run::Column as R;
        let mut found = HashMap::with_capacity(ids.len());
        for chunk in ids.chunks(CHUNK) {
            let rows: Vec<Row> = run::Entity::find()
                .select_only()
                .columns([
                    R::Id,
                    R::State,
                    R::Reason,
                    R::ExitCode,
                    R::ExitSignal,
                    R::Attempt,
                    R::StartedAt,
                    R::FinishedAt,
                    R::Excerpt,
                ])
                .filter(R::Id.is_in(chunk.iter().map(|id| id.0)))
                .into_tuple()
                .all(&self.reader)
                .await?;
            let ends = rows.into_iter().filter_map(end);
            found.extend(ends);
        }
        Ok(found)
    }
}

/// How a run ended; `None` while it is under way, and for one that did not fail.
fn end(row: Row) -> Option<(RunId, End)> {
    let (id, Code(state), reason, exit_code, exit_signal, attempt, started_at, ended, excerpt) =
        row;
    let finished_at = ended.filter(|_| state.is_bad())?;
    let event = match state {
        RunState::TimedOut => Event::TimedOut,
        _ => Event::Failed,
    };
    let end = End {
        event,
        state,
        reason,
        exit_code,
        exit_signal,
        attempt,
        started_at,
        finished_at,
        output: HeadAndTail::of(&excerpt.unwrap_or_default()),
        failures: None,
    };
    Some((RunId(id), end))
}
