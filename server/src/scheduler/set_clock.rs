//! What the scheduler does when the wall clock was set.

use app::occurrence::MissReason;

use super::Scheduler;
use super::agenda::Agenda;
use super::clock_steps::ClockStep;
use crate::facts::{Facts, SystemEvent};
use crate::store::{Notice, StoreError};

impl Scheduler {
    /// When the machine's clock was set, it is first compared with the database's: with several nodes only that one
    /// counts.
    async fn compare_with_database(&self) -> Result<(), StoreError> {
        let Some(clock) = &self.database_clock else {
            return Ok(());
        };
        if self.would_step(self.clock.now()) {
            clock.compare(&self.store).await?;
        }
        Ok(())
    }

    /// Handles steps of the wall clock. Set forward by less than three hours, fixed times in the skipped period fire
    /// once and the rest of it is recorded as missed; set forward further, the new time simply applies. Set back,
    /// nothing fires again: the ledger has it already.
    pub(super) async fn check_clock(&self, agenda: &mut Agenda) -> Result<(), StoreError> {
        self.compare_with_database().await?;
        let (now, ticks) = (self.clock.now(), self.clock.ticks());
        let step = self
            .watch
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .look(now, ticks);
        if let Some(step) = step {
            match step {
                ClockStep::Forward(hole) => {
                    tracing::warn!(seconds = (hole.to - hole.from).num_seconds(), from = %hole.from, to = %hole.to, corrects = hole.corrects, "the clock was set forward");
                    agenda.hole = Some(hole);
                }
                ClockStep::Back(by) => {
                    tracing::warn!(seconds = by.num_seconds(), to = %now, "the clock was set back; nothing fires again");
                    // It lies ahead again, and will be passed normally this time.
                    agenda.hole = None;
                }
            }
            agenda.steps.push(step);
        }
        // Each step is kept until the database has all of it.
        while let Some(step) = agenda.steps.first().copied() {
            self.reload(agenda).await?;
            match step {
                ClockStep::Forward(hole) if agenda.planned_until() < hole.to => {
                    let rows = agenda.collect_missed(hole.to, MissReason::Clock);
                    self.write(agenda, rows, Some(hole.to)).await?;
                }
                ClockStep::Forward(_) => {}
                // What was recorded as skipped may come after all, and the plan was made by a time that no longer
                // applies.
                ClockStep::Back(_) => {
                    self.store.take_back_skipped(now).await?;
                    let mut fresh = self.start().await?;
                    fresh.hole = agenda.hole;
                    fresh.steps = std::mem::take(&mut agenda.steps);
                    *agenda = fresh;
                }
            }
            let seconds = match step {
                ClockStep::Forward(hole) => (hole.to - hole.from).num_seconds(),
                ClockStep::Back(by) => -by.num_seconds(),
            };
            let host = self.node.hostname.clone();
            let event = SystemEvent::ClockStepped { host, seconds };
            let notice = Notice::of_system(Facts::System { at: now, event });
            let detail = format!("{seconds:+}");
            self.store
                .note("clock.step", None, &detail, now, &[notice])
                .await?;
            agenda.steps.remove(0);
        }
        Ok(())
    }
}
