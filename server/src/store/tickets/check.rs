//! What comes of the check before an urge: the ticket is done, or the urge goes out.

use app::id::TicketId;
use app::task::TaskStep;
use app::ticket::machine::Next;
use app::ticket::{TicketEntryKind, TicketKind};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::super::entity::ticket;
use super::super::ledger::note_change;
use super::super::messages::{Notice, insert_notices};
use super::super::tasks::{Updated, step_task};
use super::super::txn::transaction;
use super::super::{Act, Store, StoreError};
use super::act::{By, move_on, note};
use super::{ITSELF, StoredTicket};

impl Store {
    /// Ends a ticket whose check has passed, together with the task that it stands for, if it still is as it was read.
    /// `detail` is kept in its history.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn close_by_check(
        &self,
        read: &StoredTicket,
        next: &Next,
        detail: &str,
        notices: &[Notice],
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        // What has expired has no part in its task any more.
        let closes = read.ticket.kind == TicketKind::Task && !read.ticket.state.is_over();
        let task = read.task_id;
        transaction!(self, |tx| {
            if closes {
                // The lock that every change of a task takes first.
                note_change(tx, task, now).await?;
            }
            note(
                tx,
                read.id,
                TicketEntryKind::CheckPassed,
                (ITSELF, now),
                detail.to_owned(),
            )
            .await?;
            if !move_on(tx, read, next, By::itself(now)).await? {
                return Err(StoreError::Overtaken);
            }
            if closes {
                let act = Act::of_its_own("task.close", now).detail("its check has passed");
                let step = (TaskStep::Close, None);
                if step_task(tx, &act, task, step, None).await? != Updated::Done {
                    return Err(StoreError::Overtaken);
                }
            }
            insert_notices(tx, notices).await?;
            Ok(true)
        })
        .or_else(|error| match error {
            StoreError::Overtaken => Ok(false),
            error => Err(error),
        })
    }

    /// Has the urge go out now whose check has failed, unless the ticket was changed since the check was claimed, when
    /// it had this version. `detail` is kept in its history.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn urge_after_check(
        &self,
        (id, version): (TicketId, i64),
        detail: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        use ticket::Column as C;
        transaction!(self, |tx| {
            let moved = ticket::Entity::update_many()
                .col_expr(C::NextUrgeAt, Expr::value(Some(now)))
                .col_expr(C::Version, Expr::col(C::Version).add(1))
                .filter(C::Id.eq(id.0))
                .filter(C::Version.eq(version))
                .exec(tx)
                .await?;
            if moved.rows_affected != 1 {
                return Ok(false);
            }
            let failed = TicketEntryKind::CheckFailed;
            note(tx, id, failed, (ITSELF, now), detail.to_owned()).await?;
            Ok(true)
        })
    }
}
