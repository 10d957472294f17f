//! Texts about calendars.

use crate::i18n::{Lang, plural};
use crate::schedule::BUILTIN_CALENDAR;

crate::texts! {
    /// Texts about calendars.
    CalendarsUi {
        calendars: "日历" | "Calendars",
        calendars_text: "哪天是工作日：法定节假日、调休、自己的日历" | "Which days are working days: holidays, make-up days, your own",
        years: "有数据的年份" | "Years with data",
        no_years: "还没有数据，按周一至周五计" | "No data yet; Monday to Friday count as working days",
        source: "更新来源" | "Source",
        no_source: "无" | "None",
        used_by: "使用中的周期" | "Used by",
        builtin: "内置" | "Built in",
        refresh: "从来源更新" | "Update from source",
        refreshed: "上次从来源更新：" | "Last updated from the source:",
        back_to_builtin: "恢复内置数据" | "Reset to built-in data",
        back_to_builtin_confirm: "丢弃导入和更新过的日期，恢复为产品自带的数据。" | "Discards imported and updated days and restores the data that came with the product.",
        calendar_delete_confirm: "日历及其全部日期都会删除。" | "Deletes the calendar and all its days.",
        add_calendar: "添加日历" | "Add a calendar",
        calendar_name_hint: "1–32 个字母、数字、汉字、- 或 _" | "1–32 letters, digits, Chinese characters, - or _",
        source_hint: "iCalendar、JSON 或逐行文本的地址（https:// 或 webcal://），每天自动更新；留空则手工导入" | "URL of an iCalendar, JSON or text file (https:// or webcal://); fetched every day; leave empty to import manually",
        change_source: "修改更新来源" | "Change the source",
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
        import: "导入日期" | "Import days",
        import_text: "文本" | "Text",
        import_hint: "iCalendar（.ics）、JSON，或每行一个：2026-10-01 rest 国庆节；调休上班写 work" | "iCalendar (.ics), JSON, or lines such as: 2026-10-01 rest National Day; write work for a make-up working day",
        import_as_work: "iCalendar 中的日期为工作日（默认为休息日）" | "Treat iCalendar events as working days (default: days off)",
        import_replace: "替换所涉年份的全部日期" | "Replace all days of the years it covers",
        import_submit: "导入" | "Import",
    }
}

/// The result of an import.
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
        (Lang::Zh, _) => format!("{count} 个周期或催单策略"),
        (Lang::En, _) => {
            let words = plural(count, "schedule or policy", "schedules and policies");
            format!("{count} {words}")
        }
    }
}

/// The heading of a calendar's year. The name of the built-in calendar is too short for a title.
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
