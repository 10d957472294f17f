//! Authentication: passwords, sessions, tokens, and the one-time set-up.

mod password;
mod setup;
mod token;

use app::auth::{Principal, Proof, Via};
use app::backend::Answer;
use app::i18n::Lang;
use chrono::TimeDelta;

use super::Service;
use crate::audit::Attempt;
use crate::auth::streams::Credential;
use crate::auth::token::{hash, new_secret};
use crate::error::OrInternal;
use crate::store::{NewSession, Origin, StoreError};
use crate::texts::Refusal;
use crate::texts::accounts::SignInRefusal;

pub(super) use password::{faults_of, hash_failed, password_fault};
pub use setup::SETUP_LIFE;
pub(super) use token::TokenUses;

/// The action of a sign-in.
const SIGN_IN: &str = "sign_in";
/// The maximum lifetime of a session.
const SESSION_LIFE: TimeDelta = TimeDelta::days(30);
/// A session ends after this time without use.
pub(super) const SESSION_IDLE: TimeDelta = TimeDelta::days(7);
/// "Last used" is written at most this often.
const TOUCH_EVERY: TimeDelta = TimeDelta::minutes(1);

impl Service {
    /// Checks name and password; returns the session's secret. `origin` is where the request comes from.
    ///
    /// # Errors
    /// When they are wrong (with the same answer after the same time for an unknown name), or after too
    /// many wrong ones.
    pub async fn sign_in(
        &self,
        lang: Lang,
        name: &str,
        password: &str,
        origin: impl Into<Origin<'_>>,
    ) -> Answer<String> {
        let origin = origin.into();
        let from = origin.address;
        let found = self
            .check_password_of(lang, SIGN_IN, (name, password), from)
            .await?;
        let Some(stored) = found else {
            tracing::warn!(from, "a sign-in failed");
            return Err(SignInRefusal::Wrong.answer(lang));
        };
        let secret = new_secret();
        let id = stored.user.id;
        let who = Principal {
            user_id: Some(id),
            name: stored.user.name,
            role: stored.user.role,
            via: Via::Session,
            from: Some(from.to_owned()),
            press: None,
            proof: Proof::Other,
        };
        let act = self.act(&who, SIGN_IN).detail(from);
        let key = hash(&secret);
        let session = NewSession {
            hash: &key,
            expires_at: act.at() + SESSION_LIFE,
            origin,
        };
        let entered = self
            .store
            .insert_session(&act, &session, (id, &stored.password_hash))
            .await
            .or_internal(lang)?;
        if !entered {
            // It was replaced while it was being verified.
            tracing::warn!(from, "a sign-in failed");
            self.note_wrong_password(SIGN_IN, Some(&who.name), from)
                .await;
            return Err(SignInRefusal::Wrong.answer(lang));
        }
        Ok(secret)
    }

    /// Records that a password was wrong, or that an attempt had to wait. A name that no account has is not recorded: it
    /// may be a password that was typed in the wrong field.
    async fn note_wrong_password(&self, action: &'static str, account: Option<&str>, from: &str) {
        let attempt = Attempt {
            action,
            who: account.unwrap_or_default().to_owned(),
            via: Via::Session.as_str(),
            client: Some(from.to_owned()),
        };
        self.note_refused(attempt, "").await;
    }

    /// Ends a session, and records that `who` signed out. A log that cannot be written does not keep the session open.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_out(&self, lang: Lang, who: Option<&Principal>, secret: &str) -> Answer<()> {
        let key = hash(secret);
        let ended = self.store.delete_session(&key).await.or_internal(lang)?;
        self.streams.end_credential(&Credential::Session(key));
        if let Some(who) = who.filter(|_| ended) {
            let act = self.act(who, "sign_out");
            let object = who.user_id.map(|id| id.0);
            if let Err(error) = self.store.record_act(&act, object).await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    %act,
                    "a sign-out could not be written to the audit log"
                );
            }
        }
        Ok(())
    }

    /// The user of a session, if it is still valid. `from` is the client's address.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(&self, secret: &str, from: &str) -> Result<Option<Principal>, StoreError> {
        let now = self.clock.now();
        let key = hash(secret);
        let Some(found) = self
            .store
            .session_user(&key, now, now - SESSION_IDLE)
            .await?
        else {
            return Ok(None);
        };
        if now - found.last_seen_at > TOUCH_EVERY {
            untouched(self.store.touch_session(&key, from, now).await);
        }
        Ok(Some(Principal {
            user_id: Some(found.user.id),
            name: found.user.name,
            role: found.user.role,
            via: Via::Session,
            from: Some(from.to_owned()),
            press: None,
            proof: Proof::Session(key),
        }))
    }
}

/// Logs that "last used" was not written. It is only informative: reads must work while the database
/// cannot be written.
fn untouched(noted: Result<(), StoreError>) {
    if let Err(error) = noted {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "the time of last use could not be written"
        );
    }
}

/// The refusal that names the time until the next attempt, in whole seconds, rounded up.
fn too_many(wait: TimeDelta) -> SignInRefusal {
    let seconds = u32::try_from(wait.num_seconds() + 1).unwrap_or(u32::MAX);
    SignInRefusal::Wait { seconds }
}

/// The address that attempts are counted by: for IPv6 the /64 network, because a host has 2^64
/// addresses.
pub(super) fn network_of(from: &str) -> String {
    match from.parse::<std::net::Ipv6Addr>() {
        Ok(v6) if v6.to_ipv4_mapped().is_none() => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        _ => from.to_owned(),
    }
}
