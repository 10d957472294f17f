//! What is wrong with the arguments, in Chinese: clap has its words in English only. Its kinds and the context of each
//! (`clap::error`) are public, so the sentence is made from those.

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// The sentence in Chinese with its usage line; `None` for what is no mistake (help, version), or of a kind that clap
/// may add: then its own words are shown.
pub(super) fn in_chinese(error: &clap::Error) -> Option<String> {
    let mut text = format!("错误：{}", sentence(error)?);
    let suggestions = [
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedArg,
        ContextKind::SuggestedValue,
    ];
    for kind in suggestions {
        let names = values(error, kind);
        if !names.is_empty() {
            text += &format!("\n\n  是不是想输入：{}", names.join("、"));
        }
    }
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        let usage = usage.to_string();
        let usage = usage.trim().strip_prefix("Usage:").unwrap_or(&usage).trim();
        text += &format!("\n\n用法：{usage}");
    }
    text += "\n\n加 --help 查看说明。";
    Some(app::ansi::visible(&text))
}

fn sentence(error: &clap::Error) -> Option<String> {
    let one = |kind| values(error, kind).into_iter().next().unwrap_or_default();
    let number = |kind| match error.get(kind) {
        Some(ContextValue::Number(number)) => *number,
        _ => 0,
    };
    let argument = one(ContextKind::InvalidArg);
    let value = one(ContextKind::InvalidValue);
    Some(match error.kind() {
        ErrorKind::UnknownArgument => format!("没有参数 {argument}"),
        ErrorKind::InvalidSubcommand => {
            format!("没有命令 {}", one(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingSubcommand => listed(
            format!("{} 后面要写一个子命令", one(ContextKind::InvalidSubcommand)),
            "子命令",
            &values(error, ContextKind::ValidSubcommand),
        ),
        ErrorKind::InvalidValue => {
            let words = match value.is_empty() {
                true => format!("参数 {argument} 需要一个值"),
                false => format!("参数 {argument} 的值 {value} 无效"),
            };
            listed(words, "可以是", &values(error, ContextKind::ValidValue))
        }
        ErrorKind::ValueValidation => {
            let words = format!("参数 {argument} 的值 {value} 无效");
            match std::error::Error::source(error) {
                Some(source) => format!("{words}：{}", reason(&source.to_string())),
                None => words,
            }
        }
        ErrorKind::NoEquals => format!("参数 {argument} 的值要用等号给出"),
        ErrorKind::TooManyValues => format!("参数 {argument} 多了一个值 {value}"),
        ErrorKind::TooFewValues => format!(
            "参数 {argument} 至少要 {} 个值，只有 {} 个",
            number(ContextKind::MinValues),
            number(ContextKind::ActualNumValues)
        ),
        ErrorKind::WrongNumberOfValues => format!(
            "参数 {argument} 要 {} 个值，有 {} 个",
            number(ContextKind::ExpectedNumValues),
            number(ContextKind::ActualNumValues)
        ),
        ErrorKind::ArgumentConflict => {
            let first = match argument.is_empty() {
                true => one(ContextKind::InvalidSubcommand),
                false => argument,
            };
            let others = values(error, ContextKind::PriorArg);
            match others.is_empty() {
                false if others == [first.clone()] => format!("参数 {first} 只能写一次"),
                false => format!("{first} 不能与 {} 同时使用", others.join("、")),
                true => format!("{first} 不能与其他参数同时使用"),
            }
        }
        ErrorKind::MissingRequiredArgument => {
            format!(
                "缺少参数：{}",
                values(error, ContextKind::InvalidArg).join(" ")
            )
        }
        ErrorKind::InvalidUtf8 => "参数不是 UTF-8 文本".to_owned(),
        _ => return None,
    })
}

/// A sentence with the words that would be accepted.
fn listed(words: String, what: &str, accepted: &[String]) -> String {
    match accepted.is_empty() {
        true => words,
        false => format!("{words}\n  {what}：{}", accepted.join("、")),
    }
}

/// Why the parser of a value refuses it: of the parsers of numbers in Chinese; ours have their own words.
fn reason(english: &str) -> String {
    if let Some((value, range)) = english.split_once(" is not in ") {
        return format!("{value} 不在 {range} 范围内");
    }
    match english {
        "invalid digit found in string" => "不是整数",
        "cannot parse integer from empty string" => "没有填写数字",
        "number too large to fit in target type" => "数字太大",
        "number too small to fit in target type" => "数字太小",
        other => other,
    }
    .to_owned()
}

/// The values of a piece of context.
fn values(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(value)) => vec![value.clone()],
        Some(ContextValue::Strings(values)) => values.clone(),
        Some(other) => {
            let text = other.to_string();
            (!text.is_empty()).then_some(text).into_iter().collect()
        }
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{Arg, Command};

    fn command() -> Command {
        let limit = Arg::new("limit")
            .long("limit")
            .value_parser(clap::value_parser!(u32).range(1..=200));
        let state = Arg::new("state")
            .long("state")
            .value_parser(["sent", "dead"])
            .conflicts_with("limit");
        let list = Command::new("list").args([limit, state]);
        let show = Command::new("show").arg(Arg::new("id").required(true));
        Command::new("message")
            .subcommand_required(true)
            .subcommands([list, show])
    }

    fn said(arguments: &[&str]) -> String {
        let all = std::iter::once("message").chain(arguments.iter().copied());
        let error = command().try_get_matches_from(all).expect_err("a mistake");
        in_chinese(&error).expect("words")
    }

    #[test]
    fn mistakes_are_named_in_chinese() {
        for (arguments, words) in [
            (&["list", "--limits", "3"][..], "错误：没有参数 --limits"),
            (&["list", "--limits", "3"], "是不是想输入：--limit"),
            (&["lst"], "错误：没有命令 lst"),
            (
                &[],
                "错误：message 后面要写一个子命令\n  子命令：list、show",
            ),
            (&["show"], "错误：缺少参数：<id>"),
            (&["show"], "用法：message show <id>"),
            (&["show", "1", "2"], "错误：没有参数 2"),
            (
                &["list", "--limit"],
                "错误：参数 --limit <limit> 需要一个值",
            ),
            (
                &["list", "--limit", "201"],
                "错误：参数 --limit <limit> 的值 201 无效：201 不在 1..=200 范围内",
            ),
            (
                &["list", "--limit", "x"],
                "错误：参数 --limit <limit> 的值 x 无效：不是整数",
            ),
            (
                &["list", "--state", "x"],
                "错误：参数 --state <state> 的值 x 无效\n  可以是：sent、dead",
            ),
            (
                &["list", "--state", "sent", "--limit", "3"],
                "错误：--state <state> 不能与 --limit <limit> 同时使用",
            ),
            (
                &["list", "--limit", "3", "--limit", "4"],
                "错误：参数 --limit <limit> 只能写一次",
            ),
        ] {
            let text = said(arguments);
            assert!(text.contains(words), "{arguments:?}: {text}");
            assert!(text.ends_with("加 --help 查看说明。"), "{text}");
            // Nothing of clap's own words is left.
            assert!(
                !text.contains("Usage") && !text.contains("invalid"),
                "{text}"
            );
        }
    }

    #[test]
    fn help_is_no_mistake() {
        let help = command().try_get_matches_from(["message", "--help"]);
        assert_eq!(in_chinese(&help.expect_err("help")), None);
    }
}
