//! Scratch folders of tasks: they are removed with their task, and only then.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use app::backend::Tasks;
use runner::mark_of;

use super::super::helpers::place::Place;
use super::super::helpers::program::{Server, jcrontab};
use super::super::helpers::{TestApp, draft, in_time};
use super::super::isolation::is_root;

/// The first user of the range that is taken by itself.
const FIRST: i64 = 0x7000_0000;

fn folder_of(place: &Place, task: i64) -> PathBuf {
    let key = std::fs::read_to_string(place.data().join("host.key")).expect("a key");
    let name = format!("{}-{}", mark_of(key.trim()), FIRST + task);
    place.scratch().join(name)
}

async fn to_go(folder: &Path) {
    in_time("a folder to go", async {
        while folder.exists() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_scratch_folder_goes_with_its_task_whatever_is_in_it() {
    if !is_root() {
        return;
    }
    let app = TestApp::with(&["--run-as-pool=auto"]).await;
    let outside = app.place.work().join("outside");
    std::fs::create_dir(&outside).expect("a folder");
    std::fs::write(outside.join("file"), "kept").expect("a file");
    let command = format!(
        "mkdir -p a/b/c && ln -s {0} a/b/link && ln -s {0} link && echo x > a/b/c/f && chmod 000 a/b",
        outside.display()
    );
    let gone = app.add(draft("gone", "0 0 1 1 *", &command)).await.id;
    let stays = app.add(draft("stays", "0 0 1 1 *", "echo x > f")).await.id;
    for task in [gone, stays] {
        let run = app.start_run(task).await;
        let run = app.ended(run).await;
        assert_eq!(run.exit_code, Some(0), "{run:?}");
        assert!(folder_of(&app.place, task.0).exists());
    }
    // One that is under way when its task goes.
    let busy = app
        .add(draft("busy", "0 0 1 1 *", "echo x > f; sleep 600"))
        .await
        .id;
    app.start_run(busy).await;
    let started = folder_of(&app.place, busy.0).join("f");
    in_time("the command to write", async {
        while !started.exists() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    for task in [gone, busy] {
        let deleted = app.service.task_delete(&app.console(), task, None).await;
        deleted.expect("it is deleted");
        to_go(&folder_of(&app.place, task.0)).await;
    }
    assert!(folder_of(&app.place, stays.0).join("f").exists());
    assert!(outside.join("file").exists(), "links are not followed");
}

#[tokio::test]
async fn a_start_sweeps_folders_of_tasks_that_are_gone() {
    if !is_root() {
        return;
    }
    let place = Place::new().await;
    let add = [
        "task",
        "add",
        "--name",
        "stays",
        "--cron",
        "0 0 1 1 *",
        "--command",
        "echo x > f",
    ];
    assert_eq!(jcrontab(&place, &add).await.code, 0);
    let server = Server::start(&place, &[]).await;
    let ran = jcrontab(&place, &["task", "run", "1", "--wait"]).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(server.stop().await, 0);
    let (kept, orphan) = (folder_of(&place, 1), folder_of(&place, 77));
    let (others, link) = (folder_of(&place, 78), folder_of(&place, 79));
    let strange = place.scratch().join(format!("{}-1", "0".repeat(32)));
    for folder in [&orphan, &others, &strange] {
        std::fs::create_dir(folder).expect("a folder");
        std::fs::write(folder.join("f"), "x").expect("a file");
    }
    let owner = u32::try_from(FIRST + 77).expect("a user");
    std::os::unix::fs::chown(&orphan, Some(owner), Some(owner)).expect("its owner");
    symlink(place.work(), &link).expect("a link");

    // Another database than before, perhaps by mistake: its tasks are not all that there are.
    let used = place.data().join("database.used");
    let noted = std::fs::read(&used).expect("what it used");
    std::fs::write(&used, "mysql://elsewhere.test:3306/cron").expect("written");
    let server = Server::start(&place, &[]).await;
    assert_eq!(server.stop().await, 0);
    assert_eq!(std::fs::read(&used).expect("what it used"), noted);
    assert!(orphan.exists());

    let server = Server::start(&place, &[]).await;
    to_go(&orphan).await;
    in_time("the others to be tried", async {
        while server.log().matches("cannot be removed").count() < 2 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    assert!(kept.join("f").exists(), "its task exists");
    assert!(others.join("f").exists(), "another user's");
    assert!(strange.join("f").exists(), "another server's");
    assert!(link.is_symlink() && place.work().exists());
    assert_eq!(server.stop().await, 0);
}
