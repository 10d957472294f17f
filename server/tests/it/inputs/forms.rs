//! Forms: saving without changes changes nothing, all faults are reported at once, and a form is only shown to users
//! who may send it.

use app::auth::Role;
use serde_json::{Value, json};

use super::super::helpers::{Browser, TestApp, draft};
use super::{send, task};

/// The text of a page with its entities read.
fn plain(text: &str) -> String {
    let mut plain = text.to_owned();
    for (entity, character) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&amp;", "&"),
    ] {
        plain = plain.replace(entity, character);
    }
    plain
}

/// The fields of the task form as a browser would send them: HTML's own rules for values.
pub(super) fn fields(page: &str) -> Vec<(String, String)> {
    // A browser sends the fields of this form, and not those of the forms around it.
    let (_, form) = page.split_once("class=\"task-form\"").expect("the form");
    let (page, _) = form.split_once("</form>").expect("its end");
    let mut all = Vec::new();
    let attribute = |tag: &str, name: &str| {
        let at = tag.find(&format!(" {name}=\""))? + name.len() + 3;
        Some(plain(&tag[at..at + tag[at..].find('"')?]))
    };
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let end = rest.find('>').expect("the tag's end");
        let (tag, behind) = (&rest[..end], &rest[end + 1..]);
        let kind = tag.split([' ', '>']).next().unwrap_or("");
        let Some(name) = attribute(tag, "name") else {
            continue;
        };
        match kind {
            "input" => {
                let ticks = matches!(
                    attribute(tag, "type").as_deref(),
                    Some("checkbox" | "radio")
                );
                if !ticks || tag.contains(" checked") {
                    let mut value = attribute(tag, "value").unwrap_or_default();
                    // "The shortest possible string representing the time": HTML, valid
                    // normalized local date and time strings.
                    if attribute(tag, "type").as_deref() == Some("datetime-local")
                        && let Some(minutes) = value.strip_suffix(":00")
                        && minutes.contains(':')
                    {
                        value = minutes.to_owned();
                    }
                    all.push((name, value));
                }
            }
            "textarea" => {
                let text = plain(&behind[..behind.find("</textarea>").expect("its end")]);
                // The parser drops a line break right behind the tag; sending makes CRLF of all.
                let text = text.strip_prefix('\n').unwrap_or(&text).to_owned();
                let text = text.replace("\r\n", "\n").replace('\n', "\r\n");
                all.push((name, text));
            }
            "select" => {
                let inside = &behind[..behind.find("</select>").expect("its end")];
                let options: Vec<&str> = inside.split("<option").skip(1).collect();
                let chosen = options
                    .iter()
                    .find(|option| option[..option.find('>').unwrap_or(0)].contains(" selected"))
                    .or(options.first());
                let value = chosen.and_then(|option| attribute(option, "value"));
                all.push((name, value.unwrap_or_default()));
            }
            _ => {}
        }
    }
    all
}

/// Opens a task's form and sends it as it is; gives the task before and after.
async fn saved_untouched(editor: &Browser, body: Value) -> (Value, Value) {
    let before = editor.post("/api/v1/tasks", body).await.expect(201);
    let id = &before["id"];
    let page = editor.open(&format!("/tasks/{id}/edit")).await.text();
    let sent = fields(&page);
    let sent: Vec<(&str, &str)> = sent
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let reply = editor.submit(&format!("/tasks/{id}/edit"), &sent).await;
    assert_eq!(reply.status, 303, "{sent:?}\n{}", reply.text());
    let after = editor.get(&format!("/api/v1/tasks/{id}")).await.expect(200);
    (before, after)
}

#[tokio::test]
async fn a_form_saved_untouched_changes_nothing() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let cases = [
        json!({"command": "\necho a\n\n"}),
        json!({"command": "\n\n# two\n"}),
        json!({"execution": {"env": "A= leading\nB=\"  kept  \"\nC='\"both\"'"}}),
        // 02:30 comes twice on that day; this is its second pass.
        json!({"zone": "Europe/Berlin", "starts_at": "2026-10-25T02:30:00+01:00", "ends_at": "2027-10-31T02:59:59+01:00"}),
        json!({"zone": "Europe/Berlin", "starts_at": "2026-10-25T02:30:00+02:00"}),
        json!({"zone": "Europe/Berlin", "starts_at": "2026-10-25T02:30:00+01:00", "ends_at": "2027-10-31T02:30:00+01:00"}),
        json!({"starts_at": "2026-10-25T02:30:00.250Z"}),
        json!({"command": "", "execution": {"http": {"method": "POST", "url": "https://example.com/x", "body": "\na\r\nb\n\r\n"}}}),
        json!({"owners": ["王", "李"], "tags": ["a b"]}),
        json!({"name": "quote\" & <tag>", "nickname": "n'"}),
    ];
    for (at, case) in cases.into_iter().enumerate() {
        let mut body = task(&case);
        if case.get("name").is_none() {
            body["name"] = json!(format!("t{at}"));
        }
        let (before, after) = saved_untouched(&editor, body).await;
        for field in [
            "name",
            "nickname",
            "command",
            "starts_at",
            "ends_at",
            "owners",
            "tags",
            "execution",
            "schedules",
        ] {
            assert_eq!(after[field], before[field], "{field} of {case}");
        }
    }
}

#[tokio::test]
async fn all_faults_come_in_one_round() {
    let app = TestApp::new().await;
    app.add(draft("taken", "0 9 * * *", "true")).await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let body = json!({"name": "taken", "cron": "x", "command": "", "zone": "Mars/X"});
    let reply = editor.post("/api/v1/tasks", body).await;
    assert_eq!(reply.status, 422);
    let fields: Vec<String> = reply.faults().into_iter().map(|(field, _)| field).collect();
    for field in ["name", "cron", "command", "zone"] {
        assert!(fields.iter().any(|one| one == field), "{field}: {fields:?}");
    }
    // Its own name is not another's.
    let list = editor.get("/api/v1/tasks").await.expect(200);
    let id = &list["items"][0]["id"];
    editor
        .call(
            "PATCH",
            &format!("/api/v1/tasks/{id}"),
            Some(json!({"name": "taken"})),
        )
        .await
        .expect(200);
}

#[tokio::test]
async fn who_may_not_edit_gets_no_form() {
    let app = TestApp::new().await;
    let own = app.add(draft("own", "0 9 * * *", "true")).await.id;
    let viewer = app.signed_in("vi", Role::Viewer).await;
    for path in [
        "/tasks/new".to_owned(),
        format!("/tasks/{own}/edit"),
        format!("/tasks/new?copy={own}"),
    ] {
        let reply = viewer.open(&path).await;
        assert_eq!(reply.status, 403, "{path}");
        assert!(!reply.text().contains("name=\"command\""), "{path}");
    }
    let fields = [("name", "x"), ("cron", "0 9 * * *"), ("command", "true")];
    let reply = viewer.submit("/tasks/new", &fields).await;
    assert_eq!(reply.status, 403);
    assert!(reply.text().contains("你没有这个权限"), "{}", reply.text());
    let editor = app.signed_in("ed", Role::Editor).await;
    assert_eq!(editor.open("/tasks/new").await.status, 200);
}

#[tokio::test]
async fn an_expression_half_typed_is_no_failure() {
    let app = TestApp::new().await;
    let viewer = app.signed_in("vi", Role::Viewer).await;
    let request = app::page::PreviewRequest {
        cron: "0 9 *".into(),
        ..Default::default()
    };
    #[derive(serde::Serialize)]
    struct Sent {
        request: app::page::PreviewRequest,
    }
    let body = app::wire::write(&Sent { request }).expect("bytes");
    let reply = send(
        &viewer,
        "POST",
        "/fn/preview",
        "application/octet-stream",
        body,
    )
    .await;
    assert_eq!(reply.status, 200);
    let rest = viewer
        .post("/api/v1/schedules/preview", json!({"cron": "0 9 *"}))
        .await;
    assert_eq!(rest.status, 422);
}
