//! Key files: made, read, checked.

use super::super::Sealer;
use super::*;

struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path =
            std::env::temp_dir().join(format!("jcrontab-key-{}", crate::auth::token::random_id(8)));
        std::fs::create_dir(&path).expect("a folder");
        Self(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn text(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(self.file(name)).ok()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path)
        .expect("a file")
        .permissions()
        .mode()
        & 0o777
}

#[test]
fn a_key_is_made_once_and_is_its_owners() {
    let folder = Folder::new();
    let first = Sealer::open_or_create(&folder.0).expect("a key");
    assert_eq!(mode(&folder.file("secret.key")), 0o600);
    let sealed = first.seal("x", "value").expect("seal");
    let second = Sealer::open_or_create(&folder.0).expect("the key");
    assert_eq!(second.open("x", &sealed).expect("open"), "value");
    for open in [0o640, 0o604, 0o620, 0o666] {
        let path = folder.file("secret.key");
        std::fs::set_permissions(&path, Permissions::from_mode(open)).expect("a mode");
        let refused = Sealer::open_or_create(&folder.0).expect_err("refused");
        assert!(matches!(refused, SealError::Exposed { mode, .. } if mode == open));
        assert!(refused.to_string().contains("chmod 600"), "{refused}");
    }
}

/// A time at which keys are changed in tests: long before the files are written by the clock of this machine.
fn rotated() -> DateTime<Utc> {
    DateTime::from_timestamp(1_600_000_000, 0).expect("a time")
}

#[test]
fn links_of_the_old_key_are_accepted_after_a_rotation() {
    use crate::auth::link::{Link, LinkActs, LinkFor};
    let folder = Folder::new();
    let sealer = Sealer::open_or_create(&folder.0).expect("a key");
    let now = rotated();
    let expires = now + chrono::TimeDelta::days(1);
    let link = Link::new(LinkFor::Mine, LinkActs::default(), "ann", now, expires);
    let token = sealer.links().sign(&link);
    let next = sealer.prepare_next().expect("the next key");
    sealer.adopt(&next, now).expect("the change");
    // At once, and after a start.
    assert_eq!(sealer.links().read(&token, now), Ok(link.clone()));
    let started = Sealer::open_or_create(&folder.0).expect("the key");
    assert_eq!(started.links().read(&token, now), Ok(link));
    // Who wants the old links to end at once deletes the old key.
    std::fs::remove_file(folder.file("secret.key.old")).expect("the old key");
    let started = Sealer::open_or_create(&folder.0).expect("the key");
    assert!(started.links().read(&token, now).is_err());
}

#[test]
fn a_start_that_finishes_a_rotation_accepts_earlier_links_and_a_copy_prolongs_none() {
    use crate::auth::link::{LIFE_MAX, Link, LinkActs, LinkFor};
    let folder = Folder::new();
    let sealer = Sealer::open_or_create(&folder.0).expect("a key");
    let now = rotated();
    let link = Link::new(
        LinkFor::Mine,
        LinkActs::default(),
        "ann",
        now,
        now + LIFE_MAX,
    );
    let token = sealer.links().sign(&link);
    let next = sealer.prepare_next().expect("the next key");
    let sealed = next.seal("cluster", "x").expect("seal");
    let started = Sealer::open_or_create(&folder.0).expect("the key");
    assert!(
        started
            .take_over("cluster", &sealed, now)
            .expect("taken over")
    );
    assert_eq!(started.links().read(&token, now), Ok(link.clone()));
    // A copy of the folder has new times.
    let copy = Folder::new();
    for name in ["secret.key", "secret.key.old", "secret.key.old.since"] {
        std::fs::copy(folder.file(name), copy.file(name)).expect("a copy");
    }
    let started = Sealer::open_or_create(&copy.0).expect("the key");
    let late = now + LIFE_MAX;
    let forged = Link {
        expires: late + chrono::TimeDelta::days(300),
        ..link
    };
    let forged = sealer.links().sign(&forged);
    assert!(
        started
            .links()
            .read(&forged, late - chrono::TimeDelta::seconds(1))
            .is_ok()
    );
    assert!(started.links().read(&forged, late).is_err());
}

#[test]
fn a_change_of_keys_can_stop_anywhere() {
    let folder = Folder::new();
    let sealer = Sealer::open_or_create(&folder.0).expect("a key");
    let before = folder.text("secret.key").expect("the key");
    let old = sealer.seal("cluster", "x").expect("seal");

    // Before the commit: the old key stays in use, whatever lies beside it.
    std::fs::write(folder.file("secret.key.new"), "cut sho").expect("half a file");
    let path = folder.file("secret.key.new");
    std::fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("a mode");
    assert!(
        !sealer
            .take_over("cluster", &old, rotated())
            .expect("nothing to do")
    );
    let next = sealer.prepare_next().expect("another key");
    assert_eq!(mode(&folder.file("secret.key.new")), 0o600);
    let started = Sealer::open_or_create(&folder.0).expect("the key");
    assert!(started.open("cluster", &old).is_ok());
    assert!(
        !started
            .take_over("cluster", &old, rotated())
            .expect("nothing to do")
    );
    assert_eq!(folder.text("secret.key").as_ref(), Some(&before));

    // After it: the new one is taken over, by every clone, and the old one is kept.
    let new = next.seal("cluster", "x").expect("seal");
    let started = Sealer::open_or_create(&folder.0).expect("the key");
    let clone = started.clone();
    assert!(clone.open("cluster", &new).is_err());
    assert!(
        started
            .take_over("cluster", &new, rotated())
            .expect("taken over")
    );
    assert!(clone.open("cluster", &new).is_ok());
    assert_eq!(folder.text("secret.key.old").as_ref(), Some(&before));
    assert_eq!(folder.text("secret.key.new"), None);
    assert_ne!(folder.text("secret.key").as_ref(), Some(&before));
    let started = Sealer::open_or_create(&folder.0).expect("the key");
    assert!(started.open("cluster", &new).is_ok());
    assert_eq!(mode(&folder.file("secret.key.old")), 0o600);

    // Between the copy and the rename: the copy is made again.
    let third = started.prepare_next().expect("another key");
    let newest = third.seal("cluster", "x").expect("seal");
    let files = KeyFiles::of(&folder.0);
    let current = read(&files.key).expect("a key").expect("a key");
    files.put(&files.old, &current).expect("the copy");
    let started = Sealer::open_or_create(&folder.0).expect("the key");
    assert!(
        started
            .take_over("cluster", &newest, rotated())
            .expect("taken over")
    );
    assert!(started.open("cluster", &newest).is_ok());
    // Both refuse a value sealed with another key.
    let strange = Sealer::new(&[1; 32]).seal("cluster", "x").expect("seal");
    assert!(
        !started
            .take_over("cluster", &strange, rotated())
            .expect("no")
    );
}

#[test]
fn a_link_is_not_replaced() {
    let folder = Folder::new();
    let elsewhere = Folder::new();
    Sealer::open_or_create(&elsewhere.0).expect("a key");
    std::os::unix::fs::symlink(elsewhere.file("secret.key"), folder.file("secret.key"))
        .expect("a link");
    let sealer = Sealer::open_or_create(&folder.0).expect("a link is fine to read");
    assert!(sealer.prepare_next().is_err());
    assert_eq!(folder.text("secret.key.new"), None);
}
