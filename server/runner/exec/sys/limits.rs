//! Resource limits and niceness. getrlimit(2), getpriority(2).

use std::ffi::{c_int, c_uint};

use super::{EPERM, check};

#[repr(C)]
struct RLimit {
    soft: u64,
    hard: u64,
}

// SAFETY: declarations as in POSIX and the manual pages of Linux; std links the C library.
unsafe extern "C" {
    // The 64-bit variant; only glibc on 32-bit machines uses another symbol.
    #[cfg_attr(
        all(target_env = "gnu", target_pointer_width = "32"),
        link_name = "getrlimit64"
    )]
    fn getrlimit(resource: c_int, limit: *mut RLimit) -> c_int;
    #[cfg_attr(
        all(target_env = "gnu", target_pointer_width = "32"),
        link_name = "setrlimit64"
    )]
    fn setrlimit(resource: c_int, limit: *const RLimit) -> c_int;
    fn getpriority(which: c_int, who: c_uint) -> c_int;
    fn setpriority(which: c_int, who: c_uint, value: c_int) -> c_int;
}

/// A resource limit, by its number; MIPS and SPARC number some differently.
#[derive(Clone, Copy)]
pub enum Limit {
    Cpu = 0,
    Core = 4,
    #[cfg(any(target_arch = "mips", target_arch = "mips64"))]
    Processes = 8,
    #[cfg(any(target_arch = "sparc64", target_arch = "sparc"))]
    Processes = 7,
    #[cfg(not(any(
        target_arch = "mips",
        target_arch = "mips64",
        target_arch = "sparc64",
        target_arch = "sparc"
    )))]
    Processes = 6,
    #[cfg(any(target_arch = "mips", target_arch = "mips64"))]
    Files = 5,
    #[cfg(any(target_arch = "sparc64", target_arch = "sparc"))]
    Files = 6,
    #[cfg(not(any(
        target_arch = "mips",
        target_arch = "mips64",
        target_arch = "sparc64",
        target_arch = "sparc"
    )))]
    Files = 7,
    #[cfg(any(target_arch = "mips", target_arch = "mips64"))]
    Memory = 6,
    #[cfg(not(any(target_arch = "mips", target_arch = "mips64")))]
    Memory = 9,
}

/// Sets a limit. Where this process has a lower hard limit that may not be raised, that one stays.
pub fn limit(limit: Limit, soft: u64, hard: u64) -> Result<(), c_int> {
    let resource = limit as c_int;
    let wanted = RLimit { soft, hard };
    // SAFETY: the values live on this stack during the calls and the declared layout.
    unsafe {
        match check(setrlimit(resource, &wanted)) {
            Err(EPERM) => {}
            done => return done,
        }
        let mut now = RLimit { soft: 0, hard: 0 };
        check(getrlimit(resource, &mut now))?;
        let lowered = RLimit {
            soft: soft.min(now.hard),
            hard: hard.min(now.hard),
        };
        check(setrlimit(resource, &lowered))
    }
}

/// Adds niceness, up to 19.
pub fn add_nice(by: c_int) -> Result<(), c_int> {
    // SAFETY: numbers only; 0 is this process. A niceness of -1 looks like an error of the first call, which cannot
    // fail for one's own process.
    unsafe { check(setpriority(0, 0, (getpriority(0, 0) + by).min(19))) }
}
