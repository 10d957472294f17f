//! The calls behind [`crate::launch`]: orders with files from the server, and children of its own.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::fs::File;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::path::Path;

use super::{
    CLONE_INTO_CGROUP, CloneArguments, EINTR, SIG_SETMASK, SYS_CLONE3, Server, SignalSet, check,
    errno, number_of, syscall,
};

/// Files that come with an order: the socket to the server, output and errors.
pub const FILES: usize = 3;
const SOL_SOCKET: c_int = if cfg!(any(target_arch = "mips", target_arch = "mips64")) {
    0xffff
} else {
    1
};
const SCM_RIGHTS: c_int = 1;
const MSG_CMSG_CLOEXEC: c_int = 0x4000_0000;
const MSG_NOSIGNAL: c_int = 0x4000;
const MSG_TRUNC: c_int = 0x20;
const MSG_CTRUNC: c_int = 0x8;
const CLONE_PARENT: u64 = 0x8000;

/// One buffer, as `struct iovec`.
#[repr(C)]
struct IoVec {
    base: *mut c_void,
    length: usize,
}

/// `struct msghdr` of Linux. The lengths are as wide as a pointer; where the C library declares
/// them narrower, it pads them.
#[repr(C)]
struct Message {
    name: *mut c_void,
    name_length: u32,
    stretches: *mut IoVec,
    stretch_count: usize,
    control: *mut c_void,
    control_length: usize,
    flags: c_int,
}

/// `struct cmsghdr` with descriptors behind it.
#[repr(C)]
struct Control {
    length: usize,
    level: c_int,
    kind: c_int,
    files: [c_int; FILES],
}

// SAFETY: declarations as in POSIX and the manual pages of Linux; std links the C library.
unsafe extern "C" {
    fn recvmsg(socket: c_int, message: *mut Message, flags: c_int) -> isize;
    fn send(socket: c_int, bytes: *const c_void, length: usize, flags: c_int) -> isize;
    fn dup2(from: c_int, to: c_int) -> c_int;
    fn sigfillset(set: *mut SignalSet) -> c_int;
    fn sigprocmask(how: c_int, set: *const SignalSet, old: *mut SignalSet) -> c_int;
    fn execve(
        path: *const c_char,
        arguments: *const *const c_char,
        environment: *const *const c_char,
    ) -> c_int;
}

/// What was received from the socket of orders.
pub enum Received {
    /// An order of so many bytes, with its files.
    Order(usize, [OwnedFd; FILES]),
    /// Something that is not an order.
    Nonsense,
    /// The server is gone.
    Gone,
}

/// Waits for an order. Its files close at exec.
pub fn receive(server: &Server, buffer: &mut [u8]) -> Received {
    let mut control = Control {
        length: 0,
        level: 0,
        kind: 0,
        files: [-1; FILES],
    };
    let mut stretch = IoVec {
        base: buffer.as_mut_ptr().cast(),
        length: buffer.len(),
    };
    let mut message = Message {
        name: std::ptr::null_mut(),
        name_length: 0,
        stretches: &mut stretch,
        stretch_count: 1,
        control: (&raw mut control).cast(),
        control_length: size_of::<Control>(),
        flags: 0,
    };
    let socket = server.0.as_raw_fd();
    let count = loop {
        // SAFETY: all values live on this stack during the call and have the lengths that are stated.
        let count = unsafe { recvmsg(socket, &mut message, MSG_CMSG_CLOEXEC) };
        match usize::try_from(count) {
            Ok(count) => break count,
            Err(_) if errno() == EINTR => {}
            Err(_) => return Received::Gone,
        }
    };
    if count == 0 {
        return Received::Gone;
    }
    let header = std::mem::offset_of!(Control, files);
    let is_ours = control.level == SOL_SOCKET && control.kind == SCM_RIGHTS;
    let came = if is_ours && message.control_length >= header {
        control.length.saturating_sub(header) / size_of::<c_int>()
    } else {
        0
    };
    let mut files = control.files.into_iter().take(came.min(FILES)).map(|fd| {
        // SAFETY: the kernel has just made these descriptors for us alone.
        unsafe { OwnedFd::from_raw_fd(fd) }
    });
    let (socket, out, err) = (files.next(), files.next(), files.next());
    let whole = message.flags & (MSG_TRUNC | MSG_CTRUNC) == 0;
    match (socket, out, err) {
        (Some(socket), Some(out), Some(err)) if whole => {
            Received::Order(count, [socket, out, err])
        }
        _ => Received::Nonsense,
    }
}

/// Answers an order: the pid of the child, or a negative error number.
pub fn answer(server: &Server, value: c_int) {
    let bytes = value.to_le_bytes();
    // SAFETY: pointer and length are of one array. A server that is gone does not receive it.
    unsafe {
        send(
            server.0.as_raw_fd(),
            bytes.as_ptr().cast(),
            bytes.len(),
            MSG_NOSIGNAL,
        )
    };
}

/// Makes these the socket to the server, the standard output and the standard error of this process.
pub fn take_files([socket, out, err]: [OwnedFd; FILES]) -> Result<Server, c_int> {
    for (file, to) in [(out, 1), (err, 2)] {
        // SAFETY: numbers only; nothing of this process uses what was there.
        check(unsafe { dup2(file.as_raw_fd(), to) })?;
    }
    Ok(Server(File::from(socket)))
}

/// Blocks all signals. Blocked, not ignored: a signal that a fresh child receives before it is ready stays pending
/// until it is, and then takes its default action.
pub fn block_signals() {
    let mut all: SignalSet = [0; 16];
    // SAFETY: the set lives on this stack.
    unsafe {
        sigfillset(&mut all);
        sigprocmask(SIG_SETMASK, &all, std::ptr::null_mut());
    }
}

/// A fork whose child becomes a child of this process's parent, the server, which sees it end; it starts in a control
/// group where one is given. Linux 5.3, with a group 5.7.
pub fn fork_for_parent(group: Option<&Path>) -> Result<c_int, c_int> {
    let folder = group.map(File::open).transpose();
    let folder = folder.map_err(|error| number_of(&error))?;
    let into = if folder.is_some() { CLONE_INTO_CGROUP } else { 0 };
    let arguments = CloneArguments {
        flags: CLONE_PARENT | into,
        // With CLONE_PARENT the signal is that of this process: SIGCHLD.
        exit_signal: 0,
        cgroup: folder.as_ref().map_or(0, |folder| folder.as_raw_fd() as u64),
        ..CloneArguments::default()
    };
    // SAFETY: as in `fork_into`: a copy of this memory, one thread.
    let pid = unsafe { syscall(SYS_CLONE3, &arguments, size_of::<CloneArguments>()) };
    if pid == -1 {
        Err(errno())
    } else {
        Ok(pid as c_int)
    }
}

/// Becomes a program with this environment; returns the error when that fails.
pub fn exec(program: &CStr, arguments: &[&CStr], environment: &[&CStr]) -> c_int {
    let list = |strings: &[&CStr]| -> Vec<*const c_char> {
        let pointers = strings.iter().map(|string| string.as_ptr());
        pointers.chain([std::ptr::null()]).collect()
    };
    let (arguments, environment) = (list(arguments), list(environment));
    // SAFETY: the lists end with a null pointer and their strings with zero bytes.
    unsafe { execve(program.as_ptr(), arguments.as_ptr(), environment.as_ptr()) };
    errno()
}
