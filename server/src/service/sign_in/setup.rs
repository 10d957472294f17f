//! The one-time set-up: the first administrator, by the link that the server prints.

use app::auth::{Principal, Proof, Role, Via};
use app::backend::Answer;
use app::error::AppError;
use app::i18n::Lang;
use app::user::UserDraft;
use chrono::TimeDelta;

use super::super::Service;
use super::faults_of;
use crate::auth::token::{hash, new_secret};
use crate::error::OrInternal;
use crate::store::StoreError;
use crate::texts::Refusal;
use crate::texts::accounts::SignInRefusal;

/// How long a set-up link is valid.
pub const SETUP_LIFE: TimeDelta = TimeDelta::minutes(15);

impl Service {
    /// Creates the secret of a new set-up link while no account exists; `None` once one does.
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

    /// Creates the first administrator with the secret of the set-up link.
    ///
    /// # Errors
    /// When name or password have faults, or the link is invalid or expired. The link is checked first:
    /// without a valid one, a request reveals nothing and costs nothing.
    pub async fn set_up(
        &self,
        lang: Lang,
        secret: &str,
        name: &str,
        password: &str,
        from: &str,
    ) -> Answer<()> {
        let key = hash(secret.trim());
        let good = self.store.is_setup_link(&key, self.clock.now()).await;
        if !good.or_internal(lang)? {
            return Err(SignInRefusal::SetupLink.answer(lang));
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
            from: Some(from.to_owned()),
            press: None,
            proof: Proof::Other,
        };
        let made = self
            .store
            .insert_first_admin(&self.act(&who, "setup"), &key, &who.name, &password_hash)
            .await
            .or_internal(lang)?;
        match made {
            Some(_) => Ok(()),
            None => Err(SignInRefusal::SetupLink.answer(lang)),
        }
    }
}
