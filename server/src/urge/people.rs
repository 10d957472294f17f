//! Whom tickets ask, with the hours of those who have their own.

use std::collections::HashMap;

use app::person::Person;
use app::task::Task;
use chrono::{DateTime, Utc};

use crate::oncall::OnCall;
use crate::store::{Store, StoreError, StoredTicket};

/// Rotas, and the people with a zone or hours of their own, by name.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct People {
    /// Who is on call.
    pub on_call: OnCall,
    own: HashMap<String, Person>,
}

impl People {
    /// Reads them, the rotas if any is named.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read(
        store: &Store,
        names_rota: bool,
        at: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let on_call = OnCall::read(store, names_rota, at).await?;
        let own = store.people().await?.into_iter();
        let own = own.map(|person| (person.name.clone(), person)).collect();
        Ok(Self { on_call, own })
    }

    /// Whether a ticket, or the ladder of its task, names a rota.
    #[must_use]
    pub fn names_rota(ticket: &StoredTicket, task: &Task) -> bool {
        let ladder = task.tickets.policy.ladder.iter();
        let owners = ticket.asked.iter();
        OnCall::is_among(owners.chain(ladder.flat_map(|rung| &rung.who)))
    }

    /// A person with a zone or hours of their own.
    #[must_use]
    pub fn own(&self, name: &str) -> Option<&Person> {
        self.own.get(name)
    }

    /// Whether all are asked by the zones of tasks and their policies.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.own.is_empty()
    }
}

#[cfg(test)]
impl People {
    /// These, without rotas.
    pub(super) fn of(people: impl IntoIterator<Item = Person>) -> Self {
        let own = people.into_iter();
        let own = own.map(|person| (person.name.clone(), person)).collect();
        Self {
            on_call: OnCall::default(),
            own,
        }
    }
}
