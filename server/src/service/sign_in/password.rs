//! Passwords: hashing, and checking with limits on wrong attempts.

use app::backend::Answer;
use app::error::{AppError, FieldError};
use app::i18n::Lang;
use app::user::{UserDraft, check_password};
use chrono::TimeDelta;

use super::super::Service;
use super::{network_of, too_many};
use crate::auth::limit::Rule;
use crate::auth::password::{ClientClass, HashError};
use crate::auth::strength;
use crate::auth::token::hash;
use crate::error::{OrInternal, internal};
use crate::store::StoredUser;
use crate::texts::accounts::SignInRefusal;
use crate::texts::{Fault, Refusal};

/// The limit of wrong passwords for one name from one address.
const BY_NAME: Rule = Rule {
    free: 5,
    longest: TimeDelta::minutes(15),
};
/// The limit of wrong passwords from one address for all names. Many users may share an address, so the
/// waits are short.
const BY_ADDRESS: Rule = Rule {
    free: 50,
    longest: TimeDelta::minutes(1),
};
/// An account that signed in from an address within this time is known there, also after a restart.
const KNOWN_SINCE: TimeDelta = TimeDelta::days(30);
/// The latest sign-ins of an account that are read for that.
const SIGN_INS: u64 = 200;
/// Lookups for that per minute, for one name from one address: the answer will be the same.
const LOOKS_BY_NAME: u32 = 1;
/// The same for all names from one address. Each costs one or two reads, like a request with an invalid
/// session; further names from that address cause no reads.
const LOOKS_BY_ADDRESS: u32 = 100;
/// `Retry-After` when the queue of sign-ins is full, in seconds.
const BUSY_SECONDS: u32 = 10;

impl Service {
    /// The account with this name, if it may sign in and the password is right. `client` is the client's
    /// address, by which wrong passwords are counted. What is refused is recorded as `action`.
    ///
    /// # Errors
    /// After too many wrong ones, or when too many are being checked.
    pub(in crate::service) async fn check_password_of(
        &self,
        lang: Lang,
        action: &'static str,
        (name, password): (&str, &str),
        client: &str,
    ) -> Answer<Option<StoredUser>> {
        let now = self.clock.now();
        let name = name.trim();
        let from = network_of(client);
        // By name and address together, so that a user cannot be locked out from elsewhere; by address
        // alone with a higher limit, because many users may share a proxy. An account that has signed in
        // from there before is not delayed by the guesses of others there.
        let pair = format!("{from} {}", hash(&name.to_lowercase()));
        let by_name = self.attempts.wait(&pair, BY_NAME, now);
        let by_address = if self.attempts.is_known(&pair) {
            None
        } else {
            self.attempts.wait(&from, BY_ADDRESS, now)
        };
        if let Some(wait) = by_name.max(by_address) {
            // An attempt that is refused for its name is not looked up.
            if by_name.is_some() || !self.was_here(lang, name, &from, &pair).await? {
                // Whose name it is would have to be looked up.
                self.note_wrong_password(action, None, client).await;
                return Err(too_many(wait).answer(lang));
            }
        }
        // Counted before it is known to be wrong, so that concurrent attempts count, too.
        self.attempts.failed(&pair, now);
        self.attempts.failed(&from, now);
        let known = name.chars().count() <= 64 && password.len() <= app::user::PASSWORD_MAX_BYTES;
        let stored = if known {
            self.store.user_by_name(name).await.or_internal(lang)?
        } else {
            None
        };
        let stored = stored.filter(|stored| !stored.user.disabled);
        let is_known = self.attempts.is_known(&pair)
            || (self.passwords.is_busy() && self.was_here(lang, name, &from, &pair).await?);
        let lane = if is_known {
            ClientClass::Known
        } else {
            ClientClass::Unknown
        };
        let hash = stored.as_ref().map(|stored| stored.password_hash.as_str());
        let verified = self.passwords.verify(password, hash, &from, lane).await;
        if matches!(verified, Err(HashError::Busy)) {
            // No password was checked.
            self.attempts.was_none(&pair, now);
            self.attempts.was_none(&from, now);
        }
        let right = verified.map_err(|error| hash_failed(lang, &error))?;
        if !right {
            let account = stored.map(|stored| stored.user.name);
            self.note_wrong_password(action, account.as_deref(), client)
                .await;
            return Ok(None);
        }
        self.attempts.succeeded(&pair);
        // Only this attempt: earlier wrong ones from there still count.
        self.attempts.was_none(&from, now);
        Ok(stored)
    }

    /// Whether an account of this name signed in from this address before this process started, by the
    /// audit log; the answer is cached. Asked only where the attempt would be refused otherwise, and with
    /// a limit per minute, which bounds the load that unauthenticated clients cause.
    async fn was_here(&self, lang: Lang, name: &str, from: &str, pair: &str) -> Answer<bool> {
        let now = self.clock.now();
        if name.chars().count() > 64
            || !self.attempts.may_look(pair, LOOKS_BY_NAME, now)
            || !self.attempts.may_look(from, LOOKS_BY_ADDRESS, now)
        {
            return Ok(false);
        }
        let stored = self.store.user_by_name(name).await.or_internal(lang)?;
        let Some(stored) = stored.filter(|stored| !stored.user.disabled) else {
            return Ok(false);
        };
        let places = self
            .store
            .sign_ins_since(stored.user.id, now - KNOWN_SINCE, SIGN_INS)
            .await
            .or_internal(lang)?;
        let known = places.iter().any(|place| network_of(place) == from);
        if known {
            self.attempts.remember(pair);
        }
        Ok(known)
    }

    /// The hash of a new password.
    pub(in crate::service) async fn new_hash(&self, lang: Lang, password: &str) -> Answer<String> {
        let hashed = self.passwords.hash(password).await;
        hashed.map_err(|error| hash_failed(lang, &error))
    }
}

/// The faults of a new account, those of a password that is easy to guess included.
pub(in crate::service) fn faults_of(draft: &UserDraft, lang: Lang) -> Vec<FieldError> {
    let mut faults = draft.check(lang);
    if !faults.iter().any(|fault| fault.field == "password") {
        faults.extend(password_fault(&draft.password, &draft.name, lang));
    }
    faults
}

/// The fault of a new password for an account of this name: its length, or that it is easy to
/// guess.
pub(in crate::service) fn password_fault(
    password: &str,
    user_name: &str,
    lang: Lang,
) -> Option<FieldError> {
    let easy = || {
        let weakness = strength::weakness(password, user_name)?;
        Some(weakness.on("password", lang))
    };
    check_password(password, lang).or_else(easy)
}

/// The error of a failed hash. A full queue is not an internal error: the client has to wait.
pub(in crate::service) fn hash_failed(lang: Lang, error: &HashError) -> AppError {
    match error {
        HashError::Busy => SignInRefusal::Wait {
            seconds: BUSY_SECONDS,
        }
        .answer(lang),
        HashError::Failed(_) => internal(lang, error),
    }
}
