//! What can happen next, and what must hold.

use app::occurrence::OccurrenceState;
use app::run::RunState;
use stateright::{Model, Property};

use super::invariants;
pub(crate) use super::world::Budgets;
use super::world::{Burial, FIRINGS, Intent, NodeRow, Phase, Process, Turn, World, is_final};

/// Ticks of the database's clock after which a silent node is dead.
pub(super) const LEASE: u8 = 1;
/// The clock ends here; faults come early enough for a lease to run out after them.
const LAST_TICK: u8 = 2;
/// No fault begins later.
const LAST_FAULT: u8 = 1;
/// How far a clock is set forward: further than a lease is long.
pub(super) const STEP: u8 = 2;
/// When each firing is due.
const DUE_AT: [u8; FIRINGS] = [0, 1];
/// Whether a firing is tried again when its node is lost.
pub(super) const RETRY_ON_LOST: [bool; FIRINGS] = [true, false];

/// What the protocol relies on; each can be taken away to see that the checker notices.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    /// `run` is unique by firing and attempt.
    pub(crate) unique_key: bool,
    /// A run that waits is started by `UPDATE … WHERE state = 'waiting'`.
    pub(crate) compare_and_set: bool,
    /// A result is written `WHERE id, epoch, state = 'running'`.
    pub(crate) fence: bool,
    /// Leases are judged by the database's clock.
    pub(crate) database_clock: bool,
    /// After a COMMIT without an answer the rows are read before anything else.
    pub(crate) resolves_doubt: bool,
}

impl Rules {
    pub(crate) const OURS: Self = Self {
        unique_key: true,
        compare_and_set: true,
        fence: true,
        database_clock: true,
        resolves_doubt: true,
    };
}

/// What a COMMIT came to for who sent it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum CommitResult {
    Done,
    /// It was done, and the answer was lost.
    NothingButDone,
    /// It was not done, and there was no answer.
    NothingAndNotDone,
}

/// One step; the first number is the machine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Step {
    /// The database's clock goes on.
    Tick,
    Heartbeat(usize),
    ReadDue(usize),
    CommitClaim(usize, CommitResult),
    ResolveDoubt(usize),
    Spawn(usize, usize),
    WriteResult(usize, usize, CommitResult),
    ReadDead(usize),
    EndTheirRuns(usize),
    MarkThem(usize),
    Restart(usize),
    Wake(usize),
    Crash(usize),
    Pause(usize),
    SetClock(usize),
}

impl Step {
    /// Whether it is a fault, which the protocol must not rely on; waking up and restarting are not certain either.
    pub(super) fn is_chance(&self) -> bool {
        matches!(
            self,
            Self::Restart(_)
                | Self::Wake(_)
                | Self::Crash(_)
                | Self::Pause(_)
                | Self::SetClock(_)
                | Self::CommitClaim(
                    _,
                    CommitResult::NothingButDone | CommitResult::NothingAndNotDone
                )
                | Self::WriteResult(
                    _,
                    _,
                    CommitResult::NothingButDone | CommitResult::NothingAndNotDone
                )
        )
    }
}

/// The protocol under some rules and faults.
#[derive(Clone, Debug)]
pub(crate) struct Protocol {
    pub(crate) rules: Rules,
    pub(crate) budgets: Budgets,
    /// How many of the firings there are; the others have ended before.
    pub(crate) firings: usize,
}

impl Protocol {
    /// The nodes that this one takes for dead: earlier processes of its own machine, and the
    /// silent.
    pub(super) fn dead(&self, world: &World, machine: usize, me: usize) -> Vec<usize> {
        let clock = if self.rules.database_clock {
            world.now
        } else {
            world.now + world.machines[machine].ahead
        };
        let is_dead = |id: usize, row: &NodeRow| {
            let silent = clock.saturating_sub(row.heartbeat_at) >= LEASE;
            id != me && !row.stopped && (row.machine == machine || silent)
        };
        let rows = world.nodes.iter().enumerate();
        rows.filter(|(id, row)| is_dead(*id, row))
            .map(|(id, _)| id)
            .collect()
    }

    /// Runs under nodes that are dead or have stopped.
    pub(super) fn orphans(&self, world: &World, dead: &[usize]) -> Vec<(usize, u8)> {
        let gone = |owner: usize| world.nodes[owner].stopped || dead.contains(&owner);
        let rows = world.runs.iter().enumerate();
        rows.filter(|(_, run)| run.state == RunState::Running && gone(run.owner))
            .map(|(id, run)| (id, run.epoch))
            .collect()
    }

    /// What a claim of this machine would read now.
    pub(super) fn due(&self, world: &World, machine: usize) -> [Option<Intent>; FIRINGS] {
        let clock = world.now + world.machines[machine].ahead;
        std::array::from_fn(|firing| match world.firings[firing] {
            OccurrenceState::Planned if DUE_AT[firing] <= clock => Some(Intent::Start),
            OccurrenceState::Run(RunState::Waiting) => world
                .runs
                .iter()
                .position(|run| run.firing == firing && run.state == RunState::Waiting)
                .map(|run| Intent::Resume(run, world.runs[run].epoch)),
            _ => None,
        })
    }

    /// Whether the database takes a claim at COMMIT.
    pub(super) fn is_taken(&self, world: &World, intents: &[Option<Intent>; FIRINGS]) -> bool {
        let exists = |firing| {
            let mut runs = world.runs.iter();
            runs.any(|run| run.firing == firing && run.attempt == 0)
        };
        intents
            .iter()
            .enumerate()
            .all(|(firing, intent)| match intent {
                Some(Intent::Start) => !(self.rules.unique_key && exists(firing)),
                Some(Intent::Resume(run, epoch)) => {
                    let row = &world.runs[*run];
                    let same = row.state == RunState::Waiting && row.epoch == *epoch;
                    !self.rules.compare_and_set || same
                }
                None => true,
            })
    }

    fn steps_of(&self, world: &World, machine: usize, process: &Process, steps: &mut Vec<Step>) {
        let row = &world.nodes[process.node];
        let heard = row.heartbeat_at == world.now;
        let unknown = world.left.unknown > 0;
        let outcomes = |step: &dyn Fn(CommitResult) -> Step, steps: &mut Vec<Step>| {
            steps.push(step(CommitResult::Done));
            if unknown {
                steps.push(step(CommitResult::NothingButDone));
                steps.push(step(CommitResult::NothingAndNotDone));
            }
        };
        if !heard || row.stopped {
            steps.push(Step::Heartbeat(machine));
        }
        match &process.turn {
            // A node without heartbeats claims nothing: the others may declare it dead.
            Turn::Idle if heard && !row.stopped => {
                if self.due(world, machine).iter().any(Option::is_some) {
                    steps.push(Step::ReadDue(machine));
                }
            }
            Turn::Idle => {}
            Turn::Claiming(_) => outcomes(&|heard| Step::CommitClaim(machine, heard), steps),
            Turn::InDoubt => steps.push(Step::ResolveDoubt(machine)),
        }
        for (firing, job) in process.jobs.iter().enumerate() {
            match job.as_ref().map(|job| job.phase) {
                Some(Phase::Claimed) => steps.push(Step::Spawn(machine, firing)),
                Some(Phase::Started) => {
                    outcomes(&|heard| Step::WriteResult(machine, firing, heard), steps)
                }
                None => {}
            }
        }
        match &process.burial {
            Burial::None => {
                let dead = self.dead(world, machine, process.node);
                let any = !dead.is_empty() || !self.orphans(world, &dead).is_empty();
                if heard && !row.stopped && any {
                    steps.push(Step::ReadDead(machine));
                }
            }
            Burial::Read(..) => steps.push(Step::EndTheirRuns(machine)),
            Burial::Ended(_) => steps.push(Step::MarkThem(machine)),
        }
    }

    /// The machines are alike, so one kind of fault need only befall the first of them.
    fn faults_of(&self, world: &World, machine: usize, steps: &mut Vec<Step>) {
        let (all, left) = (&self.budgets, &world.left);
        let first = machine == 0;
        if world.now > LAST_FAULT {
            return;
        }
        if left.crashes > 0 && first && world.machines[machine].process.is_some() {
            steps.push(Step::Crash(machine));
        }
        let anywhere = first || all.crashes > 0;
        if left.pauses > 0 && anywhere && world.awake(machine).is_some() {
            steps.push(Step::Pause(machine));
        }
        let anywhere = anywhere || all.pauses > 0;
        if left.steps > 0 && anywhere {
            steps.push(Step::SetClock(machine));
        }
    }

    /// Whether every firing has ended and no process has work left.
    fn is_over(&self, world: &World) -> bool {
        let idle = |process: &Process| {
            let no_job = process.jobs.iter().all(Option::is_none);
            no_job && matches!(process.turn, Turn::Idle)
        };
        let mut processes = world.machines.iter().flat_map(|one| &one.process);
        world.firings.iter().all(is_final) && processes.all(idle)
    }

    /// The clock waits for the heartbeat of a process that has just woken up: heartbeats are much more frequent than
    /// leases are long.
    fn may_tick(&self, world: &World) -> bool {
        let beaten = |machine| {
            let row = |process: &Process| &world.nodes[process.node];
            world.awake(machine).is_none_or(|process| {
                row(process).stopped || row(process).heartbeat_at == world.now
            })
        };
        world.now < LAST_TICK && (0..world.machines.len()).all(beaten)
    }
}

impl Model for Protocol {
    type State = World;
    type Action = Step;

    fn init_states(&self) -> Vec<World> {
        vec![World::new(self.budgets, self.firings)]
    }

    fn actions(&self, world: &World, steps: &mut Vec<Step>) {
        if self.is_over(world) {
            return;
        }
        if self.may_tick(world) {
            steps.push(Step::Tick);
        }
        for machine in 0..world.machines.len() {
            match &world.machines[machine].process {
                None => steps.push(Step::Restart(machine)),
                Some(process) if process.paused => steps.push(Step::Wake(machine)),
                Some(process) => self.steps_of(world, machine, process, steps),
            }
            self.faults_of(world, machine, steps);
        }
    }

    fn next_state(&self, last: &World, step: Step) -> Option<World> {
        let mut world = last.clone();
        self.act(&mut world, step)?;
        Some(world)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        invariants::all()
    }
}
