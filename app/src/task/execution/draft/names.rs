//! Names and texts of an execution: pool, user, folder, parameters.

use super::super::{EnvVar, Parameter, ParameterKind, SUCCESS_TEXT_MAX, SuccessWhen};
use crate::name::name_fault as name_fault_of;
use crate::task::reader::Reader;

/// The longest name of a variable, in bytes.
const NAME_MAX: usize = 64;
/// The longest path, in bytes: `PATH_MAX` of limits.h.
const PATH_MAX: usize = 4096;
/// The most parameters of a task.
pub const PARAMETERS_MAX: usize = 20;
/// The number of choices of a parameter.
const CHOICES: std::ops::RangeInclusive<usize> = 2..=50;
/// The longest label or choice, in characters.
const LABEL_MAX: usize = 200;

/// Shells that can be given by name.
const SHELLS: [&str; 4] = ["bash", "dash", "zsh", "ksh"];

/// Variables that would change what is started rather than what it reads, and our own.
const RESERVED: [&str; 2] = ["GLIBC_TUNABLES", "GCONV_PATH"];
/// Variables that a person who may only start a task must not set: they make a shell or an interpreter run other
/// code.
const UNSAFE_PARAMETERS: [&str; 22] = [
    "PATH",
    "HOME",
    "LANG",
    "SHELL",
    "USER",
    "LOGNAME",
    "PWD",
    "IFS",
    "ENV",
    "BASH_ENV",
    "SHELLOPTS",
    "BASHOPTS",
    "PS4",
    "PROMPT_COMMAND",
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "PERL5LIB",
    "PERL5OPT",
    "RUBYLIB",
    "RUBYOPT",
    "NODE_OPTIONS",
    "JAVA_TOOL_OPTIONS",
];

/// Whether a text is a valid name of an environment variable.
pub(super) fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    let first = |c: char| c.is_ascii_alphabetic() || c == '_';
    text.len() <= NAME_MAX
        && chars.next().is_some_and(first)
        && chars.all(|c| first(c) || c.is_ascii_digit())
}

pub(super) fn is_reserved(name: &str) -> bool {
    name.starts_with("JCRONTAB_") || name.starts_with("LD_") || RESERVED.contains(&name)
}

/// Whether a task can have a variable of this name.
#[must_use]
pub fn is_settable(name: &str) -> bool {
    is_name(name) && !is_reserved(name)
}

pub(super) fn pool(reader: &mut Reader<'_>, text: &str) -> String {
    let name = text.trim();
    let fit = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.chars().all(fit) && name.chars().count() <= 64 && name_fault_of(name).is_none() {
        return name.to_owned();
    }
    let message = reader.lang.pick(
        "并发池的名字是 1–64 个字母、数字、汉字、-、_ 或 .",
        "The name of a pool consists of 1–64 letters, digits, Chinese characters, -, _ or .",
    );
    reader.fault("pool", "invalid", message);
    String::new()
}

/// The texts that decide about success. One of only blanks counts as empty; otherwise blanks matter.
pub(super) fn success_when(reader: &mut Reader<'_>, typed: &SuccessWhen) -> SuccessWhen {
    let text = |text: &String| match text.trim() {
        "" => String::new(),
        _ => text.replace("\r\n", "\n"),
    };
    let when = SuccessWhen {
        must_contain: text(&typed.must_contain),
        must_not_contain: text(&typed.must_not_contain),
    };
    for (part, text) in [
        ("success_when.must_contain", &when.must_contain),
        ("success_when.must_not_contain", &when.must_not_contain),
    ] {
        if text.chars().nth(SUCCESS_TEXT_MAX).is_some() {
            let message = reader.lang.pick(
                format!("最多 {SUCCESS_TEXT_MAX} 个字符"),
                format!("At most {SUCCESS_TEXT_MAX} characters"),
            );
            reader.fault(part, "too_long", message);
        }
    }
    let banned = &when.must_not_contain;
    if !banned.is_empty() && when.must_contain.contains(banned.as_str()) {
        let message = reader.lang.pick(
            "必须包含的内容里就有它，这样永远不会成功",
            "It is part of what the output must contain, so no run could succeed",
        );
        reader.fault("success_when.must_not_contain", "contradiction", message);
    }
    when
}

pub(super) fn run_as(reader: &mut Reader<'_>, text: &str) -> String {
    let name = text.trim();
    let mut chars = name.chars();
    let first = |c: char| c.is_ascii_lowercase() || c == '_';
    let good = chars.next().is_none_or(first)
        && chars.all(|c| first(c) || c.is_ascii_digit() || c == '-')
        && name.len() <= 32;
    if good {
        return name.to_owned();
    }
    let message = reader.lang.pick(
        "请填 Unix 用户名：小写字母、数字、_、-，最多 32 个字符",
        "Enter a Unix user name: lower-case letters, digits, _ and -, at most 32 characters",
    );
    reader.fault("run_as", "invalid", message);
    String::new()
}

pub(super) fn cwd(reader: &mut Reader<'_>, text: &str) -> String {
    let path = text.trim();
    let message = if path.is_empty() {
        return String::new();
    } else if !path.starts_with('/') {
        reader.lang.pick(
            "请写绝对路径，以 / 开头",
            "Enter an absolute path, starting with /",
        )
    } else if path.chars().any(char::is_control) {
        reader.lang.pick(
            "路径里不能有控制字符",
            "A path must not contain control characters",
        )
    } else if path.len() > PATH_MAX {
        reader
            .lang
            .pick("路径最多 4096 字节", "A path has at most 4096 bytes")
    } else {
        return path.to_owned();
    };
    reader.fault("cwd", "invalid", message);
    String::new()
}

/// A shell by its name or its path. The default is returned as empty.
pub(super) fn shell(reader: &mut Reader<'_>, text: &str) -> String {
    let shell = text.trim();
    if matches!(shell, "" | "sh" | "/bin/sh") {
        return String::new();
    }
    let is_path = shell.starts_with('/')
        && !shell.ends_with('/')
        && shell.len() <= PATH_MAX
        && !shell.chars().any(|c| c.is_control() || c.is_whitespace());
    if is_path || SHELLS.contains(&shell) {
        return shell.to_owned();
    }
    let message = reader.lang.pick(
        "填 sh、bash、dash、zsh、ksh，或 shell 的绝对路径（不带参数）；要用别的解释器，让命令以 #! 开头",
        "Enter sh, bash, dash, zsh, ksh or the absolute path of a shell, without arguments; for another interpreter, begin the command with #!",
    );
    reader.fault("shell", "invalid", message);
    String::new()
}

pub(super) fn name_shape(reader: &Reader<'_>) -> &'static str {
    reader.lang.pick(
        "变量名由字母、数字、_ 组成，不以数字开头，最多 64 个字符",
        "A variable name consists of letters, digits and _, does not start with a digit, and has at most 64 characters",
    )
}

/// The parameters, trimmed.
pub(super) fn parameters(
    reader: &mut Reader<'_>,
    typed: &[Parameter],
    env: &[EnvVar],
) -> Vec<Parameter> {
    if typed.len() > PARAMETERS_MAX {
        let message = reader.lang.pick(
            format!("最多 {PARAMETERS_MAX} 个参数"),
            format!("At most {PARAMETERS_MAX} parameters"),
        );
        reader.fault("parameters", "too_many", message);
        return Vec::new();
    }
    let set: Vec<&str> = env.iter().map(|one| one.name.as_str()).collect();
    let mut all: Vec<Parameter> = Vec::new();
    for (index, one) in typed.iter().enumerate() {
        let one = trimmed(one);
        let part = |part: &str| format!("parameters[{index}].{part}");
        let taken = all.iter().any(|other| other.name == one.name);
        if let Some((code, message)) = name_fault(reader, &one.name, taken, &set) {
            reader.fault(&part("name"), code, message);
        }
        if one.label.chars().count() > LABEL_MAX || name_fault_of(&one.label).is_some() {
            let message = reader.lang.pick(
                format!("最多 {LABEL_MAX} 个字符，不能有控制字符"),
                format!("At most {LABEL_MAX} characters, no control characters"),
            );
            reader.fault(&part("label"), "invalid", message);
        }
        if let Some(message) = choices_fault(reader, &one) {
            reader.fault(&part("choices"), "invalid", message);
        }
        if let Some((code, message)) = default_fault(reader, &one) {
            reader.fault(&part("default"), code, message);
        }
        all.push(one);
    }
    all
}

fn trimmed(one: &Parameter) -> Parameter {
    let choice = one.kind == ParameterKind::Choice;
    let choices = one.choices.iter().map(|choice| choice.trim().to_owned());
    Parameter {
        name: one.name.trim().to_owned(),
        label: one.label.trim().to_owned(),
        kind: one.kind,
        // Other kinds have no choices.
        choices: choices.filter(|_| choice).collect(),
        default: one.default.trim().to_owned(),
        required: one.required,
    }
}

fn name_fault(
    reader: &Reader<'_>,
    name: &str,
    taken: bool,
    env: &[&str],
) -> Option<(&'static str, &'static str)> {
    let lang = reader.lang;
    if name.is_empty() {
        let text = lang.pick("请填写参数的变量名", "Enter the variable's name");
        Some(("required", text))
    } else if !is_name(name) {
        Some(("invalid", name_shape(reader)))
    } else if is_reserved(name) || UNSAFE_PARAMETERS.contains(&name) {
        let text = lang.pick(
            "这个变量决定运行什么，不能作为参数",
            "This variable determines what runs, so it cannot be a parameter",
        );
        Some(("reserved", text))
    } else if taken {
        let text = lang.pick(
            "前面已经有同名的参数",
            "A parameter with this name already exists",
        );
        Some(("taken", text))
    } else if env.contains(&name) {
        let text = lang.pick(
            "环境变量里已经设置了它",
            "It is already set as an environment variable",
        );
        Some(("taken", text))
    } else {
        None
    }
}

fn choices_fault(reader: &Reader<'_>, one: &Parameter) -> Option<String> {
    if one.kind != ParameterKind::Choice {
        return None;
    }
    let lang = reader.lang;
    let choices = &one.choices;
    let unfit = |text: &String| {
        text.is_empty() || text.chars().count() > LABEL_MAX || name_fault_of(text).is_some()
    };
    let repeated = |at: usize| choices[..at].contains(&choices[at]);
    if !CHOICES.contains(&choices.len()) {
        Some(lang.pick(
            "请填 2–50 个选项".to_owned(),
            "Enter 2–50 choices".to_owned(),
        ))
    } else if choices.iter().any(unfit) {
        Some(lang.pick(
            format!("选项是 1–{LABEL_MAX} 个字符的一行文字"),
            format!("A choice is a single line of 1–{LABEL_MAX} characters"),
        ))
    } else {
        (0..choices.len()).find(|at| repeated(*at)).map(|at| {
            lang.pick(
                format!("选项“{}”重复了", choices[at]),
                format!("The choice \"{}\" appears twice", choices[at]),
            )
        })
    }
}

fn default_fault(reader: &Reader<'_>, one: &Parameter) -> Option<(&'static str, String)> {
    let lang = reader.lang;
    match one.kind {
        ParameterKind::Secret if !one.default.is_empty() => Some((
            "secret",
            lang.pick(
                "密文参数没有默认值；每次都要用的请授权一个密钥",
                "A secret parameter has no default; grant a secret to the task for values it always needs",
            )
            .to_owned(),
        )),
        // A parameter that must be filled in for every manual start needs no default; planned starts then get an
        // empty value.
        ParameterKind::Choice if one.default.is_empty() && !one.required => Some((
            "required",
            lang.pick(
                "请从选项里选一个默认值，按计划执行时用它",
                "Choose one of the choices as the default: scheduled runs use it",
            )
            .to_owned(),
        )),
        _ => one.check(&one.default, lang).err(),
    }
}
