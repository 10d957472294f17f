//! What tokens that are limited to some tasks may ask for.

use app::id::{RunId, TaskId, TicketId};

use crate::service::Subject;

/// What an operation is about, for tokens that are limited to some tasks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reach {
    /// All tasks; its answer has those that are permitted.
    List,
    /// The task with the id in its path.
    Task,
    /// The run with that id.
    Run,
    /// The ticket with that id.
    Ticket,
}

/// What is about one task.
const OF_TASK: &[&str] = &[
    "GET /api/v1/tasks/{id}",
    "GET /api/v1/tasks/{id}/days",
    "GET /api/v1/tasks/{id}/history",
    "GET /api/v1/tasks/{id}/occurrences",
    "GET /api/v1/tasks/{id}/run",
    "GET /api/v1/tasks/{id}/runs",
    "GET /api/v1/tasks/{id}/upcoming",
    "POST /api/v1/tasks/{id}/close",
    "POST /api/v1/tasks/{id}/pause",
    "POST /api/v1/tasks/{id}/restore",
    "POST /api/v1/tasks/{id}/run",
    "POST /api/v1/tasks/{id}/unurge",
    "POST /api/v1/tasks/{id}/urge",
];

/// What is about one run.
const OF_RUN: &[&str] = &[
    "GET /api/v1/runs/{id}",
    "GET /api/v1/runs/{id}/end",
    "GET /api/v1/runs/{id}/log",
    "GET /api/v1/runs/{id}/log/stream",
    "GET /api/v1/runs/{id}/output",
    "POST /api/v1/runs/{id}/stop",
];

/// What is about one ticket.
const OF_TICKET: &[&str] = &[
    "GET /api/v1/tickets/{id}",
    "POST /api/v1/tickets/{id}/acknowledge",
    "POST /api/v1/tickets/{id}/done",
    "POST /api/v1/tickets/{id}/reopen",
    "POST /api/v1/tickets/{id}/snooze",
];

/// An operation that is not about single tasks, or a path without an id: closed to tokens that are limited to some.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Beyond;

fn reach(method: &str, route: &str) -> Option<Reach> {
    // A HEAD is a GET whose body is not sent.
    let method = if method == "HEAD" { "GET" } else { method };
    let is_this = |operation: &&str| operation.split_once(' ') == Some((method, route));
    let lists = [
        (&["GET /api/v1/tasks"][..], Reach::List),
        (OF_TASK, Reach::Task),
        (OF_RUN, Reach::Run),
        (OF_TICKET, Reach::Ticket),
    ];
    lists
        .into_iter()
        .find(|(operations, _)| operations.iter().any(is_this))
        .map(|(_, reach)| reach)
}

/// What a request is about; nothing for a list, whose answer has only what is permitted.
///
/// # Errors
/// For everything that is in no list here, because it is about all tasks, or says something of others; and for a path that
/// has anything but digits in the place of the id: what it means is not decided twice.
pub(crate) fn subject(method: &str, route: &str, path: &str) -> Result<Option<Subject>, Beyond> {
    let reach = reach(method, route).ok_or(Beyond)?;
    if reach == Reach::List {
        return Ok(None);
    }
    let id = id_of(route, path).ok_or(Beyond)?;
    Ok(match reach {
        Reach::List => None,
        Reach::Task => Some(Subject::Task(TaskId(id))),
        Reach::Run => Some(Subject::Run(RunId(id))),
        Reach::Ticket => Some(Subject::Ticket(TicketId(id))),
    })
}

/// The number that a path has in the place of `{id}`. Under a public address with a path, the route is the end of it.
fn id_of(route: &str, path: &str) -> Option<i64> {
    let from_end = route.split('/').rev().position(|part| part == "{id}")?;
    let id = path.split('/').rev().nth(from_end)?;
    let is_number = id.bytes().all(|byte| byte.is_ascii_digit());
    id.parse().ok().filter(|_| is_number)
}

#[cfg(test)]
mod tests {
    use app::auth::Scope;

    use super::super::rights::{TokenAccess, token_access};
    use super::*;

    #[test]
    fn a_limited_token_reads_and_runs() {
        for operation in [OF_TASK, OF_RUN, OF_TICKET].concat() {
            let (method, route) = operation.split_once(' ').expect("a method");
            let access = token_access(method, route);
            let scopes = [Scope::Read, Scope::Run].map(|scope| Some(TokenAccess::Scope(scope)));
            assert!(scopes.contains(&access), "{operation}");
        }
    }

    #[test]
    fn a_request_is_about_what_its_path_says_or_is_refused() {
        let task = |id| Ok(Some(Subject::Task(TaskId(id))));
        for (method, route, path, expected) in [
            ("GET", "/api/v1/tasks", "/api/v1/tasks", Ok(None)),
            ("GET", "/api/v1/tasks/{id}", "/api/v1/tasks/7", task(7)),
            (
                "POST",
                "/api/v1/tasks/{id}/run",
                "/cron/api/v1/tasks/7/run",
                task(7),
            ),
            (
                "HEAD",
                "/api/v1/runs/{id}",
                "/api/v1/runs/8",
                Ok(Some(Subject::Run(RunId(8)))),
            ),
            (
                "GET",
                "/api/v1/tasks/{id}",
                "/api/v1/tasks/%37",
                Err(Beyond),
            ),
            ("GET", "/api/v1/tasks/{id}", "/api/v1/tasks/+7", Err(Beyond)),
            ("GET", "/api/v1/tasks/{id}", "/api/v1/tasks/", Err(Beyond)),
            ("PUT", "/api/v1/tasks/{id}", "/api/v1/tasks/7", Err(Beyond)),
            ("GET", "/api/v1/runs", "/api/v1/runs", Err(Beyond)),
            ("GET", "/events", "/events", Err(Beyond)),
        ] {
            assert_eq!(subject(method, route, path), expected, "{method} {path}");
        }
    }
}
