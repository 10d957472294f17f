use std::sync::Arc;

use app::id::{RunId as Run, SecretId, TaskId as Number};
use app::run::Trigger;
use app::task::Task;
use app::task::execution::{EnvVar, HttpHeader, Parameter};
use chrono::DateTime;

use super::*;

fn sealer() -> Sealer {
    Sealer::new(&[7; 32])
}

/// A job whose task is executed like this, with one secret.
fn job(execution: Execution) -> Job {
    let mut task = Task::example();
    task.id = Number(3);
    task.spec.zone = "Asia/Shanghai".to_owned();
    task.spec.command = "backup".to_owned();
    task.spec.execution = Arc::new(execution);
    let id = SecretId(5);
    let sealed = sealer()
        .seal(&SealedSecret::place(id), "hidden")
        .expect("seal");
    Job {
        run_id: Run(9),
        occurrence_id: None,
        epoch: 4,
        task: Arc::new(task),
        trigger: Trigger::Manual,
        scheduled_for: None,
        started_at: DateTime::UNIX_EPOCH,
        attempt: 2,
        parameters: BTreeMap::from([
            ("DAY".to_owned(), "2026-11-22".to_owned()),
            ("PIN".to_owned(), "1234".to_owned()),
            ("JCRONTAB_RUN_ID".to_owned(), "1".to_owned()),
        ]),
        secrets: Arc::new([SealedSecret {
            id,
            name: "KEY".to_owned(),
            sealed,
        }]),
    }
}

fn parameter(name: &str, kind: ParameterKind, default: &str) -> Parameter {
    Parameter {
        name: name.to_owned(),
        kind,
        default: default.to_owned(),
        ..Parameter::default()
    }
}

fn variable(name: &str, value: &str) -> EnvVar {
    EnvVar {
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

fn execution() -> Execution {
    Execution {
        env: vec![
            variable("TZ", "UTC"),
            variable("DAY", "of the task"),
            variable("KEY", "of the task"),
        ],
        parameters: vec![
            parameter("DAY", ParameterKind::Date, "by default"),
            parameter("LEVEL", ParameterKind::Number, "1"),
            parameter("PIN", ParameterKind::Secret, ""),
        ],
        ..Execution::default()
    }
}

fn vars(order: &Order) -> Vec<(&str, &str)> {
    let vars = order.vars.iter();
    vars.map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

#[test]
fn an_order_has_everything_of_a_job_and_later_values_win() {
    let order = order(&job(execution()), &sealer()).expect("an order");
    assert_eq!(
        (order.run, order.epoch, order.task),
        (RunId(9), 4, TaskId(3))
    );
    assert_eq!(order.work, Work::Command("backup".to_owned()));
    let expected = [
        ("DAY", "2026-11-22"),
        ("JCRONTAB_ATTEMPT", "2"),
        ("JCRONTAB_SCHEDULED_FOR", "1970-01-01T00:00:00Z"),
        ("JCRONTAB_TASK_ID", "3"),
        ("KEY", "hidden"),
        ("LEVEL", "1"),
        ("PIN", "1234"),
        ("TZ", "UTC"),
    ];
    assert_eq!(vars(&order), expected);
    assert_eq!(order.masked, ["1234", "hidden"]);
    assert!(order.secret_files.is_empty());
    let shown = format!("{order:?}");
    assert!(
        !shown.contains("hidden") && !shown.contains("1234"),
        "{shown}"
    );
}

#[test]
fn secrets_are_files_for_commands_and_variables_for_requests() {
    let as_files = Execution {
        secret_files: true,
        ..execution()
    };
    let found = order(&job(as_files.clone()), &sealer()).expect("an order");
    assert_eq!(found.secret_files, ["JCRONTAB_SECRET_FILE_KEY"]);
    assert_eq!(found.vars["JCRONTAB_SECRET_FILE_KEY"], "hidden");
    assert_eq!(found.vars["KEY"], "of the task");
    let request = Execution {
        http: Some(HttpCall {
            method: "GET".to_owned(),
            url: "https://example.com/".to_owned(),
            headers: vec![HttpHeader {
                name: "accept".to_owned(),
                value: "text/plain".to_owned(),
            }],
            expect_status: "204,300-304".to_owned(),
            ..HttpCall::default()
        }),
        ..as_files
    };
    let found = order(&job(request), &sealer()).expect("an order");
    assert!(found.secret_files.is_empty());
    assert_eq!(found.vars["KEY"], "hidden");
    let Work::Http(request) = &found.work else {
        panic!("a request");
    };
    assert_eq!(request.accepts, [(204, 204), (300, 304)]);
    assert_eq!(request.headers.len(), 1);
    assert_eq!(request.answer_max, 10 * 1024 * 1024);
}

#[test]
fn nothing_is_started_with_a_secret_that_cannot_be_opened() {
    let refused = order(&job(execution()), &Sealer::new(&[8; 32]));
    let expected = Ending::not_started("@secret KEY".to_owned());
    assert_eq!(refused.map(|_| ()), Err(expected));
}
