//! Applying pauses and blackouts to a firing when it is planned.

use app::calendar::BlackoutPolicy;
use chrono::{DateTime, Utc};

use super::{CompiledSchedule, Excluded, Firing};

/// Consecutive blackouts that are followed.
const CHAIN: usize = 16;

impl CompiledSchedule {
    /// Applies pause and blackouts to a firing that no day rule skips; `at` is its slot.
    pub(super) fn shut_out(&self, firing: &mut Firing, at: DateTime<Utc>) {
        if self.is_paused(at) {
            firing.excluded = Some(Excluded::Paused);
            return;
        }
        let started_in = firing.due_at;
        for step in 0..=CHAIN {
            let mut holding = self
                .quiet
                .iter()
                .filter_map(|quiet| Some((quiet, quiet.stretch(firing.due_at)?)));
            let Some((quiet, stretch)) = holding
                .clone()
                .find(|(quiet, _)| quiet.policy == BlackoutPolicy::Drop)
                .or_else(|| holding.next())
            else {
                return;
            };
            let dropped = quiet.policy == BlackoutPolicy::Drop && firing.due_at == started_in;
            // Without a known end there is nothing to postpone the firing to.
            let endless = stretch.endless || step == CHAIN;
            if dropped || endless || self.fires_again(at, stretch.end) {
                firing.excluded = Some(Excluded::Blackout {
                    id: quiet.id,
                    name: quiet.name.clone(),
                    until: (!stretch.endless).then_some(stretch.end),
                });
                firing.due_at = started_in;
                firing.postponed = false;
                return;
            }
            firing.due_at = stretch.end;
            firing.postponed = true;
        }
    }
}
