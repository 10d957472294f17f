//! Paths of the pages; nothing else in the code spells out `/tasks/…`.

use crate::id::{ChannelId, RuleId, RunId, TaskId};

/// The overview.
pub const OVERVIEW: &str = "/";
/// The task list.
pub const TASKS: &str = "/tasks";
/// The tasks as a file, with the query of the list.
pub const TASKS_EXPORT: &str = "/api/v1/tasks/export";
/// The form for a new task.
pub const TASK_NEW: &str = "/tasks/new";
/// Runs of all tasks.
pub const RUNS: &str = "/runs";
/// The same as a file.
pub const RUNS_EXPORT: &str = "/api/v1/runs/export";
/// The history of messages.
pub const MESSAGES: &str = "/messages";
/// Summaries: what needs attention, daily or weekly.
pub const SUMMARIES: &str = "/summaries";
/// Tickets: what people are asked for until it is done.
pub const REMINDERS: &str = "/reminders";
/// Rotas: who is on call.
pub const ROTAS: &str = "/oncall";
/// People with a zone or hours of their own.
pub const PEOPLE: &str = "/people";
/// The admin dashboard.
pub const ADMIN: &str = "/admin";
/// Accounts and tokens.
pub const USERS: &str = "/admin/users";
/// Notification channels.
pub const CHANNELS: &str = "/admin/channels";
/// Rules about messages.
pub const RULES: &str = "/rules";
/// Pictures that follow messages.
pub const PICTURES: &str = "/admin/pictures";
/// Calendars of working days.
pub const CALENDARS: &str = "/admin/calendars";
/// Blackouts: periods without firings.
pub const BLACKOUTS: &str = "/admin/blackouts";
/// Secrets that tasks are granted.
pub const SECRETS: &str = "/admin/secrets";
/// Default policies of urging.
pub const URGE_DEFAULTS: &str = "/admin/urging";
/// The tasks that are failing.
pub const TASKS_FAILING: &str = "/tasks?state=failing";
/// Crontabs that become tasks.
pub const IMPORT: &str = "/import";
/// Tasks of other schedulers that become tasks here.
pub const IMPORT_TASKS: &str = "/import/tasks";
/// Concurrency pools.
pub const POOLS: &str = "/admin/pools";
/// How long history is kept.
pub const RETENTION: &str = "/admin/retention";
/// The audit log: who did what.
pub const AUDIT: &str = "/audit";
/// Server processes.
pub const NODES: &str = "/admin/nodes";
/// The manual.
pub const HELP: &str = "/help";
/// The parts of this installation and their versions.
pub const ABOUT: &str = "/about";
/// One's own account: its password.
pub const ACCOUNT: &str = "/account";
/// Sign-in.
pub const SIGN_IN: &str = "/login";
/// First-run set-up.
pub const SETUP: &str = "/setup";
/// Posting here signs out.
pub const SIGN_OUT: &str = "/logout";
/// Posting here sets language, theme and density of lists: fields `lang`, `theme`, `density`, `next`.
pub const PREFERENCES: &str = "/preferences";
/// Server-sent events: `event: change`, `data: {"task":1}`.
pub const EVENTS: &str = "/events";

/// The cookie with the zone of the reader's browser.
pub const ZONE_COOKIE: &str = "jcrontab_zone";

/// A task's page: history and control.
#[must_use]
pub fn task(id: TaskId) -> String {
    format!("/tasks/{id}")
}

/// A task's form.
#[must_use]
pub fn task_edit(id: TaskId) -> String {
    format!("/tasks/{id}/edit")
}

/// The start URLs of a task.
#[must_use]
pub fn task_start_urls(id: TaskId) -> String {
    format!("/tasks/{id}/start-urls")
}

/// A task's manual start.
#[must_use]
pub fn task_run(id: TaskId) -> String {
    format!("/tasks/{id}/run")
}

/// The form for a manual start of a task with the parameters of one of its runs.
#[must_use]
pub fn task_run_again(id: TaskId, run: RunId) -> String {
    format!("/tasks/{id}/run?again={run}")
}

/// A task's planned firings: past and future, and why.
#[must_use]
pub fn task_occurrences(id: TaskId) -> String {
    format!("/tasks/{id}/occurrences")
}

/// The messages of a task.
#[must_use]
pub fn task_messages(id: TaskId) -> String {
    format!("{MESSAGES}?task={id}")
}

/// The tickets of a task, open and over.
#[must_use]
pub fn task_tickets(id: TaskId) -> String {
    format!("{REMINDERS}?state=all&task={id}")
}

/// The rules of a task, or those for no single task.
#[must_use]
pub fn rules(task: Option<TaskId>) -> String {
    task.map_or_else(|| RULES.to_owned(), |id| format!("{RULES}?task={id}"))
}

/// The form that changes a rule of a task, or one for no single task.
#[must_use]
pub fn rule_edit(task: Option<TaskId>, id: RuleId) -> String {
    let mark = if task.is_some() { '&' } else { '?' };
    format!("{}{mark}edit={id}#change", rules(task))
}

/// Messages that were given up.
pub const MESSAGES_DEAD: &str = "/messages?state=dead";

/// One rota, with the forms that change it. Its name may have Chinese characters and spaces.
#[must_use]
pub fn rota(name: &str) -> String {
    let mut page = format!("{ROTAS}?name=");
    escape(name, &mut page);
    page
}

/// The templates of a channel.
#[must_use]
pub fn templates(channel: ChannelId) -> String {
    format!("{CHANNELS}/{channel}/templates")
}

/// The form for one template of a channel: the code of an event, `all`, or `@` and a name, which may have Chinese
/// characters.
#[must_use]
pub fn template_of(channel: ChannelId, key: &str) -> String {
    let mut page = format!("{}?event=", templates(channel));
    escape(key, &mut page);
    page
}

/// Appends a text to a query, percent-encoded.
fn escape(text: &str, query: &mut String) {
    for byte in text.bytes() {
        // The unreserved characters of RFC 3986, section 2.3.
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            query.push(char::from(byte));
        } else {
            query.push_str(&format!("%{byte:02X}"));
        }
    }
}

/// Messages that a channel gave up.
#[must_use]
pub fn channel_dead(id: ChannelId) -> String {
    format!("{MESSAGES_DEAD}&channel={id}")
}

/// A calendar's page.
#[must_use]
pub fn calendar(name: &str) -> String {
    format!("{CALENDARS}/{name}")
}

/// A run's page.
#[must_use]
pub fn run(id: RunId) -> String {
    format!("/runs/{id}")
}

/// A line of a run's output, on its page.
#[must_use]
pub fn run_line(id: RunId, number: u64) -> String {
    format!("/runs/{id}#L{number}")
}

/// A run's log as it is written: server-sent events from a position on, in the encoding of [`crate::wire`].
#[must_use]
pub fn run_log_stream(id: RunId, from: u64) -> String {
    format!("/api/v1/runs/{id}/log/stream?from={from}&form=wire")
}

/// A run's output as a file.
#[must_use]
pub fn run_output(id: RunId) -> String {
    format!("/api/v1/runs/{id}/output")
}

/// The first parts of the server's own paths: a public address whose path begins like one of them would be ambiguous.
pub const FIRST_PARTS: [&str; 28] = [
    "about",
    "account",
    "admin",
    "api",
    "audit",
    "events",
    "feed",
    "fn",
    "healthz",
    "help",
    "import",
    "login",
    "logout",
    "messages",
    "metrics",
    "my",
    "oncall",
    "people",
    "pkg",
    "preferences",
    "readyz",
    "reminders",
    "rules",
    "runs",
    "setup",
    "summaries",
    "t",
    "tasks",
];

/// The path of a public address, without a slash at its end; empty if it has none.
#[must_use]
pub fn base_path(public_url: &str) -> &str {
    let rest = public_url.split_once("://").map_or("", |(_, rest)| rest);
    let path = rest.find('/').map_or("", |at| &rest[at..]);
    path.trim_end_matches('/')
}

/// Whether pages can be served under a path: it is empty, or has parts of unreserved characters (RFC 3986, section
/// 2.3), and does not begin like a path of the server.
#[must_use]
pub fn can_be_base(path: &str) -> bool {
    let mut parts = path.split('/').skip(1);
    let plain = |part: &str| {
        let unreserved = |c: char| c.is_ascii_alphanumeric() || "-_.~".contains(c);
        !part.is_empty() && part != "." && part != ".." && part.chars().all(unreserved)
    };
    let own = |part: &str| FIRST_PARTS.contains(&part) || part.starts_with("taskid");
    parts.clone().all(plain) && !parts.next().is_some_and(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_public_addresses() {
        for (url, path) in [
            ("https://cron.example.com", ""),
            ("https://cron.example.com/", ""),
            ("http://10.0.0.1:8000/cron", "/cron"),
            ("https://ops.example.com/tools/cron/", "/tools/cron"),
        ] {
            assert_eq!(base_path(url), path, "{url}");
            assert!(can_be_base(path), "{path}");
        }
    }

    #[test]
    fn paths_that_cannot_be_served_under() {
        for path in [
            "/a//b",
            "/a b",
            "/%61",
            "/..",
            "/a/../b",
            "/tasks",
            "/api/cron",
            "/taskid7",
            "/计划",
        ] {
            assert!(!can_be_base(path), "{path}");
        }
        assert!(can_be_base("/cron/tasks"));
    }
}
