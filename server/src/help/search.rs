//! Finds sections by words.

use super::{Document, Manual, Section};

/// Words of a search that count.
const WORDS: usize = 8;
/// Sections that are shown.
const HITS: usize = 50;
/// Characters of a section that are shown before and after the first word.
const BEFORE: usize = 40;
const AFTER: usize = 120;

/// A section that has all words.
#[derive(Debug)]
pub struct Hit {
    /// The name of its document.
    pub document: &'static str,
    /// The title of that.
    pub title: String,
    /// Its anchor there.
    pub anchor: String,
    /// Its heading.
    pub heading: String,
    /// A part of its text with the first of the words.
    pub excerpt: String,
}

impl Manual {
    /// The sections that have all words, those first whose heading has one; at most 50.
    #[must_use]
    pub fn find(&self, query: &str) -> Vec<Hit> {
        let query = query.to_lowercase();
        let words: Vec<&str> = query.split_whitespace().take(WORDS).collect();
        if words.is_empty() {
            return Vec::new();
        }
        let sections = self.documents.iter().flat_map(|document| {
            let sections = document.sections.iter();
            sections.map(move |section| (document, section))
        });
        let (mut titled, mut others) = (Vec::new(), Vec::new());
        for (document, section) in sections {
            if !words.iter().all(|word| section.folded.contains(word)) {
                continue;
            }
            let heading = section.title.to_lowercase();
            let place = if words.iter().any(|word| heading.contains(word)) {
                &mut titled
            } else {
                &mut others
            };
            if place.len() < HITS {
                place.push(hit(document, section, words[0]));
            }
        }
        titled.extend(others);
        titled.truncate(HITS);
        titled
    }
}

fn hit(document: &Document, section: &Section, word: &str) -> Hit {
    Hit {
        document: document.name,
        title: document.title.clone(),
        anchor: section.anchor.clone(),
        heading: section.title.clone(),
        excerpt: excerpt(&section.text, word),
    }
}

/// The text around a word, or its beginning.
fn excerpt(text: &str, word: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    // Lower case may have more characters than the text has: the place is a good guess at worst.
    let lower = text.to_lowercase();
    let at = lower
        .find(word)
        .map_or(0, |place| lower[..place].chars().count())
        .min(chars.len());
    let from = at.saturating_sub(BEFORE);
    let to = (at + AFTER).min(chars.len());
    let mut excerpt = String::new();
    if from > 0 {
        excerpt.push('…');
    }
    excerpt.extend(&chars[from..to]);
    if to < chars.len() {
        excerpt.push('…');
    }
    excerpt
}

#[cfg(test)]
mod tests {
    use app::i18n::Lang;

    use super::*;

    #[test]
    fn sections_with_all_words_are_found_and_headings_come_first() {
        let manual = Manual::of(Lang::En);
        let hits = manual.find("Misfires missed");
        assert_eq!(hits[0].anchor, "missed-firings-misfires");
        assert_eq!(hits[0].document, "operations");
        assert!(manual.find("kubernetes xyzzy").is_empty());
        assert!(manual.find("  ").is_empty());
        assert_eq!(manual.find("the").len(), HITS);
    }

    #[test]
    fn chinese_is_found_without_blanks_between_words() {
        let hits = Manual::of(Lang::Zh).find("备份");
        assert!(hits.iter().any(|hit| hit.document == "backup"), "{hits:?}");
    }

    #[test]
    fn an_excerpt_is_cut_between_characters() {
        let text = format!("{}İ needle {}", "长".repeat(60), "尾".repeat(200));
        let found = excerpt(&text, "needle");
        assert!(found.starts_with('…') && found.ends_with('…'), "{found}");
        assert!(found.contains("needle"), "{found}");
        assert_eq!(excerpt("short", "absent"), "short");
    }
}
