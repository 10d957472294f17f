//! Each field alone: a group of the form is open when one of its fields is set, and when one of them is faulty. Together
//! they would hide that one is forgotten, because any neighbour opens the group.

use scraper::{Html, Selector};

use super::*;
use crate::arrows::read;

/// What a task needs, whatever else is typed.
const NEEDED: [(&str, &str); 3] = [
    ("name", "alone"),
    ("cron", "0 9 * * *"),
    ("command", "true"),
];

/// Nothing that any field accepts.
const NONSENSE: &str = "!?\u{2028}";

/// An editor, with all that the values of the fields refer to.
async fn editor() -> (TestApp, Browser, Vec<(String, String)>) {
    let app = TestApp::with(&["--run-as-allow=nobody", "--outbound-allow=127.0.0.0/8"]).await;
    app.add(draft("own", "0 9 * * *", "true")).await;
    let admin = app.signed_in("boss", Role::Admin).await;
    let calendar = admin.post("/api/v1/calendars", json!({"name": "work"}));
    calendar.await.expect(201);
    let pool = admin.call("PUT", "/api/v1/pools/db", Some(json!({"slots": 2})));
    pool.await.expect(200);
    let empty = fields(&admin.open("/tasks/new").await.text());
    (app, admin, empty)
}

/// The form after one field was typed: that of the task, or the one with the faults.
async fn form_with(
    admin: &Browser,
    empty: &[(String, String)],
    (number, name, value): (usize, &str, &str),
) -> String {
    // Names of tasks are unique.
    let called = format!("alone {number}");
    let mut typed: BTreeMap<&str, &str> = NEEDED.into_iter().collect();
    typed.insert("name", &called);
    typed.insert(name, value);
    let rest = empty
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| !typed.contains_key(name));
    let sent: Vec<(&str, &str)> = rest.chain(typed.iter().map(|(k, v)| (*k, *v))).collect();
    let reply = admin.submit("/tasks/new", &sent).await;
    if reply.status == 303 {
        let edit = format!("{}/edit", reply.header("location"));
        return admin.open(&edit).await.text();
    }
    assert_eq!(reply.status, 422, "{name}: {value:?}\n{}", reply.text());
    reply.text()
}

/// What is typed into each field, once for each.
fn all_typed() -> Vec<(String, String)> {
    let all: BTreeMap<String, String> = request().into_iter().chain(command()).collect();
    all.into_iter().collect()
}

#[tokio::test]
async fn a_field_that_is_set_alone_is_shown() {
    let (_app, admin, empty) = editor().await;
    let mut hidden = Vec::new();
    for (number, (name, value)) in all_typed().iter().enumerate() {
        let page = form_with(&admin, &empty, (number, name, value)).await;
        let again = fields(&page).into_iter().find(|(other, _)| other == name);
        // What is stored as something else, such as a rule without the tasks that it is about, is not set any more.
        if again.is_some_and(|(_, again)| again == *value) {
            hidden.extend(
                folded(&page, std::iter::once(name.as_str()))
                    .into_iter()
                    .map(str::to_owned),
            );
        }
    }
    assert_eq!(hidden, [""; 0], "set, and in a group that is folded");
}

#[tokio::test]
async fn a_field_that_is_faulty_alone_is_shown() {
    let (_app, admin, empty) = editor().await;
    let faulty = Selector::parse("[aria-invalid=true]").expect("a selector");
    let folded = Selector::parse("details:not([open]) [aria-invalid=true]").expect("a selector");
    let (mut hidden, mut refused) = (Vec::new(), 0);
    for (number, (name, usual)) in all_typed().iter().enumerate() {
        // A box is ticked or not.
        if usual == "true" {
            continue;
        }
        let page = form_with(&admin, &empty, (number, name, NONSENSE)).await;
        let html = Html::parse_document(&page);
        refused += usize::from(html.select(&faulty).next().is_some());
        let names = html.select(&folded).filter_map(|input| input.attr("name"));
        hidden.extend(names.map(str::to_owned));
    }
    assert!(refused > 30, "{refused} fields refuse nonsense");
    assert_eq!(hidden, [""; 0], "faulty, and in a group that is folded");
}

#[test]
fn every_field_is_in_the_description_of_the_api() {
    let text = read("docs/API.md");
    let words: BTreeSet<&str> = text
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .collect();
    let all = declared::<TaskDraft>();
    let missing: Vec<&String> = all
        .iter()
        .filter(|place| {
            let name = place.trim_end_matches("[]").rsplit('.').next();
            !name.is_some_and(|name| words.contains(name))
        })
        .collect();
    assert_eq!(missing, [""; 0]);
}
