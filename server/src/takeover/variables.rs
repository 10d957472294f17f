//! Settings of the environment: `name = value`, as `load_env` of cron reads them.

use std::sync::Arc;

use app::import::Flavor;

/// A setting.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Variable {
    /// Its name, without quotes. Cron accepts any, even none.
    pub name: String,
    /// Its value, without quotes.
    pub value: String,
}

/// The most settings of a crontab; cronie reads as many in that of a user.
pub const VARIABLES_MAX: usize = 1_000;

/// The settings above a line. All entries between two settings share them.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Scope {
    all: Arc<Vec<Arc<Variable>>>,
}

impl Scope {
    /// Sets one, in the place of an earlier one of that name; false if there are too many.
    pub(super) fn set(&mut self, new: &Variable) -> bool {
        let known = self.all.iter().position(|one| one.name == new.name);
        if known.is_none() && self.all.len() >= VARIABLES_MAX {
            return false;
        }
        let all = Arc::make_mut(&mut self.all);
        match known.and_then(|at| all.get_mut(at)) {
            Some(one) => *one = Arc::new(new.clone()),
            None => all.push(Arc::new(new.clone())),
        }
        true
    }

    /// All of them, in the order in which they were set first.
    pub(super) fn all(&self) -> Arc<Vec<Arc<Variable>>> {
        Arc::clone(&self.all)
    }
}

/// Where a reader of a setting is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    NameStart,
    Name,
    Equals,
    ValueStart,
    Value,
    End,
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\u{b}' | '\u{c}')
}

/// The setting that a line is, if it is one. `line` has no blanks in front.
///
/// A name or a value may be in quotes, single or double. After a value in quotes only blanks may follow. An empty value
/// needs quotes in Debian's cron; cronie accepts `NAME=`.
pub(super) fn variable(line: &str, flavor: Flavor) -> Option<Variable> {
    let (mut name, mut value) = (String::new(), String::new());
    let mut at = At::NameStart;
    let mut quote: Option<char> = None;
    let mut chars = line.chars().peekable();
    while let Some(&c) = chars.peek() {
        match at {
            At::NameStart => {
                at = At::Name;
                quote = Some(c).filter(|c| matches!(c, '\'' | '"'));
                if quote.is_some() {
                    chars.next();
                }
            }
            At::Name => match quote {
                Some(open) if c == open => {
                    at = At::Equals;
                    chars.next();
                }
                Some(_) if c == '=' => return None,
                None if c == '=' => at = At::Equals,
                None if is_space(c) => {
                    at = At::Equals;
                    chars.next();
                }
                _ => {
                    name.push(c);
                    chars.next();
                }
            },
            At::Equals => {
                chars.next();
                if c == '=' {
                    at = At::ValueStart;
                } else if !is_space(c) {
                    return None;
                }
            }
            At::ValueStart => {
                if is_space(c) {
                    chars.next();
                    continue;
                }
                at = At::Value;
                quote = Some(c).filter(|c| matches!(c, '\'' | '"'));
                if quote.is_some() {
                    chars.next();
                }
            }
            At::Value => {
                chars.next();
                if quote == Some(c) {
                    at = At::End;
                } else {
                    value.push(c);
                }
            }
            At::End => {
                if !is_space(c) {
                    return None;
                }
                chars.next();
            }
        }
    }
    match (at, quote) {
        (At::End, _) => {}
        (At::Value, None) => value.truncate(value.trim_end_matches(is_space).len()),
        (At::ValueStart, _) if flavor == Flavor::Cronie => {}
        _ => return None,
    }
    Some(Variable { name, value })
}

/// Whether a line that is neither a setting nor an entry was meant as a setting: `MAILTO=` in Debian's cron, or
/// `A="b" # c`.
pub(super) fn is_like_setting(line: &str) -> bool {
    let Some((name, _)) = line.split_once('=') else {
        return false;
    };
    let name = name.trim_end_matches(is_space);
    let is_letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    name.starts_with(is_letter) && name.chars().all(|c| is_letter(c) || c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each line was given to `crontab` of Debian's cron 3.0pl1-162.
    #[test]
    fn settings_are_read_as_debian_reads_them() {
        for (line, wanted) in [
            ("A = b", Some(("A", "b"))),
            ("A=b", Some(("A", "b"))),
            ("A\t=\tb c  ", Some(("A", "b c"))),
            ("\"A B\" = c", Some(("A B", "c"))),
            ("=b", Some(("", "b"))),
            ("A=\"\"", Some(("A", ""))),
            ("A='x\"y'", Some(("A", "x\"y"))),
            ("A = \"b\" ", Some(("A", "b"))),
            ("A=\" b \"\r", Some(("A", " b "))),
            ("A=b\r", Some(("A", "b"))),
            ("A=b\"c\"", Some(("A", "b\"c\""))),
            ("5 = 6", Some(("5", "6"))),
            ("1,2,3=x", Some(("1,2,3", "x"))),
            ("@reboot = 5", Some(("@reboot", "5"))),
            ("A=b # c", Some(("A", "b # c"))),
            ("A", None),
            ("A=", None),
            ("A=\"b", None),
            ("A='b", None),
            ("A=\"b\" c", None),
            ("A = \"b c\" # d", None),
            ("A=\"b\"c", None),
            ("A B", None),
            ("A B=c", None),
            ("x y = z", None),
            ("\"A=B\"=c", None),
            ("\"A\"B=c", None),
            ("'A'='b c' x", None),
            ("* * * * *A=b", None),
            ("0 0 * * *=b", None),
        ] {
            let found = variable(line, Flavor::Debian);
            let found = found
                .as_ref()
                .map(|one| (one.name.as_str(), one.value.as_str()));
            assert_eq!(found, wanted, "{line:?}");
        }
        let empty = Some(Variable {
            name: "A".to_owned(),
            value: String::new(),
        });
        assert_eq!(variable("A=", Flavor::Cronie), empty);
        assert_eq!(variable("A= ", Flavor::Cronie), empty);
    }
}
