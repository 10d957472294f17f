//! The steps from this program to the command, in their order.

use std::ffi::{CStr, CString, c_int};

use crate::sys::{self, Limit, Server, orders};
use crate::{Plan, direct};

/// POSIX has it here.
const SHELL: &CStr = c"/bin/sh";

/// A step that failed. The numbers are known to the server's `executor::helper`.
pub struct Failed {
    pub step: u8,
    pub errno: c_int,
}

/// Takes all steps; comes back only when one of them failed.
pub fn become_command(plan: &Plan, server: &Server) -> Failed {
    match prepare(plan) {
        Ok(()) => {
            if plan.direct {
                direct::stand_in(plan, server);
            }
            Failed {
                step: 20,
                errno: become_shell(plan),
            }
        }
        Err(failed) => failed,
    }
}

/// Becomes the shell with the command; gives the error when that fails.
fn become_shell(plan: &Plan) -> c_int {
    let environment: Vec<&CStr> = plan.environment.iter().map(CString::as_c_str).collect();
    let arguments = [SHELL, c"-c", plan.command.as_c_str()];
    orders::exec(SHELL, &arguments, &environment)
}

fn prepare(plan: &Plan) -> Result<(), Failed> {
    let at = |step| move |errno| Failed { step, errno };
    if let Some(leaf) = plan.leaf.as_ref().filter(|_| !plan.is_inside) {
        // First, so that whatever follows counts there.
        sys::join(leaf).map_err(at(1))?;
    }
    sys::new_session().map_err(at(2))?;
    sys::close_umask();
    if let Some(seconds) = plan.cpu {
        // XCPU at the limit, so that the command can say something; KILL a little later.
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
    // In this order: whoever is no longer root could not give up groups any more.
    if let (Some(uid), Some(gid)) = (plan.uid, plan.gid) {
        sys::set_groups(&plan.groups).map_err(at(9))?;
        sys::set_group(gid).map_err(at(10))?;
        sys::set_user(uid).map_err(at(11))?;
    }
    if plan.is_kept {
        // After the switch, which would take it back: nobody runs on without the supervisor.
        sys::die_with_parent().map_err(at(12))?;
    }
    if let Some(folder) = &plan.cwd {
        // After the switch: the rights that count are the user's.
        sys::change_folder(folder).map_err(at(13))?;
    }
    sys::no_new_privileges().map_err(at(14))?;
    sys::reset_signals().map_err(at(15))?;
    sys::close_on_exec_from(3).map_err(at(16))
}
