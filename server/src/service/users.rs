//! Accounts.

use app::auth::{Action, Principal, Role, Via};
use app::backend::{Answer, Caller, Users};
use app::error::AppError;
use app::i18n::Lang;
use app::id::UserId;
use app::user::{User, UserDraft};
use async_trait::async_trait;

use super::sign_in::{faults_of, password_fault};
use super::versions::{as_read, as_read_to_delete, named, nothing, stored, stored_deletion};
use super::{Service, or_taken};
use crate::auth::alike::looks;
use crate::error::OrInternal;
use crate::texts::accounts::{AccountFault, AccountRefusal};
use crate::texts::outdated::ObjectKind;
use crate::texts::{Fault, Missing, Refusal};

impl Service {
    async fn find_user(&self, caller: &Caller, id: UserId) -> Answer<User> {
        let users = self.store.users().await.or_internal(caller.lang)?;
        users
            .into_iter()
            .find(|user| user.id == id)
            .ok_or_else(|| Missing::User.answer(caller.lang))
    }

    /// Refuses a name that looks like another account's, which users could mistake for it. The database
    /// refuses an identical name.
    async fn check_unlike(&self, lang: Lang, name: &str) -> Answer<()> {
        let look = looks(name);
        let users = self.store.users().await.or_internal(lang)?;
        let other = users
            .iter()
            .find(|user| user.name != name && looks(&user.name) == look);
        let Some(other) = other else {
            return Ok(());
        };
        let alike = AccountRefusal::NameAlike {
            name: name.to_owned(),
            other: other.name.clone(),
        };
        Err(alike.answer(lang))
    }

    /// The caller as an administrator of accounts. A token is not enough: with a leaked one an account
    /// could be created that outlives it.
    fn account_admin<'a>(&self, caller: &'a Caller) -> Answer<&'a Principal> {
        let who = self.allow(caller, Action::Administer)?;
        if who.via == Via::Token {
            Err(AppError::not_by_token(caller.lang))
        } else {
            Ok(who)
        }
    }
}

#[async_trait]
impl Users for Service {
    async fn user_list(&self, caller: &Caller) -> Answer<Vec<User>> {
        self.allow(caller, Action::Administer)?;
        self.store.users().await.or_internal(caller.lang)
    }

    async fn user_create(&self, caller: &Caller, draft: &UserDraft) -> Answer<User> {
        let who = self.account_admin(caller)?;
        let lang = caller.lang;
        let faults = faults_of(draft, lang);
        let Ok(role) = draft.role.parse::<Role>() else {
            return Err(AppError::invalid(lang, faults));
        };
        if !faults.is_empty() {
            return Err(AppError::invalid(lang, faults));
        }
        let name = draft.name.trim();
        self.check_unlike(lang, name).await?;
        let password_hash = self.new_hash(lang, &draft.password).await?;
        let act = self.act(who, "user.create").detail(name);
        let inserted = self
            .store
            .insert_user(&act, name, role, &password_hash)
            .await;
        let id = or_taken(inserted, lang, || {
            let name = name.to_owned();
            AccountRefusal::NameTaken { name }.answer(lang)
        })?;
        self.find_user(caller, id).await
    }

    async fn user_set_disabled(
        &self,
        caller: &Caller,
        id: UserId,
        read: Option<i64>,
        disabled: bool,
    ) -> Answer<User> {
        let who = self.account_admin(caller)?;
        let lang = caller.lang;
        let user = self.find_user(caller, id).await?;
        as_read(lang, ObjectKind::User, read, user.version, || {
            named([("disabled", user.disabled != disabled)])
        })?;
        let action = if disabled {
            "user.disable"
        } else {
            "user.enable"
        };
        let act = self.act(who, action);
        let changed = self.store.set_user_disabled(&act, id, read, disabled).await;
        if !stored(lang, ObjectKind::User, changed)? {
            return Err(AccountRefusal::LastAdmin.answer(lang));
        }
        if disabled {
            self.streams.end_user(id, None);
        }
        self.find_user(caller, id).await
    }

    async fn user_set_role(
        &self,
        caller: &Caller,
        id: UserId,
        read: Option<i64>,
        role: &str,
    ) -> Answer<User> {
        let who = self.account_admin(caller)?;
        let lang = caller.lang;
        let user = self.find_user(caller, id).await?;
        as_read(lang, ObjectKind::User, read, user.version, || {
            named([("role", user.role.as_str() != role)])
        })?;
        let Ok(role) = role.parse::<Role>() else {
            return Err(AccountFault::UnknownRole.alone("role", lang));
        };
        let detail = format!("{} → {}", user.role.as_str(), role.as_str());
        let act = self.act(who, "user.role").detail(detail);
        let changed = self.store.set_user_role(&act, id, read, role).await;
        if !stored(lang, ObjectKind::User, changed)? {
            return Err(AccountRefusal::LastAdmin.answer(lang));
        }
        self.find_user(caller, id).await
    }

    async fn user_delete(&self, caller: &Caller, id: UserId, read: Option<i64>) -> Answer<()> {
        let who = self.account_admin(caller)?;
        let lang = caller.lang;
        let user = self.find_user(caller, id).await?;
        as_read_to_delete(lang, ObjectKind::User, read, user.version)?;
        let act = self.act(who, "user.delete").detail(user.name);
        let deleted = self.store.delete_user(&act, id, read).await;
        if !stored_deletion(lang, ObjectKind::User, deleted)? {
            return Err(AccountRefusal::LastAdmin.answer(lang));
        }
        self.streams.end_user(id, None);
        Ok(())
    }

    async fn user_set_password(
        &self,
        caller: &Caller,
        id: UserId,
        read: Option<i64>,
        password: &str,
    ) -> Answer<()> {
        let who = self.account_admin(caller)?;
        let lang = caller.lang;
        let user = self.find_user(caller, id).await?;
        as_read(lang, ObjectKind::User, read, user.version, nothing)?;
        if let Some(fault) = password_fault(password, &user.name, lang) {
            return Err(AppError::invalid(lang, vec![fault]));
        }
        let password_hash = self.new_hash(lang, password).await?;
        let act = self.act(who, "user.password");
        let changed = self
            .store
            .set_password(&act, id, read, &password_hash)
            .await;
        if !stored(lang, ObjectKind::User, changed)? {
            return Err(Missing::User.answer(lang));
        }
        self.streams.end_user(id, None);
        Ok(())
    }
}
