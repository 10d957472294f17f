//! The messages of tasks, and the loops that send them.

use std::sync::Arc;

use app::backend::Channels;
use app::channel::MessageRow;
use app::id::TaskId;
use server::auth::token::random_id;
use server::clock::{Clock, SharedClock};
use server::messages::Outbox;
use server::service::MessageBriefs;
use server::store::{NodeRow, Store};

use super::TestApp;

/// So long a message waits for its brief.
const BRIEF_WITHIN: std::time::Duration = std::time::Duration::from_secs(30);

impl TestApp {
    /// Messages of a task, oldest first.
    pub(crate) async fn messages(&self, task: TaskId) -> Vec<MessageRow> {
        let listed = self
            .service
            .message_list(&self.console(), task, None, 200)
            .await;
        let mut messages = listed.expect("messages");
        messages.reverse();
        messages
    }

    /// Starts the outbox's own loop.
    pub(crate) fn notify(&self) {
        self.run_outbox(self.outbox());
    }

    /// The same, with messages that wait so long for their briefs.
    pub(crate) fn notify_with_briefs_within(&self, within: std::time::Duration) {
        let briefs = MessageBriefs::new(Arc::downgrade(&self.service)).within(within);
        self.run_outbox(Outbox {
            briefs: Arc::new(briefs),
            ..self.outbox()
        });
    }

    /// The same, with messages that wait for no comparison of outputs.
    pub(crate) fn notify_without_comparing(&self) {
        let briefs = MessageBriefs::new(Arc::downgrade(&self.service)).within(BRIEF_WITHIN);
        self.run_outbox(Outbox {
            briefs: Arc::new(briefs.comparing_within(std::time::Duration::ZERO)),
            ..self.outbox()
        });
    }

    /// Starts the loop of another server on the same database, which has its own connections.
    pub(crate) async fn notify_elsewhere(&self) {
        let url = &self.place.database.url;
        assert!(!url.is_empty(), "SQLite allows one process only");
        let store = Store::open(url, &self.place.data()).await;
        let row = NodeRow {
            id: random_id(16),
            host_key: random_id(16),
            ..self.me.clone()
        };
        let store = store.expect("the database");
        store
            .insert_node(&row, self.clock.now())
            .await
            .expect("the node's row");
        self.run_outbox(Outbox {
            store,
            node_id: row.id,
            ..self.outbox()
        });
    }

    fn run_outbox(&self, outbox: Outbox) {
        let turns = self.components.loops.register(server::messages::LOOP);
        let looping = tokio::spawn(async move {
            let never = tokio_util::sync::CancellationToken::new();
            outbox
                .run(&never, &turns, &tokio::sync::Mutex::default())
                .await;
        });
        self.notifying.lock().expect("handles").push(looping);
    }

    fn outbox(&self) -> Outbox {
        let clock: SharedClock = self.clock.clone();
        Outbox {
            store: self.components.store.clone(),
            clock,
            node_id: self.me.id.clone(),
            signals: Arc::clone(&self.components.signals),
            sealer: self.components.sealer.clone(),
            sender: self.components.sender.clone(),
            renderer: self.components.renderer.clone(),
            // The machine may be busy with something else.
            briefs: Arc::new(
                MessageBriefs::new(Arc::downgrade(&self.service)).within(BRIEF_WITHIN),
            ),
            pace: Arc::default(),
            metrics: Arc::clone(&self.components.metrics),
            link_acts: self.service.link_acts(),
        }
    }
}
