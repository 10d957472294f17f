//! The calls behind [`crate::isolate`]: namespaces, mounts, Landlock. landlock(7), mount(2),
//! user_namespaces(7).

use std::ffi::{CStr, CString, c_char, c_int, c_long, c_short, c_uint, c_ulong, c_void};
use std::fs::File;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use super::{PollFd, check, errno, getegid, geteuid, prctl, syscall};

pub const EINVAL: c_int = 22;
pub const O_PATH: c_int = 0x20_0000;
#[cfg(any(target_arch = "arm", target_arch = "aarch64", target_arch = "powerpc64"))]
pub const O_NOFOLLOW: c_int = 0x8000;
#[cfg(not(any(target_arch = "arm", target_arch = "aarch64", target_arch = "powerpc64")))]
pub const O_NOFOLLOW: c_int = 0x2_0000;
pub const NEW_MOUNTS: c_int = 0x2_0000;
pub const NEW_USERS: c_int = 0x1000_0000;

const PR_SET_DUMPABLE: c_int = 4;
const MS_RDONLY: c_ulong = 1;
const MS_NOSUID: c_ulong = 2;
const MS_NODEV: c_ulong = 4;
const MS_NOEXEC: c_ulong = 8;
const MS_REMOUNT: c_ulong = 32;
const MS_BIND: c_ulong = 4096;
const MS_REC: c_ulong = 16384;
const MS_SLAVE: c_ulong = 1 << 19;
const POLLPRI: c_short = 2;

// The same number on every Linux architecture that Rust supports, except Alpha.
const SYS_CREATE_RULESET: c_long = 444;
const SYS_ADD_RULE: c_long = 445;
const SYS_RESTRICT_SELF: c_long = 446;
const CREATE_RULESET_VERSION: c_uint = 1;
const RULE_PATH_BENEATH: c_int = 1;

const EXECUTE: u64 = 1;
const WRITE_FILE: u64 = 1 << 1;
const READ_FILE: u64 = 1 << 2;
/// REMOVE_DIR, REMOVE_FILE and all of MAKE_*: changes to the entries of a folder.
const CHANGE_FOLDER: u64 = 0b1_1111_1111 << 4;
/// Since version 2. Every domain that does not allow it refuses moves between folders.
const REFER: u64 = 1 << 13;
/// Since version 3.
const TRUNCATE: u64 = 1 << 14;
/// Since version 6: abstract sockets of processes outside the domain.
const SCOPE_ABSTRACT: u64 = 1;

// SAFETY: declarations as in POSIX and the manual pages of Linux; std links the C library.
unsafe extern "C" {
    #[link_name = "unshare"]
    fn c_unshare(flags: c_int) -> c_int;
    fn mount(
        source: *const c_char,
        target: *const c_char,
        kind: *const c_char,
        flags: c_ulong,
        data: *const c_void,
    ) -> c_int;
    fn poll(fds: *mut PollFd, count: c_ulong, timeout: c_int) -> c_int;
}

/// No other process of this user can read or trace this one, which holds the variables of commands in memory. What it
/// executes can be traced again.
pub fn close_to_others() -> Result<(), c_int> {
    let no: c_ulong = 0;
    // SAFETY: numbers only.
    check(unsafe { prctl(PR_SET_DUMPABLE, no) })
}

/// User and group of this process.
pub fn ids() -> (u32, u32) {
    // SAFETY: no arguments; they cannot fail.
    unsafe { (geteuid(), getegid()) }
}

/// unshare(2).
pub fn unshare(flags: c_int) -> Result<(), c_int> {
    // SAFETY: numbers only; this process has one thread.
    check(unsafe { c_unshare(flags) })
}

fn mount_with(
    source: Option<&CStr>,
    target: &CStr,
    kind: Option<&CStr>,
    flags: c_ulong,
    data: Option<&CStr>,
) -> Result<(), c_int> {
    let pointer = |text: Option<&CStr>| text.map_or(std::ptr::null(), CStr::as_ptr);
    // SAFETY: strings that end with a zero byte, or null where mount(2) takes that.
    check(unsafe {
        mount(
            pointer(source),
            target.as_ptr(),
            pointer(kind),
            flags,
            pointer(data).cast(),
        )
    })
}

/// Mounts of the machine propagate here, mounts made here do not propagate out.
pub fn follow_mounts() -> Result<(), c_int> {
    mount_with(None, c"/", None, MS_REC | MS_SLAVE, None)
}

/// Mounts an empty folder over this one.
pub fn mount_empty(target: &CStr) -> Result<(), c_int> {
    mount_with(
        Some(c"jcrontab"),
        target,
        Some(c"tmpfs"),
        MS_NOSUID | MS_NODEV | MS_NOEXEC,
        Some(c"mode=0711,size=64k"),
    )
}

/// Binds a covered folder, by its handle, to another path.
pub fn bind(place: &File, target: &CStr) -> Result<(), c_int> {
    let source = CString::new(format!("/proc/self/fd/{}", place.as_raw_fd()));
    mount_with(source.ok().as_deref(), target, None, MS_BIND, None)
}

/// Makes the empty folder read-only.
pub fn make_readonly(target: &CStr) -> Result<(), c_int> {
    let flags = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;
    mount_with(None, target, None, flags, None)
}

/// Whether anything was mounted or unmounted since the last check of this mountinfo.
pub fn has_changed(mounts: &File) -> bool {
    let mut fds = PollFd {
        fd: mounts.as_raw_fd(),
        events: POLLPRI,
        revents: 0,
    };
    // SAFETY: the value lives on this stack during the call, which does not wait.
    let ready = unsafe { poll(&mut fds, 1, 0) };
    ready > 0 && fds.revents & POLLPRI != 0
}

/// The access rights a ruleset handles: `struct landlock_ruleset_attr`.
#[repr(C)]
pub struct Rights {
    files: u64,
    net: u64,
    scoped: u64,
}

#[repr(C, packed)]
struct PathBeneath {
    allowed: u64,
    parent: c_int,
}

fn version() -> Result<c_int, c_int> {
    // SAFETY: asks only for the version, which takes neither a pointer nor a length.
    let version = unsafe {
        syscall(
            SYS_CREATE_RULESET,
            std::ptr::null::<Rights>(),
            0_usize,
            CREATE_RULESET_VERSION,
        )
    };
    if version < 0 {
        return Err(errno());
    }
    c_int::try_from(version).map_err(|_| EINVAL)
}

impl Rights {
    /// Reading, writing and executing files, and changing folders. Listing them stays allowed, and so does passing
    /// through to the folder.
    pub fn of_files() -> Result<Self, c_int> {
        let version = version()?;
        let mut files = EXECUTE | WRITE_FILE | READ_FILE | CHANGE_FOLDER;
        if version >= 2 {
            files |= REFER;
        }
        if version >= 3 {
            files |= TRUNCATE;
        }
        Ok(Self {
            files,
            net: 0,
            scoped: 0,
        })
    }

    /// As little as the kernel accepts. Version 1 accepts nothing that would not also forbid moves between folders.
    pub fn of_nothing() -> Result<Self, c_int> {
        const ENOSYS: c_int = 38;
        let (files, scoped) = match version()? {
            ..2 => return Err(ENOSYS),
            2..6 => (REFER, 0),
            _ => (0, SCOPE_ABSTRACT),
        };
        Ok(Self {
            files,
            net: 0,
            scoped,
        })
    }

    /// All of these rights, for a folder.
    pub const fn folder(&self) -> u64 {
        self.files
    }

    /// Those of them that apply to a file.
    pub const fn file(&self) -> u64 {
        self.files & (EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE)
    }
}

/// A ruleset without rules. Older kernels accept the longer structure as long as the rest is zero.
pub fn ruleset(rights: &Rights) -> Result<OwnedFd, c_int> {
    let no_flags: c_uint = 0;
    // SAFETY: the structure lives during the call and has this size.
    let fd = unsafe { syscall(SYS_CREATE_RULESET, rights, size_of::<Rights>(), no_flags) };
    if fd < 0 {
        return Err(errno());
    }
    // SAFETY: the kernel has just made this descriptor, closed at exec, for us alone.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as c_int) })
}

/// Allows access to a path and everything below it.
pub fn allow(ruleset: &OwnedFd, place: &File, allowed: u64) -> Result<(), c_int> {
    let rule = PathBeneath {
        allowed,
        parent: place.as_raw_fd(),
    };
    let no_flags: c_uint = 0;
    // SAFETY: the structure lives during the call and has the layout of the kernel's.
    let done = unsafe {
        syscall(
            SYS_ADD_RULE,
            ruleset.as_raw_fd(),
            RULE_PATH_BENEATH,
            &raw const rule,
            no_flags,
        )
    };
    if done == 0 { Ok(()) } else { Err(errno()) }
}

/// Puts this process, and whatever it executes, into the domain.
pub fn restrict(ruleset: &OwnedFd) -> Result<(), c_int> {
    let no_flags: c_uint = 0;
    // SAFETY: numbers only.
    let done = unsafe { syscall(SYS_RESTRICT_SELF, ruleset.as_raw_fd(), no_flags) };
    if done == 0 { Ok(()) } else { Err(errno()) }
}
