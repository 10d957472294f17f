//! Texts about a run's log, its attempts, and its parameters.

use super::phrases;
use crate::i18n::{Lang, plural};
use crate::time::{Stamp, ZoneRules};

crate::texts! {
    /// Texts about a run's log, its attempts, and its parameters.
    RunLogUi {
        // Above the log
        find: "在输出中查找" | "Find in output",
        find_next: "下一处" | "Next match",
        find_previous: "上一处" | "Previous match",
        find_nothing: "没有匹配" | "No match",
        find_only: "只看匹配的行" | "Matching lines only",
        display: "显示" | "Display",
        streams: "输出流" | "Stream",
        streams_all: "标准输出和标准错误" | "Both",
        streams_out: "只看标准输出" | "stdout only",
        streams_err: "只看标准错误" | "stderr only",
        times: "时间" | "Timestamps",
        times_none: "不显示" | "None",
        times_since: "距开始" | "Since start",
        times_clock: "时刻" | "Wall clock",
        wrap: "自动换行" | "Wrap lines",

        // Around the log
        receiving: "正在接收输出" | "Receiving output",
        reload: "刷新" | "Reload",
        only_head: "这里只显示开头的一部分，完整输出请下载。" | "Only the beginning is shown; download the full output.",

        // The run
        previous: "上一次" | "Previous",
        next: "下一次" | "Next",
        beside: "前后的执行" | "Runs before and after",
        attempts: "重试记录" | "Attempts",
        note: "执行原因" | "Reason",
        parameters: "参数" | "Parameters",
        due: "预定开始" | "Due at",
        cancel_waiting: "取消等待" | "Cancel",
    }
}

/// The zone of the log's times: `Asia/Shanghai +08:00`, the offset at the run's start.
#[must_use]
pub fn clock_zone(zone: &ZoneRules, start: Stamp) -> String {
    format!("{} {}", zone.name, zone.offset_text(start))
}

/// Which zone the log's times are in.
#[must_use]
pub fn clock_in(lang: Lang, zone: &str) -> String {
    lang.pick(format!("时刻按 {zone}"), format!("Times in {zone}"))
}

/// The connection is lost; `last` is a time of day with its offset.
#[must_use]
pub fn stale(lang: Lang, last: &str) -> String {
    lang.pick(
        format!("连接中断，正在重连；最后收到于 {last}，下面的输出可能不是最新的。"),
        format!("The connection is lost, reconnecting. Last data at {last}; the output below may be out of date."),
    )
}

/// The link back to the end of the log.
#[must_use]
pub fn fresh(lang: Lang, lines: u64) -> String {
    match (lang, lines) {
        (Lang::Zh, _) => format!("{lines} 行新输出 ↓"),
        (Lang::En, 1) => "1 new line ↓".to_owned(),
        (Lang::En, _) => format!("{lines} new lines ↓"),
    }
}

/// Lines that were dropped for newer ones.
#[must_use]
pub fn gone(lang: Lang, lines: u64) -> String {
    lang.pick(
        format!("输出太长，前面 {lines} 行不再显示，完整的输出请下载。"),
        format!(
            "Too long to show: {lines} earlier {} only in the download.",
            plural(lines, "line is", "lines are")
        ),
    )
}

/// A linked line that is not on the page.
#[must_use]
pub fn no_such_line(lang: Lang, number: u64) -> String {
    lang.pick(
        format!("页面上没有第 {number} 行，请在下载的输出里查找。"),
        format!("Line {number} is not on this page; look for it in the download."),
    )
}

/// Bytes that are missing in the log.
#[must_use]
pub fn gap(lang: Lang, bytes: u64) -> String {
    let words = phrases::bytes(i64::try_from(bytes).unwrap_or(i64::MAX));
    lang.pick(
        format!("这里缺少 {words} 输出（{bytes} 字节），没有保留"),
        format!(
            "{words} of output ({bytes} {}) missing here; not kept",
            plural(bytes, "byte", "bytes")
        ),
    )
}

/// The end of a line that is too long to show.
#[must_use]
pub fn cut(lang: Lang, characters: u64) -> String {
    lang.pick(
        format!("… 还有 {characters} 个字符"),
        format!(
            "… {characters} more {}",
            plural(characters, "character", "characters")
        ),
    )
}

/// A line that was overwritten, as progress bars do.
#[must_use]
pub fn redrawn(lang: Lang, times: u32) -> String {
    match (lang, times) {
        (Lang::Zh, _) => format!("刷新了 {times} 次"),
        (Lang::En, 1) => "redrawn once".to_owned(),
        (Lang::En, _) => format!("redrawn {times} times"),
    }
}

/// The current match, and how many lines match.
#[must_use]
pub fn found(lang: Lang, at: usize, count: usize) -> String {
    match (at, count) {
        (_, 0) => RunLogUi::of(lang).find_nothing.to_owned(),
        (0, _) => lang.pick(
            format!("{count} 行"),
            format!("{count} {}", plural(count, "line", "lines")),
        ),
        _ => format!("{at}/{count}"),
    }
}

/// What was searched if the page does not have the beginning of the log.
#[must_use]
pub fn searched(lang: Lang, lines: u64) -> String {
    lang.pick(
        format!("只查找了最后 {lines} 行"),
        format!("searched the last {lines} lines only"),
    )
}

/// One of several attempts.
#[must_use]
pub fn attempt(lang: Lang, number: i32) -> String {
    lang.pick(format!("第 {number} 次"), format!("Attempt {number}"))
}
