//! Words that belong to numbers: units, and names of days and months.

/// Whether a word right behind a number is its unit, or ends it.
pub(super) fn is_unit(word: &[u8]) -> bool {
    // The longest is `milliseconds`.
    if word.len() > 12 {
        return false;
    }
    matches!(
        word,
        b"ns"
            | b"us"
            | b"ms"
            | b"s"
            | b"sec"
            | b"secs"
            | b"second"
            | b"seconds"
            | b"millisecond"
            | b"milliseconds"
            | b"m"
            | b"min"
            | b"mins"
            | b"minute"
            | b"minutes"
            | b"h"
            | b"hr"
            | b"hrs"
            | b"hour"
            | b"hours"
            | b"d"
            | b"day"
            | b"days"
            | b"week"
            | b"weeks"
            | b"month"
            | b"months"
            | b"year"
            | b"years"
            | b"B"
            | b"b"
            | b"byte"
            | b"bytes"
            | b"k"
            | b"K"
            | b"M"
            | b"G"
            | b"T"
            | b"kB"
            | b"KB"
            | b"MB"
            | b"GB"
            | b"TB"
            | b"kb"
            | b"mb"
            | b"gb"
            | b"KiB"
            | b"MiB"
            | b"GiB"
            | b"TiB"
            | b"Z"
            | b"am"
            | b"pm"
            | b"AM"
            | b"PM"
            | b"st"
            | b"nd"
            | b"rd"
            | b"th"
    )
}

/// Whether a word is the English name of a day of the week or of a month.
pub(super) fn date_name(word: &[u8]) -> bool {
    matches!(
        word,
        b"Mon"
            | b"Tue"
            | b"Wed"
            | b"Thu"
            | b"Fri"
            | b"Sat"
            | b"Sun"
            | b"Monday"
            | b"Tuesday"
            | b"Wednesday"
            | b"Thursday"
            | b"Friday"
            | b"Saturday"
            | b"Sunday"
            | b"Jan"
            | b"Feb"
            | b"Mar"
            | b"Apr"
            | b"May"
            | b"Jun"
            | b"Jul"
            | b"Aug"
            | b"Sep"
            | b"Oct"
            | b"Nov"
            | b"Dec"
            | b"January"
            | b"February"
            | b"March"
            | b"April"
            | b"June"
            | b"July"
            | b"August"
            | b"September"
            | b"October"
            | b"November"
            | b"December"
    )
}

/// Units behind a number, longer ones first; of microseconds the sign, since their `s` is a unit, too.
const UNITS: [&str; 18] = [
    "毫秒", "微秒", "秒钟", "秒", "分钟", "分", "小时", "时", "点", "天", "日", "号", "个月", "月",
    "年", "周", "µ", "μ",
];
/// Parts of the day, in front of a time.
const PARTS: [&str; 2] = ["上午", "下午"];
/// What the days of the week are numbered with.
const DAYS: [&str; 8] = ["一", "二", "三", "四", "五", "六", "日", "天"];

/// How many bytes at the start are a unit of the number before them, or a Chinese name of a day or
/// of a part of the day.
pub(super) fn number_characters(text: &[u8], behind_number: bool) -> usize {
    for begin in ["星期", "周"] {
        let Some(rest) = text.strip_prefix(begin.as_bytes()) else {
            continue;
        };
        if let Some(day) = DAYS.iter().find(|day| rest.starts_with(day.as_bytes())) {
            return begin.len() + day.len();
        }
    }
    let known = |words: &[&'static str]| -> usize {
        let found = words.iter().find(|word| text.starts_with(word.as_bytes()));
        found.map_or(0, |word| word.len())
    };
    let part = known(&PARTS);
    if part > 0 || !behind_number {
        return part;
    }
    known(&UNITS)
}
