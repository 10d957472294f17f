//! Channels and the outbox.

mod address;

use app::auth::Action;
use app::backend::{Answer, Caller, Channels};
use app::channel::{Channel, ChannelDraft, ChannelKind, ChannelTest, MessageRow};
use app::error::{AppError, ErrorKind, FieldError};
use app::i18n::{Lang, plural};
use app::id::{ChannelId, MessageId, RunId, TaskId};
use app::message::{Event, MessageKind};
use app::name::name_fault;
use app::page::Notice;
use app::texts::phrases;
use async_trait::async_trait;
use std::collections::HashSet;

use super::{Service, or_taken};
use crate::error::OrInternal;
use crate::messages::send::WECOM_TEXT_MAX;
use crate::messages::target::{open_target, proxy_seal_name, seal_name};
use crate::outbound::Way;
use crate::store::{ChannelSecret, NewChannel, OutboxItem};
use crate::text::{cut, head};

/// Bytes of a proxy; shown, it fits into its column.
const PROXY_MAX: usize = 255;
/// Failing channels that a page tells of.
const NOTICES_MAX: u64 = 20;
/// Characters of a channel's answer in a notice.
const ANSWER_SHOWN: usize = 200;

impl Service {
    async fn find_channel(&self, lang: Lang, id: ChannelId) -> Answer<Channel> {
        let channel = self.store.channel(id).await.or_internal(lang)?;
        channel.ok_or_else(|| AppError::not_found(lang, lang.pick("这个通知渠道", "channel")))
    }

    /// Channels that accept no messages, each as a sentence with its own words.
    pub(super) async fn channel_notices(&self, lang: Lang) -> Answer<Vec<Notice>> {
        let failing = self.store.failing_channels(NOTICES_MAX).await;
        let zone = self.rules_of(&self.default_zone);
        let notices = failing.or_internal(lang)?.into_iter().filter_map(|channel| {
            let since = zone.local(channel.failing_since?);
            let (name, zone) = (&channel.name, &zone.name);
            let answer = channel.last_answer.as_deref().unwrap_or_default();
            let answer = app::ansi::visible(head(answer, ANSWER_SHOWN)).replace('\n', " ");
            let waiting = phrases::messages_waiting(lang, channel.pending);
            let dead = channel.dead;
            let how = if channel.refuses {
                lang.pick("拒收消息", "rejects messages")
            } else {
                lang.pick("无法送达", "does not accept messages")
            };
            Some(Notice {
                code: "channel_failing".to_owned(),
                text: lang.pick(
                    format!("通知渠道 {name} 自 {since}（{zone}）起{how}：{answer}（{waiting}，失败 {dead} 条）"),
                    format!("Channel {name} {how} since {since} ({zone}): {answer} ({waiting}, {dead} undelivered)"),
                ),
                link: Some(app::routes::CHANNELS.to_owned()),
            })
        });
        Ok(notices.collect())
    }

    fn check_channel(&self, lang: Lang, draft: &ChannelDraft, url_needed: bool) -> Answer<()> {
        let mut faults = Vec::new();
        let name = draft.name.trim();
        if let Some(fault) = name_fault(name) {
            faults.push(FieldError::new("name", fault.code(), fault.text(lang)));
        } else if name.is_empty() || name.chars().count() > 64 {
            faults.push(FieldError::new(
                "name",
                "invalid",
                lang.pick("名称为 1–64 个字符", "A name has 1–64 characters"),
            ));
        }
        let url = draft.url.trim();
        if url.is_empty() {
            if url_needed {
                faults.push(FieldError::new(
                    "url",
                    "required",
                    lang.pick("请填写 URL", "Enter a URL"),
                ));
            }
        } else if url.len() > 2048 {
            faults.push(FieldError::new(
                "url",
                "too_long",
                lang.pick("URL 最多 2048 字节", "A URL has at most 2048 bytes"),
            ));
        } else if let Some(fault) = address::fault(draft.kind, url, lang) {
            faults.push(FieldError::new("url", "not_a_robot", fault));
        } else if let Err(refusal) = self.guard.parse(url) {
            faults.push(FieldError::new(
                "url",
                "refused",
                lang.pick(
                    format!("不能使用这个 URL：{refusal}"),
                    format!("This URL cannot be used: {refusal}"),
                ),
            ));
        }
        if let Some(proxy) = &draft.proxy
            && let Err(why) = self.check_proxy(lang, proxy)
        {
            faults.push(FieldError::new(
                "proxy",
                "refused",
                lang.pick(
                    format!("不能使用这个代理：{why}"),
                    format!("This proxy cannot be used: {why}"),
                ),
            ));
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(AppError::invalid(lang, faults))
        }
    }

    /// Checks the way out of a channel, as far as it can be without asking the network.
    fn check_proxy(&self, lang: Lang, proxy: &str) -> Result<(), String> {
        let way = Way::read(proxy).map_err(|fault| fault.text(lang))?;
        // The host of a name in other scripts is longer than it was typed.
        let shown = way.shown().map_or(0, |shown| shown.len());
        if proxy.len().max(shown) > PROXY_MAX {
            return Err(lang.pick(
                format!("最多 {PROXY_MAX} 字节"),
                format!("it has {PROXY_MAX} bytes at most"),
            ));
        }
        self.sender
            .by(&way)
            .map(drop)
            .map_err(|refusal| refusal.to_string())
    }

    /// The URL or the proxy of a channel, sealed for its id.
    fn seal_of(&self, id: ChannelId, draft: &ChannelDraft, what: ChannelSecret) -> Option<String> {
        let sealed = match what {
            ChannelSecret::Url => self.sealer.seal(&seal_name(id), draft.url.trim()),
            ChannelSecret::Proxy => {
                let proxy = draft.proxy.as_deref().unwrap_or_default().trim();
                self.sealer.seal(&proxy_seal_name(id), proxy)
            }
        };
        sealed
            .inspect_err(
                |error| tracing::error!(%id, ?what, %error, "a channel's secret cannot be sealed"),
            )
            .ok()
    }
}

impl Service {
    /// Looks the name of a channel's address up, and notes with the channel when nothing would be sent
    /// there. It is saved all the same: names change, and each message looks it up again.
    async fn foresee_channel(&self, lang: Lang, id: ChannelId, draft: &ChannelDraft) -> Answer<()> {
        if draft.url.trim().is_empty() && draft.proxy.is_none() {
            return Ok(());
        }
        let Some(target) = self.store.channel_target(id).await.or_internal(lang)? else {
            return Ok(());
        };
        let (url, way) = open_target(&self.sealer, id, &target).or_internal(lang)?;
        let refusal = match self.sender.by(&way) {
            Ok(sender) => match sender.guard().foresee(&url).await {
                Ok(()) => return Ok(()),
                Err(refusal) => refusal.to_string(),
            },
            Err(refusal) => refusal.to_string(),
        };
        let words = lang.pick(
            format!("已保存，但目前不会向这个地址发送：{refusal}"),
            format!("Saved, but nothing will be sent to this address for now: {refusal}"),
        );
        self.store
            .note_channel_trouble(id, &words, self.clock.now())
            .await
            .or_internal(lang)
    }
}

fn name_taken(lang: Lang, name: &str) -> AppError {
    let message = lang.pick(
        format!("已经有名为“{name}”的渠道"),
        format!("A channel named \"{name}\" already exists"),
    );
    AppError {
        fields: vec![FieldError::new("name", "taken", message.clone())],
        ..AppError::new(ErrorKind::Conflict, "channel.name_taken", message)
    }
}

/// What is stored of a draft that was checked; its URL is sealed apart.
fn checked(draft: &ChannelDraft) -> NewChannel {
    let url = draft.url.trim();
    NewChannel {
        name: draft.name.trim().to_owned(),
        kind: draft.kind,
        masked: (!url.is_empty()).then(|| masked(url)),
        proxy: draft
            .proxy
            .as_deref()
            .and_then(|proxy| Some(Way::read(proxy).ok()?.shown())),
    }
}

/// Scheme and host, then the last four characters: enough to distinguish two robots.
fn masked(url: &str) -> String {
    let origin = url::Url::parse(url)
        .map(|url| url.origin().ascii_serialization())
        .unwrap_or_default();
    let tail: String = url
        .chars()
        .rev()
        .take(4)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    format!("{origin}/…{tail}").chars().take(255).collect()
}

#[async_trait]
impl Channels for Service {
    async fn channel_list(&self, caller: &Caller) -> Answer<Vec<Channel>> {
        self.allow(caller, Action::Read)?;
        self.store.channels().await.or_internal(caller.lang)
    }

    async fn channel_get(&self, caller: &Caller, id: ChannelId) -> Answer<Channel> {
        self.allow(caller, Action::Read)?;
        self.find_channel(caller.lang, id).await
    }

    async fn channel_create(&self, caller: &Caller, draft: &ChannelDraft) -> Answer<Channel> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        self.check_channel(lang, draft, true)?;
        let new = checked(draft);
        let act = self.act(who, "channel.create").detail(new.name.as_str());
        let seal = |id, what| self.seal_of(id, draft, what);
        let inserted = self.store.insert_channel(&act, &new, seal).await;
        let id = or_taken(inserted, lang, || name_taken(lang, &new.name))?;
        self.foresee_channel(lang, id, draft).await?;
        self.find_channel(lang, id).await
    }

    async fn channel_update(
        &self,
        caller: &Caller,
        id: ChannelId,
        draft: &ChannelDraft,
    ) -> Answer<Channel> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        self.check_channel(lang, draft, false)?;
        let new = checked(draft);
        let act = self.act(who, "channel.update").detail(new.name.as_str());
        let seal = |id, what| self.seal_of(id, draft, what);
        let updated = self.store.update_channel(&act, id, &new, seal).await;
        if !or_taken(updated, lang, || name_taken(lang, &new.name))? {
            return Err(AppError::not_found(
                lang,
                lang.pick("这个通知渠道", "channel"),
            ));
        }
        self.foresee_channel(lang, id, draft).await?;
        self.find_channel(lang, id).await
    }

    async fn channel_delete(&self, caller: &Caller, id: ChannelId) -> Answer<()> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let channel = self.find_channel(lang, id).await?;
        let act = self.act(who, "channel.delete").detail(channel.name);
        let deleted = self.store.delete_channel(&act, id).await;
        if !deleted.or_internal(lang)? {
            return Err(AppError::new(
                ErrorKind::Conflict,
                "channel.in_use",
                lang.pick(
                    format!("有 {} 个任务在使用这个渠道", channel.tasks),
                    format!(
                        "{} {} to this channel",
                        channel.tasks,
                        plural(channel.tasks, "task sends", "tasks send")
                    ),
                ),
            )
            .with_hint(lang.pick(
                "先给这些任务换一个渠道",
                "Assign another channel to those tasks first",
            )));
        }
        Ok(())
    }

    async fn channel_test(&self, caller: &Caller, id: ChannelId) -> Answer<ChannelTest> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let found = self.store.channel_target(id).await.or_internal(lang)?;
        let target =
            found.ok_or_else(|| AppError::not_found(lang, lang.pick("这个通知渠道", "channel")))?;
        let (url, way) = open_target(&self.sealer, id, &target).or_internal(lang)?;
        let item = OutboxItem {
            id: MessageId(0),
            channel_id: id,
            kind: MessageKind::Text,
            event: Event::Test,
            body: format!(
                "{}{}",
                Event::Test.title(lang),
                lang.pick("来自 Jcrontab 的测试消息", "A test message from Jcrontab")
            ),
            facts: None,
            mentions: Vec::new(),
            task_id: TaskId(0),
            run_id: None,
            attempts: 1,
            created_at: self.clock.now(),
        };
        let answer = match self.sender.by(&way) {
            Ok(sender) => sender.send(target.kind, &url, &item).await,
            Err(error) => Err(error),
        };
        let (words, refused) = match &answer {
            Ok(words) => (words.clone(), None),
            Err(error) => (error.to_string(), Some(error.is_final())),
        };
        // Kept with the channel, so that the page shows it also without JavaScript.
        self.store
            .note_channel_answer(&self.act(who, "channel.test"), id, &words, refused)
            .await
            .or_internal(lang)?;
        Ok(ChannelTest {
            ok: answer.is_ok(),
            answer: words,
        })
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
        let kinds = self.store.channel_kinds(channels).await.or_internal(lang)?;
        let rows = found.into_iter().map(|(mut row, facts)| {
            let theirs = langs.get(&row.channel_id).copied();
            // What has not left yet, as it would be sent now. Facts of another version show nothing.
            if let Some(Ok(facts)) = facts.map(|facts| serde_json::from_str(&facts)) {
                row.text = self.renderer.text(&facts, theirs);
            }
            // As they are sent: each channel cuts to its own limit.
            if kinds.get(&row.channel_id) == Some(&ChannelKind::Wecom) {
                let theirs = theirs.unwrap_or(self.renderer.lang);
                row.text = cut(&row.text, WECOM_TEXT_MAX, theirs).into_owned();
            }
            row
        });
        Ok(rows.collect())
    }
}
