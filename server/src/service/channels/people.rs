//! People of chats and the accounts that they act as.

use app::auth::Action;
use app::backend::{Answer, Caller};
use app::channel::{CHAT_PEOPLE_MAX, ChatPerson, ChatPersonDraft};
use app::error::AppError;
use app::id::{ChannelId, ChatPersonId};

use super::super::{Service, or_taken};
use crate::error::OrInternal;
use crate::store::StoreError;
use crate::texts::chat::{PersonFault, PersonRefusal};
use crate::texts::{Fault, Missing, Refusal};

/// Bytes of a person's ID.
const PERSON_MAX: usize = 128;

impl Service {
    pub(super) async fn people(&self, caller: &Caller) -> Answer<Vec<ChatPerson>> {
        self.allow(caller, Action::Administer)?;
        self.store.chat_people().await.or_internal(caller.lang)
    }

    pub(super) async fn add_person(
        &self,
        caller: &Caller,
        draft: &ChatPersonDraft,
    ) -> Answer<ChatPerson> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let mut faults = Vec::new();
        let bot = match draft.channel_id.map(ChannelId) {
            Some(id) => self.store.channel(id).await.or_internal(lang)?,
            None => None,
        };
        let bot = bot.filter(|bot| bot.kind.is_bot());
        if bot.is_none() {
            faults.push(PersonFault::Bot.on("channel_id", lang));
        }
        let person = draft.person.trim();
        let is_odd = |c: char| c.is_control() || c.is_whitespace();
        if person.is_empty() || person.len() > PERSON_MAX || person.contains(is_odd) {
            faults.push(PersonFault::Person.on("person", lang));
        }
        let user = self.store.user_by_name(draft.user.trim()).await;
        let user = user.or_internal(lang)?;
        if user.is_none() {
            faults.push(PersonFault::User.on("user", lang));
        }
        let (Some(bot), Some(user), true) = (bot, user, faults.is_empty()) else {
            return Err(AppError::invalid(lang, faults));
        };
        let known = self.store.chat_people().await.or_internal(lang)?;
        if known.len() >= CHAT_PEOPLE_MAX {
            return Err(PersonRefusal::TooMany.answer(lang));
        }
        let detail = format!("{} {person} {}", bot.name, user.user.name);
        let act = self.act(who, "chat_person.create").detail(detail);
        let added = self
            .store
            .insert_chat_person(&act, &bot, person, user.user.id)
            .await;
        if matches!(added, Err(StoreError::Overtaken)) {
            return Err(PersonFault::Bot.alone("channel_id", lang));
        }
        let id = or_taken(added, lang, || {
            let person = person.to_owned();
            PersonRefusal::Taken { person }.answer(lang)
        })?;
        let people = self.store.chat_people().await.or_internal(lang)?;
        let added = people.into_iter().find(|person| person.id == id);
        added.ok_or_else(|| Missing::ChatPerson.answer(lang))
    }

    pub(super) async fn delete_person(&self, caller: &Caller, id: ChatPersonId) -> Answer<()> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let people = self.store.chat_people().await.or_internal(lang)?;
        let person = people.into_iter().find(|person| person.id == id);
        let person = person.ok_or_else(|| Missing::ChatPerson.answer(lang))?;
        let detail = format!("{} {}", person.channel, person.person);
        let act = self.act(who, "chat_person.delete").detail(detail);
        let deleted = self.store.delete_chat_person(&act, id).await;
        match deleted.or_internal(lang)? {
            true => Ok(()),
            false => Err(Missing::ChatPerson.answer(lang)),
        }
    }
}
