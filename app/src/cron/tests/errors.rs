//! Refused expressions and their sentences in both languages.

use crate::cron::{CronErrorKind, CronExpr, CronField};
use crate::i18n::Lang;

/// expression | Chinese | English
const FAULTS: &str = "
61 * * * * | 分钟：61 不在 0–59 之间 | Minute: 61 is out of range 0–59
60 * * * * | 分钟：60 不在 0–59 之间；请写 0 | Minute: 60 is out of range 0–59; write 0
0 24 * * * | 小时：24 不在 0–23 之间；请写 0 | Hour: 24 is out of range 0–23; write 0
0 25 * * * | 小时：25 不在 0–23 之间 | Hour: 25 is out of range 0–23
0 9 0 * * | 日：0 不在 1–31 之间；请写 1 | Day of month: 0 is out of range 1–31; write 1
0 9 32 * * | 日：32 不在 1–31 之间 | Day of month: 32 is out of range 1–31
0 9 * 0 * | 月：0 不在 1–12 之间；请写 1 | Month: 0 is out of range 1–12; write 1
0 9 * 13 * | 月：13 不在 1–12 之间 | Month: 13 is out of range 1–12
0 9 * * 8 | 星期：8 不在 0–7 之间 | Day of week: 8 is out of range 0–7
61 0 9 * * * | 秒：61 不在 0–59 之间 | Second: 61 is out of range 0–59
999999999999999999999999999999999999 * * * * | 分钟：999999999999999999999999… 不在 0–59 之间 | Minute: 999999999999999999999999… is out of range 0–59
-1 * * * * | 分钟：无法识别 -1；写法如 5、1-5、*/15、1,15 | Minute: -1 cannot be read; for example 5, 1-5, */15 or 1,15
24:00 | 24:00 是时刻；请从小到大分段写作 0 0 | 24:00 is a time of day; write its fields instead, smallest first: 0 0
9:30 | 9:30 是时刻；请从小到大分段写作 30 9 | 9:30 is a time of day; write its fields instead, smallest first: 30 9
0 9:30 * * * | 9:30 是时刻；请从小到大分段写作 30 9 | 9:30 is a time of day; write its fields instead, smallest first: 30 9
9:75 | 9:75 既不是时刻，也不是一段 | 9:75 is not a time of day, nor a field
09:30:15 * * * | 09:30:15 是时刻；请从小到大分段写作 15 30 9 | 09:30:15 is a time of day; write its fields instead, smallest first: 15 30 9
25:00 | 25:00 既不是时刻，也不是一段 | 25:00 is not a time of day, nor a field
* * * * | 需要 5 段（分 时 日 月 星期），或在最前加秒共 6 段；现有 4 段 | Expected 5 fields (minute, hour, day, month, weekday), or 6 with seconds first; found 4
* * * | 需要 5 段（分 时 日 月 星期），或在最前加秒共 6 段；现有 3 段 | Expected 5 fields (minute, hour, day, month, weekday), or 6 with seconds first; found 3
* | 需要 5 段（分 时 日 月 星期），或在最前加秒共 6 段；现有 1 段 | Expected 5 fields (minute, hour, day, month, weekday), or 6 with seconds first; found 1
0 0 9 * * * 2026 | 现有 7 段，是 Quartz 的写法；请把写法选为 quartz，或删去年份 | Found 7 fields, as Quartz has them; choose the dialect quartz, or remove the year
0 0 9 * * ? * | 现有 7 段，是 Quartz 的写法；请把写法选为 quartz，或删去年份 | Found 7 fields, as Quartz has them; choose the dialect quartz, or remove the year
0 9 * * 1-5 2026 | Cron 没有年份这一段：请删去末尾的年份；只在某一天执行请写 at 2026-12-31 09:00 | Cron has no year field: remove the year at the end; for a single date write at 2026-12-31 09:00
* * * * * * * * | 需要 5 段（分 时 日 月 星期），或在最前加秒共 6 段；现有 8 段 | Expected 5 fields (minute, hour, day, month, weekday), or 6 with seconds first; found 8
0 9 1, 15 * * | 逗号旁有空格；列表中不要留空格，写作 1,15 | There is a space next to a comma; write lists without spaces: 1,15
0 9 1 ,15 * * | 逗号旁有空格；列表中不要留空格，写作 1,15 | There is a space next to a comma; write lists without spaces: 1,15
0 9 1, * * | 日：逗号前后缺少内容；请删去多余的逗号 | Day of month: a comma has nothing before or after it; remove the comma
0 9 ,1 * * | 日：逗号前后缺少内容；请删去多余的逗号 | Day of month: a comma has nothing before or after it; remove the comma
0 9 1,,2 * * | 日：逗号前后缺少内容；请删去多余的逗号 | Day of month: a comma has nothing before or after it; remove the comma
0 9 * * * /usr/bin/backup.sh | 表达式后面跟着命令；这里只填周期 | A command follows the schedule; only the schedule belongs here
0 9 * * * python3 a.py | 表达式后面跟着命令；这里只填周期 | A command follows the schedule; only the schedule belongs here
0 9 * * * echo hi there | 表达式后面跟着命令；这里只填周期 | A command follows the schedule; only the schedule belongs here
0 9 * * 1，5 | 星期：， 是全角字符；请改为 , | Day of week: ， is a full-width character; write ,
＊/5 * * * * | 分钟：＊ 是全角字符；请改为 * | Minute: ＊ is a full-width character; write *
０ 9 * * * | 分钟：０ 是全角字符；请改为 0 | Minute: ０ is a full-width character; write 0
0 9 * * *\u{3000} | 星期：含有全角空格（U+3000）；请改为半角空格 | Day of week: there is a full-width space (U+3000); use an ordinary space
0\u{3000}9 * * * | 分钟：含有全角空格（U+3000）；请改为半角空格 | Minute: there is a full-width space (U+3000); use an ordinary space
0 9 1、15 * * | 日：、 是全角字符；请改为 , | Day of month: 、 is a full-width character; write ,
0 9–18 * * * | 小时：– 是全角字符；请改为 - | Hour: – is a full-width character; write -
@reboot | 这里只能写 cron 表达式，@reboot 是任务的一种周期 | Only a cron expression belongs here; @reboot is a schedule of a task
@every 5m | 这里只能写 cron 表达式，@every 是任务的一种周期 | Only a cron expression belongs here; @every is a schedule of a task
@dayly | 不认识 @dayly；是不是 @daily？ | @dayly is unknown; did you mean @daily?
@Startpu | 不认识 @Startpu；是不是 @startup？ | @Startpu is unknown; did you mean @startup?
@daily 5 | @ 开头的词必须单独使用 | A word with @ must be used alone
@ | 不认识 @；可写 @yearly、@monthly、@weekly、@daily、@hourly、@startup | @ is unknown; write @yearly, @monthly, @weekly, @daily, @hourly or @startup
0 9 * * é | 星期：不能使用 é；请写 0–7 或 SUN–SAT | Day of week: é is not allowed; write 0–7 or SUN–SAT
0 9 * * 一 | 星期：不能使用 一；请写 0–7 或 SUN–SAT | Day of week: 一 is not allowed; write 0–7 or SUN–SAT
0 9 * * \"1\" | 星期：不能使用 \" | Day of week: \" is not allowed
0 9 * * 周一 | 星期：不能使用 周；请写 0–7 或 SUN–SAT | Day of week: 周 is not allowed; write 0–7 or SUN–SAT
0 0 ? * ? ? | 小时：? 只能用于日和星期；请写 * | Hour: ? is only allowed in the two day fields; write *
? * * * * | 分钟：? 只能用于日和星期；请写 * | Minute: ? is only allowed in the two day fields; write *
? 0 9 * * * | 秒：? 只能用于日和星期；请写 * | Second: ? is only allowed in the two day fields; write *
*,5 * * * * | 分钟：* 已表示全部取值，请单独使用 | Minute: * already means every value; use it alone
5,* * * * * | 分钟：* 已表示全部取值，请单独使用 | Minute: * already means every value; use it alone
0 9 */1,5 * * | 日：* 已表示全部取值，请单独使用 | Day of month: * already means every value; use it alone
0 22-2 * * * | 小时：22-2 起点大于终点；请写 22-23,0-2 | Hour: 22-2 is reversed; write 22-23,0-2
50-10 * * * * | 分钟：50-10 起点大于终点；请写 50-59,0-10 | Minute: 50-10 is reversed; write 50-59,0-10
0 22-2/2 * * * | 小时：22-2/2 起点大于终点；请写成两段 | Hour: 22-2/2 is reversed; write two ranges
0 9 * * 5-1 | 星期：5-1 起点大于终点；请写 5-6,0-1 | Day of week: 5-1 is reversed; write 5-6,0-1
0 9 * * SAT-MON | 星期：SAT-MON 起点大于终点；请写 SAT,SUN-MON | Day of week: SAT-MON is reversed; write SAT,SUN-MON
0 9 * * FRI-TUE | 星期：FRI-TUE 起点大于终点；请写 FRI-SAT,SUN-TUE | Day of week: FRI-TUE is reversed; write FRI-SAT,SUN-TUE
0 9 * * 5-0 | 星期：5-0 起点大于终点；请写 5-7 | Day of week: 5-0 is reversed; write 5-7
0 9 * * 7-2 | 星期：7-2 起点大于终点；请写 0-2 | Day of week: 7-2 is reversed; write 0-2
0 9 * NOV-FEB * | 月：NOV-FEB 起点大于终点；请写 NOV-DEC,JAN-FEB | Month: NOV-FEB is reversed; write NOV-DEC,JAN-FEB
0 9 25-5 * * | 日：25-5 起点大于终点；请写 25-31,1-5 | Day of month: 25-5 is reversed; write 25-31,1-5
*/0 * * * * | 分钟：步长不能为 0；请写 * | Minute: the step must not be 0; write *
*/90 * * * * | 分钟：步长 90 超过该段的 60 个取值；更长的间隔请写 every 90m | Minute: step 90 is larger than the field's 60 values; for longer gaps write every 90m
0 */25 * * * | 小时：步长 25 超过该段的 24 个取值；更长的间隔请写 every 25h | Hour: step 25 is larger than the field's 24 values; for longer gaps write every 25h
0 9 * * */8 | 星期：步长 8 超过该段的 7 个取值；更长的间隔请写 every 8d | Day of week: step 8 is larger than the field's 7 values; for longer gaps write every 8d
10-20/61 * * * * | 分钟：步长 61 超过该段的 60 个取值；更长的间隔请写 every 61m | Minute: step 61 is larger than the field's 60 values; for longer gaps write every 61m
/5 * * * * | 分钟：步长前缺少起点；请写 */5 | Minute: the step has no start; write */5
1-2-3 * * * * | 分钟：无法识别 1-2-3；写法如 5、1-5、*/15、1,15 | Minute: 1-2-3 cannot be read; for example 5, 1-5, */15 or 1,15
1/2/3 * * * * | 分钟：无法识别 1/2/3；写法如 5、1-5、*/15、1,15 | Minute: 1/2/3 cannot be read; for example 5, 1-5, */15 or 1,15
1- * * * * | 分钟：无法识别 1-；写法如 5、1-5、*/15、1,15 | Minute: 1- cannot be read; for example 5, 1-5, */15 or 1,15
** * * * * | 分钟：无法识别 **；写法如 5、1-5、*/15、1,15 | Minute: ** cannot be read; for example 5, 1-5, */15 or 1,15
*-5 * * * * | 分钟：无法识别 *-5；写法如 5、1-5、*/15、1,15 | Minute: *-5 cannot be read; for example 5, 1-5, */15 or 1,15
5* * * * * | 分钟：无法识别 5*；写法如 5、1-5、*/15、1,15 | Minute: 5* cannot be read; for example 5, 1-5, */15 or 1,15
H/15 * * * * | 分钟：不认识 H；请写数字 | Minute: H is unknown; write a number
0 9 * * MONDAY | 星期：不认识 MONDAY；请写 MON | Day of week: MONDAY is unknown; write MON
0 9 * JANUARY * | 月：不认识 JANUARY；请写 JAN | Month: JANUARY is unknown; write JAN
0 9 * MON * | 月：不认识 MON；请写 1–12 或 JAN–DEC | Month: MON is unknown; write 1–12 or JAN–DEC
0 9 * * JAN | 星期：不认识 JAN；请写 0–7 或 SUN–SAT | Day of week: JAN is unknown; write 0–7 or SUN–SAT
0 MON * * * | 小时：不认识 MON；请写数字 | Hour: MON is unknown; write a number
0 9 * * FOO | 星期：不认识 FOO；请写 0–7 或 SUN–SAT | Day of week: FOO is unknown; write 0–7 or SUN–SAT
0 9 * FOO * | 月：不认识 FOO；请写 1–12 或 JAN–DEC | Month: FOO is unknown; write 1–12 or JAN–DEC
0 9 * * L | 星期：单独的 L 含义不明；最后一个周五写 5L，周六写 6 | Day of week: L alone is ambiguous; write 5L for the last Friday, 6 for Saturday
0 9 L-3 * * | 日：不支持 L-3；请写 L 或具体日期 | Day of month: L-3 is not supported; write L or a day
0 9 L,LW * * | 日：L 与 LW 不能同时使用；请用两个周期 | Day of month: L and LW cannot be combined; use two schedules
0 9 5L * * | 日：L 不能用在这里；日可写 L，星期可写 5L | Day of month: L is not allowed here; L is a day of the month, 5L a weekday
0 9 1#2 * * | 日：# 只能用于星期，如 5#3 | Day of month: # is only allowed in the weekday field: 5#3
0 9 * * 5#6 | 星期：# 后应为 1–5，现为“6”；5#3 表示第三个周五 | Day of week: # must be followed by 1–5, found \"6\"; 5#3 is the third Friday
0 9 * * 5#0 | 星期：# 后应为 1–5，现为“0”；5#3 表示第三个周五 | Day of week: # must be followed by 1–5, found \"0\"; 5#3 is the third Friday
0 9 * * 5# | 星期：# 后应为 1–5，现为“”；5#3 表示第三个周五 | Day of week: # must be followed by 1–5, found \"\"; 5#3 is the third Friday
0 9 * * #3 | 星期：无法识别 #3；写法如 5、1-5、*/15、1,15 | Day of week: #3 cannot be read; for example 5, 1-5, */15 or 1,15
0 9 * * 8#3 | 星期：8 不在 0–7 之间 | Day of week: 8 is out of range 0–7
0 9 * * 5W | 星期：W 只能跟在日的后面，如 15W 或 LW | Day of week: W follows a day of the month: 15W or LW
0 L * * * | 小时：L 不能用在这里；日可写 L，星期可写 5L | Hour: L is not allowed here; L is a day of the month, 5L a weekday
5L * * * * | 分钟：L 不能用在这里；日可写 L，星期可写 5L | Minute: L is not allowed here; L is a day of the month, 5L a weekday
0 9 * 3L * | 月：L 不能用在这里；日可写 L，星期可写 5L | Month: L is not allowed here; L is a day of the month, 5L a weekday
0 9 32W * * | 日：32 不在 1–31 之间 | Day of month: 32 is out of range 1–31
0 9 W * * | 日：W 只能跟在日的后面，如 15W 或 LW | Day of month: W follows a day of the month: 15W or LW
0 9 1-5W * * | 日：无法识别 1-5W；写法如 5、1-5、*/15、1,15 | Day of month: 1-5W cannot be read; for example 5, 1-5, */15 or 1,15
0 9 L/2 * * | 日：无法识别 L/2；写法如 5、1-5、*/15、1,15 | Day of month: L/2 cannot be read; for example 5, 1-5, */15 or 1,15
0 9 * * 1-5L | 星期：无法识别 1-5L；写法如 5、1-5、*/15、1,15 | Day of week: 1-5L cannot be read; for example 5, 1-5, */15 or 1,15
0 9 * * 1-5#2 | 星期：无法识别 1-5#2；写法如 5、1-5、*/15、1,15 | Day of week: 1-5#2 cannot be read; for example 5, 1-5, */15 or 1,15
0 9 * * MON#MON | 星期：# 后应为 1–5，现为“MON”；5#3 表示第三个周五 | Day of week: # must be followed by 1–5, found \"MON\"; 5#3 is the third Friday
+5 * * * * | 分钟：不能使用 + | Minute: + is not allowed
5.5 * * * * | 分钟：不能使用 . | Minute: . is not allowed
0 9 * * FRI#L | 星期：# 后应为 1–5，现为“L”；5#3 表示第三个周五 | Day of week: # must be followed by 1–5, found \"L\"; 5#3 is the third Friday
0 9 * * ?,1 | 星期：* 已表示全部取值，请单独使用 | Day of week: * already means every value; use it alone
0 9 ?/2 * * | 日：无法识别 ?/2；写法如 5、1-5、*/15、1,15 | Day of month: ?/2 cannot be read; for example 5, 1-5, */15 or 1,15
";

#[test]
fn faults_read_as_in_the_table() {
    let mut rows = 0;
    for row in FAULTS.trim().lines() {
        let [text, zh, en] = row.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("not three columns: {row}");
        };
        let Err(fault) = CronExpr::parse(text) else {
            panic!("{text} was accepted");
        };
        assert_eq!(fault.text(Lang::Zh), zh, "{text}");
        assert_eq!(fault.text(Lang::En), en, "{text}");
        assert_eq!(fault.to_string(), en, "{text}");
        rows += 1;
    }
    assert!(rows >= 40, "the table holds {rows} rows");
}

#[test]
fn blank_and_long_texts_are_refused() {
    for blank in ["", " ", "\t\n\u{a0}"] {
        assert_eq!(
            CronExpr::parse(blank).map_err(|fault| fault.kind),
            Err(CronErrorKind::Empty)
        );
    }
    let long = format!("{} * * * *", "0,".repeat(200));
    let fault = CronExpr::parse(&long).map_err(|fault| fault.text(Lang::Zh));
    assert_eq!(fault, Err("408 字节太长，上限为 256 字节".to_owned()));
    assert!(CronExpr::parse(&format!("0{} * * * *", ",0".repeat(120))).is_ok());
    // `1/2` is stored as `1-59/2`, and the stored text must be short enough to be parsed again.
    let grows = format!("1/2{} * * * *", ",1/2".repeat(50));
    assert!(grows.len() < 256);
    let fault = CronExpr::parse(&grows).map_err(|fault| fault.kind);
    assert_eq!(fault, Err(CronErrorKind::TooLong { bytes: 364 }));
}

#[test]
fn input_is_echoed_short_and_visible() {
    for (text, echo) in [
        ("\u{202e}5 * * * *", "U+202E"),
        ("5\u{200b} * * * *", "U+200B"),
        ("5\u{0} * * * *", "U+0000"),
    ] {
        let fault = CronExpr::parse(text).map_err(|fault| (fault.field, fault.text(Lang::En)));
        let expected = format!("Minute: {echo} is not allowed");
        assert_eq!(fault, Err((Some(CronField::Minute), expected)), "{text:?}");
    }
    let nickname = CronExpr::parse(&format!("@\u{202e}{}", "x".repeat(200)))
        .map_err(|fault| fault.text(Lang::En));
    assert!(
        nickname
            .is_err_and(|text| text.starts_with("@\u{fffd}xxx") && text.contains("x… is unknown"))
    );
}
