//! `jcrontab export`, `jcrontab apply` and `jcrontab task add --file`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::helpers::place::Place;
use super::super::helpers::program::{Ended, jcrontab, jcrontab_with};

struct Host {
    place: Arc<Place>,
    folder: PathBuf,
}

impl Host {
    async fn new() -> Self {
        let place = Place::new().await;
        let folder = place.scratch().join("tasks");
        std::fs::create_dir_all(&folder).expect("a folder");
        Self { place, folder }
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.folder.join(name), text).expect("a file");
    }

    async fn run(&self, arguments: &[&str]) -> Ended {
        let folder = self.folder.to_str().expect("a path");
        let arguments: Vec<&str> = arguments
            .iter()
            .map(|argument| if *argument == "DIR" { folder } else { argument })
            .collect();
        jcrontab(&self.place, &arguments).await
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let name = |entry: std::io::Result<std::fs::DirEntry>| {
        let name = entry.expect("an entry").file_name();
        name.to_string_lossy().into_owned()
    };
    let mut names: Vec<String> = entries.map(name).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_folder_of_files_is_planned_applied_and_exported() {
    let host = Host::new().await;
    host.write("a.yaml", "name: nightly backup\ncron: '0 2 * * *'\nzone: UTC\ntags: [git]\ncommand: |\n  set -e\n  echo a\n  echo b\n");
    host.write("b.yml", "name: report\ncron: '@daily'\nzone: UTC\ntags: [git]\ncommand: 'true'\nexecution:\n  waits:\n    tasks: [nightly backup]\n");
    host.write("notes.txt", "not: [yaml");
    let plan = host.run(&["apply", "-f", "DIR", "--dry-run"]).await;
    assert_eq!((plan.code, plan.err.as_str()), (2, ""), "{plan:?}");
    let lines = "+ create nightly backup\n+ create report\nPlan: 2 to create, 0 to change, 0 to delete, 0 unchanged\n";
    assert_eq!(plan.out, lines);
    let done = host.run(&["apply", "-f", "DIR"]).await;
    assert_eq!(done.code, 0, "{done:?}");
    assert!(
        done.out
            .ends_with("Applied: 2 created, 0 changed, 0 deleted, 0 unchanged\n"),
        "{done:?}"
    );
    let same = host.run(&["apply", "-f", "DIR", "--dry-run"]).await;
    assert_eq!(
        (same.code, same.out.as_str()),
        (
            0,
            "Plan: 0 to create, 0 to change, 0 to delete, 2 unchanged\n"
        )
    );

    host.write("a.yaml", "name: nightly backup\ncron: '0 2 * * *'\nzone: UTC\ntags: [git]\ntimeout: 5m\ncommand: |\n  set -e\n  echo A\n  echo b\n");
    let plan = host.run(&["apply", "-f", "DIR", "--dry-run"]).await;
    let lines = "~ change #1 nightly backup\n    command:\n        set -e\n      - echo a\n      + echo A\n        echo b\n    \
                 timeout: (default) → \"5m\"\nPlan: 0 to create, 1 to change, 0 to delete, 1 unchanged\n";
    assert_eq!((plan.code, plan.out.as_str()), (2, lines));
    host.run(&["apply", "-f", "DIR"]).await;

    // Exported into a folder, it is what was applied.
    let out = host.folder.join("out/");
    let to = format!("{}/", out.display());
    let exported = jcrontab(&host.place, &["export", "--output", &to]).await;
    assert_eq!(exported.code, 0, "{exported:?}");
    assert_eq!(names(&out), ["nightly-backup.yaml", "report.yaml"]);
    let same = jcrontab(&host.place, &["apply", "-f", &to, "--dry-run", "--json"]).await;
    assert_eq!(same.json()["same"], 2);
    let one = host.run(&["export", "--task", "report"]).await;
    assert_eq!(
        one.out,
        std::fs::read_to_string(out.join("report.yaml")).expect("the file")
    );
    let piped = jcrontab_with(&host.place, &["apply", "-f", "-", "--json"], &[], &one.out).await;
    assert_eq!(piped.json()["same"], 1);
    host.run(&["export", "--task", "absent"]).await.refused(3);
}

#[tokio::test]
async fn what_is_in_no_file_is_deleted_after_a_confirmation() {
    let host = Host::new().await;
    host.write("a.yaml", "name: a\ncron: '@daily'\ntags: [git]\ncommand: x\n---\nname: b\ncron: '@daily'\ntags: [git]\ncommand: x\n");
    assert_eq!(host.run(&["apply", "-f", "DIR"]).await.code, 0);
    host.write(
        "a.yaml",
        "name: a\ncron: '@daily'\ntags: [git]\ncommand: x\n",
    );
    host.run(&["apply", "-f", "DIR", "--prune"])
        .await
        .refused_lines(2);
    let prune = ["apply", "-f", "DIR", "--prune", "--tag", "git"];
    let asked = host.run(&prune).await;
    assert_eq!(asked.code, 2, "{asked:?}");
    assert!(
        asked.out.contains("- delete #2 b\n") && asked.err.contains("--yes"),
        "{asked:?}"
    );
    let drift = host.run(&[&prune[..], &["--dry-run"]].concat()).await;
    assert_eq!(drift.code, 2);
    let done = host.run(&[&prune[..], &["--yes", "--json"]].concat()).await;
    assert_eq!(done.json()["deleted"], 1);
    let rest = host.run(&["export"]).await.out;
    assert!(
        rest.contains("name: a\n") && !rest.contains("name: b\n"),
        "{rest}"
    );
}

#[tokio::test]
async fn faults_begin_with_the_file_and_the_place() {
    let host = Host::new().await;
    host.write("a.yaml", "name: a\ncrn: '@daily'\n");
    host.write("b.yaml", "name: b\ncron: '61 * * * *'\n");
    let refused = host.run(&["apply", "-f", "DIR"]).await;
    assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{refused:?}");
    let place = format!("{}/a.yaml:2:1: ", host.folder.display());
    assert!(
        refused.err.contains(&place) && refused.err.contains("`cron`"),
        "{refused:?}"
    );
    let dry = host.run(&["apply", "-f", "DIR", "--dry-run"]).await;
    assert_eq!(dry.code, 1, "2 would be a difference: {dry:?}");
    host.write("a.yaml", b"name: \xb1\xb8\xb7\xdd\n");
    let gbk = host.run(&["apply", "-f", "DIR"]).await;
    assert!(
        gbk.refused(2).contains("a.yaml: The file looks like GBK"),
        "{gbk:?}"
    );
    let empty = host.run(&["apply", "-f", "/nowhere.yaml"]).await;
    assert!(empty.refused(2).contains("/nowhere.yaml"));
}

#[tokio::test]
async fn a_work_list_creates_what_does_not_exist() {
    let host = Host::new().await;
    let list = "工作内容,工作周期,责任人,命令\n备份,0 2 * * *,\"张三,李四\",echo 1\n坏的,61 * * * *,,echo 2\n报告,@daily,,echo 3\n";
    // As a spreadsheet in China writes it.
    let (bytes, _, _) = encoding_rs::GBK.encode(list);
    host.write("list.csv", &bytes);
    let file = host.folder.join("list.csv");
    let file = file.to_str().expect("a path");
    let add = ["task", "add", "--file", file];
    let first = jcrontab(&host.place, &add).await;
    assert_eq!(first.code, 2, "{first:?}");
    assert!(
        first.out.contains("created: 备份") && first.out.contains("created: 报告"),
        "{first:?}"
    );
    assert!(first.err.contains("list.csv:3: "), "{first:?}");
    let second = jcrontab(&host.place, &add).await;
    assert!(second.out.contains("Exists, skipped: 备份"), "{second:?}");
    for more in [
        "--cron=@daily",
        "--command=x",
        "--cwd=/srv",
        "--jitter=5m",
        "--cpu=1m",
        "--missed=none",
    ] {
        let both = jcrontab(&host.place, &[&add[..], &[more]].concat()).await;
        both.refused_lines(2);
    }
}
