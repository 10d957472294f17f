//! The audit log: reading it, checking it, and refused attempts.

mod entry;

use std::sync::Weak;
use std::time::Duration;

use app::audit::{AuditCheck, AuditEntry, AuditFinding, AuditOutcome, AuditQuery, DOORS};
use app::auth::{Action, Principal};
use app::backend::{Answer, Audit, Caller, List};
use app::error::{AppError, ErrorKind, FieldError};
use app::i18n::Lang;
use app::id::AuditId;
use app::texts::audit::{AuditUi, finding};
use app::transition::Word;
use async_trait::async_trait;
use jiff::tz::TimeZone;
use tokio::sync::Notify;

use super::{Service, UnknownWord, run_search};
use crate::audit::{Attempt, AuditChain, ChainError, Checked, Noted};
use crate::error::OrInternal;
use crate::loops::{Backoff, Periodic, Spec, TurnError};
use crate::store::AuditFilter;
use crate::texts::Fault;
use crate::texts::audit::AuditQueryFault;
use crate::texts::messages::MessageFault;
use crate::timetable::{parse_end, parse_instant, zone};
use entry::entry;

/// Rows of a page by default, and the maximum.
const PAGE: u32 = 50;
const PAGE_MAX: u32 = 200;
/// Entries that one request checks.
const CHECKED: u64 = 20_000;
/// Characters of a name, of an action, of an object.
const CHARS_MAX: usize = 64;
/// Digits of a code.
const CODE: usize = 64;
/// How long entries wait to be sealed.
const EVERY: Duration = Duration::from_secs(5);
/// The delay after an error, and the longest one.
const RETRY: Duration = Duration::from_secs(5);
const RETRY_MAX: Duration = Duration::from_secs(300);
/// Transactions of one turn.
const TRANSACTIONS: u32 = 50;

impl Service {
    /// The chain of the audit log.
    fn audit_chain(&self) -> AuditChain {
        AuditChain::new(self.store.clone(), self.sealer.clone())
    }

    /// Records that a request of a known caller was refused.
    pub async fn note_forbidden(&self, who: &Principal, what: &str) {
        let attempt = Attempt {
            action: "access",
            who: who.name.clone(),
            via: who.via.as_str(),
            client: who.from.clone(),
        };
        self.note_refused(attempt, what).await;
    }

    /// Records that a known caller was refused in a chat, where that is the answer.
    pub(super) async fn note_if_forbidden<T>(
        &self,
        caller: &Caller,
        what: &str,
        answer: Answer<T>,
    ) -> Answer<T> {
        if let (Err(error), Some(who)) = (&answer, &caller.principal)
            && error.kind == ErrorKind::Forbidden
        {
            self.note_forbidden(who, what).await;
        }
        answer
    }

    /// Records a refused attempt. It is refused all the same where that fails.
    pub(super) async fn note_refused(&self, attempt: Attempt, detail: &str) {
        let noted = self.refusals.note(attempt, detail, self.clock.now());
        if let Some((attempt, act)) = noted {
            match self.store.record_refused(&act).await {
                Ok(entry) => self.refusals.entered(&attempt, &act, entry),
                Err(error) => tracing::error!(
                    error = &error as &dyn std::error::Error,
                    %act,
                    "a refused attempt could not be written to the audit log"
                ),
            }
        }
    }

    /// Writes how many attempts were refused, into the entries of their minutes; where such an entry cannot be changed
    /// any more, the rest becomes one of its own.
    ///
    /// # Errors
    /// When the database fails; calling again does the rest.
    pub async fn write_refusals(&self) -> Result<(), ChainError> {
        let _writing = self.refusals.writing.lock().await;
        let grown = self.refusals.recounts(self.clock.now());
        if grown.is_empty() {
            return Ok(());
        }
        match self.audit_chain().begin().await {
            // Without the key nothing is sealed; it is recorded all the same.
            Ok(()) | Err(ChainError::Key(_)) => {}
            Err(error) => return Err(error),
        }
        for recount in grown {
            let is_counted = match recount.entry {
                Some(entry) => self.store.recount_refused(entry, recount.times).await?,
                None => false,
            };
            if is_counted {
                self.refusals.written(&recount);
            } else {
                let entry = self.store.record_refused(&recount.rest).await?;
                self.refusals.continued(&recount, entry);
            }
        }
        Ok(())
    }

    /// Checks the ends of the chain and its newest entries, so many.
    ///
    /// # Errors
    /// When the caller lacks the right, or the database fails.
    pub async fn audit_verify_last(&self, caller: &Caller, last: u64) -> Answer<AuditCheck> {
        self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let last = last.min(CHECKED);
        let chain = self.store.audit_chain().await.or_internal(lang)?;
        let newest = chain.map_or(0, |chain| chain.head.seq);
        let after = newest.saturating_sub(i64::try_from(last).unwrap_or(i64::MAX));
        let checked = self.audit_chain().check(Some(after), None, CHECKED).await;
        Ok(check_of(checked.or_internal(lang)?, lang))
    }

    /// All that is asked for is checked, so that all faults are reported at once.
    fn checked_query(&self, query: &AuditQuery, lang: Lang) -> Answer<AuditFilter> {
        let mut faults = Vec::new();
        let mut filter = AuditFilter::default();
        let who = query.who.trim();
        if who.chars().nth(CHARS_MAX).is_some() {
            faults.push(AuditQueryFault::TooLong { max: CHARS_MAX }.on("who", lang));
        } else if !who.is_empty() {
            filter.who = Some(who.to_owned());
        }
        let action = query.action.trim();
        match action.strip_suffix('.') {
            Some(kind) if is_word(kind) => filter.kinds.push(kind.to_owned()),
            None if action.is_empty() => {}
            None if action.split('.').all(is_word) => filter.action = Some(action.to_owned()),
            _ => faults.push(AuditQueryFault::Action.on("action", lang)),
        }
        match object(query.object.trim()) {
            Some((kind, id)) => {
                filter.kinds.extend(kind);
                filter.object = id;
            }
            None => faults.push(AuditQueryFault::Object.on("object", lang)),
        }
        let via = query.via.trim();
        if DOORS.contains(&via) {
            filter.via = Some(via.to_owned());
        } else if !via.is_empty() {
            let known = DOORS.join(", ");
            faults.push(MessageFault::UnknownWord { known }.on("via", lang));
        }
        let outcome = query.outcome.trim();
        if !outcome.is_empty() {
            filter.outcome = AuditOutcome::read(outcome);
            if filter.outcome.is_none() {
                faults.push(UnknownWord::of::<AuditOutcome>("outcome").fault(lang));
            }
        }
        let zone = zone(&self.default_zone).unwrap_or(TimeZone::UTC);
        filter.from = run_search::time("from", &query.from, lang, &mut faults, |text| {
            parse_instant(text, &zone)
        });
        filter.to = run_search::time("to", &query.to, lang, &mut faults, |text| {
            parse_end(text, &zone)
        });
        let after = query.after.trim();
        if !after.is_empty() {
            filter.before = after.parse().ok();
            if filter.before.is_none() {
                faults.push(MessageFault::Cursor.on("after", lang));
            }
        }
        match faults.is_empty() {
            true => Ok(filter),
            false => Err(AppError::invalid(lang, faults)),
        }
    }
}

fn is_word(text: &str) -> bool {
    let is_part = |char: char| char.is_ascii_lowercase() || char == '_';
    (1..=CHARS_MAX).contains(&text.len()) && text.chars().all(is_part)
}

/// The kind and the id of an object: `task:12`, or one of both. `None` for anything else.
fn object(text: &str) -> Option<(Option<String>, Option<i64>)> {
    let id = |text: &str| text.parse::<i64>().ok().filter(|id| *id >= 0);
    match text.split_once(':') {
        Some((kind, text)) if is_word(kind) => Some((Some(kind.to_owned()), Some(id(text)?))),
        Some(_) => None,
        None if text.is_empty() => Some((None, None)),
        None if is_word(text) => Some((Some(text.to_owned()), None)),
        None => Some((None, Some(id(text)?))),
    }
}

/// An entry as [`AuditCheck::head`] names it: `SEQ:MAC`.
fn noted(text: &str, lang: Lang) -> Result<Option<Noted>, FieldError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let read = || {
        let (seq, mac) = text.split_once(':')?;
        let seq = seq.parse().ok().filter(|seq| *seq >= 0)?;
        let is_code = mac.len() == CODE && mac.bytes().all(|byte| byte.is_ascii_hexdigit());
        (is_code || mac.is_empty() && seq == 0).then(|| Noted {
            seq,
            mac: mac.to_ascii_lowercase(),
        })
    };
    read()
        .map(Some)
        .ok_or_else(|| AuditQueryFault::Noted.on("head", lang))
}

fn check_of(checked: Checked, lang: Lang) -> AuditCheck {
    let found = checked.fault.map(|(fault, seq, entry)| AuditFinding {
        fault,
        seq,
        entry: entry.map(AuditId),
        message: finding(fault, seq, lang),
    });
    AuditCheck {
        checked: checked.checked,
        next: checked.next,
        finding: found,
        deleted_until: checked.cut,
        head: format!("{}:{}", checked.head.seq, checked.head.mac),
        unsealed: checked.unsealed,
    }
}

#[async_trait]
impl Audit for Service {
    async fn audit_list(&self, caller: &Caller, query: &AuditQuery) -> Answer<List<AuditEntry>> {
        self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let filter = self.checked_query(query, lang)?;
        let limit = query.limit.unwrap_or(PAGE).clamp(1, PAGE_MAX) as usize;
        let found = self.store.audit_page(&filter, limit).await;
        let found = found.or_internal(lang)?;
        Ok(List {
            items: found.rows.into_iter().map(entry).collect(),
            next: found.next.map(|id| id.to_string()),
        })
    }

    async fn audit_get(&self, caller: &Caller, id: AuditId) -> Answer<AuditEntry> {
        self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let row = self.store.audit_entry(id.0).await.or_internal(lang)?;
        row.map(entry)
            .ok_or_else(|| AppError::not_found(lang, AuditUi::of(lang).this_entry))
    }

    async fn audit_verify(
        &self,
        caller: &Caller,
        after: Option<i64>,
        head: &str,
    ) -> Answer<AuditCheck> {
        self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let noted = noted(head, lang).map_err(|fault| AppError::invalid(lang, vec![fault]))?;
        let chain = self.audit_chain();
        let checked = chain.check(after, noted.as_ref(), CHECKED).await;
        Ok(check_of(checked.or_internal(lang)?, lang))
    }
}

/// The loop that seals entries of the audit log, and writes how many attempts were refused.
#[derive(Debug)]
pub struct AuditSeal {
    /// Weak, so that the loop does not keep the service alive.
    pub service: Weak<Service>,
    /// Signals that a turn did not seal everything.
    pub more: Notify,
}

#[async_trait]
impl Periodic for AuditSeal {
    fn spec(&self) -> Spec {
        Spec {
            name: "audit",
            every: Some(EVERY),
            woken: true,
            backoff: Backoff::new(RETRY, RETRY_MAX),
        }
    }

    async fn turn(&self) -> Result<(), TurnError> {
        let Some(service) = self.service.upgrade() else {
            return Ok(());
        };
        service.write_refusals().await?;
        let now = service.clock.now();
        if !service.audit_chain().seal(TRANSACTIONS, now).await? {
            self.more.notify_one();
        }
        Ok(())
    }

    async fn woken(&self) {
        self.more.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_a_kind_and_an_id_or_one_of_both() {
        let kind = |kind: &str| Some(kind.to_owned());
        assert_eq!(object(""), Some((None, None)));
        assert_eq!(object("12"), Some((None, Some(12))));
        assert_eq!(object("task:12"), Some((kind("task"), Some(12))));
        assert_eq!(object("start_url"), Some((kind("start_url"), None)));
        for other in ["task:", "task:x", ":12", "-1", "Task", "task:-1", "a%"] {
            assert_eq!(object(other), None, "{other}");
        }
    }

    #[test]
    fn a_noted_entry_is_a_place_and_a_code() {
        let code = "0".repeat(64);
        let read = |text: &str| noted(text, Lang::En).map(|noted| noted.map(|noted| noted.seq));
        assert_eq!(read(" "), Ok(None));
        assert_eq!(read(&format!("12:{code}")), Ok(Some(12)));
        assert_eq!(read("0:"), Ok(Some(0)));
        for other in ["12", "12:", "12:abc", "x:y", &format!("-1:{code}")] {
            assert!(read(other).is_err(), "{other}");
        }
    }
}
