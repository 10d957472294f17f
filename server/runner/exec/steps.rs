//! The steps from this program to the command, in their order.

use std::ffi::{CStr, CString, c_int};

use crate::sys::{self, Limit, Server, orders};
use crate::isolate::Isolation;
use crate::{Plan, direct, memory};

/// Where POSIX systems have it.
const SHELL: &CStr = c"/bin/sh";
/// Shells whose `-c` accepts options after it, so that `--` ends them and a command may begin with a `-`. Others take
/// the word after `-c` as the command.
const POSIX_SHELLS: [&[u8]; 8] = [
    b"sh", b"dash", b"bash", b"ash", b"ksh", b"mksh", b"zsh", b"yash",
];

/// A step that failed. The numbers are known to the runner's `helper`.
pub struct Failed {
    pub step: u8,
    pub errno: c_int,
}

/// Takes all steps; returns only when one of them failed.
pub fn become_command(plan: &mut Plan, isolation: &Isolation, server: &Server) -> Failed {
    let at = |step| move |errno| Failed { step, errno };
    let ready = prepare(plan, isolation)
        // Last, because these files stay open across exec.
        .and_then(|()| memory::hand_over_secrets(plan).map_err(at(23)));
    if let Err(failed) = ready {
        return failed;
    }
    if memory::is_script(plan.command.to_bytes()) {
        return become_script(plan);
    }
    // The files of secrets belong to this process, so it has to become the command itself.
    if plan.direct && plan.secret_files.is_empty() {
        direct::stand_in(plan, server);
    }
    Failed {
        step: 20,
        errno: become_shell(plan),
    }
}

/// Becomes the interpreter that the script names.
fn become_script(plan: &Plan) -> Failed {
    let errno = match memory::script(plan.command.to_bytes()) {
        Ok(script) => {
            let environment = environment(plan);
            orders::exec(&script, &[&script], &environment)
        }
        Err(errno) => errno,
    };
    Failed { step: 24, errno }
}

/// Becomes the shell with the command; returns the error when that fails.
fn become_shell(plan: &Plan) -> c_int {
    let environment = environment(plan);
    let shell = plan.shell.as_deref().unwrap_or(SHELL);
    let name = shell.to_bytes().rsplit(|byte| *byte == b'/').next();
    let arguments = [shell, c"-c", c"--", plan.command.as_c_str()];
    if name.is_some_and(|name| POSIX_SHELLS.contains(&name)) {
        orders::exec(shell, &arguments, &environment)
    } else {
        orders::exec(shell, &[shell, c"-c", arguments[3]], &environment)
    }
}

fn environment(plan: &Plan) -> Vec<&CStr> {
    plan.environment.iter().map(CString::as_c_str).collect()
}

fn prepare(plan: &Plan, isolation: &Isolation) -> Result<(), Failed> {
    let at = |step| move |errno| Failed { step, errno };
    if let Some(leaf) = plan.leaf.as_ref().filter(|_| !plan.is_inside) {
        // First, so that everything after it counts towards the group.
        sys::join(leaf).map_err(at(1))?;
    }
    sys::new_session().map_err(at(2))?;
    sys::close_umask();
    if let Some(seconds) = plan.cpu {
        // XCPU at the limit, so that the command can react; KILL a little later.
        sys::limit(Limit::Cpu, seconds, seconds.saturating_add(5)).map_err(at(3))?;
    }
    let limits = [
        (Limit::Memory, plan.memory, 4),
        (Limit::Files, plan.files, 5),
        (Limit::Processes, plan.processes, 6),
        (Limit::Core, Some(0), 7),
    ];
    for (limit, value, step) in limits {
        if let Some(value) = value {
            sys::limit(limit, value, value).map_err(at(step))?;
        }
    }
    if let Some(by) = plan.nice {
        sys::add_nice(by).map_err(at(8))?;
    }
    // In this order: groups cannot be dropped any more once root is given up.
    if let (Some(uid), Some(gid)) = (plan.uid, plan.gid) {
        sys::set_groups(&plan.groups).map_err(at(9))?;
        sys::set_group(gid).map_err(at(10))?;
        sys::set_user(uid).map_err(at(11))?;
    }
    if plan.is_kept {
        // After the switch of user, which would reset it. No command outlives its supervisor.
        sys::die_with_parent().map_err(at(12))?;
    }
    if let Some(folder) = &plan.cwd {
        // After the switch of user, because that user's permissions decide.
        sys::change_folder(folder).map_err(at(13))?;
    }
    sys::no_new_privileges().map_err(at(14))?;
    isolation.enter().map_err(at(21))?;
    sys::reset_signals().map_err(at(15))?;
    sys::close_on_exec_from(3).map_err(at(16))
}
