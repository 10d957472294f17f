//! Blackouts: checks the input, and computes when they are in force.

use app::backend::Answer;
use app::calendar::{Blackout, BlackoutDraft};
use app::cron::CronExpr;
use app::duration::parse_duration;
use app::error::{AppError, FieldError};
use app::i18n::Lang;
use app::id::BlackoutId;
use app::name::name_fault;
use app::task::{LIST_ITEM_MAX, LIST_MAX, entries};
use app::time::Stamp;

use super::Service;
use super::checks::{end, instant};
use super::versions::{as_read, named, stored};
use crate::error::OrInternal;
use crate::firings::ResolvedBlackout;
use crate::store::{Act, NOT_STORED, StoreError, StoredBlackout};
use crate::texts::blackouts::{BlackoutFault, NAME_MAX};
use crate::texts::outdated::ObjectKind;
use crate::texts::times::TimeFault;
use crate::texts::{Fault, Missing};
use crate::timetable::zone;

impl Service {
    pub(super) fn show_blackout(&self, row: StoredBlackout) -> Blackout {
        let now = self.clock.now();
        let quiet = ResolvedBlackout::new(&row, &self.patterns);
        let next = quiet.as_ref().and_then(|quiet| quiet.current_or_next(now));
        Blackout {
            id: row.id,
            name: row.name,
            tags: row.tags,
            zone: row.zone,
            starts_at: row.starts_at.map(Stamp),
            ends_at: row.ends_at.map(Stamp),
            cron: row.cron,
            duration_seconds: row.duration_seconds,
            policy: row.policy,
            next: next.map(|(start, end)| (Stamp(start), Stamp(end))),
            active: next.is_some_and(|(start, _)| start <= now),
            version: row.version,
        }
    }

    /// Checks the whole draft and stores it, as a new blackout where `id` is 0; with the version that was read, only if
    /// it still has that.
    pub(super) async fn save_blackout(
        &self,
        lang: Lang,
        act: Act,
        (id, read): (BlackoutId, Option<i64>),
        draft: &BlackoutDraft,
    ) -> Answer<Blackout> {
        let checked = self.check_blackout(lang, id, draft);
        if read.is_some() {
            let known = self.find_blackout(lang, id).await?;
            as_read(lang, ObjectKind::Blackout, read, known.version, || {
                checked.as_ref().map_or_else(
                    |_| Vec::new(),
                    |row| {
                        named([
                            ("name", row.name != known.name),
                            ("tags", row.tags != known.tags),
                            ("zone", row.zone != known.zone),
                            ("starts_at", row.starts_at != known.starts_at),
                            ("ends_at", row.ends_at != known.ends_at),
                            ("cron", row.cron != known.cron),
                            ("duration", row.duration_seconds != known.duration_seconds),
                            ("policy", row.policy != known.policy),
                        ])
                    },
                )
            })?;
        }
        let row = checked?;
        let act = act.detail(row.name.as_str());
        let saved = self.store.put_blackout(&act, read, &row).await;
        let saved = stored(lang, ObjectKind::Blackout, saved)?;
        let id = saved.ok_or_else(|| Missing::Blackout.answer(lang))?;
        self.rules_changed(lang).await?;
        let saved = self.find_blackout(lang, id).await?;
        Ok(self.show_blackout(saved))
    }

    async fn find_blackout(&self, lang: Lang, id: BlackoutId) -> Answer<StoredBlackout> {
        let all = self.store.blackouts().await.or_internal(lang)?;
        let found = all.into_iter().find(|row| row.id == id);
        found.ok_or_else(|| Missing::Blackout.answer(lang))
    }

    /// Applies a change of calendars or blackouts: reloads them here, and makes the scheduler plan again.
    pub(super) async fn rules_changed(&self, lang: Lang) -> Answer<()> {
        self.reload_rules().await.or_internal(lang)
    }

    /// The same for a loop.
    pub(super) async fn reload_rules(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let loaded = self
            .calendar_cache
            .load(&self.store, &self.patterns, now)
            .await;
        self.signals.tasks.notify_one();
        self.signals.publish(None, None);
        loaded
    }

    fn check_blackout(
        &self,
        lang: Lang,
        id: BlackoutId,
        draft: &BlackoutDraft,
    ) -> Answer<StoredBlackout> {
        let mut faults = Vec::new();
        let name = draft.name.trim();
        if name.is_empty() {
            faults.push(BlackoutFault::NoName.on("name", lang));
        } else if let Some(reason) = name_fault(name) {
            faults.push(FieldError::new("name", reason.code(), reason.text(lang)));
        } else if name.chars().count() > NAME_MAX {
            faults.push(BlackoutFault::Name.on("name", lang));
        }
        let zone_name = match draft.zone.trim() {
            "" => self.default_zone.as_str(),
            name => name,
        };
        let once = !draft.starts_at.trim().is_empty() || !draft.ends_at.trim().is_empty();
        let again = !draft.cron.trim().is_empty() || !draft.duration.trim().is_empty();
        if once == again {
            let field = if once { "cron" } else { "starts_at" };
            faults.push(BlackoutFault::OnceOrAgain.on(field, lang));
        }
        let duration = match parse_duration(&draft.duration) {
            Ok(duration) => duration,
            Err(reason) => {
                faults.push(FieldError::new("duration", "invalid", reason.text(lang)));
                None
            }
        };
        let mut cron = None;
        if again && !once {
            match CronExpr::parse(&draft.cron) {
                Ok(expr) => cron = Some(expr.canonical()),
                Err(reason) => faults.push(FieldError::new("cron", "cron", reason.text(lang))),
            }
            if draft.duration.trim().is_empty() {
                faults.push(BlackoutFault::NoDuration.on("duration", lang));
            }
        }
        let found = zone(zone_name);
        if found.is_err() {
            faults.push(TimeFault::unknown_zone(zone_name).on("zone", lang));
        }
        let found = found.unwrap_or(jiff::tz::TimeZone::UTC);
        let starts_at = instant("starts_at", &draft.starts_at, &found, lang, &mut faults);
        let ends_at = end("ends_at", &draft.ends_at, &found, lang, &mut faults);
        for (field, at) in [("starts_at", starts_at), ("ends_at", ends_at)] {
            faults.extend(self.check_storable(at).map(|fault| fault.on(field, lang)));
        }
        if once && !again {
            for (field, text) in [("starts_at", &draft.starts_at), ("ends_at", &draft.ends_at)] {
                if text.trim().is_empty() {
                    faults.push(TimeFault::Missing.on(field, lang));
                }
            }
            if let (Some(start), Some(end)) = (starts_at, ends_at)
                && end <= start
            {
                faults.push(BlackoutFault::EndsBeforeStart.on("ends_at", lang));
            }
        }
        let tags = entries(&draft.tags);
        if draft.tags.len() > LIST_MAX
            || tags.len() > LIST_MAX
            || tags.iter().any(|tag| tag.chars().count() > LIST_ITEM_MAX)
        {
            faults.push(BlackoutFault::Tags.on("tags", lang));
        } else if let Some(reason) = tags.iter().find_map(|tag| name_fault(tag)) {
            faults.push(FieldError::new("tags", reason.code(), reason.text(lang)));
        }
        if !faults.is_empty() {
            return Err(AppError::invalid(lang, faults));
        }
        Ok(StoredBlackout {
            id,
            name: name.to_owned(),
            tags,
            zone: zone_name.to_owned(),
            starts_at,
            ends_at,
            cron,
            duration_seconds: duration.filter(|_| again),
            policy: draft.policy,
            version: NOT_STORED,
        })
    }
}
