//! Texts about calendars, blackouts and the About page.

use crate::calendar::BlackoutPolicy;
use crate::i18n::{Lang, plural};

crate::texts! {
    /// Texts about calendars, blackouts and the About page.
    DaysUi {
        // Calendars
        calendars: "日历" | "Calendars",
        calendars_text: "哪天是工作日：法定节假日、调休、自己的日历" | "Which days are work days: holidays, make-up days, your own",
        years: "有数据的年份" | "Years with data",
        no_years: "还没有数据，按周一至周五" | "No data yet: Monday to Friday",
        source: "更新来源" | "Updated from",
        no_source: "没有" | "Nowhere",
        used_by: "使用中的周期" | "Used by",
        builtin: "内置" | "Built in",
        refresh: "从来源更新" | "Update from its URL",
        back_to_builtin: "恢复内置数据" | "Back to the built-in data",
        back_to_builtin_confirm: "丢弃导入和更新过的日子，回到随产品附带的数据。" | "Drops what was imported and updated, back to the data that came with the product.",
        calendar_delete_confirm: "连同它的全部日子一起删除。" | "Deletes it with all its days.",
        add_calendar: "添加日历" | "Add a calendar",
        calendar_name_hint: "1–32 个字母、数字、汉字、- 或 _" | "1–32 letters, digits, Chinese characters, - or _",
        source_hint: "iCalendar、JSON 或逐行文本的 https 地址；可以不填，手工导入" | "An https address of iCalendar, JSON or lines; leave it empty to import by hand",
        change_source: "改更新来源" | "Change the source",
        save: "保存" | "Save",
        previous_year: "上一年" | "Previous year",
        next_year: "下一年" | "Next year",
        year_without_data: "这一年还没有数据，按周一至周五工作。可以在下面导入。" | "There is no data for this year: Monday to Friday count as work days. It can be imported below.",
        legend: "图例" | "Legend",
        rest: "休" | "Rest",
        work: "班" | "Work",
        rest_day: "休息日" | "rest day",
        work_day: "工作日" | "work day",
        rest_legend: "休息日：节假日" | "Rest day: a holiday",
        work_legend: "工作日：调休上班" | "Work day: made up for a holiday",
        weekend_legend: "浅色为普通周末" | "Pale: an ordinary weekend",
        import: "导入日子" | "Import days",
        import_text: "文本" | "Text",
        import_hint: "iCalendar（.ics）、JSON，或每行一个：2026-10-01 rest 国庆节；work 表示上班" | "iCalendar (.ics), JSON, or lines such as: 2026-10-01 rest National Day; work for a work day",
        import_as_work: "iCalendar 里的日子是工作日（默认是休息日）" | "The days of an iCalendar text are work days (else rest days)",
        import_replace: "替换文本中出现的年份的全部日子" | "Replace all days of the years in the text",
        import_submit: "导入" | "Import",

        // Blackouts
        blackouts: "停跑时段" | "Blackouts",
        blackouts_text: "这些时间里任务不执行：封网、维护" | "Times without firings: change freezes, maintenance",
        blackouts_empty: "没有停跑时段。封网或维护时加一个，到点的任务就不会执行。" | "No blackouts. Add one for a freeze or a maintenance and tasks will not fire in it.",
        blackout_now: "正在停跑" | "In force",
        blackout_idle: "等待中" | "Waiting",
        blackout_over: "已过去" | "Over",
        blackout_next: "现在或下一次" | "Now or next",
        blackout_when: "时间" | "When",
        blackout_for: "哪些任务" | "Tasks",
        blackout_all: "全部任务" | "All tasks",
        blackout_policy: "期间的执行" | "Firings in it",
        policy_drop: "跳过" | "Are skipped",
        policy_catch_up: "结束时补最近一次" | "The last one runs at its end",
        blackout_delete_confirm: "任务立即照常执行。" | "Tasks fire again at once.",
        add_blackout: "添加停跑时段" | "Add a blackout",
        blackout_kind: "怎么重复" | "How often",
        blackout_once: "一次" | "Once",
        blackout_recurring: "周期重复" | "Again and again",
        blackout_starts: "开始" | "From",
        blackout_ends: "结束（不含）" | "Until (not included)",
        blackout_cron: "开始时间的表达式" | "Expression of its starts",
        blackout_cron_hint: "例如 0 22 * * 5：每周五 22:00 开始" | "For example 0 22 * * 5: every Friday at 22:00",
        blackout_duration: "持续多久" | "Lasts",
        blackout_duration_hint: "例如 30m、8h、2d，最多 30 天" | "For example 30m, 8h, 2d; 30 days at the most",
        blackout_tags_hint: "用逗号分隔；带其中任一标签的任务停跑，留空为全部任务" | "Separated by commas; tasks with any of them, empty for all tasks",
        blackout_zone_hint: "留空为服务器的时区" | "Empty for the server's zone",

        // About
        about: "关于" | "About",
        tz_version: "时区数据版本" | "Time zone data",
        default_zone: "默认时区" | "Default time zone",
        source_system: "系统" | "from the system",
        source_bundled: "程序自带" | "bundled",
        notices: "请注意" | "Please note",
        notice_link: "去处理" | "Look at it",
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
        format!(
            "{days} {} taken over.",
            plural(days, "day was", "days were")
        ),
    );
    if ignored > 0 {
        text.push_str(&lang.pick(
            format!("有 {ignored} 条没有用上："),
            format!(
                " {ignored} {} could not be used:",
                plural(ignored, "entry", "entries")
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
        (Lang::En, _) => format!("{count} {}", plural(count, "cycle", "cycles")),
    }
}

/// The heading of a year of a calendar.
#[must_use]
pub fn calendar_year(lang: Lang, name: &str, year: i32) -> String {
    lang.pick(format!("{name} · {year} 年"), format!("{name} · {year}"))
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
