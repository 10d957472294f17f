//! Sending the messages in the outbox, at least once.
//!
//! Per channel one message at a time, oldest first, never faster than the vendor allows: all servers
//! share one pace, and what is too much for it becomes a digest. A message is marked `sending` in the
//! database before it leaves, its words are made then, and it gets its answer afterwards; a failure
//! that may pass is retried with exponential backoff, then the message is a dead letter and stays
//! visible; a final failure makes it one at once.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use app::channel::{ChannelKind, OnOff};
use app::id::ChannelId;
use app::message::{Event, MessageKind, Why, with_built_in_words};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span};

use crate::auth::link::LinkActs;
use crate::auth::seal::Sealer;
use crate::clock::SharedClock;
use crate::events::Signals;
use crate::facts::Facts;
use crate::loops::{Backoff, Spec, Turns};
use crate::oncall::OnCall;
use crate::outbound::SendError;
use crate::store::{ChannelTarget, NO_TASK, OutboxItem, Setback, Store, StoreError, Taken};
use crate::telemetry::{Delivery, Metrics};
use crate::template::{TemplateFault, TemplateWhy};

use super::pace::Pace;
use super::picture;
use super::render::{Beside, Renderer, wants_brief};
use super::send::Sender;
use super::target::{self, Target};
use super::ticket_button::asks;
use super::ticket_link::TicketLink;
use super::vendor::{self, PerMinute};
use super::words::{Briefs, Made, Worded};

/// Attempts before a message is given up: with the pauses below about three hours.
const ATTEMPTS_MAX: i32 = 16;
/// The outbox is read this often even without a signal, for what other nodes left.
const LOOK: TimeDelta = TimeDelta::seconds(5);
/// A vendor's minute, and a second.
const MINUTE: TimeDelta = TimeDelta::seconds(61);
/// A vendor that asks for no wait at all is left alone for so long.
const SECOND: TimeDelta = TimeDelta::seconds(1);
/// Times the database is asked to take what became of a message: an hour of them.
const SETTLE_TRIES: u32 = 3600;
/// How long a bot's messages are left to the server that holds its connection, before this one looks again.
const ELSEWHERE: TimeDelta = TimeDelta::seconds(2);
/// Pause after a failure of the database.
const BACK_OFF: Duration = Duration::from_secs(1);

/// The loop as it is registered. A queue of messages wakes it and so does the end of each delivery,
/// so it goes round by itself.
pub const LOOP: Spec = Spec {
    name: "outbox",
    every: Some(Duration::from_secs(5)),
    woken: true,
    backoff: Backoff::new(BACK_OFF, Duration::from_secs(5)),
};

/// What the outbox works with.
#[derive(Clone)]
pub struct Outbox {
    /// The database.
    pub store: Store,
    /// The clock.
    pub clock: SharedClock,
    /// This process.
    pub node_id: String,
    /// Wake-up calls.
    pub signals: Arc<Signals>,
    /// Opens the channels' URLs.
    pub sealer: Sealer,
    /// The way out.
    pub sender: Sender,
    /// Makes the words.
    pub renderer: Renderer,
    /// Makes briefs of failures.
    pub briefs: Arc<dyn Briefs>,
    /// When each channel may be used again.
    pub pace: Arc<Pace>,
    /// What deliveries are counted in.
    pub metrics: Arc<Metrics>,
    /// What links in reminders may do; `None` where there are no such links.
    pub link_acts: Option<LinkActs>,
}

/// Deliveries under way. They outlive a panic of the loop: a message that has left must get its
/// answer written.
#[derive(Debug, Default)]
pub struct Deliveries {
    busy: HashSet<ChannelId>,
    workers: JoinSet<ChannelId>,
}

impl std::fmt::Debug for Outbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Outbox")
    }
}

/// The words of one message.
struct Words {
    /// As they leave.
    sent: Worded,
    /// As they are kept, where those that leave hold a link.
    kept: Option<String>,
    /// Why the template of the channel was not used.
    unused: Option<TemplateFault>,
}

/// Where a message goes after an attempt.
enum After {
    /// The channel may have more.
    More,
    /// Nothing is left, or the channel has to wait.
    Nothing,
}

impl Outbox {
    /// Sends until `stop`, and then until what has left got its answer.
    pub async fn run(
        &self,
        stop: &CancellationToken,
        turns: &Turns,
        deliveries: &Mutex<Deliveries>,
    ) {
        let mut deliveries = deliveries.lock().await;
        let Deliveries { busy, workers } = &mut *deliveries;
        while !stop.is_cancelled() {
            let wake_at = match turns.turn(self.look(busy, workers, stop)).await {
                Ok(wake_at) => wake_at,
                Err(error) => {
                    tracing::debug!(
                        error = &error as &dyn std::error::Error,
                        "the outbox is waiting for the database"
                    );
                    turns.back_off(stop).await;
                    continue;
                }
            };
            tokio::select! {
                () = self.clock.sleep_until(wake_at) => {}
                () = self.signals.outbox.notified() => {}
                Some(done) = workers.join_next(), if !workers.is_empty() => match done {
                    Ok(channel) => { busy.remove(&channel); }
                    Err(error) => {
                        // A crashed worker: all channels are looked at again.
                        tracing::error!(%error, "sending crashed");
                        turns.failed(&error);
                        busy.clear();
                    }
                },
                () = stop.cancelled() => {}
            }
        }
        // A message that has left must get its answer written.
        while workers.join_next().await.is_some() {}
    }

    /// Starts a worker for each channel that has something to send and none yet.
    async fn look(
        &self,
        busy: &mut HashSet<ChannelId>,
        workers: &mut JoinSet<ChannelId>,
        stop: &CancellationToken,
    ) -> Result<DateTime<Utc>, StoreError> {
        let now = self.clock.now();
        let outlook = self.store.outbox_look(now).await?;
        for channel in outlook.due {
            if self.pace.wait(channel, now).is_none() && busy.insert(channel) {
                let this = self.clone();
                let stop = stop.clone();
                workers.spawn(async move {
                    this.serve(channel, &stop).await;
                    channel
                });
            }
        }
        // What is due now has a worker, which wakes us when it ends, or waits for its channel.
        let soonest = outlook.next.into_iter().chain(self.pace.next(now)).min();
        Ok(soonest.unwrap_or(now + LOOK).min(now + LOOK))
    }

    /// Sends what a channel has, until it is empty or has to wait. Public for tests.
    pub async fn serve(&self, channel: ChannelId, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            match self.send_one(channel).await {
                Ok(After::More) => {}
                Ok(After::Nothing) => return,
                Err(error) => {
                    tracing::warn!(
                        channel.id = channel.0,
                        error = &error as &dyn std::error::Error,
                        "the outbox cannot be written"
                    );
                    // Ending at once would start the next worker at once.
                    tokio::time::sleep(BACK_OFF).await;
                    return;
                }
            }
        }
    }

    async fn send_one(&self, channel: ChannelId) -> Result<After, StoreError> {
        let now = self.clock.now();
        let Some(target) = self.store.channel_target(channel).await? else {
            self.store.outbox_orphaned(channel, now).await?;
            return Ok(After::Nothing);
        };
        if self.pace.wait(channel, now).is_some() {
            return Ok(After::Nothing);
        }
        if target.kind.is_bot() && !self.sender.lines().holds(channel) {
            // The server that holds the connection sends it.
            self.pace.note(channel, now + ELSEWHERE, now);
            return Ok(After::Nothing);
        }
        let limit = vendor::limits(target.kind).map(|PerMinute(limit)| limit);
        let mut item = match self
            .store
            .outbox_take(channel, limit, &self.node_id, now)
            .await?
        {
            Taken::Message(item) => *item,
            Taken::Wait(until) => {
                self.pace.note(channel, until, now);
                return Ok(After::Nothing);
            }
            Taken::Nothing => return Ok(After::Nothing),
        };
        let span = span_of(&item);
        let delivery = async {
            let answer = self.deliver(&mut item, &target).await;
            let result = self.settle(&item, answer).await;
            self.metrics.message(target.kind, result);
        };
        delivery.instrument(span).await;
        let is_digest = item.event == Event::Digest;
        let task = Some(item.task_id).filter(|id| *id != NO_TASK);
        self.signals.publish(task, item.run_id);
        if item.run_id.is_some() || is_digest {
            // Runs may have ended with it, for which others wait.
            self.signals.runs_ended([]);
        }
        Ok(After::More)
    }

    /// Renders a message and sends it; returns the answer of the service.
    async fn deliver(
        &self,
        item: &mut OutboxItem,
        target: &ChannelTarget,
    ) -> Result<String, SendError> {
        // The people of this moment, in the place of rotas.
        let is_needed = OnCall::is_among(&item.mentions);
        let on_call = OnCall::read(&self.store, is_needed, self.clock.now()).await;
        on_call
            .map_err(|error| unreadable("who is on call cannot be read", &error))?
            .name(&mut item.mentions);
        let facts = item.facts.as_deref().map(serde_json::from_str);
        // A newer server's, perhaps: it may get its turn before this one gives up.
        let facts: Option<Facts> = facts
            .transpose()
            .map_err(|error| unreadable("the facts of a message cannot be read", &error))?;
        if let Some(facts) = &facts {
            item.body = self.renderer.text(facts, target.lang);
        }
        let to = target::open_target(&self.sealer, item.channel_id, target).map_err(|error| {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the settings of a channel cannot be read"
            );
            SendError::Refused(Why::Settings.into())
        })?;
        let (mut made, mut unused, mut link) = (Made::default(), None, None);
        // What leaves: `item` is what is kept, which holds no link.
        let mut leaving = item.clone();
        if let Some(facts) = facts {
            let about = self.ticket_of(&facts).await?;
            link = about
                .as_ref()
                .and_then(|about| self.ticket_link(about, facts.event(), &item.mentions));
            let has_buttons = to.kind.is_bot() && asks(&facts);
            let words = self.words(facts, item, &to, link.as_ref()).await?;
            item.body = words.kept.unwrap_or_else(|| words.sent.text.clone());
            leaving.body = words.sent.text;
            (made, unused) = (words.sent.made, words.unused);
            let about = about.filter(|_| has_buttons);
            made.ticket = about.map(|about| (about.id, about.kind));
            if let Some(link) = &link {
                // A template says itself where it stands, and a card leads there.
                if !made.templated && made.ticket.is_none() {
                    let lang = target.lang.unwrap_or(self.renderer.lang);
                    item.body.push_str(&link.line(link.shown(), lang));
                    leaving.body.push_str(&link.line(link.url(), lang));
                }
                made.url = link.url().to_owned();
            }
        }
        // The body that a template makes for a webhook has no place for it.
        let is_body = made.templated && to.kind == ChannelKind::Webhook;
        if item.kind == MessageKind::Text && !is_body {
            item.body = self.with_circumstances(std::mem::take(&mut item.body), item, target);
            leaving.body = self.with_circumstances(leaving.body, item, target);
        }
        if item.kind == MessageKind::Image {
            made.picture = self.picture(item).await?;
        }
        let sender = self.sender.by(&to.way)?;
        let answer = sender.send(&to, &leaving, &made, self.clock.now()).await;
        let answer = match &link {
            Some(link) => link.hide_in(answer)?,
            None => answer?,
        };
        Ok(match unused {
            Some(fault) => {
                // Of JSON it is a place in the result, which no reader has.
                let is_json = matches!(fault.why, TemplateWhy::NotJson(_));
                let place = fault.place.filter(|_| !is_json);
                let place = place.map(|place| (place.line, place.column));
                with_built_in_words(&answer, place)
            }
            None => answer,
        })
    }

    /// A text with what was held back before it, and for which channel its own one stands in.
    fn with_circumstances(
        &self,
        mut body: String,
        item: &OutboxItem,
        target: &ChannelTarget,
    ) -> String {
        if let Some(stored) = &item.facts {
            self.renderer.add_held_back(&mut body, stored, target.lang);
        }
        match &item.stand_in {
            Some(stand_in) => {
                let (names, why) = (stand_in.names(), &stand_in.why);
                self.renderer.instead(body, &names, why, target.lang)
            }
            None => body,
        }
    }

    /// The picture that was uploaded in the place of the one that follows a message.
    async fn picture(&self, item: &OutboxItem) -> Result<Option<Vec<u8>>, SendError> {
        let wanted = picture::name_of(item.event, &item.body);
        let found = self
            .store
            .picture(&[wanted])
            .await
            .map_err(|error| unreadable("the picture of a message cannot be read", &error))?;
        Ok(found.map(|(_, bytes)| bytes))
    }

    /// Makes the words of a message: by the template of its channel, or the built-in ones, and then why the template
    /// was not used.
    async fn words(
        &self,
        facts: Facts,
        item: &OutboxItem,
        to: &Target,
        link: Option<&TicketLink>,
    ) -> Result<Words, SendError> {
        let (channel, event) = (item.channel_id, item.event);
        let named = item.template.as_deref();
        let template = self.store.template_for(channel, event, named).await;
        let template = template
            .map_err(|error| unreadable("the template of a message cannot be read", &error))?;
        let lang = to.lang.unwrap_or(self.renderer.lang);
        let brief = match facts.run() {
            Some(run) if to.settings.brief == OnOff::On && wants_brief(&facts) => {
                self.briefs.brief(run, lang).await
            }
            _ => None,
        };
        let Some(template) = template else {
            return Ok(Words {
                sent: self.renderer.built_in(&facts, to.lang, brief.as_ref()),
                kept: None,
                unused: None,
            });
        };
        let (renderer, format, owners) =
            (self.renderer.clone(), to.format(), item.mentions.clone());
        let link = link.cloned();
        // A template may take a while, which no other work of this thread should wait for.
        let making = tokio::task::spawn_blocking(move || {
            let made = |link: Option<&str>| {
                let beside = Beside {
                    owners: &owners,
                    brief: brief.as_ref(),
                    link,
                };
                let body = template.body.as_str();
                renderer.by_template(&facts, (body, format), Some(lang), beside)
            };
            let built_in = || renderer.built_in(&facts, Some(lang), brief.as_ref());
            match made(link.as_ref().map(TicketLink::url)) {
                Ok(sent) => {
                    // A template can take the link apart, so the text is made once more without it.
                    let kept = link.as_ref().map(|link| {
                        made(Some(link.shown())).map_or_else(|_| built_in().text, |kept| kept.text)
                    });
                    let unused = None;
                    Words { sent, kept, unused }
                }
                Err(fault) => Words {
                    sent: built_in(),
                    kept: None,
                    unused: Some(fault),
                },
            }
        });
        let words = making
            .await
            .map_err(|error| unreadable("the words of a message were not made", &error))?;
        if let Some(why) = &words.unused {
            tracing::warn!(
                %why,
                "a template cannot be used; the built-in words are sent"
            );
        }
        Ok(words)
    }

    /// Writes what became of a message, again and again until the database has it: the message has
    /// left, and nobody else knows.
    async fn settle(&self, item: &OutboxItem, answer: Result<String, SendError>) -> Delivery {
        if let Err(error) = &answer {
            tracing::warn!(
                attempts = item.attempts,
                error = error as &dyn std::error::Error,
                "a message was not accepted"
            );
        }
        for _ in 0..SETTLE_TRIES {
            match self.settle_once(item, &answer).await {
                Ok(result) => return result,
                Err(error) => tracing::debug!(
                    error = &error as &dyn std::error::Error,
                    "the result of a message is waiting for the database"
                ),
            }
            tokio::time::sleep(BACK_OFF).await;
        }
        tracing::error!("the database did not take what became of a message");
        // The node that takes this one's messages over sends it again.
        Delivery::Retry
    }

    async fn settle_once(
        &self,
        item: &OutboxItem,
        answer: &Result<String, SendError>,
    ) -> Result<Delivery, StoreError> {
        let now = self.clock.now();
        let error = match answer {
            Ok(words) => {
                self.store.outbox_sent(item, words, now).await?;
                return Ok(Delivery::Sent);
            }
            Err(error) => error,
        };
        let words = error.stored();
        if let SendError::TooMany(_, asked) = error {
            // The vendor counts by the minute; waiting is no failure of the message.
            let wait = asked.map_or(MINUTE, |asked| asked.wait(now)).max(SECOND);
            self.pace.note(item.channel_id, now + wait, now);
            self.store
                .outbox_retry(item, &words, now + wait, Setback::Pace, now)
                .await?;
            return Ok(Delivery::RateLimited);
        }
        if error.is_final() || item.attempts >= ATTEMPTS_MAX {
            self.store
                .outbox_dead(item, &words, error.is_final(), now)
                .await?;
            // Another channel may have got it.
            self.signals.outbox.notify_one();
            return Ok(Delivery::Dead);
        }
        let mut pause = self.pace.spread(retry_pause(item.attempts));
        if let SendError::Answer(_, Some(asked)) = error {
            pause = pause.max(asked.wait(now));
        }
        self.store
            .outbox_retry(item, &words, now + pause, Setback::Passing, now)
            .await?;
        Ok(Delivery::Retry)
    }
}

/// What keeps a message from being made, and may pass: the log has the error.
fn unreadable(what: &str, error: &(dyn std::error::Error + 'static)) -> SendError {
    tracing::error!(error, "{what}");
    SendError::Unreachable(Why::Unreadable.into())
}

/// The span of one delivery: lines about it carry the ids of message, channel, task and run.
fn span_of(item: &OutboxItem) -> Span {
    tracing::error_span!(
        "delivery",
        message.id = item.id.0,
        channel.id = item.channel_id.0,
        task.id = item.task_id.0,
        run.id = item.run_id.map(|run| run.0)
    )
}

/// 2 s, then doubling up to 30 min.
fn retry_pause(attempts: i32) -> TimeDelta {
    let doublings = u32::try_from(attempts.max(1) - 1).unwrap_or(0).min(10);
    TimeDelta::seconds((2_i64 << doublings).min(1800))
}
