//! Which tickets are read, and in which order, along one index.

use app::id::{OccurrenceId, RunId, TaskId, TicketId};
use app::ticket::{TicketKind, TicketOrder, TicketState};
use sea_orm::sea_query::extension::mysql::{IndexHintScope, MySqlSelectStatementExt};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Func, Query, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryTrait, Select};

use super::super::StoreError;
use super::super::code::{Code, is_one_of};
use super::super::entity::{task, ticket};

/// Which tickets are read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TicketFilter {
    /// In one of these states; empty for all.
    pub states: Vec<TicketState>,
    /// Only those that may be of one of these people or rotas, or ask them: as whom the ladder asks by now depends on
    /// the policy, a few more. Empty for all.
    pub people: Vec<String>,
    /// Only of this task.
    pub task: Option<TaskId>,
    /// Only of this kind.
    pub kind: Option<TicketKind>,
    /// Only about this firing.
    pub occurrence: Option<OccurrenceId>,
    /// Only about this run.
    pub run: Option<RunId>,
    /// Older than this one.
    pub before: Option<TicketId>,
    /// Only of tasks with this tag; empty for all.
    pub tag: String,
    /// Only those of at least this level.
    pub level: i32,
    /// In which order. Other ones than the newest first read all that match, which the states keep few.
    pub order: TicketOrder,
    /// In such an order behind the ticket with this level and id.
    pub after: Option<(i32, TicketId)>,
}

/// Whether a JSON text contains a person, or a rota as owners name it.
pub(in crate::store) fn names(list: Expr, person: &str) -> Result<SimpleExpr, StoreError> {
    // As it stands in a list of names, whole.
    let name = serde_json::to_string(person).map_err(|error| StoreError::UnknownValue {
        what: "the name of a person",
        value: error.to_string(),
    })?;
    // INSTR looks for the text as it is, on every engine: LIKE has wildcards, and ignores case on SQLite.
    let found = Func::cust("INSTR").arg(list).arg(name);
    Ok(Expr::from(found).gt(0))
}

/// Whether a ticket may be a person's, or ask them: on its own list, or by the ladder of its task.
fn concerns(person: &str) -> Result<SimpleExpr, StoreError> {
    use ticket::Column as C;
    let on_ladders = Query::select()
        .column(task::Column::Id)
        .from(task::Entity)
        .and_where(names(Expr::col(task::Column::Tickets), person)?)
        .to_owned();
    let by_ladder = C::Level.gt(0).and(C::TaskId.in_subquery(on_ladders));
    let asked = names(Expr::col(C::Asked), person)?;
    Ok(C::Owner.eq(person).or(asked).or(by_ladder))
}

/// The tickets that match, in no order.
pub(super) fn matching(filter: &TicketFilter) -> Result<Select<ticket::Entity>, StoreError> {
    use ticket::Column as C;
    let mut find = ticket::Entity::find();
    // Along one index, the one that leaves the fewest rows. SQLite takes it by itself, and knows no such hint.
    let index = match (filter.occurrence, filter.task, filter.states.is_empty()) {
        (Some(_), ..) => Some("ix_ticket_occurrence_id"),
        (None, Some(_), false) => Some("ix_ticket_task_id_state"),
        (None, Some(_), true) => Some("ix_ticket_task_id"),
        (None, None, false) => Some("ix_ticket_state"),
        (None, None, true) => None,
    };
    if let Some(index) = index {
        QueryTrait::query(&mut find).force_index(index, IndexHintScope::All);
    }
    if !filter.states.is_empty() {
        find = find.filter(is_one_of(C::State, &filter.states));
    }
    if !filter.people.is_empty() {
        let mut any = Condition::any();
        for person in &filter.people {
            any = any.add(concerns(person)?);
        }
        find = find.filter(any);
    }
    if let Some(task) = filter.task {
        find = find.filter(C::TaskId.eq(task.0));
    }
    if let Some(kind) = filter.kind {
        find = find.filter(C::Kind.eq(Code(kind)));
    }
    if !filter.tag.is_empty() {
        let tagged = Query::select()
            .column(task::Column::Id)
            .from(task::Entity)
            .and_where(names(Expr::col(task::Column::Tags), &filter.tag)?)
            .to_owned();
        find = find.filter(C::TaskId.in_subquery(tagged));
    }
    if filter.level > 0 {
        find = find.filter(C::Level.gte(filter.level));
    }
    if let Some((level, id)) = filter.after {
        let behind = C::Id.gt(id.0);
        find = find.filter(match filter.order {
            TicketOrder::Level => C::Level.lt(level).or(C::Level.eq(level).and(behind)),
            TicketOrder::Newest | TicketOrder::Oldest => behind,
        });
    }
    if let Some(occurrence) = filter.occurrence {
        find = find.filter(C::OccurrenceId.eq(occurrence.0));
    }
    if let Some(run) = filter.run {
        find = find.filter(C::RunId.eq(run.0));
    }
    // Where nothing narrows it, the key itself is the index.
    if filter.before.is_some() || index.is_none() {
        let before = filter.before.map_or(i64::MAX, |before| before.0);
        find = find.filter(C::Id.lt(before));
    }
    Ok(find)
}

/// The order of tickets by their ids, newest first, where those of some states are looked for: it is no index, so that
/// SQLite sorts the few open ones and does not walk through those that are over.
pub(super) fn newest_of_states() -> SimpleExpr {
    Expr::col(ticket::Column::Id).add(0)
}
