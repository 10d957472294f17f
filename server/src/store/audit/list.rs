//! Pages of the audit log, newest first.

use app::audit::AuditOutcome;
use app::transition::Word;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::sea_query::extension::mysql::{IndexHintScope, MySqlSelectStatementExt};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};

use super::super::entity::audit::{Column as A, Entity, Model};
use super::super::{Store, StoreError};
use super::chain::SealedRow;

/// Entries that are examined for one page: a page of a filter that few entries match may be shorter than asked for, and
/// not the last one.
const EXAMINED: u64 = 2_000;
/// Entries are numbered before their transactions end, so that those of one instant may be this far apart.
const APART: i64 = 1_000;
/// How far the clocks of servers may differ.
const SKEW: TimeDelta = TimeDelta::hours(1);

/// Which entries are asked for; everything that is `None` does not matter.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AuditFilter {
    /// By whom.
    pub who: Option<String>,
    /// What.
    pub action: Option<String>,
    /// What kinds of objects: the part of the action before the dot, which is each of these.
    pub kinds: Vec<String>,
    /// The number of the object.
    pub object: Option<i64>,
    /// By which door.
    pub via: Option<String>,
    /// How it ended.
    pub outcome: Option<AuditOutcome>,
    /// Then or later.
    pub from: Option<DateTime<Utc>>,
    /// Earlier.
    pub to: Option<DateTime<Utc>>,
    /// Only entries with smaller numbers.
    pub before: Option<i64>,
}

/// A page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuditFound {
    /// Newest first.
    pub rows: Vec<SealedRow>,
    /// The number after which the next page continues; `None` on the last one.
    pub next: Option<i64>,
}

/// The index by which entries are found.
#[derive(Clone, Copy)]
enum Path {
    Object,
    Who,
    Action,
    Refused,
    Via,
    All,
}

impl Path {
    /// The one that finds the fewest entries.
    fn of(filter: &AuditFilter) -> Self {
        match filter {
            AuditFilter {
                object: Some(_), ..
            } => Self::Object,
            AuditFilter { who: Some(_), .. } => Self::Who,
            AuditFilter {
                action: Some(_), ..
            } => Self::Action,
            AuditFilter {
                outcome: Some(AuditOutcome::Refused),
                ..
            } => Self::Refused,
            AuditFilter { via: Some(_), .. } => Self::Via,
            AuditFilter { .. } => Self::All,
        }
    }

    /// The entries of the index that match, newest first.
    fn entries(self, filter: &AuditFilter, before: i64) -> Select<Entity> {
        let query = Entity::find().filter(A::Id.lt(before)).order_by_desc(A::Id);
        let (mut query, index) = match self {
            Self::Object => (
                query.filter(A::ObjectId.eq(filter.object)),
                "ix_audit_object_id_id",
            ),
            Self::Who => (
                query.filter(A::Who.eq(filter.who.as_deref())),
                "ix_audit_who_id",
            ),
            Self::Action => (
                query.filter(A::Action.eq(filter.action.as_deref())),
                "ix_audit_action_id",
            ),
            Self::Refused => (
                query.filter(A::Outcome.eq(AuditOutcome::Refused.word())),
                "ix_audit_outcome_id",
            ),
            Self::Via => (
                query.filter(A::Via.eq(filter.via.as_deref())),
                "ix_audit_via_id",
            ),
            Self::All => (query, "PRIMARY"),
        };
        QueryTrait::query(&mut query).force_index(index, IndexHintScope::All);
        query
    }
}

/// All conditions.
fn matching(mut query: Select<Entity>, filter: &AuditFilter) -> Select<Entity> {
    if let Some(who) = &filter.who {
        query = query.filter(A::Who.eq(who.as_str()));
    }
    if let Some(action) = &filter.action {
        query = query.filter(A::Action.eq(action.as_str()));
    }
    for kind in &filter.kinds {
        query = query.filter(A::Action.starts_with(format!("{kind}.")));
    }
    if let Some(object) = filter.object {
        query = query.filter(A::ObjectId.eq(object));
    }
    if let Some(via) = &filter.via {
        query = query.filter(A::Via.eq(via.as_str()));
    }
    match filter.outcome {
        None => {}
        Some(AuditOutcome::Done) => query = query.filter(A::Outcome.is_null()),
        Some(refused) => query = query.filter(A::Outcome.eq(refused.word())),
    }
    // The sign keeps SQLite from reading all entries of that time, to sort them.
    if let Some(from) = filter.from {
        query = query.filter(Expr::cust_with_values("+at >= ?", [from]));
    }
    if let Some(to) = filter.to {
        query = query.filter(Expr::cust_with_values("+at < ?", [to]));
    }
    query
}

impl Store {
    /// A page of the audit log, newest first. It examines a bounded number of entries: a page may be shorter than asked
    /// for, and not the last one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_page(
        &self,
        filter: &AuditFilter,
        limit: usize,
    ) -> Result<AuditFound, StoreError> {
        let mut before = filter.before.unwrap_or(i64::MAX);
        if let Some(to) = filter.to {
            before = before.min(self.audit_number_at(to).await?);
        }
        let path = Path::of(filter);
        // The last entry of those that are examined, found in the index alone.
        let last: Option<i64> = path
            .entries(filter, before)
            .select_only()
            .column(A::Id)
            .offset(EXAMINED)
            .limit(1)
            .into_tuple()
            .one(&self.reader)
            .await?;
        let query = matching(path.entries(filter, before), filter);
        let query = query.filter(A::Id.gt(last.unwrap_or(0)));
        let wanted = limit as u64 + 1;
        let mut rows: Vec<Model> = query.limit(wanted).all(&self.reader).await?;
        let next = if rows.len() > limit {
            rows.truncate(limit);
            rows.last().map(|row| row.id)
        } else {
            match last {
                Some(last) if self.is_within(last, filter.from).await? => Some(last + 1),
                _ => None,
            }
        };
        let rows = rows.into_iter().map(SealedRow::from).collect();
        Ok(AuditFound { rows, next })
    }

    /// One entry.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_entry(&self, id: i64) -> Result<Option<SealedRow>, StoreError> {
        let row = Entity::find_by_id(id).one(&self.reader).await?;
        Ok(row.map(SealedRow::from))
    }

    /// A number that is greater than those of all entries from before an instant.
    async fn audit_number_at(&self, at: DateTime<Utc>) -> Result<i64, StoreError> {
        let mut query = Entity::find()
            .select_only()
            .column(A::Id)
            .filter(A::At.lt(at))
            .order_by_desc(A::At)
            .order_by_desc(A::Id)
            .limit(1);
        QueryTrait::query(&mut query).force_index("ix_audit_at", IndexHintScope::All);
        let found: Option<i64> = query.into_tuple().one(&self.reader).await?;
        Ok(found.map_or(0, |id| id.saturating_add(APART)))
    }

    /// Whether entries with smaller numbers than this one's may be of an instant or later.
    async fn is_within(&self, id: i64, from: Option<DateTime<Utc>>) -> Result<bool, StoreError> {
        let Some(from) = from else {
            return Ok(true);
        };
        let at: Option<DateTime<Utc>> = Entity::find_by_id(id)
            .select_only()
            .column(A::At)
            .into_tuple()
            .one(&self.reader)
            .await?;
        Ok(at.is_none_or(|at| at > from - SKEW))
    }
}
