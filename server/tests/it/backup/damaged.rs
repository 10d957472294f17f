//! Files that are cut, changed or made by someone else are refused with their member, and nothing is restored of them.

mod pack;

use server::archive::{self, ArchiveError, Damage};

use super::super::helpers::place::Place;
use super::{installation, made, restored};
use pack::{append, members, packed, plain, sealed, unpacked};

pub(super) use pack::with_head;

/// The member and the damage that are reported.
#[track_caller]
fn damage(backup: &[u8]) -> (String, Damage) {
    match archive::verify(backup) {
        Err(ArchiveError::Damaged { member, what, .. }) => (member, what),
        other => panic!("{other:?}"),
    }
}

async fn backup() -> Vec<u8> {
    let app = installation().await;
    made(&app.components.store, &app.place).await
}

#[tokio::test]
async fn a_backup_that_is_cut_off_is_refused_wherever_that_happens() {
    let whole = backup().await;
    archive::verify(&whole[..]).expect("the whole");
    for length in [0, 1, 3] {
        let refused = archive::verify(&whole[..length]).expect_err("cut");
        assert!(matches!(refused, ArchiveError::Foreign), "{refused:?}");
    }
    for length in (4..whole.len()).step_by(whole.len() / 60) {
        let refused = archive::verify(&whole[..length]).expect_err("cut");
        let is_right = matches!(
            &refused,
            ArchiveError::Damaged { what: Damage::Truncated, at, .. } if *at == length as u64
        );
        assert!(is_right, "{length} of {}: {refused:?}", whole.len());
    }
    assert!(archive::verify(&whole[..whole.len() - 1]).is_err());
    // The tar is cut, and packed again as a whole.
    let tar = unpacked(&whole);
    for (name, content, begin) in members(&tar) {
        let cut = packed(&tar[..begin + content.len() / 2]);
        assert!(archive::verify(&cut[..]).is_err(), "{name}");
        let between = packed(&tar[..begin - 512]);
        assert!(archive::verify(&between[..]).is_err(), "before {name}");
    }
    let longer = [&whole[..], b"more"].concat();
    assert!(archive::verify(&longer[..]).is_err());
}

#[tokio::test]
async fn a_changed_byte_is_found_in_every_member() {
    let whole = backup().await;
    let tar = unpacked(&whole);
    let mut harmless = 0;
    for place in (0..whole.len()).step_by(whole.len() / 300) {
        let mut changed = whole.clone();
        changed[place] ^= 0x04;
        // Some bits of a compressed stream mean nothing: then exactly the same is unpacked.
        let is_same = || zstd::decode_all(&changed[..]).is_ok_and(|unpacked| unpacked == tar);
        let found = archive::verify(&changed[..]);
        assert!(found.is_err() || is_same(), "byte {place}");
        harmless += usize::from(found.is_ok());
    }
    assert!(harmless < 30, "{harmless}");
    // The same inside, where the checksum of the compressed stream is right again.
    let members = members(&tar);
    for kind in [
        "jcrontab",
        "keys/",
        "tables/run/",
        "outputs/",
        "sums/",
        "totals",
    ] {
        let has = members.iter().any(|(name, ..)| name.starts_with(kind));
        assert!(has, "no {kind}");
    }
    for (name, content, begin) in members {
        let mut changed = tar.clone();
        changed[begin + content.len() / 2] ^= 0x01;
        match archive::verify(&packed(&changed)[..]) {
            // A list of checksums cannot be distinguished from the member that it is about, nor a table's name in the
            // head from that of the table.
            Err(ArchiveError::Damaged { member, .. }) => {
                let is_about_others = name.starts_with("sums/") || name == "jcrontab-backup.json";
                assert!(member == name || is_about_others, "{name}: {member}");
            }
            Err(ArchiveError::Format(_)) => assert_eq!(name, "jcrontab-backup.json"),
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_member_that_is_missing_added_or_moved_is_found() {
    let whole = backup().await;
    let all = plain(&whole);
    archive::verify(&sealed(&all)[..]).expect("as it was");
    let rows = (all.iter()).position(|(name, _)| name.starts_with("tables/task/"));
    let mut without = all.clone();
    without.remove(rows.expect("tasks"));
    assert_eq!(damage(&sealed(&without)).1, Damage::Counts);
    let mut twice = all.clone();
    twice.insert(2, all[rows.expect("tasks")].clone());
    assert_eq!(damage(&sealed(&twice)).1, Damage::Counts);
    let mut second = all.clone();
    second.insert(1, all[0].clone());
    assert_eq!(damage(&sealed(&second)).1, Damage::Order);
    let mut headless = all.clone();
    headless.remove(0);
    let refused = archive::verify(&sealed(&headless)[..]).expect_err("no head");
    assert!(matches!(refused, ArchiveError::Foreign), "{refused:?}");
    let mut foreign = all.clone();
    foreign.insert(
        2,
        ("tables/nothing/000001.jsonl".to_owned(), b"[]\n".to_vec()),
    );
    assert_eq!(damage(&sealed(&foreign)).1, Damage::Order);
    for text in ["x\n", "[1]\n", "{}\n", "\n", "[]"] {
        let mut broken = all.clone();
        broken[rows.expect("tasks")].1 = text.into();
        let (member, what) = damage(&sealed(&broken));
        assert_eq!(what, Damage::Row(1), "{text:?}");
        assert!(member.starts_with("tables/task/"));
    }
}

#[tokio::test]
async fn names_that_lead_elsewhere_and_sizes_beyond_all_limits_are_refused() {
    let whole = backup().await;
    for name in [
        "outputs/../../secret.key",
        "/etc/cron.d/x",
        "outputs//etc/cron.d/x",
        "keys/host.key",
        "keys/../lock",
        "tables/../../x/000001.jsonl",
        "readme.txt",
    ] {
        let mut all = plain(&whole);
        all.insert(1, (name.to_owned(), b"x".to_vec()));
        assert_eq!(damage(&sealed(&all)), (name.to_owned(), Damage::Name));
    }
    // Links and folders of a name that would be right.
    for kind in [
        tar::EntryType::Symlink,
        tar::EntryType::Directory,
        tar::EntryType::GNULongName,
    ] {
        let mut tar = tar::Builder::new(Vec::new());
        append(&mut tar, "jcrontab-backup.json", &plain(&whole)[0].1);
        let mut header = tar::Header::new_ustar();
        header.set_path("keys/secret.key").expect("a name");
        header.set_entry_type(kind);
        header.set_size(0);
        header.set_cksum();
        tar.append(&header, &b""[..]).expect("a member");
        let tar = tar.into_inner().expect("a tar");
        assert_eq!(damage(&packed(&tar)).1, Damage::Name, "{kind:?}");
    }
    // Nothing of that size is read, and no memory is taken for it.
    let size: u64 = 3 << 30;
    for name in [
        "tables/task/000001.jsonl",
        "keys/secret.key",
        "sums/000001.txt",
        "totals.json",
    ] {
        let mut tar = tar::Builder::new(Vec::new());
        append(&mut tar, "jcrontab-backup.json", &plain(&whole)[0].1);
        let mut header = tar::Header::new_ustar();
        header.set_path(name).expect("a name");
        header.set_size(size);
        header.set_cksum();
        tar.append(&header, &b""[..]).expect("a member");
        let tar = tar.into_inner().expect("a tar");
        assert_eq!(damage(&packed(&tar)), (name.to_owned(), Damage::Size(size)));
    }
    // A line without an end, which packs well.
    let mut all = plain(&whole);
    let rows = (all.iter()).position(|(name, _)| name.starts_with("tables/task/"));
    all[rows.expect("tasks")].1 = vec![b' '; 66 * 1024 * 1024];
    assert_eq!(damage(&sealed(&all)).1, Damage::Row(1));
    for text in ["", "no backup", "PK\x03\x04", "\x28\u{b5}"] {
        let refused = archive::verify(text.as_bytes()).expect_err("no backup");
        assert!(
            matches!(refused, ArchiveError::Foreign),
            "{text:?}: {refused:?}"
        );
    }
    let refused = archive::verify(&packed(b"a text")[..]).expect_err("no backup");
    assert!(matches!(refused, ArchiveError::Foreign), "{refused:?}");
}

#[tokio::test]
async fn nothing_is_restored_of_a_damaged_backup_and_no_other_key_is_replaced() {
    let whole = backup().await;
    let target = Place::new().await;
    let refused = restored(&whole[..whole.len() / 2], &target).await;
    refused.expect_err("damaged");
    assert!(
        super::store(&target)
            .await
            .is_empty()
            .await
            .expect("an answer")
    );
    let key = target.data().join("secret.key");
    assert!(!key.exists());

    let verified = archive::verify(&whole[..]).expect("a backup");
    verified.keys_fit_into(&target.data()).expect("no key yet");
    std::fs::write(&key, "another").expect("a file");
    let refused = verified
        .keys_fit_into(&target.data())
        .expect_err("in the way");
    assert!(matches!(&refused, ArchiveError::InTheWay(path) if path.ends_with("secret.key")));
    let refused = archive::put_keys(&verified, &target.data()).expect_err("in the way");
    assert!(matches!(refused, ArchiveError::InTheWay(_)));
    assert_eq!(std::fs::read_to_string(&key).expect("it"), "another");
}
