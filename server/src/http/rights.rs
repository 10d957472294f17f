//! What each route needs: the right of a caller, and the scope of an API token.
//!
//! `service` checks rights itself, and nothing can bypass it; they are here once more because a body costs memory and
//! time before a use case sees it. Scopes are checked by route only. A route that is in no list here is closed to tokens.

use app::auth::{Action, Scope};

/// The right that a change at a route needs; `None` where being signed in is enough, or where only the use case can
/// decide.
pub(crate) fn needed(path: &str) -> Option<Action> {
    let rest = match path.strip_prefix("/api/v1/") {
        Some(rest) => rest,
        // Which right a rule needs depends on what it is for; without this one there is none.
        None if path == "/rules" => return Some(Action::Edit),
        None if path == "/tasks/new"
            || path == "/tasks/{id}/edit"
            || path == "/tasks/{id}/start-urls"
            || path == app::routes::IMPORT
            || path == app::routes::IMPORT_TASKS =>
        {
            return Some(Action::Edit);
        }
        // Who may set a rota, or the hours of a person, depends on the form; without this right there is none.
        None if path == "/tasks/{id}/run"
            || path == app::routes::REMINDERS
            || path == app::routes::PEOPLE
            || path == app::routes::ROTAS =>
        {
            return Some(Action::Operate);
        }
        None if path.starts_with("/admin/") || path == app::routes::SUMMARIES => {
            return Some(Action::Administer);
        }
        None => return None,
    };
    let (resource, rest) = rest.split_once('/').unwrap_or((rest, ""));
    match (resource, rest) {
        ("tickets", "defaults/{name}") | ("oncall", "{name}") => Some(Action::Administer),
        // Operators set their own hours.
        ("oncall" | "people", _) => Some(Action::Operate),
        // Which right a test needs depends on whose channel it is.
        ("tasks", "" | "{id}" | "apply" | "{id}/start-urls" | "{id}/start-urls/{name}")
        | ("rules" | "imports", _)
        | ("channels", "{id}/test") => Some(Action::Edit),
        (
            "tasks",
            "{id}/run" | "{id}/pause" | "{id}/close" | "{id}/restore" | "{id}/urge" | "{id}/unurge",
        )
        | ("runs", "{id}/stop")
        | ("messages", "resend")
        | ("tickets", _) => Some(Action::Operate),
        (
            "channels" | "chat" | "pictures" | "summaries" | "calendars" | "blackouts" | "secrets"
            | "pools" | "retention",
            _,
        )
        | ("users", "" | "{id}") => Some(Action::Administer),
        _ => None,
    }
}

/// What a token needs for an operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TokenAccess {
    /// This scope.
    Scope(Scope),
    /// No token may do it, whatever its scopes.
    Never,
    /// Nothing: another permission is in the request.
    Open,
}

impl TokenAccess {
    /// As the description of the API says it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Scope(scope) => scope.as_str(),
            Self::Never => "none",
            Self::Open => "open",
        }
    }
}

/// What [`Scope::Read`] allows.
const READ: &[&str] = &[
    "GET /api/v1/blackouts",
    "GET /api/v1/calendars",
    "GET /api/v1/calendars/{name}",
    "GET /api/v1/calendars/{name}/export",
    "GET /api/v1/channels",
    "GET /api/v1/channels/{id}",
    "GET /api/v1/channels/{id}/templates",
    "GET /api/v1/channels/{id}/templates/{event}",
    "GET /api/v1/imports",
    "GET /api/v1/messages",
    "GET /api/v1/messages/{id}",
    "GET /api/v1/oncall",
    "GET /api/v1/oncall/{name}",
    "GET /api/v1/people",
    "GET /api/v1/people/{name}",
    "GET /api/v1/pictures",
    "GET /api/v1/pictures/{picture}",
    "GET /api/v1/pools",
    "GET /api/v1/retention",
    "GET /api/v1/rules",
    "GET /api/v1/rules/{id}",
    "GET /api/v1/runs",
    "GET /api/v1/runs/export",
    "GET /api/v1/runs/{id}",
    "GET /api/v1/runs/{id}/brief",
    "GET /api/v1/runs/{id}/end",
    "GET /api/v1/runs/{id}/log",
    "GET /api/v1/runs/{id}/log/stream",
    "GET /api/v1/runs/{id}/output",
    "GET /api/v1/summaries",
    "GET /api/v1/summaries/{id}",
    "GET /api/v1/summaries/{id}/preview",
    "GET /api/v1/tasks",
    "GET /api/v1/tasks/export",
    "GET /api/v1/tasks/{id}",
    "GET /api/v1/tasks/{id}/damage",
    "GET /api/v1/tasks/{id}/days",
    "GET /api/v1/tasks/{id}/draft",
    "GET /api/v1/tasks/{id}/explain",
    "GET /api/v1/tasks/{id}/history",
    "GET /api/v1/tasks/{id}/messages/explain",
    "GET /api/v1/tasks/{id}/occurrences",
    "GET /api/v1/tasks/{id}/run",
    "GET /api/v1/tasks/{id}/runs",
    "GET /api/v1/tasks/{id}/upcoming",
    "GET /api/v1/template-variables",
    "GET /api/v1/tickets",
    "GET /api/v1/tickets/defaults",
    "GET /api/v1/tickets/stats",
    "GET /api/v1/tickets/{id}",
    "GET /events",
    "POST /api/v1/channels/{id}/templates/preview",
    "POST /api/v1/schedules/preview",
];

/// What [`Scope::Run`] allows.
const RUN: &[&str] = &[
    "DELETE /api/v1/oncall/{name}/override",
    "POST /api/v1/messages/resend",
    "POST /api/v1/messages/{id}/resend",
    "POST /api/v1/oncall/{name}/override",
    "POST /api/v1/oncall/{name}/swap",
    "POST /api/v1/runs/{id}/stop",
    "POST /api/v1/tasks/{id}/close",
    "POST /api/v1/tasks/{id}/pause",
    "POST /api/v1/tasks/{id}/restore",
    "POST /api/v1/tasks/{id}/run",
    "POST /api/v1/tasks/{id}/unurge",
    "POST /api/v1/tasks/{id}/urge",
    "POST /api/v1/tickets/feed",
    "POST /api/v1/tickets/link",
    "POST /api/v1/tickets/{id}/acknowledge",
    "POST /api/v1/tickets/{id}/assign",
    "POST /api/v1/tickets/{id}/done",
    "POST /api/v1/tickets/{id}/reopen",
    "POST /api/v1/tickets/{id}/snooze",
];

/// What [`Scope::Write`] allows.
const WRITE: &[&str] = &[
    "DELETE /api/v1/rules/{id}",
    "DELETE /api/v1/tasks/{id}",
    "DELETE /api/v1/tasks/{id}/start-urls/{name}",
    "GET /api/v1/tasks/{id}/start-urls",
    "PATCH /api/v1/rules/{id}",
    "PATCH /api/v1/tasks/{id}",
    "POST /api/v1/channels/{id}/test",
    "POST /api/v1/imports/crontab",
    "POST /api/v1/imports/give-back",
    "POST /api/v1/imports/take-over",
    "POST /api/v1/imports/tasks",
    "POST /api/v1/rules",
    "POST /api/v1/tasks",
    "POST /api/v1/tasks/apply",
    "POST /api/v1/tasks/{id}/start-urls",
    "PUT /api/v1/tasks/{id}",
];

/// What [`Scope::Admin`] allows.
const ADMIN: &[&str] = &[
    "DELETE /api/v1/blackouts/{id}",
    "DELETE /api/v1/calendars/{name}",
    "DELETE /api/v1/channels/{id}",
    "DELETE /api/v1/channels/{id}/templates/{event}",
    "DELETE /api/v1/chat/people/{id}",
    "DELETE /api/v1/oncall/{name}",
    "DELETE /api/v1/people/{name}",
    "DELETE /api/v1/pictures/{picture}",
    "DELETE /api/v1/pools/{name}",
    "DELETE /api/v1/secrets/{id}",
    "DELETE /api/v1/sessions",
    "DELETE /api/v1/sessions/{session}",
    "DELETE /api/v1/summaries/{id}",
    "DELETE /api/v1/tickets/defaults/{name}",
    "DELETE /api/v1/tokens/{id}",
    "GET /api/v1/audit",
    "GET /api/v1/audit/verify",
    "GET /api/v1/audit/{id}",
    "GET /api/v1/chat/people",
    "GET /api/v1/secrets",
    "GET /api/v1/secrets/{id}",
    "GET /api/v1/sessions",
    "GET /api/v1/tasks/{id}/secrets",
    "GET /api/v1/tokens",
    "GET /api/v1/unreadable-rows",
    "GET /api/v1/users",
    "PATCH /api/v1/secrets/{id}",
    "POST /api/v1/account/password",
    "POST /api/v1/blackouts",
    "POST /api/v1/calendars",
    "POST /api/v1/calendars/{name}/import",
    "POST /api/v1/calendars/{name}/refresh",
    "POST /api/v1/channels",
    "POST /api/v1/chat/people",
    "POST /api/v1/secrets",
    "POST /api/v1/summaries",
    "PUT /api/v1/blackouts/{id}",
    "PUT /api/v1/calendars/{name}",
    "PUT /api/v1/channels/{id}",
    "PUT /api/v1/channels/{id}/templates/{event}",
    "PUT /api/v1/oncall/{name}",
    "PUT /api/v1/people/{name}",
    "PUT /api/v1/pictures/{picture}",
    "PUT /api/v1/pools/{name}",
    "PUT /api/v1/retention",
    "PUT /api/v1/secrets/{id}",
    "PUT /api/v1/summaries/{id}",
    "PUT /api/v1/tickets/defaults/{name}",
];

/// What [`Scope::Ping`] allows, besides the details of `/readyz`.
const PING: &[&str] = &["GET /api/v1/about", "GET /api/v1/nodes"];

/// What [`Scope::Metrics`] allows.
const METRICS: &[&str] = &["GET /metrics"];

/// What no token may do: with a leaked one, an account or a token could be made that outlives it.
const NEVER: &[&str] = &[
    "DELETE /api/v1/users/{id}",
    "PATCH /api/v1/users/{id}",
    "POST /api/v1/tokens",
    "POST /api/v1/users",
];

/// What its own token in the path allows.
const OPEN: &[&str] = &["POST /api/v1/start/{token}"];

/// What a token needs for an operation; `None` for what tokens are not for: pages, their functions and forms, which work
/// with sessions only, and everything that is in no list.
pub(crate) fn token_access(method: &str, route: &str) -> Option<TokenAccess> {
    // A HEAD is a GET whose body is not sent.
    let method = if method == "HEAD" { "GET" } else { method };
    let is_this = |operation: &&str| operation.split_once(' ') == Some((method, route));
    let lists = [
        (READ, TokenAccess::Scope(Scope::Read)),
        (RUN, TokenAccess::Scope(Scope::Run)),
        (WRITE, TokenAccess::Scope(Scope::Write)),
        (ADMIN, TokenAccess::Scope(Scope::Admin)),
        (PING, TokenAccess::Scope(Scope::Ping)),
        (METRICS, TokenAccess::Scope(Scope::Metrics)),
        (NEVER, TokenAccess::Never),
        (OPEN, TokenAccess::Open),
    ];
    lists
        .into_iter()
        .find(|(operations, _)| operations.iter().any(is_this))
        .map(|(_, access)| access)
}

/// Every operation of a list, as `METHOD route`.
#[cfg(test)]
pub(crate) fn listed() -> Vec<&'static str> {
    [READ, RUN, WRITE, ADMIN, PING, METRICS, NEVER, OPEN].concat()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_operation_is_in_one_list() {
        let all = listed();
        let once: BTreeSet<&str> = all.iter().copied().collect();
        assert_eq!(once.len(), all.len());
    }

    #[test]
    fn routes_ask_for_the_rights_of_their_use_cases() {
        for (path, action) in [
            ("/api/v1/tasks", Some(Action::Edit)),
            ("/api/v1/tasks/{id}", Some(Action::Edit)),
            ("/api/v1/tasks/apply", Some(Action::Edit)),
            ("/api/v1/tasks/{id}/urge", Some(Action::Operate)),
            ("/api/v1/runs/{id}/stop", Some(Action::Operate)),
            ("/api/v1/calendars/{name}/import", Some(Action::Administer)),
            ("/api/v1/tokens", None),
            ("/api/v1/schedules/preview", None),
            ("/tasks/{id}/edit", Some(Action::Edit)),
            ("/admin/users", Some(Action::Administer)),
            ("/summaries", Some(Action::Administer)),
            ("/api/v1/summaries/{id}", Some(Action::Administer)),
            ("/preferences", None),
        ] {
            assert_eq!(needed(path), action, "{path}");
        }
    }

    #[test]
    fn what_is_in_no_list_is_closed_to_tokens() {
        for (method, route, expected) in [
            ("GET", "/api/v1/tasks", Some("read")),
            ("HEAD", "/api/v1/tasks", Some("read")),
            ("POST", "/api/v1/tasks", Some("write")),
            ("POST", "/api/v1/tasks/{id}/run", Some("run")),
            ("POST", "/api/v1/users", Some("none")),
            ("GET", "/metrics", Some("metrics")),
            ("GET", "/tasks", None),
            ("POST", "/admin/users", None),
            ("POST", "/fn/overview", None),
            ("TRACE", "/api/v1/tasks", None),
        ] {
            let access = token_access(method, route).map(TokenAccess::as_str);
            assert_eq!(access, expected, "{method} {route}");
        }
    }
}
