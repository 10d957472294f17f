//! Each field of a task has its input in the form, each input is read, and what is typed into it is stored and shown
//! again. The fields are those that the types of the input declare, so a forgotten one fails here.

mod alone;
mod declared;

use std::collections::{BTreeMap, BTreeSet};

use app::auth::Role;
use app::channel::ChannelKind;
use app::task::execution::ExecutionDraft;
use app::task::{TaskDraft, TicketDraft};
use scraper::{Html, Selector};
use serde_json::{Value, json};

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

/// Fields that are not shown any more once they are stored, so that their group is folded again.
const FOLDED: [&str; 1] = ["schedules[0].dialect"];

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
type Typed = Vec<(String, String)>;

/// What a person would type for a draft: what is not empty in it.
fn typed(draft: &TaskDraft) -> Typed {
    fn collect(name: &str, value: &Value, all: &mut Typed) {
        let mut put = |value: String| all.push((name.to_owned(), value));
        match value {
            Value::Object(fields) => {
                for (part, value) in fields {
                    let name = match name {
                        "" => part.clone(),
                        name => format!("{name}.{part}"),
                    };
                    collect(&name, value, all);
                }
            }
            Value::Array(items) if items.iter().all(Value::is_string) => {
                let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                // The lists of a task are in one line.
                let mark = match name {
                    "owners" | "tags" => ", ",
                    _ => "\r\n",
                };
                put(items.join(mark));
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    collect(&format!("{name}[{index}]"), item, all);
                }
            }
            Value::String(text) if name == "execution.overlap" && text.contains(':') => {
                let (rule, max) = text.split_once(':').expect("a rule with a number");
                put(rule.to_owned());
                all.push(("execution.overlap_max".to_owned(), max.to_owned()));
            }
            Value::String(text) => put(text.replace('\n', "\r\n")),
            Value::Null => {}
            other => put(other.to_string()),
        }
    }
    let mut all = Typed::new();
    collect("", &json!(draft), &mut all);
    all.retain(|(_, value)| !value.is_empty() && value != "false");
    // The text of the first schedule has the name that it has in a task with one schedule.
    for (name, _) in &mut all {
        if name == "schedules[0].spec" {
            "cron".clone_into(name);
        }
    }
    all
}

/// A task with a command.
fn command() -> Typed {
    typed(&TaskDraft::full())
}

/// What is stored in a form of its own, and shown in that: an expression of Quartz becomes one of the standard dialect.
const SHOWN_OTHERWISE: [(&str, &str); 2] =
    [("cron", "0 30 8 * * 1-5"), ("schedules[0].dialect", "")];

/// What excludes the others: a request in the place of a command, a cycle in the place of an interval.
fn request() -> Typed {
    let text = str::to_owned;
    let draft = TaskDraft {
        name: text("a request"),
        execution: ExecutionDraft {
            http: ExecutionDraft::full().http,
            ..ExecutionDraft::default()
        },
        tickets: TicketDraft {
            opens: text("task"),
            cron: text("0 9 * * 1-5"),
            check_url: text("https://example.com/health"),
            ..TicketDraft::default()
        },
        ..TaskDraft::default()
    };
    let mut all = typed(&draft);
    // The default.
    all.retain(|(name, _)| name != "mode");
    all.push((text("action"), text("http")));
    all
}

/// Types into the form for a new task, saves it, and gives what the form of the task then holds.
async fn shown_again(editor: &Browser, typed: &Typed) -> BTreeMap<String, String> {
    let empty = fields(&editor.open("/tasks/new").await.text());
    for (name, value) in typed {
        let same = empty.iter().find(|(known, _)| known == name);
        assert!(
            same.is_none_or(|(_, usual)| usual != value),
            "{name}: {value:?} is what the form has without it"
        );
    }
    let untouched = |name: &str| typed.iter().all(|(other, _)| other != name);
    let rest = empty
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| untouched(name));
    let typed = typed
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let sent: Vec<(&str, &str)> = rest.chain(typed.clone()).collect();
    let reply = editor.submit("/tasks/new", &sent).await;
    assert_eq!(reply.status, 303, "{sent:?}\n{}", reply.text());
    let edit = format!("{}/edit", reply.header("location"));
    let page = editor.open(&edit).await.text();
    assert_eq!(folded(&page, typed.map(|(name, _)| name)), [""; 0]);
    fields(&page).into_iter().collect()
}

/// The inputs among some that are in a group which is folded.
fn folded<'a>(page: &str, names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let html = Html::parse_document(page);
    let named = Selector::parse("details:not([open]) [name]").expect("a selector");
    let hidden: BTreeSet<&str> = html
        .select(&named)
        .filter_map(|input| input.attr("name"))
        .collect();
    names
        .filter(|name| hidden.contains(name) && !FOLDED.contains(name))
        .collect()
}

#[tokio::test]
async fn what_is_typed_into_any_field_is_stored_and_shown_again() {
    let app = TestApp::with(&["--run-as-allow=nobody", "--outbound-allow=127.0.0.0/8"]).await;
    app.add(draft("own", "0 9 * * *", "true")).await;
    let ops = app.channel("ops", ChannelKind::Webhook, "http://127.0.0.1:9/");
    assert_eq!(ops.await.id.0, 1);
    let admin = app.signed_in("boss", Role::Admin).await;
    let calendar = admin.post("/api/v1/calendars", json!({"name": "work"}));
    calendar.await.expect(201);
    let pool = admin.call("PUT", "/api/v1/pools/db", Some(json!({"slots": 2})));
    pool.await.expect(200);
    let (mut survived, mut lost) = (BTreeSet::new(), Vec::new());
    for typed in [command(), request()] {
        let shown = shown_again(&admin, &typed).await;
        for (name, value) in &typed {
            let otherwise = SHOWN_OTHERWISE.iter().find(|(other, _)| other == name);
            let wanted = otherwise.map_or(value.as_str(), |(_, wanted)| *wanted);
            let again = shown.get(name).map(String::as_str);
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
