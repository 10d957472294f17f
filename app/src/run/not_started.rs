//! Sentences about why a command could not be started.
//!
//! The server writes `@code detail`, or only the operating system's message where it knows no more. What this version
//! does not know is shown unchanged.

use crate::i18n::Lang;

/// The sentence, without a full stop.
pub(super) fn words(why: &str, lang: Lang) -> String {
    let Some((code, detail)) = why.strip_prefix('@').and_then(|text| text.split_once(' ')) else {
        return why.to_owned();
    };
    let (zh, en) = match code {
        "spawn" => ("系统没能启动进程", "the system could not start the process"),
        "cgroup" => (
            "不能放进控制组",
            "it could not be put into its control group",
        ),
        "limit_cpu" => (
            "无法设置 CPU 时间限制",
            "its CPU time limit could not be set",
        ),
        "limit_memory" => ("无法设置内存限制", "its memory limit could not be set"),
        "limit_files" => (
            "无法设置打开文件数限制",
            "its open files limit could not be set",
        ),
        "limit_processes" => ("无法设置进程数限制", "its process limit could not be set"),
        "nice" => ("无法设置优先级", "its nice value could not be set"),
        "user" => (
            "不能切换到运行用户",
            "the server could not switch to its user",
        ),
        "cwd" => (
            "无法进入工作目录",
            "its working directory could not be entered",
        ),
        "scratch" => ("临时工作目录不能用", "its scratch folder cannot be used"),
        "shell" => ("shell 执行失败", "the shell could not be executed"),
        "interpreter" => (
            "脚本第一行的解释器执行失败",
            "the interpreter in the first line of the script could not be executed",
        ),
        "isolation" => (
            "不能与服务器隔离",
            "it could not be isolated from the server",
        ),
        "secret_file" => (
            "无法把密钥以文件交给它",
            "its secrets could not be passed as files",
        ),
        "run_as_not_root" => (
            "服务器不是以 root 运行的，命令只能用这个用户",
            "the server does not run as root, so commands can only run as",
        ),
        "run_as_not_listed" => (
            "这个用户不在 JCRONTAB_RUN_AS_ALLOW 里",
            "this user is not in JCRONTAB_RUN_AS_ALLOW",
        ),
        "run_as_unknown" => (
            "这台机器上没有这个用户",
            "there is no such user on this machine",
        ),
        "secret" => (
            "这个密钥无法用服务器的 secret.key 解密，请重新填写它的值",
            "this secret cannot be decrypted with the server's secret.key; enter its value again",
        ),
        "variable" => (
            "系统不接受这个环境变量的名称或值",
            "the system does not accept a variable with this name or value",
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
            "its working directory could not be entered: No such file or directory: /srv/x"
        );
        assert_eq!(
            words(cwd, Lang::Zh),
            "无法进入工作目录：No such file or directory: /srv/x"
        );
        for other in ["Permission denied", "@", "@later something", ""] {
            assert_eq!(words(other, Lang::Zh), other);
        }
    }
}
