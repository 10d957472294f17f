//! What people do in chats: commands to a bot and buttons of its cards, each as the account that the person is mapped
//! to, by the same use cases as on pages.

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
use crate::chat::{CardState, ChatHandler, IncomingText, Press, Reply, SeenBy};
use crate::error::OrInternal;
use crate::messages::TicketButton;
use crate::store::CARD_MARK;
use crate::texts::Say;
use crate::texts::chat::ChatWords;

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

impl Service {
    /// The person of a chat as a caller; an error is the sentence for a person without an account.
    async fn chat_caller(
        &self,
        bot: ChannelId,
        person: &str,
        lang: Lang,
    ) -> Result<Caller, String> {
        let found = self.store.chat_account(bot, person).await;
        let found = found.or_internal(lang).map_err(words_of)?;
        let principal = found.ok_or_else(|| {
            let person = person.to_owned();
            ChatWords::Unknown { person }.say(lang)
        })?;
        Ok(Caller {
            principal: Some(principal),
            lang,
        })
    }

    async fn pressed(&self, press: &Press, lang: Lang) -> Result<CardState, String> {
        let caller = self.chat_caller(press.channel, &press.person, lang).await?;
        if let Some((ticket, button)) = TicketButton::read(&press.key) {
            let card = self.press_ticket(&caller, ticket, button).await;
            let card = self.note_if_forbidden(&caller, &press.key, card).await;
            return card.map_err(words_of);
        }
        let task = press.key.strip_prefix("run:");
        let task = task.and_then(|id| id.parse::<TaskId>().ok());
        let task = task.ok_or_else(|| ChatWords::NoSuchButton.say(lang))?;
        let card = self.press_run(&caller, task, press).await;
        let card = self.note_if_forbidden(&caller, &press.key, card).await;
        card.map_err(words_of)
    }

    /// Starts a task again. The first press counts: of two people who press at once the other one gets a sentence.
    async fn press_run(&self, caller: &Caller, id: TaskId, press: &Press) -> Answer<CardState> {
        let lang = caller.lang;
        let who = self.allow(caller, Action::Operate)?.name.clone();
        let task = self.find_task(lang, id).await?;
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
            ..CardState::default()
        })
    }
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
        !matches!(self.store.chat_account(bot, person).await, Ok(None))
    }

    async fn press(&self, press: Press) -> CardState {
        let lang = press.lang.unwrap_or(self.renderer.lang);
        match self.pressed(&press, lang).await {
            Ok(state) => state,
            Err(words) => refusal(words, &self.renderer.base_url),
        }
    }

    async fn command(&self, said: IncomingText) -> Reply {
        let lang = said.lang.unwrap_or(self.renderer.lang);
        let text = match self.chat_caller(said.channel, &said.person, lang).await {
            Ok(caller) => self.commanded(&caller, &said).await,
            Err(words) => words,
        };
        Reply { text }
    }
}
