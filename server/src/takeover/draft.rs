//! The draft of the task that runs what an entry ran, in the way in which cron ran it.

use app::import::{Flavor, OfferKind};
use app::schedule::ScheduleDraft;
use app::task::TaskDraft;
use app::task::execution::{env_line, is_settable};

use super::command::{export, is_posix_shell, with_input};
use super::entry::{Entry, Timing};
use super::offer::{self, RecognizedWrapper};
use super::remark::{Remark, of_command};

/// Cron's search path, which is shorter than that of tasks (`_PATH_DEFPATH`).
const PATH: &str = "/usr/bin:/bin";
/// Cron starts an entry whatever is still running; the most at once that a task can have.
const AT_ONCE: &str = "allow:100";
/// The longest name made of a comment or a command, in characters.
const NAME_MAX: usize = 80;
/// The most of a comment that becomes a runbook, in characters.
const RUNBOOK_MAX: usize = app::task::RUNBOOK_MAX_CHARS;
/// The longest delay of `RANDOM_DELAY` in minutes (cronie).
const RANDOM_DELAY_MAX: u32 = 24 * 60;
/// The hour in which anacron starts jobs where `START_HOURS_RANGE` is not set: Debian's timer starts at half past seven.
const ANACRON_HOUR: u32 = 7;

/// How the draft is made.
#[derive(Clone, Copy, Debug)]
pub struct DraftOptions<'a> {
    /// Which cron ran it.
    pub flavor: Flavor,
    /// The zone of the cron; empty for the default.
    pub zone: &'a str,
    /// The wrappers that become fields.
    pub accept: &'a [OfferKind],
    /// The home folder of its user.
    pub home: Option<&'a str>,
    /// The user that it runs as; empty for that of the server.
    pub run_as: &'a str,
    /// The comments directly above it.
    pub comment: &'a [&'a str],
}

/// A draft, and what to know about it.
#[derive(Clone, PartialEq, Debug)]
pub struct Prepared {
    /// The draft.
    pub draft: TaskDraft,
    /// Remarks.
    pub remarks: Vec<Remark>,
    /// Wrappers: what each is, its text, and whether it was accepted.
    pub offers: Vec<(OfferKind, String, bool)>,
}

impl Entry {
    /// Makes the draft.
    #[must_use]
    pub fn draft(&self, wanted: DraftOptions<'_>) -> Prepared {
        let mut remarks = Vec::new();
        let mut draft = TaskDraft {
            zone: wanted.zone.to_owned(),
            schedules: vec![ScheduleDraft::plain(&self.schedule())],
            runbook: cut(&wanted.comment.join("\n"), RUNBOOK_MAX),
            ..TaskDraft::default()
        };
        AT_ONCE.clone_into(&mut draft.execution.overlap);
        let missed = match self.timing {
            // anacron exists for what was missed, cron never catches up.
            Timing::Days { .. } => "latest",
            Timing::Cron(_) | Timing::Reboot => "none",
        };
        missed.clone_into(&mut draft.missed.policy);
        wanted.run_as.clone_into(&mut draft.execution.run_as);
        let shell = self.variable("SHELL").unwrap_or_default();
        shell.clone_into(&mut draft.execution.shell);
        let home = self.variable("HOME").or(wanted.home);
        if let Some(home) = home.filter(|home| home.starts_with('/')) {
            home.clone_into(&mut draft.execution.cwd);
        }
        let exports = self.environment(wanted.flavor, &mut draft, &mut remarks);
        self.delay(wanted.flavor, &mut draft, &mut remarks);
        remarks.extend(of_command(self, shell));
        let (command, found) = offer::unwrap(&self.command, wanted.accept, &mut draft);
        draft.name = name(wanted.comment, &command);
        draft.command = self.shell_text(&command, shell, &exports);
        let offers = found
            .into_iter()
            .map(|found: RecognizedWrapper| (found.kind, found.text, found.is_taken));
        Prepared {
            draft,
            remarks,
            offers: offers.collect(),
        }
    }

    fn variable(&self, name: &str) -> Option<&str> {
        let found = self.environment.iter().find(|one| one.name == name);
        found.map(|one| one.value.as_str())
    }

    fn schedule(&self) -> String {
        match self.timing {
            Timing::Cron(ref cron) => cron.clone(),
            Timing::Reboot => "@startup".to_owned(),
            Timing::Days { days, delay } => {
                let range = self.variable("START_HOURS_RANGE").unwrap_or_default();
                let hour = range
                    .split('-')
                    .next()
                    .and_then(|hour| hour.trim().parse().ok());
                let hour: u32 = hour.filter(|hour| *hour < 24).unwrap_or(ANACRON_HOUR);
                let (hour, minute) = ((hour + delay / 60) % 24, delay % 60);
                match days {
                    1 => format!("{minute} {hour} * * *"),
                    7 => format!("{minute} {hour} * * 0"),
                    30 | 31 => format!("{minute} {hour} 1 * *"),
                    365 | 366 => format!("{minute} {hour} 1 1 *"),
                    days => format!("every {days}d from 2000-01-01 {hour:02}:{minute:02}"),
                }
            }
        }
    }

    /// Sets the variables; returns the settings that only the command can make.
    fn environment(
        &self,
        flavor: Flavor,
        draft: &mut TaskDraft,
        remarks: &mut Vec<Remark>,
    ) -> Vec<String> {
        let (mut lines, mut exports) = (Vec::new(), Vec::new());
        let mut has_path = false;
        let shell = self.variable("SHELL").unwrap_or_default();
        for one in self.environment.iter() {
            let (name, value) = (one.name.as_str(), one.value.as_str());
            match name {
                // Fields of the task; and `LOGNAME`, which cron sets whatever the crontab says.
                "SHELL" | "LOGNAME" | "USER" | "RANDOM_DELAY" | "START_HOURS_RANGE" => continue,
                "CRON_TZ" => match flavor {
                    Flavor::Cronie => draft.zone = value.to_owned(),
                    Flavor::Debian => remarks.push(Remark::CronTzIgnored),
                },
                "MAILTO" => remarks.push(Remark::MailTo {
                    address: value.to_owned(),
                }),
                "PATH" => has_path = true,
                _ => {}
            }
            if is_settable(name) && !value.contains(['\0', '\r']) {
                lines.push(env_line(name, value));
            } else if is_identifier(name) && is_posix_shell(shell) {
                exports.push(export(name, value));
                remarks.push(Remark::Exported {
                    name: name.to_owned(),
                });
            } else {
                remarks.push(Remark::LeftOut {
                    name: name.to_owned(),
                });
            }
        }
        if !has_path {
            lines.push(env_line("PATH", PATH));
        }
        draft.execution.env = lines.join("\n");
        exports
    }

    fn delay(&self, flavor: Flavor, draft: &mut TaskDraft, remarks: &mut Vec<Remark>) {
        let Some(value) = self.variable("RANDOM_DELAY") else {
            return;
        };
        if flavor == Flavor::Debian && !matches!(self.timing, Timing::Days { .. }) {
            remarks.push(Remark::RandomDelayIgnored);
            return;
        }
        let minutes: Option<u32> = value.trim().parse().ok();
        let minutes = minutes.filter(|minutes| (1..=RANDOM_DELAY_MAX).contains(minutes));
        if let Some(minutes) = minutes {
            for schedule in &mut draft.schedules {
                schedule.jitter = format!("{minutes}m");
                // Chosen once, when the crontab is loaded.
                schedule.jitter_stable = true;
            }
        }
    }

    fn shell_text(&self, command: &str, shell: &str, exports: &[String]) -> String {
        let command = match &self.input {
            Some(input) if !input.is_empty() && is_posix_shell(shell) => with_input(command, input),
            _ => command.to_owned(),
        };
        let mut lines = exports.to_vec();
        lines.push(command);
        lines.join("\n")
    }
}

fn is_identifier(name: &str) -> bool {
    let first = |c: char| c.is_ascii_alphabetic() || c == '_';
    name.starts_with(first) && name.chars().all(|c| first(c) || c.is_ascii_digit())
}

fn cut(text: &str, max: usize) -> String {
    let plain = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    text.chars().filter(plain).take(max).collect()
}

/// The name of a task: the first of the comments above its line that has words, as people write what it is before the
/// details; else its command.
fn name(comment: &[&str], command: &str) -> String {
    let is_name = |text: &&str| text.chars().any(char::is_alphabetic);
    let text = comment.iter().copied().find(is_name).unwrap_or(command);
    let mut name = String::new();
    for word in text.split_whitespace() {
        let word: String = word.chars().filter(|c| !c.is_control()).collect();
        let blank = usize::from(!name.is_empty());
        if name.chars().count() + blank + word.chars().count() > NAME_MAX {
            if name.is_empty() {
                name = word.chars().take(NAME_MAX).collect();
            }
            break;
        }
        if blank == 1 {
            name.push(' ');
        }
        name.push_str(&word);
    }
    name
}
