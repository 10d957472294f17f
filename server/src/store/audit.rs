//! The audit log: who changed what, recorded in the transaction of the change.

mod chain;
mod diff;
mod list;

use app::audit::AuditOutcome;
use app::auth::{ButtonPress, Principal};
use app::id::{TaskId, TokenId, UserId};
use app::transition::Word;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

pub use chain::{ChainEnd, ChainHead, SealBatch, SealedRow};
pub(super) use diff::Before;
pub use list::{AuditFilter, AuditFound};

use super::entity::audit;
use super::messages::{Notice, insert_notices};
use super::txn::transaction;
use super::{Store, StoreError, Tx};
use super::{chat, links};

/// Characters of an address that are kept; the longest, an IPv4 address in IPv6, has 45.
const CLIENT_MAX: usize = 64;
/// The name for the product's own acts.
const ITSELF: &str = "jcrontab";

/// An act and its actor. The transaction that performs it also writes it to the audit log, so that neither exists
/// without the other.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Act {
    who: String,
    via: &'static str,
    /// Where they asked from; `None` for the product's own acts.
    client: Option<String>,
    action: &'static str,
    detail: String,
    at: DateTime<Utc>,
    /// The button that was pressed for it.
    press: Option<ButtonPress>,
    outcome: AuditOutcome,
    /// How many times it happened, where that is counted.
    times: Option<i64>,
    /// Each changed field with its value before and after, as JSON.
    changes: Option<String>,
}

impl std::fmt::Display for Act {
    /// The form for the server's log when the audit log cannot be written.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let at = self.at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
        let (who, via, action) = (&self.who, self.via, self.action);
        match &self.client {
            Some(client) => write!(f, "{at} {who} ({via}, {client}) {action}")?,
            None => write!(f, "{at} {who} ({via}) {action}")?,
        }
        match self.detail.as_str() {
            "" => Ok(()),
            detail => write!(f, ": {detail:?}"),
        }
    }
}

impl Act {
    /// An act of a person or a token: `task.update`, `user.create`, …
    #[must_use]
    pub fn by(who: &Principal, action: &'static str, at: DateTime<Utc>) -> Self {
        Self {
            who: who.name.clone(),
            via: who.via.as_str(),
            client: who.from.clone(),
            action,
            detail: String::new(),
            at,
            press: who.press.clone(),
            outcome: AuditOutcome::Done,
            times: None,
            changes: None,
        }
    }

    /// An act of the product itself.
    pub(super) fn of_its_own(action: &'static str, at: DateTime<Utc>) -> Self {
        Self {
            who: ITSELF.to_owned(),
            via: "server",
            client: None,
            action,
            detail: String::new(),
            at,
            press: None,
            outcome: AuditOutcome::Done,
            times: None,
            changes: None,
        }
    }

    /// An act that was refused, of who asked for it: an account as far as it is known, the door, and the address.
    #[must_use]
    pub fn refused(
        (who, via, client): (&str, &'static str, Option<String>),
        action: &'static str,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            who: who.to_owned(),
            via,
            client,
            action,
            detail: String::new(),
            at,
            press: None,
            outcome: AuditOutcome::Refused,
            times: None,
            changes: None,
        }
    }

    /// That it happened so many times.
    #[must_use]
    pub fn times(mut self, times: i64) -> Self {
        self.times = Some(times);
        self
    }

    /// Sets its detail.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// Puts words before the rest of its detail.
    pub(super) fn first(mut self, words: String) -> Self {
        self.detail = if self.detail.is_empty() {
            words
        } else {
            format!("{words}; {}", self.detail)
        };
        self
    }

    /// The same, with something said behind the rest of its detail.
    pub(super) fn also(mut self, words: &str) -> Self {
        if !self.detail.is_empty() {
            self.detail.push_str("; ");
        }
        self.detail.push_str(words);
        self
    }

    /// The same act under another action.
    #[must_use]
    pub fn action(mut self, action: &'static str) -> Self {
        self.action = action;
        self
    }

    /// The time of the act.
    #[must_use]
    pub fn at(&self) -> DateTime<Utc> {
        self.at
    }

    /// The actor.
    #[must_use]
    pub fn who(&self) -> &str {
        &self.who
    }

    /// Writes it to the audit log, and uses up the button that was pressed for it. Once for each act.
    pub(super) async fn record(&self, tx: &Tx, object: Option<i64>) -> Result<(), StoreError> {
        self.insert(tx, object, None).await
    }

    /// Writes it to the audit log as the change that made this version of a task.
    pub(super) async fn record_version(
        &self,
        tx: &Tx,
        id: TaskId,
        version: i64,
    ) -> Result<(), StoreError> {
        self.insert(tx, Some(id.0), Some(version)).await
    }

    fn row(&self, object: Option<i64>, version: Option<i64>) -> audit::ActiveModel {
        audit::ActiveModel {
            at: Set(self.at),
            who: Set(self.who.clone()),
            via: Set(self.via.to_owned()),
            client: Set(self.client.as_deref().map(kept)),
            action: Set(self.action.to_owned()),
            object_id: Set(object),
            object_version: Set(version),
            detail: Set(self.detail.clone()),
            outcome: Set(match self.outcome {
                AuditOutcome::Done => None,
                refused => Some(refused.word().to_owned()),
            }),
            times: Set(self.times),
            changes: Set(self.changes.clone()),
            ..Default::default()
        }
    }

    async fn insert(
        &self,
        tx: &Tx,
        object: Option<i64>,
        version: Option<i64>,
    ) -> Result<(), StoreError> {
        audit::Entity::insert(self.row(object, version))
            .exec_without_returning(tx)
            .await?;
        // In the same transaction: a press and what it causes are both stored, or neither.
        match &self.press {
            Some(ButtonPress::Link(press)) => links::use_up(tx, press, &self.who, self.at).await,
            Some(ButtonPress::Chat(press)) => chat::mark_press(tx, press, self.at).await,
            None => Ok(()),
        }
    }
}

/// An address as far as its column holds it.
fn kept(client: &str) -> String {
    client.chars().take(CLIENT_MAX).collect()
}

/// An entry of the audit log about a task.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TaskChange {
    /// Who did it.
    pub who: String,
    /// What: `task.update`, `task.pause`, …
    pub action: String,
    /// The detail: for an update, each field before and after.
    pub detail: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl Store {
    /// Records an act that changes nothing in the database.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record_act(&self, act: &Act, object: Option<i64>) -> Result<(), StoreError> {
        transaction!(self, |tx| { act.record(tx, object).await })
    }

    /// Records a refused attempt, and returns the number of its entry.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record_refused(&self, act: &Act) -> Result<i64, StoreError> {
        transaction!(self, |tx| {
            let inserted = audit::Entity::insert(act.row(None, None)).exec(tx).await?;
            Ok(inserted.last_insert_id)
        })
    }

    /// The changes that made the versions of a task after this one, latest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn task_changes_since(
        &self,
        id: TaskId,
        version: i64,
        limit: u64,
    ) -> Result<Vec<TaskChange>, StoreError> {
        let rows = audit::Entity::find()
            .filter(audit::Column::ObjectId.eq(id.0))
            .filter(audit::Column::ObjectVersion.gt(version))
            .order_by_desc(audit::Column::At)
            .order_by_desc(audit::Column::Id)
            .limit(limit)
            .all(&self.reader)
            .await?;
        let change = |row: audit::Model| TaskChange {
            who: row.who,
            action: row.action,
            detail: row.detail,
            at: row.at,
        };
        Ok(rows.into_iter().map(change).collect())
    }

    /// The addresses from which this account signed in since then, latest first, from a limited number of sign-ins.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_ins_since(
        &self,
        id: UserId,
        since: DateTime<Utc>,
        limit: u64,
    ) -> Result<Vec<String>, StoreError> {
        // Objects of other kinds may have the same id; the action identifies the kind.
        Ok(audit::Entity::find()
            .select_only()
            .column(audit::Column::Detail)
            .filter(audit::Column::ObjectId.eq(id.0))
            .filter(audit::Column::At.gte(since))
            .filter(audit::Column::Action.eq("sign_in"))
            .order_by_desc(audit::Column::At)
            .limit(limit)
            .into_tuple::<String>()
            .all(&self.reader)
            .await?)
    }

    /// The addresses from which the first use of a token was recorded, latest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn token_places(
        &self,
        id: TokenId,
        action: &str,
        limit: u64,
    ) -> Result<Vec<String>, StoreError> {
        let places: Vec<Option<String>> = audit::Entity::find()
            .select_only()
            .column(audit::Column::Client)
            .filter(audit::Column::ObjectId.eq(id.0))
            .filter(audit::Column::Action.eq(action))
            .order_by_desc(audit::Column::Id)
            .limit(limit)
            .into_tuple()
            .all(&self.reader)
            .await?;
        Ok(places.into_iter().flatten().collect())
    }

    /// Records an act or observation of the product itself, and reports it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note(
        &self,
        action: &'static str,
        object: Option<i64>,
        detail: &str,
        now: DateTime<Utc>,
        notices: &[Notice],
    ) -> Result<(), StoreError> {
        let act = Act::of_its_own(action, now).detail(detail);
        transaction!(self, |tx| {
            act.record(tx, object).await?;
            insert_notices(tx, notices).await?;
            Ok(())
        })
    }
}
