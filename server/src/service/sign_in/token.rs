//! API tokens of requests.

use app::auth::{Principal, Via};
use app::backend::Answer;
use app::i18n::Lang;
use app::id::TokenId;
use chrono::TimeDelta;

use super::super::Service;
use super::{TOUCH_EVERY, network_of, too_many, untouched};
use crate::audit::Attempt;
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

/// The action of a token that is used from a new address, and of one that is wrong.
const USE: &str = "token.use";
/// Addresses of a token that are known; the first use from an earlier one is recorded once more.
const PLACES: u64 = 200;

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
        if let Some((who, id)) = &found {
            self.attempts.succeeded(&key);
            self.note_token_place(who, *id, from).await;
            return Ok(found);
        }
        let wrong = self.attempts.failed(&place, now);
        // The first one, and then each time the count has doubled, so that clients cannot flood the log.
        if wrong.is_power_of_two() {
            tracing::warn!(from, wrong, "an API token was wrong");
        }
        let attempt = Attempt {
            action: USE,
            who: String::new(),
            via: Via::Token.as_str(),
            client: Some(from.to_owned()),
        };
        self.note_refused(attempt, "").await;
        Ok(None)
    }

    /// Records the first use of a token from an address. It is informative: the request goes on where that fails.
    async fn note_token_place(&self, who: &Principal, id: TokenId, from: &str) {
        let network = network_of(from);
        let place = format!("token {id} at {network}");
        if self.attempts.is_known(&place) {
            return;
        }
        let noted = async {
            let known = self.store.token_places(id, USE, PLACES).await?;
            if !known.iter().any(|place| network_of(place) == network) {
                let who = who.clone().asking_from(from);
                let act = self.act(&who, USE).detail("a new address");
                self.store.record_act(&act, Some(id.0)).await?;
            }
            Ok::<(), StoreError>(())
        };
        match noted.await {
            Ok(()) => self.attempts.remember(&place),
            Err(error) => tracing::error!(
                error = &error as &dyn std::error::Error,
                token.id = id.0,
                from,
                "the use of a token from a new address could not be written to the audit log"
            ),
        }
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
