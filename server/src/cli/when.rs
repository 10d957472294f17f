//! Instants for display in a terminal.

use app::time::Stamp;
use chrono::DateTime;
use serde_json::Value;

use crate::timetable::{rules, system_zone, zone};

/// An instant in a zone: `2026-11-22 09:00:00 +08:00`; RFC 3339 where the zone is not known here.
pub(super) fn local(at: Stamp, zone_name: &str) -> String {
    zone(zone_name).map_or_else(
        |_| at.rfc3339(),
        |zone| {
            let rules = rules(zone_name, &zone, at.0);
            format!("{} {}", rules.local(at), rules.offset_text(at))
        },
    )
}

/// An instant in the zone of this machine, for lists of what has no zone of its own.
pub(super) fn here(at: Stamp) -> String {
    local(at, &system_zone().name)
}

/// The same for a field of a JSON answer; empty for `null`.
pub(super) fn here_text(value: &Value) -> String {
    local_text(value, &system_zone().name)
}

/// An instant in a zone, for a field of a JSON answer; empty for `null`.
pub(super) fn local_text(value: &Value, zone_name: &str) -> String {
    let Some(text) = value.as_str() else {
        return String::new();
    };
    DateTime::parse_from_rfc3339(text).map_or_else(
        |_| text.to_owned(),
        |at| local(Stamp(at.to_utc()), zone_name),
    )
}
