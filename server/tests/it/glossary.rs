//! The glossary names what is in the source: a word that is renamed there must be renamed here, too.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::arrows::{read, root, sources};

/// Words of a table's first column that are marked as code.
fn terms(glossary: &str) -> Vec<&str> {
    glossary
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` |"))
        .map(|(term, _)| term)
        .collect()
}

/// Every word of the code; comments do not count.
fn words(folders: &[&str]) -> HashSet<String> {
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in folders {
        sources(&root().join(Path::new(folder)), &mut files);
    }
    let mut words = HashSet::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a source file");
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        for word in code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_')) {
            if !words.contains(word) {
                words.insert(word.to_owned());
            }
        }
    }
    words
}

#[test]
fn words_of_the_glossary_are_in_the_source() {
    let glossary = read("docs/GLOSSARY.md");
    let terms = terms(&glossary);
    assert!(terms.len() > 40, "only {} terms were found", terms.len());
    let words = words(&[
        "app/src",
        "server/src",
        "server/runner/src",
        "server/runner/exec",
        "migration/src",
    ]);
    let gone: Vec<&str> = terms
        .iter()
        .copied()
        .filter(|term| !words.contains(*term))
        .collect();
    assert!(
        gone.is_empty(),
        "docs/GLOSSARY.md names {gone:?}, which the source no longer has"
    );
    let unique: HashSet<&str> = terms.iter().copied().collect();
    assert_eq!(unique.len(), terms.len(), "a term is explained twice");
}
