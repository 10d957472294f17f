//! The results of the checks.

use app::i18n::Lang;
use serde::Serialize;

/// The result of a check.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    Ok,
    /// Not ready yet, without an error.
    Starting,
    Warn,
    Fail,
}

/// One check.
#[derive(Debug, Serialize)]
pub(super) struct Check {
    /// Stable name, for programs.
    name: &'static str,
    status: Status,
    /// What was found.
    text: String,
    /// What to do; absent for a check that passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'static str>,
}

/// All checks, in the order in which they are printed.
#[derive(Debug)]
pub(super) struct Report {
    lang: Lang,
    pub(super) checks: Vec<Check>,
}

impl Report {
    pub(super) fn new(lang: Lang) -> Self {
        Self {
            lang,
            checks: Vec::new(),
        }
    }

    /// The language of the reader.
    pub(super) fn lang(&self) -> Lang {
        self.lang
    }

    /// A sentence in the language of the reader.
    pub(super) fn pick(&self, zh: &str, en: &str) -> String {
        self.lang.pick(zh, en).to_owned()
    }

    /// Records a check that passed; the text in Chinese and in English.
    pub(super) fn ok(&mut self, name: &'static str, (zh, en): (String, String)) {
        self.push(name, Status::Ok, self.lang.pick(zh, en), None);
    }

    /// Records a check of something that is still starting.
    pub(super) fn starting(&mut self, name: &'static str, (zh, en): (String, String)) {
        self.push(name, Status::Starting, self.lang.pick(zh, en), None);
    }

    /// Records a warning: it works, but something should be done.
    pub(super) fn warn(
        &mut self,
        name: &'static str,
        text: String,
        next: (&'static str, &'static str),
    ) {
        self.push(name, Status::Warn, text, Some(next));
    }

    /// Records a failure.
    pub(super) fn fail(
        &mut self,
        name: &'static str,
        text: String,
        next: (&'static str, &'static str),
    ) {
        self.push(name, Status::Fail, text, Some(next));
    }

    fn push(
        &mut self,
        name: &'static str,
        status: Status,
        text: String,
        next: Option<(&'static str, &'static str)>,
    ) {
        let next = next.map(|(zh, en)| self.lang.pick(zh, en));
        self.checks.push(Check {
            name,
            status,
            text,
            next,
        });
    }

    /// Records this program's own version, where no server reports one.
    pub(super) fn ours(&mut self) {
        let version = format!("jcrontab {}", env!("CARGO_PKG_VERSION"));
        self.ok("version", (version.clone(), version));
    }

    /// Whether a check was reported already.
    pub(super) fn has(&self, name: &str) -> bool {
        self.checks.iter().any(|check| check.name == name)
    }

    /// Whether a check failed.
    pub(super) fn has_failed(&self, name: &str) -> bool {
        let failed = |check: &Check| check.name == name && check.status == Status::Fail;
        self.checks.iter().any(failed)
    }

    pub(super) fn count(&self, status: Status) -> usize {
        self.checks
            .iter()
            .filter(|check| check.status == status)
            .count()
    }

    /// One line per check: `warn  zone data: 2025b …; update the package tzdata`.
    pub(super) fn lines(&self) -> Vec<String> {
        self.checks
            .iter()
            .map(|check| {
                let status = match check.status {
                    Status::Ok => "ok  ",
                    Status::Starting => "wait",
                    Status::Warn => "warn",
                    Status::Fail => "fail",
                };
                let (zh, en) = title(check.name);
                let next = check.next.map_or_else(String::new, |next| {
                    self.lang.pick(format!("；{next}"), format!("; {next}"))
                });
                let text = check.text.replace(char::is_control, " ");
                self.lang.pick(
                    format!("{status}  {zh}：{text}{next}"),
                    format!("{status}  {en}: {text}{next}"),
                )
            })
            .collect()
    }
}

/// The displayed name of a check.
fn title(name: &'static str) -> (&'static str, &'static str) {
    match name {
        "version" => ("版本", "version"),
        "data_dir" => ("数据文件夹", "data folder"),
        "database" => ("数据库", "database"),
        "migrations" => ("数据库结构", "database schema"),
        "zone_data" => ("时区数据", "zone data"),
        "default_zone" => ("默认时区", "default zone"),
        "system_zone" => ("系统时区", "system zone"),
        "calendars" => ("日历", "calendars"),
        "secret_key" => ("密钥", "secret key"),
        "memory_limit" => ("内存限制", "memory limits"),
        "isolation" => ("命令隔离", "isolation of commands"),
        "output_store" => ("输出存储", "store of outputs"),
        "unreadable_rows" => ("数据库记录", "rows of the database"),
        "audit" => ("审计日志", "audit log"),
        "server" => ("服务器", "server"),
        "messages" => ("消息", "messages"),
        "loops" => ("后台循环", "background loops"),
        "site" => ("页面文件", "files of the pages"),
        "clock_step" => ("系统时钟", "system clock"),
        "retention" => ("历史清理", "retention"),
        "backup" => ("备份", "backup"),
        "space" => ("空间", "space"),
        other => (other, other),
    }
}
