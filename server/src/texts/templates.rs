//! Templates of messages: what is wrong with one, and with a request about them.

use app::channel::{NAMED_TEMPLATES_MAX, TEMPLATE_NAME_MAX};
use app::i18n::Lang;
use app::message::Event;
use app::texts::rules::rule_name;

use super::{Fault, Refusal, Refused, Text, both, conflict};
use crate::template::{JsonWhy, SyntaxWhy, TemplateFault, TemplateWhy, Unsupported};

fn syntax(why: &SyntaxWhy) -> String {
    match why {
        SyntaxWhy::Unfinished => "标签或语句块还没有结束，模板就结束了".to_owned(),
        SyntaxWhy::UnknownStatement(name) => format!("没有语句 {name}"),
        SyntaxWhy::Unexpected => "这里的内容不符合语法".to_owned(),
    }
}

fn unsupported(what: Unsupported) -> String {
    let words = match what {
        Unsupported::Operator(operator) => return format!("运算符 {operator}"),
        Unsupported::Statement(name) => return format!("语句 {name}"),
        Unsupported::Nesting(max) => return format!("超过 {max} 层的嵌套"),
        Unsupported::Call => "函数调用",
        Unsupported::Tuple => "元组",
        Unsupported::Map => "映射",
        Unsupported::ListOfVariables => "由变量组成的列表",
        Unsupported::NamedArgument => "带名称的参数",
        Unsupported::RecursiveLoop => "递归循环",
        Unsupported::SeveralNames => "带多个变量名的循环",
        Unsupported::ThisStatement => "这条语句",
    };
    words.to_owned()
}

impl Fault for TemplateWhy {
    fn fault(&self) -> (&'static str, Text) {
        let (code, zh) = match self {
            Self::Syntax(why) => ("syntax", format!("语法错误：{}", syntax(why))),
            Self::Control(number) => (
                "control_character",
                format!("不能包含控制字符 U+{number:04X}；换行和制表符可以"),
            ),
            Self::UnknownVariable(name) => ("unknown_variable", format!("没有变量 {name}")),
            Self::UnknownFilter(name) => ("unknown_filter", format!("没有过滤器 {name}")),
            Self::UnknownTest(name) => ("unknown_test", format!("没有测试 {name}")),
            Self::NotSupported(what) => {
                ("not_supported", format!("模板不支持{}", unsupported(*what)))
            }
            Self::LoopsTooDeep(max) => ("too_deep", format!("循环最多嵌套 {max} 层")),
            Self::LoopOver => (
                "loop_over",
                "循环只能遍历变量，例如 brief_lines，或 output|lines".to_owned(),
            ),
            Self::Undefined => ("undefined", "这里用到的值不存在".to_owned()),
            Self::NotAText => (
                "not_a_text",
                "列表不能直接输出；请用循环，或过滤器 join".to_owned(),
            ),
            Self::TooManySteps(max) => ("too_many_steps", format!("模板执行超过 {max} 步")),
            Self::TooLong(max) => ("too_long", format!("模板最多 {max} 字节")),
            Self::TooManyTags(max) => ("too_many_tags", format!("模板最多 {max} 个标签")),
            Self::TagTooLong(max) => ("tag_too_long", format!("一个标签最多 {max} 个部分，请拆开")),
            Self::ResultTooLong(max) => ("result_too_long", format!("结果超过 {max} 字节")),
            Self::ValueTooLong(max) => ("value_too_long", format!("过滤器的结果超过 {max} 字节")),
            Self::Empty => ("empty", "结果为空".to_owned()),
            Self::NotJson(why) => (
                "not_json",
                format!(
                    "结果不是合法的 JSON：{}",
                    match why {
                        JsonWhy::Ends => "还没有完整就结束了",
                        JsonWhy::Unexpected => "这里的内容不符合语法",
                    }
                ),
            ),
            Self::Arguments => ("arguments", "过滤器的参数个数不对".to_owned()),
            Self::Value => ("value", "值或参数的类型不对，或超出范围".to_owned()),
            Self::Engine => ("invalid", "模板无法渲染".to_owned()),
        };
        let en = match self {
            Self::Syntax(why) => format!("Syntax error: {why}"),
            _ => app::i18n::sentence(self.to_string()),
        };
        (code, both(zh, en))
    }
}

impl Fault for TemplateFault {
    /// With the place, the line of it, and a caret.
    fn fault(&self) -> (&'static str, Text) {
        let (code, text) = self.why.fault();
        let Some(place) = &self.place else {
            return (code, text);
        };
        let (line, column, marked) = (place.line, place.column, &place.marked);
        let text = if matches!(self.why, TemplateWhy::NotJson(_)) {
            both(
                format!("结果第 {line} 行第 {column} 列：{}\n{marked}", text.zh),
                format!(
                    "Line {line}, column {column} of the result: {}\n{marked}",
                    text.en
                ),
            )
        } else {
            both(
                format!("第 {line} 行第 {column} 列：{}\n{marked}", text.zh),
                format!("Line {line}, column {column}: {}\n{marked}", text.en),
            )
        };
        (code, text)
    }
}

/// A fault of a template for several events, with the one for which it failed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
pub struct EventTemplateFault {
    /// The event; `None` for a template that is for one only.
    pub event: Option<Event>,
    /// What is wrong.
    pub fault: TemplateFault,
}

impl Fault for EventTemplateFault {
    fn fault(&self) -> (&'static str, Text) {
        let (code, text) = self.fault.fault();
        let Some(event) = self.event.map(Event::as_str) else {
            return (code, text);
        };
        let name = Text::each(|lang| Event::text(event, lang));
        let text = both(
            format!("事件“{}”（{event}）：{}", name.zh, text.zh),
            format!("Event \"{}\" ({event}): {}", name.en, text.en),
        );
        (code, text)
    }
}

/// What is wrong with a request about templates.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum TemplateRequestFault {
    /// An event that has no templates.
    UnknownEvent {
        /// Those that have, with commas.
        known: String,
    },
    /// A name that no template may have.
    Name,
    /// No task has this name or this ID.
    NoSuchTask,
    /// A run of another task.
    OtherTask,
    /// A run that goes on, or waits.
    NotOver,
    /// A task without a run.
    NoRun,
}

impl Fault for TemplateRequestFault {
    fn fault(&self) -> (&'static str, Text) {
        match self {
            Self::UnknownEvent { known } => (
                "unknown",
                both(format!("可以是：{known}"), format!("It is one of: {known}")),
            ),
            Self::Name => (
                "invalid",
                both(
                    format!(
                        "模板名由 @ 和 1–{TEMPLATE_NAME_MAX} 个字母、数字、汉字、- 和 _ 组成，例如 @night"
                    ),
                    format!(
                        "A name is @ and 1 to {TEMPLATE_NAME_MAX} letters, digits, -, _ or Chinese characters, such as @night"
                    ),
                ),
            ),
            Self::NoSuchTask => (
                "not_found",
                both(
                    "没有这个名称或编号的任务",
                    "There is no task with this name or ID",
                ),
            ),
            Self::OtherTask => (
                "other_task",
                both("这次执行属于另一个任务", "This run belongs to another task"),
            ),
            Self::NotOver => (
                "not_over",
                both("这次执行还没有结束", "This run has not ended"),
            ),
            Self::NoRun => (
                "no_run",
                both("这个任务还没有执行过", "This task has no finished run"),
            ),
        }
    }
}

/// Why a template is not stored or deleted.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum TemplateRefusal {
    /// Rules name it.
    InUse {
        /// The first of them, by number and name.
        rules: Vec<(i64, String)>,
    },
    /// Its channel has as many named ones as it may have.
    TooMany,
}

impl Refusal for TemplateRefusal {
    fn refusal(&self) -> Refused {
        match self {
            Self::InUse { rules } => {
                let names = |lang: Lang| {
                    let names = rules.iter().map(|(id, name)| match name.as_str() {
                        "" => rule_name(lang, *id, ""),
                        name => format!("{} ({name})", rule_name(lang, *id, "")),
                    });
                    names.collect::<Vec<String>>().join(lang.pick("、", ", "))
                };
                conflict(
                    "template.in_use",
                    format!("这些通知规则在使用这个模板：{}", names(Lang::Zh)),
                    format!("Rules use this template: {}", names(Lang::En)),
                )
                .hint("先修改或删除这些规则", "Change or delete those rules first")
            }
            Self::TooMany => conflict(
                "template.too_many",
                format!("一个渠道最多 {NAMED_TEMPLATES_MAX} 个命名模板"),
                format!("A channel can have at most {NAMED_TEMPLATES_MAX} named templates"),
            )
            .hint(
                "删除不再使用的模板",
                "Delete templates that are no longer used",
            ),
        }
    }
}
