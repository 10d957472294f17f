//! The state: rows of the database, nodes, and what the checker notes beside them. Runs and firings
//! have the states and the steps of the product.

use app::occurrence::{OccurrenceState, OccurrenceStep};
use app::run::{RunState, RunStep};
use app::transition::Step;

/// Firings.
pub(crate) const FIRINGS: usize = 2;
/// Attempts at one firing that are ever made.
pub(crate) const ATTEMPTS: usize = 2;
/// Machines, each with a process at a time.
const MACHINES: usize = 2;

/// Whether a firing has ended.
pub(crate) fn is_final(firing: &OccurrenceState) -> bool {
    match firing {
        OccurrenceState::Planned => false,
        OccurrenceState::Run(run) => run.is_over(),
        OccurrenceState::Skipped | OccurrenceState::Missed => true,
    }
}

/// A row of the table `run`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Run {
    pub(crate) firing: usize,
    /// From 0.
    pub(crate) attempt: usize,
    pub(crate) owner: usize,
    pub(crate) epoch: u8,
    pub(crate) state: RunState,
    /// How often it was ended: noted by the checker.
    pub(crate) ended: u8,
}

/// A row of the table `node`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct NodeRow {
    pub(crate) machine: usize,
    pub(crate) heartbeat_at: u8,
    pub(crate) stopped: bool,
}

/// What a process does with a run that it claimed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Phase {
    /// Committed, and not started.
    Claimed,
    /// Its command was started, and may have ended; the result is not written. No other node can
    /// tell the two apart.
    Started,
}

/// A run in the hands of a process.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Job {
    pub(crate) run: usize,
    pub(crate) epoch: u8,
    pub(crate) phase: Phase,
}

/// What a claim read and wants to commit, for each firing.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Intent {
    /// A first attempt.
    Start,
    /// A run that waits, with the epoch it had.
    Resume(usize, u8),
}

/// Where the loop of a process stands.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Turn {
    Idle,
    /// In a claim: it has read, and not committed.
    Claiming([Option<Intent>; FIRINGS]),
    /// The outcome of its COMMIT is unknown.
    InDoubt,
}

/// Burying others: what was read, then the runs are ended, then the nodes are marked.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Burial {
    None,
    /// Dead nodes, and the runs under them with their epochs.
    Read(Vec<usize>, Vec<(usize, u8)>),
    /// Dead nodes whose runs are ended.
    Ended(Vec<usize>),
}

/// A process under way.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Process {
    /// Its row.
    pub(crate) node: usize,
    pub(crate) paused: bool,
    pub(crate) turn: Turn,
    pub(crate) jobs: [Option<Job>; FIRINGS],
    pub(crate) burial: Burial,
}

impl Process {
    pub(crate) fn new(node: usize) -> Self {
        Self {
            node,
            paused: false,
            turn: Turn::Idle,
            jobs: [const { None }; FIRINGS],
            burial: Burial::None,
        }
    }
}

/// A machine with its clock.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Machine {
    pub(crate) process: Option<Process>,
    /// By how much its clock is ahead of the database's.
    pub(crate) ahead: u8,
}

/// Faults that are still to come.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Budgets {
    pub(crate) crashes: u8,
    pub(crate) pauses: u8,
    pub(crate) unknown: u8,
    pub(crate) steps: u8,
}

impl Budgets {
    /// One of each that is named.
    pub(crate) fn of(faults: &str) -> Self {
        let mut budgets = Self::default();
        for fault in faults.split_whitespace() {
            match fault {
                "crash" => budgets.crashes = 1,
                "pause" => budgets.pauses = 1,
                "unknown" => budgets.unknown = 1,
                "step" => budgets.steps = 1,
                other => panic!("no fault {other}"),
            }
        }
        budgets
    }
}

/// Everything.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct World {
    /// The database's clock.
    pub(crate) now: u8,
    pub(crate) firings: [OccurrenceState; FIRINGS],
    /// The highest epoch of each firing.
    pub(crate) epochs: [u8; FIRINGS],
    pub(crate) runs: Vec<Run>,
    pub(crate) nodes: Vec<NodeRow>,
    pub(crate) machines: [Machine; MACHINES],
    pub(crate) left: Budgets,
    /// Starts of commands: noted by the checker.
    pub(crate) spawned: [[u8; ATTEMPTS]; FIRINGS],
    /// An epoch has shrunk.
    pub(crate) shrunk: bool,
    /// A row was overwritten by a process that no longer held it.
    pub(crate) written_over: bool,
    /// A node with steady heartbeats was declared dead.
    pub(crate) buried_alive: bool,
    /// A write had no effect, as it should: the run was no longer the writer's.
    pub(crate) fenced: bool,
    /// A step was taken in a state that does not allow it.
    pub(crate) refused: bool,
}

impl World {
    pub(crate) fn new(budgets: Budgets, firings: usize) -> Self {
        let node = |machine| NodeRow {
            machine,
            heartbeat_at: 0,
            stopped: false,
        };
        let machine = |node| Machine {
            process: Some(Process::new(node)),
            ahead: 0,
        };
        Self {
            now: 0,
            firings: std::array::from_fn(|firing| match firing < firings {
                true => OccurrenceState::Planned,
                false => OccurrenceState::Run(RunState::Succeeded),
            }),
            epochs: [0; FIRINGS],
            runs: Vec::new(),
            nodes: vec![node(0), node(1)],
            machines: [machine(0), machine(1)],
            left: budgets,
            spawned: [[0; ATTEMPTS]; FIRINGS],
            shrunk: false,
            written_over: false,
            buried_alive: false,
            fenced: false,
            refused: false,
        }
    }

    /// The process of a machine, when it is up and not paused.
    pub(crate) fn awake(&self, machine: usize) -> Option<&Process> {
        let process = self.machines[machine].process.as_ref()?;
        (!process.paused).then_some(process)
    }

    pub(crate) fn process(&mut self, machine: usize) -> &mut Process {
        self.machines[machine].process.as_mut().expect("it is up")
    }

    /// Notes the epoch of a firing's run.
    pub(crate) fn note_epoch(&mut self, firing: usize, epoch: u8) {
        self.shrunk |= epoch < self.epochs[firing];
        self.epochs[firing] = epoch;
    }

    /// Takes a run to its next state.
    pub(crate) fn step(&mut self, run: usize, step: RunStep) {
        let state = &mut self.runs[run].state;
        self.refused |= step.take(*state).is_err();
        *state = step.to();
    }

    /// Takes a firing to its next state.
    pub(crate) fn step_firing(&mut self, firing: usize, step: OccurrenceStep) {
        let state = &mut self.firings[firing];
        self.refused |= step.take(*state).is_err();
        *state = step.to();
    }

    /// Writes a run and its firing as ended.
    pub(crate) fn end(&mut self, run: usize, step: RunStep, firing: OccurrenceStep) {
        self.runs[run].ended += 1;
        self.step(run, step);
        self.step_firing(self.runs[run].firing, firing);
    }
}
