//! The manual that the program contains: the documents of `docs/` for its users, as HTML, with a search over their sections.
//!
//! They are rendered once in each language, when the first page of it is opened.

mod anchor;
mod library;
mod render;
mod search;

use std::sync::LazyLock;

use app::i18n::Lang;

pub use search::Hit;

/// All documents in one language.
#[derive(Debug)]
pub struct Manual {
    /// In the order in which they are listed.
    pub documents: Vec<Document>,
}

/// A document.
#[derive(Debug)]
pub struct Document {
    /// Its name in addresses.
    pub name: &'static str,
    /// Its heading.
    pub title: String,
    /// The language that it is written in: some have not been translated.
    pub lang: Lang,
    /// Its content. HTML in the source is shown as text.
    pub html: String,
    sections: Vec<Section>,
}

/// What a heading is followed by, up to the next one.
#[derive(Debug)]
struct Section {
    anchor: String,
    title: String,
    text: String,
    /// Title and text, as they are compared.
    folded: String,
}

impl Manual {
    /// The manual in a language.
    #[must_use]
    pub fn of(lang: Lang) -> &'static Self {
        static CHINESE: LazyLock<Manual> = LazyLock::new(|| Manual::new(Lang::Zh));
        static ENGLISH: LazyLock<Manual> = LazyLock::new(|| Manual::new(Lang::En));
        match lang {
            Lang::Zh => &CHINESE,
            Lang::En => &ENGLISH,
        }
    }

    fn new(lang: Lang) -> Self {
        let documents = library::SOURCES.iter().map(|source| {
            let (written, text) = source.text(lang);
            let mut document = render::document(source.name, written, text);
            if let Some(title) = source.title(lang) {
                title.clone_into(&mut document.title);
            }
            document
        });
        Self {
            documents: documents.collect(),
        }
    }

    /// A document by its name.
    #[must_use]
    pub fn document(&self, name: &str) -> Option<&Document> {
        self.documents.iter().find(|one| one.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_link_between_documents_leads_to_a_heading_that_exists() {
        for lang in [Lang::Zh, Lang::En] {
            let manual = Manual::of(lang);
            for document in &manual.documents {
                for link in document.html.split("href=\"").skip(1) {
                    let link = link.split('"').next().expect("its end");
                    if link.contains("://") || link.starts_with("mailto:") {
                        continue;
                    }
                    let link = link.split("?lang=").next().expect("a part");
                    let (name, anchor) = link.split_once('#').unwrap_or((link, ""));
                    let name = if name.is_empty() { document.name } else { name };
                    // Browsers decode what is not ASCII before they look for the heading.
                    let anchor = url::form_urlencoded::parse(anchor.as_bytes()).next();
                    let anchor = anchor.map_or_else(String::new, |(anchor, _)| anchor.into_owned());
                    let to = manual.document(name);
                    let to = to.unwrap_or_else(|| panic!("{}: {link}", document.name));
                    let known = anchor.is_empty()
                        || to.sections.iter().any(|section| section.anchor == anchor);
                    assert!(
                        known || to.lang != document.lang,
                        "{}: {link}",
                        document.name
                    );
                }
            }
        }
    }

    #[test]
    fn documents_have_a_title_and_their_own_names() {
        for lang in [Lang::Zh, Lang::En] {
            let manual = Manual::of(lang);
            let mut names: Vec<&str> = manual.documents.iter().map(|one| one.name).collect();
            assert!(names.len() > 15);
            for document in &manual.documents {
                assert!(!document.title.is_empty(), "{}", document.name);
                assert!(document.html.contains("<h1 id="), "{}", document.name);
            }
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), manual.documents.len());
        }
        let start = |lang| Manual::of(lang).document("start").expect("a document");
        assert_eq!(start(Lang::Zh).lang, Lang::Zh);
        assert!(start(Lang::Zh).html.contains("href=\"start?lang=en\""));
        assert!(start(Lang::En).html.contains("href=\"start?lang=zh\""));
    }
}
