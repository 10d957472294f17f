//! The history of messages, and sending one again.

mod resend;

use std::collections::HashSet;

use app::auth::Action;
use app::backend::{Answer, Caller, List, Messages};
use app::channel::ChannelKind;
use app::error::{AppError, FieldError};
use app::i18n::Lang;
use app::id::{ChannelId, MessageId, TaskId};
use app::message::{Event, Message, MessageQuery, MessageState, answer_text, outcome_text};
use app::task::NAME_MAX_CHARS;
use app::texts::messages::MessagesUi;
use app::transition::Word;
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta};
use jiff::tz::TimeZone;

pub use resend::{NotResent, ResendReport, ResendRequest};

use super::run_search::time;
use super::{Service, UnknownWord};
use crate::error::OrInternal;
use crate::messages::vendor;
use crate::store::MessageFilter;
use crate::texts::Fault;
use crate::texts::messages::MessageFault;
use crate::timetable::{parse_end, parse_instant, zone};

/// Rows of a page by default, and the maximum.
const PAGE: u32 = 50;
const PAGE_MAX: u32 = 200;

impl Service {
    /// Texts as they are sent, each in the language of its channel and cut to the channel's limit.
    /// A message that was not sent yet is shown as it would be sent now.
    async fn as_sent(
        &self,
        lang: Lang,
        found: Vec<(Message, Option<String>)>,
    ) -> Answer<Vec<Message>> {
        let channels: HashSet<ChannelId> = found.iter().map(|(row, _)| row.channel_id).collect();
        let langs = self.store.channel_langs(channels.iter().copied()).await;
        let langs = langs.or_internal(lang)?;
        let formats = self.store.channel_formats(channels).await;
        let formats = formats.or_internal(lang)?;
        let rows = found.into_iter().map(|(mut row, facts)| {
            let format = formats.get(&row.channel_id).copied();
            let kind = format.map(|(kind, _)| kind);
            let theirs = langs.get(&row.channel_id).copied();
            let waits = facts.is_some();
            row.text = self.text_as_sent(kind, theirs, row.text, facts.as_deref());
            row.answer = row
                .answer
                .map(|answer| outcome_text(row.state.is_accepted(), &answer, lang));
            if let Some((kind, format)) = format {
                row.not_mentioned = vendor::not_mentioned(kind, format, &row.mentions);
            }
            if let Some(instead) = row.instead_of.as_ref().filter(|_| waits) {
                let (names, why) = (&instead.channels, &instead.why);
                row.text = self.renderer.instead(row.text, names, why, theirs);
            }
            if let Some(instead) = &mut row.instead_of {
                instead.why = answer_text(&instead.why, lang);
            }
            row
        });
        Ok(rows.collect())
    }

    /// The text of a message as a channel of this kind and language gets it.
    pub(super) fn text_as_sent(
        &self,
        kind: Option<ChannelKind>,
        lang: Option<Lang>,
        mut text: String,
        facts: Option<&str>,
    ) -> String {
        match facts.map(|facts| (facts, serde_json::from_str(facts))) {
            Some((stored, Ok(facts))) => {
                text = match kind {
                    Some(kind) => self.renderer.for_kind(kind).text(&facts, lang),
                    None => self.renderer.text(&facts, lang),
                };
                self.renderer.add_held_back(&mut text, stored, lang);
            }
            // A newer server wrote them: the list is shown without this text.
            Some((_, Err(error))) => {
                tracing::debug!(%error, "the facts of a message cannot be read");
            }
            None => {}
        }
        let lang = lang.unwrap_or(self.renderer.lang);
        match kind {
            Some(kind) => vendor::shown_text(kind, &text, lang).into_owned(),
            None => text,
        }
    }

    async fn find_message(&self, lang: Lang, id: MessageId) -> Answer<Message> {
        let found = self.store.message(id, self.clock.now()).await;
        let found = found.or_internal(lang)?;
        let message = found.ok_or_else(|| missing(lang))?;
        let mut shown = self.as_sent(lang, vec![message]).await?;
        shown.pop().ok_or_else(|| missing(lang))
    }
}

fn missing(lang: Lang) -> AppError {
    AppError::not_found(lang, MessagesUi::of(lang).this_message)
}

/// A word of the query, where one is given.
fn word<T: Word>(field: &str, typed: &str, lang: Lang) -> Result<Option<T>, FieldError> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    T::read(typed)
        .map(Some)
        .ok_or_else(|| UnknownWord::of::<T>(field).fault(lang))
}

impl Service {
    /// What is asked for, all faults at once.
    async fn checked_messages(&self, query: &MessageQuery, lang: Lang) -> Answer<MessageFilter> {
        let mut faults = Vec::new();
        let mut filter = MessageFilter {
            channel: query.channel,
            ..MessageFilter::default()
        };
        match self.task_of_messages(query.task.trim(), lang).await? {
            Ok(task) => filter.task = task,
            Err(fault) => faults.push(fault.on("task", lang)),
        }
        // An address can ask for anything.
        if query.channel.is_some_and(|id| id.0 < 0) {
            faults.push(MessageFault::Number.on("channel", lang));
        }
        match word::<MessageState>("state", &query.state, lang) {
            Ok(state) => filter.state = state,
            Err(fault) => faults.push(fault),
        }
        match word::<Event>("event", &query.event, lang) {
            Ok(event) => filter.event = event,
            Err(fault) => faults.push(fault),
        }
        let zone = zone(&self.default_zone).unwrap_or(TimeZone::UTC);
        let from = time("from", &query.from, lang, &mut faults, |text| {
            parse_instant(text, &zone)
        });
        let to = time("to", &query.to, lang, &mut faults, |text| {
            parse_end(text, &zone)
        });
        // Beyond these nothing was caused, and the database need not know such instants.
        let latest = self.clock.now() + TimeDelta::days(1);
        filter.from = from.filter(|from| *from > DateTime::UNIX_EPOCH + TimeDelta::days(1));
        filter.to = to.filter(|to| *to < latest);
        let after = query.after.trim();
        if !after.is_empty() {
            match after.parse() {
                Ok(id) => filter.before = Some(MessageId(id)),
                Err(_) => faults.push(MessageFault::Cursor.on("after", lang)),
            }
        }
        if faults.is_empty() {
            Ok(filter)
        } else {
            Err(AppError::invalid(lang, faults))
        }
    }

    /// The task whose messages are asked for, by its ID or its name. A task that was deleted has only its ID; 0 is what
    /// belongs to no task.
    async fn task_of_messages(
        &self,
        typed: &str,
        lang: Lang,
    ) -> Answer<Result<Option<TaskId>, MessageFault>> {
        if typed.is_empty() {
            return Ok(Ok(None));
        }
        if let Ok(id) = typed.parse::<i64>() {
            let id = (id >= 0).then_some(Some(TaskId(id)));
            return Ok(id.ok_or(MessageFault::Number));
        }
        if typed.chars().nth(NAME_MAX_CHARS).is_some() {
            return Ok(Err(MessageFault::NoSuchTask));
        }
        let found = self.store.task_named(typed).await.or_internal(lang)?;
        Ok(found.map(Some).ok_or(MessageFault::NoSuchTask))
    }
}

#[async_trait]
impl Messages for Service {
    async fn message_history(
        &self,
        caller: &Caller,
        query: &MessageQuery,
    ) -> Answer<List<Message>> {
        self.allow(caller, Action::Read)?;
        let lang = caller.lang;
        let filter = self.checked_messages(query, lang).await?;
        let limit = query.limit.unwrap_or(PAGE).clamp(1, PAGE_MAX) as usize;
        let now = self.clock.now();
        let found = self.store.messages(filter, limit as u64 + 1, now).await;
        let mut items = found.or_internal(lang)?;
        let more = items.len() > limit;
        items.truncate(limit);
        let items = self.as_sent(lang, items).await?;
        let next = items.last().filter(|_| more).map(|row| row.id.to_string());
        Ok(List { items, next })
    }

    async fn message_get(&self, caller: &Caller, id: MessageId) -> Answer<Message> {
        self.allow(caller, Action::Read)?;
        self.find_message(caller.lang, id).await
    }

    async fn message_resend(&self, caller: &Caller, id: MessageId) -> Answer<Message> {
        let who = self.allow(caller, Action::Operate)?;
        let lang = caller.lang;
        let act = self.act(who, "message.resend");
        self.resend_one(lang, &act, id).await?;
        self.signals.outbox.notify_one();
        self.find_message(lang, id).await
    }
}
