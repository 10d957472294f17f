//! What an import may be.

use std::collections::HashSet;

use app::backend::Answer;
use app::error::{AppError, FieldError};
use app::i18n::Lang;
use app::import::{CrontabImport, SOURCES_MAX};

use crate::takeover::TEXT_MAX;
use crate::texts::Fault;
use crate::texts::imports::ImportFault;
use crate::texts::times::TimeFault;
use crate::timetable::zone;

/// The longest name of a host or a place, in characters.
const PLACE_MAX: usize = 255;

/// Reports all faults of what was sent, each with its field.
pub(super) fn check(lang: Lang, import: &CrontabImport) -> Answer<()> {
    let mut faults: Vec<FieldError> = Vec::new();
    let mut fault = |field: &str, fault: ImportFault| faults.push(fault.on(field, lang));
    if import.sources.is_empty() || import.sources.len() > SOURCES_MAX {
        fault("sources", ImportFault::Sources);
    }
    let mut places = HashSet::new();
    for (at, source) in import.sources.iter().take(SOURCES_MAX).enumerate() {
        let field = |name: &str| format!("sources.{at}.{name}");
        if source.text.len() > TEXT_MAX {
            fault(&field("text"), ImportFault::TooLong);
        }
        for (name, text) in [
            ("host", &source.host),
            ("path", &source.path),
            ("user", &source.user),
        ] {
            if text.chars().count() > PLACE_MAX || text.chars().any(char::is_control) {
                fault(&field(name), ImportFault::Place);
            }
        }
        if !places.insert((source.host.as_str(), source.path.as_str())) {
            fault(&field("path"), ImportFault::SamePlace);
        }
    }
    if !import.zone.is_empty() && zone(&import.zone).is_err() {
        faults.push(TimeFault::unknown_zone(&import.zone).on("zone", lang));
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(AppError::invalid(lang, faults)),
    }
}
