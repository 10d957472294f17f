//! Values of parameters.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::super::Execution;
use super::{Parameter, ParameterKind};
use crate::error::FieldError;
use crate::i18n::Lang;

/// The longest value, in bytes.
pub const VALUE_MAX_BYTES: usize = 4096;
/// A shorter secret would also mask ordinary text, and could be guessed anyway.
pub const SECRET_MIN_CHARS: usize = 4;
/// The longest number, in characters.
const NUMBER_MAX_BYTES: usize = 64;

/// The replacement for a secret wherever values are shown.
pub const MASK: &str = "***";

impl Parameter {
    /// Its label in the form.
    #[must_use]
    pub fn shown(&self) -> &str {
        if self.label.is_empty() {
            &self.name
        } else {
            &self.label
        }
    }

    /// The name of its field in forms and faults.
    #[must_use]
    pub fn field(&self) -> String {
        field(&self.name)
    }

    /// Validates a value; an empty one is always accepted here.
    ///
    /// # Errors
    /// A stable code and a sentence.
    pub fn check(&self, value: &str, lang: Lang) -> Result<(), (&'static str, String)> {
        if value.is_empty() {
            return Ok(());
        }
        if value.len() > VALUE_MAX_BYTES {
            let said = lang.pick(
                format!("最多 {VALUE_MAX_BYTES} 字节"),
                format!("At most {VALUE_MAX_BYTES} bytes"),
            );
            return Err(("too_long", said));
        }
        // Environment variables cannot contain NUL.
        let unfit = match self.kind {
            ParameterKind::Secret => value.contains('\0'),
            _ => value.chars().any(|c| c.is_control() && c != '\t'),
        };
        if unfit {
            let said = lang.pick(
                "只能是一行文字，不能有控制字符",
                "One line of text, without control characters",
            );
            return Err(("invalid", said.to_owned()));
        }
        let wrong = |zh: &str, en: &str| Err(("invalid", lang.pick(zh, en).to_owned()));
        match self.kind {
            ParameterKind::Text => Ok(()),
            ParameterKind::Number if is_number(value) => Ok(()),
            ParameterKind::Number => wrong(
                "请填写数字，例如 12 或 -0.5",
                "Enter a number, such as 12 or -0.5",
            ),
            ParameterKind::Choice if self.choices.iter().any(|choice| choice == value) => Ok(()),
            ParameterKind::Choice => Err((
                "invalid",
                lang.pick(
                    format!("只能是其中之一：{}", self.choices.join("、")),
                    format!("One of: {}", self.choices.join(", ")),
                ),
            )),
            ParameterKind::Date if is_date(value) => Ok(()),
            ParameterKind::Date => wrong(
                "请填写真实存在的日期，例如 2026-12-31",
                "Enter a date that exists, such as 2026-12-31",
            ),
            ParameterKind::Secret if value.chars().count() >= SECRET_MIN_CHARS => Ok(()),
            ParameterKind::Secret => Err((
                "too_short",
                lang.pick(
                    format!("至少 {SECRET_MIN_CHARS} 个字符"),
                    format!("At least {SECRET_MIN_CHARS} characters"),
                ),
            )),
        }
    }
}

/// The name of a parameter's field in forms and faults.
#[must_use]
pub fn field(name: &str) -> String {
    format!("parameters.{name}")
}

impl Execution {
    /// The value of each parameter if nothing is entered, as in planned starts: its default, else an empty text.
    #[must_use]
    pub fn default_parameters(&self) -> BTreeMap<String, String> {
        self.parameters
            .iter()
            .map(|one| (one.name.clone(), one.default.clone()))
            .collect()
    }

    /// The value of each parameter of a manual start. Faults are named `parameters.NAME`.
    #[must_use]
    pub fn fill_in(
        &self,
        typed: &BTreeMap<String, String>,
        lang: Lang,
        faults: &mut Vec<FieldError>,
    ) -> BTreeMap<String, String> {
        for name in typed.keys() {
            if !self.parameters.iter().any(|one| one.name == *name) {
                let said = lang.pick("任务没有这个参数", "The task has no such parameter");
                faults.push(FieldError::new(&field(name), "unknown", said));
            }
        }
        let mut values = self.default_parameters();
        for one in &self.parameters {
            let value = match typed.get(&one.name).map(String::as_str) {
                // Blanks around a number or a date come from copy and paste.
                Some(value) if one.kind.is_trimmed() => value.trim(),
                Some(value) => value,
                None => "",
            };
            if value.is_empty() {
                if one.required && one.default.is_empty() {
                    let said = lang.pick("必填", "Required");
                    faults.push(FieldError::new(&one.field(), "required", said));
                }
                continue;
            }
            match one.check(value, lang) {
                Ok(()) => {
                    values.insert(one.name.clone(), value.to_owned());
                }
                Err((code, said)) => faults.push(FieldError::new(&one.field(), code, said)),
            }
        }
        values
    }

    /// The values that are stored with a run for people to see: empty ones are dropped, secret ones masked.
    #[must_use]
    pub fn shown_parameters(&self, values: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        self.parameters
            .iter()
            .filter_map(|one| {
                let value = values.get(&one.name).filter(|value| !value.is_empty())?;
                let shown = match one.kind {
                    ParameterKind::Secret => MASK,
                    _ => value,
                };
                Some((one.name.clone(), shown.to_owned()))
            })
            .collect()
    }
}

impl ParameterKind {
    /// Whether blanks around the value are ignored.
    const fn is_trimmed(self) -> bool {
        matches!(self, Self::Number | Self::Date)
    }
}

/// A decimal number: digits, with an optional sign and fraction.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let bare = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = bare.split_once('.').unwrap_or((bare, "0"));
    text.len() <= NUMBER_MAX_BYTES && digits(whole) && digits(fraction)
}

/// A date, `YYYY-MM-DD`.
fn is_date(text: &str) -> bool {
    let shape = text.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    let number = |place: std::ops::Range<usize>| text.get(place)?.parse::<u16>().ok();
    let date = || {
        let (month, day) = (number(5..7)?, number(8..10)?);
        NaiveDate::from_ymd_opt(number(0..4)?.into(), month.into(), day.into())
    };
    shape && text.len() == 10 && date().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(kind: ParameterKind) -> Parameter {
        Parameter {
            name: "X".to_owned(),
            kind,
            choices: vec!["red".to_owned(), "绿".to_owned()],
            ..Parameter::default()
        }
    }

    #[test]
    fn each_kind_takes_its_own_values_and_no_others() {
        use ParameterKind::{Choice, Date, Number, Secret, Text};
        let long = "x".repeat(VALUE_MAX_BYTES + 1);
        let full = "x".repeat(VALUE_MAX_BYTES);
        let table: [(ParameterKind, &[&str], &[&str]); 5] = [
            (
                Text,
                &["a", "$(reboot); `x` 'y' \"z\"", "中文 😀", "a\tb", &full],
                &["a\nb", "a\rb", "a\0b", "\u{1b}[31m", &long],
            ),
            (
                Number,
                &["0", "-1", "12.50", "007", "99999999999999999999"],
                &[
                    "+1", "1e5", "0x10", ".5", "5.", "-", "1,5", "1 2", "१", "NaN", "1.2.3", "--1",
                ],
            ),
            (Choice, &["red", "绿"], &["Red", "red ", "blue"]),
            (
                Date,
                &["2026-12-31", "2028-02-29"],
                &[
                    "2026-02-29",
                    "2026-13-01",
                    "2026-1-1",
                    "+026-01-01",
                    "31.12.2026",
                    "2026-12-31T00:00",
                ],
            ),
            (
                Secret,
                &["abcd", "密码密码", "-----BEGIN-----\nkey"],
                &["abc", "密码密", "ab\0cd", &long],
            ),
        ];
        for (kind, right, wrong) in table {
            for value in right {
                assert_eq!(one(kind).check(value, Lang::En), Ok(()), "{kind:?} {value}");
            }
            for value in wrong {
                for lang in [Lang::Zh, Lang::En] {
                    assert!(one(kind).check(value, lang).is_err(), "{kind:?} {value:?}");
                }
            }
        }
    }

    fn execution() -> Execution {
        let with = |name: &str, kind, default: &str, required| Parameter {
            name: name.to_owned(),
            default: default.to_owned(),
            required,
            ..one(kind)
        };
        Execution {
            parameters: vec![
                with("CITY", ParameterKind::Text, "", true),
                with("COUNT", ParameterKind::Number, "3", true),
                with("KEY", ParameterKind::Secret, "", false),
            ],
            ..Execution::default()
        }
    }

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    }

    #[test]
    fn defaults_apply_to_empty_parameters_and_all_faults_are_reported() {
        let execution = execution();
        let read = |typed: &[(&str, &str)]| {
            let mut faults = Vec::new();
            let values = execution.fill_in(&map(typed), Lang::En, &mut faults);
            let faults: Vec<String> = faults
                .iter()
                .map(|fault| format!("{} {}", fault.field, fault.code))
                .collect();
            (values, faults)
        };
        let (values, faults) = read(&[("CITY", " 北京 "), ("COUNT", " 7 ")]);
        assert_eq!(
            values,
            map(&[("CITY", " 北京 "), ("COUNT", "7"), ("KEY", "")])
        );
        assert_eq!(faults, Vec::<String>::new());
        assert_eq!(read(&[("CITY", "x"), ("COUNT", "")]).0["COUNT"], "3");
        let (_, faults) = read(&[("COUNT", "x"), ("KEY", "abc"), ("OTHER", "1")]);
        assert_eq!(
            faults,
            [
                "parameters.OTHER unknown",
                "parameters.CITY required",
                "parameters.COUNT invalid",
                "parameters.KEY too_short",
            ]
        );
    }

    #[test]
    fn what_is_shown_holds_no_secret() {
        let values = map(&[("CITY", "北京"), ("COUNT", ""), ("KEY", "hunter22")]);
        assert_eq!(
            execution().shown_parameters(&values),
            map(&[("CITY", "北京"), ("KEY", MASK)])
        );
    }
}
