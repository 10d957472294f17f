//! How long history is kept: reading and changing the policy.

use app::auth::Action;
use app::backend::{Answer, Caller, RetentionPolicy};
use app::error::AppError;
use app::retention::{RetentionDraft, StoredRetention};
use async_trait::async_trait;

use super::Service;
use super::versions::{as_read, stored};
use crate::error::OrInternal;
use crate::texts::Fault;
use crate::texts::outdated::ObjectKind;
use crate::texts::retention::RetentionFault;

#[async_trait]
impl RetentionPolicy for Service {
    async fn retention(&self, caller: &Caller) -> Answer<StoredRetention> {
        self.allow(caller, Action::Read)?;
        self.store.retention().await.or_internal(caller.lang)
    }

    async fn retention_set(
        &self,
        caller: &Caller,
        read: Option<i64>,
        draft: &RetentionDraft,
    ) -> Answer<StoredRetention> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let known = self.store.retention().await.or_internal(lang)?;
        let typed = RetentionDraft::of(&known.policy);
        as_read(lang, ObjectKind::Retention, read, known.version, || {
            [
                ("run_days", typed.run_days != draft.run_days.trim()),
                ("runs", typed.runs != draft.runs.trim()),
                ("output_mib", typed.output_mib != draft.output_mib.trim()),
                (
                    "message_days",
                    typed.message_days != draft.message_days.trim(),
                ),
                ("audit_days", typed.audit_days != draft.audit_days.trim()),
                ("ticket_days", typed.ticket_days != draft.ticket_days.trim()),
                ("count_days", typed.count_days != draft.count_days.trim()),
            ]
            .into_iter()
            .filter_map(|(field, differs)| differs.then_some(field))
            .collect()
        })?;
        let policy = draft.read().map_err(|faults| {
            let fault = |(field, max)| RetentionFault { max }.on(field, lang);
            AppError::invalid(lang, faults.into_iter().map(fault).collect())
        })?;
        let detail = serde_json::json!(policy).to_string();
        let act = self.act(who, "retention.update").detail(detail);
        let put = self.store.put_retention(&act, read, &policy).await;
        stored(lang, ObjectKind::Retention, put)?;
        self.signals.retention.notify_one();
        self.store.retention().await.or_internal(lang)
    }
}
