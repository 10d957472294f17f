//! A Unix user per task: the kernel's file and process permissions keep the files, memory and
//! environment of one task's commands from those of another.
//!
//! The user is the first one of the range plus the task's number, so it is the same in every run and
//! after a restart: files that a task wrote still belong to it in the next run. See ADR 22.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use nix::unistd::{Gid, Uid, User};

use super::folder::{open_parent, prepare, unusable};
use super::{IdentityError, RunAsUser, Switch};
use crate::order::TaskId;
use crate::run_as_pool::{PoolError, RunAsPool};

/// What systemd's list of user ids (UIDS-GIDS) leaves unused, below 2³¹.
const AUTO_FIRST: u32 = 0x7000_0000;
/// The number of tasks that have a user of their own.
const AUTO_COUNT: u32 = 1 << 20;

/// The users of tasks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pool {
    first: u32,
    count: u32,
    /// Accounts may exist in the range.
    is_named: bool,
}

impl Pool {
    /// Opens the configured range; `None` when no pool is configured, or when `auto` finds no usable range here.
    pub(super) fn open(pool: RunAsPool) -> Result<Option<Self>, PoolError> {
        let maps = ["uid_map", "gid_map"]
            .map(|map| std::fs::read_to_string(format!("/proc/self/{map}")).unwrap_or_default());
        let exists = |first, last| maps.iter().all(|map| is_mapped(map, first, last));
        match pool {
            RunAsPool::Off => Ok(None),
            RunAsPool::Auto => {
                let found = exists(AUTO_FIRST, AUTO_FIRST + (AUTO_COUNT - 1));
                if !found {
                    tracing::warn!(
                        "no users for a pool exist in this container, so all tasks that name none run as one; set JCRONTAB_RUN_AS_POOL to a range that does"
                    );
                }
                Ok(found.then_some(Self {
                    first: AUTO_FIRST,
                    count: AUTO_COUNT,
                    is_named: false,
                }))
            }
            RunAsPool::Range(first, last) if exists(first, last) => Ok(Some(Self {
                first,
                count: last - first + 1,
                is_named: true,
            })),
            RunAsPool::Range(first, last) => Err(PoolError::NotMapped(first, last)),
        }
    }

    /// The first and the last user.
    #[must_use]
    pub const fn range(&self) -> (u32, u32) {
        (self.first, self.first + (self.count - 1))
    }

    /// Whether it is a user of the range.
    pub(super) fn has(&self, user: u32) -> bool {
        let (first, last) = self.range();
        (first..=last).contains(&user)
    }

    /// The user of a task. Tasks whose numbers differ by a multiple of the range's length share one.
    #[must_use]
    pub fn user_of(&self, task: TaskId) -> u32 {
        let place = task.0.rem_euclid(i64::from(self.count));
        // Less than the range's length, which fits.
        self.first + u32::try_from(place).unwrap_or_default()
    }

    /// The user of a task, with its scratch folder prepared.
    pub(super) fn whom(
        &self,
        task: TaskId,
        parent: &Path,
        mark: &str,
    ) -> Result<RunAsUser, IdentityError> {
        let uid = self.user_of(task);
        open_parent(parent).map_err(|source| unusable(parent, source))?;
        let scratch = parent.join(format!("{mark}-{uid}"));
        prepare(&scratch, Uid::from_raw(uid), Some(Gid::from_raw(uid)))?;
        let account = self
            .is_named
            .then(|| User::from_uid(Uid::from_raw(uid)).ok().flatten())
            .flatten();
        let home = account
            .as_ref()
            .map(|user| user.dir.clone())
            .filter(|home| {
                std::fs::metadata(home).is_ok_and(|found| found.is_dir() && found.uid() == uid)
            });
        Ok(RunAsUser {
            user: account.map_or_else(|| format!("jcrontab-{task}"), |user| user.name),
            switch: Some(Switch {
                uid,
                gid: uid,
                groups: vec![uid],
            }),
            home: home.unwrap_or_else(|| scratch.clone()),
            scratch,
        })
    }
}

/// Whether the whole range is mapped here; user_namespaces(7): each line is first, first outside, count.
fn is_mapped(map: &str, first: u32, last: u32) -> bool {
    let mut wanted = u64::from(first);
    let mut lines: Vec<(u64, u64)> = map
        .lines()
        .filter_map(|line| {
            let mut numbers = line.split_ascii_whitespace().map(str::parse::<u64>);
            let (first, _, count) = (
                numbers.next()?.ok()?,
                numbers.next()?,
                numbers.next()?.ok()?,
            );
            Some((first, count))
        })
        .collect();
    lines.sort_unstable();
    for (begin, count) in lines {
        if (begin..begin + count).contains(&wanted) {
            wanted = begin + count;
        }
    }
    wanted > u64::from(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_keeps_its_user_and_shares_it_with_none_nearby() {
        let pool = Pool {
            first: 5000,
            count: 100,
            is_named: false,
        };
        assert_eq!(pool.range(), (5000, 5099));
        assert_eq!(pool.user_of(TaskId(7)), 5007);
        assert_eq!(pool.user_of(TaskId(107)), 5007);
        assert_eq!(pool.user_of(TaskId(99)), 5099);
        let users: std::collections::BTreeSet<u32> =
            (1..=100).map(|id| pool.user_of(TaskId(id))).collect();
        assert_eq!(users.len(), 100);
    }

    #[test]
    fn a_container_with_few_users_is_noticed() {
        let whole = "         0          0 4294967295\n";
        assert!(is_mapped(whole, AUTO_FIRST, AUTO_FIRST + AUTO_COUNT));
        let few = "0 1000 1\n1 100000 65536\n";
        assert!(is_mapped(few, 1000, 60_000));
        assert!(!is_mapped(few, 60_000, 65_537));
        assert!(!is_mapped(few, AUTO_FIRST, AUTO_FIRST));
        assert!(!is_mapped("", 0, 0));
    }
}
