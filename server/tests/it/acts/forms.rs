//! Each form of the pages that changes something, and each button: refused without the audit log, they change nothing.

use std::collections::BTreeSet;

use app::auth::Role;
use app::error::AppError;
use app::wire;

use super::super::access::{READING, server_functions};
use super::super::helpers::{Reply, TestApp};
use super::super::links;
use super::super::pictures::{png_of, upload_over};
use super::super::sessions::{PASSWORD, account, sign_in};
use super::things::{Made, URL, one_of_each};
use super::{everything, refuse_audit};

/// Forms that change nothing an audit log would record, and those of sign-in, which `acts` tries without a session.
const NOT_ACTS: [&str; 4] = ["/login", "/logout", "/setup", "/preferences"];

/// Buttons of which the same is true: the content of a calendar's source is not served here. A run is stopped all the
/// same: see [`stops`](super::stops).
const NOT_ACTS_EITHER: [&str; 2] = ["calendar_refresh", "run_stop"];

/// A route, the path of a request, and its fields.
type Form = (&'static str, String, Vec<(&'static str, String)>);

/// The forms of pages with what would be right.
fn forms(made: &Made, link: &str) -> Vec<Form> {
    let form = |route: &'static str, path: String, fields: &[(&'static str, &str)]| {
        let owned = |&(name, value): &(&'static str, &str)| (name, value.to_owned());
        (route, path, fields.iter().map(owned).collect())
    };
    let own = |route: &'static str, fields: &[(&'static str, &str)]| {
        form(route, route.to_owned(), fields)
    };
    let task = [
        ("name", "typed"),
        ("mode", "command"),
        ("command", "true"),
        ("zone", "UTC"),
        ("schedules[0].spec", "0 9 * * *"),
        ("version", "1"),
    ];
    let templates = "/admin/channels/{id}/templates";
    let of_channel = format!("/admin/channels/{}/templates", made.channel);
    let channel = made.channel.to_string();
    let changed = [
        ("id", channel.as_str()),
        ("version", "1"),
        ("name", "renamed"),
        ("kind", "webhook"),
        ("url", URL),
    ];
    let reported = made.reported.to_string();
    let (noted, daily, secret) = (
        made.noted.to_string(),
        made.daily.to_string(),
        made.secret.to_string(),
    );
    let rule = [
        ("scope", "all"),
        ("value", ""),
        ("channel_id", reported.as_str()),
        ("events", "failed"),
        ("action", "send"),
        ("enabled", "true"),
        ("id", ""),
        ("version", "1"),
    ];
    let mut same_rule = rule;
    same_rule[6].1 = &noted;
    let summary = [
        ("name", "weekly"),
        ("channel_id", reported.as_str()),
        ("time", "09:00"),
        ("weekday", "monday"),
        ("id", ""),
        ("version", "1"),
    ];
    let mut same_summary = summary;
    same_summary[4].1 = &daily;
    let one = |act: &str| format!("{} {act}", made.ticket);
    let mut all = vec![
        own("/tasks/new", &task),
        form(
            "/tasks/{id}/edit",
            format!("/tasks/{}/edit", made.task),
            &task,
        ),
        form(
            "/tasks/{id}/run",
            format!("/tasks/{}/run", made.idle),
            &[("note", "n")],
        ),
        form(
            "/tasks/{id}/start-urls",
            format!("/tasks/{}/start-urls", made.idle),
            &[("name", "more")],
        ),
        own(
            "/admin/channels",
            &[("name", "more"), ("kind", "webhook"), ("url", URL)],
        ),
        own("/admin/channels", &changed),
        own("/rules", &rule),
        own("/rules", &same_rule),
        form(
            templates,
            of_channel.clone(),
            &[
                ("event", "lost"),
                ("body", "{\"text\": {{ text }}}"),
                ("version", "0"),
                ("act", "save"),
            ],
        ),
        form(
            templates,
            of_channel,
            &[("event", "failed"), ("version", "1"), ("act", "delete")],
        ),
        own(
            "/admin/users",
            &[
                ("name", "third"),
                ("password", "quite another one"),
                ("role", "viewer"),
            ],
        ),
        own("/account", &[("form", "token"), ("name", "new")]),
        own("/admin/calendars", &[("name", "more")]),
        form(
            "/admin/calendars/{name}",
            "/admin/calendars/ours".to_owned(),
            &[("text", "2026-12-25 rest Christmas"), ("version", "1")],
        ),
        own(
            "/admin/blackouts",
            &[
                ("name", "more"),
                ("kind", "recurring"),
                ("cron", "0 1 * * *"),
                ("duration", "1h"),
                ("zone", "UTC"),
            ],
        ),
        own("/summaries", &summary),
        own("/summaries", &same_summary),
        own(
            "/admin/secrets",
            &[("name", "MORE"), ("value", "a long value")],
        ),
        own(
            "/admin/secrets",
            &[
                ("id", &secret),
                ("version", "1"),
                ("name", "KEY"),
                ("value", "another long value"),
            ],
        ),
        own("/admin/pools", &[("name", "more"), ("slots", "3")]),
        own(
            "/admin/urging",
            &[("tag", "web"), ("tickets.max_urges", "7"), ("version", "0")],
        ),
        own("/admin/retention", &[("run_days", "30"), ("version", "0")]),
        own(
            "/oncall",
            &[
                ("act", "set"),
                ("name", "more"),
                ("people", "ann"),
                ("version", "0"),
            ],
        ),
        own(
            "/oncall",
            &[
                ("act", "set"),
                ("of", "web"),
                ("people", "cid"),
                ("version", "1"),
            ],
        ),
        own(
            "/oncall",
            &[
                ("act", "override"),
                ("of", "ops"),
                ("who", "eve"),
                ("from", "2026-12-01"),
                ("until", "2026-12-02"),
                ("version", "2"),
            ],
        ),
        own(
            "/oncall",
            &[
                ("of", "ops"),
                ("unoverride", "2026-11-22"),
                ("version", "2"),
            ],
        ),
        own(
            "/oncall",
            &[
                ("act", "swap"),
                ("of", "web"),
                ("first", "2026-12-07"),
                ("second", "2026-12-14"),
                ("version", "1"),
            ],
        ),
        own(
            "/people",
            &[("name", "ann"), ("zone", "UTC"), ("version", "0")],
        ),
        own(
            "/import",
            &[
                ("text", "0 9 * * * three\n"),
                ("path", "user:root"),
                ("action", "apply"),
            ],
        ),
        own(
            "/import/tasks",
            &[
                ("scheduler", "qinglong"),
                (
                    "text",
                    r#"[{"name": "four", "command": "true", "schedule": "0 9 * * *"}]"#,
                ),
                ("action", "apply"),
            ],
        ),
        own(
            "/account",
            &[
                ("current", PASSWORD),
                ("new", "battery staple horse"),
                ("repeat", "battery staple horse"),
            ],
        ),
        form("/t/{token}", link.to_owned(), &[("act", "done")]),
    ];
    for act in ["link", "feed"] {
        all.push(own("/reminders", &[("act", act)]));
    }
    for act in ["acknowledge", "snooze 30m", "assign", "done"] {
        all.push(own("/reminders", &[("one", &one(act)), ("to", "ann")]));
    }
    all
}

/// The buttons of pages with what would be right, by the endpoint of their function.
fn buttons(made: &Made) -> Vec<(&'static str, Vec<(&'static str, String)>)> {
    let (task, idle) = (made.task.to_string(), made.idle.to_string());
    let mut all = Vec::new();
    let mut button = |endpoint, fields: &[(&'static str, &str)]| {
        let owned = |&(name, value): &(&'static str, &str)| (name, value.to_owned());
        all.push((endpoint, fields.iter().map(owned).collect()));
    };
    for verb in ["pause", "close", "urge"] {
        let cron = "* * * * *";
        let fields = [("id", task.as_str()), ("verb", verb), ("urge_cron", cron)];
        button("task_control", &fields);
    }
    button("task_run", &[("id", &idle)]);
    button("message_resend", &[("id", &made.message.to_string())]);
    button("channel_test", &[("id", &made.channel.to_string())]);
    let bot = made.bot.to_string();
    let person = [("channel_id", &*bot), ("person", "bob"), ("user", "other")];
    button("chat_person_add", &person);
    button("chat_person_delete", &[("id", &made.mapped.to_string())]);
    button("token_revoke", &[("id", &made.token.to_string())]);
    button("session_end", &[("id", &made.session)]);
    button("sessions_end", &[("user", "guest")]);
    let user = made.user.to_string();
    let disabled = [("id", &*user), ("version", "1"), ("disabled", "true")];
    button("user_set_disabled", &disabled);
    let source = [("name", "ours"), ("version", "1"), ("source_url", URL)];
    button("calendar_source", &source);
    for (endpoint, id) in [
        ("task_delete", task),
        ("channel_delete", made.channel.to_string()),
        ("secret_delete", made.secret.to_string()),
        ("blackout_delete", made.quiet.to_string()),
        ("rule_delete", made.noted.to_string()),
        ("summary_delete", made.daily.to_string()),
    ] {
        button(endpoint, &[("id", &id), ("version", "1")]);
    }
    button("start_url_delete", &[("task", &idle), ("name", "ci")]);
    button("pool_delete", &[("name", "db"), ("version", "1")]);
    button("rota_delete", &[("name", "web"), ("version", "1")]);
    button("person_delete", &[("name", "bob"), ("version", "1")]);
    button("calendar_delete", &[("name", "ours"), ("version", "1")]);
    button("urge_default_delete", &[("tag", "db"), ("version", "1")]);
    all
}

/// Whether a button was refused because the log cannot be written. Without JavaScript the browser is sent back to its
/// page; this request names none, so the failure is in the body.
fn is_unrecorded(reply: &Reply) -> bool {
    let error = wire::read::<AppError>(&reply.body);
    let is_internal = error.is_ok_and(|error| error.kind.status() == 500);
    reply.status == 500 || (reply.status == 302 && is_internal)
}

#[tokio::test]
async fn a_form_or_button_that_cannot_be_recorded_changes_nothing() {
    let app = TestApp::new().await;
    account(&app, "boss", Role::Admin).await;
    let admin = app.browser();
    assert_eq!(sign_in(&admin, "boss", PASSWORD).await, 303);
    let made = one_of_each(&app, &admin).await;
    let linked = links::asked(&app, "linked").await;
    let link = links::link(&app, linked.id, "小王");
    refuse_audit(&app).await;
    let before = everything(&admin).await;

    let forms = forms(&made, &link);
    for (route, path, fields) in &forms {
        let fields: Vec<(&str, &str)> = borrowed(fields);
        let reply = admin.submit(path, &fields).await;
        assert_eq!(reply.status, 500, "{route} {fields:?}: {}", reply.text());
        assert_eq!(everything(&admin).await, before, "{route} {fields:?}");
    }
    for act in ["set", "delete"] {
        let reply = upload_over(&admin, "urge", 1, &png_of(4, 2), act).await;
        assert_eq!(reply.status, 500, "{act} a picture: {}", reply.text());
        assert_eq!(everything(&admin).await, before, "{act} a picture");
    }
    let buttons = buttons(&made);
    for (endpoint, fields) in &buttons {
        let fields = borrowed(fields);
        let reply = admin.submit(&format!("/fn/{endpoint}"), &fields).await;
        let text = reply.text();
        assert!(
            is_unrecorded(&reply),
            "{endpoint} {fields:?}: {} {text}",
            reply.status
        );
        assert_eq!(everything(&admin).await, before, "{endpoint} {fields:?}");
    }

    let listed: BTreeSet<&str> = server::pages::form_routes().collect();
    let tried = forms.iter().map(|(route, ..)| *route);
    let tried: BTreeSet<&str> = tried.chain(NOT_ACTS).chain(["/admin/pictures"]).collect();
    assert_eq!(tried, listed, "each form is tried here");
    let functions = server_functions();
    let endpoints = functions.iter().filter_map(|path| path.rsplit('/').next());
    let acting: BTreeSet<&str> = endpoints.filter(|name| !READING.contains(name)).collect();
    let tried = buttons.iter().map(|(endpoint, _)| *endpoint);
    let tried: BTreeSet<&str> = tried.chain(NOT_ACTS_EITHER).collect();
    assert_eq!(tried, acting, "each button is tried here");
}

fn borrowed<'a>(fields: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect()
}
