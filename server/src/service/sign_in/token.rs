//! API tokens of requests.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use app::auth::{Principal, Proof, Via};
use app::backend::Answer;
use app::i18n::Lang;
use app::id::TokenId;
use chrono::{DateTime, TimeDelta, Utc};

use super::super::Service;
use super::{TOUCH_EVERY, network_of, too_many, untouched};
use crate::audit::Attempt;
use crate::auth::limit::Rule;
use crate::auth::token::{API_PREFIX, hash};
use crate::error::OrInternal;
use crate::store::{StoreError, TokenUser};
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
    /// The user of a token with the token's id, if it is still valid. `from` is the client's address, by which wrong tokens
    /// are limited.
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
        let found = self.token_and_id(secret, from).await.or_internal(lang)?;
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
                let act = self.act(who, USE).detail("a new address");
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

    async fn token_and_id(
        &self,
        secret: &str,
        from: &str,
    ) -> Result<Option<(Principal, TokenId)>, StoreError> {
        if !secret.starts_with(API_PREFIX) {
            return Ok(None);
        }
        let now = self.clock.now();
        let Some(found) = self.store.token_user(&hash(secret), now).await? else {
            return Ok(None);
        };
        self.note_use(&found, from, now);
        let who = Principal {
            user_id: Some(found.user.id),
            name: found.user.name,
            role: found.user.role,
            via: Via::Token,
            from: Some(from.to_owned()),
            press: None,
            proof: Proof::Token(found.rights),
        };
        Ok(Some((who, found.id)))
    }

    /// Records the use of a token at most once a minute, and not in the way of the request.
    fn note_use(&self, found: &TokenUser, from: &str, now: DateTime<Utc>) {
        let is_due = found
            .last_used_at
            .is_none_or(|used| now - used > TOUCH_EVERY);
        if is_due && self.token_uses.begin(found.id, now) {
            let (store, id, from) = (self.store.clone(), found.id, from.to_owned());
            tokio::spawn(async move {
                let since = now - TOUCH_EVERY;
                untouched(store.touch_token(id, &from, now, since).await);
            });
        }
    }
}

/// When this process last began to record the use of each token: requests that come while it is written must not write
/// it again.
#[derive(Debug, Default)]
pub(in crate::service) struct TokenUses(Mutex<HashMap<TokenId, DateTime<Utc>>>);

/// Tokens that are remembered.
const USES_MAX: usize = 10_000;

impl TokenUses {
    /// Whether the use of a token is to be recorded now.
    fn begin(&self, id: TokenId, now: DateTime<Utc>) -> bool {
        let mut begun = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back must not hold it up.
        let is_recent = |at: &DateTime<Utc>| (now - *at).abs() < TOUCH_EVERY;
        if begun.get(&id).is_some_and(is_recent) {
            return false;
        }
        if begun.len() >= USES_MAX {
            begun.retain(|_, at| is_recent(at));
        }
        begun.insert(id, now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_use_of_a_token_is_recorded_once_a_minute() {
        let uses = TokenUses::default();
        let at = |seconds| DateTime::from_timestamp(seconds, 0).expect("an instant");
        let mut begun = Vec::new();
        for second in 0..=120 {
            if uses.begin(TokenId(1), at(second)) {
                begun.push(second);
            }
        }
        assert_eq!(begun, [0, 60, 120]);
        assert!(uses.begin(TokenId(2), at(61)), "another token");
        assert!(
            uses.begin(TokenId(1), at(-600)),
            "a clock that was set back"
        );
    }
}
