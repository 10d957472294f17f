//! The task form.

mod execution;

use std::collections::{BTreeMap, HashMap};

use app::backend::Tasks;
use app::done::Done;
use app::error::AppError;
use app::id::TaskId;
use app::routes;
use app::schedule::{MissedDraft, ScheduleDraft};
use app::server_fns::Posted;
use app::task::execution::Parameter;
use app::task::{Mode, TaskDraft, split_list};
use axum::Form;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::response::Response;

use super::super::render::render_posted;
use super::{and_say, is_ticked, status_of};
use crate::http::Web;
use crate::http::extract::caller_of;
use crate::service::Saved;

/// The form's fields as a browser sends them. How many there are depends on the schedules.
type Fields = Vec<(String, String)>;

/// What was typed. The schedules are numbered anew, without those that were left empty.
fn draft_of(fields: Fields) -> TaskDraft {
    let mut plain = HashMap::new();
    let mut schedules: BTreeMap<usize, ScheduleDraft> = BTreeMap::new();
    let mut parameters: BTreeMap<usize, Parameter> = BTreeMap::new();
    for (name, value) in fields {
        if let Some((index, part)) = schedule_field(&name) {
            set(schedules.entry(index).or_default(), part, value);
        } else if let Some((index, part)) = execution::parameter_field(&name) {
            execution::set(parameters.entry(index).or_default(), part, &value);
        } else {
            plain.insert(name, value);
        }
    }
    let mut take = |name: &str| plain.remove(name).unwrap_or_default();
    let execution = execution::draft_of(&mut take, parameters.into_values());
    let draft = TaskDraft {
        name: take("name"),
        nickname: take("nickname"),
        owners: split_list(&take("owners")),
        tags: split_list(&take("tags")),
        mode: take("mode").parse().unwrap_or(Mode::Command),
        command: take("command"),
        zone: take("zone"),
        cron: String::new(),
        schedules: without_blank(schedules.into_values().collect()),
        urge_cron: take("urge_cron"),
        urging: is_ticked(&take("urging")),
        channel_id: take("channel_id").parse().ok(),
        starts_at: take("starts_at"),
        ends_at: take("ends_at"),
        timeout: take("timeout"),
        missed: MissedDraft {
            policy: take("missed.policy"),
            grace: take("missed.grace"),
            max: take("missed.max"),
            max_age: take("missed.max_age"),
        },
        execution,
    };
    execution::chosen(&take("action"), draft)
}

/// Which schedule a field belongs to, and which part of it: the other way round than
/// [`app::schedule::field`].
fn schedule_field(name: &str) -> Option<(usize, &str)> {
    if name == "cron" {
        return Some((0, "spec"));
    }
    let (index, part) = name.strip_prefix("schedules[")?.split_once("].")?;
    let known = [
        "spec",
        "dialect",
        "day_rule",
        "calendar",
        "jitter",
        "jitter_stable",
    ];
    known.contains(&part).then_some((index.parse().ok()?, part))
}

fn set(draft: &mut ScheduleDraft, part: &str, value: String) {
    match part {
        "spec" => draft.spec = value,
        "dialect" => draft.dialect = value,
        "day_rule" => draft.day_rule = value,
        "calendar" => draft.calendar = value,
        "jitter" => draft.jitter = value,
        "jitter_stable" => draft.jitter_stable = is_ticked(&value),
        _ => {}
    }
}

/// Faults count the schedules that are there, so the form must, too. One always stays.
fn without_blank(all: Vec<ScheduleDraft>) -> Vec<ScheduleDraft> {
    let (blank, mut filled): (Vec<_>, Vec<_>) = all.into_iter().partition(ScheduleDraft::is_blank);
    if filled.is_empty() {
        filled.push(blank.into_iter().next().unwrap_or_default());
    }
    filled
}

pub(in super::super) async fn create(
    State(web): State<Web>,
    parts: Parts,
    Form(fields): Form<Fields>,
) -> Response {
    let draft = draft_of(fields);
    match web.service.task_create(&caller_of(&parts), &draft).await {
        Ok(task) => and_say(&web, Done::Created, &routes::task(task.id)),
        Err(error) => refused(&web, parts, draft, None, error).await,
    }
}

pub(in super::super) async fn update(
    State(web): State<Web>,
    Path(id): Path<TaskId>,
    parts: Parts,
    Form(fields): Form<Fields>,
) -> Response {
    let version = version_of(&fields);
    let draft = draft_of(fields);
    let typed = |stored: &TaskDraft| {
        let mut draft = draft.clone();
        let breaks = stored.execution.http.body.clone();
        execution::keep_breaks(&mut draft.execution.http.body, breaks);
        Ok(draft)
    };
    let caller = caller_of(&parts);
    match web.service.save_task(&caller, id, version, typed).await {
        Ok(Saved::Done(task)) => and_say(&web, Done::Saved, &routes::task(task.id)),
        // Saving once more is a decision made with the others' changes in sight.
        Ok(Saved::Outdated { version, error }) => {
            refused(&web, parts, draft, Some(version), error).await
        }
        Err(error) => refused(&web, parts, draft, version, error).await,
    }
}

/// The version that the form was filled from.
fn version_of(fields: &Fields) -> Option<i64> {
    let (_, version) = fields.iter().find(|(name, _)| name == "version")?;
    version.parse().ok()
}

/// The form again, with everything that was typed.
async fn refused(
    web: &Web,
    parts: Parts,
    draft: TaskDraft,
    version: Option<i64>,
    error: AppError,
) -> Response {
    let status = status_of(&error);
    let posted = Posted::Task(Box::new(draft), version, error);
    render_posted(web, parts, status, posted).await
}

#[cfg(test)]
mod tests {
    use app::schedule::{ScheduleDraft, field};

    use super::{draft_of, schedule_field};

    fn sent(fields: &[(&str, &str)]) -> Vec<(String, String)> {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        fields.iter().map(pair).collect()
    }

    #[test]
    fn fields_of_schedules_are_read_as_they_are_named() {
        for index in [0, 1, 9] {
            for part in [
                "spec",
                "day_rule",
                "calendar",
                "jitter",
                "jitter_stable",
                "dialect",
            ] {
                let name = field(index, part);
                assert_eq!(schedule_field(&name), Some((index, part)), "{name}");
            }
        }
        for name in [
            "name",
            "schedules",
            "schedules[]",
            "schedules[].spec",
            "schedules[x].spec",
            "schedules[-1].spec",
            "schedules[1].colour",
            "schedules[99999999999999999999].spec",
        ] {
            assert_eq!(schedule_field(name), None, "{name}");
        }
    }

    #[test]
    fn schedules_come_in_order_and_empty_ones_do_not_count() {
        let draft = draft_of(sent(&[
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
        ]));
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
        let draft = draft_of(sent(&[
            ("cron", ""),
            ("schedules[0].day_rule", "rest_days"),
        ]));
        assert_eq!(draft.schedules.len(), 1);
        assert_eq!(draft.schedules[0].day_rule, "rest_days");
        assert_eq!(draft_of(Vec::new()).schedules.len(), 1);
    }
}
