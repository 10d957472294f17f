//! Writes YAML that people edit: one field a line, texts of several lines as blocks.

mod text;

use std::fmt::Write as _;

use super::Tree;
use text::text;

/// Blanks by which a level is indented.
const INDENT: usize = 2;
/// An object as a document, without a line that begins it.
#[must_use]
pub fn write(tree: &Tree) -> String {
    let mut out = String::new();
    match tree {
        Tree::Object(fields) if !fields.is_empty() => object(&mut out, fields, 0),
        other => {
            inline(&mut out, other);
            out.push('\n');
        }
    }
    out
}

fn object(out: &mut String, fields: &[(String, Tree)], depth: usize) {
    for (at, (name, value)) in fields.iter().enumerate() {
        // The first field of an entry of a list follows its dash.
        if at > 0 || !out.ends_with("- ") {
            indent(out, depth);
        }
        text(out, name, None);
        out.push(':');
        field(out, value, depth);
    }
}

fn field(out: &mut String, value: &Tree, depth: usize) {
    match value {
        Tree::Object(fields) if !fields.is_empty() => {
            out.push('\n');
            object(out, fields, depth + 1);
        }
        Tree::List(all) if !all.is_empty() => {
            out.push('\n');
            list(out, all, depth + 1);
        }
        Tree::Text(value) => {
            out.push(' ');
            text(out, value, Some(depth + 1));
            out.push('\n');
        }
        other => {
            out.push(' ');
            inline(out, other);
            out.push('\n');
        }
    }
}

fn list(out: &mut String, all: &[Tree], depth: usize) {
    for one in all {
        indent(out, depth);
        out.push_str("- ");
        match one {
            Tree::Object(fields) if !fields.is_empty() => object(out, fields, depth + 1),
            Tree::Text(value) => {
                text(out, value, Some(depth + 1));
                out.push('\n');
            }
            // A list in a list, and what is empty.
            other => {
                inline(out, other);
                out.push('\n');
            }
        }
    }
}

/// A value on one line, as JSON has it.
fn inline(out: &mut String, value: &Tree) {
    match value {
        Tree::Null => out.push_str("null"),
        Tree::Bool(value) => put(out, value),
        Tree::Unsigned(value) => put(out, value),
        Tree::Signed(value) => put(out, value),
        Tree::Float(value) => put(out, value),
        Tree::Text(value) | Tree::Plain(value) => text(out, value, None),
        Tree::List(all) => {
            out.push('[');
            for (at, one) in all.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                inline(out, one);
            }
            out.push(']');
        }
        Tree::Object(fields) => {
            out.push('{');
            for (at, (name, value)) in fields.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                text(out, name, None);
                out.push_str(": ");
                inline(out, value);
            }
            out.push('}');
        }
    }
}

fn put(out: &mut String, value: &impl std::fmt::Display) {
    // Writing to a string does not fail.
    write!(out, "{value}").ok();
}

fn indent(out: &mut String, depth: usize) {
    out.extend(std::iter::repeat_n(' ', depth * INDENT));
}

#[cfg(test)]
mod tests;
