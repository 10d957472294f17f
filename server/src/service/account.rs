//! Changes one's own password.

use app::backend::{Answer, Caller};
use app::error::{AppError, FieldError};
use app::user::PasswordChange;

use super::Service;
use super::sign_in::{hash_failed, password_fault};
use crate::auth::streams::Credential;
use crate::error::OrInternal;
use crate::texts::accounts::{AccountFault, AccountRefusal};
use crate::texts::{Fault, Refusal};

/// The action of a change of one's own password.
const CHANGE: &str = "account.password";

impl Service {
    /// Changes the caller's own password and ends their other sessions; `credential` is that of the
    /// request, `from` the client's address. Their tokens stay.
    ///
    /// # Errors
    /// When the current password is wrong, was wrong too often, or the new one has faults.
    pub async fn change_own_password(
        &self,
        caller: &Caller,
        credential: Option<&Credential>,
        change: &PasswordChange,
        from: &str,
    ) -> Answer<()> {
        let lang = caller.lang;
        let who = caller
            .principal
            .as_ref()
            .ok_or_else(|| AppError::unauthenticated(lang))?;
        let id = who
            .user_id
            .ok_or_else(|| AccountRefusal::Console.answer(lang))?;
        // Limited like a sign-in: an unattended session must not make guessing faster.
        let old = self
            .check_password_of(lang, CHANGE, (&who.name, &change.current), from)
            .await?;
        let old = old
            .filter(|stored| stored.user.id == id)
            .ok_or_else(|| AccountFault::WrongPassword.alone("current", lang))?;
        if let Some(fault) = password_fault(&change.new, &who.name, lang) {
            let fault = FieldError {
                field: "new".to_owned(),
                ..fault
            };
            return Err(AppError::invalid(lang, vec![fault]));
        }
        // It would end the sessions without making anything safer.
        if change.new == change.current {
            return Err(AccountFault::SamePassword.alone("new", lang));
        }
        let hashed = self.passwords.hash(&change.new).await;
        let hash = hashed.map_err(|error| hash_failed(lang, &error))?;
        let kept = match credential {
            Some(Credential::Session(hash)) => hash.as_str(),
            _ => "",
        };
        let act = self.act(who, CHANGE).detail(from);
        let changed = self
            .store
            .change_password(&act, id, &old.password_hash, &hash, kept)
            .await
            .or_internal(lang)?;
        if !changed {
            return Err(AccountFault::WrongPassword.alone("current", lang));
        }
        self.streams.end_user(id, credential);
        Ok(())
    }
}
