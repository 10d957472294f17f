//! Manual starts.

use std::collections::HashMap;

use app::id::{RunId, TaskId};
use app::message::Event;
use app::run::{NoRoom, RunReason, RunState, Trigger};
use app::task::{Task, TaskState};
use chrono::{DateTime, Utc};
use sea_orm::{EntityTrait, Set};

use super::super::code::Code;
use super::super::delivery::withdraw_run;
use super::super::entity::run;
use super::super::messages::{Notice, insert_wanted};
use super::super::tickets::{TicketSeed, open_all};
use super::super::txn::transaction;
use super::super::{Act, Store, StoreError, idempotency, tasks};
use super::active;
use crate::admission::{Admission, AvailableSlots};
use crate::facts::{Facts, TaskEvent};

/// A manual start.
#[derive(Clone, Debug)]
pub struct ManualStart {
    /// Who.
    pub who: String,
    /// Why.
    pub note: Option<String>,
    /// Its parameters: JSON, secrets masked.
    pub parameters: Option<String>,
    /// All of its parameters, sealed.
    pub parameters_sealed: Option<String>,
    /// Hash of requester and key, and hash of the request.
    pub idempotency: Option<(String, String)>,
}

/// The outcome.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Manual {
    /// It is in the database as `running` under this node.
    Started {
        /// Its run.
        run_id: RunId,
        /// The fencing epoch.
        epoch: i32,
        /// It replaces active runs: they are to be ended.
        replaces: bool,
    },
    /// It waits for room.
    Waits {
        /// Its run.
        run_id: RunId,
        /// Runs were asked to make room.
        replaces: bool,
    },
    /// The task's overlap rule refuses it.
    Refused(NoRoom),
    /// The same request with the same key came before: nothing was started.
    Replayed {
        /// The run that was started then.
        run_id: RunId,
    },
    /// A different request with the same key came before.
    Mismatch,
    /// The task is closed, and there is no room to start it at once.
    Closed,
    /// The task is gone.
    NoTask,
    /// This node was declared dead and starts nothing any more.
    Dead,
}

impl Store {
    /// Records a manual start in the ledger. `slots` are the pools.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn start_manual(
        &self,
        act: &Act,
        task: &Task,
        new: &ManualStart,
        slots: &HashMap<String, u32>,
        node: &str,
    ) -> Result<Manual, StoreError> {
        let now = act.at();
        let wanted = self.wanted().await?;
        transaction!(self, |tx| {
            // In the order of a claim, with which it competes: the node's turn first, then the rows.
            super::claim::take_any_turn(self, tx).await?;
            if !super::claim::is_alive(tx, node).await? {
                return Ok(Manual::Dead);
            }
            if !tasks::lock(tx, task.id).await? {
                return Ok(Manual::NoTask);
            }
            if let Some((key, request)) = &new.idempotency
                && let Some((before, run_id)) = idempotency::recall(tx, key, now).await?
            {
                return Ok(if before == *request {
                    Manual::Replayed { run_id }
                } else {
                    Manual::Mismatch
                });
            }
            let (mut runs, _) = active::active(tx).await?;
            if !task.mode.runs_command() {
                runs.extend(active::sending(tx, &[task.id]).await?);
            }
            let mut room = AvailableSlots::new(slots, &runs);
            let admission = room.admit(task);
            if let Admission::LeaveOut(reason) = admission {
                return Ok(Manual::Refused(reason));
            }
            // What waits starts by the agenda, in which closed tasks are not.
            if matches!(admission, Admission::Wait(_)) && task.state == TaskState::Closed {
                return Ok(Manual::Closed);
            }
            active::request_stop(tx, &room.stop, active::REPLACED).await?;
            active::cancel_waiting(tx, &room.replaced, &RunReason::Replaced.code(), now).await?;
            for id in &room.withdrawn {
                withdraw_run(tx, *id, &RunReason::Replaced, now).await?;
            }
            let mut row = row(task.id, task, new, now);
            if let Admission::Wait(why) = admission {
                row.state = Set(Code(RunState::Waiting));
                row.reason = Set(Some(RunReason::Waits(why).code()));
                row.due_at = Set(Some(now));
                row.epoch = Set(0);
            } else {
                row.node_id = Set(node.to_owned());
            }
            let inserted = run::Entity::insert(row).exec(tx).await?;
            let run_id = RunId(inserted.last_insert_id);
            if let Some((key, request)) = &new.idempotency {
                idempotency::remember(tx, key, request, run_id, now).await?;
            }
            let act = act.clone().first(format!("run {run_id}"));
            act.record(tx, Some(task.id.0)).await?;
            if !matches!(admission, Admission::Wait(_)) && wanted.names(Event::Started) {
                let event = TaskEvent::Started { attempt: 1 };
                let facts = Facts::of_task(task, Some(run_id), now, event);
                insert_wanted(tx, wanted, &[Notice::about(task, facts)]).await?;
            }
            let is_waiting = matches!(admission, Admission::Wait(_));
            let seed = TicketSeed::of_start(task, now)
                .filter(|_| !is_waiting && task.state != TaskState::Closed);
            if let Some(seed) = seed {
                open_all(tx, wanted, &[seed.of_run(run_id)]).await?;
            }
            let replaces = !room.stop.is_empty();
            Ok(match admission {
                Admission::Wait(_) => Manual::Waits { run_id, replaces },
                _ => Manual::Started {
                    run_id,
                    epoch: 1,
                    replaces,
                },
            })
        })
    }
}

fn row(id: TaskId, task: &Task, new: &ManualStart, now: DateTime<Utc>) -> run::ActiveModel {
    let pool = Some(task.execution.pool.clone()).filter(|pool| !pool.is_empty());
    run::ActiveModel {
        task_id: Set(id.0),
        attempt: Set(1),
        trigger_kind: Set(Code(Trigger::Manual)),
        requested_by: Set(Some(new.who.clone())),
        state: Set(Code(RunState::Running)),
        node_id: Set(String::new()),
        epoch: Set(1),
        started_at: Set(now),
        output_bytes: Set(0),
        output_dropped: Set(0),
        pool: Set(pool),
        note: Set(new.note.clone()),
        parameters: Set(new.parameters.clone()),
        parameters_sealed: Set(new.parameters_sealed.clone()),
        ..Default::default()
    }
}
