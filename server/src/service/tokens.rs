//! API tokens: creating, listing and revoking them. Requests with them are in `sign_in::token`.

use std::collections::BTreeSet;

use app::auth::{Action, Principal, Scope, Scopes, TaskLimits, TokenRights, Via};
use app::backend::{Answer, Caller, Listed};
use app::duration::parse_duration;
use app::error::{AppError, FieldError};
use app::i18n::Lang;
use app::id::{TokenId, UserId};
use app::name::name_fault;
use app::time::Stamp;
use app::user::{
    ApiToken, NewToken, TOKEN_DAYS, TOKEN_DAYS_MAX, TOKEN_LIMITS_MAX, TOKEN_NAME_MAX, TOKEN_NEVER,
    TOKEN_NOTICE_DAYS, TokenDraft, User,
};
use chrono::{DateTime, TimeDelta, Utc};

use super::Service;
use super::execution::NamedTask;
use crate::auth::streams::Credential;
use crate::auth::token::{API_PREFIX, hash, new_secret};
use crate::error::OrInternal;
use crate::facts::{Facts, SystemEvent};
use crate::store::{Announcement, NewTokenRow, Notice, StoreError, TokenPut};
use crate::texts::executions::ExecutionFault;
use crate::texts::tokens::{TokenFault, TokenRefusal};
use crate::texts::{Fault, Missing, Refusal};

/// In the place of an account, for callers without one: they have no tokens and no sessions.
const NO_ACCOUNT: UserId = UserId(0);
/// Characters of a token that are kept to recognise it.
const PREFIX_CHARS: usize = 12;
/// After its end a token must not be announced again, should the clock be set back.
const ANNOUNCED_AFTER: TimeDelta = TimeDelta::days(1);

/// Characters of a tag.
const TAG_MAX: usize = 200;

/// A draft that was checked.
struct Checked {
    name: String,
    scopes: Scopes,
    limits: Option<TaskLimits>,
    expires_at: Option<DateTime<Utc>>,
}

/// How long a token is valid; `None` for one without an end.
fn lifetime(text: &str) -> Result<Option<TimeDelta>, TokenFault> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Some(TimeDelta::days(TOKEN_DAYS)));
    }
    if text == TOKEN_NEVER {
        return Ok(None);
    }
    // Durations of tasks end at 30 days.
    let days = text.strip_suffix('d');
    let days = days.and_then(|days| days.trim().parse::<i64>().ok());
    let life = match days {
        Some(days) if (1..=TOKEN_DAYS_MAX).contains(&days) => TimeDelta::days(days),
        Some(_) => return Err(TokenFault::Expires),
        None => match parse_duration(text) {
            Ok(Some(seconds)) => TimeDelta::seconds(seconds),
            Ok(None) | Err(_) => return Err(TokenFault::Expires),
        },
    };
    Ok(Some(life))
}

/// Name, scopes and lifetime of a draft, with their faults.
fn checked(
    draft: &TokenDraft,
    now: DateTime<Utc>,
    lang: Lang,
    faults: &mut Vec<FieldError>,
) -> Checked {
    let name = draft.name.trim();
    if name.is_empty() {
        faults.push(TokenFault::NoName.on("name", lang));
    } else if name.chars().count() > TOKEN_NAME_MAX || name_fault(name).is_some() {
        faults.push(TokenFault::Name.on("name", lang));
    }
    let named: Result<Scopes, ()> = draft
        .scopes
        .iter()
        .map(|name| name.trim().parse::<Scope>())
        .collect();
    let scopes = match named {
        Ok(scopes) if scopes.is_empty() => [Scope::Read].into_iter().collect(),
        Ok(scopes) => scopes,
        Err(()) => {
            faults.push(TokenFault::Scope.on("scopes", lang));
            Scopes::default()
        }
    };
    let life = lifetime(&draft.expires).unwrap_or_else(|fault| {
        faults.push(fault.on("expires", lang));
        None
    });
    Checked {
        name: name.to_owned(),
        scopes,
        limits: None,
        expires_at: life.map(|life| now + life),
    }
}

/// What was typed, without what is empty or repeated.
fn typed(names: &[String]) -> Vec<&str> {
    let names = names.iter().map(|name| name.trim());
    let names: BTreeSet<&str> = names.filter(|name| !name.is_empty()).collect();
    names.into_iter().collect()
}

impl Service {
    /// Whose tokens and sessions the caller manages: `None` for an administrator, who manages all.
    pub(super) fn managed(&self, caller: &Caller) -> Answer<(Principal, Option<UserId>)> {
        let who = self.allow(caller, Action::Read)?;
        let own = match who.can(Action::Administer) {
            true => None,
            false => Some(who.user_id.unwrap_or(NO_ACCOUNT)),
        };
        Ok((who.clone(), own))
    }

    /// The account whose tokens or sessions are listed; `None` for all of them.
    pub(super) fn listed(&self, caller: &Caller, listed: Listed) -> Answer<Option<UserId>> {
        let (who, managed) = self.managed(caller)?;
        Ok(match listed {
            Listed::Managed => managed,
            Listed::Own => Some(who.user_id.unwrap_or(NO_ACCOUNT)),
        })
    }

    /// Creates a token; `credential` is that of the request. People create tokens for their own account, with a browser
    /// session; the console of the server's host names the account.
    ///
    /// # Errors
    /// When the caller authenticated with a token, names another person's account, or their session has ended, or when the
    /// draft has faults.
    pub async fn create_token(
        &self,
        caller: &Caller,
        credential: Option<&Credential>,
        draft: &TokenDraft,
    ) -> Answer<NewToken> {
        let who = self.allow(caller, Action::Read)?;
        let lang = caller.lang;
        // With a leaked token no other one can be created that outlives it.
        if who.via == Via::Token {
            return Err(AppError::not_by_token(lang));
        }
        let owner = self.token_owner(lang, who, draft.user.trim()).await?;
        let now = self.clock.now();
        let mut faults = Vec::new();
        let mut checked = checked(draft, now, lang, &mut faults);
        checked.limits = self.token_limits(lang, draft, &mut faults).await?;
        let is_possible = |scope: &Scope| TokenRights::LIMITED.contains(scope);
        if checked.limits.is_some() && !checked.scopes.list().iter().all(is_possible) {
            faults.push(TokenFault::LimitedScope.on("scopes", lang));
        }
        if !faults.is_empty() {
            return Err(AppError::invalid(lang, faults));
        }
        let session = match credential {
            Some(Credential::Session(hash)) => Some(hash.as_str()),
            _ => None,
        };
        let token = format!("{API_PREFIX}{}", new_secret());
        let prefix: String = token.chars().take(PREFIX_CHARS).collect();
        let token_hash = hash(&token);
        let row = NewTokenRow {
            name: &checked.name,
            prefix: &prefix,
            hash: &token_hash,
            scopes: checked.scopes,
            limits: checked.limits.as_ref(),
            expires_at: checked.expires_at,
        };
        let detail = format!(
            "{}: {}, {}",
            owner.name,
            checked.name,
            checked.scopes.stored()
        );
        let act = self.act(who, "token.create").detail(detail);
        let put = self.store.insert_token(&act, session, owner.id, &row).await;
        match put.or_internal(lang)? {
            TokenPut::Done(id) => Ok(NewToken {
                id,
                token,
                expires_at: checked.expires_at.map(Stamp),
            }),
            TokenPut::TooMany => Err(TokenRefusal::TooMany.answer(lang)),
            // The password was replaced, or the account deleted, since the request was let in.
            TokenPut::Gone => Err(AppError::unauthenticated(lang)),
        }
    }

    /// The tasks that a new token is limited to.
    async fn token_limits(
        &self,
        lang: Lang,
        draft: &TokenDraft,
        faults: &mut Vec<FieldError>,
    ) -> Answer<Option<TaskLimits>> {
        let (tags, names) = (typed(&draft.tags), typed(&draft.tasks));
        for (field, count) in [("tags", tags.len()), ("tasks", names.len())] {
            if count > TOKEN_LIMITS_MAX {
                faults.push(TokenFault::TooMany.on(field, lang));
                return Ok(None);
            }
        }
        if tags.iter().any(|tag| tag.chars().count() > TAG_MAX) {
            faults.push(TokenFault::Tag.on("tags", lang));
        }
        let mut tasks = BTreeSet::new();
        for name in names {
            match self.task_called(lang, name).await? {
                NamedTask::One(task) => {
                    tasks.insert(task);
                }
                NamedTask::Either { by_id, by_name } => {
                    let fault = ExecutionFault::two_tasks(name, by_id, by_name);
                    faults.push(fault.on("tasks", lang));
                }
                NamedTask::None => {
                    let name = name.to_owned();
                    faults.push(TokenFault::UnknownTask { name }.on("tasks", lang));
                }
            }
        }
        let limits = TaskLimits {
            tags: tags.into_iter().map(str::to_owned).collect(),
            tasks: tasks.into_iter().collect(),
        };
        Ok((!limits.is_empty()).then_some(limits))
    }

    /// The account that a new token belongs to.
    async fn token_owner(&self, lang: Lang, who: &Principal, name: &str) -> Answer<User> {
        let name = match (name, who.user_id) {
            ("", Some(_)) => who.name.as_str(),
            ("", None) => return Err(TokenFault::NoOwner.alone("user", lang)),
            (name, _) => name,
        };
        let found = self.store.user_by_name(name).await.or_internal(lang)?;
        let found = found.map(|stored| stored.user);
        let is_other = found
            .as_ref()
            .is_some_and(|user| who.user_id.is_some_and(|own| own != user.id));
        if is_other && who.can(Action::Administer) {
            return Err(TokenRefusal::OfAnother.answer(lang));
        }
        if is_other {
            self.note_forbidden(who, &format!("a token for {name}"))
                .await;
        }
        found
            .filter(|_| !is_other)
            .ok_or_else(|| Missing::User.answer(lang))
    }

    pub(super) async fn tokens_listed(
        &self,
        caller: &Caller,
        listed: Listed,
    ) -> Answer<Vec<ApiToken>> {
        let of = self.listed(caller, listed)?;
        self.store.tokens(of).await.or_internal(caller.lang)
    }

    pub(super) async fn revoke_token(&self, caller: &Caller, id: TokenId) -> Answer<()> {
        let (who, managed) = self.managed(caller)?;
        let act = self.act(&who, "token.revoke");
        let revoked = self.store.delete_token(&act, id, managed).await;
        if !revoked.or_internal(caller.lang)? {
            if managed.is_some() {
                // It may be another person's, which the answer does not say.
                let what = format!("token {id} of another account");
                self.note_forbidden(&who, &what).await;
            }
            return Err(Missing::Token.answer(caller.lang));
        }
        self.streams.end_credential(&Credential::Token(id));
        Ok(())
    }

    /// The tokens that expire soon: those of this account, or all.
    pub(super) async fn expiring_tokens(
        &self,
        of: Option<UserId>,
    ) -> Result<Vec<ApiToken>, StoreError> {
        let now = self.clock.now();
        let until = now + TimeDelta::days(TOKEN_NOTICE_DAYS);
        self.store.tokens_expiring(of, now, until).await
    }

    /// What is to be announced about tokens that expire soon.
    pub(super) async fn token_announcements(&self) -> Result<Vec<Announcement>, StoreError> {
        let now = self.clock.now();
        let tokens = self.expiring_tokens(None).await?;
        let announce = |token: ApiToken| {
            let expires = token.expires_at?.0;
            let event = SystemEvent::TokenExpires {
                token: token.label().to_owned(),
                owner: token.user.clone(),
                expires,
            };
            Some(Announcement {
                notice: Notice::of_system(Facts::System { at: now, event }),
                subject: format!("token:{}", token.id),
                until: expires + ANNOUNCED_AFTER,
            })
        };
        Ok(tokens.into_iter().filter_map(announce).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_valid_for_ninety_days_unless_its_draft_says_otherwise() {
        let days = |days| Ok(Some(TimeDelta::days(days)));
        for (text, expected) in [
            ("", days(90)),
            ("  ", days(90)),
            ("1d", days(1)),
            ("365 d", days(365)),
            ("1830d", days(1_830)),
            ("12h", Ok(Some(TimeDelta::hours(12)))),
            ("never", Ok(None)),
            ("0d", Err(TokenFault::Expires)),
            ("1831d", Err(TokenFault::Expires)),
            ("-1d", Err(TokenFault::Expires)),
            ("99999999999999999999d", Err(TokenFault::Expires)),
            ("soon", Err(TokenFault::Expires)),
        ] {
            assert_eq!(lifetime(text), expected, "{text:?}");
        }
    }
}
