//! A form as a tree: `execution.parameters[2].label` is a place in it. It is read into the types that the API reads,
//! so that a form lists none of their fields.
//!
//! No input is lost: an unknown name or a value that does not fit is reported, and the rest is read all the same. See
//! `docs/adr/0028-forms-are-read-as-a-tree.md`.

use std::cell::RefCell;
use std::collections::BTreeMap;

use app::task::split_list;
use serde::de::value::{MapDeserializer, SeqDeserializer, StringDeserializer};
use serde::de::{DeserializeOwned, Deserializer, Error as _, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::is_ticked;
use crate::http::strict::{JsonFault, Kind};

/// Entries that a list of a form may have; one more makes an excess detectable.
const ENTRIES_MAX: usize = 101;
/// Steps of a name: `execution.parameters[2].label` has four.
const STEPS_MAX: usize = 6;
/// Faults that are reported.
const FAULTS_MAX: usize = 20;

/// A form being assembled.
#[derive(Default)]
pub(super) struct Fields(BTreeMap<String, Node>);

enum Node {
    Text(String),
    List(BTreeMap<usize, Node>),
    Object(BTreeMap<String, Node>),
}

enum Step<'a> {
    Name(&'a str),
    Index(usize),
}

impl Fields {
    /// Puts a value in its place; of two with the same name the second wins.
    pub(super) fn put(&mut self, name: &str, value: String) {
        let placed = match steps(name).as_deref() {
            Some([Step::Name(first), rest @ ..]) => put(&mut self.0, first, rest, value),
            _ => Err(value),
        };
        if let Err(value) = placed {
            // Not one of our places: reported under this name.
            self.0.insert(name.to_owned(), Node::Text(value));
        }
    }

    /// Reads the form, with the faults of what did not fit.
    ///
    /// # Errors
    /// For a type that cannot be read from a form, which is never the case for ours.
    pub(super) fn read<T: DeserializeOwned>(self) -> Result<(T, Vec<JsonFault>), JsonFault> {
        let faults = RefCell::default();
        let read = T::deserialize(Place {
            node: Node::Object(self.0),
            at: String::new(),
            faults: &faults,
        })?;
        Ok((read, faults.into_inner()))
    }
}

/// The steps of a name; `None` when it does not name a place.
fn steps(name: &str) -> Option<Vec<Step<'_>>> {
    let mut steps = Vec::new();
    for part in name.split('.') {
        let (name, index) = match part.strip_suffix(']') {
            Some(part) => {
                let (name, index) = part.split_once('[')?;
                (name, Some(index.parse().ok()?))
            }
            None => (part, None),
        };
        if name.is_empty() || name.contains(['[', ']']) || steps.len() >= STEPS_MAX {
            return None;
        }
        steps.push(Step::Name(name));
        steps.extend(index.map(Step::Index));
    }
    Some(steps)
}

/// Puts a value into an object; returns it when the place is taken by something else.
fn put(
    object: &mut BTreeMap<String, Node>,
    name: &str,
    rest: &[Step<'_>],
    value: String,
) -> Result<(), String> {
    let slot = object.entry(name.to_owned());
    put_into(slot.or_insert_with(|| Node::empty(rest)), rest, value)
}

fn put_into(node: &mut Node, steps: &[Step<'_>], value: String) -> Result<(), String> {
    match (node, steps) {
        (Node::Text(text), []) => *text = value,
        (Node::Object(object), [Step::Name(name), rest @ ..]) => {
            return put(object, name, rest, value);
        }
        (Node::List(list), [Step::Index(index), rest @ ..]) => {
            if list.len() < ENTRIES_MAX || list.contains_key(index) {
                let slot = list.entry(*index);
                return put_into(slot.or_insert_with(|| Node::empty(rest)), rest, value);
            }
        }
        _ => return Err(value),
    }
    Ok(())
}

impl Node {
    /// The empty node that the next step enters.
    fn empty(steps: &[Step<'_>]) -> Self {
        match steps.first() {
            None => Self::Text(String::new()),
            Some(Step::Name(_)) => Self::Object(BTreeMap::new()),
            Some(Step::Index(_)) => Self::List(BTreeMap::new()),
        }
    }
}

/// A node that is read, and its place.
struct Place<'a> {
    node: Node,
    at: String,
    faults: &'a RefCell<Vec<JsonFault>>,
}

/// Reports what does not fit at a place.
fn report(faults: &RefCell<Vec<JsonFault>>, at: &str, fault: JsonFault) {
    let mut faults = faults.borrow_mut();
    if faults.len() < FAULTS_MAX {
        faults.push(match at {
            "" => fault,
            at => fault.within(at),
        });
    }
}

/// The entries of a list entered as one text: one per line, owners and tags on one line.
fn entries(at: &str, text: &str) -> Vec<String> {
    if matches!(at, "owners" | "tags") {
        return split_list(text);
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.take(ENTRIES_MAX).map(str::to_owned).collect()
}

impl Place<'_> {
    fn report(&self, needed: Kind) {
        report(self.faults, &self.at, JsonFault::needs(needed));
    }

    /// The input with Unix line breaks: browsers send two characters.
    fn into_text(self) -> String {
        match self.node {
            Node::Text(text) => text.replace("\r\n", "\n"),
            Node::List(_) | Node::Object(_) => {
                self.report(Kind::Text);
                String::new()
            }
        }
    }
}

impl<'de> Deserializer<'de> for Place<'_> {
    type Error = JsonFault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonFault> {
        visitor.visit_string(self.into_text())
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonFault> {
        visitor.visit_bool(is_ticked(&self.into_text()))
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonFault> {
        let number = match &self.node {
            Node::Text(text) => text.trim().parse().ok(),
            Node::List(_) | Node::Object(_) => None,
        };
        if number.is_none() {
            self.report(Kind::Whole);
        }
        visitor.visit_i64(number.unwrap_or_default())
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonFault> {
        match &self.node {
            Node::Text(text) if text.trim().is_empty() => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, JsonFault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonFault> {
        let all: Vec<Node> = match self.node {
            Node::Text(text) => {
                let entries = entries(&self.at, &text).into_iter();
                entries.map(Node::Text).collect()
            }
            Node::List(list) => list.into_values().collect(),
            Node::Object(_) => {
                report(self.faults, &self.at, JsonFault::needs(Kind::List));
                Vec::new()
            }
        };
        let (at, faults) = (self.at, self.faults);
        let places = all.into_iter().enumerate().map(|(index, node)| Place {
            node,
            at: format!("{at}[{index}]"),
            faults,
        });
        visitor.visit_seq(SeqDeserializer::new(places))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, JsonFault> {
        let Self { node, at, faults } = self;
        let mut known = BTreeMap::new();
        match node {
            Node::Object(object) => {
                for (name, node) in object {
                    if fields.contains(&name.as_str()) {
                        known.insert(name, node);
                    } else {
                        report(
                            faults,
                            &at,
                            JsonFault::unknown(&name, fields.iter().copied()),
                        );
                    }
                }
            }
            Node::Text(_) | Node::List(_) => {
                report(faults, &at, JsonFault::needs(Kind::Object));
            }
        }
        let places = known.into_iter().map(|(name, node)| {
            let at = match at.as_str() {
                "" => name.clone(),
                at => format!("{at}.{name}"),
            };
            (name, Place { node, at, faults })
        });
        visitor.visit_map(MapDeserializer::new(places))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, JsonFault> {
        let typed = match &self.node {
            Node::Text(text) => text.trim(),
            Node::List(_) | Node::Object(_) => "",
        };
        let chosen = variants.iter().find(|variant| **variant == typed);
        if chosen.is_none() {
            let typed: String = typed.chars().take(64).collect();
            let fault = JsonFault::unknown_variant(&typed, variants);
            report(self.faults, &self.at, fault);
        }
        let chosen = *chosen
            .or(variants.first())
            .ok_or_else(|| JsonFault::custom("there is nothing to choose"))?;
        let chosen: StringDeserializer<JsonFault> = chosen.to_owned().into_deserializer();
        visitor.visit_enum(chosen)
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        tuple tuple_struct map identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, JsonFault> for Place<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
