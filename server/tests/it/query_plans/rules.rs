//! What a plan must not do.

/// Tables that grow with every firing.
const GROWING: [&str; 8] = [
    "run",
    "run_day",
    "occurrence",
    "message",
    "audit",
    "ticket",
    "ticket_urge",
    "ticket_event",
];

/// Tables that people fill; walking through one is no fault.
const SMALL: [&str; 15] = [
    "task",
    "schedule",
    "channel",
    "message_summary",
    "calendar",
    "blackout",
    "pool",
    "node",
    "cluster",
    "task_change",
    "user",
    "session",
    "api_token",
    "secret",
    "secret_grant",
];

/// Statements that may sort, by a piece of their text: they sort what is under way or waits, which
/// an index finds and which does not grow with the history.
const MAY_SORT: [&str; 4] = [
    "\"ticket\".\"state\" IN ('open', 'acknowledged', 'snoozed')",
    "WHERE \"run\".\"state\" IN ('running', 'waiting')",
    "WHERE \"run\".\"state\" = 'running' GROUP BY",
    "WHERE \"run\".\"state\" = 'running' ORDER BY",
];

/// Whether a statement reads a table that grows. An INSERT reads nothing.
pub(super) fn grows(sql: &str) -> bool {
    !sql.starts_with("INSERT")
        && GROWING.iter().any(|table| {
            sql.contains(&format!("\"{table}\"")) || sql.contains(&format!("`{table}`"))
        })
}

/// What is wrong with a plan, of SQLite or of MySQL.
pub(super) fn faults(sql: &str, plan: &[String]) -> Vec<String> {
    let sql = sql.replace('`', "\"");
    let sorts = MAY_SORT.iter().any(|piece| sql.contains(piece));
    plan.iter()
        .filter(|step| walks(step) || (sorts_rows(step) && !sorts))
        .cloned()
        .collect()
}

/// A step that goes through a whole table, or a whole index, that grows.
fn walks(step: &str) -> bool {
    // An index that SQLite makes for this statement only, from the whole table.
    if step.contains("AUTOMATIC") {
        return true;
    }
    if let Some(scanned) = step.strip_prefix("SCAN ") {
        let table = scanned.split(' ').next().unwrap_or_default();
        // `SCAN (subquery-1)`, `SCAN CONSTANT ROW`: nothing of a table.
        return !table.starts_with('(') && table != "CONSTANT" && !SMALL.contains(&table);
    }
    // A part of a compound statement, and no table.
    if step == "UNION ALL" {
        return false;
    }
    let mut words = step.split(' ');
    let (table, kind) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    matches!(kind, "ALL" | "index")
        && !table.starts_with('<')
        && !SMALL.contains(&table)
        // The first or the last entry of an index, found by walking one step.
        && !step.contains("Select tables optimized away")
}

fn sorts_rows(step: &str) -> bool {
    ["USE TEMP B-TREE", "Using filesort", "Using temporary"]
        .iter()
        .any(|sign| step.contains(sign))
}

#[test]
fn plans_are_read_rightly() {
    for (step, fault) in [
        ("SCAN run", true),
        ("SCAN newest USING COVERING INDEX ix_run_task_id_id", true),
        ("SCAN task", false),
        ("UNION ALL", false),
        (
            "SEARCH run USING INDEX ix_run_task_id_id (task_id=?)",
            false,
        ),
        (
            "SEARCH run USING AUTOMATIC COVERING INDEX (task_id=?)",
            true,
        ),
        ("USE TEMP B-TREE FOR ORDER BY", true),
        ("run ALL -; Using where", true),
        ("run index ix_run_task_id_id; Using index", true),
        ("task ALL -; -", false),
        ("run ref ix_run_task_id_id; Using where", false),
        (
            "run range ix_run_state_started_at; Using where; Using filesort",
            true,
        ),
    ] {
        assert_eq!(!faults("", &[step.to_owned()]).is_empty(), fault, "{step}");
    }
}
