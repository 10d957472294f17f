//! Why a command could not be started, in words.
//!
//! The server writes `@code detail`, or the operating system's words alone where it knows no
//! more. What this version does not know is shown as it is.

use crate::i18n::Lang;

/// The sentence, without a full stop.
pub(super) fn words(why: &str, lang: Lang) -> String {
    let Some((code, detail)) = why.strip_prefix('@').and_then(|text| text.split_once(' ')) else {
        return why.to_owned();
    };
    let (zh, en) = match code {
        "spawn" => ("系统没能启动进程", "the system started no process"),
        "cgroup" => (
            "不能放进控制组",
            "it could not be put into its control group",
        ),
        "limit_cpu" => (
            "CPU 时间限制设不上",
            "its limit of CPU time could not be set",
        ),
        "limit_memory" => ("内存限制设不上", "its limit of memory could not be set"),
        "limit_files" => (
            "打开文件数限制设不上",
            "its limit of open files could not be set",
        ),
        "limit_processes" => (
            "进程数限制设不上",
            "its limit of processes could not be set",
        ),
        "nice" => ("优先级设不上", "its niceness could not be set"),
        "user" => ("不能切换到运行用户", "the server could not become its user"),
        "cwd" => ("工作目录进不去", "its working folder could not be entered"),
        "scratch" => ("临时工作目录不能用", "its scratch folder cannot be used"),
        "shell" => ("shell 执行失败", "the shell could not be executed"),
        "interpreter" => (
            "脚本第一行的解释器执行失败",
            "the interpreter in the script's first line could not be executed",
        ),
        "isolation" => (
            "不能与服务器隔离",
            "it could not be kept apart from the server",
        ),
        "secret_file" => (
            "密钥文件没能交给它",
            "its secrets could not be handed over as files",
        ),
        "run_as_not_root" => (
            "服务器不是以 root 运行的，命令只能用这个用户",
            "the server is not root, so commands only run as",
        ),
        "run_as_not_listed" => (
            "这个用户不在 JCRONTAB_RUN_AS_ALLOW 里",
            "this user is not in JCRONTAB_RUN_AS_ALLOW",
        ),
        "run_as_unknown" => ("这台机器上没有这个用户", "this machine knows no such user"),
        "secret" => (
            "这个密钥用服务器的 secret.key 打不开，请重新填写它的值",
            "this secret does not open with the server's secret.key; enter its value again",
        ),
        "variable" => (
            "这个环境变量的名字或值系统不接受",
            "the system takes no variable with this name or value",
        ),
        "setup" => ("准备工作失败", "it could not be prepared"),
        _ => return why.to_owned(),
    };
    lang.pick(format!("{zh}：{detail}"), format!("{en}: {detail}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_become_sentences_and_the_rest_stays() {
        let cwd = "@cwd No such file or directory: /srv/x";
        assert_eq!(
            words(cwd, Lang::En),
            "its working folder could not be entered: No such file or directory: /srv/x"
        );
        assert_eq!(
            words(cwd, Lang::Zh),
            "工作目录进不去：No such file or directory: /srv/x"
        );
        for other in ["Permission denied", "@", "@later something", ""] {
            assert_eq!(words(other, Lang::Zh), other);
        }
    }
}
