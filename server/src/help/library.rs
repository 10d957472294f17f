//! Which documents the manual has.

use app::i18n::Lang;

/// The source of a document.
pub(super) struct Source {
    /// Its name in addresses.
    pub(super) name: &'static str,
    /// Its name among the files, without language and ending.
    pub(super) file: &'static str,
    english: &'static str,
    /// Its text, or the title that the list has for it.
    chinese: Result<&'static str, &'static str>,
}

impl Source {
    /// Its text in a language, or else in English.
    pub(super) fn text(&self, lang: Lang) -> (Lang, &'static str) {
        match (lang, self.chinese) {
            (Lang::Zh, Ok(chinese)) => (Lang::Zh, chinese),
            _ => (Lang::En, self.english),
        }
    }

    /// Its title in a language that it has not been translated to.
    pub(super) fn title(&self, lang: Lang) -> Option<&'static str> {
        match lang {
            Lang::Zh => self.chinese.err(),
            Lang::En => None,
        }
    }
}

macro_rules! sources {
    ($($name:literal = $file:literal $(, $title:literal)?;)*) => {
        &[$(Source {
            name: $name,
            file: $file,
            english: include_str!(concat!("../../../docs/", $file, ".md")),
            chinese: sources!(@$file $($title)?),
        }),*]
    };
    (@$file:literal) => { Ok(include_str!(concat!("../../../docs/", $file, ".zh-CN.md"))) };
    (@$file:literal $title:literal) => { Err($title) };
}

/// All documents for users, in the order in which they are listed.
pub(super) const SOURCES: &[Source] = sources![
    "start" = "START";
    "crontab" = "CRONTAB";
    "import" = "IMPORT";
    "channels" = "CHANNELS";
    "reminders" = "REMINDERS";
    "chat" = "CHAT";
    "starts" = "STARTS";
    "files" = "FILES";
    "cli" = "CLI", "命令行";
    "api" = "API", "REST API";
    "api-examples" = "API_EXAMPLES";
    "settings" = "SETTINGS";
    "operations" = "OPERATIONS", "运行和维护";
    "monitoring" = "MONITORING", "监控 Jcrontab";
    "backup" = "BACKUP";
    "several-servers" = "SEVERAL_SERVERS";
    "sizing" = "SIZING";
    "upgrade" = "UPGRADE";
    "comparison" = "COMPARISON";
    "glossary" = "GLOSSARY", "术语表";
];

/// The document of a file, which documents link to each other by: `OPERATIONS.md`, `START.zh-CN.md`.
pub(super) fn of_file(file: &str) -> Option<&'static Source> {
    let file = file.strip_suffix(".md")?;
    let file = file.strip_suffix(".zh-CN").unwrap_or(file);
    SOURCES.iter().find(|source| source.file == file)
}
