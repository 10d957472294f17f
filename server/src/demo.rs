//! A database to look around in: made-up tasks, and some weeks of history that the product's own rules make of them.
//!
//! Nothing is executed and nothing is sent: runs and answers of channels are made up, the rest (plans, claims, results,
//! messages, tickets) is what use cases, scheduler and store do on a clock that shows the past. The same seed and the same
//! `now` make the same history. Its commands only write a line or wait, and its channels lead to a port of this machine on
//! which nothing listens.

mod answers;
mod chance;
mod clock;
mod enter;
mod history;
mod plot;
mod run;
mod world;

pub use clock::StageClock;

use app::auth::{Principal, Proof, Role, Via};
use app::backend::{Caller, Tasks};
use app::error::AppError;
use app::i18n::Lang;
use chrono::{DateTime, TimeDelta, Timelike, Utc};

use crate::loops::TurnError;
use crate::service::{Components, Service};
use crate::store::{NodeRow, StoreError};
use enter::{enter, enter_tasks, is_empty};
use history::History;
use plot::{OUTAGE, PlotTurn, edit, plot};
use world::World;

/// How much history there is.
const SPAN: TimeDelta = TimeDelta::days(21);
/// Where people ask from: an address for documentation (RFC 5737).
const ADDRESS: &str = "192.0.2.10";

/// What a demo is made with.
pub struct Stage<'a> {
    /// The use cases, on a clock that `set_clock` sets.
    pub service: &'a Service,
    /// The parts that they share with the loops.
    pub components: &'a Components,
    /// The server that history names.
    pub node: &'a NodeRow,
    /// Sets the clock of those parts.
    pub set_clock: &'a (dyn Fn(DateTime<Utc>) + Sync),
    /// Its language.
    pub lang: Lang,
    /// What its numbers depend on.
    pub seed: u64,
}

impl std::fmt::Debug for Stage<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Stage")
    }
}

/// What was made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Made {
    /// Tasks.
    pub tasks: usize,
    /// Days of history.
    pub days: i64,
}

/// Why no demo was made.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The database has tasks, channels or something else that people entered.
    #[error("the database is not empty")]
    NotEmpty,
    /// A use case refused something.
    #[error("{}", .0.message)]
    Refused(AppError),
    /// The database failed.
    #[error("the database failed")]
    Store(#[from] StoreError),
    /// The urging failed.
    #[error("urging failed")]
    Urging(#[source] TurnError),
    /// The built-in description or a stored message cannot be read, which is a bug.
    #[error("the description of the demo cannot be read")]
    Description(#[from] serde_json::Error),
}

impl From<AppError> for DemoError {
    fn from(error: AppError) -> Self {
        Self::Refused(error)
    }
}

/// A person who edits and answers.
fn person(name: &str, lang: Lang) -> Caller {
    Caller {
        principal: Some(Principal {
            user_id: None,
            name: name.to_owned(),
            role: Role::Admin,
            via: Via::Session,
            from: Some(ADDRESS.to_owned()),
            press: None,
            proof: Proof::Other,
        }),
        lang,
    }
}

/// Fills an empty database with a demo whose history ends at `now`.
///
/// # Errors
/// When the database is not empty, or fails.
pub async fn fill(stage: &Stage<'_>, now: DateTime<Utc>) -> Result<Made, DemoError> {
    let world = World::read(stage.lang)?;
    let first = world.rota.people.first().map_or("", String::as_str);
    let admin = person(first, stage.lang);
    if !is_empty(stage.service, &admin).await? {
        return Err(DemoError::NotEmpty);
    }
    // Both to the second, so that the same demo can be made again.
    let now = now.with_nanosecond(0).unwrap_or(now);
    let begin = now - SPAN;
    (stage.set_clock)(begin);
    enter(stage, &world, &admin, now).await?;
    let tasks = enter_tasks(stage, &world, &admin).await?;
    let of_key = |key: &str| {
        let found = tasks.iter().find(|(_, index)| {
            let task = world.tasks.get(**index);
            task.is_some_and(|task| task.key == key)
        });
        found.map(|(id, _)| *id)
    };
    let service = stage.service;
    let mut history = History::begin(stage, &world, tasks.clone(), (begin, now)).await?;
    for (hours, turn) in plot(now) {
        let at = now - TimeDelta::hours(hours);
        history.go_on(at).await?;
        match turn {
            PlotTurn::Outage => history.outage(at + OUTAGE).await?,
            PlotTurn::Edit(key) => {
                if let Some(id) = of_key(key) {
                    edit(service, &admin, id).await?;
                }
            }
            PlotTurn::Control(key, control) => {
                if let Some(id) = of_key(key) {
                    service.task_control(&admin, id, &control).await?;
                }
            }
        }
    }
    history.go_on(now).await?;
    history.end().await?;
    Ok(Made {
        tasks: tasks.len(),
        days: SPAN.num_days(),
    })
}
