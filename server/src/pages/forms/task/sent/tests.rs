use app::schedule::field;
use app::task::execution::{ExecutionDraft, ParameterKind};

use super::*;

fn read(fields: &[(&str, &str)]) -> Sent {
    let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Sent::read(fields.iter().map(pair).collect(), Lang::En)
}

fn sent(fields: &[(&str, &str)]) -> TaskDraft {
    let sent = read(fields);
    assert_eq!(sent.fault, None);
    sent.draft
}

#[test]
fn fields_of_schedules_are_read_as_they_are_named() {
    for index in [0, 1, 9] {
        for part in ["spec", "day_rule", "calendar", "jitter", "dialect"] {
            let name = field(index, part);
            let draft = sent(&[(&name, "x"), (&field(index, "spec"), "* * * * *")]);
            let json = serde_json::to_value(&draft.schedules[0]).expect("JSON");
            let expected = if part == "spec" { "* * * * *" } else { "x" };
            assert_eq!(json[part], expected, "{name}");
        }
    }
}

#[test]
fn names_of_no_field_are_refused_and_the_rest_is_read() {
    for (name, said) in [
        (
            "schedules[1].colour",
            "There is no field `colour`; the known",
        ),
        ("timout", "did you mean `timeout`?"),
        ("execution.retry.attempt", "did you mean `attempts`?"),
        ("schedules[]", "There is no field `schedules[]`"),
        ("schedules[x].spec", "There is no field `schedules[x].spec`"),
        ("schedules[-1].spec", "There is no field"),
        ("schedules[99999999999999999999].spec", "There is no field"),
        ("a.b.c.d.e.f.g.h", "There is no field"),
        ("execution", "The value of `execution` is invalid"),
        ("mode", "The value of `mode` is invalid"),
        ("channel_id", "expected a whole number"),
    ] {
        let sent = read(&[("name", "typed"), (name, "x"), ("command", "a\r\nb")]);
        let message = sent.fault.expect(name).message;
        assert!(message.contains(said), "{name}: {message}");
        assert_eq!(sent.draft.name, "typed", "{name}");
        assert_eq!(sent.draft.command, "a\nb", "{name}");
    }
}

#[test]
fn more_entries_than_any_list_takes_are_not_kept() {
    let fields: Vec<(String, String)> = (0..100_000)
        .map(|at| (format!("schedules[{at}].spec"), "* * * * *".to_owned()))
        .chain((0..100_000).map(|at| (format!("x{at}"), String::new())))
        .collect();
    let sent = Sent::read(fields, Lang::En);
    assert_eq!(sent.draft.schedules.len(), 101);
    let message = sent.fault.expect("a fault").message;
    assert_eq!(message.lines().count(), 20);
}

#[test]
fn schedules_come_in_order_and_empty_ones_do_not_count() {
    let draft = sent(&[
        ("schedules[7].spec", "0 18 * * *"),
        ("schedules[7].jitter", "5m"),
        ("schedules[7].jitter_stable", "true"),
        ("schedules[2].spec", " "),
        ("schedules[2].day_rule", "work_days"),
        ("cron", "0 9 * * *"),
        ("schedules[0].day_rule", "nth_work_day:-1"),
        ("schedules[0].calendar", "公司"),
        ("schedules[8].spec", ""),
        ("missed.policy", "all"),
        ("missed.max", "5"),
    ]);
    assert_eq!(
        draft.schedules,
        [
            ScheduleDraft {
                day_rule: "nth_work_day:-1".into(),
                calendar: "公司".into(),
                ..ScheduleDraft::plain("0 9 * * *")
            },
            ScheduleDraft {
                jitter: "5m".into(),
                jitter_stable: true,
                ..ScheduleDraft::plain("0 18 * * *")
            },
        ]
    );
    assert_eq!(draft.cron, "");
    assert_eq!(
        (draft.missed.policy.as_str(), draft.missed.max.as_str()),
        ("all", "5")
    );
}

#[test]
fn a_form_without_any_schedule_keeps_what_was_chosen() {
    let draft = sent(&[("cron", ""), ("schedules[0].day_rule", "rest_days")]);
    assert_eq!(draft.schedules.len(), 1);
    assert_eq!(draft.schedules[0].day_rule, "rest_days");
    assert_eq!(sent(&[]).schedules.len(), 1);
}

#[test]
fn every_field_reaches_the_draft() {
    let draft = sent(&[
        ("execution.overlap", "queue"),
        ("execution.overlap_max", "10"),
        ("execution.pool", "db"),
        ("execution.retry.attempts", "3"),
        ("execution.retry.delay", "10s"),
        ("execution.retry.factor", "1.5"),
        ("execution.retry.max_delay", "5m"),
        ("execution.retry.jitter", "20"),
        ("execution.retry.exit_codes", "1, 75"),
        ("execution.retry.on_timeout", "true"),
        ("execution.retry.on_lost", "true"),
        ("execution.soft_limit", "5m"),
        ("execution.stop_grace", "30s"),
        ("execution.limits.cpu", "1m"),
        ("execution.limits.memory", "1G"),
        ("execution.limits.open_files", "100"),
        ("execution.limits.processes", "10"),
        ("execution.limits.nice", "5"),
        ("execution.run_as", "deploy"),
        ("execution.cwd", "/srv"),
        ("execution.env", "A=1\r\nB=2"),
        ("execution.waits.tasks", "#1 备份\r\n\r\n导出, 然后\r\n"),
        ("execution.waits.how", "any"),
        ("execution.waits.what", "finish"),
        ("execution.waits.fresh", "2h"),
        ("execution.waits.patience", "10m"),
        ("execution.outlives_server", "true"),
        ("action", "shell"),
    ]);
    assert_eq!(draft.execution.overlap, "queue:10");
    assert_eq!(draft.execution.env, "A=1\nB=2");
    assert_eq!(draft.execution.waits.tasks, ["#1 备份", "导出, 然后"]);
    let mut faults = Vec::new();
    let execution = draft.execution.read(Lang::En, &mut faults);
    assert_eq!(faults, []);
    // Except for the tasks, which only the server can look up, it is returned as it was sent.
    let mut back = ExecutionDraft::from(&execution);
    back.waits.tasks.clone_from(&draft.execution.waits.tasks);
    assert_eq!(back, draft.execution);
}

#[test]
fn parameters_come_in_order_and_blank_ones_do_not_count() {
    let draft = sent(&[
        ("execution.parameters[7].name", "B"),
        ("execution.parameters[7].kind", "number"),
        ("execution.parameters[2].name", "A"),
        ("execution.parameters[2].kind", "choice"),
        ("execution.parameters[2].choices", " a\r\nb\r\n"),
        ("execution.parameters[2].default", "a"),
        ("execution.parameters[2].required", "true"),
        ("execution.parameters[3].name", " "),
        ("execution.parameters[3].kind", "date"),
        ("execution.parameters[9].label", "没有变量名"),
    ]);
    let parameters = &draft.execution.parameters;
    let names: Vec<&str> = parameters.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["A", "B", ""]);
    assert_eq!(parameters[0].choices, ["a", "b"]);
    assert!(parameters[0].required);
    assert_eq!(parameters[1].kind, ParameterKind::Number);
    assert_eq!(parameters[2].label, "没有变量名");
}

#[test]
fn what_was_not_chosen_is_left_out() {
    let fields = [
        ("command", "true"),
        ("execution.http.method", "POST"),
        ("execution.http.url", "https://example.com/"),
    ];
    let with = |action: &'static str, mode: &'static str| {
        let chosen = [("action", action), ("mode", mode)];
        sent(&[&fields[..], &chosen].concat())
    };
    let shell = with("shell", "command");
    assert!(shell.execution.http.is_blank());
    assert_eq!(shell.command, "true");
    let http = with("http", "command");
    assert_eq!(http.execution.http.url, "https://example.com/");
    assert_eq!(http.command, "");
    let both = with("", "command");
    assert!(!both.execution.http.is_blank() && !both.command.is_empty());
    let reminder = sent(&[
        ("mode", "message"),
        ("action", "http"),
        ("execution.http.method", "GET"),
    ]);
    assert!(reminder.execution.http.is_blank());
    let missing = sent(&[("action", "http"), ("execution.http.method", "GET")]);
    assert!(!missing.execution.http.is_blank());
}
