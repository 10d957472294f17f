//! The claim: due firings become `running` under this node, or a row that says why not.

use std::collections::{BTreeMap, HashMap};

use app::id::{RunId, ScheduleId, TaskId};
use app::message::Event;
use app::occurrence::{MissReason, NotRun, NotificationDecision, SkipReason};
use app::run::{RunReason, Trigger, WaitReason};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::super::delivery::withdraw_run;
use super::super::entity::{cluster, node};
use super::super::messages::{Notice, insert_wanted};
use super::super::rules::EventMask;
use super::super::tickets::{Chasing, TicketSeed, count_firings, open_all};
use super::super::txn::transaction;
use super::super::{Engine, RunInProgress, Store, StoreError, Tx};
use super::active::{self, LastEnd, WaitingRun};
use super::missed::{self, MissedCounts, MissedFirings};
use super::{CHUNK, CLAIM_MAX, Due, NotRunCounts, Stale, change_counter, rows};
use crate::admission::ActiveRun;

/// What becomes of a due firing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Start it; it takes a slot of the pool.
    Start(Trigger, Option<String>),
    /// It should run, but there is no room yet.
    Wait(Trigger, Option<String>, WaitReason),
    /// A rule skips it.
    Skip(SkipReason),
    /// It is too late.
    Miss(MissReason),
    /// Not now: check again at this time.
    Later(DateTime<Utc>),
}

/// What becomes of a waiting run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum WaitVerdict {
    /// Start it.
    Start,
    /// It continues to wait, for this.
    Stay(WaitReason),
    /// It will not run.
    CallOff(RunReason),
}

/// The input of a claim's decision, all read in the claim's own transaction.
#[derive(Debug)]
pub struct View<'a> {
    /// Due firings, oldest first.
    pub due: &'a [Due],
    /// The latest due firing of each schedule, including those beyond `due`.
    pub latest: &'a HashMap<ScheduleId, DateTime<Utc>>,
    /// Active and waiting runs.
    pub runs: &'a [ActiveRun],
    /// Those that wait and whose time has come, in order.
    pub waiting: &'a [WaitingRun],
    /// When runs of the tasks that others wait for last ended.
    pub ended: &'a HashMap<TaskId, LastEnd>,
}

/// The decision of a claim.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Decision {
    /// One for each due firing, in order.
    pub due: Vec<Verdict>,
    /// One for each waiting run, in order.
    pub waiting: Vec<WaitVerdict>,
    /// Active runs that a newer start replaces.
    pub stop: Vec<RunId>,
    /// Waiting runs that a newer start replaces.
    pub replaced: Vec<RunId>,
    /// Runs whose messages a newer start replaces.
    pub withdrawn: Vec<RunId>,
    /// How many late firings of each task are caught up, now or one after another.
    pub caught_up: HashMap<TaskId, i64>,
    /// What it gives notice of: firings that a rule skips.
    pub notices: Vec<Notice>,
}

/// The rules of a claim.
pub trait Decide: Sync {
    /// Tasks whose last ends the decision needs.
    fn depends_on(&self, due: &[Due]) -> Vec<TaskId>;
    /// Tasks in message mode among these: their runs whose messages are still being sent count for the decision.
    fn messages(&self, _: &[Due], _: &[WaitingRun]) -> Vec<TaskId> {
        Vec::new()
    }
    /// Decides; called again when the transaction starts over.
    fn decide(&self, view: &View<'_>) -> Decision;
    /// Whether planning may have recorded missed firings that no message has reported yet.
    fn has_unreported(&self) -> bool {
        false
    }
    /// What is to be reported about missed firings of a task.
    fn missed(&self, _: &MissedFirings) -> Option<Notice> {
        None
    }
    /// What is to be reported about firings that start late.
    fn started(&self, _: &[Claimed]) -> Vec<Notice> {
        Vec::new()
    }
    /// That runs start, where rules name that event: so many notices are made for nothing otherwise.
    fn every_start(&self, _: &[Claimed], _: &[RunInProgress]) -> Vec<Notice> {
        Vec::new()
    }
    /// Tickets that firings open.
    fn tickets(&self, _: &[Claimed], _: &[RunInProgress]) -> Vec<TicketSeed> {
        Vec::new()
    }
    /// The ticket that missed firings of a task open.
    fn missed_ticket(&self, _: &MissedFirings) -> Option<TicketSeed> {
        None
    }
    /// Firings of tasks that are being chased.
    fn chasing(&self, _: &[Claimed], _: &[RunInProgress]) -> Vec<Chasing> {
        Vec::new()
    }
    /// What is to be reported about runs that waited and start now.
    fn resumed(&self, _: &[WaitingRun]) -> Vec<Notice> {
        Vec::new()
    }
}

/// A firing that is ours to start.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The firing.
    pub due: Due,
    /// Its run, already in the database as `running`.
    pub run_id: RunId,
    /// The fencing epoch: later writes name it.
    pub epoch: i32,
    /// Why it starts.
    pub trigger: Trigger,
}

/// The outcome of a claim.
#[derive(Clone, Debug, Default)]
pub struct Claims {
    /// Firings that are ours to start.
    pub claimed: Vec<Claimed>,
    /// Runs that waited and are ours to start.
    pub resumed: Vec<RunInProgress>,
    /// Runs to be ended, wherever they are active.
    pub stop: Vec<RunId>,
    /// Whether there may be more.
    pub more: bool,
    /// When postponed firings and retries have to be claimed again.
    pub look_again: Vec<DateTime<Utc>>,
    /// Whether runs wait for room.
    pub waiting: bool,
    /// Firings that were skipped or missed, by reason.
    pub not_run: NotRunCounts,
    /// Whether it put messages into the outbox.
    pub has_messages: bool,
    /// Whether it opened tickets.
    pub has_tickets: bool,
}

/// Takes this node's turn among all: false when tasks changed since it read them.
///
/// A compare-and-set of a counter, not a lock: in a cluster that does not share row locks, one of two simultaneous
/// claims fails at COMMIT and starts over.
async fn take_turn(store: &Store, tx: &Tx, seen: i64) -> Result<bool, StoreError> {
    if store.engine() == Engine::Sqlite {
        // A single process, whose transactions run one after another.
        return Ok(change_counter(tx).await? == seen);
    }
    let taken = cluster::Entity::update_many()
        .col_expr(
            cluster::Column::Claims,
            Expr::col(cluster::Column::Claims).add(1),
        )
        .filter(cluster::Column::Id.eq(1))
        .filter(cluster::Column::ChangeCounter.eq(seen))
        .exec(tx)
        .await?;
    Ok(taken.rows_affected == 1)
}

/// Takes the cluster row's turn like `take_turn`, but without requiring that this node has seen
/// every change.
pub(super) async fn take_any_turn(store: &Store, tx: &Tx) -> Result<(), StoreError> {
    if store.engine() == Engine::Mysql {
        cluster::Entity::update_many()
            .col_expr(
                cluster::Column::Claims,
                Expr::col(cluster::Column::Claims).add(1),
            )
            .filter(cluster::Column::Id.eq(1))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// Whether a node has not been declared dead.
pub(super) async fn is_alive(tx: &Tx, node: &str) -> Result<bool, StoreError> {
    let dead = node::Entity::find_by_id(node)
        .filter(node::Column::StoppedAt.is_not_null())
        .count(tx)
        .await?;
    Ok(dead == 0)
}

impl Store {
    /// Claims everything due, in one transaction. What starts is committed as `running` under this
    /// node before anything leaves it. A node that was declared dead claims nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim<D: Decide>(
        &self,
        node: &str,
        now: DateTime<Utc>,
        seen: i64,
        rules: &D,
    ) -> Result<Result<Claims, Stale>, StoreError> {
        let wanted = self.wanted().await?;
        transaction!(self, |tx| {
            if !take_turn(self, tx, seen).await? {
                return Ok(Err(Stale::TasksChanged));
            }
            if self.engine() == Engine::Mysql && !is_alive(tx, node).await? {
                return Ok(Ok(Claims::default()));
            }
            let Read {
                due,
                waiting,
                delays,
                decision,
            } = read(tx, now, rules).await?;
            if due.is_empty() && waiting.is_empty() && !rules.has_unreported() {
                return Ok(Ok(Claims {
                    look_again: delays,
                    ..Claims::default()
                }));
            }
            write(
                (self.engine(), tx),
                node,
                now,
                (due, waiting),
                (decision, rules, wanted),
                delays,
            )
            .await
            .map(Ok)
        })
    }

    /// Reads and decides as [`claim`](Self::claim) does, and writes nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rehearse<D: Decide>(
        &self,
        now: DateTime<Utc>,
        rules: &D,
    ) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            change_counter(tx).await?;
            read(tx, now, rules).await.map(drop)
        })
    }
}

/// What a claim has read and decided.
struct Read {
    due: Vec<Due>,
    /// Runs that wait and whose time has come.
    waiting: Vec<WaitingRun>,
    /// When the other waiting runs may start.
    delays: Vec<DateTime<Utc>>,
    decision: Decision,
}

async fn read<D: Decide>(tx: &Tx, now: DateTime<Utc>, rules: &D) -> Result<Read, StoreError> {
    let due = rows::due_rows(tx, now).await?;
    let (mut runs, waiting) = active::active(tx).await?;
    let delays = waiting
        .iter()
        .map(|run| run.due_at)
        .filter(|at| *at > now)
        .collect();
    let waiting: Vec<WaitingRun> = waiting
        .into_iter()
        .filter(|run| run.due_at <= now)
        .collect();
    let mut decision = Decision::default();
    if !(due.is_empty() && waiting.is_empty()) {
        let latest = rows::latest_due(tx, now, &due).await?;
        let ended = active::last_ends(tx, &rules.depends_on(&due)).await?;
        runs.extend(active::sending(tx, &rules.messages(&due, &waiting)).await?);
        decision = rules.decide(&View {
            due: &due,
            latest: &latest,
            runs: &runs,
            waiting: &waiting,
            ended: &ended,
        });
    }
    Ok(Read {
        due,
        waiting,
        delays,
        decision,
    })
}

/// Writes the decision.
async fn write<D: Decide>(
    (engine, tx): (Engine, &Tx),
    node: &str,
    now: DateTime<Utc>,
    (due, waiting): (Vec<Due>, Vec<WaitingRun>),
    (decision, rules, wanted): (Decision, &D, EventMask),
    mut look_again: Vec<DateTime<Utc>>,
) -> Result<Claims, StoreError> {
    let more = due.len() as u64 == CLAIM_MAX;
    let mut notices = decision.notices;
    let mut tally = MissedCounts::of(decision.caught_up);
    let mut starts: Vec<rows::Start> = Vec::new();
    let mut ends: HashMap<NotRun, Vec<i64>> = HashMap::new();
    let mut later: BTreeMap<DateTime<Utc>, Vec<i64>> = BTreeMap::new();
    let mut queued: Vec<(rows::Start, WaitReason)> = Vec::new();
    for (due, verdict) in due.into_iter().zip(decision.due) {
        match verdict {
            Verdict::Start(trigger, pool) => starts.push(rows::Start { due, trigger, pool }),
            Verdict::Wait(trigger, pool, why) => {
                queued.push((rows::Start { due, trigger, pool }, why));
            }
            Verdict::Skip(reason) => {
                let why = NotRun::Skipped(reason);
                ends.entry(why).or_default().push(due.id.0);
                if why.heard() == NotificationDecision::By(Event::Missed) {
                    tally.miss(due.task_id, MissReason::Down, due.scheduled_for);
                }
            }
            Verdict::Miss(reason) => {
                let why = NotRun::Missed(reason);
                ends.entry(why).or_default().push(due.id.0);
                tally.miss(due.task_id, reason, due.scheduled_for);
            }
            Verdict::Later(at) => later.entry(at).or_default().push(due.id.0),
        }
    }
    // Before anything starts, because what is replaced makes room.
    active::request_stop(tx, &decision.stop, active::REPLACED).await?;
    active::cancel_waiting(tx, &decision.replaced, &RunReason::Replaced.code(), now).await?;
    for id in &decision.withdrawn {
        withdraw_run(tx, *id, &RunReason::Replaced, now).await?;
    }
    let mut not_run = NotRunCounts::new();
    for (why, ids) in ends {
        rows::end_planned(tx, &ids, why).await?;
        *not_run.entry(why).or_default() += ids.len() as u64;
    }
    for (at, ids) in &later {
        rows::put_off(tx, ids, *at).await?;
    }
    let mut resumed = Vec::new();
    let mut stays = false;
    for (run, verdict) in waiting.into_iter().zip(decision.waiting) {
        match verdict {
            WaitVerdict::Start => resumed.push(run),
            WaitVerdict::Stay(why) => {
                stays = true;
                if run.why != why {
                    active::relabel(tx, run.run_id, why).await?;
                }
            }
            WaitVerdict::CallOff(reason) => {
                active::cancel_waiting(tx, &[run.run_id], &reason.code(), now).await?;
            }
        }
    }
    notices.extend(rules.resumed(&resumed));
    let resumed = active::resume(tx, resumed, node, now).await?;
    for chunk in queued.chunks(CHUNK) {
        active::queue(tx, chunk, now).await?;
    }
    let claimed = rows::start_planned((engine, tx), starts, node, now).await?;
    notices.extend(rules.started(&claimed));
    if wanted.names(Event::Started) {
        notices.extend(rules.every_start(&claimed, &resumed));
    }
    let mut tickets = rules.tickets(&claimed, &resumed);
    if more {
        // The rest of the outage follows: the last of its claims reports all of it.
        missed::keep(tx, &tally.rows()).await?;
    } else if !tally.is_empty() || rules.has_unreported() {
        tally.add(missed::take(tx).await?);
        let missed = tally.rows();
        notices.extend(missed.iter().filter_map(|one| rules.missed(one)));
        tickets.extend(missed.iter().filter_map(|one| rules.missed_ticket(one)));
    }
    let mut has_messages = insert_wanted(tx, wanted, &notices).await?;
    has_messages |= open_all(tx, wanted, &tickets).await?;
    let chasing = rules.chasing(&claimed, &resumed);
    count_firings(tx, &chasing, now).await?;
    look_again.extend(later.into_keys());
    Ok(Claims {
        claimed,
        resumed,
        stop: decision.stop,
        more,
        look_again,
        waiting: stays || !queued.is_empty(),
        not_run,
        has_messages,
        has_tickets: !tickets.is_empty() || !chasing.is_empty(),
    })
}
