//! Pages and answers whose statements are judged.

use super::history;

/// What people and programs read: how it is called here, and its paths.
pub(super) fn reads() -> Vec<(&'static str, Vec<String>)> {
    let run = history::some_run();
    vec![
        ("the list page", vec!["/tasks".to_owned()]),
        (
            "a searched list",
            vec!["/tasks?q=task+7&state=active".to_owned()],
        ),
        ("a task's page", vec!["/tasks/7".to_owned()]),
        (
            "a task's time line",
            [
                "/tasks/7/occurrences",
                "/tasks/7/occurrences?state=failed",
                "/api/v1/tasks/7/occurrences?state=lost&limit=200",
                "/api/v1/tasks/7/upcoming",
            ]
            .map(str::to_owned)
            .to_vec(),
        ),
        (
            "a task's history",
            vec!["/api/v1/tasks/7/history?limit=30".to_owned()],
        ),
        (
            "runs of a task",
            vec![
                "/api/v1/runs?task=7".to_owned(),
                format!("/api/v1/runs?task=7&after={run}"),
            ],
        ),
        (
            "a run's page",
            vec![format!("/runs/{run}"), format!("/api/v1/runs/{run}/output")],
        ),
        ("the overview", vec!["/".to_owned()]),
        (
            "an explanation",
            vec!["/api/v1/tasks/7/explain?at=2026-10-01T09:00:00Z".to_owned()],
        ),
        (
            "lists of administrators",
            ["/admin", "/admin/channels", "/admin/pools", "/admin/nodes"]
                .map(str::to_owned)
                .to_vec(),
        ),
    ]
}
