//! Markdown to HTML.

use app::i18n::Lang;
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use super::anchor::Anchors;
use super::library::of_file;
use super::{Document, Section};

/// Headings below this one begin no section of their own.
const DEEPEST: HeadingLevel = HeadingLevel::H4;

/// The document of a source.
pub(super) fn document(name: &'static str, lang: Lang, source: &str) -> Document {
    let mut events: Vec<Event<'_>> = Vec::new();
    let (mut anchors, mut sections) = (Anchors::default(), Vec::new());
    // Where a heading or a link began among the events.
    let (mut heading, mut links) = (None, Vec::new());
    for event in Parser::new_ext(source, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(events.len()),
            Event::Start(Tag::Link { .. }) => links.push(events.len()),
            _ => {}
        }
        let event = match event {
            // Shown as it is written, since nothing in a document needs it.
            Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
            event => event,
        };
        let text = words(&event).map(str::to_owned);
        let ends = match &event {
            Event::End(TagEnd::Heading(level)) => Some(*level),
            _ => None,
        };
        let link_ends = matches!(event, Event::End(TagEnd::Link));
        events.push(event);
        if let (Some(level), Some(begun)) = (ends, heading) {
            heading = None;
            let title: String = events[begun..].iter().filter_map(words).collect();
            let anchor = anchors.of(&title);
            if let Event::Start(Tag::Heading { id, .. }) = &mut events[begun] {
                *id = Some(CowStr::from(anchor.clone()));
            }
            if level <= DEEPEST {
                sections.push(Section {
                    anchor,
                    title,
                    text: String::new(),
                    folded: String::new(),
                });
            }
        } else if let (Some(text), None) = (text, heading)
            && let Some(section) = sections.last_mut()
        {
            section.text.push_str(&text);
        }
        if link_ends && let Some(begun) = links.pop() {
            lead(&mut events, begun, name, lang);
        }
    }
    for section in &mut sections {
        section.text = section
            .text
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        section.folded = format!("{}\n{}", section.title, section.text).to_lowercase();
    }
    let mut content = String::with_capacity(source.len() * 3 / 2);
    html::push_html(&mut content, events.into_iter());
    Document {
        name,
        title: sections
            .first()
            .map(|first| first.title.clone())
            .unwrap_or_default(),
        lang,
        html: content,
        sections,
    }
}

/// The text of an event; a blank where one block ends and another begins.
fn words<'a>(event: &'a Event<'_>) -> Option<&'a str> {
    match event {
        Event::Text(text) | Event::Code(text) => Some(text),
        Event::SoftBreak | Event::HardBreak => Some(" "),
        Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::TableCell | TagEnd::CodeBlock) => {
            Some(" ")
        }
        _ => None,
    }
}

/// Lets a link that ends here lead to the page of its document, or to the translation of its own one. Only its text stays of
/// one that leads to a file which the manual does not have.
fn lead(events: &mut Vec<Event<'_>>, begun: usize, own: &str, lang: Lang) {
    let Event::Start(Tag::Link { dest_url, .. }) = &mut events[begun] else {
        return;
    };
    if dest_url.contains("://") || dest_url.starts_with(['#']) {
        return;
    }
    let (file, anchor) = match dest_url.split_once('#') {
        Some((file, anchor)) => (file, Some(anchor)),
        None => (&**dest_url, None),
    };
    match of_file(file) {
        Some(source) if source.name == own && anchor.is_none() => {
            let other = lang.pick("en", "zh");
            *dest_url = CowStr::from(format!("{own}?lang={other}"));
        }
        Some(source) => {
            let anchor = anchor
                .map(|anchor| format!("#{anchor}"))
                .unwrap_or_default();
            *dest_url = CowStr::from(format!("{}{anchor}", source.name));
        }
        None => {
            events.pop();
            events.remove(begun);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(source: &str) -> Document {
        document("x", Lang::En, source)
    }

    #[test]
    fn links_lead_to_documents_sites_and_headings_or_are_text() {
        let html = rendered(
            "# A\n\n[a](OPERATIONS.md#mysql) [b](START.zh-CN.md) [c](https://example.com/) [d](#a) [e `f`](../CHANGELOG.md)\n",
        )
        .html;
        for expected in [
            "<a href=\"operations#mysql\">a</a>",
            "<a href=\"start\">b</a>",
            "<a href=\"https://example.com/\">c</a>",
            "<a href=\"#a\">d</a>",
            " e <code>f</code></p>",
        ] {
            assert!(html.contains(expected), "{expected} in {html}");
        }
    }

    #[test]
    fn html_is_text() {
        let html = rendered("# A\n\n<script>alert(1)</script>\n\na <b onclick=x>b</b>\n").html;
        assert!(!html.contains("<script") && !html.contains("<b "), "{html}");
        assert!(html.contains("&lt;script&gt;"), "{html}");
    }

    #[test]
    fn sections_have_the_words_that_follow_their_heading() {
        let found = rendered(
            "# One\n\nfirst `code`\n\n## Two *words*\n\n| a | b |\n|---|---|\n| c | d |\n",
        );
        let sections: Vec<(&str, &str, &str)> = found
            .sections
            .iter()
            .map(|one| (one.anchor.as_str(), one.title.as_str(), one.text.as_str()))
            .collect();
        assert_eq!(
            sections,
            [
                ("one", "One", "first code"),
                ("two-words", "Two words", "a b c d")
            ]
        );
        assert!(
            found.html.contains("<h2 id=\"two-words\">"),
            "{}",
            found.html
        );
    }
}
