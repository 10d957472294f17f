//! Where the fields of a document are in its text.

use std::collections::HashMap;

/// A place in a text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Mark {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

/// The places of the fields of a document, by their names as faults have them: `execution.retry.attempts`,
/// `schedules[0].jitter`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Places {
    start: Mark,
    fields: HashMap<String, Mark>,
}

impl Places {
    /// Those of a document that begins here.
    pub(super) fn from(start: Mark) -> Self {
        Self {
            start,
            fields: HashMap::new(),
        }
    }

    pub(super) fn put(&mut self, field: &str, mark: Mark) {
        self.fields.insert(field.to_owned(), mark);
    }

    /// Whether the text has this field.
    #[must_use]
    pub fn has(&self, field: &str) -> bool {
        self.fields.contains_key(field)
    }

    /// Where a field is; that of the one around it where the text does not have it.
    #[must_use]
    pub fn of(&self, field: &str) -> Mark {
        let mut rest = field;
        loop {
            if let Some(mark) = self.fields.get(rest) {
                return *mark;
            }
            match rest.rfind(['.', '[']) {
                Some(end) => rest = &rest[..end],
                None => return self.start,
            }
        }
    }
}

/// The name of a field inside another one.
pub(super) fn within(outer: &str, name: &str) -> String {
    match outer {
        "" => name.to_owned(),
        outer => format!("{outer}.{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_is_not_there_is_where_the_one_around_it_is() {
        let mark = |line| Mark { line, column: 1 };
        let mut places = Places::from(mark(1));
        places.put("execution", mark(3));
        places.put("schedules[0]", mark(7));
        assert_eq!(places.of("execution.retry.attempts"), mark(3));
        assert_eq!(places.of("schedules[0].jitter"), mark(7));
        assert_eq!(places.of("name"), mark(1));
        assert!(places.has("execution") && !places.has("name"));
    }
}
