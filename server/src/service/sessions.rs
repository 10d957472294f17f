//! Tokens and sessions of accounts, as the pages and the API list and end them.

use app::auth::{Action, Principal};
use app::backend::{Answer, Caller, Credentials, Listed};
use app::error::AppError;
use app::id::{TokenId, UserId};
use app::user::{ApiToken, Session, User};
use async_trait::async_trait;

use super::Service;
use super::sign_in::SESSION_IDLE;
use crate::auth::agent;
use crate::auth::streams::Credential;
use crate::error::OrInternal;
use crate::store::StoredSession;
use crate::texts::sessions::SessionFault;
use crate::texts::{Fault, Missing};

/// The action of an end.
const END: &str = "session.end";

fn shown(session: StoredSession, current: Option<&str>) -> Session {
    Session {
        id: session.name().to_owned(),
        current: current == Some(session.hash.as_str()),
        user: session.user,
        signed_in_at: session.created_at,
        last_seen_at: session.last_seen_at,
        expires_at: session.expires_at,
        address: session.address,
        client: session.agent.as_deref().map(agent::in_words),
    }
}

impl Service {
    /// The account whose sessions are to be ended, and its name.
    async fn session_owner(&self, caller: &Caller, user: &str) -> Answer<(UserId, String)> {
        let who = self.allow(caller, Action::Read)?;
        let lang = caller.lang;
        let name = match (user.trim(), who.user_id) {
            ("", Some(own)) => return Ok((own, who.name.clone())),
            ("", None) => return Err(SessionFault::NoAccount.alone("user", lang)),
            (name, _) => name,
        };
        let found = self.store.user_by_name(name).await.or_internal(lang)?;
        let found = found.map(|stored| stored.user);
        let is_managed = |user: &User| who.user_id == Some(user.id) || who.can(Action::Administer);
        if found.as_ref().is_some_and(|user| !is_managed(user)) {
            // The answer does not say that there is such an account.
            self.note_forbidden(who, &format!("sessions of {name}"))
                .await;
        }
        found
            .filter(is_managed)
            .map(|user| (user.id, user.name))
            .ok_or_else(|| Missing::User.answer(lang))
    }
}

#[async_trait]
impl Credentials for Service {
    async fn token_list(&self, caller: &Caller, listed: Listed) -> Answer<Vec<ApiToken>> {
        self.tokens_listed(caller, listed).await
    }

    async fn token_revoke(&self, caller: &Caller, id: TokenId) -> Answer<()> {
        self.revoke_token(caller, id).await
    }

    async fn session_list(&self, caller: &Caller, listed: Listed) -> Answer<Vec<Session>> {
        let of = self.listed(caller, listed)?;
        let now = self.clock.now();
        let found = self.store.sessions(of, now, now - SESSION_IDLE).await;
        let current = caller.principal.as_ref().and_then(Principal::session);
        let found = found.or_internal(caller.lang)?;
        Ok(found
            .into_iter()
            .map(|session| shown(session, current))
            .collect())
    }

    async fn session_end(&self, caller: &Caller, id: &str) -> Answer<()> {
        let (who, managed) = self.managed(caller)?;
        let act = self.act(&who, END).detail(id);
        let ended = self.store.end_session(&act, id, managed).await;
        let Some(hash) = ended.or_internal(caller.lang)? else {
            if managed.is_some() {
                // It may be another person's, which the answer does not say.
                self.note_forbidden(&who, "a session of another account")
                    .await;
            }
            return Err(Missing::Session.answer(caller.lang));
        };
        self.streams.end_credential(&Credential::Session(hash));
        Ok(())
    }

    async fn sessions_end(&self, caller: &Caller, user: &str) -> Answer<u64> {
        let (of, name) = self.session_owner(caller, user).await?;
        let who = caller
            .principal
            .as_ref()
            .ok_or_else(|| AppError::unauthenticated(caller.lang))?;
        let act = self.act(who, END).detail(name);
        let kept = who.session();
        let ended = self.store.end_sessions(&act, of, kept).await;
        let ended = ended.or_internal(caller.lang)?;
        self.streams.end_sessions(of, kept);
        Ok(ended)
    }
}
