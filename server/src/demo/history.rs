//! Generates the history: it steps through the instants in order and applies the rules of the scheduler and the loops.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use app::auth::Principal;
use app::backend::{Caller, Tickets};
use app::error::ErrorKind;
use app::id::{RunId, TaskId};
use app::ticket::TicketQuery;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Semaphore;

use super::answers::Answers;
use super::chance::Chance;
use super::run::{Performed, Scene};
use super::world::World;
use super::{DemoError, Stage, person};
use crate::facts::Facts;
use crate::loops::Periodic;
use crate::run::Job;
use crate::scheduler::Simulation;
use crate::store::{NodeRow, Notice, Outcome, TakeResult};
use crate::urge::{CHECKS_AT_ONCE, Dependencies, Urging};

/// A channel is out of order in this part of a thousand messages.
const UNDELIVERED: u32 = 12;
/// The answer of a channel that takes a message, and of one that is out of order.
const TAKEN: &str = "ok";
const BROKEN: &str = "HTTP 502";

/// Something that happens to a run.
enum Happening {
    Warned(Vec<Notice>),
    Ended(Box<Outcome>),
}

/// History as it grows.
pub(super) struct History<'a> {
    stage: &'a Stage<'a>,
    world: &'a World,
    /// Index of each task in the world.
    tasks: HashMap<TaskId, usize>,
    simulation: Simulation,
    node: NodeRow,
    nodes: u32,
    happenings: BTreeMap<(DateTime<Utc>, RunId, bool), Happening>,
    answers: Answers,
    urging: Urging,
    urge_at: Option<DateTime<Utc>>,
    span: (DateTime<Utc>, DateTime<Utc>),
    at: DateTime<Utc>,
}

impl<'a> History<'a> {
    /// Begins when the tasks have been entered.
    pub(super) async fn begin(
        stage: &'a Stage<'a>,
        world: &'a World,
        tasks: HashMap<TaskId, usize>,
        span: (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Self, DemoError> {
        let parts = stage.components;
        let node = node_of(stage, 1);
        parts.store.insert_node(&node, span.0).await?;
        let urging = Urging {
            tools: Dependencies {
                store: parts.store.clone(),
                clock: Arc::clone(&parts.clock),
                signals: Arc::clone(&parts.signals),
            },
            // Checks run commands, and tickets of the demo have none.
            executor: None,
            checks: Arc::new(Semaphore::new(CHECKS_AT_ONCE)),
            patterns: Arc::clone(&parts.patterns),
            calendar_cache: Arc::clone(&parts.calendar_cache),
            node_id: node.id.clone(),
            plan: Mutex::default(),
        };
        Ok(Self {
            simulation: simulation(stage, &node, span.0).await?,
            stage,
            world,
            tasks,
            node,
            nodes: 1,
            happenings: BTreeMap::new(),
            answers: Answers::default(),
            urging,
            urge_at: None,
            span,
            at: span.0,
        })
    }

    /// Goes on until `end`.
    pub(super) async fn go_on(&mut self, end: DateTime<Utc>) -> Result<(), DemoError> {
        // People may have changed tasks since.
        self.simulation.reload(self.at).await?;
        self.simulation.plan(end).await?;
        while let Some(at) = self.next().filter(|at| *at <= end) {
            self.turn(at.max(self.at)).await?;
        }
        self.set_clock(end);
        Ok(())
    }

    /// No server runs until `end`, and another one starts then.
    pub(super) async fn outage(&mut self, end: DateTime<Utc>) -> Result<(), DemoError> {
        let store = &self.stage.components.store;
        store.note_alive(&self.node.id, self.at).await?;
        store.stop_node(&self.node.id, self.at).await?;
        self.nodes += 1;
        self.node = node_of(self.stage, self.nodes);
        store.insert_node(&self.node, end).await?;
        self.urging.node_id.clone_from(&self.node.id);
        self.simulation = simulation(self.stage, &self.node, self.at).await?;
        self.set_clock(end);
        self.simulation.miss(end).await?;
        self.turn(end).await
    }

    /// The server stops, and whatever runs ends with it.
    pub(super) async fn end(mut self) -> Result<(), DemoError> {
        let now = self.at;
        let mut left: Vec<Outcome> = Vec::new();
        for happening in std::mem::take(&mut self.happenings).into_values() {
            if let Happening::Ended(outcome) = happening {
                left.push(*outcome);
            }
        }
        for outcome in &mut left {
            outcome.finished_at = now;
            outcome.retry_at = None;
        }
        let store = &self.stage.components.store;
        store.record(&left).await?;
        self.deliver().await?;
        store.note_alive(&self.node.id, now).await?;
        store.stop_node(&self.node.id, now).await?;
        Ok(())
    }

    fn set_clock(&mut self, at: DateTime<Utc>) {
        self.at = at;
        (self.stage.set_clock)(at);
    }

    /// When something happens next.
    fn next(&self) -> Option<DateTime<Utc>> {
        let run = self.happenings.keys().next().map(|(at, ..)| *at);
        let instants = [
            self.simulation.next_due(),
            run,
            self.answers.next(),
            self.urge_at,
        ];
        instants.into_iter().flatten().min()
    }

    /// Everything that happens at an instant.
    async fn turn(&mut self, at: DateTime<Utc>) -> Result<(), DemoError> {
        self.set_clock(at);
        self.record(at).await?;
        if self.simulation.next_due().is_some_and(|due| due <= at) {
            let jobs = self.simulation.claim(at).await?;
            for job in jobs {
                self.perform(&job).await?;
            }
            self.set_clock(at);
        }
        if self.urge_at.is_some_and(|due| due <= at) {
            self.urging.turn().await.map_err(DemoError::Urging)?;
        }
        self.answer(at).await?;
        let look = self.stage.components.store.tickets_due(at, 1).await?;
        // What is due and stays so must not keep time from passing.
        let later = (!look.due.is_empty()).then(|| at + TimeDelta::minutes(1));
        self.urge_at = look.next.or(later);
        self.deliver().await
    }

    /// Records what has happened to runs by `at`.
    async fn record(&mut self, at: DateTime<Utc>) -> Result<(), DemoError> {
        let mut outcomes: Vec<Outcome> = Vec::new();
        let mut notices: Vec<Notice> = Vec::new();
        while let Some(first) = self.happenings.first_entry() {
            if first.key().0 > at {
                break;
            }
            match first.remove() {
                Happening::Warned(warning) => notices.extend(warning),
                Happening::Ended(outcome) => outcomes.push(*outcome),
            }
        }
        let store = &self.stage.components.store;
        store.add_notices(&notices).await?;
        if !outcomes.is_empty() {
            store.record(&outcomes).await?;
        }
        for retry_at in outcomes.iter().filter_map(|outcome| outcome.retry_at) {
            self.simulation.note_due(retry_at);
        }
        Ok(())
    }

    async fn perform(&mut self, job: &Job) -> Result<(), DemoError> {
        let index = self.tasks.get(&job.task.id).copied().unwrap_or_default();
        let Some(task) = self.world.tasks.get(index) else {
            return Ok(());
        };
        let planned = job.scheduled_for.unwrap_or(job.started_at) - self.span.0;
        let purpose = [
            i64::try_from(index).unwrap_or_default(),
            planned.num_seconds(),
            i64::from(job.attempt),
        ];
        let scene = Scene {
            play: &task.play,
            output: &self.stage.components.output,
            set_clock: self.stage.set_clock,
            chance: Chance::of(self.stage.seed, &purpose),
            span: self.span,
        };
        let Performed { outcome, warned } = scene.perform(job).await;
        if let Some((at, notices)) = warned {
            self.happenings
                .insert((at, job.run_id, false), Happening::Warned(notices));
        }
        self.happenings.insert(
            (outcome.finished_at, job.run_id, true),
            Happening::Ended(Box::new(outcome)),
        );
        Ok(())
    }

    /// People answer tickets.
    async fn answer(&mut self, at: DateTime<Utc>) -> Result<(), DemoError> {
        let stage = self.stage;
        let open = TicketQuery {
            limit: Some(200),
            ..TicketQuery::default()
        };
        let reader = Caller {
            principal: Some(Principal::console()),
            lang: stage.lang,
        };
        for ticket in stage.service.ticket_list(&reader, &open).await?.items {
            self.answers.note(&ticket, stage.seed, &self.world.done);
        }
        while let Some(answer) = self.answers.take(at) {
            let who = person(&answer.person, stage.lang);
            let done = stage.service.ticket_act(&who, answer.ticket, &answer.act);
            match done.await {
                // It has ended meanwhile.
                Err(error) if error.kind == ErrorKind::Conflict => {}
                done => drop(done?),
            }
        }
        Ok(())
    }

    /// Channels take what waits, or do not.
    async fn deliver(&self) -> Result<(), DemoError> {
        let parts = self.stage.components;
        let (store, at) = (&parts.store, self.at);
        for channel in store.outbox_look(at).await?.due {
            while let TakeResult::Message(mut item) =
                store.outbox_take(channel, None, &self.node.id, at).await?
            {
                if let Some(facts) = &item.facts {
                    let facts: Facts = serde_json::from_str(facts)?;
                    item.body = parts.renderer.text(&facts, Some(self.stage.lang));
                }
                let mut chance = Chance::of(self.stage.seed, &[i64::from(b'm'), item.id.0]);
                // A run that waits for its message would fail with it.
                if item.run_id.is_none() && chance.permille(UNDELIVERED) {
                    store.outbox_dead(&item, BROKEN, false, at).await?;
                } else {
                    store.outbox_sent(&item, TAKEN, at).await?;
                }
            }
        }
        Ok(())
    }
}

/// A server of the demo.
fn node_of(stage: &Stage<'_>, number: u32) -> NodeRow {
    NodeRow {
        id: format!("demo{number}"),
        ..stage.node.clone()
    }
}

async fn simulation(
    stage: &Stage<'_>,
    node: &NodeRow,
    now: DateTime<Utc>,
) -> Result<Simulation, DemoError> {
    let parts = stage.components;
    let shared = (
        Arc::clone(&parts.patterns),
        Arc::clone(&parts.calendar_cache),
    );
    Ok(Simulation::start(parts.store.clone(), node.id.clone(), shared, now).await?)
}
