//! Getting in: passwords, sessions, tokens, and the one-time set-up.

use app::auth::{Principal, Role, Via};
use app::backend::Answer;
use app::error::{AppError, ErrorKind, FieldError};
use app::i18n::Lang;
use app::id::TokenId;
use app::user::UserDraft;
use chrono::TimeDelta;

use super::Service;
use crate::auth::limit::Rule;
use crate::auth::password::{HashError, Lane};
use crate::auth::streams::Credential;
use crate::auth::strength;
use crate::auth::token::{API_PREFIX, hash, new_secret};
use crate::error::{OrInternal, internal};
use crate::store::{StoreError, StoredUser};

/// A session ends so long after it began.
const SESSION_LIFE: TimeDelta = TimeDelta::days(30);
/// A session ends when it has not been used for so long.
pub(super) const SESSION_IDLE: TimeDelta = TimeDelta::days(7);
/// "Last used" is written at most this often.
const TOUCH_EVERY: TimeDelta = TimeDelta::minutes(1);
/// Wrong passwords for one name from one address.
const BY_NAME: Rule = Rule {
    free: 5,
    longest: TimeDelta::minutes(15),
};
/// Wrong passwords from one address, whatever the name. Many people may sit behind one address, so
/// none of them waits for long.
const BY_ADDRESS: Rule = Rule {
    free: 50,
    longest: TimeDelta::minutes(1),
};
/// Wrong API tokens from one address. A program with an outdated token asks again and again.
const BY_TOKEN: Rule = Rule {
    free: 20,
    longest: TimeDelta::minutes(1),
};
/// Who signed in from an address within this time is known there, also after a restart.
const KNOWN_SINCE: TimeDelta = TimeDelta::days(30);
/// Of an account's latest sign-ins so many are looked at for that.
const SIGN_INS: u64 = 200;
/// Look-ups for that a minute, of one name from one address: the answer will be the same.
const LOOKS_BY_NAME: u32 = 1;
/// The same, of all names from one address. Each is a read or two, as of a request with a made-up
/// session; further names from that address cause no reads of the database.
const LOOKS_BY_ADDRESS: u32 = 100;
/// What who finds the queue of sign-ins full is asked to wait, in seconds.
const BUSY_SECONDS: u32 = 10;
/// A set-up link works for so long.
pub const SETUP_LIFE: TimeDelta = TimeDelta::minutes(15);

impl Service {
    /// Checks name and password; gives the session's secret. `from` is the caller's address.
    ///
    /// # Errors
    /// When they are wrong (the same answer, in the same time, for an unknown name), or when
    /// there were too many wrong ones.
    pub async fn sign_in(
        &self,
        lang: Lang,
        name: &str,
        password: &str,
        from: &str,
    ) -> Answer<String> {
        let found = self.check_password_of(lang, name, password, from).await?;
        let Some(stored) = found else {
            tracing::warn!(from, "a sign-in failed");
            return Err(AppError::new(
                ErrorKind::Unauthenticated,
                "sign_in.wrong",
                lang.pick("用户名或密码不对", "The user name or the password is wrong"),
            ));
        };
        let secret = new_secret();
        let id = stored.user.id;
        let who = Principal {
            user_id: Some(id),
            name: stored.user.name,
            role: stored.user.role,
            via: Via::Session,
        };
        let act = self.act(&who, "sign_in").detail(from);
        self.store
            .insert_session(&act, &hash(&secret), id, act.at() + SESSION_LIFE)
            .await
            .or_internal(lang)?;
        Ok(secret)
    }

    /// The account of this name, when it may sign in and this is its password. `from` is where the
    /// caller comes from; wrong passwords are counted by it.
    ///
    /// # Errors
    /// When there were too many wrong ones, or too many are being checked.
    pub(super) async fn check_password_of(
        &self,
        lang: Lang,
        name: &str,
        password: &str,
        from: &str,
    ) -> Answer<Option<StoredUser>> {
        let now = self.clock.now();
        let name = name.trim();
        let from = network_of(from);
        // By name and address together, so that a person cannot be locked out from elsewhere; by
        // address alone with more patience, since many people may share one proxy. An account that
        // has signed in from there before does not wait for what others there guess.
        let pair = format!("{from} {}", hash(&name.to_lowercase()));
        let by_name = self.attempts.wait(&pair, BY_NAME, now);
        let by_address = if self.attempts.is_known(&pair) {
            None
        } else {
            self.attempts.wait(&from, BY_ADDRESS, now)
        };
        if let Some(wait) = by_name.max(by_address) {
            // What would be refused for its name anyway is not looked up.
            if by_name.is_some() || !self.was_here(lang, name, &from, &pair).await? {
                return Err(too_many(lang, wait));
            }
        }
        // Counted before it is known to be wrong: attempts at the same time count, too.
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
            Lane::Known
        } else {
            Lane::Stranger
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
            return Ok(None);
        }
        self.attempts.succeeded(&pair);
        // Only this attempt: what was guessed from there before still counts.
        self.attempts.was_none(&from, now);
        Ok(stored)
    }

    /// Whether an account of this name signed in from this address before this process began, by
    /// the
    /// audit log; what it says is remembered. Asked only where an attempt is refused otherwise, and
    /// so many times a minute: a stranger makes the database do no more than that.
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

    /// Ends a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_out(&self, lang: Lang, secret: &str) -> Answer<()> {
        let key = hash(secret);
        self.store.delete_session(&key).await.or_internal(lang)?;
        self.streams.end_credential(&Credential::Session(key));
        Ok(())
    }

    /// Whose session this is, if it is still good.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(&self, secret: &str) -> Result<Option<Principal>, StoreError> {
        let now = self.clock.now();
        let key = hash(secret);
        let Some(found) = self
            .store
            .session_user(&key, now, now - SESSION_IDLE)
            .await?
        else {
            return Ok(None);
        };
        if found
            .last_seen_at
            .is_none_or(|seen| now - seen > TOUCH_EVERY)
        {
            untouched(self.store.touch_session(&key, now).await);
        }
        Ok(Some(Principal {
            user_id: Some(found.user.id),
            name: found.user.name,
            role: found.user.role,
            via: Via::Session,
        }))
    }

    /// Whose token this is, if it is still good.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn token(&self, secret: &str) -> Result<Option<Principal>, StoreError> {
        Ok(self.token_and_id(secret).await?.map(|(who, _)| who))
    }

    /// As [`Self::token`], with the token's id, for a request from an address that may have sent
    /// wrong ones before.
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
        // One that was right before is looked at anyway: it is not guessed.
        if !self.attempts.is_known(&key)
            && let Some(wait) = self.attempts.wait(&place, BY_TOKEN, now)
        {
            return Err(too_many(lang, wait));
        }
        let found = self.token_and_id(secret).await.or_internal(lang)?;
        if found.is_some() {
            self.attempts.succeeded(&key);
            return Ok(found);
        }
        let wrong = self.attempts.failed(&place, now);
        // The first, and then each time that it has doubled: a log is not for them to fill.
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
        };
        Ok(Some((who, id)))
    }

    /// Makes a new set-up link's secret while there is no account; `None` once there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn offer_setup(&self) -> Result<Option<String>, StoreError> {
        if self.store.has_users().await? {
            return Ok(None);
        }
        let secret = new_secret();
        self.store
            .replace_setup_link(&hash(&secret), self.clock.now() + SETUP_LIFE)
            .await?;
        Ok(Some(secret))
    }

    /// Whether the set-up page is open at all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn setup_open(&self, lang: Lang) -> Answer<bool> {
        Ok(!self.store.has_users().await.or_internal(lang)?)
    }

    /// Makes the first administrator with the secret of the set-up link.
    ///
    /// # Errors
    /// When name or password have faults, or the link is not good (any more). The link is looked
    /// at first: who has none learns nothing else, and costs nothing.
    pub async fn set_up(&self, lang: Lang, secret: &str, name: &str, password: &str) -> Answer<()> {
        let key = hash(secret.trim());
        let good = self.store.is_setup_link(&key, self.clock.now()).await;
        if !good.or_internal(lang)? {
            return Err(no_setup_link(lang));
        }
        let draft = UserDraft {
            name: name.to_owned(),
            password: password.to_owned(),
            role: Role::Admin.as_str().to_owned(),
        };
        let faults = faults_of(&draft, lang);
        if !faults.is_empty() {
            return Err(AppError::invalid(lang, faults));
        }
        let password_hash = self.new_hash(lang, password).await?;
        let who = Principal {
            user_id: None,
            name: name.trim().to_owned(),
            role: Role::Admin,
            via: Via::Console,
        };
        let made = self
            .store
            .insert_first_admin(&self.act(&who, "setup"), &key, &who.name, &password_hash)
            .await
            .or_internal(lang)?;
        match made {
            Some(_) => Ok(()),
            None => Err(no_setup_link(lang)),
        }
    }
}

impl Service {
    /// The hash of a new password.
    pub(super) async fn new_hash(&self, lang: Lang, password: &str) -> Answer<String> {
        let hashed = self.passwords.hash(password).await;
        hashed.map_err(|error| hash_failed(lang, &error))
    }
}

/// The faults of a new account, those of a password that is easy to guess included.
pub(super) fn faults_of(draft: &UserDraft, lang: Lang) -> Vec<FieldError> {
    let mut faults = draft.check(lang);
    if !faults.iter().any(|fault| fault.field == "password") {
        faults.extend(strength::check(&draft.password, &draft.name, lang));
    }
    faults
}

fn no_setup_link(lang: Lang) -> AppError {
    AppError::new(
        ErrorKind::Forbidden,
        "setup.link",
        lang.pick(
            "设置链接无效或已过期",
            "The set-up link is invalid or has expired",
        ),
    )
    .with_hint(lang.pick(
        "重启服务器会打印新的链接",
        "Restart the server to get a new one",
    ))
}

/// A full queue is no fault of ours to be looked into, but a matter of waiting.
pub(super) fn hash_failed(lang: Lang, error: &HashError) -> AppError {
    match error {
        HashError::Busy => too_many(lang, TimeDelta::seconds(i64::from(BUSY_SECONDS) - 1)),
        HashError::Failed(_) => internal(lang, error),
    }
}

/// "Last used" is a note, not a condition: who may read may read also while nothing can be written.
fn untouched(noted: Result<(), StoreError>) {
    if let Err(error) = noted {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "the time of last use could not be written"
        );
    }
}

fn too_many(lang: Lang, wait: TimeDelta) -> AppError {
    let seconds = u32::try_from(wait.num_seconds() + 1).unwrap_or(u32::MAX);
    AppError::new(
        ErrorKind::TooMany,
        "sign_in.wait",
        lang.pick(
            format!("尝试次数太多，请在 {seconds} 秒后再试"),
            format!("Too many attempts; try again in {seconds} s"),
        ),
    )
    .retry_after(seconds)
}

/// The address as it is counted: of IPv6 the network, since a host there has 2^64 addresses.
fn network_of(from: &str) -> String {
    match from.parse::<std::net::Ipv6Addr>() {
        Ok(v6) if v6.to_ipv4_mapped().is_none() => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        _ => from.to_owned(),
    }
}
