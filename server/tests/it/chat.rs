//! Bots of chats: long connections, against vendors that the vendors' own clients have judged.

mod dingtalk;
mod doors;
mod faults;
mod feishu;
mod kinds;
mod late;
mod lease;
mod owners;
mod pace;
mod people;
mod requests;
mod sdk;
mod tickets;
mod use_cases;

use std::sync::{Arc, Weak};

use app::auth::Role;
use app::backend::Channels;
use app::channel::{BotState, Channel, ChannelDraft, ChannelKind, ChatPersonDraft};
use chrono::TimeDelta;
use server::chat::{BotConnectionManager, ChatHandler, Dependencies, Lines};
use server::clock::SharedClock;
use server::loops::Periodic;
use server::messages::target::open_account;
use server::store::{NodeRow, Store};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::helpers::TestApp;
use super::helpers::wecom_bot::{BOT, CHAT, SECRET, WecomVendor};

/// The connections of one process; its turns are driven by the test.
struct Bots {
    keeper: BotConnectionManager,
    lines: Lines,
    stop: CancellationToken,
    tracker: TaskTracker,
}

impl Bots {
    /// Those of the test's own process.
    fn of(app: &TestApp) -> Self {
        let lines = app.components.sender.lines().clone();
        Self::with(app, app.components.store.clone(), app.me.clone(), lines)
    }

    /// Those of another process on the same database, in memory of its own.
    async fn elsewhere(app: &TestApp, id: &str) -> Self {
        let url = &app.place.database.url;
        let store = match url.is_empty() {
            // SQLite allows one process only.
            true => app.components.store.clone(),
            false => Store::open(url, &app.place.data())
                .await
                .expect("the database"),
        };
        let row = NodeRow {
            id: id.to_owned(),
            host_key: id.to_owned(),
            hostname: format!("host-of-{id}"),
            ..app.me.clone()
        };
        let now = server::clock::Clock::now(&*app.clock);
        store.insert_node(&row, now).await.expect("the node's row");
        Self::with(app, store, row, Lines::default())
    }

    fn with(app: &TestApp, store: Store, node: NodeRow, lines: Lines) -> Self {
        let service: Arc<dyn ChatHandler> = app.service.clone();
        Self::handled_by(app, (store, node, lines), &service)
    }

    /// Those of a process whose events another handler acts on.
    fn handled_by(
        app: &TestApp,
        (store, node, lines): (Store, NodeRow, Lines),
        handler: &Arc<dyn ChatHandler>,
    ) -> Self {
        let clock: SharedClock = app.clock.clone();
        let sealer = app.components.sealer.clone();
        let handler: Weak<dyn ChatHandler> = Arc::downgrade(handler);
        let tools = Dependencies {
            store,
            clock,
            signals: Arc::clone(&app.components.signals),
            node_id: node.id,
            client: app.components.outbound.clone(),
            lines: lines.clone(),
            opener: Arc::new(move |id, target| open_account(&sealer, id, target)),
            handler,
        };
        let (stop, tracker) = (CancellationToken::new(), TaskTracker::new());
        Self {
            keeper: BotConnectionManager::new(tools, stop.clone(), tracker.clone()),
            lines,
            stop,
            tracker,
        }
    }

    async fn turn(&self) {
        self.keeper.turn().await.expect("a turn");
    }

    /// Lets time pass, longer than a lease lasts: the connection is made again.
    async fn later(&mut self, app: &TestApp, channel: &Channel, time: TimeDelta) {
        self.stop().await;
        app.clock.advance(time);
        *self = Self::of(app);
        self.turn().await;
        app.until("a connection", async || {
            self.lines.is_up(channel.id).then_some(())
        })
        .await;
    }

    /// The process stops.
    async fn stop(&self) {
        self.stop.cancel();
        self.tracker.close();
        self.tracker.wait().await;
    }
}

fn wecom_draft(vendor: &WecomVendor) -> ChannelDraft {
    ChannelDraft {
        name: "bot".to_owned(),
        kind: ChannelKind::WecomBot,
        url: vendor.url(),
        bot: Some(BOT.to_owned()),
        secret: Some(SECRET.to_owned()),
        chat: Some(CHAT.to_owned()),
        lang: Some("en".to_owned()),
        ..ChannelDraft::default()
    }
}

async fn bot(app: &TestApp, vendor: &WecomVendor) -> Channel {
    let made = app
        .service
        .channel_create(&app.console(), &wecom_draft(vendor))
        .await;
    made.expect("a channel")
}

/// Waits until the connection of a bot has a state.
async fn in_state(app: &TestApp, channel: &Channel, state: BotState) -> Channel {
    app.until(&format!("a bot that is {state:?}"), async || {
        let found = app.service.channel_get(&app.console(), channel.id).await;
        let found = found.expect("the channel");
        let now = found.connection.as_ref().map(|connection| connection.state);
        (now == Some(state)).then_some(found)
    })
    .await
}

/// An account for a person of a bot's chats.
async fn person(app: &TestApp, bot: &Channel, name: &str, role: Role) {
    let user = app
        .components
        .store
        .insert_user(&app.act(), name, role, "no password")
        .await;
    user.expect("a user");
    known(app, bot, &format!("id-of-{name}"), name).await;
}

/// A person of a bot's chats acts as an account.
async fn known(app: &TestApp, bot: &Channel, person: &str, user: &str) {
    let draft = ChatPersonDraft {
        channel_id: Some(bot.id.0),
        person: person.to_owned(),
        user: user.to_owned(),
        ..ChatPersonDraft::default()
    };
    let added = app.service.chat_person_add(&app.console(), &draft).await;
    added.expect("a person");
}
