//! Removes the scratch folders of deleted tasks, with all contents.
//!
//! The contents are hostile: links that lead elsewhere, folders nested deeper than PATH_MAX, files
//! that appear during the removal. So nothing is reached by a path: every step takes an open folder
//! and one name in it; links are removed and never followed; and nested folders are moved to the top
//! instead of being descended into, which needs two open folders at any depth.

use std::ffi::CString;
use std::io::{Error, ErrorKind};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::{OFlag, openat, renameat};
use nix::sys::stat::{Mode, fstat};
use nix::unistd::{Uid, UnlinkatFlags, unlinkat};

/// Names read per listing.
const BATCH: usize = 1000;
/// Steps for one folder; the rest is removed at the next start of a server.
const STEPS: u32 = 20_000_000;

/// Opens a folder by its name in another one, never through a link.
fn folder(at: BorrowedFd<'_>, name: &CString) -> Result<OwnedFd, Errno> {
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    openat(at, name.as_c_str(), flags, Mode::empty())
}

/// The first names in a folder.
fn names(of: BorrowedFd<'_>) -> Result<Vec<CString>, Errno> {
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    let mut entries = Dir::openat(of, c".", flags, Mode::empty())?;
    let mut found = Vec::new();
    for entry in entries.iter() {
        let name = entry?.file_name().to_owned();
        if name.as_c_str() != c"." && name.as_c_str() != c".." {
            found.push(name);
        }
        if found.len() == BATCH {
            break;
        }
    }
    Ok(found)
}

/// Removes a folder of this owner in `parent`, and all that is in it.
///
/// # Errors
/// When it is no folder, belongs to another user, or something in it cannot be removed.
pub(super) fn remove(parent: &Path, name: &str, owner: Uid) -> std::io::Result<()> {
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    let parent = nix::fcntl::open(parent, flags, Mode::empty())?;
    let name = CString::new(name)?;
    let top = folder(parent.as_fd(), &name)?;
    let found = fstat(top.as_fd())?;
    if found.st_uid != owner.as_raw() {
        return Err(Error::new(
            ErrorKind::PermissionDenied,
            "the folder belongs to another user",
        ));
    }
    let mut removal = Removal {
        top: top.as_fd(),
        device: found.st_dev,
        steps: 0,
        moved: 0,
    };
    removal.empty()?;
    unlinkat(parent.as_fd(), name.as_c_str(), UnlinkatFlags::RemoveDir)?;
    Ok(())
}

struct Removal<'a> {
    top: BorrowedFd<'a>,
    /// Its device: mounts inside it are not entered.
    device: nix::libc::dev_t,
    steps: u32,
    /// How many folders were moved to the top; numbers their new names.
    moved: u64,
}

impl Removal<'_> {
    fn step(&mut self) -> std::io::Result<()> {
        self.steps += 1;
        if self.steps > STEPS {
            return Err(Error::other(
                "there is too much in it to be removed at once",
            ));
        }
        Ok(())
    }

    fn empty(&mut self) -> std::io::Result<()> {
        loop {
            let names = names(self.top)?;
            if names.is_empty() {
                return Ok(());
            }
            for name in names {
                self.step()?;
                if !gone(self.top, &name)? {
                    self.flatten(&name)?;
                }
            }
        }
    }

    /// Removes a folder at the top; the folders in it that are not empty go to the top instead.
    fn flatten(&mut self, name: &CString) -> std::io::Result<()> {
        let inner = match folder(self.top, name) {
            // Something else has replaced it meanwhile.
            Err(Errno::ENOENT | Errno::ENOTDIR | Errno::ELOOP) => return Ok(()),
            opened => opened?,
        };
        if fstat(inner.as_fd())?.st_dev != self.device {
            return Err(Error::other("another file system is mounted in it"));
        }
        loop {
            let names = names(inner.as_fd())?;
            if names.is_empty() {
                break;
            }
            for name in names {
                self.step()?;
                if !gone(inner.as_fd(), &name)? {
                    self.lift(inner.as_fd(), &name)?;
                }
            }
        }
        gone(self.top, name).map(drop).map_err(Error::from)
    }

    /// Moves a folder to the top, under a free name.
    fn lift(&mut self, from: BorrowedFd<'_>, name: &CString) -> std::io::Result<()> {
        loop {
            self.step()?;
            self.moved += 1;
            let free = CString::new(format!(".{}", self.moved))?;
            match renameat(from, name.as_c_str(), self.top, free.as_c_str()) {
                Ok(()) | Err(Errno::ENOENT) => return Ok(()),
                // The name is taken.
                Err(Errno::EEXIST | Errno::ENOTEMPTY | Errno::ENOTDIR | Errno::EISDIR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Removes a file, a link or an empty folder. Returns false for a folder that is not empty.
fn gone(at: BorrowedFd<'_>, name: &CString) -> Result<bool, Errno> {
    match unlinkat(at, name.as_c_str(), UnlinkatFlags::NoRemoveDir) {
        Ok(()) | Err(Errno::ENOENT) => return Ok(true),
        Err(Errno::EISDIR | Errno::EPERM) => {}
        Err(error) => return Err(error),
    }
    match unlinkat(at, name.as_c_str(), UnlinkatFlags::RemoveDir) {
        Ok(()) | Err(Errno::ENOENT) => Ok(true),
        Err(Errno::ENOTEMPTY | Errno::EEXIST) => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use nix::unistd::geteuid;

    use super::*;
    use crate::tests::Folder;

    #[test]
    fn a_hostile_folder_is_removed_and_nothing_outside_of_it() {
        let folder = Folder::new();
        let (scratch, outside) = (folder.0.join("1-2"), folder.0.join("outside"));
        for path in [&scratch, &outside] {
            std::fs::create_dir(path).expect("a folder");
        }
        std::fs::write(outside.join("file"), "kept").expect("a file");
        symlink(&outside, scratch.join("link")).expect("a link");
        symlink("/nowhere", scratch.join("dangling")).expect("a link");
        let inner = scratch.join("a/b/c");
        std::fs::create_dir_all(&inner).expect("folders");
        symlink(&outside, inner.join("link")).expect("a link");
        std::fs::create_dir_all(scratch.join(".1/x")).expect("a name that is taken");
        std::fs::write(scratch.join(".2"), "").expect("another one");
        for number in 0..2500 {
            std::fs::write(inner.join(number.to_string()), "").expect("a file");
        }
        remove(&folder.0, "1-2", geteuid()).expect("it is removed");
        assert!(!scratch.exists());
        assert_eq!(
            std::fs::read_to_string(outside.join("file")).expect("it is there"),
            "kept"
        );
    }

    /// Deeper than a path may be long, and than there may be open files.
    #[test]
    fn a_folder_as_deep_as_one_likes_is_removed() {
        let folder = Folder::new();
        let mut at: OwnedFd = std::fs::File::open(&folder.0).expect("open").into();
        nix::sys::stat::mkdirat(&at, c"1-2", Mode::S_IRWXU).expect("a folder");
        let mut name = c"1-2";
        for _ in 0..3_000 {
            let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY;
            at = openat(&at, name, flags, Mode::empty()).expect("open");
            nix::sys::stat::mkdirat(&at, c"d", Mode::S_IRWXU).expect("a folder");
            name = c"d";
        }
        drop(at);
        remove(&folder.0, "1-2", geteuid()).expect("it is removed");
        assert!(!folder.0.join("1-2").exists());
    }

    #[test]
    fn what_is_no_folder_or_belongs_to_others_stays() {
        let folder = Folder::new();
        let (own, others) = (folder.0.join("own"), Uid::from_raw(4_000_000_000));
        std::fs::create_dir(&own).expect("a folder");
        std::fs::write(own.join("file"), "").expect("a file");
        symlink(&own, folder.0.join("link")).expect("a link");
        std::fs::write(folder.0.join("file"), "").expect("a file");
        remove(&folder.0, "own", others).expect_err("it is not that user's");
        remove(&folder.0, "link", geteuid()).expect_err("a link");
        remove(&folder.0, "file", geteuid()).expect_err("a file");
        assert!(own.join("file").exists());
    }
}
