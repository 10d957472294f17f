//! Each field of a task has an option, and each option is the field that it is meant to be.

use std::collections::{BTreeMap, BTreeSet};

use app::schedule::ScheduleDraft;
use clap::{ArgAction, Args, Command, FromArgMatches};

use super::*;

/// Fields that no option of its own stands for: the name is an argument, `cron` is short for a schedule, and channel and
/// robot are looked up or asked for.
const NO_OPTION: [&str; 4] = ["name", "cron", "channel_id", "robot"];
/// Options that stand for no field: of the command itself, and those that are looked up or asked for.
const NO_FIELD: [&str; 8] = [
    "plain", "named", "list", "json", "channel", "robot", "notify",
    // It names a parameter of another option.
    "labels",
];
/// What other options require.
const REQUIRED: [&str; 5] = [
    "--jitter=1m",
    "--after=a",
    "--robot=r",
    "--http-url=u",
    "--http-json-pointer=/p",
];
/// Values that one of the parsers takes.
const VALUES: [&str; 3] = ["7-8", "7", "work_days"];

fn parsed(options: &[&str]) -> Option<TaskDraft> {
    let command = AddTask::augment_args(Command::new("add").no_binary_name(true));
    let arguments = ["a name", "--cron=* * * * *"].iter().chain(options);
    let matches = command.try_get_matches_from(arguments).ok()?;
    draft(&AddTask::from_arg_matches(&matches).ok()?).ok()
}

/// Each field with its value; a list of texts or of parameters is one value.
fn fields(draft: &TaskDraft) -> BTreeMap<String, Value> {
    fn collect(path: &str, value: &Value, all: &mut BTreeMap<String, Value>) {
        let inside = |name: &str| match path {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        };
        match (path, value) {
            (_, Value::Object(fields)) => {
                for (name, value) in fields {
                    collect(&inside(name), value, all);
                }
            }
            ("schedules", Value::Array(schedules)) => {
                for schedule in schedules {
                    collect(path, schedule, all);
                }
            }
            _ => drop(all.insert(path.to_owned(), value.clone())),
        }
    }
    let mut all = BTreeMap::new();
    collect("", &json!(draft), &mut all);
    all
}

/// The fields that differ when an option is added to others, with the first of these that it can be added to.
fn set_by(option: &str, takes_value: bool) -> Option<BTreeSet<String>> {
    let of_request: Vec<&str> = REQUIRED.to_vec();
    for others in [&of_request[..], &of_request[..4], &of_request[..3], &[]] {
        let before = fields(&parsed(others).expect("options that are required"));
        for value in VALUES {
            let option = match takes_value {
                true => format!("--{option}={value}"),
                false => format!("--{option}"),
            };
            let with: Vec<&str> = others.iter().copied().chain([option.as_str()]).collect();
            if let Some(draft) = parsed(&with) {
                let after = fields(&draft);
                let differ = after
                    .into_iter()
                    .filter(|(name, value)| before.get(name) != Some(value));
                return Some(differ.map(|(name, _)| name).collect());
            }
        }
    }
    None
}

#[test]
fn each_field_has_an_option_and_each_option_is_a_field() {
    let command = AddTask::augment_args(Command::new("add"));
    let mut set = BTreeSet::new();
    for argument in command.get_arguments() {
        let id = argument.get_id().as_str();
        if NO_FIELD.contains(&id) {
            continue;
        }
        let long = argument.get_long().expect("an option");
        let takes_value = !matches!(argument.get_action(), ArgAction::SetTrue);
        let possible = argument.get_possible_values();
        let by = match possible.first().filter(|_| takes_value) {
            Some(value) => set_by(&format!("{long}={}", value.get_name()), false),
            None => set_by(long, takes_value),
        };
        let by = by.unwrap_or_else(|| panic!("--{long}: none of {VALUES:?} is taken"));
        assert!(!by.is_empty(), "--{long} sets no field");
        set.extend(by);
    }
    let all = fields(&TaskDraft {
        schedules: vec![ScheduleDraft::default()],
        ..TaskDraft::default()
    });
    let all = all
        .into_keys()
        .filter(|name| !NO_OPTION.contains(&name.as_str()));
    assert_eq!(set, all.collect(), "each field has an option");
}

#[test]
fn names_that_are_not_those_of_options_are_still_read() {
    let draft = parsed(&[
        "--owner=张三，李四",
        "--owner=bob",
        "--retries=2",
        "--env=A=1",
        "--env=B=2",
        "--after=1",
        "--after-any",
        "--after-finish",
        "--param=DAY:date",
        "--param-label=DAY=日期",
    ]);
    let draft = draft.expect("a draft");
    assert_eq!(draft.owners, ["张三", "李四", "bob"]);
    assert_eq!(draft.mode, Mode::Command);
    let execution = &draft.execution;
    assert_eq!(execution.retry.attempts, "3");
    assert_eq!(execution.env, "A=1\nB=2");
    let waits = &execution.waits;
    assert_eq!((waits.how.as_str(), waits.what.as_str()), ("any", "finish"));
    assert_eq!(execution.parameters[0].label, "日期");
    let reminder = parsed(&["--robot=https://example.com"]).expect("a draft");
    assert_eq!(reminder.mode, Mode::Message);
}
