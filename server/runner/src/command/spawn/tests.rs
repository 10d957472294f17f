//! Starts whose outcome is unknown: a stand-in for the launcher takes the order,
//! starts the command, and then says nothing, or something that is no child.

use std::io::{IoSliceMut, Read};
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::Child;

use nix::sys::signal::Signal;
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendFlags};

use super::*;
use crate::containment::ContainBy;
use crate::helper::Helper;
use crate::identity::Identity;
use crate::isolation::Isolate;
use crate::journal;
use crate::launcher::Launcher;
use crate::strays::kill_strays;
use crate::tests::order;

/// A pid that no process has: Linux gives none above 2^22.
const NO_SUCH_PID: i32 = i32::MAX;

/// A data folder, by its key.
struct Folder {
    key: String,
    path: PathBuf,
}

impl Folder {
    fn new() -> Self {
        let key = crate::random::random_id(8);
        let path = std::env::temp_dir().join(format!("jcrontab-spawn-{key}"));
        std::fs::create_dir(&path).expect("a folder");
        Self { key, path }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What a test that fails leaves behind.
        kill_strays(&self.key).ok();
        std::fs::remove_dir_all(&self.path).ok();
    }
}

/// Takes an order of the launcher: arguments, environment, files.
fn launched(socket: &OwnedFd) -> (Vec<OsString>, Vec<OsString>, Vec<OwnedFd>) {
    let mut bytes = vec![0; 128 * 1024];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(3))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let parts = &mut [IoSliceMut::new(&mut bytes)];
    let length = rustix::net::recvmsg(socket, parts, &mut ancillary, RecvFlags::CMSG_CLOEXEC)
        .expect("an order")
        .bytes;
    let mut files = Vec::new();
    for message in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(rights) = message {
            files.extend(rights);
        }
    }
    let (count, texts) = bytes[..length].split_at(4);
    let count = u32::from_le_bytes(count.try_into().expect("four bytes"));
    let texts = texts.strip_suffix(b"\0").expect("an end");
    let mut texts = texts
        .split(|byte| *byte == 0)
        .map(|text| OsString::from_vec(text.to_vec()));
    let arguments = texts.by_ref().take(usize::try_from(count).expect("few"));
    (arguments.collect(), texts.collect(), files)
}

/// Starts what is ordered, sees it run, and gives this answer, or none and is gone.
fn stand_in(socket: OwnedFd, helper: &Helper, answer: Option<i32>) -> Child {
    let (arguments, environment, files) = launched(&socket);
    let Ok([run, _out, err]) = <[OwnedFd; 3]>::try_from(files) else {
        panic!("three files");
    };
    let (mut said, out) = std::io::pipe().expect("a pipe");
    let mut command = helper.command();
    for variable in environment {
        let variable = variable.into_string().expect("text");
        let (name, value) = variable.split_once('=').expect("a variable");
        command.env(name, value);
    }
    command.args(arguments).stdin(run).stdout(out).stderr(err);
    let child = command.spawn().expect("a start");
    // Else the word would be waited for also when the command is gone.
    drop(command);
    said.read_exact(&mut [0; 3]).expect("a word of the command");
    if let Some(answer) = answer {
        let answer = answer.to_le_bytes();
        rustix::net::send(&socket, &answer, SendFlags::NOSIGNAL).expect("an answer");
    }
    child
}

/// Orders a command from a launcher that answers like this.
fn start_without_outcome(answer: Option<i32>) -> String {
    let folder = Folder::new();
    let identity = Identity::new("nobody", true, &folder.path, &folder.key, &folder.path)
        .expect("an identity");
    let mut containment = Containment::open(
        ContainBy::Supervisor,
        Isolate::Auto,
        &folder.path,
        identity,
        || {},
    )
    .expect("containment");
    let (launcher, socket) = Launcher::played();
    containment.launcher = Some(launcher);
    let starts = folder.path.join("starts");
    let mut order = order(&format!(
        "echo start >> {}; echo up; sleep 1000; echo on",
        starts.display()
    ));
    let mark = &containment.identity.mark;
    let environment = Environment::of(&mut order, mark).expect("an environment");
    let helper = &containment.helper;
    let (started, mut child) = std::thread::scope(|scope| {
        let player = scope.spawn(move || stand_in(socket, helper, answer));
        let started = super::start(&order, &containment, environment);
        (started, player.join().expect("a child"))
    });
    // All of it is ended before anybody hears that there is no run.
    let ended = child.try_wait().expect("its state").expect("it has ended");
    assert_eq!(ended.signal(), Some(Signal::SIGKILL as i32));
    assert_eq!(kill_strays(&folder.key).expect("a look"), 0);
    let starts = std::fs::read_to_string(starts).expect("it was started");
    assert_eq!(starts, "start\n", "it is not started again");
    let (open, _) = journal::read(&folder.path).expect("the journal");
    assert!(open.is_empty(), "{open:?}");
    started.expect_err("no run")
}

#[tokio::test]
async fn what_a_launcher_that_is_gone_has_started_is_ended_and_not_started_again() {
    let reason = start_without_outcome(None);
    let expected = "the program that starts commands has ended in the middle of a start";
    assert!(reason.ends_with(expected), "{reason}");
}

#[tokio::test]
async fn what_is_started_and_cannot_be_held_is_ended_and_not_started_again() {
    let reason = start_without_outcome(Some(NO_SUCH_PID));
    assert!(reason.ends_with("No such process"), "{reason}");
}
