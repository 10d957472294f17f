//! What a command can reach: not the server's files, memory and socket, nor another task's run.

mod apart;
mod surroundings;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};

use super::helpers::place::Place;
use super::helpers::program::{SCOPES, Server, binary_for_all, for_all_users, jcrontab_with};

/// A password in the server's environment.
const PASSWORD: &str = "a-password-of-the-server";

pub(super) fn is_root() -> bool {
    nix::unistd::Uid::effective().is_root()
}

/// A real server, and its data folder where it is not the place's.
struct Site {
    place: Arc<Place>,
    server: Server,
    token: String,
    data: PathBuf,
}

impl Drop for Site {
    fn drop(&mut self) {
        if self.data != self.place.data() {
            std::fs::remove_dir_all(&self.data).ok();
        }
    }
}

/// Gives a folder and all that is in it to a user.
fn give(folder: &Path, owner: &str) {
    let given = std::process::Command::new("chown")
        .args(["-R", owner])
        .arg(folder)
        .status()
        .expect("chown");
    assert!(given.success());
}

impl Site {
    /// A server on a data folder below `parent`; `user` is whom it runs as, where that can be
    /// chosen.
    async fn start(parent: Option<&str>, user: Option<(u32, &str)>, more: &[(&str, &str)]) -> Self {
        let place = Place::embedded();
        let data = parent.map_or_else(
            || place.data(),
            |parent| {
                let name = format!("jcrontab-it-{}", server::auth::token::random_id(8));
                let data = Path::new(parent).join(name);
                std::fs::create_dir(&data).expect("a data folder");
                data
            },
        );
        let folder = data.display().to_string();
        let mut variables = vec![
            ("JCRONTAB_DATA_DIR", folder.as_str()),
            ("JCRONTAB_OUTPUT_SECRET_ACCESS_KEY", PASSWORD),
        ];
        variables.extend_from_slice(more);
        let add = ["user", "add", "root", "--role", "admin", "--password-stdin"];
        let added = jcrontab_with(&place, &add, &variables, "correct horse battery\n").await;
        assert_eq!(added.code, 0, "{added:?}");
        let make = ["token", "create", "ci", "--user", "root", SCOPES, "--json"];
        let made = jcrontab_with(&place, &make, &variables, "").await.json();
        let token = made["token"].as_str().expect("a token").to_owned();
        let user = user.filter(|_| is_root());
        if let Some((_, name)) = user {
            give(&data, name);
        }
        let mut server = Server::spawn_with(&place, &variables, |command| {
            if let Some((id, _)) = user {
                *command = for_all_users(command, &place);
                command.uid(id).gid(id);
            }
        });
        server.ready().await;
        Self {
            place,
            server,
            token,
            data,
        }
    }

    async fn cli(&self, arguments: &[&str], stdin: &str) -> Value {
        let variables = [
            ("JCRONTAB_URL", self.server.url.as_str()),
            ("JCRONTAB_TOKEN", self.token.as_str()),
        ];
        jcrontab_with(&self.place, arguments, &variables, stdin)
            .await
            .json()
    }

    async fn add(&self, name: &str, command: &str) -> Value {
        self.add_with(name, command, &[]).await
    }

    async fn add_with(&self, name: &str, command: &str, more: &[String]) -> Value {
        let add = [
            "task",
            "add",
            "--name",
            name,
            "--cron",
            "0 0 1 1 *",
            "--json",
        ];
        let command = format!("--command={command}");
        let mut arguments = [&add[..], &[command.as_str()]].concat();
        arguments.extend(more.iter().map(String::as_str));
        let task = self.cli(&arguments, "").await;
        task["id"].clone()
    }

    async fn start_task(&self, task: &Value) -> Value {
        let id = task.to_string();
        self.cli(&["task", "run", &id, "--json"], "").await["id"].clone()
    }

    /// Waits for a run, and gives its state and what it wrote.
    async fn output(&self, run: &Value) -> (String, String) {
        let path = format!("/api/v1/runs/{run}");
        let state = self
            .server
            .until(&self.token, "the end of a run", async || {
                let run = self.server.get(&self.token, &path).await;
                let state = run["state"].as_str().expect("a state").to_owned();
                (run["finished_at"] != json!(null)).then_some(state)
            })
            .await;
        let variables = [
            ("JCRONTAB_URL", self.server.url.as_str()),
            ("JCRONTAB_TOKEN", self.token.as_str()),
        ];
        let output = ["run", "output", &run.to_string()];
        let output = jcrontab_with(&self.place, &output, &variables, "").await;
        assert_eq!(output.code, 0, "{output:?}");
        (state, output.out)
    }

    /// Runs a command to its end and gives what it wrote.
    async fn output_of(&self, name: &str, command: &str) -> String {
        self.output_with(name, command, &[]).await
    }

    async fn output_with(&self, name: &str, command: &str, more: &[String]) -> String {
        let task = self.add_with(name, command, more).await;
        let run = self.start_task(&task).await;
        self.output(&run).await.1
    }
}

/// A command that tries everything, and says `got …` where it came through.
fn attempts(site: &Site) -> String {
    let data = site.data.display();
    let pid = site.server.pid();
    let program = binary_for_all(&site.place);
    let program = program.display();
    format!(
        "exec 2>&1; D={data}; \
         grep -q . $D/secret.key && echo got the key; \
         head -c 15 $D/jcrontab.db | grep -q SQLite && echo got the database; \
         cp $D/secret.key /tmp/jcrontab-it-key-$JCRONTAB_RUN_ID && echo got a copy; \
         ln $D/secret.key /tmp/jcrontab-it-key-$JCRONTAB_RUN_ID && echo got a link; \
         mv $D $D.moved && echo got it moved; \
         printf '' >> $D/jcrontab.db && echo got to write; \
         echo x > $D/planted && echo got to plant; \
         tr '\\0' '\\n' < /proc/{pid}/environ | grep -q {PASSWORD} && echo got the environment; \
         head -c 1 /proc/{pid}/mem && echo got the memory; \
         ls -l /proc/{pid}/fd | grep -q jcrontab.db && echo got the files; \
         cat /proc/{pid}/root/$D/secret.key && echo got the root; \
         for p in /proc/[0-9]*; do \
           [ \"$(cat $p/comm 2>/dev/null)\" = jcrontab-exec ] && grep -q . $p/environ 2>/dev/null \
             && [ $p != /proc/$PPID ] && echo got $p; done; \
         JCRONTAB_DATA_DIR=$D {program} user list --json && echo got the socket; \
         echo done"
    )
}

#[tokio::test]
async fn a_server_that_is_not_root_keeps_its_files_from_commands() {
    // A world-writable folder above the data folder, and none: two ways to hide it.
    let mut parents = vec![None];
    if is_root() {
        parents.push(Some("/var/lib"));
    }
    for parent in parents {
        let site = Site::start(parent, Some((1, "daemon")), &[]).await;
        let log = site.server.log();
        let shown = site.output_of("nosy", &attempts(&site)).await;
        assert!(shown.ends_with("done\n"), "{shown}");
        assert!(!shown.contains("got "), "{parent:?}: {shown}\n{log}");
        // All else is as it was: the scratch folder, temporary files, the machine's files.
        let shown = site
            .output_of(
                "usual",
                "echo kept > file && cat file && pwd && t=$(mktemp) && echo x > $t && rm $t \
                 && mkdir d && touch d/a && mv d/a b && ls /etc >/dev/null && echo well",
            )
            .await;
        assert!(
            shown.starts_with("kept\n") && shown.ends_with("well\n"),
            "{shown}"
        );
        assert!(shown.contains("/scratch\n"), "{shown}");
        // Also where the program that starts commands is executed anew: its order is too long.
        let variables: Vec<String> = ["A", "B", "C", "D"]
            .map(|name| format!("--env={name}={}", "y".repeat(30_000)))
            .to_vec();
        let shown = site.output_with("long", &attempts(&site), &variables).await;
        assert!(shown.ends_with("done\n"), "{shown}");
        assert!(!shown.contains("got "), "{parent:?}: {shown}");
        assert_eq!(
            site.server.get(&site.token, "/api/v1/users").await["items"]
                .as_array()
                .map(Vec::len),
            Some(1)
        );
    }
}

#[tokio::test]
async fn commands_of_a_root_server_that_are_root_do_not_reach_its_files_either() {
    if !is_root() {
        return;
    }
    let site = Site::start(None, None, &[("JCRONTAB_ALLOW_ROOT", "1")]).await;
    let shown = site.output_of("nosy", &attempts(&site)).await;
    assert!(shown.ends_with("done\n"), "{shown}");
    assert!(!shown.contains("got "), "{shown}");
    assert!(
        site.server.log().contains("Commands run as root"),
        "it says that this is no protection against intent"
    );
}

#[tokio::test]
async fn commands_of_a_root_server_reach_nothing_of_it() {
    if !is_root() {
        return;
    }
    let site = Site::start(None, None, &[]).await;
    let shown = site.output_of("nosy", &attempts(&site)).await;
    assert!(shown.ends_with("done\n"), "{shown}");
    assert!(!shown.contains("got "), "{shown}");
}

#[tokio::test]
async fn the_socket_refuses_commands_where_nothing_else_does() {
    let variables = [("JCRONTAB_ISOLATION", "off")];
    for containment in ["cgroup", "supervisor"] {
        let variables = [&variables[..], &[("JCRONTAB_CONTAINMENT", containment)]].concat();
        if containment == "cgroup" && !is_root() {
            continue;
        }
        let user = (containment == "supervisor").then_some((1, "daemon"));
        let more: &[(&str, &str)] = if user.is_some() || !is_root() {
            &[]
        } else {
            &[("JCRONTAB_ALLOW_ROOT", "1")]
        };
        let variables = [&variables[..], more].concat();
        let site = Site::start(None, user, &variables).await;
        let program = binary_for_all(&site.place);
        let program = program.display();
        let data = site.data.display();
        // Also without our variables, in a session of its own, and as an orphan.
        let shown = site
            .output_of(
                "cli",
                &format!(
                    "exec 2>&1; export JCRONTAB_DATA_DIR={data}; \
                     {program} user list --json; \
                     env -i JCRONTAB_DATA_DIR={data} setsid {program} user list --json; \
                     (env -i JCRONTAB_DATA_DIR={data} setsid {program} user list --json > out 2>&1 &) ; \
                     while ! grep -q . out; do sleep 0.05; done; cat out; echo done"
                ),
            )
            .await;
        assert!(shown.ends_with("done\n"), "{shown}");
        assert!(!shown.contains("admin"), "{shown}");
        assert_eq!(
            shown.matches("not available to commands").count(),
            3,
            "{shown}"
        );
        let log = site.server.log();
        assert!(
            log.contains("can read secret.key"),
            "it says so at start: {log}"
        );
        // Processes that are not commands are admitted.
        let folder = data.to_string();
        let list = ["user", "list", "--json"];
        let users = jcrontab_with(&site.place, &list, &[("JCRONTAB_DATA_DIR", &folder)], "").await;
        assert_eq!(users.code, 0, "{users:?}");
    }
}

#[tokio::test]
async fn a_data_folder_that_is_open_to_others_is_closed_at_the_start() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let place = Place::embedded();
    let data = place.data();
    let set = |mode| {
        std::fs::set_permissions(&data, std::fs::Permissions::from_mode(mode)).expect("a mode");
    };
    set(0o777);
    let doctor = jcrontab_with(&place, &["doctor", "--json"], &[], "").await;
    let checks: Value = serde_json::from_str(&doctor.out).expect("JSON");
    let folder = |checks: &Value| {
        let all = checks["checks"].as_array().expect("checks").clone();
        all.into_iter()
            .find(|check| check["name"] == "data_dir")
            .expect("the folder")
    };
    assert_eq!(folder(&checks)["status"], "fail", "{checks}");
    assert!(
        folder(&checks)["text"]
            .as_str()
            .expect("a text")
            .contains("0777")
    );
    if is_root() {
        give(&data, "nobody");
    }
    let server = Server::start(&place, &[]).await;
    let found = std::fs::metadata(&data).expect("the folder");
    assert_eq!(found.permissions().mode() & 0o7777, 0o700);
    assert_eq!(found.uid(), nix::unistd::Uid::effective().as_raw());
    assert!(server.log().contains("0777"), "{}", server.log());
    let doctor = jcrontab_with(&place, &["doctor", "--json"], &[], "").await;
    let checks: Value = serde_json::from_str(&doctor.out).expect("JSON");
    assert_eq!(folder(&checks)["status"], "ok", "{checks}");
    assert_eq!(server.stop().await, 0);
}

#[tokio::test]
async fn a_stopped_server_leaves_no_control_group_behind() {
    let place = Place::embedded();
    let server = Server::start(&place, &[]).await;
    let key = std::fs::read_to_string(place.data().join("host.key")).expect("a key");
    let groups = || {
        let found = std::process::Command::new("find")
            .args(["/sys/fs/cgroup", "-type", "d", "-name"])
            .arg(format!("jcrontab-{}*", &key[..16]))
            .output()
            .expect("find");
        String::from_utf8_lossy(&found.stdout).into_owned()
    };
    assert_eq!(server.stop().await, 0);
    assert_eq!(groups(), "");
}
