//! The lines of iCalendar (RFC 5545, section 3.1): folding, parameters, escaped text.

/// A property of a component.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Property {
    /// The line where it starts, from 1.
    pub(super) line: usize,
    /// Its name, in capitals.
    pub(super) name: String,
    /// Its parameters as written, from the first semicolon; empty without any.
    parameters: String,
    /// Its value as written.
    pub(super) value: String,
}

impl Property {
    /// The value of a parameter, without quotes.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let mut quoted = false;
        self.parameters
            .split(|c| {
                quoted ^= c == '"';
                c == ';' && !quoted
            })
            .filter_map(|parameter| parameter.split_once('='))
            .find(|(key, _)| key.trim().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().trim_matches('"'))
    }
}

/// The properties of a text, in order. Lines that are not properties are skipped.
pub(super) fn properties(text: &str) -> impl Iterator<Item = Property> {
    let mut lines = text.lines().enumerate().peekable();
    std::iter::from_fn(move || {
        let (index, first) = lines.next()?;
        let mut whole = first.to_owned();
        // A line that starts with a blank continues the previous one; the blank is not part of it.
        while let Some((_, more)) = lines.next_if(|(_, line)| line.starts_with([' ', '\t'])) {
            whole.push_str(&more[1..]);
        }
        Some((index + 1, whole))
    })
    .filter_map(|(line, whole)| property(line, &whole))
}

fn property(line: usize, text: &str) -> Option<Property> {
    let name_end = text.find([':', ';'])?;
    // A quoted parameter may hold colons: ATTENDEE;CN="a:b":mailto:c
    let mut quoted = false;
    let colon = text.char_indices().find(|(_, c)| {
        quoted ^= *c == '"';
        *c == ':' && !quoted
    });
    let (colon, _) = colon?;
    Some(Property {
        line,
        name: text[..name_end].trim().to_ascii_uppercase(),
        parameters: text.get(name_end..colon).unwrap_or_default().to_owned(),
        value: text[colon + 1..].trim().to_owned(),
    })
}

/// A text value without its escapes.
pub(super) fn unescape(value: &str) -> String {
    let mut plain = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => plain.push('\n'),
                Some(other) => plain.push(other),
                None => {}
            },
            _ => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_lines_are_joined() {
        let text =
            "BEGIN:VEVENT\r\nSUMMARY;LANGUAGE=zh_CN:国庆\r\n 节\r\n\t（休）\r\n\r\nend:vevent";
        let read: Vec<_> = properties(text)
            .map(|p| (p.line, p.name, p.value))
            .collect();
        let expected = [
            (1, "BEGIN", "VEVENT"),
            (2, "SUMMARY", "国庆节（休）"),
            (6, "END", "vevent"),
        ];
        let expected = expected.map(|(line, name, value)| (line, name.into(), value.into()));
        assert_eq!(read, expected);
    }

    #[test]
    fn quoted_parameters_may_hold_colons() {
        let value = |text: &str| properties(text).next().map(|p| (p.name, p.value));
        let some = |name: &str, value: &str| Some((name.to_owned(), value.to_owned()));
        assert_eq!(
            value("ATTENDEE;CN=\"a:b;c\";X=1:mailto:d"),
            some("ATTENDEE", "mailto:d")
        );
        assert_eq!(value("X:"), some("X", ""));
        assert_eq!(value(":x"), some("", "x"));
        for none in ["", "no colon", "X;Y=\"open:1", " \t", "；：", "\u{0}"] {
            assert_eq!(value(none), None, "{none:?}");
        }
    }

    #[test]
    fn parameters_are_found_by_name() {
        let text = "DTSTART;X=\"a;TZID=b\";tzid=\"Sri Lanka Standard Time\";VALUE=DATE:20260101";
        let property = properties(text).next().expect("a property");
        assert_eq!(property.parameter("TZID"), Some("Sri Lanka Standard Time"));
        assert_eq!(property.parameter("value"), Some("DATE"));
        assert_eq!(property.parameter("RANGE"), None);
        let bare = properties("A:x;TZID=UTC").next().expect("a property");
        assert_eq!(bare.parameter("TZID"), None);
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(unescape(r"a\, b\; c\\n\nd\"), "a, b; c\\n\nd");
    }
}
