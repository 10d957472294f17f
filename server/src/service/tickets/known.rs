//! Whether the people whom a ticket asks are known by their names.

use app::backend::Answer;
use app::i18n::Lang;
use app::oncall::{owner_of_rota, rota_of};
use app::task::Task;

use super::super::Service;
use crate::error::OrInternal;
use crate::store::StoredTicket;
use crate::texts::Say;
use crate::texts::tickets::UnknownPerson;

/// Names of a ticket that are looked up: it is handed over to one person.
const LOOKED_UP: usize = 3;
/// Names that are suggested.
const SUGGESTED: usize = 500;

impl Service {
    /// Names of people and rotas that a ticket can be handed over to.
    pub(in crate::service) async fn known_names(&self, lang: Lang) -> Answer<Vec<String>> {
        let rotas = self.store.rotas().await.or_internal(lang)?;
        let mut names = self.store.names_suggested().await.or_internal(lang)?;
        for (rota, _) in &rotas {
            names.insert(owner_of_rota(&rota.name));
            names.extend(rota.people.iter().cloned());
        }
        Ok(names.into_iter().take(SUGGESTED).collect())
    }

    /// A warning for each person whom a ticket was handed over to, and whom nothing knows by that name. The owners of its task
    /// and its ladder are as they were entered there.
    pub(super) async fn unknown_people(
        &self,
        lang: Lang,
        ticket: &StoredTicket,
        task: &Task,
    ) -> Answer<Vec<String>> {
        let ladder = task.tickets.policy.ladder.iter();
        let usual: Vec<&String> = task
            .owners
            .iter()
            .chain(ladder.flat_map(|step| &step.who))
            .collect();
        let others = ticket.asked.iter().filter(|name| !usual.contains(name));
        let mut warnings = Vec::new();
        for name in others.take(LOOKED_UP) {
            let is_known = match rota_of(name) {
                Some(wanted) => {
                    let rotas = self.store.rotas().await.or_internal(lang)?;
                    rotas.iter().any(|(rota, _)| rota.name == wanted)
                }
                None => {
                    let is_known = self.store.is_name_known(name).await.or_internal(lang)?;
                    is_known || self.takes_turns(lang, name).await?
                }
            };
            if !is_known {
                let name = name.clone();
                warnings.push(UnknownPerson { name }.say(lang));
            }
        }
        Ok(warnings)
    }

    /// Whether a person is on a rota.
    async fn takes_turns(&self, lang: Lang, name: &str) -> Answer<bool> {
        let rotas = self.store.rotas().await.or_internal(lang)?;
        let mut people = rotas.iter().flat_map(|(rota, _)| &rota.people);
        Ok(people.any(|person| person == name))
    }
}
