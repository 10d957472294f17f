//! The command of an entry: `%`, and what a shell is given for it.

/// A command as cron runs it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Split {
    /// What the shell runs: up to the first `%` without a backslash, and `\%` as `%`.
    pub(super) command: String,
    /// Standard input: what follows, with `%` as the end of a line; `None` where there is no `%`.
    pub(super) input: Option<String>,
}

/// Splits a command at its first `%` (crontab(5), `do_command.c`).
pub(super) fn split(text: &str) -> Split {
    let mut command = String::with_capacity(text.len());
    let mut chars = text.chars();
    let mut has_input = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('%') => command.push('%'),
                Some(other) => command.extend(['\\', other]),
                None => command.push('\\'),
            },
            '%' => {
                has_input = true;
                break;
            }
            c => command.push(c),
        }
    }
    let input = has_input.then(|| input(chars.as_str()));
    Split { command, input }
}

/// What a command reads. A backslash counts only before `%`; the last line always ends.
fn input(text: &str) -> String {
    let mut input = String::with_capacity(text.len() + 1);
    let mut escaped = false;
    for c in text.chars() {
        let c = match (escaped, c) {
            (true, '%') => '%',
            (true, c) => {
                input.push('\\');
                c
            }
            (false, '%') => '\n',
            (false, c) => c,
        };
        escaped = c == '\\';
        if !escaped {
            input.push(c);
        }
    }
    if escaped {
        input.push('\\');
    }
    if !input.is_empty() && !input.ends_with('\n') {
        input.push('\n');
    }
    input
}

/// The word around standard input in a shell.
const MARK: &str = "CRON_INPUT";

/// A command that reads this, for a POSIX shell: the group gets the text as it is, whatever the command is.
pub(super) fn with_input(command: &str, input: &str) -> String {
    let mut mark = MARK.to_owned();
    while input.lines().any(|line| line == mark) {
        mark.push('_');
    }
    format!("{{ {command}\n}} <<'{mark}'\n{input}{mark}")
}

/// A setting of a variable for a POSIX shell.
pub(super) fn export(name: &str, value: &str) -> String {
    format!("export {name}='{}'", value.replace('\'', "'\\''"))
}

/// Whether a path or name of a shell is one that reads what [`with_input`] writes.
pub(super) fn is_posix_shell(shell: &str) -> bool {
    let name = shell.rsplit('/').next().unwrap_or_default();
    matches!(
        name,
        "" | "sh" | "bash" | "dash" | "ash" | "ksh" | "mksh" | "zsh" | "busybox" | "rbash"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percent_sign_ends_the_command() {
        for (text, command, input) in [
            ("a", "a", None),
            ("a %", "a ", Some("")),
            ("a\\%b", "a%b", None),
            ("date +\\%F # 50\\%", "date +%F # 50%", None),
            ("a \\\\%b", "a \\\\", Some("b\n")),
            ("a\\", "a\\", None),
            ("a \\n", "a \\n", None),
            (
                "mail -s \"It's 10pm\" joe%Joe,%%Where are your kids?%",
                "mail -s \"It's 10pm\" joe",
                Some("Joe,\n\nWhere are your kids?\n"),
            ),
            ("cat%50\\%%a\\b\\", "cat", Some("50%\na\\b\\\n")),
            ("cat%a\\\\%b", "cat", Some("a\\%b\n")),
        ] {
            let wanted = Split {
                command: command.to_owned(),
                input: input.map(str::to_owned),
            };
            assert_eq!(split(text), wanted, "{text}");
        }
    }

    #[test]
    fn the_shell_gives_a_command_its_input() {
        for (command, input) in [
            ("cat", "a\n\n$b `c` \\\n"),
            ("cat # a comment", "x\n"),
            ("true; cat", "CRON_INPUT\nCRON_INPUT_\n"),
            ("cat", ""),
        ] {
            let shell = std::process::Command::new("/bin/sh")
                .args(["-c", &with_input(command, input)])
                .output()
                .expect("a shell");
            assert_eq!(String::from_utf8_lossy(&shell.stdout), input, "{command}");
            assert!(shell.stderr.is_empty(), "{command}");
        }
    }

    #[test]
    fn a_value_is_quoted_for_the_shell() {
        let script = format!("{}; printf %s \"$A\"", export("A", "it's $x"));
        let shell = std::process::Command::new("/bin/sh")
            .args(["-c", &script])
            .output()
            .expect("a shell");
        assert_eq!(shell.stdout, b"it's $x");
    }
}
