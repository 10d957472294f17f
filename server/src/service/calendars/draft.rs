//! Checks the input for a calendar.

use app::backend::Answer;
use app::calendar::CalendarDraft;
use app::error::{AppError, FieldError};
use app::i18n::Lang;
use app::message::NoAnswer;
use app::name::name_fault;

use super::super::Service;
use crate::outbound::fetch::addresses;
use crate::texts::Fault;
use crate::texts::calendars::{CalendarFault, NAME_MAX};

impl Service {
    /// Checks the whole draft: its name, and that its source URL may be fetched at all.
    pub(super) fn check_calendar(
        &self,
        lang: Lang,
        draft: &CalendarDraft,
    ) -> Answer<CalendarDraft> {
        let mut faults = Vec::new();
        let name = draft.name.trim();
        let fits = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        let shaped = !name.is_empty()
            && name.chars().count() <= NAME_MAX
            && name.chars().all(fits)
            && name_fault(name).is_none();
        if !shaped {
            faults.push(CalendarFault::Name.on("name", lang));
        }
        let url = draft.source_url.trim();
        if !url.is_empty()
            && let Some(address) = addresses(url).first()
            && let Err(refusal) = self.guard.parse(address)
        {
            faults.push(FieldError::new(
                "source_url",
                "refused",
                NoAnswer::from(refusal).text(lang),
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
}
