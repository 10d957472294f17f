//! Reading single texts of the input for tickets; faults are named `tickets.<field>`.

use crate::cron::half_width;
use crate::duration::{format_duration, parse_duration};
use crate::error::FieldError;
use crate::i18n::Lang;

/// Collects the faults of the input for tickets.
pub(super) struct Reader<'a> {
    pub(super) lang: Lang,
    pub(super) faults: &'a mut Vec<FieldError>,
}

impl Reader<'_> {
    pub(super) fn fault(&mut self, part: &str, code: &str, message: impl Into<String>) {
        let field = format!("tickets.{part}");
        self.faults.push(FieldError::new(&field, code, message));
    }

    pub(super) fn seconds(&mut self, part: &str, text: &str, min: i64, max: i64) -> Option<i64> {
        match parse_duration(text) {
            Ok(Some(seconds)) if (min..=max).contains(&seconds) => Some(seconds),
            Ok(None) => None,
            Ok(Some(_)) => {
                let (min, max) = (format_duration(min), format_duration(max));
                let message = self.lang.pick(
                    format!("时长要在 {min} 到 {max} 之间"),
                    format!("The duration must be between {min} and {max}"),
                );
                self.fault(part, "range", message);
                None
            }
            Err(fault) => {
                self.fault(part, "invalid", fault.text(self.lang));
                None
            }
        }
    }

    pub(super) fn number(&mut self, part: &str, text: &str, max: i32) -> Option<i32> {
        let text = plain(text);
        if text.is_empty() {
            return None;
        }
        let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text
            .parse()
            .ok()
            .filter(|number| (1..=max).contains(number));
        let number = number.filter(|_| is_plain);
        if number.is_none() {
            let message = self.lang.pick(
                format!("请填 1–{max} 的整数"),
                format!("Enter a whole number from 1 to {max}"),
            );
            self.fault(part, "range", message);
        }
        number
    }
}

pub(super) fn plain(text: &str) -> String {
    let text: String = text.chars().map(|c| half_width(c).unwrap_or(c)).collect();
    text.trim().to_owned()
}
