//! Crontabs of which Debian's cron runs nothing. Each was given to cron 3.0pl1-162 as a file of cron.d.

use app::import::{Flavor, Format};

use super::reading;
use crate::takeover::{DEBIAN_LINES_MAX, Rejection, Remark, read};

fn of(text: &str, flavor: Flavor, format: Format) -> Option<Rejection> {
    read(text, reading(flavor, format))
        .expect("an account")
        .rejected
}

#[test]
fn one_bad_line_is_enough() {
    let good = "* * * * * root x\n";
    for (text, wanted) in [
        ("* 61 * * * root never\n", Some(1)),
        ("MAILTO=\n", Some(1)),
        ("A=\"b\" # c\n", Some(1)),
        ("@hourly\n", Some(1)),
        ("* * * * * root\n", Some(1)),
        ("* * * * * * root x\n", Some(1)),
        ("* * * * * root x\0y\n", Some(1)),
        // Loaded, and run nothing.
        ("* * * * * root %x\n", None),
        ("0 0 */2 * 1 root x\n", None),
        ("5-1 * * * * root x\n", None),
    ] {
        let text = format!("{text}{good}");
        let wanted = wanted.map(Rejection::Line);
        assert_eq!(of(&text, Flavor::Debian, Format::System), wanted, "{text}");
        assert_eq!(of(&text, Flavor::Cronie, Format::System), None, "{text}");
    }
    // In the crontab of a user nothing is looked for behind the schedule.
    assert_eq!(of("@hourly\n", Flavor::Debian, Format::User), None);
}

#[test]
fn the_last_line_has_to_end() {
    let good = "* * * * * root x\n";
    for (end, wanted) in [
        ("* * * * * root y", Some(Rejection::NoNewline)),
        ("B=2", Some(Rejection::NoNewline)),
        ("* 61 * * * root y", Some(Rejection::Line(2))),
        ("# end", None),
        ("   ", None),
        ("", None),
    ] {
        let text = format!("{good}{end}");
        assert_eq!(of(&text, Flavor::Debian, Format::System), wanted, "{text}");
        assert_eq!(of(&text, Flavor::Debian, Format::Anacron), None);
    }
}

#[test]
fn a_crontab_has_a_largest_number_of_lines() {
    let text = "#\n".repeat(DEBIAN_LINES_MAX);
    assert_eq!(of(&text, Flavor::Debian, Format::User), None);
    let more = format!("{text}#\n");
    assert_eq!(
        of(&more, Flavor::Debian, Format::User),
        Some(Rejection::Long)
    );
    assert_eq!(of(&more, Flavor::Cronie, Format::User), None);
}

#[test]
fn each_entry_says_that_it_did_not_run() {
    let text = "* * * * * root a\n61 * * * * root b\nA=b\n@daily root c\n";
    let account = read(text, reading(Flavor::Debian, Format::System)).expect("an account");
    let said = |number: usize| {
        let why = Rejection::Line(2);
        account.lines[number - 1]
            .remarks
            .contains(&Remark::Rejected { why })
    };
    assert_eq!([1, 2, 3, 4].map(said), [true, false, false, true]);
}
