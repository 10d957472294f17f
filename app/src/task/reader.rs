//! Parses typed values of a part of a task within bounds, and reports their faults: `execution.<field>`, `tickets.<field>`.

use std::fmt::Display;

use crate::cron::half_width;
use crate::duration::{DurationFault, duration_words, parse_duration};
use crate::error::FieldError;
use crate::i18n::Lang;

/// Collects the faults of a part of a draft.
pub(super) struct Reader<'a> {
    /// The name of the part.
    pub(super) part: &'static str,
    /// The language of the faults.
    pub(super) lang: Lang,
    /// All faults of the draft.
    pub(super) faults: &'a mut Vec<FieldError>,
}

impl Reader<'_> {
    /// Reports a fault of a field of the part.
    pub(super) fn fault(&mut self, field: &str, code: &str, message: impl Into<String>) {
        let field = format!("{}.{field}", self.part);
        self.faults.push(FieldError::new(&field, code, message));
    }

    /// A duration within bounds, in seconds; `None` if it is empty or faulty.
    pub(super) fn seconds(&mut self, field: &str, text: &str, min: i64, max: i64) -> Option<i64> {
        match parse_duration(text) {
            Ok(Some(seconds)) if (min..=max).contains(&seconds) => Some(seconds),
            Ok(None) => None,
            // Of a length that no field takes, the bounds of this one are said as well.
            Ok(Some(_)) | Err(DurationFault::Range) => {
                let words = |seconds: i64| duration_words(seconds, self.lang);
                let (min, max) = (words(min), words(max));
                let message = self.lang.pick(
                    format!("时长要在 {min}到 {max}之间"),
                    format!("The duration must be between {min} and {max}"),
                );
                self.fault(field, "range", message);
                None
            }
            Err(fault @ DurationFault::Syntax) => {
                self.fault(field, "invalid", fault.text(self.lang));
                None
            }
        }
    }

    /// A whole number within bounds; `None` if it is empty or faulty.
    pub(super) fn number<N>(&mut self, field: &str, text: &str, min: N, max: N) -> Option<N>
    where
        N: TryFrom<i64> + PartialOrd + Display,
    {
        let text = plain(text);
        if text.is_empty() {
            return None;
        }
        let found = digits(&text).and_then(|number| N::try_from(number).ok());
        let found = found.filter(|number| (&min..=&max).contains(&number));
        if found.is_none() {
            let message = self.lang.pick(
                format!("请填 {min}–{max} 的整数"),
                format!("Enter a whole number from {min} to {max}"),
            );
            self.fault(field, "range", message);
        }
        found
    }
}

/// The input with full-width characters replaced by ordinary ones.
pub(super) fn plain(text: &str) -> String {
    let text: String = text.chars().map(|c| half_width(c).unwrap_or(c)).collect();
    text.trim().to_owned()
}

/// A plain decimal number without a sign.
pub(super) fn digits(text: &str) -> Option<i64> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}
