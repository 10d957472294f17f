//! API tokens of requests.

use app::auth::{Principal, Via};
use app::backend::Answer;
use app::i18n::Lang;
use app::id::TokenId;
use chrono::TimeDelta;

use super::super::Service;
use super::{TOUCH_EVERY, network_of, too_many, untouched};
use crate::auth::limit::Rule;
use crate::auth::token::{API_PREFIX, hash};
use crate::error::OrInternal;
use crate::store::StoreError;
use crate::texts::Refusal;

/// The limit of wrong API tokens from one address. A program with an outdated token keeps retrying.
const BY_TOKEN: Rule = Rule {
    free: 20,
    longest: TimeDelta::minutes(1),
};

impl Service {
    /// The user of a token, if it is still valid.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn token(&self, secret: &str) -> Result<Option<Principal>, StoreError> {
        Ok(self.token_and_id(secret).await?.map(|(who, _)| who))
    }

    /// As [`Self::token`], with the token's id, and with the limit on wrong tokens from an address.
    ///
    /// # Errors
    /// When the database fails, or the address has to wait.
    pub async fn token_from(
        &self,
        lang: Lang,
        secret: &str,
        from: &str,
    ) -> Answer<Option<(Principal, TokenId)>> {
        let now = self.clock.now();
        let (place, key) = (format!("token {}", network_of(from)), hash(secret));
        // A token that was valid before is checked anyway: it is not a guess.
        if !self.attempts.is_known(&key)
            && let Some(wait) = self.attempts.wait(&place, BY_TOKEN, now)
        {
            return Err(too_many(wait).answer(lang));
        }
        let found = self.token_and_id(secret).await.or_internal(lang)?;
        if found.is_some() {
            self.attempts.succeeded(&key);
            return Ok(found);
        }
        let wrong = self.attempts.failed(&place, now);
        // The first one, and then each time the count has doubled, so that clients cannot flood the log.
        if wrong.is_power_of_two() {
            tracing::warn!(from, wrong, "an API token was wrong");
        }
        Ok(None)
    }

    async fn token_and_id(&self, secret: &str) -> Result<Option<(Principal, TokenId)>, StoreError> {
        if !secret.starts_with(API_PREFIX) {
            return Ok(None);
        }
        let now = self.clock.now();
        let Some(found) = self.store.token_user(&hash(secret), now).await? else {
            return Ok(None);
        };
        let Some(id) = found.token_id else {
            return Ok(None);
        };
        if found
            .last_seen_at
            .is_none_or(|seen| now - seen > TOUCH_EVERY)
        {
            untouched(self.store.touch_token(id, now).await);
        }
        let who = Principal {
            user_id: Some(found.user.id),
            name: found.user.name,
            role: found.user.role,
            via: Via::Token,
            // As with a session.
            from: None,
            press: None,
        };
        Ok(Some((who, id)))
    }
}
