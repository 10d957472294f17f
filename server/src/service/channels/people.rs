//! People of chats: the accounts that they act as, and the owners that they stand for.

use app::auth::Action;
use app::backend::{Answer, Caller};
use app::channel::{CHAT_PEOPLE_MAX, ChatPerson, ChatPersonDraft};
use app::error::AppError;
use app::id::{ChannelId, ChatPersonId};
use app::name::name_fault;
use app::oncall::rota_of;
use app::task::{LIST_ITEM_MAX, owners};

use super::super::{Service, or_taken};
use crate::error::OrInternal;
use crate::store::StoreError;
use crate::texts::chat::{PersonFault, PersonRefusal};
use crate::texts::{Fault, Missing, Refusal};

/// Bytes of a person's ID.
const PERSON_MAX: usize = 128;

/// Whether a name can be that of an owner who is one person.
pub(in crate::service) fn is_name_of_owner(name: &str) -> bool {
    !name.is_empty()
        && name.chars().count() <= LIST_ITEM_MAX
        && name_fault(name).is_none()
        && !name.starts_with('@')
        && rota_of(name).is_none()
}

/// The name of an owner as it was typed: one person, neither a rota nor everybody. None where it is empty.
fn owner_of_chat(typed: &str) -> Result<Option<String>, PersonFault> {
    let mut names = owners(&[typed.to_owned()]);
    match (names.pop(), names.is_empty()) {
        (None, _) => Ok(None),
        (Some(name), true) if is_name_of_owner(&name) => Ok(Some(name)),
        _ => Err(PersonFault::Owner),
    }
}

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
        let owner = match owner_of_chat(&draft.owner) {
            Ok(owner) => owner,
            Err(fault) => {
                faults.push(fault.on("owner", lang));
                None
            }
        };
        let typed = draft.user.trim();
        let user = match typed.is_empty() && !draft.owner.trim().is_empty() {
            true => None,
            false => {
                let user = self.store.user_by_name(typed).await;
                let user = user.or_internal(lang)?;
                if user.is_none() {
                    faults.push(PersonFault::User.on("user", lang));
                }
                user.map(|user| user.user)
            }
        };
        let (Some(bot), true) = (bot, faults.is_empty()) else {
            return Err(AppError::invalid(lang, faults));
        };
        let known = self.store.chat_people().await.or_internal(lang)?;
        if known.len() >= CHAT_PEOPLE_MAX {
            return Err(PersonRefusal::TooMany.answer(lang));
        }
        let names = user.iter().map(|user| &user.name).chain(&owner);
        let names: Vec<&str> = names.map(String::as_str).collect();
        let detail = format!("{} {person} {}", bot.name, names.join(" "));
        let act = self.act(who, "chat_person.create").detail(detail);
        let added = self
            .store
            .insert_chat_person(
                &act,
                &bot,
                person,
                (user.map(|user| user.id), owner.as_deref()),
            )
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
