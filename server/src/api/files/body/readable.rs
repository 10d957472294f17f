//! A document without the fields that cannot be read, so that one answer names the faults of all fields.

use app::task::TaskDocument;

use crate::http::strict::{self, JsonFault, JsonFaultKind, nearest};
use crate::yaml::Tree;

/// Fields of one document that are taken out.
const TRIES: usize = 50;
/// Characters of a name in a fault.
const NAME_SHOWN: usize = 64;

/// What of a document can be read.
#[derive(Debug, Default)]
pub(super) struct Readable {
    /// The document without the fields that cannot be read; `None` if nothing is left of it.
    pub(super) document: Option<TaskDocument>,
    /// Why they cannot.
    pub(super) faults: Vec<JsonFault>,
    /// Their names, and those that they probably should have: that these have no value is no further fault.
    pub(super) without: Vec<String>,
}

/// Reads a document; each field that cannot be read is noted and taken out.
pub(super) fn readable(mut tree: Tree) -> Readable {
    let mut read = Readable::default();
    loop {
        let fault = match strict::from_tree(tree.clone()) {
            Ok(document) => {
                read.document = Some(document);
                return read;
            }
            Err(fault) => fault,
        };
        let is_out = read.faults.len() < TRIES && take_out(&mut tree, &fault, &mut read.without);
        read.faults.push(fault);
        if !is_out {
            return read;
        }
    }
}

/// A step into a tree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step<'a> {
    Field(&'a str),
    Entry(usize),
}

/// The steps to a place such as `schedules[0].jitter`.
fn steps(place: &str) -> Option<Vec<Step<'_>>> {
    let mut all = Vec::new();
    for part in place.split('.').filter(|part| !part.is_empty()) {
        let (name, mut rest) = part.split_at(part.find('[').unwrap_or(part.len()));
        if !name.is_empty() {
            all.push(Step::Field(name));
        }
        while let Some(inside) = rest.strip_prefix('[') {
            let (number, after) = inside.split_once(']')?;
            all.push(Step::Entry(number.parse().ok()?));
            rest = after;
        }
    }
    Some(all)
}

fn take_out(tree: &mut Tree, fault: &JsonFault, without: &mut Vec<String>) -> bool {
    let Some(mut steps) = steps(&fault.place) else {
        return false;
    };
    let inside = |name: &str| match fault.place.as_str() {
        "" => name.to_owned(),
        place => format!("{place}.{name}"),
    };
    match &fault.what {
        JsonFaultKind::Unknown { name, known } => {
            steps.push(Step::Field(name));
            without.push(inside(name));
            let meant = nearest(name, known.iter().map(String::as_str));
            without.extend(meant.map(inside));
        }
        _ => {
            // The whole list: without one of its entries the others would have other numbers.
            while matches!(steps.last(), Some(Step::Entry(_))) {
                steps.pop();
            }
            without.push(fault.place.clone());
        }
    }
    remove(tree, &steps)
}

fn is_named(field: &str, name: &str) -> bool {
    field.chars().take(NAME_SHOWN).eq(name.chars())
}

/// Removes the field at the end of the steps; whether there was one.
fn remove(tree: &mut Tree, steps: &[Step<'_>]) -> bool {
    match (steps, tree) {
        ([Step::Field(name)], Tree::Object(fields)) => {
            let before = fields.len();
            fields.retain(|(field, _)| !is_named(field, name));
            fields.len() < before
        }
        ([Step::Field(name), rest @ ..], Tree::Object(fields)) => {
            let mut fields = fields.iter_mut();
            let found = fields.find(|(field, _)| is_named(field, name));
            found.is_some_and(|(_, value)| remove(value, rest))
        }
        ([Step::Entry(number), rest @ ..], Tree::List(all)) => all
            .get_mut(*number)
            .is_some_and(|entry| remove(entry, rest)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Readable {
        readable(serde_json::from_str(text).expect("JSON"))
    }

    #[test]
    fn fields_that_cannot_be_read_do_not_hide_each_other_and_the_rest_stays() {
        let read = read(
            r#"{"name": "a", "comand": "x", "timeout": [1], "tags": ["t", {}], "owners": ["o"],
                "schedules": [{"spec": "* * * * *", "jiter": "1m"}], "execution": {"pol": "p", "nope": 1}}"#,
        );
        let places: Vec<&str> = read
            .faults
            .iter()
            .map(|fault| fault.place.as_str())
            .collect();
        assert_eq!(places.len(), 6, "{places:?}");
        let document = read.document.expect("a document");
        assert_eq!(document.name, "a");
        assert_eq!(document.owners, ["o"]);
        assert_eq!(document.schedules[0].spec, "* * * * *");
        assert!(document.tags.is_empty() && document.timeout.is_empty());
        for field in ["comand", "command", "timeout", "schedules[0].jiter"] {
            assert!(read.without.iter().any(|one| one == field), "{field}");
        }
    }

    #[test]
    fn what_is_no_document_at_all_leaves_nothing() {
        for text in ["[]", "7", "\"a\""] {
            let read = read(text);
            assert!(read.document.is_none() && read.faults.len() == 1, "{text}");
        }
        let many = (0..TRIES + 2).map(|n| format!("\"x{n}\":1"));
        let many = many.collect::<Vec<_>>().join(",");
        let read = read(&format!("{{{many}}}"));
        assert!(read.document.is_none() && read.faults.len() == TRIES + 1);
    }
}
