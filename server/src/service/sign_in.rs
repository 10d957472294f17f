//! Getting in: passwords, sessions, tokens, and the one-time set-up.

use app::auth::{Principal, Role, Via};
use app::backend::Answer;
use app::error::{AppError, ErrorKind};
use app::i18n::Lang;
use app::user::UserDraft;
use chrono::TimeDelta;

use super::Service;
use crate::auth::password::HashError;
use crate::auth::token::{API_PREFIX, hash, new_secret};
use crate::error::OrInternal;
use crate::store::StoreError;

/// A session ends so long after it began.
const SESSION_LIFE: TimeDelta = TimeDelta::days(30);
/// A session ends when nobody used it for so long.
const SESSION_IDLE: TimeDelta = TimeDelta::days(7);
/// "Last used" is written at most this often.
const TOUCH_EVERY: TimeDelta = TimeDelta::minutes(1);
/// Wrong passwords for one name from one address that cost nothing.
const FREE_BY_NAME: u32 = 5;
/// Wrong passwords from one address, whatever the name, that cost nothing.
const FREE_BY_ADDRESS: u32 = 50;
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
        let now = self.clock.now();
        let name = name.trim();
        let from = network_of(from);
        // By name and address together, so that nobody can lock a person out from elsewhere; by
        // address alone with more patience, since many people may sit behind one proxy.
        let pair = format!("{from} {}", hash(&name.to_lowercase()));
        let waits = [
            self.attempts.wait(&pair, FREE_BY_NAME, now),
            self.attempts.wait(&from, FREE_BY_ADDRESS, now),
        ];
        if let Some(wait) = waits.into_iter().flatten().max() {
            let seconds = wait.num_seconds() + 1;
            return Err(too_many(
                lang,
                &lang.pick(
                    format!("请在 {seconds} 秒后再试"),
                    format!("try again in {seconds} s"),
                ),
            ));
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
        let verified = self
            .passwords
            .verify(
                password,
                stored.as_ref().map(|stored| stored.password_hash.as_str()),
            )
            .await;
        let right = match verified {
            Err(HashError::Busy) => {
                return Err(too_many(
                    lang,
                    lang.pick("请稍后再试", "try again in a moment"),
                ));
            }
            other => other.or_internal(lang)?,
        };
        let Some(stored) = stored.filter(|_| right) else {
            tracing::warn!(from, "a sign-in failed");
            return Err(AppError::new(
                ErrorKind::Unauthenticated,
                "sign_in.wrong",
                lang.pick("用户名或密码不对", "The user name or the password is wrong"),
            ));
        };
        self.attempts.succeeded(&pair);
        self.attempts.succeeded(&from);
        let secret = new_secret();
        self.store
            .insert_session(&hash(&secret), stored.user.id, now, now + SESSION_LIFE)
            .await
            .or_internal(lang)?;
        let who = Principal {
            user_id: Some(stored.user.id),
            name: stored.user.name,
            role: stored.user.role,
            via: Via::Session,
        };
        self.audit(&who, "sign_in", who.user_id.map(|id| id.0), &from)
            .await;
        Ok(secret)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_out(&self, lang: Lang, secret: &str) -> Answer<()> {
        self.store
            .delete_session(&hash(secret))
            .await
            .or_internal(lang)
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
        if !secret.starts_with(API_PREFIX) {
            return Ok(None);
        }
        let now = self.clock.now();
        let Some(found) = self.store.token_user(&hash(secret), now).await? else {
            return Ok(None);
        };
        if let Some(id) = found.token_id
            && found
                .last_seen_at
                .is_none_or(|seen| now - seen > TOUCH_EVERY)
        {
            untouched(self.store.touch_token(id, now).await);
        }
        Ok(Some(Principal {
            user_id: Some(found.user.id),
            name: found.user.name,
            role: found.user.role,
            via: Via::Token,
        }))
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
    /// When name or password have faults, or the link is not good (any more).
    pub async fn set_up(&self, lang: Lang, secret: &str, name: &str, password: &str) -> Answer<()> {
        let draft = UserDraft {
            name: name.to_owned(),
            password: password.to_owned(),
            role: Role::Admin.as_str().to_owned(),
        };
        let faults = draft.check(lang);
        if !faults.is_empty() {
            return Err(AppError::invalid(lang, faults));
        }
        let password_hash = self.passwords.hash(password).await.or_internal(lang)?;
        let made = self
            .store
            .insert_first_admin(
                &hash(secret.trim()),
                name.trim(),
                &password_hash,
                self.clock.now(),
            )
            .await
            .or_internal(lang)?;
        let Some(id) = made else {
            return Err(AppError::new(
                ErrorKind::Forbidden,
                "setup.link",
                lang.pick(
                    "设置链接无效或已过期",
                    "The set-up link is not good any more",
                ),
            )
            .with_hint(lang.pick(
                "重启服务器会打印新的链接",
                "Restart the server to get a new one",
            )));
        };
        let who = Principal {
            user_id: Some(id),
            name: name.trim().to_owned(),
            role: Role::Admin,
            via: Via::Console,
        };
        self.audit(&who, "setup", Some(id.0), "").await;
        Ok(())
    }
}

/// "Last used" is a note, not a condition: who may read may read also while nothing can be written.
fn untouched(noted: Result<(), StoreError>) {
    if let Err(error) = noted {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "the last use cannot be noted"
        );
    }
}

fn too_many(lang: Lang, when: &str) -> AppError {
    AppError::new(
        ErrorKind::TooMany,
        "sign_in.wait",
        lang.pick(
            format!("尝试次数太多，{when}"),
            format!("Too many attempts; {when}"),
        ),
    )
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
