use std::collections::BTreeSet;

use super::*;

#[test]
fn the_arguments_are_well_formed() {
    parsed().debug_assert();
    documented().debug_assert();
}

/// A command and all below it, without `help`.
fn commands(command: &clap::Command, found: &mut Vec<(String, clap::Command)>) {
    let name = command.get_bin_name().unwrap_or_default().to_owned();
    if name.split(' ').any(|word| word == "help") {
        return;
    }
    found.push((name, command.clone()));
    for below in command.get_subcommands() {
        commands(below, found);
    }
}

fn all() -> Vec<(String, clap::Command)> {
    let mut whole = parsed();
    whole.build();
    let mut all = Vec::new();
    commands(&whole, &mut all);
    assert!(all.len() > 60, "{}", all.len());
    all
}

/// The names of the server's settings on the command line.
fn settings() -> Vec<String> {
    let settings = Config::augment_args(clap::Command::new(""));
    let long = |setting: &clap::Arg| format!("--{}", setting.get_long().expect("a name"));
    settings.get_arguments().map(long).collect()
}

/// An option with the ID of a setting has the value of that setting where it is not given.
#[test]
fn no_option_is_filled_from_a_setting() {
    let settings = Config::augment_args(clap::Command::new(""));
    for (name, command) in all() {
        for option in command.get_arguments() {
            let mut settings = settings.get_arguments();
            let setting = settings.find(|setting| setting.get_id() == option.get_id());
            if let Some(setting) = setting {
                assert_eq!(option.get_long(), setting.get_long(), "{name}");
            }
        }
    }
}

#[test]
fn a_command_shows_its_own_options_and_not_the_servers_settings() {
    let settings = settings();
    assert!(settings.len() > 20, "{settings:?}");
    for (name, mut command) in all() {
        let help = command.render_long_help().to_string();
        let opens = [
            "jcrontab migrate",
            "jcrontab doctor",
            "jcrontab backup",
            "jcrontab restore",
            "jcrontab secret rotate-key",
        ];
        for setting in &settings {
            let listed = help.split_whitespace().any(|word| word == setting);
            let expected = match setting.as_str() {
                "--data-dir" => true,
                "--database-url" => name == "jcrontab serve" || opens.contains(&name.as_str()),
                _ => name == "jcrontab serve",
            };
            assert_eq!(listed, expected, "{name}: {setting}\n{help}");
        }
        let remote = help.contains("--url") && help.contains("--token");
        assert_eq!(remote, name != "jcrontab serve", "{name}\n{help}");
    }
}

#[test]
fn a_help_fits_the_terminal_and_explains_each_option() {
    for (name, command) in all() {
        for width in [80, 100] {
            for long in [false, true] {
                let mut shown = command.clone().term_width(width);
                let help = match long {
                    true => shown.render_long_help(),
                    false => shown.render_help(),
                };
                for line in help.to_string().lines() {
                    assert!(line.chars().count() <= 100, "{name}: {line}");
                }
            }
        }
        assert!(command.get_about().is_some(), "{name}");
        for argument in command.get_arguments() {
            let help = argument.get_help().map(ToString::to_string);
            assert!(
                help.is_some_and(|help| !help.trim().is_empty()),
                "{name}: {}",
                argument.get_id()
            );
        }
    }
}

#[test]
fn options_stand_under_their_heading() {
    let all = all();
    let (_, add) = (all.iter())
        .find(|(name, _)| name == "jcrontab task add")
        .expect("it");
    for (option, heading) in [
        ("cron", Some("Schedules")),
        ("jitter_stable", Some("Schedules")),
        ("missed", Some("Missed firings")),
        ("missed_max_age", Some("Missed firings")),
        ("command", None),
        ("timeout", None),
        ("overlap", Some("Execution")),
        ("http_url", Some("HTTP request instead of a command")),
        ("json", None),
        ("server_url", Some(CONNECTION)),
        (SHARED, Some(CONNECTION)),
        (FILE, Some(CONNECTION)),
    ] {
        let argument = add
            .get_arguments()
            .find(|argument| argument.get_id() == option);
        assert_eq!(
            argument.expect(option).get_help_heading(),
            heading,
            "{option}"
        );
    }
    for (name, command) in &all {
        for argument in command.get_arguments() {
            for value in argument.get_value_names().into_iter().flatten() {
                let upper = value.chars().all(|c| !c.is_lowercase());
                assert!(upper, "{name}: {value}");
            }
        }
        let about = command.get_about().expect("a description").to_string();
        assert!(!about.contains("Settings of a server process"), "{name}");
    }
}

/// No words that the field has other terms for.
#[test]
fn a_help_is_written_in_the_words_of_the_field() {
    for (name, mut command) in all() {
        let help = command.render_long_help().to_string().to_lowercase();
        let words: Vec<&str> = help
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        for word in [
            "nobody", "somebody", "whoever", "told", "tell", "tells", "mended",
        ] {
            assert!(!words.contains(&word), "{name}: {word}");
        }
        let text = format!(" {} ", words.join(" "));
        for phrase in [
            "all the same",
            "at the most",
            "change places",
            "ended like this",
            "for ever",
            "left out",
            "started so",
            "takes it back",
            "this door",
            "what becomes of",
            "which are over",
        ] {
            assert!(!text.contains(&format!(" {phrase} ")), "{name}: {phrase}");
        }
    }
}

/// The commands without any below them, in the words that are typed.
fn leaves() -> BTreeSet<String> {
    all()
        .iter()
        .filter(|(_, command)| {
            command
                .get_subcommands()
                .all(|below| below.get_name() == "help")
        })
        .map(|(name, _)| name.trim_start_matches("jcrontab ").to_owned())
        .collect()
}

#[test]
fn the_documentation_lists_each_command() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/CLI.md");
    let text = std::fs::read_to_string(path).expect("docs/CLI.md");
    let listed: BTreeSet<String> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .filter(|(command, _)| !command.starts_with('-'))
        .map(|(command, _)| {
            let words = command.split(' ');
            let plain = |word: &&str| word.chars().all(|c| c.is_ascii_lowercase() || c == '-');
            words.take_while(plain).collect::<Vec<_>>().join(" ")
        })
        .collect();
    assert_eq!(listed, leaves());
}

#[test]
fn what_prints_something_prints_json() {
    // Their output is a document of its own: a log, a list of days, a script; `serve` has a log.
    let others = [
        "audit export",
        "calendar export",
        "completions",
        "export",
        "man",
        "run export",
        "run output",
        "serve",
    ];
    for (name, command) in all() {
        let name = name.trim_start_matches("jcrontab ");
        let json = command
            .get_arguments()
            .any(|argument| argument.get_long() == Some("json"));
        let expected = leaves().contains(name) && !others.contains(&name);
        assert_eq!(json, expected, "{name}");
    }
}

fn words(line: &str) -> impl Iterator<Item = std::ffi::OsString> + '_ {
    line.split(' ').map(Into::into)
}

#[test]
fn settings_are_taken_before_and_behind_each_command() {
    for line in [
        "jcrontab --listen=127.0.0.1:9",
        "jcrontab --listen=127.0.0.1:9 serve",
        "jcrontab serve --listen=127.0.0.1:9",
        "jcrontab --listen=127.0.0.1:9 task list",
        "jcrontab task list --listen=127.0.0.1:9",
    ] {
        let (_, access) = read(words(line)).expect("arguments");
        assert_eq!(access.config.listen.port(), 9, "{line}");
    }
    for line in [
        "jcrontab --database-url=mysql://h/n doctor",
        "jcrontab doctor --database-url=mysql://h/n",
        "jcrontab secret rotate-key --database-url=mysql://h/n",
        "jcrontab secret --database-url=mysql://h/n rotate-key",
        "jcrontab task list --database-url=mysql://h/n",
    ] {
        let (_, access) = read(words(line)).expect("arguments");
        assert_eq!(access.config.database_url, "mysql://h/n", "{line}");
    }
}

#[test]
fn a_server_elsewhere_is_named_before_and_behind_each_command() {
    for line in [
        "jcrontab --url https://cron.test/ --token=t task list",
        "jcrontab task list --url=https://cron.test --token t",
        "jcrontab --token t --server-url=https://cron.test task list",
        // These take the URL of something else.
        "jcrontab --url=https://cron.test --token=t channel add ops --url=https://a.test",
        "jcrontab channel add ops --url=https://a.test --server-url=https://cron.test --token=t",
        "jcrontab calendar update ops --url= --server-url=https://cron.test --token=t",
    ] {
        let (_, access) = read(words(line)).expect("arguments");
        let remote = access.remote().expect("a server");
        assert_eq!(remote.base(), "https://cron.test", "{line}");
        assert_eq!(remote.token(), Some("t"), "{line}");
    }
    let (command, access) =
        read(words("jcrontab channel add ops --url=https://a.test")).expect("arguments");
    assert!(access.remote().is_none());
    assert!(
        format!("{command:?}").contains("https://a.test"),
        "{command:?}"
    );
}

#[test]
fn usage_lines_name_what_is_required_and_not_what_every_command_takes() {
    for (name, mut command) in all() {
        let usage = command.render_usage().to_string();
        for shared in ["--config", "--data-dir", "--url <URL>", "--token"] {
            let own = shared == "--url <URL>" && name.starts_with("jcrontab calendar update");
            let own = own || (shared == "--url <URL>" && name == "jcrontab channel add");
            assert!(own || !usage.contains(shared), "{name}: {usage}");
        }
    }
}
