//! YAML: why a text cannot be read.

use app::i18n::Lang;
use app::task::DOCUMENTS_MAX;

use super::{Say, Text, both};
use crate::yaml::{NotText, What};

impl Say for NotText {
    fn words(&self) -> Text {
        match self {
            Self::Utf16 => both(
                "文件是 UTF-16 编码，请另存为 UTF-8",
                "The file is UTF-16: save it as UTF-8",
            ),
            Self::Gbk => both(
                "文件像是 GBK 编码，请另存为 UTF-8",
                "The file looks like GBK: save it as UTF-8",
            ),
            Self::Bytes => both("文件不是 UTF-8 文本", "The file is not a text in UTF-8"),
        }
    }
}

impl NotText {
    /// The sentence for a reader.
    #[must_use]
    pub fn text(self, lang: Lang) -> String {
        self.say(lang)
    }
}

impl Say for What {
    fn words(&self) -> Text {
        match self {
            Self::Syntax(reason) if reason.is_empty() => both("YAML 语法错误", "invalid YAML"),
            Self::Syntax(reason) => both(
                format!("YAML 语法错误：{reason}"),
                format!("invalid YAML: {reason}"),
            ),
            Self::Tab => both(
                "YAML 不能用制表符缩进，请改用空格",
                "YAML is not indented by tabs: use blanks",
            ),
            Self::Indicator(sign) => both(
                format!("以 {sign} 开头的值要加引号，例如 '*/5 * * * *'"),
                format!("a value that begins with {sign} needs quotes, such as '*/5 * * * *'"),
            ),
            Self::NotAnObject => both(
                "这里应当是“字段: 值”，一个任务一个文档，文档之间用 --- 分开",
                "fields are expected here (`field: value`): one document for each task, with --- between them",
            ),
            Self::NoName => both("字段名必须是文本", "the name of a field is a text"),
            Self::Twice(name) => both(
                format!("字段 `{name}` 出现了不止一次"),
                format!("the field `{name}` occurs more than once"),
            ),
            Self::Tag => both(
                "不支持 YAML 标签（!…）；密钥在任务页面授权，不写在文件里",
                "YAML tags (`!…`) are not supported; secrets are granted to tasks, and are in no file",
            ),
            Self::TooDeep => both("嵌套太深", "it is nested too deeply"),
            Self::TooMany => both(
                "内容太多，或者别名重复展开得太多",
                "it has too many entries, or its aliases repeat too much",
            ),
            Self::TooManyDocuments => both(
                format!("一次最多 {DOCUMENTS_MAX} 个任务"),
                format!("at most {DOCUMENTS_MAX} tasks at once"),
            ),
        }
    }
}

impl What {
    /// The phrase for a reader.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        self.say(lang)
    }
}
