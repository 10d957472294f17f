//! Which events rules name, as this process last saw them: where no rule can matter, what happens
//! costs no statement.
//!
//! A change of rules by this process is seen at once; one by another node with the next heartbeat
//! (`lifecycle::heartbeat`), by a number in the cluster's row.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app::message::Event;
use app::rule::Subject;
use app::transition::Word;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::super::entity::{cluster, message_rule};
use super::super::messages::Notice;
use super::super::tasks::from_json;
use super::super::{Store, StoreError};

/// Different lists of events that are read; with more, every event counts as named.
const LISTS_MAX: u64 = 500;

/// The events that rules in force name: a bit for each.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct EventMask(u64);

impl EventMask {
    /// Every event.
    pub(in super::super) const ALL: Self = Self(u64::MAX);

    const fn bit(event: Event) -> u64 {
        1 << (event as u64 % 64)
    }

    /// Whether rules can matter for an event: they name it, or may replace what the task's main
    /// channel gets by default.
    pub(in super::super) fn decide(self, event: Event, subject: &Subject) -> bool {
        let named = self.0 & Self::bit(event) != 0;
        named || (self.0 != 0 && is_default(event, subject))
    }

    /// Whether rules name an event.
    pub(in super::super) fn names(self, event: Event) -> bool {
        self.0 & Self::bit(event) != 0
    }

    /// Whether a message may come of a notice.
    pub(in super::super) fn may_go(self, notice: &Notice) -> bool {
        self.0 & Self::bit(notice.event) != 0 || is_default(notice.event, &notice.subject)
    }
}

/// Whether an event goes to the main channel where no rule says otherwise.
fn is_default(event: Event, subject: &Subject) -> bool {
    event.is_default() && subject.main_channel().is_some()
}

/// What a process knows of the rules. Cheap to clone; all copies know the same.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct RuleHint(Arc<Mutex<RulesCache>>);

#[derive(Debug, Default)]
struct RulesCache {
    /// How often it was forgotten: what was read before the last time is not kept.
    forgotten: u64,
    /// The number of changes in the cluster's row when it was last looked at.
    changes: i64,
    wanted: Option<EventMask>,
}

impl RuleHint {
    fn lock(&self) -> MutexGuard<'_, RulesCache> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rules may have changed.
    pub(in super::super) fn forget(&self) {
        let mut known = self.lock();
        known.forgotten += 1;
        known.wanted = None;
    }
}

impl Store {
    /// Whether a message may come of this: what certainly brings none need not be written.
    #[must_use]
    pub fn may_go(&self, notice: &Notice) -> bool {
        let wanted = self.rules.lock().wanted;
        wanted.is_none_or(|wanted| wanted.may_go(notice))
    }

    /// The events that rules name; asks the database where that is not known.
    pub(in super::super) async fn wanted(&self) -> Result<EventMask, StoreError> {
        let (known, forgotten) = {
            let known = self.rules.lock();
            (known.wanted, known.forgotten)
        };
        if let Some(wanted) = known {
            return Ok(wanted);
        }
        let lists: Vec<String> = message_rule::Entity::find()
            .select_only()
            .column(message_rule::Column::Events)
            .distinct()
            .filter(message_rule::Column::Enabled.eq(true))
            .limit(LISTS_MAX)
            .into_tuple()
            .all(&self.reader)
            .await?;
        let mut wanted = EventMask::default();
        if lists.len() as u64 == LISTS_MAX {
            wanted = EventMask::ALL;
        }
        for list in lists {
            // A list that cannot be read may name any event.
            let Ok(list) = from_json(&list) else {
                wanted = EventMask::ALL;
                break;
            };
            for word in list {
                // Only a newer server causes an event that this one does not know.
                let bit = Event::read(&word).map_or(0, EventMask::bit);
                wanted.0 |= bit;
            }
        }
        let mut known = self.rules.lock();
        if known.forgotten == forgotten {
            known.wanted = Some(wanted);
        }
        Ok(wanted)
    }

    /// Sees whether another node has changed rules.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn watch_rules(&self) -> Result<(), StoreError> {
        let changes: Option<i64> = cluster::Entity::find_by_id(1)
            .select_only()
            .column(cluster::Column::RuleChanges)
            .into_tuple()
            .one(&self.reader)
            .await?;
        let changes = changes.unwrap_or(0);
        let mut known = self.rules.lock();
        if known.changes != changes {
            known.changes = changes;
            known.forgotten += 1;
            known.wanted = None;
        }
        Ok(())
    }
}
