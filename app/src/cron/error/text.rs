//! The sentences about refused expressions.

use super::{CronError, CronErrorKind, shown};
use crate::cron::field::CronField;
use crate::cron::parse::MACROS;
use crate::cron::{Dialect, names};
use crate::i18n::{Lang, sentence};

impl CronError {
    /// One line for a person: the field, what is wrong, and the fix if known.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let fault = self
            .whole_fault(lang)
            .unwrap_or_else(|| self.item_fault(lang));
        sentence(match self.field {
            None => fault,
            Some(field) => format!("{}{}{fault}", field.name(lang), lang.pick("：", ": ")),
        })
    }

    /// Faults of the text as a whole; `None` for those inside a field.
    fn whole_fault(&self, lang: Lang) -> Option<String> {
        let say = |zh: &str, en: &str| lang.pick(zh, en).to_owned();
        Some(match &self.kind {
            CronErrorKind::Empty => {
                say("表达式为空；例如 0 9 * * 1-5", "the expression is empty; for example 0 9 * * 1-5")
            }
            CronErrorKind::TooLong { bytes } => lang.pick(
                format!("{bytes} 字节太长，上限为 256 字节"),
                format!("{bytes} bytes is too long; the limit is 256"),
            ),
            CronErrorKind::FieldCount { found } => lang.pick(
                format!("需要 5 段（分 时 日 月 星期），或在最前加秒共 6 段；现有 {found} 段"),
                format!("expected 5 fields (minute, hour, day, month, weekday), or 6 with seconds first; found {found}"),
            ),
            CronErrorKind::YearField => {
                say(
                    "现有 7 段，是 Quartz 的写法；请把写法选为 quartz，或删去年份",
                    "found 7 fields, as Quartz has them; choose the dialect quartz, or remove the year",
                )
            }
            CronErrorKind::YearBehindFive => say(
                "Cron 没有年份这一段：请删去末尾的年份；只在某一天执行请写 at 2026-12-31 09:00",
                "cron has no year field: remove the year at the end; for a single date write at 2026-12-31 09:00",
            ),
            CronErrorKind::QuartzSeconds => say(
                "Quartz 写法最前面是秒，需要 6 段；请在最前加 0，或把写法改为标准（standard）",
                "Quartz has 6 fields with seconds first; write 0 in front, or choose the dialect standard",
            ),
            CronErrorKind::QuartzCount { found } => lang.pick(
                format!("Quartz 写法需要 6 段（秒 分 时 日 月 星期），或在最后加年共 7 段；现有 {found} 段"),
                format!("Quartz has 6 fields (second, minute, hour, day, month, weekday), or 7 with the year last; found {found}"),
            ),
            CronErrorKind::QuartzYear { text } => lang.pick(
                format!("年份 {text} 不能写在这里；请写 * 或删去，改用任务的起止时间"),
                format!("the year {text} is not supported here; write * or remove it, and use the task's start and end"),
            ),
            CronErrorKind::SpaceInList => say(
                "逗号旁有空格；列表中不要留空格，写作 1,15",
                "there is a space next to a comma; write lists without spaces: 1,15",
            ),
            CronErrorKind::Command => say(
                "表达式后面跟着命令；这里只填周期",
                "a command follows the schedule; only the schedule belongs here",
            ),
            CronErrorKind::Quoted { write } => lang.pick(
                format!("不要加引号；请写 {write}"),
                format!("do not use quotes; write {write}"),
            ),
            CronErrorKind::Comment { write } => lang.pick(
                format!("# 是注释，这里不能写；请写 {write}，说明写进任务的名称"),
                format!("# begins a comment, which is not allowed here; write {write}, and put the remark into the task's name"),
            ),
            CronErrorKind::ZoneInFront { zone, write } => lang.pick(
                format!("时区不写在表达式里；请写 {write}，并把任务的时区（zone）设为 {zone}"),
                format!("the time zone does not belong in the expression; write {write} and set the task's time zone (zone) to {zone}"),
            ),
            CronErrorKind::ClockTime { text, write: Some(write) } => lang.pick(
                format!("{text} 是时刻；请从小到大分段写作 {write}"),
                format!("{text} is a time of day; write its fields instead, smallest first: {write}"),
            ),
            CronErrorKind::ClockTime { text, write: None } => lang.pick(
                format!("{text} 既不是时刻，也不是一段"),
                format!("{text} is not a time of day, nor a field"),
            ),
            CronErrorKind::UnknownNickname { text } => match text.to_ascii_lowercase().as_str() {
                "@reboot" => say(
                    "这里只能写 cron 表达式，@reboot 是任务的一种周期",
                    "only a cron expression belongs here; @reboot is a schedule of a task",
                ),
                "@every" => say(
                    "这里只能写 cron 表达式，@every 是任务的一种周期",
                    "only a cron expression belongs here; @every is a schedule of a task",
                ),
                typed => match nearest_nickname(typed) {
                    Some(near) => lang.pick(
                        format!("不认识 {text}；是不是 {near}？"),
                        format!("{text} is unknown; did you mean {near}?"),
                    ),
                    None => lang.pick(
                        format!("不认识 {text}；可写 @yearly、@monthly、@weekly、@daily、@hourly、@startup"),
                        format!("{text} is unknown; write @yearly, @monthly, @weekly, @daily, @hourly or @startup"),
                    ),
                },
            },
            CronErrorKind::NicknameNotAlone => say("@ 开头的词必须单独使用", "a word with @ must be used alone"),
            _ => return None,
        })
    }

    /// Faults inside one field.
    fn item_fault(&self, lang: Lang) -> String {
        let say = |zh: &str, en: &str| lang.pick(zh, en).to_owned();
        match &self.kind {
            CronErrorKind::FullWidth { found, write: ' ' } => lang.pick(
                format!("含有全角空格（{}）；请改为半角空格", shown(*found)),
                format!(
                    "there is a full-width space ({}); use an ordinary space",
                    shown(*found)
                ),
            ),
            CronErrorKind::FullWidth { found, write } => lang.pick(
                format!("{found} 是全角字符；请改为 {write}"),
                format!("{found} is a full-width character; write {write}"),
            ),
            // Chinese names for months and weekdays end up here too, so the accepted names are worth mentioning.
            CronErrorKind::BadCharacter { found } if found.is_alphabetic() => {
                let (found, write) = (shown(*found), self.name_hint("", lang));
                lang.pick(
                    format!("不能使用 {found}；请写{write}"),
                    format!("{found} is not allowed; write {write}"),
                )
            }
            CronErrorKind::BadCharacter { found } => lang.pick(
                format!("不能使用 {}", shown(*found)),
                format!("{} is not allowed", shown(*found)),
            ),
            CronErrorKind::QuestionMark => say(
                "? 只能用于日和星期；请写 *",
                "? is only allowed in the two day fields; write *",
            ),
            CronErrorKind::EmptyItem => say(
                "逗号前后缺少内容；请删去多余的逗号",
                "a comma has nothing before or after it; remove the comma",
            ),
            CronErrorKind::StarInList => say(
                "* 已表示全部取值，请单独使用",
                "* already means every value; use it alone",
            ),
            CronErrorKind::Malformed { text } => lang.pick(
                format!("无法识别 {text}；写法如 5、1-5、*/15、1,15"),
                format!("{text} cannot be read; for example 5, 1-5, */15 or 1,15"),
            ),
            CronErrorKind::UnknownName { text } => {
                let write = self.name_hint(text, lang);
                lang.pick(
                    format!("不认识 {text}；请写{write}"),
                    format!("{text} is unknown; write {write}"),
                )
            }
            CronErrorKind::OutOfRange { value, min, max } => {
                let fix = self.number_hint(value).map_or_else(String::new, |write| {
                    lang.pick(format!("；请写 {write}"), format!("; write {write}"))
                });
                lang.pick(
                    format!("{value} 不在 {min}–{max} 之间{fix}"),
                    format!("{value} is out of range {min}–{max}{fix}"),
                )
            }
            CronErrorKind::WrapAround {
                text,
                write: Some(write),
            } => lang.pick(
                format!("{text} 起点大于终点；请写 {write}"),
                format!("{text} is reversed; write {write}"),
            ),
            CronErrorKind::WrapAround { text, write: None } => lang.pick(
                format!("{text} 起点大于终点；请写成两段"),
                format!("{text} is reversed; write two ranges"),
            ),
            CronErrorKind::ZeroStep => {
                say("步长不能为 0；请写 *", "the step must not be 0; write *")
            }
            CronErrorKind::StepTooLarge { step, size } => {
                let write = self.interval_hint(step);
                lang.pick(
                    format!("步长 {step} 超过该段的 {size} 个取值；更长的间隔请写 {write}"),
                    format!("step {step} is larger than the field's {size} values; for longer gaps write {write}"),
                )
            }
            CronErrorKind::StepWithoutStart { step } => lang.pick(
                format!("步长前缺少起点；请写 */{step}"),
                format!("the step has no start; write */{step}"),
            ),
            CronErrorKind::NthOutOfRange { text } => {
                let write = match self.dialect {
                    Dialect::Standard => "5#3",
                    Dialect::Quartz => "6#3",
                };
                lang.pick(
                    format!("# 后应为 1–5，现为“{text}”；{write} 表示第三个周五"),
                    format!(
                        "# must be followed by 1–5, found \"{text}\"; {write} is the third Friday"
                    ),
                )
            }
            CronErrorKind::Misplaced { symbol: 'W' } => say(
                "W 只能跟在日的后面，如 15W 或 LW",
                "W follows a day of the month: 15W or LW",
            ),
            CronErrorKind::Misplaced { symbol: '#' } => say(
                "# 只能用于星期，如 5#3",
                "# is only allowed in the weekday field: 5#3",
            ),
            CronErrorKind::Misplaced { symbol } => lang.pick(
                format!("{symbol} 不能用在这里；日可写 L，星期可写 5L"),
                format!("{symbol} is not allowed here; L is a day of the month, 5L a weekday"),
            ),
            CronErrorKind::LastAlone => say(
                "单独的 L 含义不明；最后一个周五写 5L，周六写 6",
                "L alone is ambiguous; write 5L for the last Friday, 6 for Saturday",
            ),
            CronErrorKind::LastOffset { text } => lang.pick(
                format!("不支持 {text}；请写 L 或具体日期"),
                format!("{text} is not supported; write L or a day"),
            ),
            CronErrorKind::LastDayAndLastWeekday => say(
                "L 与 LW 不能同时使用；请用两个周期",
                "L and LW cannot be combined; use two schedules",
            ),
            // `whole_fault` handles the rest; an empty text is the honest answer if it ever does not.
            _ => String::new(),
        }
    }

    /// What to write instead of an unknown word: the short form of a long name, or what the field accepts.
    fn name_hint(&self, text: &str, lang: Lang) -> String {
        let short = self.field.zip(text.get(..3)).and_then(|(field, start)| {
            names::name_value(field, start).and_then(|value| names::short_name(field, value))
        });
        let space = lang.pick(" ", "");
        match (short, self.field) {
            (Some(name), _) => format!("{space}{name}"),
            (None, Some(CronField::Month)) => {
                lang.pick(" 1–12 或 JAN–DEC", "1–12 or JAN–DEC").to_owned()
            }
            (None, Some(CronField::DayOfWeek)) => {
                let (min, max) = CronField::DayOfWeek.bounds_in(self.dialect);
                lang.pick(
                    format!(" {min}–{max} 或 SUN–SAT"),
                    format!("{min}–{max} or SUN–SAT"),
                )
            }
            _ => lang.pick("数字", "a number").to_owned(),
        }
    }

    /// The intended number for one past the end: minute 60 and hour 24 are 0.
    fn number_hint(&self, value: &str) -> Option<&'static str> {
        match (self.field?, value) {
            (CronField::Second | CronField::Minute, "60") | (CronField::Hour, "24") => Some("0"),
            (CronField::DayOfMonth | CronField::Month, "0") => Some("1"),
            // Only Quartz refuses a weekday 0, and its Sunday is 1.
            (CronField::DayOfWeek, "0") => Some("1"),
            _ => None,
        }
    }

    /// The interval to write instead of a step that is too long: `*/90` minutes are `every 90m`.
    fn interval_hint(&self, step: &str) -> String {
        let unit = match self.field {
            Some(CronField::Second) => "s",
            Some(CronField::Minute) => "m",
            Some(CronField::Hour) => "h",
            Some(CronField::DayOfMonth | CronField::DayOfWeek) => "d",
            _ => "",
        };
        // Four digits of days exceed the limit of an interval.
        let most = if unit == "d" { 366 } else { 9_999 };
        match step.parse::<u32>() {
            Ok(step) if !unit.is_empty() && step <= most => format!("every {step}{unit}"),
            _ => "every 90d".to_owned(),
        }
    }
}

/// The words with `@` that a schedule may be besides the nicknames of cron expressions.
const STARTUP: [&str; 2] = ["@startup", "@reboot"];
/// Letters that may be wrong in a word for it to count as a slip.
const SLIPS_MAX: usize = 2;

/// The word with `@` that was probably meant.
fn nearest_nickname(typed: &str) -> Option<&'static str> {
    let names = MACROS.iter().map(|(name, _)| *name).chain(STARTUP);
    let (slips, nearest) = names
        .map(|name| (strsim::damerau_levenshtein(typed, name), name))
        .min_by_key(|(slips, _)| *slips)?;
    (slips <= SLIPS_MAX).then_some(nearest)
}
