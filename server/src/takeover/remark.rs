//! What a reader should know about a line. Its words are in `texts::import_remarks`.

mod path;

use super::command::is_posix_shell;
use super::entry::Entry;
use super::parts::guard;
use super::rejected::Rejection;

/// A remark.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum Remark {
    /// The last line does not end: cronie ignores it.
    NoNewline,
    /// Debian's cron runs nothing of the whole crontab.
    Rejected {
        /// Why.
        why: Rejection,
    },
    /// No `PATH` is set, and the program is usually outside of cron's.
    NoPath {
        /// The program.
        program: String,
    },
    /// It does nothing where this program is installed: `test -x /usr/sbin/anacron || …`.
    Unless {
        /// The program.
        program: String,
    },
    /// The clock of the zone is changed at a time at which it runs.
    ClockChange(ClockChange),
    /// The line ends with a carriage return, which cron passes to the command.
    CarriageReturn,
    /// `$` in the value of a setting, which nothing expands.
    Unexpanded {
        /// The setting.
        name: String,
    },
    /// The text after `%` is the command's standard input.
    Input,
    /// `%` follows `date +`, where `\%` was meant.
    DateFormat,
    /// It starts with the server, not with the machine.
    Startup,
    /// cronie mails the output only when it fails.
    MailOnFailure,
    /// anacron counted days since the last run.
    Anacron {
        /// The period.
        days: u32,
    },
    /// `MAILTO`: cron mailed the output to this address.
    MailTo {
        /// The address; empty where no mail was sent.
        address: String,
    },
    /// `CRON_TZ`, which Debian's cron ignores.
    CronTzIgnored,
    /// `RANDOM_DELAY`, which Debian's cron ignores.
    RandomDelayIgnored,
    /// A setting that a task cannot have: the command exports it.
    Exported {
        /// The setting.
        name: String,
    },
    /// A setting that is left out, because no shell can export it.
    LeftOut {
        /// The setting.
        name: String,
    },
    /// Standard input in a shell that is not of POSIX's family: it cannot be passed.
    InputLost {
        /// The shell.
        shell: String,
    },
    /// Its user is not known on this server.
    UnknownUser {
        /// The user.
        user: String,
    },
    /// The command of a user's crontab starts with the name of a user, as lines of a system crontab do.
    LooksLikeSystem {
        /// The name.
        user: String,
    },
    /// The command ends with a backslash: lines are not continued.
    Continued,
    /// `2>&1` before the redirection of standard output.
    RedirectOrder,
    /// A construct of bash in `/bin/sh`.
    Bashism {
        /// It.
        what: &'static str,
    },
    /// A warning about the schedule, in both languages.
    Schedule {
        /// Chinese.
        zh: String,
        /// English.
        en: String,
    },
}

impl Remark {
    /// The setting that it is about, which holds for all entries below it: it is remarked on once, at its own line.
    #[must_use]
    pub fn setting(&self) -> Option<&str> {
        match self {
            Self::MailTo { .. } => Some("MAILTO"),
            Self::CronTzIgnored => Some("CRON_TZ"),
            Self::RandomDelayIgnored => Some("RANDOM_DELAY"),
            Self::Exported { name } | Self::LeftOut { name } => Some(name),
            _ => None,
        }
    }
}

/// Names of users that are no commands.
const USERS: [&str; 10] = [
    "root", "www-data", "www", "daemon", "nginx", "apache", "postgres", "oracle", "tomcat",
    "ubuntu",
];

/// The user that a command starts with, where it is followed by a path.
pub(super) fn user_in_front(command: &str) -> Option<&'static str> {
    let mut words = command.split_whitespace();
    let first = words.next()?;
    let user = USERS.into_iter().find(|user| *user == first)?;
    words.next()?.starts_with(['/', '.', '~']).then_some(user)
}

/// What happens to an entry where the clock of its zone is changed.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(test, derive(Default))]
pub struct ClockChange {
    /// Date and time of the firing, on the clock of the zone.
    pub at: String,
    /// Whether that time is skipped; else it comes twice.
    pub is_gap: bool,
    /// How often cron runs it for the times that are skipped, or come twice.
    pub cron: u64,
    /// How often the task runs.
    pub task: u64,
}

/// Constructs that bash knows and dash, `/bin/sh` of Debian, does not.
const BASH: [&str; 6] = ["&>", "[[ ", "<(", "RANDOM", "<<<", "source "];

/// What is noticed about the text of a command.
pub(super) fn of_command(entry: &Entry, shell: &str) -> Vec<Remark> {
    let command = entry.command.trim_end();
    let mut remarks = Vec::new();
    if let Some(program) = guard(command) {
        remarks.push(Remark::Unless {
            program: program.to_owned(),
        });
    }
    if command.ends_with('\\') {
        remarks.push(Remark::Continued);
    }
    if entry.input.is_some() && command.ends_with(['+', '"', '\'']) && command.contains("date") {
        remarks.push(Remark::DateFormat);
    }
    if redirects_late(command) {
        remarks.push(Remark::RedirectOrder);
    }
    let is_sh = matches!(
        shell.rsplit('/').next(),
        None | Some("" | "sh" | "dash" | "ash")
    );
    if is_sh && let Some(what) = BASH.iter().find(|what| command.contains(**what)) {
        remarks.push(Remark::Bashism {
            what: what.trim_end(),
        });
    }
    let has_path = entry.environment.iter().any(|one| one.name == "PATH");
    if !has_path && let Some(program) = path::elsewhere(command) {
        remarks.push(Remark::NoPath {
            program: program.to_owned(),
        });
    }
    if entry.input.is_some() && !is_posix_shell(shell) {
        remarks.push(Remark::InputLost {
            shell: shell.to_owned(),
        });
    }
    remarks
}

/// `cmd 2>&1 > file`: standard error goes where standard output went before.
fn redirects_late(command: &str) -> bool {
    command.match_indices("2>&1").any(|(at, found)| {
        let rest = command.get(at + found.len()..).unwrap_or_default();
        let rest = rest.trim_start();
        let target = rest.strip_prefix('>').or_else(|| rest.strip_prefix("1>"));
        target.is_some_and(|target| !target.starts_with('&'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_in_front_of_a_command() {
        assert_eq!(user_in_front("root /usr/bin/x -a"), Some("root"));
        assert_eq!(user_in_front(" www-data  ./x"), Some("www-data"));
        for other in ["root", "root -x", "/usr/bin/root /x", "mysql /x", ""] {
            assert_eq!(user_in_front(other), None, "{other}");
        }
    }

    #[test]
    fn the_order_of_redirections() {
        for late in ["x 2>&1 > /tmp/l", "x 2>&1 >>l", "x 2>&1 1>l"] {
            assert!(redirects_late(late), "{late}");
        }
        for fine in ["x > /tmp/l 2>&1", "x 2>&1 | tee l", "x 2>&1", "x 2>&1 >&2"] {
            assert!(!redirects_late(fine), "{fine}");
        }
    }
}
