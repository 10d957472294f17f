//! A plain command runs without the shell, and the difference is not observable. Each is run twice: once as it is,
//! and once with a quote that only the shell can read.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use app::run::{Run, RunState};
use app::task::TaskDraft;
use app::task::execution::ExecutionDraft;

use super::super::helpers::TestApp;
use super::{modes, with};

/// What a run shows, without what differs from run to run.
type Shown = (
    RunState,
    Option<i32>,
    Option<i32>,
    Option<String>,
    Vec<String>,
);

fn shown((run, output): (Run, Vec<u8>)) -> Shown {
    let output = String::from_utf8_lossy(&output).into_owned();
    let mut lines: Vec<String> = output
        .lines()
        .filter(|line| !line.starts_with("JCRONTAB_"))
        .map(str::to_owned)
        .collect();
    // The order of variables means nothing.
    lines.sort();
    let reason = run.reason.map(|reason| format!("{reason:?}"));
    (run.state, run.exit_code, run.signal, reason, lines)
}

fn script(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("a script");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("its mode");
    path.display().to_string()
}

#[tokio::test]
async fn a_plain_command_does_what_the_shell_would_do() {
    for mode in modes() {
        let app = TestApp::with(&[mode]).await;
        let folder = app.place.work();
        let say = script(&folder, "say", "#!/bin/sh\nprintf '%s|' \"$@\"; echo end\n");
        let bare = script(&folder, "bare", "printf '%s|' \"$0\" \"$@\"; echo bare\n");
        let code = script(&folder, "code", "#!/bin/sh\nexit \"$1\"\n");
        let by = script(&folder, "by", "#!/bin/sh\nkill -\"$1\" $$\n");
        // Not the leader of its group, as a child of the shell is not.
        let leads = script(
            &folder,
            "leads",
            "#!/bin/sh\n[ \"$(cut -d ' ' -f 5 /proc/$$/stat)\" = $$ ] && echo leads || echo follows\n",
        );
        let mut commands = vec![
            "/usr/bin/env".to_owned(),
            "/bin/pwd".to_owned(),
            "/bin/false".to_owned(),
            format!("{say} a  b=c\td,e %f @g +h -i ./j k:l "),
            format!("{bare} x"),
            format!("{leads}"),
            "/no/such/program x".to_owned(),
            "/etc/passwd".to_owned(),
            "/".to_owned(),
            "/usr/bin/setsid /bin/echo its-own".to_owned(),
        ];
        commands.extend([0, 1, 126, 127, 255].map(|number| format!("{code} {number}")));
        for signal in ["KILL", "SEGV", "TERM", "INT", "PIPE", "USR1", "ABRT"] {
            commands.push(format!("{by} {signal}"));
        }
        for (number, plain) in commands.into_iter().enumerate() {
            // Two quotes around nothing, at the end of the first word: for the shell no change.
            let end = plain.find([' ', '\t']).unwrap_or(plain.len());
            let quoted = format!("{}''{}", &plain[..end], &plain[end..]);
            let mut ends = Vec::new();
            for (way, command) in [("plain", &plain), ("quoted", &quoted)] {
                let execution = ExecutionDraft {
                    env: "GREETING=two words".to_owned(),
                    ..ExecutionDraft::default()
                };
                let task = TaskDraft {
                    name: format!("{way} {number}"),
                    ..with(command, execution)
                };
                ends.push(shown(app.execute(task).await));
            }
            assert_eq!(ends[0], ends[1], "{mode}: {plain}");
        }
    }
}

#[tokio::test]
async fn only_the_quoted_one_went_through_the_shell() {
    if !std::fs::canonicalize("/bin/sh").is_ok_and(|shell| shell.ends_with("dash")) {
        eprintln!("direct: /bin/sh is not dash; every command uses it");
        return;
    }
    for mode in modes() {
        let app = TestApp::with(&[mode]).await;
        let parent = "#!/bin/sh\ncat /proc/$PPID/comm\n";
        let parent = script(&app.place.work(), "parent", parent);
        for (command, name) in [
            (parent.clone(), "jcrontab-exec"),
            (format!("{parent}''"), "sh"),
        ] {
            let task = TaskDraft {
                name: name.to_owned(),
                ..with(&command, ExecutionDraft::default())
            };
            let shown = shown(app.execute(task).await);
            assert_eq!(shown.4, [name], "{mode}: {command}");
        }
    }
}

#[tokio::test]
async fn variables_of_the_shell_itself_go_through_it() {
    let app = TestApp::with(&[]).await;
    for (number, name) in ["PWD", "IFS", "OPTIND", "PPID", "ENV"]
        .into_iter()
        .enumerate()
    {
        let mut ends = Vec::new();
        for command in ["/usr/bin/env", "/usr/bin/env''"] {
            let execution = ExecutionDraft {
                env: format!("{name}=7"),
                ..ExecutionDraft::default()
            };
            let task = TaskDraft {
                name: format!("{number} {command}"),
                ..with(command, execution)
            };
            let mut shown = shown(app.execute(task).await);
            // The shell's own pid.
            shown.4.retain(|line| !line.starts_with("PPID="));
            ends.push(shown);
        }
        assert_eq!(ends[0], ends[1], "{name}");
    }
}
