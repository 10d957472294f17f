//! Single entries, read as crontab(5) says.

use app::import::{Flavor, Format};

use crate::takeover::Reading;
use crate::takeover::entry::{Timing, entry};
use crate::takeover::fault::LineFault;
use crate::takeover::fields::{Field, FieldFault};
use crate::takeover::variables::Scope;

fn read(line: &str, flavor: Flavor, format: Format) -> Result<(String, String, String), LineFault> {
    let reading = Reading {
        flavor,
        format,
        user: "ada",
    };
    let entry = entry(line, reading, &Scope::default(), &mut Vec::new())?;
    let when = match entry.timing {
        Timing::Cron(cron) => cron,
        other => format!("{other:?}"),
    };
    Ok((when, entry.user, entry.command))
}

#[test]
fn entries_are_read_as_crontab_5_says() {
    use Flavor::{Cronie, Debian};
    use Format::{System, User};
    for (flavor, format, line, when, user, command) in [
        (
            Debian,
            User,
            "5 0 * * *       $HOME/bin/daily.job >> $HOME/tmp/out 2>&1",
            "5 0 * * *",
            "ada",
            "$HOME/bin/daily.job >> $HOME/tmp/out 2>&1",
        ),
        (
            Debian,
            User,
            "15 14 1 * *     $HOME/bin/monthly",
            "15 14 1 * *",
            "ada",
            "$HOME/bin/monthly",
        ),
        (
            Debian,
            User,
            "23 0-23/2 * * * echo \"run\"",
            "23 0,2,4,6,8,10,12,14,16,18,20,22 * * *",
            "ada",
            "echo \"run\"",
        ),
        (
            Debian,
            User,
            "5 4 * * sun     echo x",
            "5 4 * * 0",
            "ada",
            "echo x",
        ),
        (
            Debian,
            User,
            " \t*/5 * * * *\tx  y ",
            "*/5 * * * *",
            "ada",
            "x  y ",
        ),
        (Debian, User, "30 4 1,15 * 5 x", "30 4 1,15 * 5", "ada", "x"),
        (Debian, User, "30 4 1-31 * 5 x", "30 4 * * *", "ada", "x"),
        (Debian, User, "30 4 */1 * 5 x", "30 4 * * 5", "ada", "x"),
        (
            Debian,
            User,
            "@daily x # not a comment",
            "0 0 * * *",
            "ada",
            "x # not a comment",
        ),
        (Debian, User, "@reboot x", "Reboot", "ada", "x"),
        (Debian, User, "* * * * * -n x", "* * * * *", "ada", "-n x"),
        (Debian, User, "* * * * * x\r", "* * * * *", "ada", "x"),
        (
            Debian,
            System,
            "17 *\t* * *\troot    cd / && run-parts --report /etc/cron.hourly",
            "17 * * * *",
            "root",
            "cd / && run-parts --report /etc/cron.hourly",
        ),
        (Debian, System, "@hourly www x", "0 * * * *", "www", "x"),
        (Cronie, User, "-* * * * * x", "* * * * *", "ada", "x"),
        (Cronie, User, "* * * * * -n x", "* * * * *", "ada", "x"),
    ] {
        let wanted = Ok((when.to_owned(), user.to_owned(), command.to_owned()));
        assert_eq!(read(line, flavor, format), wanted, "{line}");
    }
}

#[test]
fn what_cron_skips_is_a_fault_with_its_place() {
    use Flavor::{Cronie, Debian};
    use Format::{System, User};
    let field = |field, column, fault| LineFault::Field {
        field,
        column,
        fault,
    };
    let nickname = |word: &str| LineFault::Nickname {
        word: word.to_owned(),
        column: 1,
    };
    for (flavor, format, line, fault) in [
        (
            Debian,
            User,
            "* 61 * * * x",
            field(Field::Hour, 3, FieldFault::OutOfRange),
        ),
        (
            Debian,
            User,
            "\t* * * * x",
            field(Field::Weekday, 10, FieldFault::Malformed),
        ),
        (
            Debian,
            User,
            "* * * *",
            field(Field::Weekday, 8, FieldFault::Missing),
        ),
        (
            Debian,
            User,
            "-* * * * * x",
            field(Field::Minute, 1, FieldFault::Malformed),
        ),
        (Debian, User, "@every 5m x", nickname("@every")),
        (Debian, User, "@Daily x", nickname("@Daily")),
        (Debian, User, "* * * * *", LineFault::NoCommand),
        (Debian, User, "@hourly", LineFault::NoCommand),
        (Debian, User, "* * * * * %x", LineFault::OnlyInput),
        (
            Debian,
            User,
            "0 * * * * * x",
            LineFault::SixFields { column: 11 },
        ),
        (
            Debian,
            System,
            "0 * * * * * root x",
            LineFault::SixFields { column: 11 },
        ),
        (
            Cronie,
            User,
            "@daily *x",
            LineFault::SixFields { column: 8 },
        ),
        (Debian, System, "* * * * *", LineFault::NoUser),
        (Debian, System, "* * * * * root", LineFault::NoCommand),
        (Debian, User, "0 0 */2 * 1 x", LineFault::BothDays),
        (
            Cronie,
            User,
            "* * * * * -x y",
            LineFault::Option { column: 11 },
        ),
        (
            Cronie,
            User,
            "* * * * * -n -n y",
            LineFault::Option { column: 14 },
        ),
    ] {
        assert_eq!(read(line, flavor, format), Err(fault), "{line}");
    }
    let long = format!("* * * * * {}", "x".repeat(999));
    let fault = LineFault::LongCommand { bytes: 999 };
    assert_eq!(read(&long, Debian, User), Err(fault));
    assert!(read(&long, Cronie, User).is_ok());
}
