//! Parses the input of the search field.

use migration::{OWNER_MARK, TAG_MARK, fold};

/// The longest search: SQLite refuses patterns of more than 50,000 bytes, and no search needs that much.
pub const CHARS_MAX: usize = 200;
/// The most words of a search.
pub const WORDS_MAX: usize = 8;

/// Why a search is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SearchFault {
    /// More than 200 characters.
    TooLong,
    /// More than eight words.
    TooMany,
}

/// The patterns that a task's text must match, all of them; for `LIKE … ESCAPE '!'`.
///
/// Words are separated by blanks, or enclosed in double quotes. `owner:` (`责任人:`) and `tag:` (`标签:`) match a whole
/// owner or tag, any other word a part of the text. Case and width do not matter.
///
/// # Errors
/// When it is too long, or has too many words.
pub fn patterns(typed: &str) -> Result<Vec<String>, SearchFault> {
    if typed.chars().nth(CHARS_MAX).is_some() {
        return Err(SearchFault::TooLong);
    }
    let words = words(&fold(typed));
    if words.len() > WORDS_MAX {
        return Err(SearchFault::TooMany);
    }
    Ok(words.iter().map(|word| pattern(word)).collect())
}

/// The words, without their quotes. A quote inside a word is part of it: `name="a"` in a command is found as written.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let is_quote = matches!(c, '"' | '“' | '”');
        let ends = chars.peek().is_none_or(|next| next.is_whitespace());
        if is_quote && quoted && ends {
            quoted = false;
        } else if is_quote && !quoted && !ends && (word.is_empty() || word.ends_with(':')) {
            quoted = true;
        } else if c.is_whitespace() && !quoted {
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
        } else {
            word.push(c);
        }
    }
    if !word.trim().is_empty() {
        words.push(word);
    }
    words
}

fn pattern(word: &str) -> String {
    let asked = word.split_once(':').and_then(|(key, value)| {
        let value = value.trim();
        let marked = |mark: char, value: &str| format!("{mark}{value}{mark}");
        match key {
            _ if value.is_empty() => None,
            "owner" | "owners" | "责任人" | "负责人" => {
                Some(marked(OWNER_MARK, value.trim_start_matches('@')))
            }
            "tag" | "tags" | "标签" => Some(marked(TAG_MARK, value)),
            _ => None,
        }
    });
    part(asked.as_deref().unwrap_or(word))
}

/// The pattern of a text that contains this one.
pub(in crate::store) fn part(text: &str) -> String {
    let text = text
        .replace('!', "!!")
        .replace('%', "!%")
        .replace('_', "!_");
    format!("%{text}%")
}

/// The pattern of a task with exactly this owner or tag, by the mark around those.
pub(in crate::store) fn whole(mark: char, name: &str) -> String {
    let name = fold(name);
    part(&format!("{mark}{}{mark}", name.trim_start_matches('@')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_patterns() {
        for (typed, expected) in [
            ("", &[][..]),
            ("  　 ", &[]),
            ("ÄRGER 50%_!", &["%ärger%", "%50!%!_!!%"]),
            ("owner：＠Bob", &["%\u{2}bob\u{2}%"]),
            ("tag:\"Web Server\" x", &["%\u{3}web server\u{3}%", "%x%"]),
            ("标签:信息", &["%\u{3}信息\u{3}%"]),
            ("\"a b\" c", &["%a b%", "%c%"]),
            ("name=\"a\" 5\" x", &["%name=\"a\"%", "%5\"%", "%x%"]),
            ("\"a \"b\" c\"", &["%a \"b%", "%c\"%"]),
            ("owner: http://x", &["%owner:%", "%http://x%"]),
            ("\u{2}a", &["%a%"]),
        ] {
            let expected = expected.iter().map(|one| (*one).to_owned()).collect();
            assert_eq!(patterns(typed), Ok::<Vec<String>, _>(expected), "{typed}");
        }
        assert_eq!(patterns(&"x".repeat(201)), Err(SearchFault::TooLong));
        assert_eq!(patterns(&"x ".repeat(9)), Err(SearchFault::TooMany));
    }
}
