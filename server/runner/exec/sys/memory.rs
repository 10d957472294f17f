//! The calls behind [`crate::memory`]: memfd_create(2) and its seals.

use std::ffi::{CStr, c_char, c_int, c_uint};
use std::fs::File;
use std::io::Seek;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use super::{F_SETFD, check, errno, fcntl, number_of};

pub const EINVAL: c_int = 22;
const CLOSE_AT_EXEC: c_uint = 1;
const ALLOW_SEALING: c_uint = 2;
/// Since Linux 6.3: executable, whatever the system's default is.
const EXECUTABLE: c_uint = 0x10;
const F_ADD_SEALS: c_int = 1033;
/// No more seals, no shrinking, no growing, no writing.
const ALL_SEALS: c_int = 0xf;

// SAFETY: declarations as in the manual pages of Linux; std links the C library.
unsafe extern "C" {
    fn memfd_create(name: *const c_char, flags: c_uint) -> c_int;
}

/// Creates an empty file in memory.
pub fn create(name: &CStr) -> Result<OwnedFd, c_int> {
    let flags = CLOSE_AT_EXEC | ALLOW_SEALING;
    for flags in [flags | EXECUTABLE, flags] {
        // SAFETY: a string that ends with a zero byte.
        let fd = unsafe { memfd_create(name.as_ptr(), flags) };
        if fd >= 0 {
            // SAFETY: the kernel has just made this descriptor for us alone.
            return Ok(unsafe { OwnedFd::from_raw_fd(fd) });
        }
        // An older kernel does not know this flag and does not need it.
        if errno() != EINVAL {
            break;
        }
    }
    Err(errno())
}

/// Seals its content against changes.
pub fn seal(file: &File) -> Result<(), c_int> {
    // SAFETY: numbers only.
    check(unsafe { fcntl(file.as_raw_fd(), F_ADD_SEALS, ALL_SEALS) })
}

/// Rewinds it, so that readers start at its beginning.
pub fn rewind(mut file: &File) -> Result<(), c_int> {
    file.rewind().map_err(|error| number_of(&error))
}

/// Keeps it open when this process becomes the command.
pub fn keep_at_exec(fd: c_int) -> Result<(), c_int> {
    let no_flags: c_int = 0;
    // SAFETY: numbers only.
    check(unsafe { fcntl(fd, F_SETFD, no_flags) })
}
