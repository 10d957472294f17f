use std::collections::HashMap;

use super::*;

/// A folder of a test's own with files that only their owner may write.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let id = crate::auth::token::random_id(8);
        let path = std::env::temp_dir().join(format!("jcrontab-settings-{id}"));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn file(&self, name: &str, text: &str) -> String {
        use std::os::unix::fs::PermissionsExt;
        let path = self.0.join(name);
        std::fs::write(&path, text).expect("a file");
        let mode = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(&path, mode).expect("its mode");
        path.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).expect("removed");
    }
}

/// Resolves as a server does, with these flags and variables.
fn resolved(
    flags: &[&str],
    variables: &[(&str, &str)],
    file: &str,
) -> Result<Resolved, SourceFault> {
    // What clap reads of the environment belongs to this process; here flags stand for it.
    let command = Config::augment_args(Command::new("jcrontab"))
        .no_binary_name(true)
        .mut_args(|argument| argument.env(None::<&str>));
    let matches = command.try_get_matches_from(flags).expect("good flags");
    let variables: HashMap<&str, &str> = variables.iter().copied().collect();
    let wanted = SourceRequest {
        named: Some(file),
        reading: Reading::Server,
    };
    resolve(&matches, wanted, &|name| {
        variables.get(name).map(|value| (*value).into())
    })
}

fn value<'a>(resolved: &'a Resolved, name: &str) -> &'a Value {
    let mut values = resolved.values.iter();
    values
        .find(|value| value.setting.name() == name)
        .expect("a setting")
}

#[test]
fn a_flag_wins_over_the_file_of_a_variable_that_over_the_settings_file_that_over_the_default() {
    let folder = Folder::new();
    let secret = folder.file("url", "mysql://a:b@db/jobs\n");
    let file = folder.file(
        "jcrontab.toml",
        "listen = \"0.0.0.0:9000\"\n\ndatabase-url = \"mysql://x:y@other/z\"\ntrusted-proxies = [\"10.0.0.0/8\", \"::1\"]\nmax-connections = 50\nmetrics-loopback = false\nallow-root = true\nrun-as-allow = []\n",
    );
    let variables = [("DATABASE_URL_FILE", secret.as_str())];
    let found = resolved(&["--listen=127.0.0.1:1"], &variables, &file).expect("settings");
    let config = &found.config;
    assert_eq!(config.listen.to_string(), "127.0.0.1:1");
    assert_eq!(config.database_url, "mysql://a:b@db/jobs");
    assert_eq!(config.trusted_proxies.len(), 2);
    assert_eq!(config.max_connections, 50);
    assert_eq!(config.telemetry.metrics_loopback, crate::config::OnOff::Off);
    assert!(config.allows_root() && config.run_as_allow.is_empty());
    assert_eq!(config.shutdown_grace, 20);
    for (name, kind) in [
        ("listen", "flag"),
        ("database-url", "environment_file"),
        ("trusted-proxies", "file"),
        ("run-as-allow", "default"),
        ("shutdown-grace", "default"),
    ] {
        assert_eq!(value(&found, name).source.kind(), kind, "{name}");
    }
    let place = value(&found, "trusted-proxies").source.place();
    assert_eq!(place, format!("{file}:4"));
    assert_eq!(
        value(&found, "database-url").shown(),
        "mysql://a:***@db/jobs"
    );
}

#[test]
fn a_file_that_cannot_be_meant_is_refused_with_line_and_column() {
    let folder = Folder::new();
    for (text, at, words) in [
        (
            "listen = \"0.0.0.0:1\"\nlisten-on = \"x\"",
            "2:1",
            "did you mean \"listen\"?",
        ),
        ("public_url = \"\"", "1:1", "did you mean \"public-url\"?"),
        ("qqqq = 1", "1:1", "config show"),
        ("[server]\nlisten = \"\"", "1:2", "not in tables"),
        ("  listen = \"nowhere\"", "1:12", "listen: "),
        ("max-connections = \"many\"", "1:19", "max-connections: "),
        ("max-connections = -1", "1:19", "from 0"),
        ("max-connections = 1.5", "1:19", "a whole number"),
        ("public-url = 1", "1:14", "takes a string"),
        ("trusted-proxies = [1]", "1:19", "an array of strings"),
        (
            "trusted-proxies = [\"nowhere\"]",
            "1:19",
            "trusted-proxies: ",
        ),
        (
            "containment = \"jail\"",
            "1:15",
            "one of auto, cgroup, supervisor",
        ),
        ("request-log = 1", "1:15", "true or false"),
        (
            "listen = \"0.0.0.0:1\"\nlisten = \"0.0.0.0:2\"",
            "2:1",
            "duplicate",
        ),
        ("# 中文\n中 = 1", "2:1", ""),
        ("listen = ", "1:", ""),
    ] {
        let file = folder.file("jcrontab.toml", text);
        let fault = resolved(&[], &[], &file).expect_err(text).to_string();
        assert!(
            fault.starts_with(&format!("{file}:{at}")),
            "{text}: {fault}"
        );
        assert!(fault.contains(words), "{text}: {fault}");
    }
    // All faults at once.
    let file = folder.file("jcrontab.toml", "a = 1\nlisten = 2\nb = 3\n");
    let fault = resolved(&[], &[], &file).expect_err("faults").to_string();
    assert_eq!(fault.lines().count(), 3, "{fault}");
    // No value of a secret is repeated.
    let file = folder.file("jcrontab.toml", "metrics-token = 123456\n");
    let fault = resolved(&[], &[], &file).expect_err("a number").to_string();
    assert!(!fault.contains("123456"), "{fault}");
}

#[test]
fn a_variable_and_its_file_are_not_both_set() {
    let folder = Folder::new();
    let secret = folder.file("url", "x");
    let missing = folder.0.join("none").display().to_string();
    let fault = resolved(&[], &[("DATABASE_URL_FILE", &missing)], "").expect_err("missing");
    assert!(fault.to_string().contains("cannot be read"), "{fault}");
    // A flag wins over both.
    let flag = ["--database-url=mysql://u@h/d"];
    let found = resolved(&flag, &[("DATABASE_URL_FILE", &secret)], "").expect("settings");
    assert_eq!(found.config.database_url, "mysql://u@h/d");
    let wrong = folder.file("listen", "nowhere");
    let fault = resolved(&[], &[("JCRONTAB_LISTEN_FILE", &wrong)], "").expect_err("not an address");
    assert!(
        fault.to_string().contains("JCRONTAB_LISTEN_FILE"),
        "{fault}"
    );
}

#[test]
fn no_password_is_shown() {
    for (text, shown) in [
        ("", ""),
        ("secret", "***"),
        ("mysql://u:p@h/d", "mysql://u:***@h/d"),
        (
            "mysql://u:p@h/d?ssl-mode=required",
            "mysql://u:***@h/d?ssl-mode=required",
        ),
        ("mysql://u@h/d", "mysql://u@h/d"),
        ("mysql://u:12#w@h/d", "***"),
        ("mysql://u:12/w@h/d", "***"),
        ("mysql://u:12?w@h/d", "***"),
        ("mysql://u:p@w@h/d", "***"),
        ("mysql://:pw@h/d", "***"),
        ("http://proxy:3128", "http://proxy:3128/"),
        ("http://u:p@proxy:3128", "http://u:***@proxy:3128/"),
    ] {
        assert_eq!(masked(text), shown, "{text}");
    }
}

#[test]
fn a_whole_file_is_checked_as_a_server_would_at_its_start() {
    let path = Path::new("a.toml");
    let check = |text: &str| file::check_file(path, text);
    assert_eq!(check("listen = \"0.0.0.0:1\"\nlog = \"debug\"\n"), Ok(2));
    assert_eq!(check(""), Ok(0));
    for (text, words) in [
        ("public-url = \"cron.example.com\"", "JCRONTAB_PUBLIC_URL"),
        ("log = \"loud\"", "JCRONTAB_LOG"),
        ("database-url = \"mysql://u@h\"", "add /NAME"),
    ] {
        let fault = check(text).expect_err(text).to_string();
        assert!(fault.contains(words), "{fault}");
    }
}
