//! What an import looks up: names that are free, and home folders.

use app::backend::Answer;
use app::task::NAME_MAX_CHARS;

use super::account::ImportContext;
use crate::error::OrInternal;

/// The last number that is tried behind a name that is taken.
const NAMESAKES_MAX: u32 = 10_000;

/// What is known of a user of the crontabs on this server.
#[derive(Clone, Debug, Default)]
pub(super) struct Home {
    pub(super) path: Option<String>,
    /// Whether tasks that name no user run as it.
    pub(super) is_usual: bool,
}

impl ImportContext<'_> {
    /// A name that no task has, nor another line of this import.
    pub(super) async fn free_name(&mut self, wanted: &str) -> Answer<String> {
        let mut name = wanted.to_owned();
        // Where the last line of this name stopped: equal lines do not search from the beginning each.
        let first = self.namesakes.get(wanted).copied().unwrap_or(2);
        if first > 2 {
            name = numbered(wanted, first - 1);
        }
        for number in first..NAMESAKES_MAX {
            let is_free = !self.names.contains(&name)
                && self
                    .service
                    .store
                    .task_named(&name)
                    .await
                    .or_internal(self.lang)?
                    .is_none();
            if is_free {
                break;
            }
            name = numbered(wanted, number);
            self.namesakes.insert(wanted.to_owned(), number + 1);
        }
        self.names.insert(name.clone());
        Ok(name)
    }

    pub(super) async fn home(&mut self, user: &str) -> Answer<Home> {
        if user.is_empty() {
            return Ok(Home {
                path: None,
                is_usual: true,
            });
        }
        if let Some(known) = self.homes.get(user) {
            return Ok(known.clone());
        }
        let found = match &self.service.executor {
            None => None,
            Some(executor) => {
                let (executor, name) = (executor.clone(), user.to_owned());
                // Looking up a user may query a directory server.
                let found = tokio::task::spawn_blocking(move || executor.home_of(&name));
                found.await.or_internal(self.lang)?
            }
        };
        let home = found.map_or_else(Home::default, |(path, is_usual)| Home {
            path: Some(path),
            is_usual,
        });
        self.homes.insert(user.to_owned(), home.clone());
        Ok(home)
    }
}

/// A name with a number behind it.
fn numbered(name: &str, number: u32) -> String {
    let mark = format!(" ({number})");
    let room = NAME_MAX_CHARS - mark.len();
    name.chars().take(room).chain(mark.chars()).collect()
}
