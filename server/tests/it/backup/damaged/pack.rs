//! Backups taken apart and put together again.

use std::io::Read;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The tar inside of a backup.
pub(super) fn unpacked(backup: &[u8]) -> Vec<u8> {
    zstd::decode_all(backup).expect("a frame")
}

pub(super) fn packed(tar: &[u8]) -> Vec<u8> {
    zstd::encode_all(tar, 1).expect("a frame")
}

/// The members of a backup: name, content and where that begins in the tar.
pub(super) fn members(tar: &[u8]) -> Vec<(String, Vec<u8>, usize)> {
    let mut archive = tar::Archive::new(tar);
    let entries = archive.entries().expect("entries");
    entries
        .map(|entry| {
            let mut entry = entry.expect("an entry");
            let name = String::from_utf8(entry.path_bytes().into_owned()).expect("a name");
            let begin = usize::try_from(entry.raw_file_position()).expect("a place");
            let mut content = Vec::new();
            entry.read_to_end(&mut content).expect("content");
            (name, content, begin)
        })
        .collect()
}

pub(super) fn append(tar: &mut tar::Builder<Vec<u8>>, name: &str, content: &[u8]) {
    let mut header = tar::Header::new_ustar();
    // Not by `set_path`, which refuses some of these names.
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_size(content.len() as u64);
    header.set_mode(0o600);
    header.set_cksum();
    tar.append(&header, content).expect("a member");
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A backup of these members, with correct checksums and numbers of members.
pub(super) fn sealed(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    let mut list = String::new();
    let (mut totals, mut count) = (Value::Null, 0);
    for (name, content) in members {
        match name.as_str() {
            "totals.json" => totals = serde_json::from_slice(content).expect("JSON"),
            name if name.starts_with("sums/") => {}
            _ => {
                append(&mut tar, name, content);
                list += &format!("{}  {name}\n", hex(&Sha256::digest(content)));
                count += 1;
            }
        }
    }
    append(&mut tar, "sums/000001.txt", list.as_bytes());
    totals["members"] = json!(count + 1);
    totals["sha256"] = json!(hex(&Sha256::digest(list.as_bytes())));
    append(&mut tar, "totals.json", totals.to_string().as_bytes());
    packed(&tar.into_inner().expect("a tar"))
}

pub(super) fn plain(backup: &[u8]) -> Vec<(String, Vec<u8>)> {
    let members = members(&unpacked(backup)).into_iter();
    members.map(|(name, content, _)| (name, content)).collect()
}

/// A backup with another head, and correct checksums.
pub(in super::super) fn with_head(backup: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut members = plain(backup);
    let mut head: Value = serde_json::from_slice(&members[0].1).expect("JSON");
    change(&mut head);
    members[0].1 = head.to_string().into_bytes();
    sealed(&members)
}
