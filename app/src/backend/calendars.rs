//! Use cases of calendars and blackouts.

use async_trait::async_trait;

use super::{Answer, Caller};
use crate::calendar::{
    Blackout, BlackoutDraft, Calendar, CalendarDays, CalendarDraft, CalendarImport,
    CalendarImported,
};
use crate::id::BlackoutId;

/// Calendars of working days, and blackouts.
#[async_trait]
pub trait Calendars: Send + Sync {
    /// All calendars; the built-in one first.
    async fn calendar_list(&self, caller: &Caller) -> Answer<Vec<Calendar>>;
    /// A calendar by name, with the named days of a year, or of all years.
    async fn calendar_get(
        &self,
        caller: &Caller,
        name: &str,
        year: Option<i32>,
    ) -> Answer<CalendarDays>;
    /// Adds one.
    async fn calendar_create(&self, caller: &Caller, draft: &CalendarDraft) -> Answer<Calendar>;
    /// Changes one. The built-in one keeps its name. With the version that was read, only if it still has that.
    async fn calendar_update(
        &self,
        caller: &Caller,
        name: &str,
        read: Option<i64>,
        draft: &CalendarDraft,
    ) -> Answer<Calendar>;
    /// Imports days from a text. With the version that was read, only if it still has that.
    async fn calendar_import(
        &self,
        caller: &Caller,
        name: &str,
        read: Option<i64>,
        import: &CalendarImport,
    ) -> Answer<CalendarImported>;
    /// Imports days from the calendar's URL. With the version that was read, only if it still has that.
    async fn calendar_refresh(
        &self,
        caller: &Caller,
        name: &str,
        read: Option<i64>,
    ) -> Answer<CalendarImported>;
    /// Removes one; refused while schedules use it. The built-in one goes back to the data that came with the
    /// product. With the version that was read, only if it still has that.
    async fn calendar_delete(&self, caller: &Caller, name: &str, read: Option<i64>) -> Answer<()>;
    /// All blackouts.
    async fn blackout_list(&self, caller: &Caller) -> Answer<Vec<Blackout>>;
    /// Adds one; it takes effect at once.
    async fn blackout_create(&self, caller: &Caller, draft: &BlackoutDraft) -> Answer<Blackout>;
    /// Replaces one; with the version that was read, only if it still has that.
    async fn blackout_update(
        &self,
        caller: &Caller,
        id: BlackoutId,
        read: Option<i64>,
        draft: &BlackoutDraft,
    ) -> Answer<Blackout>;
    /// Removes one: tasks fire again at once. With the version that was read, only if it still has that.
    async fn blackout_delete(
        &self,
        caller: &Caller,
        id: BlackoutId,
        read: Option<i64>,
    ) -> Answer<()>;
}
