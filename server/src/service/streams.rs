//! Answers without an end: who may open one, and that it ends with the right to it.

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

/// Live logs at once: each reads its log again whenever it moves.
const LOGS_MAX: usize = 200;
/// How often it is looked whether sessions and tokens are still good that another server on the
/// same database may have ended.
const LOOK_SHARED: Duration = Duration::from_millis(500);
/// The same where there is no other server: only time can have ended them.
const LOOK_ALONE: Duration = Duration::from_secs(30);

impl Service {
    /// A place for a stream of this caller.
    ///
    /// # Errors
    /// When the caller, or all together, have too many.
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
                }
                .answer(lang)
            })
    }

    /// Ends the streams whose session or token is not good any more.
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

/// The loop that ends streams whose session or token is gone.
pub struct StreamWatch {
    /// Weak: the service must not live on for it.
    pub service: Weak<Service>,
    /// The database behind it.
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

    /// While the database is away, what is open stays until it can be asked.
    async fn turn(&self) -> Result<(), TurnError> {
        match self.service.upgrade() {
            Some(service) => Ok(service.end_dead_streams().await?),
            None => Ok(()),
        }
    }
}
