use std::os::unix::fs::{MetadataExt, PermissionsExt};

use nix::unistd::{Gid, Uid, geteuid};

use super::folder::{open_parent, prepare, unusable};
use crate::tests::Folder;

/// A server that is killed between making a folder and giving it away leaves it as its own.
#[test]
fn a_scratch_folder_that_was_never_given_away_is_given_away_later() {
    // Only root can change the owner of a folder; any other user keeps their own.
    let (user, group) = if geteuid().is_root() {
        (Uid::from_raw(65_534), Gid::from_raw(65_534))
    } else {
        (geteuid(), nix::unistd::getegid())
    };
    let folder = Folder::new();
    let scratch = folder.0.join("left");
    std::fs::create_dir(&scratch).expect("a folder");
    for _ in 0..2 {
        prepare(&scratch, user, Some(group)).expect("it is given away");
        let found = std::fs::metadata(&scratch).expect("it is there");
        assert_eq!((found.uid(), found.gid()), (user.as_raw(), group.as_raw()));
        assert_eq!(found.permissions().mode() & 0o777, 0o700);
    }
    if geteuid().is_root() {
        // A folder with content keeps its owner.
        let full = folder.0.join("full");
        std::fs::create_dir(&full).expect("a folder");
        std::fs::write(full.join("file"), "x").expect("a file");
        prepare(&full, user, Some(group)).expect_err("it is not empty");
        let others = folder.0.join("others");
        std::fs::create_dir(&others).expect("a folder");
        nix::unistd::chown(&others, Some(Uid::from_raw(1)), None).expect("another's");
        prepare(&others, user, Some(group)).expect_err("it is another's");
    }
}

#[test]
fn a_parent_closed_to_other_users_is_opened() {
    let folder = Folder::new();
    for mode in [0o700, 0o711, 0o755] {
        let parent = folder.0.join(format!("{mode:o}"));
        std::fs::create_dir(&parent).expect("a folder");
        std::fs::set_permissions(&parent, std::fs::Permissions::from_mode(mode)).expect("a mode");
        open_parent(&parent).expect("it is opened");
        let found = std::fs::metadata(&parent).expect("it is there");
        assert_eq!(found.permissions().mode() & 0o777, mode | 0o011);
    }
}

#[test]
fn a_parent_that_does_not_exist_is_named_with_the_remedy() {
    let folder = Folder::new();
    let path = folder.0.join("missing/scratch");
    let error = open_parent(&path).expect_err("there is nothing to make it in");
    let words = unusable(&path, error).to_string();
    let missing = format!("{} does not exist", folder.0.join("missing").display());
    assert!(words.contains(&missing), "{words}");
    assert!(words.contains("JCRONTAB_SCRATCH_DIR"), "{words}");
    let file = folder.0.join("file");
    std::fs::write(&file, "").expect("a file");
    let error = open_parent(&file).expect_err("it is a file");
    assert!(
        unusable(&file, error)
            .to_string()
            .ends_with("cannot be used")
    );
}
