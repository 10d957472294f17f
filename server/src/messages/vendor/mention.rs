//! People to mention, from how a task's owners are written.

/// Whether a name means everybody in the chat: WeCom's own word, and what people write.
pub(super) fn is_everybody(name: &str) -> bool {
    matches!(name.trim(), "@all" | "all" | "@所有人" | "所有人")
}

/// A name with one `@` before it.
pub(super) fn at(name: &str) -> String {
    format!("@{}", name.trim().trim_start_matches('@'))
}

/// A text and, in a line of their own, the people to mention, for chats that have no better way.
pub(super) fn below(text: &str, mentions: &[String]) -> String {
    if mentions.is_empty() {
        return text.to_owned();
    }
    let names: Vec<String> = mentions.iter().map(|name| at(name)).collect();
    format!("{text}\n{}", names.join(" "))
}

/// Members and mobile numbers to mention, apart: WeCom (developer document 91770) and DingTalk take
/// them in two lists.
pub(super) fn members_and_mobiles(all: &[String]) -> (Vec<&str>, Vec<String>) {
    let (mut members, mut mobiles) = (Vec::new(), Vec::new());
    for name in all {
        match mobile(name) {
            Some(number) => mobiles.push(number),
            None => members.push(name.as_str()),
        }
    }
    (members, mobiles)
}

/// Whether a name can be the ID of a member of WeCom (developer document 90195) or of DingTalk: letters, digits and
/// `_-@.`, of which it begins with one of the first two, at most 64 bytes.
pub(super) fn is_member(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-@.".contains(&byte))
}

/// Whether WeCom and DingTalk can mention a name as it is written.
pub(super) fn is_member_or_mobile(name: &str) -> bool {
    is_everybody(name) || mobile(name).is_some() || is_member(plain(name))
}

/// A name without the `@` before it.
pub(super) fn plain(name: &str) -> &str {
    name.trim().trim_start_matches('@')
}

/// A mobile number as the Chinese chat services take it, from how people write it: mainland numbers (11 digits from
/// 13 to 19) with or without `+86`, others with their `+` and country code (ITU-T E.164).
pub(super) fn mobile(name: &str) -> Option<String> {
    let plain: String = name
        .trim()
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '\u{a0}'))
        .collect();
    let (abroad, digits) = match plain.strip_prefix('+').or_else(|| plain.strip_prefix("00")) {
        Some(digits) => (true, digits),
        None => (false, plain.as_str()),
    };
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let local = digits
        .strip_prefix("86")
        .filter(|rest| rest.len() == 11)
        .unwrap_or(digits);
    let mainland = local.len() == 11
        && local.starts_with('1')
        && local[1..].starts_with(|c: char| ('3'..='9').contains(&c));
    if mainland {
        return Some(local.to_owned());
    }
    (abroad && (7..=15).contains(&digits.len())).then(|| format!("+{digits}"))
}

#[cfg(test)]
mod tests {
    use super::mobile;

    #[test]
    fn mobile_numbers_are_distinguished_from_names() {
        let table = [
            ("13800138000", Some("13800138000")),
            ("+8613800138000", Some("13800138000")),
            ("+86 138 0013 8000", Some("13800138000")),
            ("8613800138000", Some("13800138000")),
            ("0086-13800138000", Some("13800138000")),
            ("138-0013-8000", Some("13800138000")),
            ("19912345678", Some("19912345678")),
            ("+852 5123 4567", Some("+85251234567")),
            ("zhangsan", None),
            ("@all", None),
            ("10086", None),
            ("12345678901", None),
            ("1380013800", None),
            ("138001380001", None),
            ("13800138000a", None),
            ("", None),
            ("+", None),
        ];
        for (name, wanted) in table {
            assert_eq!(mobile(name).as_deref(), wanted, "{name}");
        }
    }
}
