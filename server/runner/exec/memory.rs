//! In-memory files of a command: secrets passed as files, and the script itself when the command begins with `#!`.
//! They belong to the command's user, cannot be changed, and disappear when the last process closes them.

use std::ffi::{CStr, CString, c_int};
use std::fs::File;
use std::io::Write;
use std::os::fd::{IntoRawFd, OwnedFd};

use crate::Plan;
use crate::sys::memory as calls;
use crate::sys::number_of;

/// Creates a file in memory that stays open across exec; returns its descriptor.
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

/// Writes the values of these variables into files, and the paths of the files into the variables.
///
/// The path names this process, which becomes the command: children that close their inherited descriptors can still
/// open it.
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

/// Puts the script into an executable file; returns its path.
pub fn script(command: &[u8]) -> Result<CString, c_int> {
    let first = command.split(|byte| *byte == b'\n').next().unwrap_or(command);
    let fd = if first.ends_with(b"\r") {
        // CRLF line ends: no interpreter's name ends with a carriage return.
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
