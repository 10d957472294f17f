//! Anchors of headings, as GitHub makes them: documents link to each other by these.

use std::collections::BTreeMap;

/// The anchors of one document.
#[derive(Default)]
pub(super) struct Anchors {
    used: BTreeMap<String, u32>,
}

impl Anchors {
    /// The anchor of a heading: in lower case, without punctuation, with `-` for blanks; the second one of a name
    /// gets a number.
    pub(super) fn of(&mut self, title: &str) -> String {
        let anchor: String = title
            .trim()
            .to_lowercase()
            .chars()
            .filter_map(|c| match c {
                ' ' => Some('-'),
                '-' | '_' => Some(c),
                c if c.is_alphanumeric() => Some(c),
                _ => None,
            })
            .collect();
        let times = self.used.entry(anchor.clone()).or_default();
        *times += 1;
        match *times {
            1 => anchor,
            n => format!("{anchor}-{}", n - 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_those_of_github() {
        let mut anchors = Anchors::default();
        for (title, anchor) in [
            ("Missed firings (misfires)", "missed-firings-misfires"),
            ("Tickets and urging (催单)", "tickets-and-urging-催单"),
            ("`GET /api/v1`", "get-apiv1"),
            ("MySQL", "mysql"),
            ("MySQL", "mysql-1"),
            ("a_b - c", "a_b---c"),
        ] {
            assert_eq!(anchors.of(title), anchor);
        }
    }
}
