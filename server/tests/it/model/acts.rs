//! What each step does.

use app::occurrence::OccurrenceStep;
use app::run::{RunEnd, RunState, RunStep};

use super::protocol::{CommitResult, LEASE, Protocol, RETRY_ON_LOST, STEP, Step};
use super::world::{
    ATTEMPTS, Burial, FIRINGS, Intent, Job, NodeRow, Phase, Process, Run, Turn, World,
};

impl Protocol {
    /// Does a step; `None` where there is nothing to do.
    pub(super) fn act(&self, world: &mut World, step: Step) -> Option<()> {
        match step {
            Step::Tick => {
                world.now += 1;
                // Heartbeats are much more frequent than leases are long: a process that is awake gets one through.
                for machine in 0..world.machines.len() {
                    if let Some(process) = world.awake(machine) {
                        let node = process.node;
                        if !world.nodes[node].stopped {
                            world.nodes[node].heartbeat_at = world.now;
                        }
                    }
                }
            }
            Step::Heartbeat(machine) => {
                let (now, node) = (world.now, world.process(machine).node);
                if world.nodes[node].stopped {
                    // The others took it for dead: it ends its commands and itself.
                    world.machines[machine].process = None;
                } else {
                    world.nodes[node].heartbeat_at = now;
                }
            }
            Step::ReadDue(machine) => {
                let due = self.due(world, machine);
                world.process(machine).turn = Turn::Claiming(due);
            }
            Step::CommitClaim(machine, heard) => {
                let process = world.process(machine);
                let node = process.node;
                let Turn::Claiming(intents) = std::mem::replace(&mut process.turn, Turn::Idle)
                else {
                    return None;
                };
                let taken = self.is_taken(world, &intents);
                if heard != CommitResult::Done {
                    world.left.unknown -= 1;
                    world.process(machine).turn = Turn::InDoubt;
                }
                if taken && heard != CommitResult::NothingAndNotDone {
                    let runs = Self::claim(world, node, intents);
                    if heard == CommitResult::Done {
                        for run in runs {
                            Self::hold(world, machine, run);
                        }
                    }
                }
            }
            Step::ResolveDoubt(machine) => {
                let process = world.process(machine);
                process.turn = Turn::Idle;
                let (node, jobs) = (process.node, process.jobs.clone());
                let held = |run: usize| jobs.iter().flatten().any(|job| job.run == run);
                let rows = world.runs.iter().enumerate();
                let unheld: Vec<usize> = rows
                    .filter(|(id, run)| {
                        run.state == RunState::Running && run.owner == node && !held(*id)
                    })
                    .map(|(id, _)| id)
                    .collect();
                if self.rules.resolves_doubt {
                    for run in unheld {
                        Self::hold(world, machine, run);
                    }
                }
            }
            Step::Spawn(machine, firing) => {
                let job = world.process(machine).jobs[firing].as_mut()?;
                job.phase = Phase::Started;
                let run = job.run;
                let attempt = world.runs[run].attempt;
                world.spawned[firing][attempt] += 1;
            }
            Step::WriteResult(machine, firing, heard) => {
                if heard != CommitResult::Done {
                    world.left.unknown -= 1;
                }
                self.write_result(world, machine, firing, heard);
            }
            Step::ReadDead(machine) => {
                let me = world.process(machine).node;
                let dead = self.dead(world, machine, me);
                let runs = self.orphans(world, &dead);
                // Judged by what really is: it was up, and heard within the lease.
                let heard = |id: &usize| world.now - world.nodes[*id].heartbeat_at < LEASE;
                let up = |id: &usize| {
                    let mut machines = world.machines.iter();
                    machines.any(|one| one.process.as_ref().is_some_and(|it| it.node == *id))
                };
                world.buried_alive |= dead.iter().any(|id| heard(id) && up(id));
                world.process(machine).burial = Burial::Read(dead, runs);
            }
            Step::EndTheirRuns(machine) => self.bury(world, machine),
            Step::MarkThem(machine) => {
                let process = world.process(machine);
                let Burial::Ended(dead) = std::mem::replace(&mut process.burial, Burial::None)
                else {
                    return None;
                };
                for id in dead {
                    world.nodes[id].stopped = true;
                }
            }
            Step::Restart(machine) => {
                world.nodes.push(NodeRow {
                    machine,
                    heartbeat_at: world.now,
                    stopped: false,
                });
                let node = world.nodes.len() - 1;
                world.machines[machine].process = Some(Process::new(node));
            }
            Step::Wake(machine) => world.process(machine).paused = false,
            Step::Crash(machine) => {
                world.left.crashes -= 1;
                world.machines[machine].process = None;
            }
            Step::Pause(machine) => {
                world.left.pauses -= 1;
                world.process(machine).paused = true;
            }
            Step::SetClock(machine) => {
                world.left.steps -= 1;
                world.machines[machine].ahead = STEP;
            }
        }
        Some(())
    }

    /// Writes a claim; gives the runs.
    fn claim(world: &mut World, node: usize, intents: [Option<Intent>; FIRINGS]) -> Vec<usize> {
        let mut claimed = Vec::new();
        for (firing, intent) in intents.into_iter().enumerate() {
            let run = match intent {
                None => continue,
                Some(Intent::Start) => {
                    world.runs.push(Run {
                        firing,
                        attempt: 0,
                        owner: node,
                        epoch: 1,
                        state: RunState::Running,
                        ended: 0,
                    });
                    world.runs.len() - 1
                }
                Some(Intent::Resume(run, epoch)) => {
                    let row = &mut world.runs[run];
                    row.owner = node;
                    row.epoch = epoch + 1;
                    world.step(run, RunStep::Resume);
                    run
                }
            };
            let step = match intent {
                Some(Intent::Resume(..)) => OccurrenceStep::Follow(RunStep::Resume),
                _ => OccurrenceStep::Start,
            };
            world.step_firing(firing, step);
            let epoch = world.runs[run].epoch;
            world.note_epoch(firing, epoch);
            claimed.push(run);
        }
        claimed
    }

    fn hold(world: &mut World, machine: usize, run: usize) {
        let row = &world.runs[run];
        let (firing, epoch) = (row.firing, row.epoch);
        world.process(machine).jobs[firing] = Some(Job {
            run,
            epoch,
            phase: Phase::Claimed,
        });
    }

    fn bury(&self, world: &mut World, machine: usize) {
        let Burial::Read(dead, runs) = world.process(machine).burial.clone() else {
            return;
        };
        for (run, epoch) in runs {
            let row = &world.runs[run];
            // The fence also applies to the reaper: the node may have ended its run meanwhile.
            if row.state != RunState::Running || row.epoch != epoch {
                continue;
            }
            let (firing, attempt) = (row.firing, row.attempt);
            let again = RETRY_ON_LOST[firing] && attempt + 1 < ATTEMPTS;
            if again {
                world.runs.push(Run {
                    firing,
                    attempt: attempt + 1,
                    owner: 0,
                    epoch,
                    state: RunState::Waiting,
                    ended: 0,
                });
            }
            let lost = RunStep::End(RunEnd::Lost);
            let after = if again {
                OccurrenceStep::Retry
            } else {
                OccurrenceStep::Follow(lost)
            };
            world.end(run, lost, after);
        }
        world.process(machine).burial = Burial::Ended(dead);
    }

    fn write_result(&self, world: &mut World, machine: usize, firing: usize, heard: CommitResult) {
        let Some(job) = world.process(machine).jobs[firing].clone() else {
            return;
        };
        if heard != CommitResult::NothingAndNotDone {
            let row = &world.runs[job.run];
            let ours = row.state == RunState::Running && row.epoch == job.epoch;
            if ours || !self.rules.fence {
                world.written_over |= !ours;
                let succeeded = RunStep::End(RunEnd::Succeeded);
                world.end(job.run, succeeded, OccurrenceStep::Follow(succeeded));
            } else {
                world.fenced = true;
            }
        }
        // Without an answer it is written again, which changes nothing the second time.
        if heard == CommitResult::Done {
            world.process(machine).jobs[firing] = None;
        }
    }
}
