//! Settings of the real binary: where they come from, what is refused, and what changes at SIGHUP.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use super::helpers::in_time;
use super::helpers::place::Place;
use super::helpers::program::{Server, jcrontab_with};

/// Writes a settings file that only its owner may change.
fn write(place: &Place, text: &str) -> PathBuf {
    let path = place.work().join("jcrontab.toml");
    std::fs::write(&path, text).expect("a file");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("its mode");
    path
}

fn row<'a>(shown: &'a Value, name: &str) -> &'a Value {
    let mut rows = shown["settings"].as_array().expect("settings").iter();
    rows.find(|row| row["name"] == name).expect("the setting")
}

#[tokio::test]
async fn settings_come_from_flag_variable_file_and_default_and_are_shown_without_passwords() {
    let place = Place::new().await;
    let file = write(
        &place,
        "listen = \"127.0.0.1:1\"\nshutdown-grace = 3\noutbound-proxy = \"http://u:hush@proxy.test:3128\"\nlog = \"warn\"\n",
    );
    let file = file.display().to_string();
    let show = async |more: &[&str]| {
        let arguments = [&["config", "show", "--json"], more].concat();
        let variables = [
            ("JCRONTAB_CONFIG", file.as_str()),
            ("JCRONTAB_LOG", "debug"),
        ];
        let ended = jcrontab_with(&place, &arguments, &variables, "").await;
        assert!(!ended.out.contains("hush"), "{ended:?}");
        ended.json()
    };
    let shown = show(&["--listen=127.0.0.1:2"]).await;
    assert_eq!(shown["file"], file.as_str());
    for (name, value, source) in [
        ("listen", "127.0.0.1:2", "flag"),
        ("log", "debug", "environment"),
        ("shutdown-grace", "3", "file"),
        ("outbound-proxy", "http://u:***@proxy.test:3128/", "file"),
        ("output-region", "us-east-1", "default"),
    ] {
        let row = row(&shown, name);
        assert_eq!(
            (&row["value"], &row["source"]),
            (&value.into(), &source.into()),
            "{row}"
        );
    }
    assert_eq!(row(&shown, "shutdown-grace")["place"], format!("{file}:2"));
    assert_eq!(row(&shown, "outbound-proxy")["secret"], true);
    let arguments = ["config", "show"];
    let table = jcrontab_with(&place, &arguments, &[("JCRONTAB_CONFIG", &file)], "").await;
    assert!(table.out.contains(&format!("{file}:2")), "{table:?}");
}

#[tokio::test]
async fn a_file_with_faults_starts_nothing_and_says_where_they_are() {
    let place = Place::new().await;
    let file = write(
        &place,
        "listen = \"127.0.0.1:0\"\nshutdown-time = 3\nmax-connections = \"x\"\n",
    );
    let file = file.display().to_string();
    let named = [("JCRONTAB_CONFIG", file.as_str())];
    for arguments in [
        &["serve"][..],
        &["task", "list"],
        &["config", "show"],
        &["config", "check"],
    ] {
        let ended = jcrontab_with(&place, arguments, &named, "").await;
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{ended:?}");
        for words in [
            format!("{file}:2:1: "),
            "did you mean \"shutdown-grace\"?".to_owned(),
            format!("{file}:3:19: "),
        ] {
            assert!(ended.err.contains(&words), "{arguments:?}: {ended:?}");
        }
    }
    let ended = jcrontab_with(&place, &["config", "check", &file, "--json"], &[], "").await;
    let report: Value = serde_json::from_str(&ended.out).expect("JSON");
    assert_eq!((ended.code, &report["ok"]), (2, &false.into()));
    let fault = &report["faults"][0];
    assert_eq!(
        (&fault["line"], &fault["column"]),
        (&2.into(), &1.into()),
        "{report}"
    );
    // What needs no settings works all the same.
    let script = jcrontab_with(&place, &["completions", "bash"], &named, "").await;
    assert_eq!(script.code, 0, "{script:?}");
    let file = write(&place, "max-connections = 100\n");
    let checked = ["config", "check", &file.display().to_string(), "--json"];
    let good = jcrontab_with(&place, &checked, &[], "").await;
    assert_eq!(good.json()["ok"], true);
    jcrontab_with(&place, &["config", "check"], &[], "")
        .await
        .refused(3);
}

async fn metrics(server: &Server) -> u16 {
    let client = reqwest::Client::builder().no_proxy().build();
    let request = client
        .expect("a client")
        .get(format!("{}/metrics", server.url));
    request.send().await.expect("an answer").status().as_u16()
}

/// Sends SIGHUP, and waits until the log has another line with these words.
async fn hang_up(server: &Server, words: &str) {
    let count = |log: &str| log.matches(words).count();
    let before = count(&server.log());
    kill(Pid::from_raw(server.pid()), Signal::SIGHUP).expect("a signal");
    let logged = async {
        while count(&server.log()) == before {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    in_time(words, logged).await;
}

#[tokio::test]
async fn hup_applies_what_may_change_names_what_may_not_and_survives_a_broken_file() {
    let place = Place::new().await;
    let file = write(&place, "metrics-loopback = false\noutput-head = 1000000\n");
    let file = file.display().to_string();
    let server = Server::start(&place, &[("JCRONTAB_CONFIG", &file)]).await;
    assert_eq!(metrics(&server).await, 401);
    write(
        &place,
        "metrics-loopback = true\noutput-head = 2000000\nlog = \"debug\"\n",
    );
    hang_up(&server, "the settings were read again").await;
    assert_eq!(metrics(&server).await, 200);
    let log = server.log();
    assert!(
        log.contains("output-head") && log.contains("at the next start"),
        "{log}"
    );
    assert!(log.contains("metrics-loopback"), "{log}");
    write(&place, "metrics-loopback = false\nlog = \"loud\"\n");
    hang_up(&server, "cannot be read again").await;
    assert_eq!(metrics(&server).await, 200, "a broken file changes nothing");
    write(&place, "metrics-loopback = false\n");
    hang_up(&server, "the settings were read again").await;
    assert_eq!(metrics(&server).await, 401);
    assert_eq!(server.stop().await, 0);
}

#[tokio::test]
async fn a_password_may_be_in_a_file() {
    let place = Place::new().await;
    let token = place.work().join("token");
    std::fs::write(&token, "0123456789abcdef0123\n").expect("a file");
    let secret = place.work().join("url");
    std::fs::write(&secret, format!("{}\n", place.database.url)).expect("a file");
    let (token, secret) = (token.display().to_string(), secret.display().to_string());
    let files = [
        ("JCRONTAB_METRICS_TOKEN_FILE", token.as_str()),
        ("JCRONTAB_OUTPUT_SECRET_ACCESS_KEY_FILE", secret.as_str()),
    ];
    let server = Server::start(&place, &files).await;
    let client = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client");
    let asked = client
        .get(format!("{}/metrics", server.url))
        .bearer_auth("0123456789abcdef0123")
        .send()
        .await;
    assert_eq!(asked.expect("an answer").status(), 200);
    assert_eq!(server.stop().await, 0);
    let both = [
        ("DATABASE_URL", "mysql://u@h/d"),
        ("DATABASE_URL_FILE", secret.as_str()),
    ];
    let ended = jcrontab_with(&place, &["task", "list"], &both, "").await;
    assert!(ended.refused(2).contains("not both"), "{ended:?}");
}

#[tokio::test]
async fn root_works_without_a_server_as_the_owner_of_the_data_folder() {
    use std::os::unix::fs::{MetadataExt, chown};
    // Only root can become somebody else.
    if !nix::unistd::Uid::effective().is_root() {
        return;
    }
    let place = Place::new().await;
    let (user, group) = (65_534, 65_534);
    std::fs::create_dir_all(place.data()).expect("the folder");
    let all = |path: &std::path::Path| -> Vec<PathBuf> {
        let inside = std::fs::read_dir(path).expect("the folder").flatten();
        let inside = inside.map(|entry| entry.path());
        std::iter::once(path.to_owned()).chain(inside).collect()
    };
    for path in all(&place.data()) {
        chown(&path, Some(user), Some(group)).expect("another owner");
    }
    let add = ["user", "add", "zhang", "--role=admin", "--password-stdin"];
    let added = jcrontab_with(&place, &add, &[], "correct horse 42\n").await;
    assert_eq!(added.code, 0, "{added:?}");
    let files = all(&place.data());
    assert!(
        files.iter().any(|path| path.ends_with("secret.key")),
        "{files:?}"
    );
    for path in files {
        let owner = std::fs::metadata(&path).expect("it").uid();
        assert_eq!(owner, user, "{}", path.display());
    }
}
