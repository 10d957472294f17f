//! The text that search looks through, and how a text is made alike whatever its case and width.

use unicode_normalization::UnicodeNormalization;

/// Stands around each owner.
pub const OWNER_MARK: char = '\u{2}';
/// Stands around each tag.
pub const TAG_MARK: char = '\u{3}';

/// A text without its case, width and composition: what looks the same but for these is the same.
///
/// NFKC (Unicode Standard Annex #15) around a full case mapping to lower, upper and lower case,
/// which for all letters joins at least what full case folding joins (`CaseFolding.txt`: `ß` and
/// `ẞ` are `ss`, `ς` is `σ`). The dotted and the dotless `i` of Turkish are an `i`. Control
/// characters are blanks, so the marks between the parts of a text are never in them.
#[must_use]
pub fn fold(text: &str) -> String {
    let mapped = text
        .nfkc()
        .flat_map(char::to_lowercase)
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase);
    let mut folded = String::with_capacity(text.len());
    for c in mapped {
        match c {
            '\u{307}' if folded.ends_with('i') => {}
            c if c.is_control() => folded.push(' '),
            c => folded.push(c),
        }
    }
    folded.nfkc().collect()
}

/// What search looks through for a task.
#[must_use]
pub fn search_text(
    name: &str,
    nickname: &str,
    owners: &[String],
    tags: &[String],
    command: &str,
    runbook: &str,
) -> String {
    let list = |items: &[String], mark: char| {
        let mut text = String::from(mark);
        for item in items {
            text.push_str(fold(item).trim_start_matches('@'));
            text.push(mark);
        }
        text
    };
    let mut text = format!(
        "{}\n{}\n{}\n{}\n{}",
        fold(name),
        fold(nickname),
        list(owners, OWNER_MARK),
        list(tags, TAG_MARK),
        fold(command)
    );
    if !runbook.is_empty() {
        text.push('\n');
        text.push_str(&fold(runbook));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn case_width_and_composition_do_not_count() {
        for (one, other) in [
            ("ÄRGER", "ärger"),
            ("a\u{308}rger", "ärger"),
            ("STRASSE", "straße"),
            ("STRAẞE", "strasse"),
            ("ΟΔΟΣ", "οδος"),
            ("ﬁle", "FILE"),
            ("ＤＢ１", "db1"),
            ("ｶﾞ", "ガ"),
            ("İI", "iı"),
            ("ǅ", "ǆ"),
            ("①", "1"),
            ("a\tb\0", "a b "),
        ] {
            assert_eq!(fold(one), fold(other), "{one} {other}");
        }
        for (one, other) in [("a", "ä"), ("е", "e"), ("1", "l")] {
            assert_ne!(fold(one), fold(other), "{one} {other}");
        }
    }

    #[test]
    fn no_letter_depends_on_its_case() {
        for c in ('\0'..=char::MAX).filter(|c| c.is_alphabetic()) {
            let folded = fold(&c.to_string());
            assert_eq!(fold(&folded), folded, "{c}");
            assert_eq!(fold(&c.to_lowercase().to_string()), folded, "{c}");
            assert_eq!(fold(&c.to_uppercase().to_string()), folded, "{c}");
        }
    }
}
