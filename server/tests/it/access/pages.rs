//! Which role opens a page and sends its form. A page or a form that is in no table here fails.

use std::collections::BTreeSet;

use app::auth::Role;

use super::filled;
use super::things::{everything, furnished};
use crate::helpers::browser::page_routes;

/// Pages without a role: of sign-in and of the first account.
const WITHOUT_ROLE: [&str; 2] = ["/login", "/setup"];

/// The weakest role that may open a page.
const PAGES: [(&str, Role); 34] = [
    ("/", Role::Viewer),
    ("/tasks", Role::Viewer),
    ("/tasks/new", Role::Editor),
    ("/tasks/{id}", Role::Viewer),
    ("/tasks/{id}/edit", Role::Editor),
    ("/tasks/{id}/run", Role::Viewer),
    ("/tasks/{id}/start-urls", Role::Editor),
    ("/tasks/{id}/occurrences", Role::Viewer),
    ("/runs", Role::Viewer),
    ("/runs/{id}", Role::Viewer),
    ("/messages", Role::Viewer),
    ("/reminders", Role::Viewer),
    ("/oncall", Role::Viewer),
    ("/people", Role::Viewer),
    ("/rules", Role::Viewer),
    ("/summaries", Role::Viewer),
    ("/admin", Role::Admin),
    ("/admin/users", Role::Admin),
    ("/admin/channels", Role::Viewer),
    ("/admin/channels/{id}/templates", Role::Viewer),
    ("/admin/pictures", Role::Viewer),
    ("/admin/calendars", Role::Viewer),
    ("/admin/calendars/{name}", Role::Viewer),
    ("/admin/blackouts", Role::Viewer),
    ("/admin/secrets", Role::Admin),
    ("/admin/pools", Role::Viewer),
    ("/admin/urging", Role::Viewer),
    ("/admin/retention", Role::Viewer),
    ("/audit", Role::Admin),
    ("/import", Role::Editor),
    ("/import/tasks", Role::Editor),
    ("/admin/nodes", Role::Viewer),
    ("/account", Role::Viewer),
    ("/about", Role::Viewer),
];

/// Forms whose right is not that of a role: the sender's own session and account, and whoever has the link.
const FORMS_WITHOUT_ROLE: [&str; 6] = [
    "/login",
    "/logout",
    "/setup",
    "/preferences",
    "/account",
    "/t/{token}",
];

type Form = (&'static str, Role, &'static [(&'static str, &'static str)]);

const TASK: &[(&str, &str)] = &[("name", "n"), ("cron", "* * * * *"), ("command", "true")];

/// The weakest role that may send a form, and fields that would be right.
const FORMS: [Form; 26] = [
    ("/tasks/new", Role::Editor, TASK),
    ("/tasks/{id}/edit", Role::Editor, TASK),
    ("/tasks/{id}/run", Role::Operator, &[("note", "n")]),
    ("/tasks/{id}/start-urls", Role::Editor, &[("name", "n")]),
    (
        "/admin/channels",
        Role::Admin,
        &[
            ("name", "n"),
            ("kind", "webhook"),
            ("url", "http://127.0.0.1:9/"),
        ],
    ),
    (
        "/admin/channels/{id}/templates",
        Role::Admin,
        &[("event", "all"), ("body", "x"), ("act", "save")],
    ),
    (
        "/admin/channels/{id}/templates",
        Role::Admin,
        &[("event", "all"), ("body", "x"), ("act", "preview")],
    ),
    (
        "/admin/pictures",
        Role::Admin,
        &[("name", "urge"), ("act", "delete")],
    ),
    (
        "/admin/calendars",
        Role::Admin,
        &[("name", "n"), ("source_url", "")],
    ),
    (
        "/admin/calendars/{name}",
        Role::Admin,
        &[
            ("text", "2026-11-23 rest n"),
            ("as_work_days", ""),
            ("replace_years", ""),
        ],
    ),
    (
        "/admin/blackouts",
        Role::Admin,
        &[("name", "n"), ("cron", "0 0 * * *"), ("duration", "1h")],
    ),
    (
        "/rules",
        Role::Editor,
        &[
            ("scope", "task"),
            ("value", "1"),
            ("channel_id", "1"),
            ("events", "failed"),
        ],
    ),
    (
        "/rules",
        Role::Admin,
        &[("scope", "all"), ("channel_id", "1"), ("events", "failed")],
    ),
    (
        "/summaries",
        Role::Admin,
        &[("name", "n"), ("channel_id", "1"), ("time", "09:00")],
    ),
    (
        "/reminders",
        Role::Operator,
        &[("one", "1 done"), ("word", "w"), ("to", "")],
    ),
    (
        "/oncall",
        Role::Operator,
        &[
            ("act", "override"),
            ("of", "cn"),
            ("version", "1"),
            ("who", "bob"),
            ("until", "2037-01-01"),
        ],
    ),
    (
        "/oncall",
        Role::Admin,
        &[
            ("act", "set"),
            ("name", "n"),
            ("people", "ann"),
            ("version", "0"),
        ],
    ),
    (
        "/people",
        Role::Admin,
        &[("name", "n"), ("zone", "UTC"), ("version", "0")],
    ),
    (
        "/admin/secrets",
        Role::Admin,
        &[("name", "N"), ("value", "long enough"), ("tasks", "1")],
    ),
    (
        "/admin/secrets",
        Role::Admin,
        &[("id", "1"), ("value", "long enough"), ("tasks", "")],
    ),
    (
        "/admin/retention",
        Role::Admin,
        &[("run_days", "1"), ("runs", "1"), ("version", "0")],
    ),
    (
        "/admin/pools",
        Role::Admin,
        &[("name", "n"), ("slots", "1")],
    ),
    (
        "/admin/urging",
        Role::Admin,
        &[("tag", "n"), ("tickets.max_urges", "1"), ("version", "0")],
    ),
    (
        "/import",
        Role::Editor,
        &[
            ("text", "* * * * * true"),
            ("path", "user:root"),
            ("action", "apply"),
        ],
    ),
    (
        "/import/tasks",
        Role::Editor,
        &[
            ("scheduler", "qinglong"),
            (
                "text",
                r#"[{"name": "n", "command": "true", "schedule": "0 9 * * *"}]"#,
            ),
            ("action", "apply"),
        ],
    ),
    (
        "/admin/users",
        Role::Admin,
        &[
            ("name", "n"),
            ("password", "long enough"),
            ("role", "admin"),
        ],
    ),
];

#[tokio::test]
async fn each_page_opens_for_its_role_and_no_weaker_one() {
    let app = furnished().await;
    let listed: BTreeSet<String> = page_routes().await.into_iter().collect();
    let known = PAGES.map(|(path, _)| path);
    let known: BTreeSet<String> = known
        .into_iter()
        .chain(WITHOUT_ROLE)
        .map(str::to_owned)
        .collect();
    assert_eq!(listed, known, "each page is in one of the tables");
    let mut wrong = Vec::new();
    for role in Role::ALL {
        let person = app.signed_in(&format!("a {}", role.as_str()), role).await;
        for (path, least) in PAGES {
            let reply = person.open(&filled(path)).await;
            let expected = if role >= least { 200 } else { 403 };
            if reply.status != expected {
                wrong.push(format!("{path} for {role:?}: {}", reply.status));
            }
            let text = reply.text();
            // An empty page says nothing: a refusal is in words.
            let is_explained = text.contains("role=\"alert\" class=\"blank\"");
            if (expected == 403) != is_explained {
                wrong.push(format!("{path} for {role:?}: in words: {is_explained}"));
            }
            let is_secret = role < Role::Admin && text.contains("SECRET_NAME");
            assert!(!is_secret, "{path} for {role:?}");
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn each_form_is_refused_from_weaker_roles_and_taken_from_its_own() {
    let app = furnished().await;
    let listed: BTreeSet<&str> = server::pages::form_routes().collect();
    let known = FORMS.map(|(path, ..)| path);
    let known: BTreeSet<&str> = known.into_iter().chain(FORMS_WITHOUT_ROLE).collect();
    assert_eq!(listed, known, "each form is in one of the tables");
    let mut people = Vec::new();
    for role in Role::ALL {
        let name = format!("a {}", role.as_str());
        people.push((role, app.signed_in(&name, role).await));
    }
    let before = everything(&app).await;
    let mut wrong = Vec::new();
    for (role, person) in &people {
        for (path, least, fields) in FORMS {
            if *role < least {
                let status = person.submit(&filled(path), fields).await.status;
                if status != 403 {
                    wrong.push(format!("{path} from {role:?}: {status}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "not refused: {wrong:#?}");
    assert_eq!(everything(&app).await, before);
    for (role, person) in &people {
        for (path, least, fields) in FORMS {
            if *role == least && person.submit(&filled(path), fields).await.status == 403 {
                wrong.push(format!("{path} from {role:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "refused: {wrong:#?}");
}
