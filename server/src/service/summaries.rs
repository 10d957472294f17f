//! Summaries: checking what was typed, and what one would say now. Administrators own them, since they decide what is
//! sent to a channel; everybody who may read tasks may read and preview them.

use app::auth::Action;
use app::backend::{Answer, Caller, Summaries};
use app::error::AppError;
use app::i18n::Lang;
use app::id::{ChannelId, SummaryId};
use app::summary::{Selection, Summary, SummaryDraft, SummaryPreview, SummarySpec};
use app::time::Stamp;
use async_trait::async_trait;

use super::versions::{as_read, as_read_to_delete, named, stored_deletion};
use super::{Service, or_taken, stored_or_taken};
use crate::error::OrInternal;
use crate::facts::Facts;
use crate::messages::summary::{Period, collect, cycle, length};
use crate::messages::vendor;
use crate::store::{StoreError, StoredSummary};
use crate::texts::outdated::ObjectKind;
use crate::texts::summaries::{SummaryFault, SummaryRefusal};
use crate::texts::times::TimeFault;
use crate::texts::{Fault, Missing, Refusal};
use crate::timetable::zone;

impl Service {
    fn show_summary(&self, row: StoredSummary, channel: Option<String>) -> Summary {
        let next = row
            .spec
            .enabled
            .then(|| cycle(&row.spec, &self.patterns)?.next_after(self.clock.now()))
            .flatten();
        let spec = row.spec;
        let (owner, tag) = match spec.selection {
            Selection::All => (None, None),
            Selection::Owner(owner) => (Some(owner), None),
            Selection::Tag(tag) => (None, Some(tag)),
        };
        Summary {
            id: row.id,
            version: row.version,
            name: spec.name,
            owner,
            tag,
            channel_id: spec.channel_id,
            channel,
            time: format!("{:02}:{:02}", spec.hour, spec.minute),
            weekday: spec.weekday,
            zone: spec.zone,
            send_when_empty: spec.send_when_empty,
            enabled: spec.enabled,
            next: next.map(Stamp),
            last_sent_for: row.last_sent_for.map(Stamp),
            created_at: Stamp(row.created_at),
        }
    }

    async fn shown_summary(&self, lang: Lang, id: SummaryId) -> Answer<Summary> {
        let row = self.find_summary(lang, id).await?;
        let names = self.store.channel_names([row.spec.channel_id]).await;
        let name = names.or_internal(lang)?.remove(&row.spec.channel_id);
        Ok(self.show_summary(row, name))
    }

    async fn find_summary(&self, lang: Lang, id: SummaryId) -> Answer<StoredSummary> {
        let row = self.store.summary(id).await.or_internal(lang)?;
        row.ok_or_else(|| Missing::Summary.answer(lang))
    }

    /// Checks a draft whole.
    async fn check_summary(&self, lang: Lang, draft: &SummaryDraft) -> Answer<SummarySpec> {
        let mut faults = Vec::new();
        let mut spec = draft.read(lang, &mut faults);
        if spec.zone.is_empty() {
            spec.zone.clone_from(&self.default_zone);
        }
        if zone(&spec.zone).is_err() {
            faults.push(TimeFault::unknown_zone(&spec.zone).on("zone", lang));
        }
        if draft.channel_id.is_some() {
            let found = self.store.channel(spec.channel_id).await;
            match found.or_internal(lang)? {
                None => faults.push(SummaryFault::NoChannel.on("channel_id", lang)),
                Some(channel) if !channel.serves(None) => {
                    faults.push(SummaryFault::OfTask.on("channel_id", lang));
                }
                Some(_) => {}
            }
        }
        if faults.is_empty() {
            Ok(spec)
        } else {
            Err(AppError::invalid(lang, faults))
        }
    }
}

/// The fields in which a draft says something else than what is stored, by their names in the API.
fn differing(typed: &SummarySpec, stored: &SummarySpec) -> Vec<&'static str> {
    let time = |spec: &SummarySpec| (spec.hour, spec.minute);
    named([
        ("name", typed.name != stored.name),
        ("selection", typed.selection != stored.selection),
        ("channel_id", typed.channel_id != stored.channel_id),
        ("time", time(typed) != time(stored)),
        ("weekday", typed.weekday != stored.weekday),
        // Empty, it is the default.
        ("zone", !typed.zone.is_empty() && typed.zone != stored.zone),
        (
            "send_when_empty",
            typed.send_when_empty != stored.send_when_empty,
        ),
        ("enabled", typed.enabled != stored.enabled),
    ])
}

fn name_taken(lang: Lang, spec: &SummarySpec) -> AppError {
    let name = spec.name.clone();
    SummaryRefusal::NameTaken { name }.answer(lang)
}

#[async_trait]
impl Summaries for Service {
    async fn summary_list(&self, caller: &Caller) -> Answer<Vec<Summary>> {
        self.allow(caller, Action::Read)?;
        let lang = caller.lang;
        let rows = self.store.summaries().await.or_internal(lang)?;
        let channels: Vec<ChannelId> = rows.iter().map(|row| row.spec.channel_id).collect();
        let names = self.store.channel_names(channels).await.or_internal(lang)?;
        let rows = rows.into_iter().map(|row| {
            let name = names.get(&row.spec.channel_id).cloned();
            self.show_summary(row, name)
        });
        Ok(rows.collect())
    }

    async fn summary_get(&self, caller: &Caller, id: SummaryId) -> Answer<Summary> {
        self.allow(caller, Action::Read)?;
        self.shown_summary(caller.lang, id).await
    }

    async fn summary_create(&self, caller: &Caller, draft: &SummaryDraft) -> Answer<Summary> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let spec = self.check_summary(lang, draft).await?;
        let act = self.act(who, "summary.create").detail(spec.name.as_str());
        let inserted = self.store.insert_summary(&act, &spec).await;
        if matches!(inserted, Err(StoreError::Overtaken)) {
            return Err(SummaryFault::NoChannel.alone("channel_id", lang));
        }
        let id = or_taken(inserted, lang, || name_taken(lang, &spec))?;
        let id = id.ok_or_else(|| SummaryRefusal::TooMany.answer(lang))?;
        self.shown_summary(lang, id).await
    }

    async fn summary_update(
        &self,
        caller: &Caller,
        id: SummaryId,
        read: Option<i64>,
        draft: &SummaryDraft,
    ) -> Answer<Summary> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let known = self.find_summary(lang, id).await?;
        as_read(lang, ObjectKind::Summary, read, known.version, || {
            // What is wrong with the draft is reported once it is saved upon this version.
            let typed = draft.read(lang, &mut Vec::new());
            differing(&typed, &known.spec)
        })?;
        let spec = self.check_summary(lang, draft).await?;
        let act = self.act(who, "summary.update").detail(spec.name.as_str());
        let updated = self.store.update_summary(&act, id, read, &spec).await;
        if matches!(updated, Err(StoreError::Overtaken)) {
            return Err(SummaryFault::NoChannel.alone("channel_id", lang));
        }
        let taken = || name_taken(lang, &spec);
        if !stored_or_taken(updated, lang, ObjectKind::Summary, taken)? {
            return Err(Missing::Summary.answer(lang));
        }
        self.shown_summary(lang, id).await
    }

    async fn summary_delete(
        &self,
        caller: &Caller,
        id: SummaryId,
        read: Option<i64>,
    ) -> Answer<()> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let found = self.find_summary(lang, id).await?;
        as_read_to_delete(lang, ObjectKind::Summary, read, found.version)?;
        let act = self.act(who, "summary.delete").detail(found.spec.name);
        let deleted = self.store.delete_summary(&act, id, read).await;
        if !stored_deletion(lang, ObjectKind::Summary, deleted)? {
            return Err(Missing::Summary.answer(lang));
        }
        Ok(())
    }

    async fn summary_preview(&self, caller: &Caller, id: SummaryId) -> Answer<SummaryPreview> {
        self.allow(caller, Action::Read)?;
        let lang = caller.lang;
        let found = self.find_summary(lang, id).await?;
        let channel = found.spec.channel_id;
        let now = self.clock.now();
        let period = Period {
            from: now - length(&found.spec),
            to: now,
        };
        let facts = {
            // It reads up to some hundred thousand rows, so only one at a time.
            let _turn = self.previews.lock().await;
            collect(&self.store, &found.spec, period).await
        };
        let facts = facts.or_internal(lang)?;
        let empty = facts.is_empty();
        let langs = self.store.channel_langs([channel]).await;
        let theirs = langs.or_internal(lang)?.remove(&channel);
        let kinds = self.store.channel_kinds([channel]).await;
        let kind = kinds.or_internal(lang)?.remove(&channel);
        let facts = Facts::Summary(Box::new(facts));
        let text = match kind {
            Some(kind) => {
                let text = self.renderer.for_kind(kind).text(&facts, theirs);
                let theirs = theirs.unwrap_or(self.renderer.lang);
                vendor::shown_text(kind, &text, theirs).into_owned()
            }
            None => self.renderer.text(&facts, theirs),
        };
        Ok(SummaryPreview {
            from: Stamp(period.from),
            to: Stamp(period.to),
            empty,
            text,
        })
    }
}
