//! A column with one word of a closed set: a state, a trigger.
//!
//! The value is bound as the text it always was, so statements, plans and rows are those of a text column. A word
//! that this version does not know is an error that names column and word.

use std::sync::Arc;

use app::message::{Event, MessageKind, MessageState};
use app::occurrence::OccurrenceState;
use app::run::{RunState, Trigger};
use app::task::TaskState;
use app::ticket::{TicketEntryKind, TicketKind, TicketState};
use app::transition::{Step, Word};
use sea_orm::sea_query::{ArrayType, Expr, Nullable, ValueType, ValueTypeErr};
use sea_orm::{
    ColIdx, ColumnTrait, ColumnType, DbErr, EntityTrait, QueryFilter, QueryResult, TryGetError,
    TryGetable, UpdateMany, Value,
};

/// A set of words, and the one column that stores them.
pub(super) trait Stored: Word {
    /// `table.column`, for messages.
    const COLUMN: &'static str;
}

impl Stored for OccurrenceState {
    const COLUMN: &'static str = "occurrence.state";
}
impl Stored for RunState {
    const COLUMN: &'static str = "run.state";
}
impl Stored for MessageState {
    const COLUMN: &'static str = "message.state";
}
impl Stored for Event {
    const COLUMN: &'static str = "message.event";
}
impl Stored for MessageKind {
    const COLUMN: &'static str = "message.kind";
}
impl Stored for TaskState {
    const COLUMN: &'static str = "task.state";
}
impl Stored for TicketState {
    const COLUMN: &'static str = "ticket.state";
}
impl Stored for TicketEntryKind {
    const COLUMN: &'static str = "ticket_event.what";
}
impl Stored for TicketKind {
    const COLUMN: &'static str = "ticket.kind";
}
impl Stored for Trigger {
    const COLUMN: &'static str = "run.trigger_kind";
}

/// The value of such a column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Code<T>(pub(crate) T);

/// A word that no version up to this one writes.
#[derive(Debug, thiserror::Error)]
#[error("{column} holds {word:?}, which this version does not know")]
pub(super) struct UnknownWord {
    /// `table.column`.
    pub(super) column: &'static str,
    /// The word.
    pub(super) word: String,
}

impl<T: Word> From<Code<T>> for Value {
    fn from(code: Code<T>) -> Self {
        code.0.word().into()
    }
}

impl<T: Stored> TryGetable for Code<T> {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        let word = String::try_get_by(row, index)?;
        T::read(&word).map(Self).ok_or_else(|| {
            let column = T::COLUMN;
            TryGetError::DbErr(DbErr::TryIntoErr {
                from: "String",
                into: column,
                source: Arc::new(UnknownWord { column, word }),
            })
        })
    }
}

impl<T: Stored> ValueType for Code<T> {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        let word = <String as ValueType>::try_from(value)?;
        T::read(&word).map(Self).ok_or(ValueTypeErr)
    }

    fn type_name() -> String {
        T::COLUMN.to_owned()
    }

    fn array_type() -> ArrayType {
        String::array_type()
    }

    fn column_type() -> ColumnType {
        String::column_type()
    }
}

impl<T> Nullable for Code<T> {
    fn null() -> Value {
        String::null()
    }
}

/// The value of a column whose set of words grows with versions, and whose rows stay readable
/// beside a newer server: a word of that one is kept as it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Lenient<T> {
    /// A word of this version.
    Known(T),
    /// One of another version.
    Foreign(String),
}

impl<T: Word> Lenient<T> {
    /// What this version knows.
    pub(super) fn known(&self) -> Option<T> {
        match self {
            Self::Known(value) => Some(*value),
            Self::Foreign(_) => None,
        }
    }

    /// The word.
    pub(super) fn word(&self) -> &str {
        match self {
            Self::Known(value) => value.word(),
            Self::Foreign(word) => word,
        }
    }

    fn read(word: String) -> Self {
        match T::read(&word) {
            Some(value) => Self::Known(value),
            None => Self::Foreign(word),
        }
    }
}

impl<T: Word> From<Lenient<T>> for Value {
    fn from(value: Lenient<T>) -> Self {
        value.word().into()
    }
}

impl<T: Stored> TryGetable for Lenient<T> {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        String::try_get_by(row, index).map(Self::read)
    }
}

impl<T: Stored> ValueType for Lenient<T> {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        <String as ValueType>::try_from(value).map(Self::read)
    }

    fn type_name() -> String {
        T::COLUMN.to_owned()
    }

    fn array_type() -> ArrayType {
        String::array_type()
    }

    fn column_type() -> ColumnType {
        String::column_type()
    }
}

impl<T> Nullable for Lenient<T> {
    fn null() -> Value {
        String::null()
    }
}

/// The words that this version knows, as a condition on their column.
pub(super) fn is_known<C: ColumnTrait, T: Word>(column: C) -> Expr {
    is_one_of(column, &T::all())
}

/// `column = 'word'`, or `column IN ('word', …)`: in one of these states.
pub(super) fn is_one_of<C: ColumnTrait, T: Word>(column: C, states: &[T]) -> Expr {
    match states {
        [only] => column.eq(Code(*only)),
        several => column.is_in(several.iter().map(|state| Code(*state))),
    }
}

/// An UPDATE that moves rows from one state to the next.
pub(super) trait TakeStep {
    /// Sets the state after the step, for rows in a state that allows it.
    fn step<C: ColumnTrait, S: Step>(self, column: C, step: S) -> Self;
}

impl<E: EntityTrait> TakeStep for UpdateMany<E> {
    fn step<C: ColumnTrait, S: Step>(self, column: C, step: S) -> Self {
        self.col_expr(column, Expr::value(Code(step.to())))
            .filter(is_one_of(column, &step.from()))
    }
}

#[cfg(test)]
mod tests {
    use app::run::RunStep;
    use sea_orm::{DatabaseBackend, QueryTrait};

    use super::super::entity::{message, run};
    use super::*;

    fn sql<E: EntityTrait>(update: &UpdateMany<E>) -> String {
        update.build(DatabaseBackend::Sqlite).to_string()
    }

    #[test]
    fn a_step_is_a_compare_and_set() {
        use app::message::MessageStep;
        let resume = run::Entity::update_many().step(run::Column::State, RunStep::Resume);
        assert_eq!(
            sql(&resume),
            r#"UPDATE "run" SET "state" = 'running' WHERE "run"."state" = 'waiting'"#
        );
        let accept = message::Entity::update_many();
        let accept = accept.step(message::Column::State, MessageStep::Accept);
        assert_eq!(
            sql(&accept),
            r#"UPDATE "message" SET "state" = 'sent' WHERE "message"."state" IN ('pending', 'sending')"#
        );
    }

    #[tokio::test]
    async fn a_word_of_another_version_is_reported_with_its_column() {
        use sea_orm::{ConnectionTrait, Database, Statement};
        let database = Database::connect("sqlite::memory:").await.expect("SQLite");
        let row = |word: &str| {
            Statement::from_sql_and_values(
                DatabaseBackend::Sqlite,
                "SELECT ?1 AS state",
                [word.into()],
            )
        };
        let known = database.query_one_raw(row("timed_out")).await;
        let known = known.expect("an answer").expect("a row");
        let state: Code<RunState> = known.try_get("", "state").expect("a state");
        assert_eq!(state, Code(RunState::TimedOut));
        let foreign = database.query_one_raw(row("asleep")).await;
        let foreign = foreign.expect("an answer").expect("a row");
        let error = foreign.try_get::<Code<RunState>>("", "state");
        let error = super::super::StoreError::from(error.expect_err("no state of ours"));
        assert_eq!(
            error.to_string(),
            r#"the database holds run.state "asleep", which this version does not know"#
        );
    }
}
