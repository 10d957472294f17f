//! Reads YAML.

mod fault;

use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, StrInput, Tag};

use super::places::{Mark, Places, within};
use super::tree::Tree;
use fault::explained;
pub use fault::{Fault, What};

/// The deepest nesting.
const DEPTH_MAX: usize = 20;
/// Entries and texts of one request, those included that aliases repeat.
const NODES_MAX: usize = 500_000;

/// How much more may be read for one request.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    nodes: usize,
    documents: usize,
}

impl Budget {
    /// For at most so many documents.
    #[must_use]
    pub const fn of(documents: usize) -> Self {
        Self {
            nodes: NODES_MAX,
            documents,
        }
    }
}

/// A document.
#[derive(Clone, PartialEq, Debug)]
pub struct Document {
    /// Its fields.
    pub tree: Tree,
    /// Where they are.
    pub places: Places,
}

/// The documents of a text; those that have nothing but comments are omitted.
///
/// # Errors
/// The first fault.
pub fn read(text: &str, budget: &mut Budget) -> Result<Vec<Document>, Fault> {
    let mut reader = Reader {
        parser: Parser::new_from_str(text),
        text,
        budget,
        anchors: HashMap::new(),
        places: Places::default(),
    };
    let mut all = Vec::new();
    loop {
        let (event, _) = reader.next()?;
        match event {
            Event::StreamEnd => return Ok(all),
            Event::DocumentStart(_) => {
                let (event, mark) = reader.next()?;
                reader.anchors.clear();
                reader.places = Places::from(mark);
                let tree = reader.value(event, mark, "", 0)?;
                let places = std::mem::take(&mut reader.places);
                match tree {
                    Tree::Object(_) => all.push(Document { tree, places }),
                    Tree::Plain(text) if text.is_empty() => continue,
                    _ => return Err(What::NotAnObject.at(mark)),
                }
                let Some(left) = reader.budget.documents.checked_sub(1) else {
                    return Err(What::TooManyDocuments.at(mark));
                };
                reader.budget.documents = left;
            }
            // The start of the stream and the ends of documents.
            _ => {}
        }
    }
}

struct Reader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    text: &'a str,
    budget: &'a mut Budget,
    /// Values with anchors, and how many entries they have.
    anchors: HashMap<usize, (Tree, usize)>,
    places: Places,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Mark), Fault> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, mark(&span.start))),
            Some(Err(error)) => Err(explained(self.text, &error)),
            None => Ok((Event::StreamEnd, Mark { line: 1, column: 1 })),
        }
    }

    fn spend(&mut self, nodes: usize, mark: Mark) -> Result<(), Fault> {
        let left = self.budget.nodes.checked_sub(nodes);
        self.budget.nodes = left.ok_or(What::TooMany.at(mark))?;
        Ok(())
    }

    fn value(
        &mut self,
        event: Event<'a>,
        at: Mark,
        place: &str,
        depth: usize,
    ) -> Result<Tree, Fault> {
        if depth > DEPTH_MAX {
            return Err(What::TooDeep.at(at));
        }
        self.spend(1, at)?;
        let before = self.budget.nodes;
        let (tree, anchor) = match event {
            Event::Alias(anchor) => {
                let known = self.anchors.get(&anchor).cloned();
                // An alias inside of what it stands for.
                let (tree, nodes) = known.ok_or(What::TooDeep.at(at))?;
                self.spend(nodes, at)?;
                return Ok(tree);
            }
            Event::Scalar(text, style, anchor, tag) => {
                (scalar(&text, style, tag.as_deref(), at)?, anchor)
            }
            Event::SequenceStart(anchor, tag) => {
                check_tag(tag.as_deref(), at)?;
                (self.list(place, depth)?, anchor)
            }
            Event::MappingStart(anchor, tag) => {
                check_tag(tag.as_deref(), at)?;
                (self.object(place, depth)?, anchor)
            }
            _ => return Err(What::Syntax(String::new()).at(at)),
        };
        if anchor > 0 {
            let nodes = before - self.budget.nodes;
            self.anchors.insert(anchor, (tree.clone(), nodes));
        }
        Ok(tree)
    }

    fn list(&mut self, place: &str, depth: usize) -> Result<Tree, Fault> {
        let mut all = Vec::new();
        loop {
            let (event, at) = self.next()?;
            if event == Event::SequenceEnd {
                return Ok(Tree::List(all));
            }
            let place = format!("{place}[{}]", all.len());
            self.places.put(&place, at);
            all.push(self.value(event, at, &place, depth + 1)?);
        }
    }

    fn object(&mut self, place: &str, depth: usize) -> Result<Tree, Fault> {
        let mut fields: Vec<(String, Tree)> = Vec::new();
        let mut seen = HashSet::new();
        let mut merged = Vec::new();
        loop {
            let (event, at) = self.next()?;
            let (name, style) = match event {
                Event::MappingEnd => break,
                Event::Scalar(name, style, _, None) => (name.into_owned(), style),
                _ => return Err(What::NoName.at(at)),
            };
            self.spend(1, at)?;
            let (event, of_value) = self.next()?;
            if name == "<<" && style == ScalarStyle::Plain {
                let value = self.value(event, of_value, place, depth + 1)?;
                merged.push((value, of_value));
                continue;
            }
            if !seen.insert(name.clone()) {
                return Err(What::Twice(name.chars().take(64).collect()).at(at));
            }
            let place = within(place, &name);
            self.places.put(&place, at);
            fields.push((name, self.value(event, of_value, &place, depth + 1)?));
        }
        for (value, at) in merged {
            merge(&mut fields, &mut seen, value).ok_or(What::NotAnObject.at(at))?;
        }
        Ok(Tree::Object(fields))
    }
}

/// Adds the fields of `<<: *anchor`, or of a list of those, that an object does not have itself.
fn merge(fields: &mut Vec<(String, Tree)>, seen: &mut HashSet<String>, value: Tree) -> Option<()> {
    match value {
        Tree::Object(more) => {
            for (name, value) in more {
                if seen.insert(name.clone()) {
                    fields.push((name, value));
                }
            }
            Some(())
        }
        Tree::List(all) => all.into_iter().try_for_each(|one| match one {
            Tree::Object(_) => merge(fields, seen, one),
            _ => None,
        }),
        _ => None,
    }
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>, at: Mark) -> Result<Tree, Fault> {
    let is_text = match tag {
        None => style != ScalarStyle::Plain,
        Some(tag) if tag.is_yaml_core_schema() && tag.suffix == "str" => true,
        Some(_) => return Err(What::Tag.at(at)),
    };
    let text = text.to_owned();
    Ok(if is_text {
        Tree::Text(text)
    } else {
        Tree::Plain(text)
    })
}

fn check_tag(tag: Option<&Tag>, at: Mark) -> Result<(), Fault> {
    match tag {
        Some(tag) if !tag.is_yaml_core_schema() => Err(What::Tag.at(at)),
        _ => Ok(()),
    }
}

fn mark(marker: &Marker) -> Mark {
    Mark {
        line: marker.line().max(1),
        column: marker.col() + 1,
    }
}

#[cfg(test)]
mod tests;
