//! Texts about schedules, previews, planned firings and explanations.

use crate::i18n::Lang;
use crate::schedule::DayRule;

crate::texts! {
    /// Texts about schedules, previews, planned firings and explanations.
    PlanUi {
        // The form's schedules
        schedule_add: "添加工作周期" | "Add a schedule",
        schedule_remove: "移除" | "Remove",
        schedule_removed: "已移除" | "Removed",
        schedule_one_more: "再加一个工作周期" | "Add another schedule",
        schedule_blank_hint: "留空则不添加；要移除已有的周期，清空后保存。" | "Left empty, it is not added. To remove an existing schedule, clear it and save.",
        schedules_hint: "任何一个周期到点都会执行" | "The task runs when any of its schedules is due",
        day_rule ["schedules.day_rule"]: "哪些日子" | "Days",
        rule_any: "每天，不看日历" | "Every day, ignoring the calendar",
        rule_work: "只在工作日，休息日跳过" | "Working days only; skip days off",
        rule_rest: "只在休息日，工作日跳过" | "Days off only; skip working days",
        rule_next: "遇休息日，顺延到下一个工作日" | "On a day off, move to the next working day",
        rule_previous: "遇休息日，提前到上一个工作日" | "On a day off, move to the previous working day",
        rule_from_start: "每月第几个工作日" | "Nth working day of the month",
        rule_from_end: "每月倒数第几个工作日" | "Nth working day from the month's end",
        calendar ["schedules.calendar"]: "日历" | "Calendar",
        calendar_hint: "以它判断哪些天是工作日（含节假日和调休）" | "Determines which days are working days",
        calendar_builtin: "中国法定工作日（内置）" | "Chinese working days (built in)",
        jitter ["schedules.jitter"]: "随机延后" | "Jitter, up to",
        jitter_hint: "例如 30s、5m；避免许多任务同时启动" | "For example 30s, 5m; keeps tasks from all starting at once",
        jitter_stable ["schedules.jitter_stable"]: "每次延后同样的时长" | "The same delay each time",
        more_options: "更多" | "More",
        dialect ["schedules.dialect"]: "表达式的写法" | "Expression dialect",
        dialect_hint: "保存后换成标准写法" | "Converted to the standard form when saved",
        dialect_standard: "标准（0 和 7 是周日）" | "Standard (0 and 7 are Sunday)",
        dialect_quartz: "Quartz、XXL-JOB（秒在最前，1 是周日）" | "Quartz, XXL-JOB (seconds first, 1 is Sunday)",

        // Missed firings
        missed ["missed" => "错过处理" | "missed runs"]: "错过处理" | "Missed runs",
        missed_text: "服务没有运行，或者轮到它时已经太晚" | "The server was down, or it was too late when its turn came",
        missed_policy ["missed.policy"]: "补执行" | "Catch up",
        missed_usual: "按工作模式：命令补最近一次，提醒不补" | "Depends on the mode: commands run the latest one, reminders none",
        missed_none: "不补，只记录" | "None; only record them",
        missed_latest: "补最近一次" | "The latest one",
        missed_all: "全部补执行" | "All of them",
        missed_grace ["missed.grace"]: "晚多久仍算准时" | "Counts as on time within",
        missed_grace_hint: "例如 30s、5m；留空为 1 分钟" | "A start this late still counts as on time, for example 30s; default 1 minute",
        missed_max ["missed.max"]: "最多补几次" | "Catch up at most",
        missed_max_hint: "全部补执行时每个周期的上限，1–1000；留空为 10" | "Per schedule when all are caught up, 1–1000; default 10",
        missed_max_age ["missed.max_age"]: "不补多久以前的" | "Nothing older than",
        missed_max_age_hint: "例如 2h、1d；留空为 30 天" | "Older ones are not caught up, for example 2h, 1d; default 30 days",

        // Preview
        left_out: "不执行" | "Skipped",
        your_zone: "小字为本地时区" | "Small text: your time zone",
        tz_data: "时区数据" | "Time zone data",
        zone_unknown: "没有这个时区，请从列表里选" | "Unknown time zone; choose one from the list",

        // Task page
        pause_until: "暂停到…" | "Pause until…",
        pause_until_field: "到这时自动恢复" | "Resume at",
        pause_hour: "1 小时" | "For 1 hour",
        pause_today: "到今天 18:00" | "Until 18:00 today",
        pause_tomorrow: "到明天 09:00" | "Until 09:00 tomorrow",
        pause_monday: "到下周一 09:00" | "Until 09:00 next Monday",
        pause_submit: "暂停到这时" | "Pause until then",
        why: "为什么（没有）执行？" | "Why did it (not) run?",
        why_at: "时间" | "Time",
        why_ask: "查询原因" | "Explain",

        // Time line
        timeline: "时间线" | "Timeline",
        to_come: "接下来" | "Upcoming",
        to_come_empty: "没有后续计划。" | "Nothing scheduled.",
        until_now: "历史" | "History",
        until_now_empty: "暂无记录。" | "No history yet.",
        state_all: "全部" | "All",
        state_planned: "已排定" | "Planned",
        state_filter: "按状态筛选" | "Filter by state",
        when: "时间" | "Time",
        outcome: "说明" | "What happened",
        due: "启动时间" | "Starts",
        urge_cycle: "催单周期" | "Chase schedule",
        to_run: "查看这次执行" | "View run",
        newest: "回到最新" | "Newest",
        older: "更早的" | "Older",
    }
}

/// The heading of one of several schedules.
#[must_use]
pub fn schedule_no(lang: Lang, number: usize) -> String {
    lang.pick(format!("工作周期 {number}"), format!("Schedule {number}"))
}

/// The same as a tag next to a time.
#[must_use]
pub fn schedule_tag(lang: Lang, number: usize) -> String {
    lang.pick(format!("周期 {number}"), format!("schedule {number}"))
}

/// How many schedules there are in addition to the one shown.
#[must_use]
pub fn more_schedules(lang: Lang, count: usize) -> String {
    lang.pick(
        format!("另有 {count} 个周期"),
        format!("and {count} more schedules"),
    )
}

/// A day rule as an option.
#[must_use]
pub fn day_rule(lang: Lang, rule: DayRule) -> String {
    let ui = PlanUi::of(lang);
    match rule {
        DayRule::Any => ui.rule_any.to_owned(),
        DayRule::WorkDays => ui.rule_work.to_owned(),
        DayRule::RestDays => ui.rule_rest.to_owned(),
        DayRule::NextWorkDay => ui.rule_next.to_owned(),
        DayRule::PreviousWorkDay => ui.rule_previous.to_owned(),
        DayRule::NthWorkDay(nth) => nth_work_day(lang, nth),
    }
}

fn nth_work_day(lang: Lang, nth: i8) -> String {
    let count = nth.unsigned_abs();
    match (lang, nth) {
        (Lang::Zh, 1..) => format!("每月第 {count} 个工作日"),
        (Lang::Zh, -1) => "每月最后一个工作日".to_owned(),
        (Lang::Zh, _) => format!("每月倒数第 {count} 个工作日"),
        (Lang::En, 1..) => format!("{} working day of the month", ordinal(count)),
        (Lang::En, -1) => "Last working day of the month".to_owned(),
        (Lang::En, _) => format!("{} to last working day of the month", ordinal(count)),
    }
}

fn ordinal(count: u8) -> String {
    let ending = match (count % 10, count % 100) {
        (1, rest) if rest != 11 => "st",
        (2, rest) if rest != 12 => "nd",
        (3, rest) if rest != 13 => "rd",
        _ => "th",
    };
    format!("{count}{ending}")
}

/// Skipped firings that are collapsed; the time of the last one follows.
#[must_use]
pub fn more_left_out(lang: Lang, count: usize, until: &str) -> String {
    lang.pick(
        format!("还有 {count} 次不执行，到 {until}"),
        format!("{count} more skipped, until {until}"),
    )
}

/// A firing that does not start, and why.
#[must_use]
pub fn left_out(lang: Lang, why: &str) -> String {
    let words = PlanUi::of(lang).left_out;
    lang.pick(format!("{words}：{why}"), format!("{words}: {why}"))
}

/// The named time of a firing that starts at another time.
#[must_use]
pub fn named_for(lang: Lang, time: &str) -> String {
    lang.pick(format!("计划 {time}"), format!("planned for {time}"))
}

/// The title of a task's planned firings.
#[must_use]
pub fn timeline_of(lang: Lang, name: &str) -> String {
    lang.pick(format!("{name} 的时间线"), format!("Timeline of {name}"))
}

#[cfg(test)]
mod tests {
    use super::day_rule;
    use crate::i18n::Lang;
    use crate::schedule::DayRule;

    #[test]
    fn work_days_of_the_month_are_named_as_people_do() {
        let table = [
            (1, "每月第 1 个工作日", "1st working day of the month"),
            (3, "每月第 3 个工作日", "3rd working day of the month"),
            (11, "每月第 11 个工作日", "11th working day of the month"),
            (22, "每月第 22 个工作日", "22nd working day of the month"),
            (-1, "每月最后一个工作日", "Last working day of the month"),
            (
                -2,
                "每月倒数第 2 个工作日",
                "2nd to last working day of the month",
            ),
        ];
        for (nth, zh, en) in table {
            assert_eq!(day_rule(Lang::Zh, DayRule::NthWorkDay(nth)), zh);
            assert_eq!(day_rule(Lang::En, DayRule::NthWorkDay(nth)), en);
        }
    }
}
