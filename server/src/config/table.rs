//! The table of all settings for the documentation, made from their declarations.

use super::setting::{Setting, all};

/// Headings in Chinese.
const HEADINGS: [(&str, &str); 7] = [
    ("Server", "服务器"),
    ("HTTP limits", "HTTP 限制"),
    ("Outgoing requests", "对外请求"),
    ("Running commands", "执行命令"),
    ("Stored output", "输出的存储"),
    ("Log", "日志"),
    ("Monitoring", "监控"),
];

/// The language of a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Language {
    /// English.
    En,
    /// Chinese.
    Zh,
}

impl Language {
    const fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::En => en,
            Self::Zh => zh,
        }
    }
}

/// Markdown: one table for each heading.
#[must_use]
pub fn table(language: Language) -> String {
    let settings = all();
    let mut headings: Vec<&str> = Vec::new();
    for setting in &settings {
        if !headings.contains(&setting.heading()) {
            headings.push(setting.heading());
        }
    }
    let mut text = String::new();
    for heading in headings {
        let chinese = HEADINGS.iter().find(|(english, _)| *english == heading);
        let chinese = chinese.map_or(heading, |(_, chinese)| chinese);
        let title = language.pick(chinese, heading);
        let columns = language.pick(
            "| 参数和键 | 环境变量 | 默认值 | 含义 | HUP |",
            "| flag and key | variable | default | what | HUP |",
        );
        text += &format!("## {title}\n\n{columns}\n|---|---|---|---|---|\n");
        for setting in settings.iter().filter(|one| one.heading() == heading) {
            text += &row(setting, language);
        }
        text.push('\n');
    }
    text.trim_end().to_owned() + "\n"
}

fn row(setting: &Setting, language: Language) -> String {
    let english = setting.english();
    let mut what = cell(language.pick(setting.chinese(), &english));
    let words = setting.words();
    if !words.is_empty() {
        let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        let separator = language.pick("、", ", ");
        what += &format!("{}{}", language.pick("：", ": "), words.join(separator));
    }
    if setting.is_secret() {
        what += language.pick("。机密", ". Secret");
    }
    let default = match setting.default().as_str() {
        "" => String::new(),
        text => format!("`{}`", cell(text)),
    };
    let live = match setting.is_live() {
        true => language.pick("生效", "applies"),
        false => "",
    };
    format!(
        "| `{}` | `{}` | {default} | {what} | {live} |\n",
        setting.name(),
        setting.variable()
    )
}

/// A text that ends no cell and begins no element.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGIN: &str = "<!-- settings: generated, see server/src/config/table.rs -->\n";

    /// `UPDATE_GOLDEN=1` writes the tables.
    #[test]
    fn the_documentation_has_the_table_of_the_code() {
        for (name, language) in [
            ("SETTINGS.md", Language::En),
            ("SETTINGS.zh-CN.md", Language::Zh),
        ] {
            let path = format!("{}/../docs/{name}", env!("CARGO_MANIFEST_DIR"));
            let text = std::fs::read_to_string(&path).expect(name);
            let (head, old) = text.split_once(BEGIN).expect("the mark");
            let new = format!("\n{}", table(language));
            if std::env::var_os("UPDATE_GOLDEN").is_some() {
                std::fs::write(&path, format!("{head}{BEGIN}{new}")).expect(name);
            } else {
                assert_eq!(old, new, "{name}: run the test with UPDATE_GOLDEN=1");
            }
        }
    }

    #[test]
    fn every_setting_has_a_variable_a_heading_and_words_in_both_languages() {
        for setting in all() {
            let name = setting.name().to_owned();
            assert!(!setting.variable().is_empty(), "{name}");
            let heading = HEADINGS.iter().any(|(one, _)| *one == setting.heading());
            assert!(heading, "{name}: {}", setting.heading());
            assert!(!setting.english().is_empty(), "{name}");
            assert!(!setting.chinese().is_ascii(), "{name}");
            assert!(!setting.chinese().ends_with('。'), "{name}");
            assert!(
                name.chars().all(|c| c.is_ascii_lowercase() || c == '-'),
                "{name}"
            );
        }
        // Nothing that the server reads is without a declaration.
        use clap::Args;
        let command = crate::config::Config::augment_args(clap::Command::new("x"));
        assert_eq!(command.get_arguments().count(), all().len());
    }
}
