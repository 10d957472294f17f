//! What must hold in every state, and what the walk must have met.

use std::collections::{BTreeSet, HashSet};

use app::occurrence::OccurrenceState;
use app::run::RunState;
use stateright::{Expectation, Model, Property};

use super::protocol::{Protocol, RETRY_ON_LOST, Step};
use super::world::{FIRINGS, World, is_final};

pub(crate) const ONCE: &str = "no attempt is claimed or started twice";
pub(crate) const FINAL: &str = "a run is ended once, and what is no longer ours is not written";
pub(crate) const STEPS: &str = "a state is left by a step of its table only";
pub(crate) const EPOCHS: &str = "epochs never shrink";
pub(crate) const SILENT: &str = "no node with steady heartbeats is declared dead";
pub(crate) const NOT_LOST: &str = "when nothing is left to do every firing has ended";
pub(crate) const OPTED_IN: &str = "only what opted in runs again after a loss";

/// All of them.
pub(super) fn all() -> Vec<Property<Protocol>> {
    vec![
        Property::always(ONCE, |_, world: &World| {
            let spawned = world.spawned.iter().flatten().all(|times| *times <= 1);
            let keys = world.runs.iter().map(|run| (run.firing, run.attempt));
            let mut seen = HashSet::new();
            spawned && keys.into_iter().all(|key| seen.insert(key))
        }),
        Property::always(FINAL, |_, world: &World| {
            let once = world.runs.iter().all(|run| run.ended <= 1);
            once && !world.written_over
        }),
        Property::always(STEPS, |model: &Protocol, world: &World| {
            // Without one of these rules something worse is found, and it is that which counts.
            let rules = &model.rules;
            let ours = rules.unique_key && rules.compare_and_set && rules.fence;
            !(ours && world.refused)
        }),
        Property::always(EPOCHS, |_, world: &World| {
            world
                .runs
                .iter()
                .all(|run| run.state == RunState::Waiting || run.epoch as usize == run.attempt + 1)
                && !world.shrunk
        }),
        Property::always(SILENT, |_, world: &World| !world.buried_alive),
        Property::always(OPTED_IN, |_, world: &World| {
            let times = |firing: usize| world.spawned[firing].iter().sum::<u8>();
            (0..FIRINGS).all(|firing| RETRY_ON_LOST[firing] || times(firing) <= 1)
        }),
        Property::always(NOT_LOST, |model: &Protocol, world: &World| {
            let mut steps = Vec::new();
            model.actions(world, &mut steps);
            let anybody = (0..world.machines.len()).any(|one| world.awake(one).is_some());
            let nothing_left = steps.iter().all(Step::is_chance);
            !(anybody && nothing_left) || world.firings.iter().all(is_final)
        }),
        Property::sometimes(
            "a run is lost and another attempt succeeds",
            |_, world: &World| {
                let mut runs = world.runs.iter();
                runs.any(|run| run.attempt == 1 && run.state == RunState::Succeeded)
            },
        ),
        Property::sometimes("a late result is fenced", |_, world: &World| world.fenced),
        Property::sometimes(
            "a firing that did not opt in is lost",
            |_, world: &World| world.firings[1] == OccurrenceState::Run(RunState::Lost),
        ),
        Property::sometimes("everything succeeds", |_, world: &World| {
            let all = [OccurrenceState::Run(RunState::Succeeded); FIRINGS];
            world.firings == all && world.runs.len() == FIRINGS
        }),
    ]
}

/// The situations that all walks together must have met.
pub(crate) fn to_be_met() -> BTreeSet<&'static str> {
    all()
        .into_iter()
        .filter(|property| property.expectation == Expectation::Sometimes)
        .map(|property| property.name)
        .collect()
}
