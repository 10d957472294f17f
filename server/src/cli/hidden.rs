//! Secret input: from a pipe, or typed at a terminal without being shown.

use std::io::{BufRead, IsTerminal, Read, Write};

use app::secret::VALUE_BYTES;
use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};

use super::{Failure, lang, sentence};

/// Bytes of stdin that are read for passwords and addresses.
const STDIN_MAX: u64 = 64 * 1024;

/// The value of a secret, from stdin without the last newline, or from a prompt.
pub(super) fn read(name: &str) -> Result<String, Failure> {
    let stdin = std::io::stdin();
    let bytes = if stdin.is_terminal() {
        ask(&lang().pick(
            format!("{name} 的值（不显示）："),
            format!("Value of {name} (not shown): "),
        ))?
    } else {
        let mut bytes = Vec::new();
        // A little more than the limit, which detects a value that is too long and bounds the memory.
        stdin
            .take(*VALUE_BYTES.end() as u64 + 3)
            .read_to_end(&mut bytes)
            .map_err(|error| Failure::error(sentence(&error)))?;
        bytes
    };
    line_of(bytes)
}

/// A text without its last newline.
fn line_of(bytes: Vec<u8>) -> Result<String, Failure> {
    let text = String::from_utf8(bytes).map_err(|_| {
        Failure::usage(lang().pick("值不是 UTF-8 文本", "the value is not UTF-8 text"))
    })?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Ok(text.strip_suffix('\r').unwrap_or(text).to_owned())
}

/// One line: from a prompt without echo at a terminal, else the first line of stdin.
pub(super) fn line(prompt: &str) -> Result<String, Failure> {
    if std::io::stdin().is_terminal() {
        return line_of(ask(prompt)?);
    }
    Ok(stdin()?.lines().next().unwrap_or_default().to_owned())
}

/// A new password: from the first line of stdin if requested, else typed twice.
pub(super) fn new_password(from_stdin: bool) -> Result<String, Failure> {
    if from_stdin {
        return match stdin()?.lines().next() {
            Some(first) if !first.is_empty() => Ok(first.to_owned()),
            _ => Err(Failure::usage(
                lang().pick("标准输入里没有密码", "stdin holds no password"),
            )),
        };
    }
    needs_terminal()?;
    let lang = lang();
    let first = line(lang.pick("新密码（不显示）：", "New password (not shown): "))?;
    let again = line(lang.pick("再输入一次：", "Repeat the new password: "))?;
    if first == again {
        Ok(first)
    } else {
        Err(Failure::usage(
            lang.pick("两次输入的密码不一样", "the two passwords differ"),
        ))
    }
}

/// The current password and a new one: two lines of stdin if requested, else typed.
pub(super) fn own_passwords(from_stdin: bool) -> Result<[String; 2], Failure> {
    if !from_stdin {
        needs_terminal()?;
        let prompt = lang().pick("当前密码（不显示）：", "Current password (not shown): ");
        return Ok([line(prompt)?, new_password(false)?]);
    }
    let text = stdin()?;
    let mut lines = text.lines().map(str::to_owned);
    match (lines.next(), lines.next()) {
        (Some(current), Some(new)) if !current.is_empty() && !new.is_empty() => Ok([current, new]),
        _ => Err(Failure::usage(lang().pick(
            "标准输入需要两行：当前密码和新密码",
            "stdin needs two lines: the current password and the new one",
        ))),
    }
}

/// Refuses to prompt if stdin is not a terminal.
fn needs_terminal() -> Result<(), Failure> {
    if std::io::stdin().is_terminal() {
        return Ok(());
    }
    Err(Failure::usage(lang().pick(
        "标准输入不是终端：用 --password-stdin 从标准输入读取密码",
        "stdin is not a terminal: pass the password on stdin with --password-stdin",
    )))
}

fn stdin() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin()
        .take(STDIN_MAX)
        .read_to_string(&mut text)
        .map_err(|error| Failure::error(sentence(&error)))?;
    Ok(text)
}

/// Restores the terminal, also when reading fails.
struct EchoOff {
    before: Termios,
}

impl EchoOff {
    fn begin() -> Result<Self, nix::Error> {
        let stdin = std::io::stdin();
        let before = tcgetattr(&stdin)?;
        let mut quiet = before.clone();
        quiet.local_flags.remove(LocalFlags::ECHO);
        // The newline is echoed, so that the cursor moves on.
        quiet.local_flags.insert(LocalFlags::ECHONL);
        // Flushes input that was typed ahead: it was echoed, so it must not become part of the value.
        tcsetattr(&stdin, SetArg::TCSAFLUSH, &quiet)?;
        Ok(Self { before })
    }
}

impl Drop for EchoOff {
    fn drop(&mut self) {
        if tcsetattr(std::io::stdin(), SetArg::TCSANOW, &self.before).is_err() {
            tracing::debug!("the terminal's echo could not be restored");
        }
    }
}

fn ask(prompt: &str) -> Result<Vec<u8>, Failure> {
    let failed = |error: std::io::Error| Failure::error(sentence(&error));
    // Before the prompt, so that nothing typed early is echoed.
    let quiet = EchoOff::begin().map_err(|error| failed(error.into()))?;
    let mut terminal = std::io::stderr();
    write!(terminal, "{prompt}")
        .and_then(|()| terminal.flush())
        .map_err(failed)?;
    let mut line = Vec::new();
    let typed = std::io::stdin().lock().read_until(b'\n', &mut line);
    drop(quiet);
    typed.map_err(failed)?;
    Ok(line)
}
