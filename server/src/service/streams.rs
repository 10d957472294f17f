//! Streams (events, live logs): who may open one, and that it ends with its session or token.

use std::sync::{Arc, Weak};
use std::time::Duration;

use app::backend::{Answer, Caller};
use app::error::AppError;
use async_trait::async_trait;

use super::Service;
use super::sign_in::SESSION_IDLE;
use crate::auth::streams::{Credential, Kind, OpenStream};
use crate::loops::{Backoff, Periodic, Spec, TurnError};
use crate::store::{Engine, StoreError};
use crate::texts::Refusal;
use crate::texts::streams::StreamRefusal;

/// Concurrent live logs: each reads its log again whenever it grows.
const LOGS_MAX: usize = 200;
/// Concurrent exports: each reads page after page.
const EXPORTS_MAX: usize = 8;
/// How often sessions and tokens are checked where another server on the same database may have ended
/// them.
const LOOK_SHARED: Duration = Duration::from_millis(500);
/// The same with a single server: they can only have expired.
const LOOK_ALONE: Duration = Duration::from_secs(30);

impl Service {
    /// Registers a stream of this caller.
    ///
    /// # Errors
    /// When the caller, or all callers together, have too many.
    pub fn open_stream(
        self: &Arc<Self>,
        caller: &Caller,
        credential: Option<Credential>,
        kind: Kind,
    ) -> Answer<OpenStream> {
        let lang = caller.lang;
        let most = match kind {
            Kind::Events => self.streams_max,
            Kind::Log => self.streams_max.min(LOGS_MAX),
            Kind::Export => self.streams_max.min(EXPORTS_MAX),
        };
        let user = caller
            .principal
            .as_ref()
            .ok_or_else(|| AppError::unauthenticated(lang))?
            .user_id;
        self.streams
            .open(kind, user, credential, most)
            .ok_or_else(|| {
                match kind {
                    Kind::Log => StreamRefusal::TooManyLogs,
                    Kind::Events => StreamRefusal::TooManyEvents,
                    Kind::Export => StreamRefusal::TooManyExports,
                }
                .answer(lang)
            })
    }

    /// Ends the streams whose session or token is no longer valid.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_dead_streams(&self) -> Result<(), StoreError> {
        let open = self.streams.credentials();
        if open.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        let (mut sessions, mut tokens) = (Vec::new(), Vec::new());
        for credential in &open {
            match credential {
                Credential::Session(hash) => sessions.push(hash.clone()),
                Credential::Token(id) => tokens.push(*id),
            }
        }
        let sessions = self
            .store
            .good_sessions(sessions, now, now - SESSION_IDLE)
            .await?;
        let tokens = self.store.good_tokens(tokens, now).await?;
        let good: std::collections::HashSet<Credential> = sessions
            .into_iter()
            .map(Credential::Session)
            .chain(tokens.into_iter().map(Credential::Token))
            .collect();
        for credential in open.iter().filter(|one| !good.contains(*one)) {
            self.streams.end_credential(credential);
        }
        Ok(())
    }
}

/// The loop that ends streams whose session or token is no longer valid.
pub struct StreamWatch {
    /// Weak, so that the loop does not keep the service alive.
    pub service: Weak<Service>,
    /// The kind of database.
    pub engine: Engine,
}

#[async_trait]
impl Periodic for StreamWatch {
    fn spec(&self) -> Spec {
        let every = match self.engine {
            Engine::Sqlite => LOOK_ALONE,
            Engine::Mysql => LOOK_SHARED,
        };
        Spec {
            name: "streams",
            every: Some(every),
            woken: false,
            backoff: Backoff::new(every, LOOK_ALONE),
        }
    }

    /// While the database is down, open streams stay open.
    async fn turn(&self) -> Result<(), TurnError> {
        match self.service.upgrade() {
            Some(service) => Ok(service.end_dead_streams().await?),
            None => Ok(()),
        }
    }
}
