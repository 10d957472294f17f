//! Users, groups and privileges. setuid(2), setgroups(2), prctl(2).

use std::ffi::{c_int, c_ulong};

use super::{EPERM, check, getegid, geteuid, prctl};

const PR_SET_NO_NEW_PRIVS: c_int = 38;

// SAFETY: declarations as in POSIX and the manual pages of Linux; std links the C library.
unsafe extern "C" {
    fn setgroups(count: usize, groups: *const u32) -> c_int;
    fn setgid(gid: u32) -> c_int;
    fn setuid(uid: u32) -> c_int;
    fn getuid() -> u32;
    fn getgid() -> u32;
}

/// Replaces the further groups.
pub fn set_groups(groups: &[u32]) -> Result<(), c_int> {
    // SAFETY: pointer and length are of one slice.
    check(unsafe { setgroups(groups.len(), groups.as_ptr()) })
}

/// Becomes a group, for good.
pub fn set_group(gid: u32) -> Result<(), c_int> {
    // SAFETY: numbers only.
    unsafe {
        check(setgid(gid))?;
        if getgid() == gid && getegid() == gid {
            Ok(())
        } else {
            Err(EPERM)
        }
    }
}

/// Becomes a user, for good: there is no way back to root from there.
pub fn set_user(uid: u32) -> Result<(), c_int> {
    // SAFETY: numbers only.
    unsafe {
        check(setuid(uid))?;
        let back = uid != 0 && setuid(0) != -1;
        if getuid() == uid && geteuid() == uid && !back {
            Ok(())
        } else {
            Err(EPERM)
        }
    }
}

/// From here on no program gains privileges, set-user-id or not.
pub fn no_new_privileges() -> Result<(), c_int> {
    let (yes, no): (c_ulong, c_ulong) = (1, 0);
    // SAFETY: numbers only, as wide as the call wants them.
    check(unsafe { prctl(PR_SET_NO_NEW_PRIVS, yes, no, no, no) })
}
