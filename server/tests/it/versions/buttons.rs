//! The delete buttons of pages: each is about the version that the page shows, so nobody deletes what another person has
//! just changed.

use super::*;

/// A page with delete buttons: its path, the function of the button, the field that names what is deleted, the edit that
/// deletes the same, and one that changes it first.
const BUTTONS: [(&str, &str, &str, &str, &str); 10] = [
    (
        "/tasks/{}",
        "task_delete",
        "id",
        "DELETE /api/v1/tasks/{id}",
        "PATCH /api/v1/tasks/{id}",
    ),
    (
        "/rules",
        "rule_delete",
        "id",
        "DELETE /api/v1/rules/{id}",
        "PATCH /api/v1/rules/{id}",
    ),
    (
        "/admin/channels",
        "channel_delete",
        "id",
        "DELETE /api/v1/channels/{id}",
        "PUT /api/v1/channels/{id}",
    ),
    (
        "/summaries",
        "summary_delete",
        "id",
        "DELETE /api/v1/summaries/{id}",
        "PUT /api/v1/summaries/{id}",
    ),
    (
        "/admin/pools",
        "pool_delete",
        "name",
        "DELETE /api/v1/pools/{name}",
        "PUT /api/v1/pools/{name}",
    ),
    (
        "/oncall",
        "rota_delete",
        "name",
        "DELETE /api/v1/oncall/{name}",
        "PUT /api/v1/oncall/{name}",
    ),
    (
        "/people",
        "person_delete",
        "name",
        "DELETE /api/v1/people/{name}",
        "PUT /api/v1/people/{name}",
    ),
    (
        "/admin/calendars",
        "calendar_delete",
        "name",
        "DELETE /api/v1/calendars/{name}",
        "PUT /api/v1/calendars/{name}",
    ),
    (
        "/admin/blackouts",
        "blackout_delete",
        "id",
        "DELETE /api/v1/blackouts/{id}",
        "PUT /api/v1/blackouts/{id}",
    ),
    (
        "/admin/secrets",
        "secret_delete",
        "id",
        "DELETE /api/v1/secrets/{id}",
        "PATCH /api/v1/secrets/{id}",
    ),
];

/// The version that the button of a page sends for one thing: the hidden field after the one that names it.
fn sent_by(page: &str, function: &str, field: &str, own: &str) -> Option<i64> {
    let named = format!(r#"name="{field}" value="{own}""#);
    let forms = page.split("<form").skip(1);
    let own = forms.map(|form| form.split("</form>").next().unwrap_or_default());
    let mut own = own.filter(|form| form.contains(function) && form.contains(&named));
    let (_, rest) = own.next()?.split_once(r#"name="version" value=""#)?;
    rest.split('"').next()?.parse().ok()
}

#[tokio::test]
async fn a_delete_button_deletes_only_the_version_that_its_page_showed() {
    let app = TestApp::new().await;
    let admin = app.signed_in("root", Role::Admin).await;
    let (_, edits) = one_of_each(&app, &admin).await;
    let named = |operation: &str| {
        let found = edits.iter().find(|edit| edit.operation == operation);
        found.expect("it is tried")
    };
    for (page, function, field, delete, change) in BUTTONS {
        let path = &named(delete).path;
        let (list, own) = path.rsplit_once('/').expect("a path");
        let listed = async || {
            let listed = admin.get(list).await.expect(200);
            let items = listed["items"].as_array().expect("a list").clone();
            items
                .iter()
                .any(|item| item[field].to_string().trim_matches('"') == own)
        };
        let page = page.replace("{}", own);
        let opened = admin.open(&page).await.text();
        let read = sent_by(&opened, function, field, own);
        let read = read.unwrap_or_else(|| panic!("{page}: {opened}"));
        let change = named(change);
        let method = change.operation.split(' ').next().expect("a method");
        let changed = admin.call(method, &change.path, body(change)).await;
        assert!(changed.status < 300, "{page}: {}", changed.text());

        let press = async |version: i64| {
            let browser = app
                .browser()
                .with("referer", &format!("http://cron.test{page}"));
            let session = admin.cookie("jcrontab_session").expect("a session");
            browser.put_cookie("jcrontab_session", &session);
            let version = version.to_string();
            let fields = [(field, own), ("version", version.as_str())];
            let reply = browser.submit(&format!("/fn/{function}"), &fields).await;
            assert!((300..400).contains(&reply.status), "{}", reply.text());
            let location = reply.header("location").to_owned();
            location.replace("http://cron.test", "")
        };
        let refused = press(read).await;
        let shown = admin.open(&refused).await.text();
        assert!(shown.contains("所以没有删除"), "{page}: {refused}: {shown}");
        assert!(listed().await, "{page}");

        let now = sent_by(&shown, function, field, own).expect("the page as it is now");
        assert!(now > read, "{page}: {read} → {now}");
        press(now).await;
        assert!(!listed().await, "{page}");
    }
}

#[tokio::test]
async fn a_refused_deletion_of_a_task_names_what_others_have_changed() {
    let app = TestApp::new().await;
    let admin = app.signed_in("root", Role::Admin).await;
    let editor = app.signed_in("ann", Role::Editor).await;
    let task = json!({"name": "t", "cron": "0 9 * * *", "command": "true", "zone": "UTC"});
    let id = admin.post("/api/v1/tasks", task).await.expect(201)["id"].clone();
    let path = format!("/api/v1/tasks/{id}");
    let change = Some(json!({"command": "false"}));
    editor.call("PATCH", &path, change).await.expect(200);
    let late = who_read(&app, &admin, "\"1\"");
    let refused = late.call("DELETE", &path, None).await.expect(409);
    let words = refused["title"].as_str().expect("a sentence");
    assert!(
        words.contains("所以没有删除") && words.contains("ann") && words.contains("false"),
        "{words}"
    );
    let never = who_read(&app, &admin, "\"9\"");
    let refused = never.call("DELETE", &path, None).await.expect(409);
    assert_eq!(refused["code"], "task.no_such_version");
    let current = who_read(&app, &admin, "\"2\"");
    assert_eq!(current.call("DELETE", &path, None).await.status, 204);
    admin.get(&path).await.expect(404);
}
