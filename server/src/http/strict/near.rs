//! Finds the known name that was probably meant by an unknown one.

/// Longer names are not typing errors.
const MAX_CHARS: usize = 40;

/// The nearest known name, where one is near enough: a few letters off, the same word in a longer
/// one (`timezone`, `zone`), or the same letters with some missing (`cmd`, `command`).
#[must_use]
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = typed.chars().count();
    if length > MAX_CHARS {
        return None;
    }
    let typed = typed.to_lowercase();
    let known: Vec<&str> = known.into_iter().collect();
    let off = |name: &&'a str| strsim::damerau_levenshtein(&typed, name);
    let close = known
        .iter()
        .copied()
        .min_by_key(off)
        .filter(|name| off(name) <= (length / 3).max(1) && off(name) < length);
    let related = |name: &&'a str| {
        (name.len() >= 3 && typed.contains(*name)) || (length >= 3 && name.contains(&typed))
    };
    close
        .or_else(|| {
            known
                .iter()
                .copied()
                .filter(related)
                .max_by_key(|name| name.len())
        })
        .or_else(|| {
            let mut kin = known.iter().copied();
            kin.find(|name| length >= 3 && is_shortened(&typed, name))
        })
        .or_else(|| {
            // `query` for `q`.
            let mut kin = known.iter().copied();
            kin.find(|name| name.len() == 1 && typed.starts_with(name))
        })
}

/// Whether the letters of a text occur in a name in order, starting with its first letter.
fn is_shortened(text: &str, name: &str) -> bool {
    let mut letters = name.chars();
    text.chars().next() == name.chars().next()
        && text
            .chars()
            .all(|letter| letters.any(|other| other == letter))
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_seen_through() {
        let known = [
            "name",
            "nickname",
            "owners",
            "tags",
            "command",
            "zone",
            "cron",
            "schedules",
            "channel_id",
            "timeout",
            "q",
        ];
        for (typed, meant) in [
            ("timout", Some("timeout")),
            ("time_out", Some("timeout")),
            ("Timeout", Some("timeout")),
            ("timezone", Some("zone")),
            ("cmd", Some("command")),
            ("owner", Some("owners")),
            ("tag", Some("tags")),
            ("schedule", Some("schedules")),
            ("channel", Some("channel_id")),
            ("query", Some("q")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(nearest(typed, known), meant, "{typed}");
        }
        assert_eq!(nearest(&"x".repeat(1 << 20), known), None);
    }
}
