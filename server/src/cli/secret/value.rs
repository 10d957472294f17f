//! Reading a value: from a pipe, or from a person without showing it.

use std::io::{BufRead, IsTerminal, Read, Write};

use app::secret::VALUE_BYTES;
use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};

use super::super::{Failure, lang, sentence};

/// The value of a secret, from stdin without its last line end, or asked for.
pub(in crate::cli) fn read(name: &str) -> Result<String, Failure> {
    let stdin = std::io::stdin();
    let bytes = if stdin.is_terminal() {
        ask(name)?
    } else {
        let mut bytes = Vec::new();
        // Some more than allowed reveals a value that is too long, and no pipe fills the memory.
        stdin
            .take(*VALUE_BYTES.end() as u64 + 3)
            .read_to_end(&mut bytes)
            .map_err(|error| Failure::error(sentence(&error)))?;
        bytes
    };
    let text = String::from_utf8(bytes).map_err(|_| {
        Failure::usage(lang().pick("值不是 UTF-8 文本", "the value is not UTF-8 text"))
    })?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Ok(text.strip_suffix('\r').unwrap_or(text).to_owned())
}

/// Puts the terminal back as it was, also when reading fails.
struct Quiet {
    before: Termios,
}

impl Quiet {
    fn begin() -> Result<Self, nix::Error> {
        let stdin = std::io::stdin();
        let before = tcgetattr(&stdin)?;
        let mut quiet = before.clone();
        quiet.local_flags.remove(LocalFlags::ECHO);
        // The end of the line is shown, so that the cursor moves on.
        quiet.local_flags.insert(LocalFlags::ECHONL);
        // Flushed: what was typed ahead was shown and is not taken for the value.
        tcsetattr(&stdin, SetArg::TCSAFLUSH, &quiet)?;
        Ok(Self { before })
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        if tcsetattr(std::io::stdin(), SetArg::TCSANOW, &self.before).is_err() {
            tracing::debug!("the terminal's echo could not be restored");
        }
    }
}

fn ask(name: &str) -> Result<Vec<u8>, Failure> {
    let failed = |error: std::io::Error| Failure::error(sentence(&error));
    let prompt = lang().pick(
        format!("{name} 的值（不显示）："),
        format!("Value of {name} (not shown): "),
    );
    // Before anything is asked: a fast typist must not see it either.
    let quiet = Quiet::begin().map_err(|error| failed(error.into()))?;
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
