//! The words of the server: typed values in, sentences in the reader's language out.
//!
//! Rules, services and stores return values: an enum for each resource says what is refused, which
//! input has a fault, or what there is to report, with the data that its sentence needs. The words
//! are here, a file for each resource, both languages of a sentence side by side. See
//! `docs/adr/0031-words-are-chosen-in-one-room.md`.
//!
//! Some values are made by rooms further down (what a search may ask for, what isolates commands).
//! Their words are inherent methods that are written here.

pub mod accounts;
pub mod audit;
pub mod blackouts;
pub mod calendars;
mod changed_values;
pub mod channel_addresses;
pub mod channel_settings;
pub mod channel_uses;
pub mod channels;
pub mod chat;
pub mod chat_tickets;
pub mod damage;
pub mod executions;
pub mod explain;
pub mod failures;
pub mod files;
pub mod firings;
mod import_lines;
mod import_remarks;
mod importer_remarks;
pub mod importers;
pub mod imports;
pub mod isolation;
pub mod links;
pub mod lists;
pub mod messages;
pub mod notices;
pub mod oncall;
pub mod outdated;
pub mod people;
pub mod pictures;
pub mod pools;
pub mod proxies;
pub mod retention;
pub mod rules;
pub mod runs;
pub mod search;
pub mod secrets;
pub mod server;
pub mod sessions;
pub mod start_urls;
pub mod starts;
pub mod streams;
pub mod summaries;
pub mod tasks;
pub mod templates;
#[cfg(test)]
mod tests;
pub mod tickets;
pub mod times;
pub mod tokens;
pub mod warnings;
mod yaml;

use app::error::{AppError, ErrorKind, FieldError};
use app::i18n::Lang;

/// One text in both languages.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Text {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Text {
    /// The text that `make` gives for each language.
    pub fn each(make: impl Fn(Lang) -> String) -> Self {
        Self {
            zh: make(Lang::Zh),
            en: make(Lang::En),
        }
    }

    /// The same in both languages: a name, a time.
    pub fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            zh: text.clone(),
            en: text,
        }
    }

    /// Names in a row, as each language separates them.
    #[must_use]
    pub fn list(names: &[String]) -> Self {
        both(names.join("、"), names.join(", "))
    }

    /// The text in a language.
    #[must_use]
    pub fn of(self, lang: Lang) -> String {
        lang.pick(self.zh, self.en)
    }
}

/// A text of its Chinese and its English.
pub fn both(zh: impl Into<String>, en: impl Into<String>) -> Text {
    Text {
        zh: zh.into(),
        en: en.into(),
    }
}

/// Why something that was sent got no answer, as it is stored, or the words of the other end.
fn no_answer(stored: &str) -> Text {
    Text::each(|lang| app::message::answer_text(stored, lang))
}

/// A value that a sentence or a phrase says.
pub trait Say {
    /// It in both languages.
    fn words(&self) -> Text;

    /// It in a reader's language.
    fn say(&self, lang: Lang) -> String {
        self.words().of(lang)
    }
}

/// What is wrong with one field of an input.
pub trait Fault {
    /// The stable code in the API, and a sentence.
    fn fault(&self) -> (&'static str, Text);

    /// The fault of this field (its name in the form and the API), for a reader.
    fn on(&self, field: &str, lang: Lang) -> FieldError {
        let (code, text) = self.fault();
        FieldError::new(field, code, text.of(lang))
    }

    /// The answer to an input that has this fault only.
    fn alone(&self, field: &str, lang: Lang) -> AppError {
        AppError::invalid(lang, vec![self.on(field, lang)])
    }
}

/// Why something that was asked for is not done.
pub trait Refusal {
    /// The refusal with its words.
    fn refusal(&self) -> Refused;

    /// The answer for a reader.
    fn answer(&self, lang: Lang) -> AppError {
        self.refusal().of(lang)
    }
}

/// A refusal with its words in both languages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused {
    kind: ErrorKind,
    code: &'static str,
    message: Text,
    hint: Option<Text>,
    /// The field that is to be changed, and the code of its fault.
    field: Option<(&'static str, &'static str)>,
    retry_after: Option<u32>,
}

impl Refused {
    /// A refusal of this kind, with its stable code and a sentence.
    const fn new(kind: ErrorKind, code: &'static str, message: Text) -> Self {
        Self {
            kind,
            code,
            message,
            hint: None,
            field: None,
            retry_after: None,
        }
    }

    /// With a next step.
    fn hint(self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            hint: Some(both(zh, en)),
            ..self
        }
    }

    /// With the same sentence as the fault of a field.
    const fn at(mut self, field: &'static str, code: &'static str) -> Self {
        self.field = Some((field, code));
        self
    }

    /// It may go well after so many seconds.
    const fn after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    fn of(self, lang: Lang) -> AppError {
        let message = self.message.of(lang);
        let field = self
            .field
            .map(|(field, code)| FieldError::new(field, code, message.as_str()));
        AppError {
            hint: self.hint.map(|hint| hint.of(lang)),
            fields: field.into_iter().collect(),
            retry_after: self.retry_after,
            ..AppError::new(self.kind, self.code, message)
        }
    }
}

/// The state of the thing does not allow it.
fn conflict(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Refused {
    Refused::new(ErrorKind::Conflict, code, both(zh, en))
}

/// A thing that may not exist.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum Missing {
    /// A calendar.
    Calendar,
    /// A blackout.
    Blackout,
    /// A channel.
    Channel,
    /// A person of a chat.
    ChatPerson,
    /// A picture.
    Picture,
    /// A concurrency pool.
    Pool,
    /// A rule about messages.
    Rule,
    /// A run.
    Run,
    /// A secret.
    Secret,
    /// A session.
    Session,
    /// A start URL.
    StartUrl,
    /// A summary.
    Summary,
    /// A task.
    Task,
    /// A template of messages.
    Template,
    /// A ticket.
    Ticket,
    /// An on-call rota.
    Rota,
    /// A person with a zone or hours of their own.
    Person,
    /// A default policy of urging.
    UrgeDefault,
    /// An API token.
    Token,
    /// An account.
    User,
}

impl Say for Missing {
    fn words(&self) -> Text {
        match self {
            Self::Calendar => both("这个日历", "calendar"),
            Self::Blackout => both("这个停跑时段", "blackout"),
            Self::Channel => both("这个通知渠道", "channel"),
            Self::ChatPerson => both("这个聊天人员", "chat user"),
            Self::Picture => both("这个图片", "picture"),
            Self::Pool => both("这个并发池", "pool"),
            Self::Rule => both("这条通知规则", "rule"),
            Self::Run => both("这次执行", "run"),
            Self::Secret => both("这个密钥", "secret"),
            Self::Session => both("这个登录", "session"),
            Self::StartUrl => both("这个触发地址", "start URL"),
            Self::Summary => both("这个汇总", "summary"),
            Self::Task => both("这个任务", "task"),
            Self::Template => both("这个模板", "template"),
            Self::Ticket => both("这个待办", "ticket"),
            Self::Rota => both("这个值班表", "rota"),
            Self::Person => both("这个人的时区与时段", "person with hours of their own"),
            Self::UrgeDefault => both("这个默认策略", "default policy"),
            Self::Token => both("这个令牌", "token"),
            Self::User => both("这个用户", "user"),
        }
    }
}

impl Missing {
    /// The answer that there is no such thing.
    #[must_use]
    pub fn answer(self, lang: Lang) -> AppError {
        AppError::not_found(lang, &self.say(lang))
    }
}
