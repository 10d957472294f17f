//! What to do when a task fails: line breaks are kept, and web links are clickable.

use leptos::prelude::*;

use crate::ansi::visible;

/// A part of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Part<'a> {
    Text(&'a str),
    /// A web address. Nothing else counts: `javascript:` and the like stay text.
    Link(&'a str),
}

/// The text with its links.
pub(crate) fn runbook(text: &str) -> AnyView {
    let parts = parts(text).into_iter().map(|part| match part {
        Part::Text(text) => visible(text).into_any(),
        Part::Link(link) => {
            let (href, shown) = (link.to_owned(), visible(link));
            view! { <a href=href target="_blank" rel="noopener noreferrer">{shown}</a> }.into_any()
        }
    });
    view! { <p class="prose">{parts.collect_view()}</p> }.into_any()
}

/// Splits a text at each web address in it.
fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(found) = text[at..].find("http") {
        let begin = at + found;
        let end = begin + length(&text[begin..]);
        at = end.max(begin + 1);
        let joined = text[..begin].ends_with(|c: char| c.is_ascii_alphanumeric());
        if end == begin || joined {
            continue;
        }
        if from < begin {
            parts.push(Part::Text(&text[from..begin]));
        }
        parts.push(Part::Link(&text[begin..end]));
        from = end;
    }
    if from < text.len() {
        parts.push(Part::Text(&text[from..]));
    }
    parts
}

/// Bytes of the address that a text starts with; 0 if it starts with none. It ends before a blank, a character that
/// no address has (RFC 3986), and punctuation of the sentence around it.
fn length(text: &str) -> usize {
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|scheme| text.starts_with(scheme));
    let Some(scheme) = scheme else { return 0 };
    let is_inside = |c: char| {
        c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '`' | '\\' | '^' | '{' | '|' | '}')
    };
    let end = text.find(|c| !is_inside(c)).unwrap_or(text.len());
    let address = text[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'']);
    if address.len() > scheme.len() {
        address.len()
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::Part::{Link, Text};
    use super::*;

    #[test]
    fn only_addresses_of_the_web_are_links() {
        let wiki = "https://wiki.example.com/a?b=c&d=%20#e";
        let table = [
            ("", vec![]),
            ("重启\n再看", vec![Text("重启\n再看")]),
            (wiki, vec![Link(wiki)]),
            (
                "先看 http://a/b，再\nhttps://c.",
                vec![
                    Text("先看 "),
                    Link("http://a/b"),
                    Text("，再\n"),
                    Link("https://c"),
                    Text("."),
                ],
            ),
            ("(https://a)", vec![Text("("), Link("https://a"), Text(")")]),
            ("javascript:alert(1)", vec![Text("javascript:alert(1)")]),
            ("xhttp://a", vec![Text("xhttp://a")]),
            (
                "http:// https:/x httphttp",
                vec![Text("http:// https:/x httphttp")],
            ),
            (
                "http://a\u{202e}b",
                vec![Link("http://a"), Text("\u{202e}b")],
            ),
            (
                "http://a\"onclick=b",
                vec![Link("http://a"), Text("\"onclick=b")],
            ),
        ];
        for (text, expected) in table {
            assert_eq!(parts(text), expected, "{text}");
        }
    }
}
