//! Names, notes and outputs are hostile: on every page they stay text. A page with hostile ones has
//! the very elements and attributes that it has with harmless ones.

use app::auth::Role;
use app::channel::ChannelKind;
use scraper::{ElementRef, Html, Node, Selector};
use serde_json::json;

use super::helpers::{Browser, TestApp, draft};

/// What would be markup if it were written as it is, one for each place that a text gets into.
/// The last one shows whether a text is escaped twice.
const HOSTILE: [&str; 5] = [
    "</title><form><input name=\"e\">'<img src=x onerror=1>",
    "\" onfocus=alert(1) autofocus x=\"' style='y",
    "</textarea></select></script></style><svg onload=1>",
    "<!--<script>x</script><meta http-equiv=refresh>",
    "a&lt;b&gt; &amp;amp; &#60;i> \\u003cb",
];

/// Columns whose texts people, commands and vendors write, past all that checks them.
const TEXTS: [(&str, &str); 18] = [
    ("task", "name"),
    ("task", "nickname"),
    ("channel", "name"),
    ("channel", "url_masked"),
    ("channel", "last_answer"),
    ("blackout", "name"),
    ("message_summary", "name"),
    ("secret", "name"),
    ("secret", "note"),
    ("pool", "name"),
    ("node", "hostname"),
    ("calendar", "source_url"),
    ("user", "name"),
    ("run", "note"),
    ("run", "requested_by"),
    ("run", "reason"),
    ("message", "last_answer"),
    ("audit", "detail"),
];

/// Columns that hold a list of texts.
const LISTS: [(&str, &str); 3] = [("task", "owners"), ("task", "tags"), ("blackout", "tags")];

async fn installation() -> (TestApp, Browser) {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let channel = app
        .channel("robot", ChannelKind::Webhook, "http://127.0.0.1:9/")
        .await;
    admin
        .post(
            "/api/v1/secrets",
            json!({"name": "KEY", "value": "a value", "note": "n", "tasks": []}),
        )
        .await
        .expect(201);
    let pool = json!({"name": "pool", "slots": 2});
    admin.call("PUT", "/api/v1/pools/pool", Some(pool)).await;
    let blackout = json!({
        "name": "freeze", "tags": ["none"], "zone": "UTC", "policy": "drop",
        "starts_at": "2026-11-22 07:00", "ends_at": "2026-11-23 09:00",
    });
    admin.post("/api/v1/blackouts", blackout).await.expect(201);
    let summary = json!({"name": "daily", "channel_id": channel.id, "time": "09:00"});
    admin.post("/api/v1/summaries", summary).await.expect(201);
    let calendar = json!({"name": "own", "source_url": ""});
    admin.post("/api/v1/calendars", calendar).await.expect(201);
    let mut reported = draft("reported", "*/10 * * * *", "true");
    reported.channel_id = Some(channel.id.0);
    reported.owners = vec!["someone".to_owned()];
    reported.tags = vec!["a tag".to_owned()];
    reported.nickname = "nick".to_owned();
    app.add(reported).await;
    (app, admin)
}

/// Writes the text into every column, and lets a command write it and take it as a parameter.
async fn put(app: &TestApp, number: usize, text: &str) -> Vec<String> {
    let database = &app.place.database;
    let command = format!("cat <<'END'\n{text}\nEND\necho \"$P\" >&2; exit 3");
    let mut writes = draft(&format!("writes {number}"), "0 0 1 1 *", &command);
    writes.channel_id = Some(1);
    let (run, output) = app.execute(writes).await;
    assert!(String::from_utf8_lossy(&output).contains(text));
    let quoted = text.replace('\\', "\\\\").replace('\'', "''");
    let quoted = if database.url.is_empty() {
        text.replace('\'', "''")
    } else {
        quoted
    };
    for (table, column) in TEXTS {
        // Names are unique: the row's number follows them.
        let id = if matches!(table, "pool" | "node") {
            "''"
        } else {
            "id"
        };
        let value = if database.url.is_empty() {
            format!("'{quoted}' || {id}")
        } else {
            format!("CONCAT('{quoted}', {id})")
        };
        let sql = format!("UPDATE {table} SET {column} = {value}");
        database.execute(&sql).await;
    }
    let list = json!([text, "other"]).to_string();
    let list = if database.url.is_empty() {
        list
    } else {
        list.replace('\\', "\\\\")
    };
    for (table, column) in LISTS {
        let sql = format!(
            "UPDATE {table} SET {column} = '{}'",
            list.replace('\'', "''")
        );
        database.execute(&sql).await;
    }
    let parameters = json!({"P": text}).to_string();
    let parameters = if database.url.is_empty() {
        parameters
    } else {
        parameters.replace('\\', "\\\\")
    };
    let sql = format!(
        "UPDATE run SET parameters = '{}'",
        parameters.replace('\'', "''")
    );
    database.execute(&sql).await;
    let query: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let mut pages: Vec<String> = [
        "/",
        "/tasks",
        "/tasks?state=active",
        "/tasks/new",
        "/tasks/new?copy=1",
        "/tasks/1",
        "/tasks/1/edit",
        "/tasks/1/run",
        "/tasks/1/occurrences",
        "/admin",
        "/admin/users",
        "/admin/channels",
        "/admin/calendars",
        "/admin/calendars/own",
        "/admin/blackouts",
        "/summaries?preview=1",
        "/admin/secrets",
        "/admin/secrets?edit=1",
        "/admin/pools",
        "/admin/urging",
        "/admin/nodes",
        "/about",
        "/no-such-page",
    ]
    .map(str::to_owned)
    .to_vec();
    pages.push(format!("/runs/{}", run.id));
    pages.push(format!("/tasks/{}", run.task_id));
    pages.push(format!("/tasks?q={query}"));
    pages.push(format!("/tasks/1/occurrences?at={query}"));
    pages.push(format!("/login?next={query}"));
    pages
}

/// The elements of a page with the names of their attributes, and of what a click on them does.
fn shape(html: &str) -> Vec<String> {
    let page = Html::parse_document(html);
    let mut all = Vec::new();
    for node in page.tree.nodes() {
        let Node::Element(element) = node.value() else {
            continue;
        };
        let depth = node.ancestors().count();
        let mut attributes: Vec<&str> = element.attrs().map(|(name, _)| name).collect();
        attributes.sort_unstable();
        for name in &attributes {
            assert!(!name.starts_with("on"), "{name} in {html}");
        }
        let to = element
            .attr("action")
            .or_else(|| element.attr("href"))
            .unwrap_or_default();
        assert!(
            to.is_empty() || to.starts_with(['/', '#', '?']),
            "<{} {to:?}>",
            element.name()
        );
        all.push(format!(
            "{depth} {} {}",
            element.name(),
            attributes.join(" ")
        ));
    }
    all
}

fn title(html: &str) -> String {
    let page = Html::parse_document(html);
    let title = Selector::parse("title").expect("a selector");
    let all: Vec<ElementRef<'_>> = page.select(&title).collect();
    // Icons have no titles of their own.
    assert_eq!(all.len(), 1, "titles");
    all[0].text().collect()
}

#[tokio::test]
async fn a_hostile_name_is_text_on_every_page() {
    let (app, admin) = installation().await;
    let harmless = put(&app, 0, "a harmless text of much the same length").await;
    let mut wanted = Vec::new();
    for path in &harmless {
        wanted.push((path.clone(), shape(&admin.open(path).await.text())));
    }
    for (number, text) in HOSTILE.into_iter().enumerate() {
        let hostile = put(&app, number + 1, text).await;
        for ((harmless, wanted), path) in wanted.iter().zip(&hostile) {
            // Each round has one more task, so only pages of one thing stay as they were; the lists
            // are compared by the elements that may be there at all.
            let found = shape(&admin.open(path).await.text());
            let kinds = |shape: &[String]| {
                let mut kinds: Vec<String> = shape.to_vec();
                kinds.sort_unstable();
                kinds.dedup();
                kinds
            };
            assert_eq!(kinds(&found), kinds(wanted), "{path} ({harmless}): {text}");
        }
    }
}

#[tokio::test]
async fn a_title_shows_the_name_as_it_is() {
    let (app, admin) = installation().await;
    for (number, text) in HOSTILE.into_iter().enumerate() {
        let pages = put(&app, number, text).await;
        let name = format!("{text}1");
        for (path, wanted) in [
            ("/tasks/1", format!("{name} · Jcrontab")),
            (
                "/tasks/1/occurrences",
                format!("{name} 的时间线 · Jcrontab"),
            ),
        ] {
            assert_eq!(title(&admin.open(path).await.text()), wanted);
        }
        let run = pages
            .iter()
            .find(|path| path.starts_with("/runs/"))
            .expect("a run");
        let shown = title(&admin.open(run).await.text());
        assert!(shown.contains(text), "{shown}");
    }
}

/// The input of a form is returned unchanged, even if it is refused.
#[tokio::test]
async fn what_was_typed_comes_back_as_text() {
    let (_app, admin) = installation().await;
    for (path, fields) in [
        (
            "/tasks/new",
            &[
                "name",
                "command",
                "owners",
                "tags",
                "zone",
                "schedules.0.spec",
            ][..],
        ),
        ("/admin/users", &["name"][..]),
        ("/admin/channels", &["name", "url"][..]),
        ("/admin/pools", &["name", "slots"][..]),
        (
            "/admin/urging",
            &["tag", "tickets.every", "tickets.ladder"][..],
        ),
        ("/admin/blackouts", &["name", "tags", "zone"][..]),
        ("/summaries", &["name", "owner", "time", "zone"][..]),
        ("/admin/calendars", &["name", "source_url"][..]),
        ("/admin/secrets", &["name", "note", "tasks"][..]),
        ("/login", &["name", "next"][..]),
    ] {
        let send = async |text: &str| {
            let fields: Vec<(&str, &str)> = fields.iter().map(|name| (*name, text)).collect();
            let reply = admin.submit(path, &fields).await;
            (reply.status, shape(&reply.text()))
        };
        let wanted = send("?!").await;
        for text in HOSTILE {
            let found = send(text).await;
            let kinds = |shape: &[String]| {
                let kinds: std::collections::BTreeSet<String> = shape.iter().cloned().collect();
                kinds
            };
            assert_eq!(found.0, wanted.0, "{path}: {text}");
            assert_eq!(kinds(&found.1), kinds(&wanted.1), "{path}: {text}");
        }
    }
}
