//! Texts about calendars, blackouts and the About page.

use crate::calendar::BlackoutPolicy;
use crate::i18n::{Lang, plural};
use crate::schedule::BUILTIN_CALENDAR;

crate::texts! {
    /// Texts about calendars, blackouts and the About page.
    DaysUi {
        // Calendars
        calendars: "日历" | "Calendars",
        calendars_text: "哪天是工作日：法定节假日、调休、自己的日历" | "Which days are working days: holidays, make-up days, your own",
        years: "有数据的年份" | "Years with data",
        no_years: "还没有数据，按周一至周五计" | "No data yet; Monday to Friday count as working days",
        source: "更新来源" | "Source",
        no_source: "无" | "None",
        used_by: "使用中的周期" | "Used by",
        builtin: "内置" | "Built in",
        refresh: "从来源更新" | "Update from source",
        back_to_builtin: "恢复内置数据" | "Reset to built-in data",
        back_to_builtin_confirm: "丢弃导入和更新过的日子，恢复为产品自带的数据。" | "Discards imported and updated days and restores the data that came with the product.",
        calendar_delete_confirm: "日历及其全部日期都会删除。" | "Deletes the calendar and all its days.",
        add_calendar: "添加日历" | "Add a calendar",
        calendar_name_hint: "1–32 个字母、数字、汉字、- 或 _" | "1–32 letters, digits, Chinese characters, - or _",
        source_hint: "iCalendar、JSON 或逐行文本的地址（https:// 或 webcal://）；留空则手工导入" | "URL of an iCalendar, JSON or text file (https:// or webcal://); leave empty to import by hand",
        change_source: "修改更新来源" | "Change the source",
        save: "保存" | "Save",
        previous_year: "上一年" | "Previous year",
        next_year: "下一年" | "Next year",
        year_without_data: "这一年还没有数据，周一至周五按工作日计。可以在下面导入。" | "No data for this year; Monday to Friday count as working days. You can import data below.",
        legend: "图例" | "Legend",
        rest: "休" | "Rest",
        work: "班" | "Work",
        rest_day: "休息日" | "day off",
        work_day: "工作日" | "working day",
        rest_legend: "休息日：节假日" | "Day off: holiday",
        work_legend: "工作日：调休上班" | "Make-up working day",
        weekend_legend: "浅色为普通周末" | "Light: regular weekend",
        import: "导入日子" | "Import days",
        import_text: "文本" | "Text",
        import_hint: "iCalendar（.ics）、JSON，或每行一个：2026-10-01 rest 国庆节；调休上班写 work" | "iCalendar (.ics), JSON, or lines such as: 2026-10-01 rest National Day; write work for a make-up working day",
        import_as_work: "iCalendar 中的日期为工作日（默认为休息日）" | "Treat iCalendar events as working days (default: days off)",
        import_replace: "替换所涉年份的全部日期" | "Replace all days of the years it covers",
        import_submit: "导入" | "Import",

        // Blackouts
        blackouts: "停跑时段" | "Blackouts",
        blackouts_text: "这些时间里任务不执行：封网、维护" | "Periods in which tasks do not run: change freezes, maintenance",
        blackouts_empty: "没有停跑时段。封网或维护时添加一个，期间到点的任务不会执行。" | "No blackouts. Add one for a change freeze or maintenance: tasks due in that period do not run.",
        blackout_now: "生效中" | "Active",
        blackout_idle: "未开始" | "Scheduled",
        blackout_over: "已结束" | "Ended",
        blackout_next: "当前或下一次" | "Current or next",
        blackout_when: "时间" | "When",
        blackout_for: "适用任务" | "Tasks",
        blackout_all: "全部任务" | "All tasks",
        blackout_policy: "期间到点的任务" | "Runs due during the blackout",
        policy_drop: "跳过" | "Skip",
        policy_catch_up: "结束后补执行最近一次" | "Run the latest one afterwards",
        blackout_delete_confirm: "删除后任务立即恢复按计划执行。" | "Tasks run as scheduled again immediately.",
        add_blackout: "添加停跑时段" | "Add a blackout",
        blackout_kind: "重复方式" | "Repeats",
        blackout_once: "一次" | "Once",
        blackout_recurring: "周期重复" | "Recurring",
        blackout_starts: "开始" | "From",
        blackout_ends: "结束（不含）" | "Until (exclusive)",
        blackout_cron: "开始时间（cron）" | "Starts (cron)",
        blackout_cron_hint: "例如 0 22 * * 5：每周五 22:00 开始" | "For example 0 22 * * 5: every Friday at 22:00",
        blackout_duration: "持续时长" | "Duration",
        blackout_duration_hint: "例如 30m、8h、2d，最多 30 天" | "For example 30m, 8h, 2d; up to 30 days",
        blackout_tags_hint: "用逗号分隔；带其中任一标签的任务停跑，留空为全部任务" | "Comma-separated; applies to tasks with any of these tags, or to all tasks if empty",
        blackout_zone_hint: "留空为服务器的时区" | "Leave empty for the server's time zone",

        // About
        about: "关于" | "About",
        tz_version: "时区数据版本" | "Time zone data",
        default_zone: "默认时区" | "Default time zone",
        source_system: "系统" | "from the system",
        source_bundled: "程序自带" | "bundled",
        notices: "注意事项" | "Notices",
        notice_link: "查看详情" | "Details",
        no_notices: "没有需要注意的。" | "Nothing needs attention.",
        api_docs: "接口说明" | "API description",
        own_account: "这是你自己" | "This is you",
    }
}

impl DaysUi {
    /// What becomes of firings in a blackout.
    #[must_use]
    pub const fn policy(&self, policy: BlackoutPolicy) -> &'static str {
        match policy {
            BlackoutPolicy::Drop => self.policy_drop,
            BlackoutPolicy::CatchUp => self.policy_catch_up,
        }
    }

    /// Where time zone data comes from; an unknown word is shown as it is.
    #[must_use]
    pub fn tz_source(&self, source: &str) -> String {
        match source {
            "system" => self.source_system,
            "bundled" => self.source_bundled,
            other => other,
        }
        .to_owned()
    }
}

/// What an import came to.
#[must_use]
pub fn imported(lang: Lang, days: i64, ignored: usize) -> String {
    let mut text = lang.pick(
        format!("导入了 {days} 天。"),
        format!("Imported {days} {}.", plural(days, "day", "days")),
    );
    if ignored > 0 {
        text.push_str(&lang.pick(
            format!("有 {ignored} 条未采用："),
            format!(
                " {ignored} {} not used:",
                plural(ignored, "entry was", "entries were")
            ),
        ));
    }
    text
}

/// Schedules that use a calendar.
#[must_use]
pub fn schedules_using(lang: Lang, count: i64) -> String {
    match (lang, count) {
        (Lang::Zh, _) => format!("{count} 个周期"),
        (Lang::En, _) => format!("{count} {}", plural(count, "schedule", "schedules")),
    }
}

/// The heading of a year of a calendar. The name of the built-in one is too short for a title.
#[must_use]
pub fn calendar_year(lang: Lang, name: &str, year: i32) -> String {
    if name == BUILTIN_CALENDAR {
        return lang.pick(
            format!("日历 {name}（中国工作日） · {year} 年"),
            format!("Calendar {name} (China working days) · {year}"),
        );
    }
    lang.pick(
        format!("日历 {name} · {year} 年"),
        format!("Calendar {name} · {year}"),
    )
}

/// A month's name.
#[must_use]
pub fn month(lang: Lang, month: u32) -> String {
    const EN: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    match lang {
        Lang::Zh => format!("{month} 月"),
        Lang::En => EN
            .get((month as usize).wrapping_sub(1))
            .copied()
            .unwrap_or_default()
            .to_owned(),
    }
}

/// The days of the week, Monday first: short and in full.
#[must_use]
pub const fn weekdays(lang: Lang) -> [(&'static str, &'static str); 7] {
    match lang {
        Lang::Zh => [
            ("一", "周一"),
            ("二", "周二"),
            ("三", "周三"),
            ("四", "周四"),
            ("五", "周五"),
            ("六", "周六"),
            ("日", "周日"),
        ],
        Lang::En => [
            ("Mo", "Monday"),
            ("Tu", "Tuesday"),
            ("We", "Wednesday"),
            ("Th", "Thursday"),
            ("Fr", "Friday"),
            ("Sa", "Saturday"),
            ("Su", "Sunday"),
        ],
    }
}

/// `8h` long, in words.
#[must_use]
pub fn lasting(lang: Lang, duration: &str) -> String {
    lang.pick(format!("持续 {duration}"), format!("for {duration}"))
}
