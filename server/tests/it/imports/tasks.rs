//! Tasks of other schedulers: every item is accounted for, paused, created once, all or none of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use app::auth::Role;
use app::channel::ChannelKind;
use serde_json::{Value, json};

use crate::helpers::place::Place;
use crate::helpers::program::{jcrontab, jcrontab_with};
use crate::helpers::{Browser, ManualClock, TestApp, at};

const PATH: &str = "/api/v1/imports/tasks";

/// gocron's table with these rows: id, name, level, children, spec, status.
fn dump(rows: &[(u32, &str, u8, &str, &str, u8)]) -> String {
    let row = |(id, name, level, children, spec, status): &(u32, &str, u8, &str, &str, u8)| {
        format!("({id},'{name}',{level},'{children}','{spec}',2,'echo {id}',{status})")
    };
    let rows: Vec<String> = rows.iter().map(row).collect();
    format!(
        "INSERT INTO `task` (`id`,`name`,`level`,`dependency_task_id`,`spec`,`protocol`,`command`,`status`) VALUES {};\n",
        rows.join(",")
    )
}

fn body(text: &str) -> Value {
    json!({"scheduler": "gocron", "files": [{"path": "dump.sql", "text": text}], "zone": "UTC"})
}

async fn import(editor: &Browser, text: &str, more: Value) -> Value {
    let mut body = body(text);
    for (name, value) in more.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    editor.post(PATH, body).await.expect(200)
}

/// Created, paused, known and refused.
fn counts(report: &Value) -> [u64; 4] {
    ["created", "paused", "known", "refused"].map(|name| report[name].as_u64().expect("a number"))
}

fn of_items<'a>(report: &'a Value, field: &str) -> Vec<&'a Value> {
    let items = report["items"].as_array().expect("items");
    items.iter().map(|item| &item[field]).collect()
}

async fn editor(app: &TestApp) -> Browser {
    let editor = app.signed_in("ed", Role::Editor).await;
    editor.with("accept-language", "en")
}

#[tokio::test]
async fn every_item_is_accounted_for_and_becomes_a_task_once() {
    let app = TestApp::new().await;
    let editor = editor(&app).await;
    let text = dump(&[
        (1, "backup", 1, "3", "0 30 2 * * *", 1),
        (2, "never", 1, "", "0 0 25 * * *", 1),
        (3, "verify", 2, "", "", 1),
        (4, "backup", 1, "", "0 0 8 * * *", 0),
    ]);
    let dry = import(&editor, &text, json!({"dry_run": true})).await;
    assert_eq!(counts(&dry), [3, 3, 0, 1]);
    let none = editor.get("/api/v1/tasks").await.expect(200);
    assert_eq!(none["items"], json!([]), "a dry run creates nothing");

    let made = import(&editor, &text, json!({})).await;
    assert_eq!(counts(&made), [3, 3, 0, 1]);
    assert_eq!(
        of_items(&made, "name"),
        ["backup", "never", "verify", "backup (4)"]
    );
    assert_eq!(
        of_items(&made, "outcome"),
        ["created", "refused", "created", "created"]
    );
    let refused = made["items"][1]["remarks"].as_array().expect("remarks");
    let of_cron = refused.iter().find(|remark| remark["code"] == "cron");
    let text_of_it = of_cron.expect("the reason")["text"].as_str();
    assert!(
        text_of_it.is_some_and(|text| text.contains("25 is out of range")),
        "{refused:?}"
    );
    let task = |at: usize| format!("/api/v1/tasks/{}", made["items"][at]["id"]);
    let backup = editor.get(&task(0)).await.expect(200);
    assert_eq!(
        (&backup["state"], &backup["tags"], &backup["zone"]),
        (&json!("paused"), &json!(["gocron"]), &json!("UTC"))
    );
    assert_eq!(backup["command"], "echo 1");
    let verify = editor.get(&task(2)).await.expect(200);
    assert_eq!(
        verify["execution"]["waits"]["tasks"],
        json!([made["items"][0]["id"]])
    );
    let audit = "SELECT action FROM audit WHERE who = 'ed' ORDER BY id";
    assert_eq!(app.place.database.rows(audit).await, ["task.import"; 3]);
    let messages = "SELECT COUNT(*) FROM message";
    assert_eq!(app.place.database.count(messages).await, 0);

    // Again, with one more: it alone is new, and what was changed here stays.
    let resumed = editor
        .post(&format!("{}/restore", task(0)), json!({}))
        .await;
    resumed.expect(200);
    let more = format!("{text}{}", dump(&[(5, "report", 1, "", "0 0 9 * * *", 1)]));
    let again = import(&editor, &more, json!({})).await;
    assert_eq!(counts(&again), [1, 1, 3, 1]);
    assert_eq!(again["items"][0]["id"], made["items"][0]["id"]);
    let backup = editor.get(&task(0)).await.expect(200);
    assert_eq!(backup["state"], "active");
}

#[tokio::test]
async fn a_name_that_is_taken_is_not_overwritten() {
    let app = TestApp::new().await;
    let editor = editor(&app).await;
    let own = json!([{"name": "backup", "cron": "@daily", "command": "own", "zone": "UTC"}]);
    editor.post("/api/v1/tasks/apply", own).await.expect(200);
    let text = dump(&[(1, "backup", 1, "", "0 0 8 * * *", 1)]);
    let made = import(&editor, &text, json!({})).await;
    assert_eq!(of_items(&made, "name"), ["backup (gocron)"]);
    assert_eq!(made["items"][0]["remarks"][0]["code"], "renamed");
    let again = import(&editor, &text, json!({})).await;
    assert_eq!(counts(&again), [0, 0, 1, 0]);
    let tasks = "SELECT COUNT(*) FROM task";
    assert_eq!(app.place.database.count(tasks).await, 2);
}

#[tokio::test]
async fn tasks_fire_at_once_only_where_that_is_asked_for_and_safe() {
    let app = TestApp::new().await;
    let editor = editor(&app).await;
    app.channel("ops", ChannelKind::Webhook, "http://127.0.0.1:9/")
        .await;
    let text = dump(&[
        (1, "on", 1, "", "0 0 8 * * *", 1),
        (2, "off", 1, "", "0 0 8 * * *", 0),
    ]);
    let mut wrong = body(&text);
    (wrong["channel"], wrong["zone"]) = (json!("nowhere"), json!("Mars/Olympus"));
    let wrong = editor.post(PATH, wrong).await;
    assert_eq!(wrong.status, 422, "{}", wrong.text());
    let faults: Vec<String> = wrong.faults().into_iter().map(|fault| fault.0).collect();
    assert_eq!(faults, ["zone", "channel"]);
    let made = import(&editor, &text, json!({"active": true, "channel": "ops"})).await;
    assert_eq!(counts(&made), [2, 1, 0, 0]);
    let states = "SELECT state FROM task ORDER BY name DESC";
    assert_eq!(app.place.database.rows(states).await, ["active", "paused"]);
    let channels = "SELECT COUNT(*) FROM task WHERE channel_id IS NOT NULL";
    assert_eq!(app.place.database.count(channels).await, 2);
}

#[tokio::test]
async fn robots_of_the_original_become_channels_of_their_tasks() {
    let app = TestApp::new().await;
    let editor = editor(&app).await;
    let row = |id: u32, url: &str| {
        format!(
            "INSERT INTO `Jcrontab_demandorder` (`id`,`workcontent`,`workcycle`,`subworkcycle`,`noticeurl`,`workmode`,`ispush`,`status`) \
                 VALUES ({id},'remind {id}','*/5 * * * *','*/1 * * * *','{url}','M',1,0);\n"
        )
    };
    let robot =
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa";
    let text = row(1, robot) + &row(2, "http://example.com/") + &row(3, "");
    let mut body = body(&text);
    body["scheduler"] = json!("jcrontab");
    let made = editor.post(PATH, body).await.expect(200);
    assert_eq!(counts(&made), [1, 1, 0, 2], "{made}");
    let task = editor
        .get(&format!("/api/v1/tasks/{}", made["items"][0]["id"]))
        .await
        .expect(200);
    assert_eq!(
        (&task["mode"], &task["urge_cron"], &task["urging"]),
        (&json!("message"), &json!("* * * * *"), &json!(false))
    );
    assert!(task["channel_id"].is_number(), "{task}");
    let codes: Vec<&Value> = made["items"].as_array().expect("items")[1..]
        .iter()
        .flat_map(|item| item["remarks"].as_array().expect("remarks"))
        .map(|remark| &remark["code"])
        .collect();
    assert!(
        codes.contains(&&json!("robot")) && codes.contains(&&json!("channel_id")),
        "{codes:?}"
    );
}

#[tokio::test]
async fn what_cannot_be_read_changes_nothing() {
    let app = TestApp::new().await;
    let editor = editor(&app).await;
    let text = dump(&[(1, "a", 1, "", "0 0 8 * * *", 1)]);
    let half = &text[..text.len() - 10];
    let refused = editor.post(PATH, body(half)).await.expect(422);
    let message = refused["errors"][0]["message"]
        .as_str()
        .expect("a sentence");
    assert!(message.starts_with("dump.sql:1:"), "{message}");
    for wrong in [
        json!({"scheduler": "gocron"}),
        json!({"scheduler": "cron", "files": [{"text": text}]}),
        json!({"scheduler": "gocron", "files": [{"text": "SELECT 1"}]}),
        json!({"scheduler": "gocron", "items": [{"key": "1"}, {"key": "1"}]}),
        json!({"scheduler": "gocron", "items": [{"key": "1", "document": {"nmae": "x"}}]}),
    ] {
        editor.post(PATH, wrong).await.expect(422);
    }
    let many: Vec<(u32, String)> = (0..1_001).map(|at| (at, format!("t{at}"))).collect();
    let rows: Vec<_> = many
        .iter()
        .map(|(at, name)| (*at, name.as_str(), 1, "", "0 0 8 * * *", 1))
        .collect();
    let refused = editor.post(PATH, body(&dump(&rows))).await.expect(409);
    assert_eq!(refused["code"], "import.too_many");
    let tasks = "SELECT COUNT(*) FROM task";
    assert_eq!(app.place.database.count(tasks).await, 0);
}

#[tokio::test]
async fn two_imports_at_once_create_each_task_once() {
    let app = TestApp::new().await;
    let editor = editor(&app).await;
    let names: Vec<(u32, String)> = (0..20).map(|at| (at, format!("t{at}"))).collect();
    let rows: Vec<_> = names
        .iter()
        .map(|(at, name)| (*at, name.as_str(), 1, "", "0 0 8 * * *", 1))
        .collect();
    let text = dump(&rows);
    let (one, two) = tokio::join!(
        import(&editor, &text, json!({})),
        import(&editor, &text, json!({}))
    );
    assert_eq!(of_items(&one, "id"), of_items(&two, "id"));
    let tasks = "SELECT COUNT(*) FROM task";
    assert_eq!(app.place.database.count(tasks).await, 20);
}

#[tokio::test]
async fn files_are_imported_from_a_terminal() {
    let place = Place::new().await;
    let folder = place.scratch().join("units");
    std::fs::create_dir_all(&folder).expect("a folder");
    let write =
        |name: &str, bytes: &[u8]| std::fs::write(folder.join(name), bytes).expect("a file");
    write(
        "dump.timer",
        b"[Timer]\nOnCalendar=daily\nPersistent=true\n",
    );
    write(
        "dump.service",
        b"[Service]\nExecStart=/bin/true\nPrivateTmp=yes\n",
    );
    let text = dump(&[(1, "每天备份", 1, "", "0 0 8 * * *", 1)]);
    let (gbk, ..) = encoding_rs::GBK.encode(&text);
    write("gbk.sql", &gbk);
    write("half.sql", &text.as_bytes()[..text.len() - 3]);
    let path = |name: &str| folder.join(name).display().to_string();

    let units = jcrontab(&place, &["import", "systemd", &path(""), "--dry-run"]).await;
    let lines = "dump.timer + dump (paused)\n           [0 0 0 * * *] Every day at 00:00\n           \
                 ! line 1: these settings have no counterpart and are not carried over: PrivateTmp=yes\n\
                 Dry run: 1 task would be created (1 paused), 0 exist, 0 cannot be imported\n";
    assert_eq!((units.code, units.out.as_str()), (0, lines), "{units:?}");
    let made = jcrontab(&place, &["import", "gocron", &path("gbk.sql"), "--json"])
        .await
        .json();
    assert_eq!(of_items(&made, "name"), ["每天备份"]);
    let again = jcrontab(&place, &["import", "gocron", &path("gbk.sql"), "--json"])
        .await
        .json();
    assert_eq!(counts(&again), [0, 0, 1, 0]);
    let half = jcrontab(&place, &["import", "gocron", &path("half.sql")]).await;
    assert_eq!((half.code, half.out.as_str()), (2, ""));
    assert!(half.err.contains("half.sql:1:"), "{half:?}");
    let piped = jcrontab_with(
        &place,
        &["import", "qinglong", "-", "--json"],
        &[],
        r#"[{"command": "date", "schedule": "@daily"}]"#,
    )
    .await;
    assert_eq!(counts(&piped.json()), [1, 1, 0, 0]);
}

#[tokio::test]
async fn a_database_of_sqlite_is_read_as_it_is() {
    let place = Place::new().await;
    std::fs::create_dir_all(place.scratch()).expect("a folder");
    let path = place.scratch().join("database.sqlite");
    let database = rusqlite::Connection::open(&path).expect("a database");
    let made = database.execute_batch(
        "PRAGMA journal_mode = WAL;
         CREATE TABLE `Crontabs` (`id` INTEGER PRIMARY KEY, `name` TEXT, `command` TEXT, `schedule` TEXT, `isDisabled` NUMBER);
         CREATE TABLE `Auths` (`id` INTEGER PRIMARY KEY, `info` JSON);
         INSERT INTO `Crontabs` VALUES (1, 'it''s \\ one', 'echo a' || char(10) || 'echo b', '0 8 * * *', 0);
         INSERT INTO `Auths` VALUES (1, 'x');",
    );
    made.expect("tables");
    let file = path.display().to_string();
    // It is still open, and its rows are in the log.
    let made = jcrontab(&place, &["import", "qinglong", &file, "--json"])
        .await
        .json();
    assert_eq!(of_items(&made, "name"), ["it's \\ one"]);
    let id = made["items"][0]["id"].to_string();
    let task = jcrontab(&place, &["task", "show", &id, "--json"])
        .await
        .json();
    assert_eq!(task["command"], "echo a\necho b", "{task}");
    let other = jcrontab(&place, &["import", "gocron", &file]).await;
    assert_eq!((other.code, other.out.as_str()), (2, ""));
    drop(database);
    let bytes = std::fs::read(&path).expect("the file");
    std::fs::write(&path, &bytes[..600]).expect("half of it");
    let half = jcrontab(&place, &["import", "qinglong", &file]).await;
    assert_eq!((half.code, half.out.as_str()), (2, ""), "{half:?}");
}

#[tokio::test]
async fn statements_are_bounded_for_each_new_task_and_for_all_known_ones() {
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&sent);
    let clock = Arc::new(ManualClock::new(at("2026-11-22T08:00:00Z")));
    let app = TestApp::start_with(Place::new().await, clock, None, &[], move |store| {
        store.observe_statements(move |_| {
            counter.fetch_add(1, Ordering::SeqCst);
        });
    })
    .await;
    let editor = editor(&app).await;
    let cost = async |count: u32| {
        let names: Vec<(u32, String)> = (0..count).map(|at| (at, format!("t{at}"))).collect();
        let rows: Vec<_> = names
            .iter()
            .map(|(at, name)| (*at, name.as_str(), 1, "", "0 0 8 * * *", 1))
            .collect();
        sent.store(0, Ordering::SeqCst);
        let report = import(&editor, &dump(&rows), json!({})).await;
        (counts(&report), sent.load(Ordering::SeqCst))
    };
    let (made, few) = cost(20).await;
    assert_eq!(made, [20, 20, 0, 0]);
    let (made, many) = cost(500).await;
    assert_eq!(made, [480, 480, 20, 0]);
    let each = few.div_ceil(20);
    assert!(many <= 480 * each, "{few} for 20, {many} for 480");
    let (known, of_few) = cost(20).await;
    assert_eq!(known, [0, 0, 20, 0]);
    let (known, of_many) = cost(500).await;
    assert_eq!(known, [0, 0, 500, 0]);
    // Names are looked up 500 at a time.
    assert!(of_many <= of_few + 12, "{of_few}, then {of_many}");
}

#[tokio::test]
async fn the_page_shows_the_account_and_imports() {
    let app = TestApp::new().await;
    let editor = editor(&app).await;
    let page = editor.open("/import/tasks").await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("xxl_job_info"), "{}", page.text());
    let text = dump(&[
        (1, "backup", 1, "", "0 30 2 * * *", 1),
        (2, "never", 1, "", "0 0 25 * * *", 1),
    ]);
    let form = |action: &'static str| {
        [
            ("scheduler", "gocron"),
            ("text", text.as_str()),
            ("zone", "UTC"),
            ("action", action),
        ]
    };
    let dry = editor.submit("/import/tasks", &form("check")).await;
    assert_eq!(dry.status, 200);
    let page = dry.text();
    for words in [
        "Dry run: 1 task would be created (1 paused), 0 exist, 1 cannot be imported",
        "25 is out of range",
        "Every day at 02:30",
        // What was typed is still there.
        "0 30 2 * * *",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let tasks = "SELECT COUNT(*) FROM task";
    assert_eq!(app.place.database.count(tasks).await, 0);

    let page = editor.submit("/import/tasks", &form("apply")).await.text();
    assert!(
        page.contains("1 task created (1 paused)") && page.contains("/tasks?q=tag:gocron"),
        "{page}"
    );
    assert_eq!(app.place.database.count(tasks).await, 1);

    // Half a dump: the place is named at the field, nothing is created, and what was pasted is kept.
    let half = &text[..text.len() / 2];
    let fields = [("scheduler", "gocron"), ("text", half), ("action", "apply")];
    let refused = editor.submit("/import/tasks", &fields).await;
    assert_eq!(refused.status, 422);
    let page = refused.text();
    assert!(
        page.contains("aria-invalid=\"true\"") && page.contains("dependency_task_id"),
        "{page}"
    );
    assert_eq!(app.place.database.count(tasks).await, 1);

    let viewer = app.signed_in("vi", Role::Viewer).await;
    assert_eq!(viewer.open("/import/tasks").await.status, 403);
}
