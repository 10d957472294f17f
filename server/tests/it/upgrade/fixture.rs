//! What a server of a release has left behind, put into a place of the test's own.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use server::auth::token::random_id;

use super::super::helpers::database::mysql_server;
use super::super::helpers::place::Place;
use super::super::helpers::{Browser, ManualClock, TestApp, at};

/// The release whose data is kept here.
const RELEASE: &str = "tests/it/upgrade/of-2026-11-23";

/// A database of that release, with its key, and what its server said about it before it was killed.
pub(super) struct Fixture {
    pub(super) place: Arc<Place>,
    /// When the server was killed.
    pub(super) at: DateTime<Utc>,
    /// Tokens by account.
    pub(super) tokens: Value,
    /// A token that was revoked.
    pub(super) revoked: String,
    /// The run that was started with an idempotency key.
    pub(super) idempotent: i64,
    /// The session of `ed`.
    pub(super) session: String,
    /// Each task's id, and the request that made it.
    pub(super) entered: Vec<Value>,
    /// Answers of the API by their paths.
    pub(super) answers: serde_json::Map<String, Value>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(RELEASE)
}

fn engine() -> &'static str {
    if mysql_server().is_some() {
        "mariadb"
    } else {
        "sqlite"
    }
}

pub(super) fn read(file: &str) -> String {
    let path = folder().join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn json(file: &str) -> Value {
    serde_json::from_str(&read(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Copies a folder.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let to = to.join(entry.file_name());
        if entry.file_type().expect("its type").is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).expect("a copy");
        }
    }
}

impl Fixture {
    /// The dump of the engine that the suite runs on.
    pub(super) async fn load() -> Self {
        let engine = engine();
        let place = Place::new().await;
        let key = place.data().join("secret.key");
        std::fs::write(&key, read("secret.key").trim()).expect("the key");
        let mode = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(&key, mode).expect("its mode");
        copy(
            &folder().join(format!("{engine}.output")),
            &place.data().join("output"),
        );
        if mysql_server().is_none() {
            // An empty file is an empty database; one that is not there is not opened.
            std::fs::write(place.data().join("jcrontab.db"), []).expect("a database");
        }
        let mut dump = read(&format!("{engine}.sql"));
        if mysql_server().is_some() {
            // Else each row is a transaction. The other dump is one already.
            dump = format!("SET autocommit = 0;\n{dump}\nCOMMIT;\nSET autocommit = 1;");
        }
        place.database.execute(&dump).await;
        // It is the installation of then, so its server is known to be dead; but the processes of each test are its own.
        let host = random_id(16);
        std::fs::write(place.data().join("host.key"), &host).expect("the key of the host");
        let moved = format!("UPDATE node SET host_key = '{host}'");
        place.database.execute(&moved).await;
        let mut entered = json(&format!("{engine}.entered.json"));
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        Self {
            place,
            at: at(&text(&entered["at"])),
            tokens: entered["tokens"].take(),
            revoked: text(&entered["revoked"]),
            idempotent: entered["idempotent"].as_i64().expect("a run"),
            session: text(&entered["session"]),
            entered: entered["entered"].as_array().expect("tasks").clone(),
            answers: json(&format!("{engine}.answers.json"))
                .as_object()
                .expect("answers")
                .clone(),
        }
    }

    /// Starts a server of today, so long after the former one was killed.
    pub(super) async fn start(&self, later: TimeDelta, flags: &[&str]) -> TestApp {
        let clock = Arc::new(ManualClock::new(self.at + later));
        let fixed = [
            "--outbound-allow=127.0.0.0/8",
            "--default-zone=Asia/Shanghai",
            "--run-as-allow=daemon",
        ];
        let flags = [&fixed[..], flags].concat();
        let app = TestApp::start(Arc::clone(&self.place), clock, None, &flags).await;
        // As the loops do it first of all.
        let (components, now) = (&app.components, self.at + later);
        let calendars = &components.calendar_cache;
        let loaded = calendars.load(&components.store, &components.patterns, now);
        loaded.await.expect("calendars");
        app
    }

    /// Requests with the token of an account.
    pub(super) fn with_token(&self, app: &TestApp, name: &str) -> Browser {
        let token = self.tokens[name].as_str().expect("a token");
        bearer(app, token)
    }

    /// The id of a task.
    pub(super) fn task(&self, name: &str) -> app::id::TaskId {
        let entered = self.entered.iter();
        let mut named = entered.filter(|task| task["draft"]["name"] == name);
        let task = named.next().unwrap_or_else(|| panic!("no task {name}"));
        app::id::TaskId(task["id"].as_i64().expect("an id"))
    }
}

/// Requests with a token, of an English reader.
pub(super) fn bearer(app: &TestApp, token: &str) -> Browser {
    app.browser()
        .with("authorization", &format!("Bearer {token}"))
        .with("accept-language", "en")
}
