//! Calendars of working days, and the door to blackouts.

use std::borrow::Cow;
use std::time::Duration;

use app::auth::{Action, Principal};
use app::backend::{Answer, Calendars, Caller};
use app::calendar::{
    Blackout, BlackoutDraft, Calendar, CalendarDay, CalendarDays, CalendarDraft, CalendarImport,
    CalendarImported,
};
use app::error::{AppError, ErrorKind, FieldError};
use app::i18n::Lang;
use app::id::{BlackoutId, CalendarId};
use app::name::name_fault;
use app::schedule::BUILTIN_CALENDAR;
use app::time::Stamp;
use async_trait::async_trait;
use chrono::Datelike;

use super::{Service, or_taken};
use crate::calendar::{How, MAX_BYTES, WorkCalendar, built_in, charset, decode, read, to_lines};
use crate::error::OrInternal;
use crate::outbound::fetch::{addresses, fetch};
use crate::store::StoredCalendar;
use crate::timetable::zone;

/// How long a page waits for the name of an address to be looked up.
const LOOK_UP: Duration = Duration::from_secs(2);
/// Characters of a name.
const NAME_MAX: usize = 32;

fn noun(lang: Lang) -> &'static str {
    lang.pick("这个日历", "calendar")
}

impl Service {
    async fn show_calendar(
        &self,
        lang: Lang,
        name: &str,
        calendar: &WorkCalendar,
        row: Option<&StoredCalendar>,
    ) -> Answer<Calendar> {
        Ok(Calendar {
            id: CalendarId(row.map_or(0, |row| row.id)),
            name: name.to_owned(),
            builtin: name == BUILTIN_CALENDAR,
            source_url: row.and_then(|row| row.source_url.clone()),
            years: calendar.years().into_iter().map(i32::from).collect(),
            updated_at: row.map(|row| Stamp(row.updated_at)),
            used_by: self.store.calendar_uses(name).await.or_internal(lang)?,
            warning: None,
        })
    }

    pub(super) async fn all_calendars(&self, lang: Lang) -> Answer<Vec<Calendar>> {
        let rows = self.store.calendars().await.or_internal(lang)?;
        let rules = self.calendar_cache.snapshot();
        let mut shown = Vec::new();
        for (name, calendar) in rules.calendars() {
            let row = rows.iter().find(|row| row.name == name);
            shown.push(self.show_calendar(lang, name, calendar, row).await?);
        }
        shown.sort_by_key(|calendar| (!calendar.builtin, calendar.name.clone()));
        Ok(shown)
    }

    /// All calendars as a caller may see them: an address to update from may hold a secret, which
    /// is for those who may change it.
    pub(super) async fn shown_calendars(&self, caller: &Caller) -> Answer<Vec<Calendar>> {
        let mut all = self.all_calendars(caller.lang).await?;
        let may = caller
            .principal
            .as_ref()
            .is_some_and(|who| who.can(Action::Administer));
        if !may {
            for calendar in &mut all {
                calendar.source_url = calendar.source_url.as_deref().map(masked);
            }
        }
        Ok(all)
    }

    async fn one_calendar(&self, lang: Lang, name: &str) -> Answer<Calendar> {
        self.all_calendars(lang)
            .await?
            .into_iter()
            .find(|calendar| calendar.name == name)
            .ok_or_else(|| AppError::not_found(lang, noun(lang)))
    }

    fn check_calendar(&self, lang: Lang, draft: &CalendarDraft) -> Answer<CalendarDraft> {
        let mut faults = Vec::new();
        let name = draft.name.trim();
        let fits = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        let shaped = !name.is_empty()
            && name.chars().count() <= NAME_MAX
            && name.chars().all(fits)
            && name_fault(name).is_none();
        if !shaped {
            let text = lang.pick(
                format!("名称由字母、数字、汉字、- 和 _ 组成，1–{NAME_MAX} 个字符"),
                format!("A name consists of 1–{NAME_MAX} letters, digits, - and _"),
            );
            faults.push(FieldError::new("name", "invalid", text));
        }
        let url = draft.source_url.trim();
        if !url.is_empty()
            && let Some(address) = addresses(url).first()
            && let Err(refusal) = self.guard.parse(address)
        {
            faults.push(FieldError::new(
                "source_url",
                "refused",
                refusal.to_string(),
            ));
        }
        if !faults.is_empty() {
            return Err(AppError::invalid(lang, faults));
        }
        Ok(CalendarDraft {
            name: name.to_owned(),
            source_url: url.to_owned(),
        })
    }

    /// A calendar that was saved, with a warning when nothing would be fetched from its address.
    /// Names change, so it is saved all the same, and each update looks the name up again.
    async fn saved_calendar(&self, lang: Lang, draft: &CalendarDraft) -> Answer<Calendar> {
        let mut saved = self.one_calendar(lang, &draft.name).await?;
        saved.warning = self.source_warning(lang, &draft.source_url).await;
        Ok(saved)
    }

    /// What is to be known of an address that a calendar is updated from: that nothing would be
    /// fetched from it at present, or that what is fetched can be changed on the way.
    async fn source_warning(&self, lang: Lang, url: &str) -> Option<String> {
        let all = addresses(url);
        let address = all.first().filter(|address| !address.is_empty())?;
        let looked_up = tokio::time::timeout(LOOK_UP, self.guard.foresee(address)).await;
        if let Ok(Err(refusal)) = looked_up {
            return Some(lang.pick(
                format!("目前不会从这个地址更新：{refusal}"),
                format!("Nothing is fetched from this address at present: {refusal}"),
            ));
        }
        let is_plain = |address: &Cow<'_, str>| {
            let scheme = address.get(.."http://".len());
            scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://"))
        };
        if !all.iter().any(is_plain) {
            return None;
        }
        let by_proxy = self.guard.proxy_host().map_or_else(String::new, |host| {
            lang.pick(
                format!("，还会经过代理 {host}"),
                format!(", through the proxy {host}"),
            )
        });
        Some(if is_plain(address) {
            lang.pick(
                format!("更新走明文 HTTP{by_proxy}：途中可以篡改工作日，任务会在错误的日子执行；请改用 https:// 地址"),
                format!("Updates are fetched over plain HTTP{by_proxy}: what is on the way can change working days, and tasks run on the wrong ones; use an https:// address"),
            )
        } else {
            lang.pick(
                format!("webcal:// 先试 HTTPS，连不上时改走明文 HTTP{by_proxy}：途中可以篡改工作日；请改用 webcals:// 或 https:// 地址"),
                format!("webcal:// tries HTTPS first and falls back to plain HTTP{by_proxy}: what is on the way can change working days; use a webcals:// or https:// address"),
            )
        })
    }

    /// Reads a text and merges its days into a calendar.
    async fn take_over(
        &self,
        lang: Lang,
        (who, action): (&Principal, &'static str),
        name: &str,
        import: &CalendarImport,
    ) -> Answer<CalendarImported> {
        let fault = |code: &str, message: String| {
            AppError::invalid(lang, vec![FieldError::new("text", code, message)])
        };
        let this_year = i16::try_from(self.clock.now().year()).unwrap_or(i16::MAX);
        let replace_years = import.replace_years;
        let how = How {
            as_work_days: import.as_work_days,
            this_year,
            zone: zone(&self.default_zone).or_internal(lang)?,
        };
        let taken =
            read(&import.text, &how).map_err(|reason| fault("unreadable", reason.text(lang)))?;
        // Merged where it is written: of two people who import at once, neither loses anything.
        let merged = |stored: Option<&str>| {
            let mut calendar = match stored {
                Some(lines) if name != BUILTIN_CALENDAR || !lines.is_empty() => {
                    WorkCalendar::from_lines(name, lines)
                }
                _ if name == BUILTIN_CALENDAR => built_in().clone(),
                _ => return None,
            };
            calendar.merge(&taken, replace_years);
            Some(to_lines(&calendar.days))
        };
        let detail = format!("{name}: {} days", taken.days.len());
        let act = self.act(who, action).detail(detail);
        let changed = self
            .store
            .change_calendar_days(&act, name, merged)
            .await
            .or_internal(lang)?;
        if !changed {
            return Err(AppError::not_found(lang, noun(lang)));
        }
        self.rules_changed(lang).await?;
        Ok(CalendarImported {
            calendar: self.one_calendar(lang, name).await?,
            days: i64::try_from(taken.days.len()).unwrap_or(i64::MAX),
            ignored: taken
                .ignored
                .iter()
                .map(|ignored| ignored.text(lang))
                .collect(),
        })
    }
}

#[async_trait]
impl Calendars for Service {
    async fn calendar_list(&self, caller: &Caller) -> Answer<Vec<Calendar>> {
        self.allow(caller, Action::Read)?;
        self.shown_calendars(caller).await
    }

    async fn calendar_get(
        &self,
        caller: &Caller,
        name: &str,
        year: Option<i32>,
    ) -> Answer<CalendarDays> {
        let who = self.allow(caller, Action::Read)?;
        let mut calendar = self
            .shown_calendars(caller)
            .await?
            .into_iter()
            .find(|calendar| calendar.name == name)
            .ok_or_else(|| AppError::not_found(caller.lang, noun(caller.lang)))?;
        // For those who can change the address, and see it.
        if let Some(url) = &calendar.source_url
            && who.can(Action::Administer)
        {
            calendar.warning = self.source_warning(caller.lang, url).await;
        }
        let rules = self.calendar_cache.snapshot();
        let days = rules.calendar(Some(name)).map_or_else(Vec::new, |known| {
            known
                .days
                .iter()
                .filter(|(date, _)| year.is_none_or(|year| i32::from(date.year()) == year))
                .map(|(date, day)| CalendarDay {
                    date: date.to_string(),
                    work: day.work,
                    name: day.name.clone(),
                })
                .collect()
        });
        Ok(CalendarDays { calendar, days })
    }

    async fn calendar_create(&self, caller: &Caller, draft: &CalendarDraft) -> Answer<Calendar> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let draft = self.check_calendar(lang, draft)?;
        let taken = || {
            let text = lang.pick(
                "已经有这个名称的日历",
                "A calendar with this name already exists",
            );
            AppError {
                fields: vec![FieldError::new("name", "taken", text)],
                ..AppError::new(ErrorKind::Conflict, "calendar.name_taken", text)
            }
        };
        if draft.name == BUILTIN_CALENDAR {
            return Err(taken());
        }
        let act = self.act(who, "calendar.create").detail(draft.name.as_str());
        let inserted = self.store.insert_calendar(&act, &draft).await;
        or_taken(inserted, lang, taken)?;
        self.rules_changed(lang).await?;
        self.saved_calendar(lang, &draft).await
    }

    async fn calendar_update(
        &self,
        caller: &Caller,
        name: &str,
        draft: &CalendarDraft,
    ) -> Answer<Calendar> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        self.one_calendar(lang, name).await?;
        let mut draft = self.check_calendar(lang, draft)?;
        if name == BUILTIN_CALENDAR {
            // Schedules find it by its name.
            draft.name = BUILTIN_CALENDAR.to_owned();
        }
        let act = self.act(who, "calendar.update").detail(draft.name.as_str());
        let updated = self.store.update_calendar(&act, name, &draft).await;
        let taken = || {
            let text = lang.pick(
                "已经有这个名称的日历",
                "A calendar with this name already exists",
            );
            AppError::new(ErrorKind::Conflict, "calendar.name_taken", text)
        };
        if !or_taken(updated, lang, taken)? {
            // The built-in one has no row until it is changed for the first time.
            self.store
                .insert_calendar(&act, &draft)
                .await
                .or_internal(lang)?;
        }
        self.rules_changed(lang).await?;
        self.saved_calendar(lang, &draft).await
    }

    async fn calendar_import(
        &self,
        caller: &Caller,
        name: &str,
        import: &CalendarImport,
    ) -> Answer<CalendarImported> {
        let who = self.allow(caller, Action::Administer)?;
        self.take_over(caller.lang, (who, "calendar.import"), name, import)
            .await
    }

    async fn calendar_refresh(&self, caller: &Caller, name: &str) -> Answer<CalendarImported> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let calendar = self.one_calendar(lang, name).await?;
        let Some(url) = calendar.source_url else {
            let text = lang.pick(
                "这个日历没有更新地址",
                "This calendar has no URL to update from",
            );
            return Err(AppError::invalid(
                lang,
                vec![FieldError::new("source_url", "required", text)],
            ));
        };
        let failed = |zh: String, en: String| {
            AppError::new(ErrorKind::Unavailable, "calendar.fetch", lang.pick(zh, en)).with_hint(
                lang.pick(
                    "检查地址，或把内容粘贴到导入框",
                    "Check the URL, or paste the text into the import box",
                ),
            )
        };
        let fetched = fetch(&self.outbound, &url, MAX_BYTES)
            .await
            .map_err(|reason| {
                failed(
                    format!("无法获取日历：{reason}"),
                    format!("The calendar could not be fetched: {reason}"),
                )
            })?;
        let declared = fetched.media_type.as_deref().and_then(charset);
        let text = decode(&fetched.bytes, declared).map_err(|fault| {
            failed(
                format!("日历内容无法读取：{}", fault.text(Lang::Zh)),
                format!("The calendar cannot be read: {}", fault.text(Lang::En)),
            )
        })?;
        let import = CalendarImport {
            text,
            as_work_days: false,
            // What the source says of a year holds for all of that year.
            replace_years: true,
        };
        self.take_over(lang, (who, "calendar.refresh"), name, &import)
            .await
    }

    async fn calendar_delete(&self, caller: &Caller, name: &str) -> Answer<()> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let calendar = self.one_calendar(lang, name).await?;
        let in_use = || {
            AppError::new(
                ErrorKind::Conflict,
                "calendar.in_use",
                lang.pick(
                    "还有工作周期在用这个日历",
                    "Schedules still use this calendar",
                ),
            )
            .with_hint(lang.pick(
                "先让它们改用别的日历",
                "Switch them to another calendar first",
            ))
        };
        if calendar.used_by > 0 && !calendar.builtin {
            return Err(in_use());
        }
        let act = self.act(who, "calendar.delete").detail(name);
        let deleted = self
            .store
            .delete_calendar(&act, name)
            .await
            .or_internal(lang)?;
        if !deleted && !calendar.builtin {
            return Err(in_use());
        }
        self.rules_changed(lang).await?;
        Ok(())
    }

    async fn blackout_list(&self, caller: &Caller) -> Answer<Vec<Blackout>> {
        self.allow(caller, Action::Read)?;
        let rows = self.store.blackouts().await.or_internal(caller.lang)?;
        Ok(rows
            .into_iter()
            .map(|row| self.show_blackout(row))
            .collect())
    }

    async fn blackout_create(&self, caller: &Caller, draft: &BlackoutDraft) -> Answer<Blackout> {
        let who = self.allow(caller, Action::Administer)?;
        let saved = self
            .save_blackout(
                caller.lang,
                self.act(who, "blackout.create"),
                BlackoutId(0),
                draft,
            )
            .await?
            .ok_or_else(|| gone(caller.lang))?;
        self.rules_changed(caller.lang).await?;
        Ok(saved)
    }

    async fn blackout_update(
        &self,
        caller: &Caller,
        id: BlackoutId,
        draft: &BlackoutDraft,
    ) -> Answer<Blackout> {
        let who = self.allow(caller, Action::Administer)?;
        if id.0 <= 0 {
            return Err(gone(caller.lang));
        }
        let saved = self
            .save_blackout(caller.lang, self.act(who, "blackout.update"), id, draft)
            .await?
            .ok_or_else(|| gone(caller.lang))?;
        self.rules_changed(caller.lang).await?;
        Ok(saved)
    }

    async fn blackout_delete(&self, caller: &Caller, id: BlackoutId) -> Answer<()> {
        let who = self.allow(caller, Action::Administer)?;
        let deleted = self
            .store
            .delete_blackout(&self.act(who, "blackout.delete"), id)
            .await
            .or_internal(caller.lang)?;
        if !deleted {
            return Err(gone(caller.lang));
        }
        self.rules_changed(caller.lang).await?;
        Ok(())
    }
}

/// The scheme and the host of an address.
fn masked(url: &str) -> String {
    url::Url::parse(url)
        .ok()
        .and_then(|url| Some(format!("{}://{}/…", url.scheme(), url.host_str()?)))
        .unwrap_or_else(|| "…".to_owned())
}

fn gone(lang: Lang) -> AppError {
    AppError::not_found(lang, lang.pick("这个停跑时段", "blackout"))
}
