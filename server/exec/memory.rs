//! Files of a command that lie in memory: secrets that are handed over as files, and the script
//! that a command is when it begins with `#!`. They belong to the command's user, cannot be
//! changed, and are gone with the last process that has them open.

use std::ffi::{CStr, CString, c_int};
use std::fs::File;
use std::io::Write;
use std::os::fd::{IntoRawFd, OwnedFd};

use crate::Plan;
use crate::sys::memory as calls;
use crate::sys::number_of;

/// A file in memory that stays open at exec; its number.
fn file(name: &CStr, content: &[u8]) -> Result<c_int, c_int> {
    let fd: OwnedFd = calls::create(name)?;
    let mut file = File::from(fd);
    file.write_all(content).map_err(|error| number_of(&error))?;
    calls::seal(&file)?;
    calls::rewind(&file)?;
    let fd = file.into_raw_fd();
    calls::keep_at_exec(fd)?;
    Ok(fd)
}

/// Puts the values of these variables into files, and their names into the variables.
///
/// By the number of this process, which becomes the command: children that close what they
/// inherited can still open it.
pub fn hand_over_secrets(plan: &mut Plan) -> Result<(), c_int> {
    let pid = std::process::id();
    for name in &plan.secret_files {
        let name = name.to_bytes();
        let line = plan.environment.iter_mut().find(|line| {
            let rest = line.to_bytes().strip_prefix(name);
            rest.is_some_and(|rest| rest.starts_with(b"="))
        });
        let Some(line) = line else { continue };
        let fd = file(c"jcrontab-secret", &line.to_bytes()[name.len() + 1..])?;
        let mut named = name.to_vec();
        named.extend(format!("=/proc/{pid}/fd/{fd}").into_bytes());
        *line = CString::new(named).map_err(|_| calls::EINVAL)?;
    }
    Ok(())
}

/// Whether a command is a script that names its interpreter, execve(2).
pub fn is_script(command: &[u8]) -> bool {
    command.starts_with(b"#!")
}

/// The script as a file that can be executed: its name.
pub fn script(command: &[u8]) -> Result<CString, c_int> {
    let first = command.split(|byte| *byte == b'\n').next().unwrap_or(command);
    let fd = if first.ends_with(b"\r") {
        // Written with another system's line ends: no interpreter has such a name.
        let mut lines = Vec::with_capacity(command.len());
        for line in command.split_inclusive(|byte| *byte == b'\n') {
            match line.strip_suffix(b"\r\n") {
                Some(line) => {
                    lines.extend_from_slice(line);
                    lines.push(b'\n');
                }
                None => lines.extend_from_slice(line),
            }
        }
        file(c"jcrontab-script", &lines)?
    } else {
        file(c"jcrontab-script", command)?
    };
    CString::new(format!("/proc/self/fd/{fd}")).map_err(|_| calls::EINVAL)
}
