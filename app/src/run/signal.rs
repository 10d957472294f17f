//! The signals that end a command: their names and usual meanings (signal(7), with the numbers of x86 and ARM).

use super::RunState;
use crate::i18n::Lang;

/// Name and usual cause of a signal; `None` for one without a name, such as the real-time signals.
fn known(number: i32, lang: Lang) -> Option<(&'static str, &'static str)> {
    let (name, zh, en) = match number {
        1 => (
            "SIGHUP",
            "终端或会话断开",
            "its terminal or session was closed",
        ),
        2 => ("SIGINT", "被中断（Ctrl-C）", "interrupted (Ctrl-C)"),
        3 => (
            "SIGQUIT",
            "被要求退出（Ctrl-\\）",
            "asked to quit (Ctrl-\\)",
        ),
        4 => (
            "SIGILL",
            "非法指令，多半是程序与 CPU 不匹配",
            "illegal instruction, usually a program built for another CPU",
        ),
        5 => ("SIGTRAP", "调试断点", "a debugger's breakpoint"),
        6 => (
            "SIGABRT",
            "程序自行中止，多半是断言失败",
            "the program aborted itself, usually a failed assertion",
        ),
        7 => (
            "SIGBUS",
            "总线错误，多半是映射的文件被截短或磁盘出错",
            "bus error, usually a mapped file that was truncated or a failing disk",
        ),
        8 => (
            "SIGFPE",
            "算术错误，例如除以零",
            "arithmetic error such as a division by zero",
        ),
        9 => (
            "SIGKILL",
            "多半是内存不足（OOM）或有人 kill -9",
            "usually out of memory (OOM) or kill -9",
        ),
        10 => (
            "SIGUSR1",
            "程序没有处理这个信号",
            "the program does not handle it",
        ),
        11 => (
            "SIGSEGV",
            "访问了无效内存（段错误），多半是程序缺陷",
            "invalid memory access (segmentation fault), usually a bug in the program",
        ),
        12 => (
            "SIGUSR2",
            "程序没有处理这个信号",
            "the program does not handle it",
        ),
        13 => (
            "SIGPIPE",
            "写入的管道或连接已关闭",
            "it wrote to a pipe or connection that was closed",
        ),
        14 => (
            "SIGALRM",
            "程序自己的定时器到时",
            "a timer of its own expired",
        ),
        15 => ("SIGTERM", "被要求终止", "asked to terminate"),
        24 => ("SIGXCPU", "超过 CPU 时间限制", "over its CPU time limit"),
        25 => ("SIGXFSZ", "超过文件大小限制", "over its file size limit"),
        31 => (
            "SIGSYS",
            "系统调用不被允许（seccomp）",
            "a system call that is not allowed (seccomp)",
        ),
        _ => return None,
    };
    Some((name, lang.pick(zh, en)))
}

/// Why a run in this state got a signal, where the server sent it: TERM first, and KILL to what is left after the grace
/// period. Any other signal was not the server's.
fn sent(number: i32, state: RunState, lang: Lang) -> Option<&'static str> {
    let (zh, en) = match (state, number) {
        (RunState::TimedOut, 15) => ("超时后由服务器发送", "sent by the server after the timeout"),
        (RunState::TimedOut, 9) => (
            "超时后由服务器发送，因为它没有在宽限时间内结束",
            "sent by the server after the timeout, since it had not ended within the grace period",
        ),
        (RunState::Killed, 15) => ("停止时由服务器发送", "sent by the server to stop it"),
        (RunState::Killed, 9) => (
            "停止时由服务器发送，因为它没有在宽限时间内结束",
            "sent by the server to stop it, since it had not ended within the grace period",
        ),
        _ => return None,
    };
    Some(lang.pick(zh, en))
}

/// Name and meaning of the signal that ended a run in this state.
fn meant(number: i32, state: RunState, lang: Lang) -> Option<(&'static str, &'static str)> {
    let (name, usual) = known(number, lang)?;
    Some((name, sent(number, state, lang).unwrap_or(usual)))
}

/// The signal that ended a run in this state, by name, number and meaning: `SIGSEGV (11): invalid memory access …`.
#[must_use]
pub fn signal_text(number: i32, state: RunState, lang: Lang) -> String {
    match meant(number, state, lang) {
        Some((name, meaning)) => lang.pick(
            format!("{name}（{number}）：{meaning}"),
            format!("{name} ({number}): {meaning}"),
        ),
        None => number.to_string(),
    }
}

/// The one sentence of pages, chat messages and the terminal about a run that a signal ended.
#[must_use]
pub fn killed_by(number: i32, state: RunState, lang: Lang) -> String {
    match meant(number, state, lang) {
        Some((name, meaning)) => lang.pick(
            format!("被信号 {name}（{number}）终止：{meaning}"),
            format!("killed by {name} ({number}): {meaning}"),
        ),
        None => lang.pick(
            format!("被信号 {number} 终止"),
            format!("killed by signal {number}"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{killed_by, signal_text};
    use crate::i18n::Lang;
    use crate::run::RunState::{Failed, Killed, TimedOut};

    #[test]
    fn signals_have_names_and_meanings_in_both_languages() {
        assert_eq!(
            killed_by(11, Failed, Lang::En),
            "killed by SIGSEGV (11): invalid memory access (segmentation fault), usually a bug in the program"
        );
        assert_eq!(
            killed_by(9, Failed, Lang::Zh),
            "被信号 SIGKILL（9）终止：多半是内存不足（OOM）或有人 kill -9"
        );
        assert_eq!(
            signal_text(15, Failed, Lang::En),
            "SIGTERM (15): asked to terminate"
        );
        // Real-time signals have no names.
        assert_eq!(killed_by(40, Failed, Lang::En), "killed by signal 40");
        assert_eq!(signal_text(40, Failed, Lang::Zh), "40");
    }

    #[test]
    fn signals_of_the_server_are_not_explained_as_those_of_others() {
        assert_eq!(
            killed_by(9, TimedOut, Lang::En),
            "killed by SIGKILL (9): sent by the server after the timeout, since it had not ended within the grace period"
        );
        assert_eq!(
            signal_text(15, Killed, Lang::Zh),
            "SIGTERM（15）：停止时由服务器发送"
        );
        for (state, number) in [(TimedOut, 9), (TimedOut, 15), (Killed, 9), (Killed, 15)] {
            for lang in [Lang::Zh, Lang::En] {
                let text = signal_text(number, state, lang);
                assert!(!text.contains("OOM"), "{text}");
            }
        }
        // It crashed when it was asked to end.
        assert!(killed_by(11, TimedOut, Lang::En).contains("segmentation fault"));
    }
}
