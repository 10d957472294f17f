//! Blackouts: checking what was typed, and showing when they hold.

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
use super::checks::{end, instant, unknown_zone};
use crate::error::OrInternal;
use crate::firings::ResolvedBlackout;
use crate::store::{Act, StoredBlackout};
use crate::timetable::zone;

/// Characters a name may have.
const NAME_MAX: usize = 200;

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
        }
    }

    /// Checks a draft whole and stores it; the caller announces it by [`Self::rules_changed`].
    pub(super) async fn save_blackout(
        &self,
        lang: Lang,
        act: Act,
        id: BlackoutId,
        draft: &BlackoutDraft,
    ) -> Answer<Option<Blackout>> {
        let row = self.check_blackout(lang, id, draft)?;
        let act = act.detail(row.name.as_str());
        let saved = self
            .store
            .put_blackout(&act, &row)
            .await
            .or_internal(lang)?;
        Ok(saved.map(|id| self.show_blackout(StoredBlackout { id, ..row })))
    }

    /// Calendars or blackouts have changed: this process sees it now, the loop plans anew.
    pub(super) async fn rules_changed(&self, lang: Lang) -> Answer<()> {
        let now = self.clock.now();
        let loaded = self
            .calendar_cache
            .load(&self.store, &self.patterns, now)
            .await;
        self.signals.tasks.notify_one();
        self.signals.tell(None, None);
        loaded.or_internal(lang)
    }

    fn check_blackout(
        &self,
        lang: Lang,
        id: BlackoutId,
        draft: &BlackoutDraft,
    ) -> Answer<StoredBlackout> {
        let mut faults = Vec::new();
        let mut fault = |field: &str, code: &str, message: String| {
            faults.push(FieldError::new(field, code, message));
        };
        let name = draft.name.trim();
        if name.is_empty() {
            fault(
                "name",
                "required",
                lang.pick("请填写名称", "Enter a name").to_owned(),
            );
        } else if let Some(reason) = name_fault(name) {
            fault("name", reason.code(), reason.text(lang).to_owned());
        } else if name.chars().count() > NAME_MAX {
            let text = lang.pick(
                format!("最多 {NAME_MAX} 个字符，不能有换行"),
                format!("At most {NAME_MAX} characters, on a single line"),
            );
            fault("name", "invalid", text);
        }
        let zone_name = match draft.zone.trim() {
            "" => self.default_zone.as_str(),
            name => name,
        };
        let once = !draft.starts_at.trim().is_empty() || !draft.ends_at.trim().is_empty();
        let again = !draft.cron.trim().is_empty() || !draft.duration.trim().is_empty();
        if once == again {
            let text = lang.pick(
                "请填写起止时间（一次），或 cron 表达式和时长（重复），二者选一",
                "Give either a start and an end (once), or a cron expression and a duration (recurring)",
            );
            fault(
                if once { "cron" } else { "starts_at" },
                "which",
                text.to_owned(),
            );
        }
        let duration = match parse_duration(&draft.duration) {
            Ok(duration) => duration,
            Err(reason) => {
                fault("duration", "invalid", reason.text(lang).to_owned());
                None
            }
        };
        let mut cron = None;
        if again && !once {
            match CronExpr::parse(&draft.cron) {
                Ok(expr) => cron = Some(expr.canonical()),
                Err(reason) => fault("cron", "cron", reason.text(lang)),
            }
            if draft.duration.trim().is_empty() {
                let text = lang.pick("请填写时长，例如 8h", "Enter a duration such as 8h");
                fault("duration", "required", text.to_owned());
            }
        }
        let found = zone(zone_name);
        if found.is_err() {
            faults.push(unknown_zone(lang, zone_name));
        }
        let found = found.unwrap_or(jiff::tz::TimeZone::UTC);
        let starts_at = instant("starts_at", &draft.starts_at, &found, lang, &mut faults);
        let ends_at = end("ends_at", &draft.ends_at, &found, lang, &mut faults);
        self.check_storable("starts_at", starts_at, lang, &mut faults);
        self.check_storable("ends_at", ends_at, lang, &mut faults);
        if once && !again {
            for (field, text) in [("starts_at", &draft.starts_at), ("ends_at", &draft.ends_at)] {
                if text.trim().is_empty() {
                    let text = lang.pick("请填写时间", "Enter a time");
                    faults.push(FieldError::new(field, "required", text));
                }
            }
            if let (Some(start), Some(end)) = (starts_at, ends_at)
                && end <= start
            {
                let text = lang.pick("结束时间要晚于开始时间", "The end must be after the start");
                faults.push(FieldError::new("ends_at", "before_start", text));
            }
        }
        let tags = entries(&draft.tags);
        if draft.tags.len() > LIST_MAX
            || tags.len() > LIST_MAX
            || tags.iter().any(|tag| tag.chars().count() > LIST_ITEM_MAX)
        {
            let text = lang.pick(
                "最多 50 个标签，每个最多 64 个字符",
                "At most 50 tags of at most 64 characters",
            );
            faults.push(FieldError::new("tags", "too_long", text));
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
        })
    }
}
