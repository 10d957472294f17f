//! Parses the input of the search field.

use app::task::{HealthFilter, TaskState};
use app::transition::Word;
use migration::{OWNER_MARK, TAG_MARK, fold};
use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, Select};

use super::super::code::Code;
use super::super::entity::{channel, task};
use super::super::{Store, StoreError};
use super::SEARCH;

/// The longest search: SQLite refuses patterns of more than 50,000 bytes, and no search needs that much.
pub const CHARS_MAX: usize = 200;
/// The most words of a search.
pub const WORDS_MAX: usize = 8;
/// The most channels whose names are compared.
const CHANNELS_MAX: u64 = 20_000;

/// Why a search is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SearchFault {
    /// More than 200 characters.
    TooLong,
    /// More than eight words.
    TooMany,
}

/// What a search asks for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TaskSearch {
    /// What the text of a task must match, all of them; for `LIKE … ESCAPE '!'`.
    patterns: Vec<String>,
    /// The task is in one of these, if there are any.
    status: Vec<TaskStatus>,
    /// Its zone contains each of these.
    zones: Vec<String>,
    /// The name of its channel contains each of these.
    channels: Vec<String>,
    /// Words that look like filters and are none: they are searched for as text.
    pub unknown: Vec<String>,
}

/// What the filter `status:` finds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum TaskStatus {
    State(TaskState),
    Health(HealthFilter),
}

impl TaskStatus {
    fn read(word: &str) -> Option<Self> {
        let state = match word {
            "启用" => Some(TaskState::Active),
            "暂停" | "已暂停" => Some(TaskState::Paused),
            "done" | "结单" | "已结单" => Some(TaskState::Closed),
            word => TaskState::read(word),
        };
        let health = match word {
            "失败" => Some(HealthFilter::Failing),
            "催单" | "催单中" => Some(HealthFilter::Chasing),
            "执行中" => Some(HealthFilter::Running),
            word => HealthFilter::read(word),
        };
        state.map(Self::State).or(health.map(Self::Health))
    }
}

impl TaskSearch {
    /// Reads what was typed.
    ///
    /// Words are separated by blanks, or enclosed in double quotes. `owner:` (`责任人:`) and `tag:` (`标签:`) match a whole
    /// owner or tag, `status:` (`状态:`) a state or a health, `zone:` (`时区:`) and `channel:` (`渠道:`) a part of the zone
    /// or of the channel's name, any other word a part of the text. Case and width do not matter.
    ///
    /// # Errors
    /// When it is too long, or has too many words.
    pub fn read(typed: &str) -> Result<Self, SearchFault> {
        if typed.chars().nth(CHARS_MAX).is_some() {
            return Err(SearchFault::TooLong);
        }
        let words = words(&fold(typed));
        if words.len() > WORDS_MAX {
            return Err(SearchFault::TooMany);
        }
        let mut search = Self::default();
        for word in &words {
            search.add(word);
        }
        Ok(search)
    }

    fn add(&mut self, word: &str) {
        let asked = word.split_once(':');
        let asked = asked.map(|(key, value)| (key, value.trim()));
        match asked.filter(|(_, value)| !value.is_empty()) {
            Some(("owner" | "owners" | "责任人" | "负责人", value)) => {
                self.patterns.push(whole(OWNER_MARK, value));
            }
            Some(("tag" | "tags" | "标签", value)) => {
                self.patterns
                    .push(part(&format!("{TAG_MARK}{value}{TAG_MARK}")));
            }
            Some(("status" | "state" | "状态", value)) => match TaskStatus::read(value) {
                Some(status) => self.status.push(status),
                None => self.add_unknown(word),
            },
            Some(("zone" | "时区", value)) => self.zones.push(part(value)),
            Some(("channel" | "渠道" | "通知渠道", value)) => {
                self.channels.push(value.to_owned())
            }
            Some((key, value)) if looks_like_a_filter(key, value) => self.add_unknown(word),
            _ => self.patterns.push(part(word)),
        }
    }

    fn add_unknown(&mut self, word: &str) {
        self.patterns.push(part(word));
        self.unknown.push(word.to_owned());
    }
}

/// Whether a word was probably meant as a filter: `team:web`, but not `http://x`, `a:/b`, `09:00` or `localhost:80`.
fn looks_like_a_filter(key: &str, value: &str) -> bool {
    let letters = key.chars().all(char::is_alphabetic);
    let place = |first: char| first == '/' || first.is_ascii_digit();
    letters && key.chars().nth(1).is_some() && !value.starts_with(place)
}

impl Store {
    /// The tasks among these that a search finds.
    pub(super) async fn searched(
        &self,
        mut select: Select<task::Entity>,
        search: &TaskSearch,
    ) -> Result<Select<task::Entity>, StoreError> {
        for pattern in &search.patterns {
            select = select.filter(matches(pattern));
        }
        if !search.status.is_empty() {
            let mut any = Condition::any();
            for status in &search.status {
                any = any.add(match *status {
                    TaskStatus::State(state) => task::Column::State.eq(Code(state)),
                    TaskStatus::Health(health) => self.has_health(health).await?,
                });
            }
            select = select.filter(any);
        }
        for zone in &search.zones {
            let zone_of = Expr::col((task::Entity, task::Column::Zone));
            let like = LikeExpr::new(zone.as_str()).escape('!');
            select = select.filter(Expr::from(Func::lower(zone_of)).like(like));
        }
        if !search.channels.is_empty() {
            let names = self.folded_channels().await?;
            for part in &search.channels {
                let found = names.iter().filter(|(_, name)| name.contains(part));
                let ids = found.map(|(id, _)| *id);
                select = select.filter(task::Column::ChannelId.is_in(ids));
            }
        }
        Ok(select)
    }

    /// The ids of channels, each with its name as a search compares it.
    async fn folded_channels(&self) -> Result<Vec<(i64, String)>, StoreError> {
        let names: Vec<(i64, String)> = channel::Entity::find()
            .select_only()
            .columns([channel::Column::Id, channel::Column::Name])
            .limit(CHANNELS_MAX)
            .into_tuple()
            .all(&self.reader)
            .await?;
        let folded = names.into_iter().map(|(id, name)| (id, fold(&name)));
        Ok(folded.collect())
    }
}

/// The words, without their quotes. A quote inside a word is part of it: `name="a"` in a command is found as written.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let is_quote = matches!(c, '"' | '“' | '”');
        let ends = chars.peek().is_none_or(|next| next.is_whitespace());
        if is_quote && quoted && ends {
            quoted = false;
        } else if is_quote && !quoted && !ends && (word.is_empty() || word.ends_with(':')) {
            quoted = true;
        } else if c.is_whitespace() && !quoted {
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
        } else {
            word.push(c);
        }
    }
    if !word.trim().is_empty() {
        words.push(word);
    }
    words
}

/// Whether the text of a task matches a pattern.
pub(super) fn matches(pattern: &str) -> Expr {
    Expr::col(SEARCH).like(LikeExpr::new(pattern).escape('!'))
}

/// The pattern of a text that contains this one.
pub(in crate::store) fn part(text: &str) -> String {
    let text = text
        .replace('!', "!!")
        .replace('%', "!%")
        .replace('_', "!_");
    format!("%{text}%")
}

/// The pattern of a task with exactly this owner or tag, by the mark around those.
pub(in crate::store) fn whole(mark: char, name: &str) -> String {
    let name = fold(name);
    part(&format!("{mark}{}{mark}", name.trim_start_matches('@')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_patterns() {
        for (typed, expected) in [
            ("", &[][..]),
            ("  　 ", &[]),
            ("ÄRGER 50%_!", &["%ärger%", "%50!%!_!!%"]),
            ("owner：＠Bob", &["%\u{2}bob\u{2}%"]),
            ("tag:\"Web Server\" x", &["%\u{3}web server\u{3}%", "%x%"]),
            ("标签:信息", &["%\u{3}信息\u{3}%"]),
            ("\"a b\" c", &["%a b%", "%c%"]),
            ("name=\"a\" 5\" x", &["%name=\"a\"%", "%5\"%", "%x%"]),
            ("\"a \"b\" c\"", &["%a \"b%", "%c\"%"]),
            ("owner: http://x", &["%owner:%", "%http://x%"]),
            ("\u{2}a", &["%a%"]),
        ] {
            let search = TaskSearch::read(typed).expect("a search");
            assert_eq!(search.patterns, expected, "{typed}");
            assert_eq!(search.unknown, [""; 0], "{typed}");
        }
        let long = TaskSearch::read(&"x".repeat(201));
        assert_eq!(long, Err(SearchFault::TooLong));
        let many = TaskSearch::read(&"x ".repeat(9));
        assert_eq!(many, Err(SearchFault::TooMany));
    }

    #[test]
    fn filters_are_no_text() {
        let search =
            TaskSearch::read("status:failing 状态：已结单 zone:Shanghai 渠道:运维 x").expect("it");
        assert_eq!(
            search.status,
            [
                TaskStatus::Health(HealthFilter::Failing),
                TaskStatus::State(TaskState::Closed)
            ]
        );
        assert_eq!(search.zones, ["%shanghai%"]);
        assert_eq!(search.channels, ["运维"]);
        assert_eq!(search.patterns, ["%x%"]);
        assert_eq!(search.unknown, [""; 0]);
    }

    #[test]
    fn filters_that_there_are_not_are_named_and_searched_for_as_text() {
        for (typed, unknown) in [
            ("team:web x", &["team:web"][..]),
            ("status:sick", &["status:sick"]),
            ("curl http://x", &[]),
            ("09:00 a:b note: file:/x localhost:80", &[]),
        ] {
            let search = TaskSearch::read(typed).expect("a search");
            assert_eq!(search.unknown, unknown, "{typed}");
            assert_eq!(search.patterns.len(), typed.split(' ').count(), "{typed}");
        }
    }
}
