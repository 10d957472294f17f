//! What people do in chats: commands to a bot and buttons of its cards, each as the account that the person is mapped
//! to, by the same use cases as on pages. A person who stands for an owner without an account answers tickets only, as
//! the holder of a link does.

mod commands;
mod tickets;

use app::auth::Action;
use app::backend::{Answer, Caller};
use app::error::AppError;
use app::i18n::Lang;
use app::id::{ChannelId, TaskId};
use app::routes;
use app::task::RunRequest;
use async_trait::async_trait;

use super::Service;
use super::channels::is_name_of_owner;
use crate::chat::{CardState, ChatHandler, ChatNotice, IncomingText, Press, Reply, SeenBy};
use crate::error::OrInternal;
use crate::messages::{TicketButton, vendor};
use crate::store::{CARD_MARK, ChatIdentity, Rate, StoreError, chat_client};
use crate::texts::chat::ChatWords;
use crate::texts::{Refusal, Say};

/// The mark of a card whose button was used, among the marks of events.
fn used_mark(card: &str) -> String {
    format!("{CARD_MARK}{card}")
}

/// The sentence of a refusal, with the next step.
pub(super) fn words_of(error: AppError) -> String {
    match error.hint {
        Some(hint) => format!("{}\n{hint}", error.message),
        None => error.message,
    }
}

/// A person of a chat who may do something there.
struct ChatCaller {
    caller: Caller,
    /// The name by which tickets know the person.
    name: String,
    /// Whether there is an account. Without one the person answers the tickets of that name.
    has_account: bool,
}

impl Service {
    /// As whom a person acts; `None` for one who is unknown and refused.
    async fn chat_identity(
        &self,
        bot: ChannelId,
        person: &str,
    ) -> Result<Option<ChatIdentity>, StoreError> {
        let known = self.store.chat_identity(bot, person).await?;
        if known.is_some() || !self.chat_by_id {
            return Ok(known);
        }
        // A disabled account is no unknown person.
        if !is_name_of_owner(person) || self.store.is_chat_person(bot, person).await? {
            return Ok(None);
        }
        let channel = self.store.channel(bot).await?;
        Ok(channel.map(|channel| {
            let from = chat_client(channel.kind, bot, person);
            ChatIdentity::answering(person.to_owned(), from)
        }))
    }

    /// The person of a chat as a caller; an error is the sentence for an unknown person.
    async fn chat_caller(
        &self,
        bot: ChannelId,
        person: &str,
        lang: Lang,
    ) -> Result<ChatCaller, String> {
        let found = self.chat_identity(bot, person).await;
        let found = found.or_internal(lang).map_err(words_of)?;
        let found = found.ok_or_else(|| {
            let person = person.to_owned();
            ChatWords::Unknown { person }.say(lang)
        })?;
        Ok(ChatCaller {
            caller: Caller {
                principal: Some(found.principal),
                lang,
            },
            name: found.name,
            has_account: found.has_account,
        })
    }

    /// What becomes of a press; `None` where its event was acted on before.
    async fn pressed(&self, press: &Press, lang: Lang) -> Result<Option<CardState>, String> {
        let who = self.chat_caller(press.channel, &press.person, lang).await?;
        let caller = &who.caller;
        if let Some((ticket, button)) = TicketButton::read(&press.key) {
            if self.came_before(press, lang).await? {
                return Ok(None);
            }
            let card = self.press_ticket(&who, press, (ticket, button)).await;
            if card.is_err() && self.came_before(press, lang).await? {
                // Both were delivered at the same time, and the other one came first.
                return Ok(None);
            }
            let card = self.note_if_forbidden(caller, &press.key, card).await;
            return card.map(Some).map_err(words_of);
        }
        if !who.has_account {
            return Err(needs_account(&press.person, who.name).say(lang));
        }
        let task = press.key.strip_prefix("run:");
        let task = task.and_then(|id| id.parse::<TaskId>().ok());
        let task = task.ok_or_else(|| ChatWords::NoSuchButton.say(lang))?;
        // Before it is acted on: a press starts a task at most once.
        let now = self.clock.now();
        let is_new = self
            .store
            .chat_event_is_new(press.channel, &press.event, now)
            .await;
        if !is_new.or_internal(lang).map_err(words_of)? {
            return Ok(None);
        }
        let card = self.press_run(caller, task, press).await;
        let card = self.note_if_forbidden(caller, &press.key, card).await;
        card.map(Some).map_err(words_of)
    }

    async fn came_before(&self, press: &Press, lang: Lang) -> Result<bool, String> {
        let known = self
            .store
            .chat_event_is_known(press.channel, &press.event)
            .await;
        let known = known.or_internal(lang).map_err(words_of)?;
        if known {
            tracing::info!(
                channel.id = press.channel.0,
                event = press.event,
                "an event came again"
            );
        }
        Ok(known)
    }

    /// Why a task does not start: its definition refuses starts from chats.
    fn not_from_chats(&self, id: TaskId, name: String) -> ChatWords {
        let url = format!("{}{}", self.renderer.base_url, routes::task(id));
        ChatWords::NotFromChats { name, url }
    }

    /// Starts a task again. The first press counts: of two people who press at once the other one gets a sentence.
    async fn press_run(&self, caller: &Caller, id: TaskId, press: &Press) -> Answer<CardState> {
        let lang = caller.lang;
        let who = self.allow(caller, Action::Operate)?.name.clone();
        let task = self.find_task(lang, id).await?;
        if task.execution.not_from_chats {
            return Err(self.not_from_chats(id, task.name.clone()).answer(lang));
        }
        // The marks of presses are by card: all cards without an ID would share one.
        if press.card.is_empty() {
            return Ok(refusal(
                ChatWords::NoSuchButton.say(lang),
                &self.renderer.base_url,
            ));
        }
        let mark = used_mark(&press.card);
        let is_first = self
            .store
            .chat_event_is_new(press.channel, &mark, self.clock.now())
            .await;
        if !is_first.or_internal(lang)? {
            return Ok(refusal(ChatWords::Used.say(lang), &self.renderer.base_url));
        }
        let request = RunRequest {
            note: ChatWords::ByCard.say(lang),
            ..RunRequest::default()
        };
        let started = match self.start_manually(caller, id, &request).await {
            Ok(started) => started,
            Err(error) => {
                // Nothing was done: the button may be pressed again.
                let forgotten = self.store.chat_event_forget(press.channel, &mark).await;
                forgotten.or_internal(lang)?;
                return Err(error);
            }
        };
        let text = ChatWords::RunBy {
            who,
            run: started.run.id.0,
        };
        Ok(CardState {
            title: task.name.clone(),
            text: text.say(lang),
            url: format!("{}{}", self.renderer.base_url, routes::run(started.run.id)),
            link: details(lang),
            buttons: self.buttons_of_failure(id, lang).await?,
            ..CardState::default()
        })
    }
}

/// So many of the messages that a vendor takes may be answers to texts, of three: the others are for messages.
const ANSWERS_OF_THREE: u32 = 2;

impl Service {
    /// Counts an answer to a text among the messages of a bot; false where the bot has no room for it.
    async fn take_slot_to_answer(&self, bot: ChannelId) -> Result<bool, StoreError> {
        let Some(channel) = self.store.channel(bot).await? else {
            return Ok(false);
        };
        let rate = vendor::rate(channel.kind).map(|rate| Rate {
            minute: (rate.minute * ANSWERS_OF_THREE / 3).max(1),
            // An answer does not wait: within a second the vendor decides.
            second: None,
        });
        let busy_until = self.store.take_slot(bot, rate, self.clock.now()).await?;
        Ok(busy_until.is_none())
    }
}

/// What is said to a person without an account about everything but tickets.
fn needs_account(person: &str, owner: String) -> ChatWords {
    let person = person.to_owned();
    ChatWords::NeedsAccount { person, owner }
}

/// A card for the person who pressed, with a sentence.
fn refusal(words: String, base_url: &str) -> CardState {
    let (title, text) = words.split_once('\n').unwrap_or((&words, ""));
    CardState {
        title: title.to_owned(),
        text: text.to_owned(),
        url: format!("{base_url}{}", routes::OVERVIEW),
        seen_by: SeenBy::Presser,
        ..CardState::default()
    }
}

/// What the link of a card says.
fn details(lang: Lang) -> String {
    ChatWords::Details.say(lang)
}

#[async_trait]
impl ChatHandler for Service {
    async fn is_known(&self, bot: ChannelId, person: &str) -> bool {
        // After a failure the event is marked, or dropped with the failure of its mark.
        !matches!(self.chat_identity(bot, person).await, Ok(None))
    }

    async fn has_room(&self, bot: ChannelId) -> bool {
        let taken = self.take_slot_to_answer(bot).await;
        taken.unwrap_or_else(|error| {
            tracing::warn!(
                channel.id = bot.0,
                error = &error as &dyn std::error::Error,
                "the pace of a bot cannot be read"
            );
            false
        })
    }

    fn notice(&self, notice: ChatNotice, lang: Option<Lang>) -> CardState {
        let words = match notice {
            ChatNotice::Processing => ChatWords::Processing,
            ChatNotice::TooMany => ChatWords::TooMany,
        };
        let words = words.say(lang.unwrap_or(self.renderer.lang));
        refusal(words, &self.renderer.base_url)
    }

    async fn press(&self, press: Press) -> Option<CardState> {
        let lang = press.lang.unwrap_or(self.renderer.lang);
        match self.pressed(&press, lang).await {
            Ok(state) => state,
            Err(words) => Some(refusal(words, &self.renderer.base_url)),
        }
    }

    async fn command(&self, said: IncomingText) -> Reply {
        let lang = said.lang.unwrap_or(self.renderer.lang);
        let text = match self.chat_caller(said.channel, &said.person, lang).await {
            Ok(who) => self.commanded(&who, &said).await,
            Err(words) => words,
        };
        Reply { text }
    }
}
