//! The rules on a task that need zone data or the database, on top of `TaskDraft::check`.

use app::backend::Answer;
use app::cron::CronExpr;
use app::error::{AppError, FieldError};
use app::i18n::Lang;
use app::id::ChannelId;
use app::task::{TaskDraft, parse_duration};
use chrono::{DateTime, Utc};
use jiff::tz::TimeZone;

use super::Service;
use crate::error::OrInternal;
use crate::store::NewTask;
use crate::timetable::{parse_instant, zone};

impl Service {
    /// Checks a draft whole, so that every fault is told at once.
    pub(super) async fn check_task(&self, lang: Lang, draft: &TaskDraft) -> Answer<NewTask> {
        let mut faults = draft.check(lang);
        let zone_name = if draft.zone.trim().is_empty() {
            self.default_zone.as_str()
        } else {
            draft.zone.trim()
        };
        let found = zone(zone_name);
        if found.is_err() {
            faults.push(unknown_zone(lang, zone_name));
        }
        let zone = found.unwrap_or(TimeZone::UTC);
        let starts_at = instant("starts_at", &draft.starts_at, &zone, lang, &mut faults);
        let ends_at = instant("ends_at", &draft.ends_at, &zone, lang, &mut faults);
        if let (Some(start), Some(end)) = (starts_at, ends_at)
            && end < start
        {
            faults.push(FieldError::new(
                "ends_at",
                "before_start",
                lang.pick("截止时间早于启动时间", "The end lies before the start"),
            ));
        }
        let channel_id = draft.channel_id.map(ChannelId);
        if let Some(id) = channel_id
            && self.store.channel(id).await.or_internal(lang)?.is_none()
        {
            faults.push(FieldError::new(
                "channel_id",
                "unknown",
                lang.pick("没有这个通知渠道", "There is no such channel"),
            ));
        }
        if !faults.is_empty() {
            return Err(AppError::invalid(lang, faults));
        }
        Ok(NewTask {
            name: draft.name.trim().to_owned(),
            nickname: draft.nickname.trim().to_owned(),
            owners: trimmed(&draft.owners),
            tags: trimmed(&draft.tags),
            mode: draft.mode,
            command: draft.command.replace("\r\n", "\n"),
            zone: zone_name.to_owned(),
            cron: canonical(&draft.cron),
            urge_cron: Some(canonical(&draft.urge_cron)).filter(|cron| !cron.is_empty()),
            urging: draft.urging,
            channel_id,
            starts_at,
            ends_at,
            // Checked above.
            timeout_seconds: parse_duration(&draft.timeout).unwrap_or(None),
        })
    }
}

/// The fault of a zone that the zone data does not know.
pub(super) fn unknown_zone(lang: Lang, name: &str) -> FieldError {
    FieldError::new(
        "zone",
        "unknown",
        lang.pick(
            format!("没有“{name}”这个时区；请写 IANA 名称，例如 Asia/Shanghai"),
            format!("There is no time zone \"{name}\"; write an IANA name such as Asia/Shanghai"),
        ),
    )
}

fn instant(
    field: &str,
    text: &str,
    zone: &TimeZone,
    lang: Lang,
    faults: &mut Vec<FieldError>,
) -> Option<DateTime<Utc>> {
    if text.trim().is_empty() {
        return None;
    }
    // MySQL keeps years up to 9999; a date far out is a typing error anyway.
    let found =
        parse_instant(text, zone).filter(|at| (2000..3000).contains(&chrono::Datelike::year(at)));
    if found.is_none() {
        faults.push(FieldError::new(
            field,
            "invalid",
            lang.pick(
                "请写成 2026-12-31 18:00 或 RFC 3339 时间",
                "Write a time such as 2026-12-31 18:00, or RFC 3339",
            ),
        ));
    }
    found
}

fn canonical(text: &str) -> String {
    CronExpr::parse(text)
        .map(|expr| expr.canonical())
        .unwrap_or_default()
}

fn trimmed(items: &[String]) -> Vec<String> {
    items
        .iter()
        .map(|item| item.trim().to_owned())
        .filter(|item| !item.is_empty())
        .collect()
}
