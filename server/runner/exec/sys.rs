//! The calls to the system. All `unsafe` of the product is in this file and below it.

mod credentials;
pub mod isolation;
mod limits;
pub mod memory;
pub mod orders;

use std::ffi::{CStr, c_char, c_int, c_long, c_short, c_uint, c_ulong, c_void};
use std::fs::File;
use std::io::{Error, Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::path::Path;

pub use credentials::{no_new_privileges, set_group, set_groups, set_user};
pub use limits::{Limit, add_nice, limit};

/// Signal sets of glibc and musl are 128 bytes.
type SignalSet = [u64; 16];
type Handler = usize;

const SIG_DFL: Handler = 0;
const SIG_IGN: Handler = 1;
const SIGKILL: c_int = 9;
const SIGCHLD: c_int = 17;
const SIGSTOP: c_int = 19;
const LAST_SIGNAL: c_int = 64;
const SIG_BLOCK: c_int = 0;
const SIG_SETMASK: c_int = 2;
const EINTR: c_int = 4;
const EPERM: c_int = 1;
const ECHILD: c_int = 10;
const WNOHANG: c_int = 1;
const F_SETFD: c_int = 2;
const F_DUPFD_CLOEXEC: c_int = 1030;
const FD_CLOEXEC: c_int = 1;
const PR_SET_PDEATHSIG: c_int = 1;
const PR_SET_NAME: c_int = 15;
const PR_SET_CHILD_SUBREAPER: c_int = 36;
// The same number on every Linux architecture that Rust supports, except Alpha.
const SYS_CLOSE_RANGE: c_long = 436;
const SYS_CLONE3: c_long = 435;
const CLONE_INTO_CGROUP: u64 = 0x2_0000_0000;
const CLOSE_RANGE_CLOEXEC: c_uint = 4;
const POLLIN: c_short = 1;

#[repr(C)]
struct PollFd {
    fd: c_int,
    events: c_short,
    revents: c_short,
}

// SAFETY: declarations as in POSIX and the manual pages of Linux; std links the C library.
unsafe extern "C" {
    fn fcntl(fd: c_int, command: c_int, ...) -> c_int;
    fn dup2(from: c_int, to: c_int) -> c_int;
    fn setsid() -> c_int;
    fn close(fd: c_int) -> c_int;
    fn strsignal(signal: c_int) -> *const c_char;
    fn umask(mask: c_uint) -> c_uint;
    fn geteuid() -> u32;
    fn getegid() -> u32;
    fn getppid() -> c_int;
    fn chdir(path: *const c_char) -> c_int;
    fn prctl(option: c_int, ...) -> c_int;
    fn signal(signal: c_int, handler: Handler) -> Handler;
    fn sigemptyset(set: *mut SignalSet) -> c_int;
    fn sigaddset(set: *mut SignalSet, signal: c_int) -> c_int;
    fn sigprocmask(how: c_int, set: *const SignalSet, old: *mut SignalSet) -> c_int;
    fn syscall(number: c_long, ...) -> c_long;
    #[link_name = "fork"]
    fn c_fork() -> c_int;
    fn waitpid(pid: c_int, status: *mut c_int, options: c_int) -> c_int;
    fn ppoll(
        fds: *mut PollFd,
        count: c_ulong,
        timeout: *const c_void,
        mask: *const SignalSet,
    ) -> c_int;
}

/// The number of the last error.
fn errno() -> c_int {
    Error::last_os_error().raw_os_error().unwrap_or(0)
}

fn check(result: c_int) -> Result<(), c_int> {
    if result == -1 { Err(errno()) } else { Ok(()) }
}

pub fn number_of(error: &Error) -> c_int {
    error.raw_os_error().unwrap_or(0)
}

/// The socket to the server.
pub struct Server(File);

impl Server {
    /// Sends a frame. A server that is gone does not receive it, and that has no consequence here.
    pub fn report(&self, kind: u8, step: u8, value: c_int) {
        let [a, b, c, d] = value.to_le_bytes();
        let _ = (&self.0).write_all(&[kind, step, a, b, c, d]);
    }

    /// Closes this process's end, even if other processes have it open.
    pub fn hang_up(&self) {
        // SAFETY: numbers only; the caller ends without using it again.
        unsafe { close(self.0.as_raw_fd()) };
    }

    /// Waits for a byte from the server or for a child to end. A byte, 0 when the server is gone, `None` when
    /// something else interrupted the wait.
    pub fn listen(&self) -> Option<u8> {
        let mut fds = PollFd {
            fd: self.0.as_raw_fd(),
            events: POLLIN,
            revents: 0,
        };
        let mut open: SignalSet = [0; 16];
        // SAFETY: both values live on this stack during the calls. SIGCHLD is blocked everywhere else, so that a
        // child that ends between the last check and this call interrupts it at once.
        let ready = unsafe {
            sigemptyset(&mut open);
            ppoll(&mut fds, 1, std::ptr::null(), &open)
        };
        if ready <= 0 {
            return None;
        }
        let mut byte = [0];
        match (&self.0).read(&mut byte) {
            Ok(0) => Some(0),
            Ok(_) => Some(byte[0]),
            Err(error) if number_of(&error) == EINTR => None,
            // Connection reset: the server is gone.
            Err(_) => Some(0),
        }
    }
}

/// Moves the socket away from fd 0 and puts `/dev/null` there. The socket closes at exec.
pub fn take_socket() -> Result<Server, c_int> {
    let null = File::open("/dev/null").map_err(|error| number_of(&error))?;
    // SAFETY: plain calls with numbers; the new descriptor has no other owner.
    unsafe {
        let socket = fcntl(0, F_DUPFD_CLOEXEC, 3);
        check(socket)?;
        let server = Server(File::from(OwnedFd::from_raw_fd(socket)));
        check(dup2(null.as_raw_fd(), 0))?;
        Ok(server)
    }
}

/// Sets the name in process lists: a program executed from memory would show a number.
pub fn name_process() {
    // SAFETY: reads a string that ends with a zero byte. Without the name everything works.
    unsafe { prctl(PR_SET_NAME, c"jcrontab-exec".as_ptr()) };
}

/// Puts this process into a control group, by the group's folder.
pub fn join(group: &Path) -> Result<(), c_int> {
    File::options()
        .write(true)
        .open(group.join("cgroup.procs"))
        .and_then(|mut file| file.write_all(b"0"))
        .map_err(|error| number_of(&error))
}

/// A session of its own, so without a terminal.
pub fn new_session() -> Result<(), c_int> {
    // SAFETY: no arguments.
    check(unsafe { setsid() })
}

/// Files made by the command are its user's alone, unless it says otherwise.
pub fn close_umask() {
    // SAFETY: a number; it cannot fail.
    unsafe { umask(0o077) };
}

/// KILL when the supervisor ends before the command.
pub fn die_with_parent() -> Result<(), c_int> {
    // SAFETY: numbers only.
    unsafe {
        let parent = getppid();
        check(prctl(PR_SET_PDEATHSIG, SIGKILL as c_ulong))?;
        // It may have ended before the call; then another process is the parent now.
        if parent <= 1 || getppid() != parent {
            Err(ECHILD)
        } else {
            Ok(())
        }
    }
}

/// Changes the working folder.
pub fn change_folder(folder: &CStr) -> Result<(), c_int> {
    // SAFETY: a string that ends with a zero byte.
    check(unsafe { chdir(folder.as_ptr()) })
}

/// Resets all signals to their default action and unblocks them. Rust ignores SIGPIPE, and a server started by
/// `nohup` ignores SIGHUP.
pub fn reset_signals() -> Result<(), c_int> {
    let mut none: SignalSet = [0; 16];
    // SAFETY: the set lives on this stack; the kernel refuses signals that cannot be reset, without harm.
    unsafe {
        for number in 1..=LAST_SIGNAL {
            signal(number, SIG_DFL);
        }
        sigemptyset(&mut none);
        check(sigprocmask(SIG_SETMASK, &none, std::ptr::null_mut()))
    }
}

/// Marks all other open files to close at exec.
pub fn close_on_exec_from(first: RawFd) -> Result<(), c_int> {
    // SAFETY: numbers only.
    let done = unsafe {
        syscall(
            SYS_CLOSE_RANGE,
            first as c_uint,
            c_uint::MAX,
            CLOSE_RANGE_CLOEXEC,
        )
    };
    if done == 0 {
        return Ok(());
    }
    // Linux before 5.11.
    for fd in open_files().map_err(|error| number_of(&error))? {
        if fd >= first {
            // SAFETY: numbers only; the one of the listing itself is closed by now.
            unsafe { fcntl(fd, F_SETFD, FD_CLOEXEC) };
        }
    }
    Ok(())
}

fn open_files() -> std::io::Result<Vec<RawFd>> {
    let mut open = Vec::new();
    for entry in std::fs::read_dir("/proc/self/fd")? {
        open.extend(
            entry?
                .file_name()
                .to_str()
                .and_then(|name| name.parse::<RawFd>().ok()),
        );
    }
    Ok(open)
}

/// Makes this process the parent of orphaned descendants.
pub fn adopt_orphans() -> Result<(), c_int> {
    let yes: c_ulong = 1;
    // SAFETY: numbers only.
    check(unsafe { prctl(PR_SET_CHILD_SUBREAPER, yes) })
}

extern "C" fn woken(_signal: c_int) {}

/// SIGCHLD interrupts [`Server::listen`] and nothing else.
pub fn watch_children() -> Result<(), c_int> {
    let mut set: SignalSet = [0; 16];
    // SAFETY: the set lives on this stack; the handler does nothing.
    unsafe {
        // Inherited as ignored, it would discard ends of children before they are seen.
        signal(SIGCHLD, woken as extern "C" fn(c_int) as Handler);
        sigemptyset(&mut set);
        sigaddset(&mut set, SIGCHLD);
        check(sigprocmask(SIG_BLOCK, &set, std::ptr::null_mut()))
    }
}

/// The arguments of clone3(2), up to the control group.
#[repr(C)]
#[derive(Default)]
struct CloneArguments {
    flags: u64,
    pidfd: u64,
    child_tid: u64,
    parent_tid: u64,
    exit_signal: u64,
    stack: u64,
    stack_size: u64,
    tls: u64,
    set_tid: u64,
    set_tid_size: u64,
    cgroup: u64,
}

/// A fork whose child starts in a control group, given by its folder. Linux 5.7.
pub fn fork_into(group: &Path) -> Result<c_int, c_int> {
    let folder = File::open(group).map_err(|error| number_of(&error))?;
    let arguments = CloneArguments {
        flags: CLONE_INTO_CGROUP,
        exit_signal: SIGCHLD as u64,
        cgroup: folder.as_raw_fd() as u64,
        ..CloneArguments::default()
    };
    // SAFETY: without its own stack the child continues as after fork(2), with a copy of this memory. This process
    // has one thread, and the child does nothing that depends on its id.
    let pid = unsafe { syscall(SYS_CLONE3, &arguments, size_of::<CloneArguments>()) };
    if pid == -1 {
        Err(errno())
    } else {
        Ok(pid as c_int)
    }
}

/// fork(2).
pub fn fork() -> Result<c_int, c_int> {
    // SAFETY: this process has one thread, so the child may do whatever the parent may.
    let pid = unsafe { c_fork() };
    check(pid).map(|()| pid)
}

/// Nothing but KILL ends a supervisor: it must outlive what it watches.
pub fn ignore_signals() {
    for number in 1..=LAST_SIGNAL {
        if ![SIGKILL, SIGSTOP, SIGCHLD].contains(&number) {
            // SAFETY: numbers only; the kernel refuses signals that cannot be ignored, without harm.
            unsafe { signal(number, SIG_IGN) };
        }
    }
}

/// Closes everything but the socket.
pub fn close_files(server: &Server) {
    let keep = server.0.as_raw_fd();
    // SAFETY: numbers only. Nothing in this process uses one of these files afterwards.
    unsafe {
        dup2(0, 1);
        dup2(0, 2);
        let mut first = 3;
        if keep > 3 {
            syscall(
                SYS_CLOSE_RANGE,
                3 as c_uint,
                (keep - 1) as c_uint,
                0 as c_uint,
            );
        }
        if keep >= first {
            first = keep + 1;
        }
        syscall(SYS_CLOSE_RANGE, first as c_uint, c_uint::MAX, 0 as c_uint);
    }
}

/// How a child ended.
pub enum Ended {
    Code(c_int),
    Signal(c_int),
}

/// Collects an ended child: its pid, or 0 when none has ended; `None` when there are no children.
pub fn wait(block: bool) -> Option<(c_int, Ended)> {
    let mut status = 0;
    // SAFETY: the status lives on this stack.
    let pid = unsafe { waitpid(-1, &mut status, if block { 0 } else { WNOHANG }) };
    if pid == -1 {
        return (errno() != ECHILD).then_some((-1, Ended::Code(0)));
    }
    let signal = status & 0x7f;
    Some((
        pid,
        if signal == 0 {
            Ended::Code((status >> 8) & 0xff)
        } else {
            Ended::Signal(signal)
        },
    ))
}

/// Writes the name of a signal to standard error, as a shell does.
pub fn say_signal(signal: c_int) {
    // SAFETY: a string of the C library that ends with a zero byte and is used at once.
    let name = unsafe {
        let name = strsignal(signal);
        if name.is_null() {
            return;
        }
        CStr::from_ptr(name).to_bytes()
    };
    let line = [name, b"\n"].concat();
    // Standard error may have no reader.
    let _ = std::io::stderr().write_all(&line);
}
