//! Whole crontabs: every line is accounted for, and none loses a byte.

mod entries;
mod lines;
mod rejected;
mod shapes;

use app::import::{Flavor, Format, Place};
use proptest::prelude::*;

use super::*;
use crate::takeover::edit::comment_out;

fn reading(flavor: Flavor, format: Format) -> Reading<'static> {
    Reading {
        flavor,
        format,
        user: "ada",
    }
}

fn debian(text: &str) -> Account {
    read(text, reading(Flavor::Debian, Format::User)).expect("an account")
}

/// A letter for each line: blank, comment, disabled entry, variable, entry, taken, fault.
fn letters(account: &Account) -> String {
    let letter = |line: &Line| match &line.kind {
        Kind::Blank => '.',
        Kind::Comment {
            is_disabled_entry: true,
            ..
        } => 'd',
        Kind::Comment { .. } => '#',
        Kind::Variable(_) => 'v',
        Kind::Entry(_) => 'e',
        Kind::Taken { .. } => 't',
        Kind::Fault(_) => 'x',
    };
    account.lines.iter().map(letter).collect()
}

fn parts() -> impl Strategy<Value = String> {
    let words = prop_oneof![
        Just("*"),
        Just("*/5"),
        Just("1-5"),
        Just("@daily"),
        Just("@reboot"),
        Just("root"),
        Just("#"),
        Just("%"),
        Just("\\%"),
        Just("="),
        Just("A=b"),
        Just("MAILTO=\"\""),
        Just(" "),
        Just("\t"),
        Just("\r"),
        Just("\n"),
        Just("#jcrontab:7# "),
        Just("每天"),
        Just("/bin/x"),
        Just("'"),
        Just("\\"),
        Just("\u{feff}"),
        Just("61"),
    ];
    let any = proptest::collection::vec(
        prop_oneof![4 => words.prop_map(str::to_owned), 1 => ".{0,6}"],
        0..120,
    );
    any.prop_map(|words| words.join(""))
}

proptest! {
    #[test]
    fn an_account_covers_every_byte_once(text in parts(), cronie in any::<bool>(), kind in 0_usize..3) {
        let flavor = if cronie { Flavor::Cronie } else { Flavor::Debian };
        let account = read(&text, reading(flavor, Format::ALL[kind])).expect("an account");
        let mut at = 0;
        let mut again = String::new();
        for (index, line) in account.lines.iter().enumerate() {
            prop_assert_eq!(line.range.start, at);
            prop_assert_eq!(line.number as usize, index + 1);
            at = line.range.end;
            again.push_str(&text[line.range.clone()]);
        }
        prop_assert_eq!(again, text);
    }

    #[test]
    fn a_schedule_of_cron_is_one_of_ours(
        fields in proptest::collection::vec("[0-9*,/a-z-]{1,8}", 5),
        cronie in any::<bool>(),
    ) {
        let flavor = if cronie { Flavor::Cronie } else { Flavor::Debian };
        let line = format!("{} x", fields.join(" "));
        let account = read(&line, reading(flavor, Format::User)).expect("an account");
        if let Kind::Entry(entry) = &account.lines[0].kind
            && let Timing::Cron(cron) = &entry.timing
        {
            let ours = app::schedule::ScheduleSpec::parse(cron);
            prop_assert!(ours.is_ok(), "{} became {}: {:?}", line, cron, ours);
        }
    }
}

#[test]
fn the_example_of_crontab_5() {
    let text = "# use /bin/sh to run commands, no matter what /etc/passwd says\nSHELL=/bin/sh\n\
        MAILTO=paul\n#\n# run five minutes after midnight, every day\n5 0 * * *       $HOME/bin/daily.job\n\
        0 22 * * 1-5\tmail -s \"It's 10pm\" joe%Joe,%%Where are your kids?%\n\
        5 4 * * sun     echo \"run at 5 after 4 every sunday\"\n";
    let account = debian(text);
    assert_eq!(letters(&account), "#vv##eee");
    let Kind::Entry(mail) = &account.lines[6].kind else {
        panic!("an entry");
    };
    assert_eq!(mail.command, "mail -s \"It's 10pm\" joe");
    assert_eq!(
        mail.input.as_deref(),
        Some("Joe,\n\nWhere are your kids?\n")
    );
    let names: Vec<&str> = mail
        .environment
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(names, ["SHELL", "MAILTO"]);
    assert_eq!(
        account.comments_above(6),
        ["", "run five minutes after midnight, every day"]
    );
}

#[test]
fn the_environment_holds_from_its_line_on() {
    let account = debian("* * * * * a\nA=1\n* * * * * b\nA=2\nB=' x '\n* * * * * c\n");
    let environments: Vec<String> = account
        .lines
        .iter()
        .filter_map(|line| match &line.kind {
            Kind::Entry(entry) => {
                let all = entry.environment.iter();
                let all = all.map(|one| format!("{}={}", one.name, one.value));
                Some(all.collect::<Vec<_>>().join(";"))
            }
            _ => None,
        })
        .collect();
    assert_eq!(environments, ["", "A=1", "A=2;B= x "]);
}

fn prepared(text: &str, flavor: Flavor, format: Format) -> Prepared {
    let account = read(text, reading(flavor, format)).expect("an account");
    let line = account.lines.last().expect("a line");
    let Kind::Entry(entry) = &line.kind else {
        panic!("{text}: {:?}", line.kind);
    };
    entry.draft(DraftOptions {
        flavor,
        zone: "",
        accept: &[],
        home: Some("/home/ada"),
        run_as: "ada",
        comment: &account.comments_above(line.number),
    })
}

#[test]
fn a_task_runs_what_the_entry_ran() {
    let text = "SHELL=/bin/bash\nMAILTO=ops\nLD_LIBRARY_PATH=/opt/it's\n\n# Nightly backup\n30 2 * * * backup\n";
    let Prepared { draft, remarks, .. } = prepared(text, Flavor::Debian, Format::User);
    assert_eq!(draft.name, "Nightly backup");
    assert_eq!(draft.runbook, "Nightly backup");
    assert_eq!(
        draft.command,
        "export LD_LIBRARY_PATH='/opt/it'\\''s'\nbackup"
    );
    assert_eq!(draft.schedules[0].spec, "30 2 * * *");
    let execution = &draft.execution;
    assert_eq!(execution.shell, "/bin/bash");
    assert_eq!(execution.env, "MAILTO=ops\nPATH=/usr/bin:/bin");
    assert_eq!(execution.cwd, "/home/ada");
    assert_eq!(execution.run_as, "ada");
    // Cron starts it whatever is still running, and never catches up.
    assert_eq!(execution.overlap, "allow:100");
    assert_eq!(draft.missed.policy, "none");
    let mail = Remark::MailTo {
        address: "ops".to_owned(),
    };
    let exported = Remark::Exported {
        name: "LD_LIBRARY_PATH".to_owned(),
    };
    assert_eq!(remarks, [mail, exported]);
    let parsed = draft.parse(app::i18n::Lang::En);
    assert_eq!(parsed.faults, []);
}

#[test]
fn zones_and_delays_are_those_of_the_cron() {
    let text = "CRON_TZ=Asia/Tokyo\nRANDOM_DELAY=15\n0 9 * * * x\n";
    let cronie = prepared(text, Flavor::Cronie, Format::User);
    assert_eq!(cronie.draft.zone, "Asia/Tokyo");
    assert_eq!(cronie.draft.schedules[0].jitter, "15m");
    assert!(cronie.draft.schedules[0].jitter_stable);
    assert_eq!(cronie.remarks, []);
    let debian = prepared(text, Flavor::Debian, Format::User);
    assert_eq!(debian.draft.zone, "");
    assert_eq!(debian.draft.schedules[0].jitter, "");
    let ignored = [Remark::CronTzIgnored, Remark::RandomDelayIgnored];
    assert_eq!(debian.remarks, ignored);
}

#[test]
fn jobs_of_anacron_get_fixed_times() {
    let start = "SHELL=/bin/sh\nSTART_HOURS_RANGE=3-22\nRANDOM_DELAY=45\n";
    for (line, cron) in [
        ("1 5 cron.daily nice run-parts /etc/cron.daily", "5 3 * * *"),
        ("7 25 cron.weekly x", "25 3 * * 0"),
        ("@monthly 65 cron.monthly x", "5 4 1 * *"),
        ("10 0 rare x", "every 10d from 2000-01-01 03:00"),
    ] {
        let text = format!("{start}{line}\n");
        let Prepared { draft, .. } = prepared(&text, Flavor::Cronie, Format::Anacron);
        assert_eq!(draft.schedules[0].spec, cron, "{line}");
        assert_eq!(draft.schedules[0].jitter, "45m");
        assert_eq!(draft.missed.policy, "latest");
        assert_eq!(draft.parse(app::i18n::Lang::En).faults, [], "{line}");
    }
}

#[test]
fn keys_follow_their_lines() {
    let place = Place {
        host: "web1".to_owned(),
        path: "user:ada".to_owned(),
    };
    let of = |text: &str, place: &Place| {
        let account = debian(text);
        let keys = keys(text, &account, place);
        account
            .lines
            .iter()
            .filter_map(|line| keys.get(&line.number).cloned())
            .collect::<Vec<String>>()
    };
    let [a, b] = ["* * * * * a\n", "* * * * * b\n"];
    let first = of(&format!("{a}{b}"), &place);
    assert!(first.iter().all(|key| key.len() == KEY_CHARS));
    // Moved, with other lines around, and with the end of another system.
    assert_eq!(
        of(&format!("{b}# x\nA=b\n{}", a.replace('\n', "\r\n")), &place),
        [first[1].clone(), first[0].clone()]
    );
    // Equal lines differ, also after the first was commented out.
    let twice = of(&format!("{a}{a}"), &place);
    assert_ne!(twice[0], twice[1]);
    let taken = comment_out(
        format!("{a}{a}").as_bytes(),
        &std::collections::HashMap::from([(1, 7)]),
    );
    assert_eq!(
        of(std::str::from_utf8(&taken).expect("text"), &place),
        twice
    );
    let other = Place {
        host: "web2".to_owned(),
        ..place
    };
    assert_ne!(of(a, &other), [first[0].clone()]);
}

#[test]
fn remarks_name_what_often_goes_wrong() {
    let codes = |text: &str| {
        let Prepared { remarks, .. } = prepared(text, Flavor::Debian, Format::User);
        remarks
    };
    assert_eq!(codes("0 1 * * * tar czf x.tgz y \\\n"), [Remark::Continued]);
    assert_eq!(
        codes("0 1 * * * x 2>&1 > /tmp/l\n"),
        [Remark::RedirectOrder]
    );
    assert_eq!(
        codes("0 1 * * * x &> /tmp/l\n"),
        [Remark::Bashism { what: "&>" }]
    );
    assert_eq!(codes("SHELL=/bin/bash\n0 1 * * * x &> /tmp/l\n"), []);
    assert_eq!(codes("0 1 * * * x > l-$(date +%F)\n"), [Remark::DateFormat]);
    let program = "/usr/sbin/anacron".to_owned();
    assert_eq!(
        codes("0 1 * * * test -x /usr/sbin/anacron || x\n"),
        [Remark::Unless { program }]
    );
    assert_eq!(codes("0 1 * * * test -x /bin/x && /bin/x\n"), []);
    let program = "reboot".to_owned();
    assert_eq!(codes("0 1 * * * reboot\n"), [Remark::NoPath { program }]);
    assert_eq!(codes("PATH=/sbin\n0 1 * * * reboot\n"), []);
    let lost = Remark::InputLost {
        shell: "/usr/bin/fish".to_owned(),
    };
    assert_eq!(codes("SHELL=/usr/bin/fish\n0 1 * * * cat%x\n"), [lost]);
    let account = debian("A=$HOME/x\n* * * * * y\r\n@reboot z%in");
    let remarks: Vec<&[Remark]> = account
        .lines
        .iter()
        .map(|line| line.remarks.as_slice())
        .collect();
    let unexpanded = Remark::Unexpanded {
        name: "A".to_owned(),
    };
    assert_eq!(remarks[0], [unexpanded]);
    let why = Rejection::NoNewline;
    assert_eq!(
        remarks[1],
        [Remark::CarriageReturn, Remark::Rejected { why }]
    );
    assert_eq!(
        remarks[2],
        [Remark::Input, Remark::Startup, Remark::Rejected { why }]
    );
    let cronie = read("@reboot z", reading(Flavor::Cronie, Format::User));
    let cronie = cronie.expect("an account");
    assert_eq!(
        cronie.lines[0].remarks,
        [Remark::Startup, Remark::NoNewline]
    );
}

#[test]
fn settings_have_a_limit_and_are_shared_by_entries() {
    let mut text: String = (0..=VARIABLES_MAX).map(|at| format!("A{at}=b\n")).collect();
    text.push_str("A1=c\n");
    text.push_str(&"@daily x\n".repeat(3));
    let account = debian(&text);
    let letters = letters(&account);
    assert_eq!(letters.matches('v').count(), VARIABLES_MAX + 1);
    assert!(letters.ends_with("xveee"), "the last name is one too many");
    assert_eq!(account.rejected, None, "cron has no such limit");
    let shared: Vec<_> = account
        .lines
        .iter()
        .filter_map(|line| match &line.kind {
            Kind::Entry(entry) => Some(&entry.environment),
            _ => None,
        })
        .collect();
    assert!(std::sync::Arc::ptr_eq(shared[0], shared[2]));
}

#[test]
fn a_text_with_too_many_lines_is_refused() {
    let text = "\n".repeat(LINES_MAX);
    assert_eq!(debian(&text).lines.len(), LINES_MAX);
    let more = format!("{text}\n");
    assert_eq!(
        read(&more, reading(Flavor::Debian, Format::User)),
        Err(TooMany)
    );
}
