//! Statements that may read more with a longer history, and how statements are distinguished.

/// Statements that are known to read more with a longer history, by a piece of their [`shape`], and
/// why they may.
pub(super) const KNOWN: [(&str, &str); 10] = [
    (
        r#""occurrence"."task_id" = # AND "occurrence"."state" = "#,
        "a time line of one state looks through the task's firings: an index of their states would \
         be one more to write for every firing",
    ),
    (
        r#""run"."finished_at" IS NOT NULL AND "run"."state" = 'succeeded'"#,
        "a task that waits for one that has never succeeded looks through its runs, as above",
    ),
    (
        r#""message"."state" IN ('pending', 'waiting', 'sending', 'merged', 'dead') AND "message"."event" <> 'digest' GROUP BY"#,
        "counts what was given up and what waits: of messages that were sent it reads none",
    ),
    (
        r#""message"."channel_id" = # AND "message"."state" IN ('pending', 'waiting', 'sending', 'merged')"#,
        "counts what waits for a channel",
    ),
    (
        r#"(LOWER("excerpt") LIKE '%nowhere%'"#,
        "a search for words looks through the runs of its window, at most 1,500 (ADR 54)",
    ),
    (
        r#"ORDER BY "run"."started_at" DESC, "run"."id" DESC LIMIT # OFFSET #"#,
        "finds the end of a window of a search, at most 1,500 runs on, in an index (ADR 54)",
    ),
    (
        r#""run"."task_id" = # AND "run"."state" = 'failed' AND "run"."started_at" <= '#"#,
        "a page of the runs of a task in one state, at most 200",
    ),
    (
        r#"ORDER BY "audit"."id" DESC LIMIT # OFFSET #"#,
        "finds the end of the window of a page of the audit log, at most 2,000 entries on, in an index (ADR 69)",
    ),
    (
        r#""audit"."id" > # ORDER BY "audit"."id" DESC LIMIT #"#,
        "a page of the audit log looks through its window, at most 2,000 entries (ADR 69)",
    ),
    (
        r#"COALESCE("finished_at", "started_at") < '#"#,
        "looks for runs to delete, at most 202 at a time (ADR 53)",
    ),
];

/// A statement without its numbers and instants, the same for both databases, and with equal parts of a union once.
pub(super) fn shape(sql: &str) -> String {
    let shape = without_numbers(sql);
    let mut parts: Vec<&str> = shape.split(" UNION ALL ").collect();
    parts.dedup();
    parts.join(" UNION ALL ")
}

fn without_numbers(sql: &str) -> String {
    let mut shape = String::new();
    let mut rest = sql;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        shape.push_str(&rest[..at]);
        shape.push('#');
        // Instants and lists of numbers up to their last digit.
        let value = &rest[at..];
        let end = value.find(|c: char| !c.is_ascii_digit() && !" ,.:-".contains(c));
        let value = &value[..end.unwrap_or(value.len())];
        let last = value.rfind(|c: char| c.is_ascii_digit()).unwrap_or(0);
        rest = &rest[at + last + 1..];
    }
    (shape + rest).replace('`', "\"")
}

#[test]
fn statements_of_one_shape_are_known_as_such() {
    let of = |run: &str, until: &str| format!("SELECT a FROM `run` WHERE id IN ({run}){until}");
    let one = shape(&of(
        "7",
        " AND due_at <= '2026-11-22 08:00:00.000000' LIMIT 1",
    ));
    let many = shape(&of(
        "8, 9, 10",
        " AND due_at <= '2026-11-23 08:00:01.5' LIMIT 50",
    ));
    assert_eq!(one, many);
    let known = "SELECT a FROM \"run\" WHERE id IN (#) AND due_at <= '#' LIMIT #";
    assert_eq!(one, known);
    assert_ne!(one, shape(&of("7", "")));
    let union = shape("SELECT a WHERE id = 7 UNION ALL SELECT a WHERE id = 8");
    assert_eq!(union, "SELECT a WHERE id = #");
}
