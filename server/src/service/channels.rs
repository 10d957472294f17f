//! Channels and the outbox.

mod address;
mod conflict;
mod draft;
mod fallback;
mod people;
mod robot;
mod settings;

use app::auth::Action;
use app::backend::{Answer, Caller, Channels};
use app::channel::{
    Channel, ChannelDraft, ChannelKind, ChannelTest, ChatPerson, ChatPersonDraft, MessageRow,
};
use app::error::AppError;
use app::i18n::Lang;
use app::id::{ChannelId, ChatPersonId, MessageId, RunId, TaskId};
use app::message::{Event, MessageKind, NoAnswer, NoAnswerReason, answer_text, outcome_text};
use app::page::Notice;
use app::time::Stamp;
use async_trait::async_trait;
use std::collections::HashSet;

pub(super) use draft::Checked;
pub(super) use people::is_name_of_owner;

use super::versions::{self, as_read};
use super::{Service, or_taken, stored_or_taken};
use crate::error::OrInternal;
use crate::messages::MessageMeta;
use crate::messages::robot::identity as robot_identity;
use crate::messages::target::{Target, open_target};
use crate::messages::vendor;
use crate::outbound::OutboundClient;
use crate::store::{OutboxItem, StoreError};
use crate::text::head;
use crate::texts::channel_uses::{ChannelInUse, FallbackFault};
use crate::texts::channels::{ChannelNotice, ChannelRefusal};
use crate::texts::outdated::ObjectKind;
use crate::texts::{Fault, Missing, Refusal, Say};
use fallback::with_fallback;

/// Failing channels that a page reports.
const NOTICES_MAX: u64 = 20;
/// Characters of a channel's answer in a notice.
const ANSWER_SHOWN: usize = 200;

impl Service {
    pub(super) async fn find_channel(&self, lang: Lang, id: ChannelId) -> Answer<Channel> {
        let channel = self.store.channel(id).await.or_internal(lang)?;
        let mut channel = channel.ok_or_else(|| Missing::Channel.answer(lang))?;
        in_words(&mut channel, lang);
        Ok(channel)
    }

    /// Channels that accept no messages, each as a sentence with its own words.
    pub(super) async fn channel_notices(&self, lang: Lang) -> Answer<Vec<Notice>> {
        let failing = self.store.failing_channels(NOTICES_MAX).await;
        let zone = self.rules_of(&self.default_zone);
        let notices = failing
            .or_internal(lang)?
            .into_iter()
            .filter_map(|channel| {
                let since = zone.local(channel.failing_since?);
                let answer = channel.last_answer.as_deref().unwrap_or_default();
                let answer = answer_text(answer, lang);
                let answer = head(without_markup(&answer), ANSWER_SHOWN);
                let answer = app::ansi::visible(answer).replace('\n', " ");
                let failing = ChannelNotice::Failing {
                    name: channel.name,
                    since,
                    zone: zone.name.clone(),
                    refuses: channel.refuses,
                    answer,
                    waiting: channel.pending,
                    dead: channel.dead,
                };
                Some(Notice {
                    code: "channel_failing".to_owned(),
                    text: failing.say(lang),
                    link: Some(app::routes::CHANNELS.to_owned()),
                })
            });
        Ok(notices.collect())
    }
}

/// An answer up to where a page of HTML starts: what it says is for browsers.
fn without_markup(answer: &str) -> &str {
    let lower = answer.to_ascii_lowercase();
    let start = ["<!doctype html", "<html", "<head", "<body"]
        .iter()
        .filter_map(|tag| lower.find(tag))
        .min();
    let before = answer
        .get(..start.unwrap_or(answer.len()))
        .unwrap_or(answer);
    before.trim_end_matches([':', ' ', '\n'])
}

impl Service {
    /// Looks the name of a channel's address up, and notes with the channel when nothing would be sent
    /// there. It is saved all the same: names change, and each message looks it up again.
    pub(super) async fn foresee_channel(
        &self,
        lang: Lang,
        id: ChannelId,
        draft: &ChannelDraft,
    ) -> Answer<()> {
        if draft.url.trim().is_empty() && draft.proxy.is_none() {
            return Ok(());
        }
        let Some(to) = self.opened_channel(lang, id).await? else {
            return Ok(());
        };
        let foreseen = match self.sender.by(&to.way, to.ca()) {
            Ok(sender) if to.kind == ChannelKind::Email => {
                sender.guard().foresee_host(&to.url).await
            }
            Ok(sender) => {
                let url = OutboundClient::socket_address(&to.url);
                sender.guard().foresee(&url).await
            }
            Err(refusal) => return self.note_trouble(lang, id, refusal.stored()).await,
        };
        match foreseen {
            Ok(()) => Ok(()),
            Err(refusal) => {
                let why = NoAnswer::from(refusal).code();
                self.note_trouble(lang, id, why).await
            }
        }
    }

    /// Refuses a test for which the pace of the channel has no room: more than the vendor takes would keep real messages
    /// away for minutes.
    async fn check_pace(&self, lang: Lang, id: ChannelId, to: &Target) -> Answer<()> {
        let now = self.clock.now();
        let mark = self.sealer.robots().mark(&robot_identity(to));
        let noted = self.store.note_robot(id, mark).await;
        noted.or_internal(lang)?;
        let taken = self.store.take_slot(id, vendor::rate(to.kind), now).await;
        let Some(free_at) = taken.or_internal(lang)? else {
            return Ok(());
        };
        let zone = self.rules_of(&self.default_zone);
        let wait = (free_at - now).num_seconds().saturating_add(1);
        Err(ChannelRefusal::NoSlot {
            at: zone.local(Stamp(free_at)),
            zone: zone.name,
            seconds: u32::try_from(wait).unwrap_or(u32::MAX),
        }
        .answer(lang))
    }

    async fn note_trouble(&self, lang: Lang, id: ChannelId, why: String) -> Answer<()> {
        let stored = NoAnswer::of(NoAnswerReason::SavedUnusable, why).code();
        self.store
            .note_channel_trouble(id, &stored, self.clock.now())
            .await
            .or_internal(lang)
    }

    /// Where a channel's messages go; `None` when it is gone.
    pub(super) async fn opened_channel(&self, lang: Lang, id: ChannelId) -> Answer<Option<Target>> {
        let found = self.store.channel_target(id).await.or_internal(lang)?;
        found
            .map(|target| open_target(&self.sealer, id, &target).or_internal(lang))
            .transpose()
    }
}

/// The last answer of a channel for readers of a language.
fn in_words(channel: &mut Channel, lang: Lang) {
    let answer = channel.last_answer.take();
    let is_accepted = channel.failing_since.is_none();
    channel.last_answer = answer.map(|answer| outcome_text(is_accepted, &answer, lang));
}

fn name_taken(lang: Lang, name: &str) -> AppError {
    let name = name.to_owned();
    ChannelRefusal::NameTaken { name }.answer(lang)
}

#[async_trait]
impl Channels for Service {
    async fn channel_list(&self, caller: &Caller) -> Answer<Vec<Channel>> {
        let who = self.allow(caller, Action::Read)?;
        let mut all = self.store.channels().await.or_internal(caller.lang)?;
        if !who.can(Action::Administer) {
            all.retain(|channel| channel.task_id.is_none());
        }
        for channel in &mut all {
            in_words(channel, caller.lang);
        }
        Ok(all)
    }

    async fn channel_get(&self, caller: &Caller, id: ChannelId) -> Answer<Channel> {
        self.allow(caller, Action::Read)?;
        self.find_channel(caller.lang, id).await
    }

    async fn channel_create(&self, caller: &Caller, draft: &ChannelDraft) -> Answer<Channel> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let fallback = self.read_fallback(lang, draft, None).await?;
        let checked = self.check_channel(lang, draft, None);
        let (mut checked, fallback) = with_fallback(lang, checked, fallback)?;
        checked.new.fallback = fallback;
        let new = &checked.new;
        let act = self.act(who, "channel.create").detail(new.name.as_str());
        let seal = |id, what| checked.seal(&self.sealer, id, what);
        let inserted = self.store.insert_channel(&act, new, seal).await;
        if matches!(inserted, Err(StoreError::Overtaken)) {
            return Err(FallbackFault::Unknown.alone("fallback", lang));
        }
        let id = or_taken(inserted, lang, || name_taken(lang, &new.name))?;
        self.foresee_channel(lang, id, draft).await?;
        self.find_channel(lang, id).await
    }

    async fn channel_update(
        &self,
        caller: &Caller,
        id: ChannelId,
        read: Option<i64>,
        draft: &ChannelDraft,
    ) -> Answer<Channel> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let known = self.find_channel(lang, id).await?;
        as_read(lang, ObjectKind::Channel, read, known.version, || {
            conflict::differing(draft, &known)
        })?;
        let stored = self.opened_channel(lang, id).await?;
        let stored = stored.ok_or_else(|| Missing::Channel.answer(lang))?;
        let fallback = self.read_fallback(lang, draft, Some(id)).await?;
        let checked = self.check_channel(lang, draft, Some(&stored));
        let (mut checked, fallback) = with_fallback(lang, checked, fallback)?;
        checked.new.fallback = fallback;
        let new = &checked.new;
        let act = self.act(who, "channel.update").detail(new.name.as_str());
        let seal = |id, what| checked.seal(&self.sealer, id, what);
        let updated = self.store.update_channel(&act, id, read, new, seal).await;
        if matches!(updated, Err(StoreError::Overtaken)) {
            return Err(FallbackFault::Unknown.alone("fallback", lang));
        }
        let taken = || name_taken(lang, &new.name);
        if !stored_or_taken(updated, lang, ObjectKind::Channel, taken)? {
            return Err(Missing::Channel.answer(lang));
        }
        self.foresee_channel(lang, id, draft).await?;
        // What waited for a retry is due.
        self.signals.outbox.notify_one();
        self.find_channel(lang, id).await
    }

    async fn channel_delete(
        &self,
        caller: &Caller,
        id: ChannelId,
        read: Option<i64>,
    ) -> Answer<()> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let channel = self.find_channel(lang, id).await?;
        versions::as_read_to_delete(lang, ObjectKind::Channel, read, channel.version)?;
        let act = self.act(who, "channel.delete").detail(channel.name);
        let deleted = self.store.delete_channel(&act, id, read).await;
        if !versions::stored_deletion(lang, ObjectKind::Channel, deleted)? {
            let uses = self.store.channel_uses(id, None).await.or_internal(lang)?;
            return Err(match uses.is_unused() {
                true => Missing::Channel.answer(lang),
                false => ChannelInUse { uses, own: false }.answer(lang),
            });
        }
        Ok(())
    }

    async fn channel_test(&self, caller: &Caller, id: ChannelId) -> Answer<ChannelTest> {
        let lang = caller.lang;
        // Before anything is looked up: others learn nothing about channels.
        self.allow(caller, Action::Edit)?;
        let channel = self.find_channel(lang, id).await?;
        let needed = match channel.task_id {
            // Whoever may change the task has entered its robot.
            Some(_) => Action::Edit,
            None => Action::Administer,
        };
        let who = self.allow(caller, needed)?;
        let to = self.opened_channel(lang, id).await?;
        let to = to.ok_or_else(|| Missing::Channel.answer(lang))?;
        let now = self.clock.now();
        self.check_pace(lang, id, &to).await?;
        let item = OutboxItem {
            id: MessageId(0),
            channel_id: id,
            kind: MessageKind::Text,
            event: Event::Test,
            body: ChannelNotice::Test.say(to.lang.unwrap_or(self.renderer.lang)),
            facts: None,
            mentions: Vec::new(),
            task_id: TaskId(0),
            run_id: None,
            attempts: 1,
            limited: 0,
            created_at: now,
            stand_in: None,
            template: None,
        };
        // A card and an article need somewhere to lead to.
        let made = MessageMeta {
            url: format!("{}{}", self.renderer.base_url, app::routes::CHANNELS),
            ..MessageMeta::default()
        };
        let answer = match self.sender.by(&to.way, to.ca()) {
            Ok(sender) => sender.send(&to, &item, &made, now).await,
            Err(error) => Err(error),
        };
        let (words, refused) = match &answer {
            Ok(words) => (words.clone(), None),
            Err(error) => (error.stored(), Some(error.is_final())),
        };
        // Kept with the channel, so that the page shows it also without JavaScript.
        let act = self.act(who, "channel.test").detail(channel.name);
        self.store
            .note_channel_answer(&act, id, &words, refused)
            .await
            .or_internal(lang)?;
        if answer.is_ok() {
            // What waited for a retry is due.
            self.signals.outbox.notify_one();
        }
        Ok(ChannelTest {
            ok: answer.is_ok(),
            answer: outcome_text(answer.is_ok(), &words, lang),
            sent: self.sender.preview(&to, &item, &made, now),
        })
    }

    async fn chat_person_list(&self, caller: &Caller) -> Answer<Vec<ChatPerson>> {
        self.people(caller).await
    }

    async fn chat_person_add(
        &self,
        caller: &Caller,
        draft: &ChatPersonDraft,
    ) -> Answer<ChatPerson> {
        self.add_person(caller, draft).await
    }

    async fn chat_person_delete(&self, caller: &Caller, id: ChatPersonId) -> Answer<()> {
        self.delete_person(caller, id).await
    }

    async fn message_list(
        &self,
        caller: &Caller,
        task: TaskId,
        run: Option<RunId>,
        limit: u32,
    ) -> Answer<Vec<MessageRow>> {
        self.allow(caller, Action::Read)?;
        let lang = caller.lang;
        let limit = u64::from(limit.clamp(1, 200));
        let found = self.store.message_rows(task, run, limit).await;
        let found = found.or_internal(lang)?;
        let channels: HashSet<ChannelId> = found.iter().map(|(row, _)| row.channel_id).collect();
        let langs = self.store.channel_langs(channels.iter().copied()).await;
        let langs = langs.or_internal(lang)?;
        let names = self.store.channel_names(channels.iter().copied()).await;
        let names = names.or_internal(lang)?;
        let kinds = self.store.channel_kinds(channels).await.or_internal(lang)?;
        let rows = found.into_iter().map(|(mut row, facts)| {
            let kind = kinds.get(&row.channel_id).copied();
            let theirs = langs.get(&row.channel_id).copied();
            row.channel = names.get(&row.channel_id).cloned();
            row.text = self.text_as_sent(kind, theirs, row.text, facts.as_deref());
            row.last_answer = row
                .last_answer
                .map(|answer| outcome_text(row.state.is_accepted(), &answer, lang));
            row
        });
        Ok(rows.collect())
    }
}
