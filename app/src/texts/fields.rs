//! The labels that fields of a task have in its form, by their names in the API: for the account of what others
//! changed in the meantime.

use super::Ui;
use super::execution::ExecutionUi;
use super::plan::PlanUi;
use super::rules::RulesUi;
use super::tickets::TicketUi;
use crate::i18n::Lang;

/// The label of a field, such as `execution.retry.attempts` or `schedules[1].jitter`; a field that the form does not
/// have keeps its name.
#[must_use]
pub fn task_field(path: &str, lang: Lang) -> String {
    let (name, entry) = without_index(path);
    let Some(label) = label(&name, lang) else {
        return path.to_owned();
    };
    match entry {
        Some(number) => lang.pick(
            format!("{label}（第 {number} 项）"),
            format!("{label} ({number})"),
        ),
        None => label.to_owned(),
    }
}

/// A path without the place in a list, and that place, counted from 1.
fn without_index(path: &str) -> (String, Option<usize>) {
    let split = || {
        let (before, rest) = path.split_once('[')?;
        let (index, behind) = rest.split_once(']')?;
        let index: usize = index.parse().ok()?;
        Some((format!("{before}{behind}"), Some(index + 1)))
    };
    split().unwrap_or_else(|| (path.to_owned(), None))
}

fn label(name: &str, lang: Lang) -> Option<&'static str> {
    let (ui, plan) = (Ui::of(lang), PlanUi::of(lang));
    Some(match name {
        "name" => ui.field_name,
        "nickname" => ui.nickname,
        "owners" => ui.owners,
        "tags" => ui.tags,
        "mode" => ui.mode,
        "command" => ui.command,
        "zone" => ui.zone,
        "cron" | "schedules" | "schedules.spec" => ui.cycle,
        "schedules.dialect" => plan.dialect,
        "schedules.day_rule" => plan.day_rule,
        "schedules.calendar" => plan.calendar,
        "schedules.jitter" => plan.jitter,
        "schedules.jitter_stable" => plan.jitter_stable,
        "urge_cron" => ui.urge_cycle,
        "urging" => ui.field_urging,
        "channel_id" => ui.channel,
        "robot" => RulesUi::of(lang).robot,
        "robot_secret" => RulesUi::of(lang).robot_secret,
        "starts_at" => ui.field_starts,
        "ends_at" => ui.field_ends,
        "timeout" => ui.timeout,
        "pause_after_failures" => ui.pause_after,
        "notice_before" => ui.notice_before,
        "runbook" => ui.runbook,
        "missed.policy" => plan.missed_policy,
        "missed.grace" => plan.missed_grace,
        "missed.max" => plan.missed_max,
        "missed.max_age" => plan.missed_max_age,
        _ => return of_parts(name, lang),
    })
}

fn of_parts(name: &str, lang: Lang) -> Option<&'static str> {
    match (
        name.strip_prefix("execution."),
        name.strip_prefix("tickets."),
    ) {
        (Some(name), _) => of_execution(name, ExecutionUi::of(lang)),
        (_, Some(name)) => of_tickets(name, TicketUi::of(lang)),
        (None, None) => None,
    }
}

fn of_execution(name: &str, words: &'static ExecutionUi) -> Option<&'static str> {
    Some(match name {
        "overlap" => words.overlap,
        "pool" => words.pool,
        "retry.attempts" => words.attempts,
        "retry.delay" => words.delay,
        "retry.factor" => words.factor,
        "retry.max_delay" => words.max_delay,
        "retry.jitter" => words.retry_jitter,
        "retry.exit_codes" => words.exit_codes,
        "retry.on_timeout" => words.on_timeout,
        "retry.on_lost" => words.on_lost,
        "success_when.must_contain" => words.must_contain,
        "success_when.must_not_contain" => words.must_not_contain,
        "soft_limit" => words.soft_limit,
        "min_duration" => words.min_duration,
        "stop_grace" => words.stop_grace,
        "limits.cpu" => words.cpu,
        "limits.memory" => words.memory,
        "limits.open_files" => words.open_files,
        "limits.processes" => words.processes,
        "limits.nice" => words.nice,
        "run_as" => words.run_as,
        "cwd" => words.cwd,
        "shell" => words.shell,
        "merge_output" => words.merge_output,
        "secret_files" => words.secret_files,
        "env" => words.env,
        "parameters" => words.group_parameters,
        "parameters.name" => words.parameter_name,
        "parameters.label" => words.parameter_label,
        "parameters.kind" => words.parameter_kind,
        "parameters.choices" => words.parameter_choices,
        "parameters.default" => words.parameter_default,
        "parameters.required" => words.parameter_required,
        "waits.tasks" => words.waits_tasks,
        "waits.how" => words.waits_how,
        "waits.what" => words.waits_what,
        "waits.fresh" => words.fresh,
        "waits.patience" => words.patience,
        "http.method" => words.http_method,
        "http.url" => words.http_url,
        "http.headers" => words.http_headers,
        "http.body" => words.http_body,
        "http.expect_status" => words.http_status,
        "http.json_pointer" => words.http_pointer,
        "http.json_value" => words.http_value,
        "outlives_server" => words.outlives,
        "keep.days" => words.keep_days,
        "keep.runs" => words.keep_runs,
        "keep.output_mib" => words.keep_output,
        _ => return None,
    })
}

fn of_tickets(name: &str, words: &'static TicketUi) -> Option<&'static str> {
    Some(match name {
        "opens" => words.opens,
        "first_after" => words.first_after,
        "every" => words.every,
        "factor" => words.factor,
        "min" => words.min,
        "max" => words.max,
        "cron" => words.cron,
        "hours_from" => words.hours_from,
        "hours_until" => words.hours_until,
        "calendar" => words.calendar,
        "urgent" => words.urgent,
        "max_urges" => words.max_urges,
        "expires_after" => words.expires_after,
        "ladder" => words.ladder,
        "stop" => words.stop,
        "quiet_done" => words.quiet_done,
        "check_command" => words.check_command,
        "check_url" => words.check_url,
        "check_timeout" => words.check_timeout,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::task::TaskDraft;

    /// The paths of all single values.
    fn paths(name: &str, value: &Value, all: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                for (part, value) in fields {
                    let path = if name.is_empty() {
                        part.clone()
                    } else {
                        format!("{name}.{part}")
                    };
                    paths(&path, value, all);
                }
            }
            _ => all.push(name.to_owned()),
        }
    }

    #[test]
    fn every_field_of_a_task_is_called_as_in_its_form() {
        let draft = serde_json::to_value(TaskDraft::default()).expect("a draft");
        let mut all = Vec::new();
        paths("", &draft, &mut all);
        let schedule = json!({"spec": "", "dialect": "", "day_rule": "", "calendar": "", "jitter": "", "jitter_stable": ""});
        paths("schedules", &schedule, &mut all);
        assert!(all.len() > 60, "{all:?}");
        for path in all {
            for lang in [Lang::Zh, Lang::En] {
                assert_ne!(task_field(&path, lang), path, "{lang:?}");
            }
        }
    }

    #[test]
    fn a_field_in_a_list_says_in_which_entry() {
        assert_eq!(
            task_field("schedules[1].jitter", Lang::En),
            format!("{} (2)", PlanUi::EN.jitter)
        );
        assert_eq!(task_field("schedules[0]", Lang::Zh), "工作周期（第 1 项）");
        assert_eq!(
            task_field("of_another_version[0]", Lang::En),
            "of_another_version[0]"
        );
    }
}
