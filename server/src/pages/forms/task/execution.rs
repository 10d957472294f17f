//! The fields of the task form about its execution. They are named as the faults are.

use app::task::execution::{
    ExecutionDraft, HttpDraft, LimitsDraft, Parameter, RetryDraft, WaitsDraft,
};
use app::task::{Mode, TaskDraft};

use super::super::is_ticked;

/// What was typed. Parameters that were left empty do not count.
pub(super) fn draft_of(
    take: &mut impl FnMut(&str) -> String,
    parameters: impl Iterator<Item = Parameter>,
) -> ExecutionDraft {
    let mut take = |part: &str| take(&format!("execution.{part}"));
    ExecutionDraft {
        overlap: overlap(&take("overlap"), &take("overlap_max")),
        pool: take("pool"),
        retry: RetryDraft {
            attempts: take("retry.attempts"),
            delay: take("retry.delay"),
            factor: take("retry.factor"),
            max_delay: take("retry.max_delay"),
            jitter: take("retry.jitter"),
            exit_codes: take("retry.exit_codes"),
            on_timeout: is_ticked(&take("retry.on_timeout")),
            on_lost: is_ticked(&take("retry.on_lost")),
        },
        soft_limit: take("soft_limit"),
        stop_grace: take("stop_grace"),
        limits: LimitsDraft {
            cpu: take("limits.cpu"),
            memory: take("limits.memory"),
            open_files: take("limits.open_files"),
            processes: take("limits.processes"),
            nice: take("limits.nice"),
        },
        run_as: take("run_as"),
        cwd: take("cwd"),
        shell: take("shell"),
        merge_output: is_ticked(&take("merge_output")),
        secret_files: is_ticked(&take("secret_files")),
        env: unix_lines(&take("env")),
        parameters: parameters.filter(|one| !is_blank(one)).collect(),
        waits: WaitsDraft {
            tasks: lines(&take("waits.tasks")),
            how: take("waits.how"),
            what: take("waits.what"),
            fresh: take("waits.fresh"),
            patience: take("waits.patience"),
        },
        http: HttpDraft {
            method: take("http.method"),
            url: take("http.url"),
            headers: unix_lines(&take("http.headers")),
            body: unix_lines(&take("http.body")),
            expect_status: take("http.expect_status"),
            json_pointer: take("http.json_pointer"),
            json_value: take("http.json_value"),
        },
        outlives_server: is_ticked(&take("outlives_server")),
    }
}

/// The draft with only what was chosen of command and request: the other one's fields are out of
/// sight. A program that sends no choice is taken at its word.
pub(super) fn chosen(action: &str, mut draft: TaskDraft) -> TaskDraft {
    let http = &mut draft.execution.http;
    let only_method = HttpDraft {
        method: http.method.clone(),
        ..HttpDraft::default()
    } == *http;
    match action {
        "shell" => *http = HttpDraft::default(),
        // A reminder needs no request, and the missing URL would not be visible.
        "http" if draft.mode == Mode::Message && only_method => *http = HttpDraft::default(),
        "http" => draft.command.clear(),
        _ => {}
    }
    draft
}

/// The rule as a draft has it. A rule without a number has none.
fn overlap(rule: &str, max: &str) -> String {
    match rule.trim() {
        rule @ ("allow" | "queue") => format!("{rule}:{}", max.trim()),
        rule => rule.to_owned(),
    }
}

/// Which parameter a field belongs to, and which part of it.
pub(super) fn parameter_field(name: &str) -> Option<(usize, &str)> {
    let (index, part) = name
        .strip_prefix("execution.parameters[")?
        .split_once("].")?;
    let known = ["name", "label", "kind", "choices", "default", "required"];
    known.contains(&part).then_some((index.parse().ok()?, part))
}

pub(super) fn set(parameter: &mut Parameter, part: &str, value: &str) {
    match part {
        "name" => value.clone_into(&mut parameter.name),
        "label" => value.clone_into(&mut parameter.label),
        "kind" => parameter.kind = value.parse().unwrap_or_default(),
        "choices" => parameter.choices = lines(value),
        "default" => value.clone_into(&mut parameter.default),
        "required" => parameter.required = is_ticked(value),
        _ => {}
    }
}

fn is_blank(one: &Parameter) -> bool {
    let texts = [&one.name, &one.label, &one.default];
    texts.iter().all(|text| text.trim().is_empty()) && one.choices.is_empty()
}

/// Browsers send line breaks as two characters.
fn unix_lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// A field of several lines knows one kind of line breaks: a text that differs from the stored one
/// in nothing else is that one.
pub(super) fn keep_breaks(sent: &mut String, stored: String) {
    if *sent == unix_lines(&stored).replace('\r', "\n") {
        *sent = stored;
    }
}

/// Entries that a field of several lines may have; one more shows that there are too many.
const LINES_MAX: usize = 101;

fn lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty())
        .take(LINES_MAX)
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use app::i18n::Lang;
    use app::task::execution::ParameterKind;

    use super::super::draft_of;
    use super::*;

    fn sent(fields: &[(&str, &str)]) -> TaskDraft {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        draft_of(fields.iter().map(pair).collect())
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
        // But for the tasks, which only the server finds, it comes back as it was sent.
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
            ("execution.parameters[x].name", "never"),
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
}
