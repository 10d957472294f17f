//! Each field of a task has its input in the form, each input is read, and what is typed into it is stored and shown
//! again. The fields are those that the types of the input declare, so a forgotten one fails here.

mod declared;

use std::collections::{BTreeMap, BTreeSet};

use app::auth::Role;
use app::channel::ChannelKind;
use app::task::TaskDraft;
use scraper::{Html, Selector};
use serde_json::json;

use super::super::helpers::{Browser, TestApp, draft};
use super::forms::fields;
use declared::declared;

/// Inputs that are no field of the task: of the form itself, and of what belongs to a task without being part of it.
const NO_FIELDS: [&str; 5] = [
    "action",
    "execution.overlap_max",
    "notify_seen",
    "notify[].channel_id",
    "notify[].events[]",
];

/// Fields that are never shown again: they are secrets.
const NOT_SHOWN: [&str; 2] = ["robot", "robot_secret"];

/// The name of an input without its indices.
fn place(name: &str) -> String {
    let digits = |part: &str| part.chars().all(|one| one.is_ascii_digit());
    let parts = name.split('[').enumerate().map(|(at, part)| match at {
        0 => part.to_owned(),
        _ => match part.split_once(']') {
            Some((index, rest)) if digits(index) => format!("[]{rest}"),
            _ => format!("[{part}"),
        },
    });
    parts.collect()
}

/// The inputs of the task form on a page.
fn inputs(page: &str) -> BTreeSet<String> {
    let named = Selector::parse("form.task-form [name]").expect("a selector");
    let html = Html::parse_document(page);
    let names = html.select(&named).filter_map(|input| input.attr("name"));
    names.map(place).collect()
}

#[tokio::test]
async fn each_field_has_an_input_and_each_input_is_a_field() {
    let app = TestApp::new().await;
    app.add(draft("own", "0 9 * * *", "true")).await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let fields = declared::<TaskDraft>();
    assert!(fields.len() > 60, "the fields are declared: {fields:?}");
    for (path, its_own) in [("/tasks/new", None), ("/tasks/1/edit", Some("version"))] {
        let mut inputs = inputs(&editor.open(path).await.text());
        for name in NO_FIELDS.into_iter().chain(its_own) {
            inputs.remove(name);
        }
        assert_eq!(inputs, fields, "{path}");
    }
}

/// What is typed into the form: names of inputs, and values in the form in which they are shown again.
type Typed = &'static [(&'static str, &'static str)];

const COMMAND: Typed = &[
    ("name", "每一项"),
    ("nickname", "小王"),
    ("owners", "张三, 李四"),
    ("tags", "db, night"),
    ("mode", "message_command"),
    ("command", "echo 'a & b'"),
    ("zone", "Asia/Shanghai"),
    ("urge_cron", "*/30 9-18 * * *"),
    ("urging", "true"),
    ("channel_id", "1"),
    ("starts_at", "2026-12-01T09:00"),
    ("ends_at", "2027-12-01T09:00"),
    ("timeout", "20m"),
    ("pause_after_failures", "5"),
    ("notice_before", "30m"),
    ("runbook", "https://example.com/runbook"),
    // The text of the first schedule has the name that it has in a task with one schedule.
    ("cron", "0 30 8 ? * 2-6"),
    ("schedules[0].dialect", "quartz"),
    ("schedules[0].day_rule", "work_days"),
    ("schedules[0].calendar", "ours"),
    ("schedules[0].jitter", "5m"),
    ("schedules[0].jitter_stable", "true"),
    ("schedules[1].spec", "every 1h30m"),
    ("missed.policy", "all"),
    ("missed.grace", "2m"),
    ("missed.max", "7"),
    ("missed.max_age", "12h"),
    ("execution.overlap", "queue"),
    ("execution.overlap_max", "7"),
    ("execution.pool", "db"),
    ("execution.retry.attempts", "5"),
    ("execution.retry.delay", "10s"),
    ("execution.retry.factor", "1.5"),
    ("execution.retry.max_delay", "10m"),
    ("execution.retry.jitter", "20"),
    ("execution.retry.exit_codes", "1, 75"),
    ("execution.retry.on_timeout", "true"),
    ("execution.retry.on_lost", "true"),
    ("execution.success_when.must_contain", "all done"),
    ("execution.success_when.must_not_contain", "错误"),
    ("execution.soft_limit", "5m"),
    ("execution.min_duration", "20s"),
    ("execution.stop_grace", "30s"),
    ("execution.limits.cpu", "1m"),
    ("execution.limits.memory", "2G"),
    ("execution.limits.open_files", "1024"),
    ("execution.limits.processes", "64"),
    ("execution.limits.nice", "19"),
    ("execution.run_as", "nobody"),
    ("execution.cwd", "/srv/app"),
    ("execution.shell", "bash"),
    ("execution.merge_output", "true"),
    ("execution.secret_files", "true"),
    ("execution.env", "A=1\r\nEMPTY="),
    ("execution.parameters[0].name", "TARGET"),
    ("execution.parameters[0].label", "目标"),
    ("execution.parameters[0].kind", "choice"),
    ("execution.parameters[0].choices", "dev\r\nprod"),
    ("execution.parameters[0].default", "dev"),
    ("execution.parameters[0].required", "true"),
    ("execution.waits.tasks", "#1 own"),
    ("execution.waits.how", "any"),
    ("execution.waits.what", "finish"),
    ("execution.waits.fresh", "12h"),
    ("execution.waits.patience", "30m"),
    ("execution.outlives_server", "true"),
    ("execution.keep.days", "30"),
    ("execution.keep.runs", "500"),
    ("execution.keep.output_mib", "64"),
    ("tickets.opens", "firing"),
    ("tickets.first_after", "5m"),
    ("tickets.every", "10m"),
    ("tickets.factor", "1.5"),
    ("tickets.min", "5m"),
    ("tickets.max", "2h"),
    ("tickets.hours_from", "09:00"),
    ("tickets.hours_until", "18:30"),
    ("tickets.calendar", "cn"),
    ("tickets.urgent", "true"),
    ("tickets.max_urges", "20"),
    ("tickets.expires_after", "2d"),
    ("tickets.ladder", "2h: 李四, 王五\r\n1d: @all"),
    ("tickets.stop", "acknowledged"),
    ("tickets.quiet_done", "true"),
    ("tickets.check_command", "/opt/check.sh"),
    ("tickets.check_timeout", "10s"),
];

/// What is stored in a form of its own, and shown in that: an expression of Quartz becomes one of the standard dialect.
const SHOWN_OTHERWISE: [(&str, &str); 2] =
    [("cron", "0 30 8 * * 1-5"), ("schedules[0].dialect", "")];

/// What excludes the others: a request in the place of a command, a cycle in the place of an interval.
const REQUEST: Typed = &[
    ("name", "a request"),
    ("action", "http"),
    ("execution.http.method", "POST"),
    ("execution.http.url", "https://example.com/run"),
    ("execution.http.headers", "X-A: 1"),
    ("execution.http.body", "a=b\r\nß"),
    ("execution.http.expect_status", "200-299,304"),
    ("execution.http.json_pointer", "/data/state~1x"),
    ("execution.http.json_value", "ok"),
    ("tickets.opens", "task"),
    ("tickets.cron", "0 9 * * 1-5"),
    ("tickets.check_url", "https://example.com/health"),
];

/// Types into the form for a new task, saves it, and gives what the form of the task then holds.
async fn shown_again(editor: &Browser, typed: Typed) -> BTreeMap<String, String> {
    let empty = fields(&editor.open("/tasks/new").await.text());
    for (name, value) in typed {
        let same = empty.iter().find(|(known, _)| known == name);
        assert!(
            same.is_none_or(|(_, usual)| usual != value),
            "{name}: {value:?} is what the form has without it"
        );
    }
    let untouched = |name: &str| typed.iter().all(|(other, _)| *other != name);
    let rest = empty
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| untouched(name));
    let sent: Vec<(&str, &str)> = rest.chain(typed.iter().copied()).collect();
    let reply = editor.submit("/tasks/new", &sent).await;
    assert_eq!(reply.status, 303, "{sent:?}\n{}", reply.text());
    let edit = format!("{}/edit", reply.header("location"));
    let shown = fields(&editor.open(&edit).await.text());
    shown.into_iter().collect()
}

#[tokio::test]
async fn what_is_typed_into_any_field_is_stored_and_shown_again() {
    let app = TestApp::with(&["--run-as-allow=nobody", "--outbound-allow=127.0.0.0/8"]).await;
    app.add(draft("own", "0 9 * * *", "true")).await;
    let ops = app.channel("ops", ChannelKind::Webhook, "http://127.0.0.1:9/");
    assert_eq!(ops.await.id.0, 1);
    let admin = app.signed_in("boss", Role::Admin).await;
    let calendar = admin.post("/api/v1/calendars", json!({"name": "ours"}));
    calendar.await.expect(201);
    let pool = admin.call("PUT", "/api/v1/pools/db", Some(json!({"slots": 2})));
    pool.await.expect(200);
    let (mut survived, mut lost) = (BTreeSet::new(), Vec::new());
    for typed in [COMMAND, REQUEST] {
        let shown = shown_again(&admin, typed).await;
        for (name, value) in typed {
            let otherwise = SHOWN_OTHERWISE.iter().find(|(other, _)| other == name);
            let wanted = otherwise.map_or(*value, |(_, wanted)| *wanted);
            let again = shown.get(*name).map(String::as_str);
            if again != Some(wanted) {
                lost.push(format!("{name}: {value:?}, then {again:?}"));
            }
            survived.insert(place(name));
        }
    }
    assert!(lost.is_empty(), "{lost:#?}");
    let mut fields = declared::<TaskDraft>();
    for name in NOT_SHOWN {
        fields.remove(name);
    }
    for name in ["action", "execution.overlap_max"] {
        survived.remove(name);
    }
    assert_eq!(survived, fields, "each field is typed here");
}
