//! The shapes of single lines, with the number of crontabs in which each was seen: 310 crontabs, of 223 public repositories
//! (images, dotfiles, packages of Debian, servers). The contents are made up. Each shape was given to `crontab -n` of
//! Debian's cron 3.0pl1-162, or to `anacron -T` of its anacron 2.3-36, which accept what is an entry or a variable here, and
//! refuse the faults but for a command that starts with `%`.

use app::import::{Flavor, Format};

use super::{letters, reading};
use crate::takeover::{DraftOptions, Kind, read};

const LINES: &str = include_str!("lines.tsv");

/// Format, kind and text of each shape, and the number of files.
fn shapes() -> impl Iterator<Item = (u32, Format, &'static str, String)> {
    let rows = LINES.lines().skip(1);
    rows.map(|row| {
        let mut parts = row.splitn(4, '\t');
        let mut part = || parts.next().expect("four columns");
        let files = part().parse().expect("a number of files");
        let format = part().parse().expect("a format");
        let letter = part();
        let line = part().replace('␉', "\t").replace('␍', "\r");
        (files, format, letter, line)
    })
}

#[test]
fn every_shape_is_what_cron_takes_it_for() {
    let mut seen = 0;
    for (files, format, letter, line) in shapes() {
        assert!((1..=310).contains(&files), "{line}");
        let account = read(&format!("{line}\n"), reading(Flavor::Debian, format));
        assert_eq!(
            letters(&account.expect("an account")),
            letter,
            "{format:?} {line}"
        );
        seen += 1;
    }
    assert!(seen > 400, "{seen} shapes");
}

#[test]
fn every_entry_is_a_task() {
    for (_, format, letter, line) in shapes() {
        if letter != "e" {
            continue;
        }
        let account = read(&format!("{line}\n"), reading(Flavor::Debian, format));
        let account = account.expect("an account");
        let Kind::Entry(entry) = &account.lines[0].kind else {
            panic!("{line}");
        };
        let prepared = entry.draft(DraftOptions {
            flavor: Flavor::Debian,
            zone: "",
            accept: &[],
            home: Some("/home/ada"),
            run_as: "",
            comment: &[],
        });
        let parsed = prepared.draft.parse(app::i18n::Lang::En);
        assert_eq!(parsed.faults, [], "{line}");
    }
}

#[test]
fn all_shapes_of_a_format_are_one_crontab() {
    for format in Format::ALL {
        let all: Vec<String> = shapes()
            .filter(|(_, of, ..)| *of == format)
            .map(|(.., line)| line)
            .collect();
        for flavor in [Flavor::Debian, Flavor::Cronie] {
            let account = read(&format!("{}\n", all.join("\n")), reading(flavor, format));
            let account = account.expect("an account");
            assert_eq!(account.lines.len(), all.len());
        }
    }
}
