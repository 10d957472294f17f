//! Expressions of Quartz and XXL-JOB, converted to ours.

use crate::cron::tests::random::Random;
use crate::cron::{CronExpr, CronField, CronWarning, Dialect};
use crate::i18n::Lang;

fn quartz(text: &str) -> CronExpr {
    CronExpr::parse_dialect(text, Dialect::Quartz).unwrap_or_else(|fault| panic!("{text}: {fault}"))
}

/// Quartz | ours | Chinese | English
const QUARTZ: &str = "
0 0 9 ? * 2-6 | 0 0 9 * * 1-5 | 工作日（周一至周五）09:00 | Weekdays at 09:00
0 0 9 ? * 2-6 * | 0 0 9 * * 1-5 | 工作日（周一至周五）09:00 | Weekdays at 09:00
0 0 9 ? * MON-FRI | 0 0 9 * * MON-FRI | 工作日（周一至周五）09:00 | Weekdays at 09:00
0 0 9 ? * 1 | 0 0 9 * * 0 | 每周日 09:00 | Every Sunday at 09:00
0 0 9 ? * 7 | 0 0 9 * * 6 | 每周六 09:00 | Every Saturday at 09:00
0 0 9 ? * L | 0 0 9 * * 6 | 每周六 09:00 | Every Saturday at 09:00
0 0 9 ? * sun | 0 0 9 * * SUN | 每周日 09:00 | Every Sunday at 09:00
0 0 9 ? * 1,7 | 0 0 9 * * 0,6 | 每周六、周日 09:00 | Every Saturday and Sunday at 09:00
0 0 9 ? * 7-1 | 0 0 9 * * 6-7 | 每周六、周日 09:00 | Every Saturday and Sunday at 09:00
0 0 9 ? * 1-7 | 0 0 9 * * 0-6 | 每天 09:00 | Every day at 09:00
0 0 9 ? * 2-1 | 0 0 9 * * 1-7 | 每天 09:00 | Every day at 09:00
0 0 9 ? * 6-2 | 0 0 9 * * 5-6,0-1 | 每周一、周五至周日 09:00 | Every Monday and Friday to Sunday at 09:00
0 0 9 ? * FRI-MON | 0 0 9 * * FRI-SAT,SUN-MON | 每周一、周五至周日 09:00 | Every Monday and Friday to Sunday at 09:00
0 0 9 ? * SAT-SUN | 0 0 9 * * SAT-SUN | 每周六、周日 09:00 | Every Saturday and Sunday at 09:00
0 0 9 ? * 6-3/2 | 0 0 9 * * 5,0-2/2 | 每周二、周五、周日 09:00 | Every Tuesday, Friday and Sunday at 09:00
0 0 9 ? * 2,4,6 | 0 0 9 * * 1,3,5 | 每周一、周三、周五 09:00 | Every Monday, Wednesday and Friday at 09:00
0 0 9 ? * 1/2 | 0 0 9 * * */2 | 每周二、周四、周六、周日 09:00 | Every Tuesday, Thursday, Saturday and Sunday at 09:00
0 0 9 ? * 2/2 | 0 0 9 * * 1-6/2 | 每周一、周三、周五 09:00 | Every Monday, Wednesday and Friday at 09:00
0 0 9 ? * 6L | 0 0 9 * * 5L | 每月最后一个周五 09:00 | On the last Friday of the month at 09:00
0 0 9 ? * 1L | 0 0 9 * * 0L | 每月最后一个周日 09:00 | On the last Sunday of the month at 09:00
0 0 9 ? * FRIL | 0 0 9 * * FRIL | 每月最后一个周五 09:00 | On the last Friday of the month at 09:00
0 0 9 ? * 6#3 | 0 0 9 * * 5#3 | 每月第三个周五 09:00 | On the third Friday of the month at 09:00
0 0 9 ? * 1#1 | 0 0 9 * * 0#1 | 每月第一个周日 09:00 | On the first Sunday of the month at 09:00
0 0 9 L * ? | 0 0 9 L * * | 每月最后一天 09:00 | On the last day of the month at 09:00
0 0 9 LW * ? | 0 0 9 LW * * | 每月最后一个工作日（周一至周五）09:00 | On the last weekday (Monday to Friday) of the month at 09:00
0 0 9 15W * ? | 0 0 9 15W * * | 每月离 15 日最近的工作日（周一至周五）09:00 | On the weekday (Monday to Friday) nearest the 15th of the month at 09:00
0 0 12 1/1 * ? * | 0 0 12 * * * | 每天 12:00 | Every day at 12:00
0 0 12 1/5 * ? | 0 0 12 */5 * * | 每月 1、6、11…31 日 12:00 | On the 1st, 6th, 11th, … 31st of the month at 12:00
0 0 9 25-5 * ? | 0 0 9 25-31,1-5 * * | 每月 1–5、25–31 日 09:00 | On the 1st–5th and 25th–31st of the month at 09:00
0 0 9 ? NOV-FEB 2 | 0 0 9 * NOV-DEC,JAN-FEB 1 | 每年 1、2、11、12 月的每周一 09:00 | Every Monday in January, February, November and December at 09:00
0 0 22-2 * * ? | 0 0 22-23,0-2 * * * | 每天 00:00、01:00、02:00、22:00、23:00 | Every day at 00:00, 01:00, 02:00, 22:00 and 23:00
0 0 22-5/2 * * ? | 0 0 22,0-5/2 * * * | 每天 00:00、02:00、04:00、22:00 | Every day at 00:00, 02:00, 04:00 and 22:00
0 0 9 * * ? | 0 0 9 * * * | 每天 09:00 | Every day at 09:00
0 0/5 * * * ? | 0 */5 * * * * | 每 5 分钟 | Every 5 minutes
0 /5 * * * ? | 0 */5 * * * * | 每 5 分钟 | Every 5 minutes
0 5/15 * * * ? | 0 5-59/15 * * * * | 每 15 分钟，从第 5 分起 | Every 15 minutes from minute 5
0 0 0/1 1/1 * ? * | 0 0 * * * * | 每小时整点 | Every hour, on the hour
0/30 * * * * ? | */30 * * * * * | 每 30 秒 | Every 30 seconds
0 0 9 1 * 2 | 0 0 9 1 * 1 | 每月 1 日或周一 09:00 | On the 1st of the month or on Monday at 09:00
@daily | @daily | 每天 00:00 | Every day at 00:00
@weekly | @weekly | 每周日 00:00 | Every Sunday at 00:00
";

/// Quartz | Chinese | English
const FAULTS: &str = "
0 9 * * 1 | Quartz 写法最前面是秒，需要 6 段；请在最前加 0，或把写法改为标准（standard） | Quartz has 6 fields with seconds first; write 0 in front, or choose the dialect standard
0 0 9 | Quartz 写法需要 6 段（秒 分 时 日 月 星期），或在最后加年共 7 段；现有 3 段 | Quartz has 6 fields (second, minute, hour, day, month, weekday), or 7 with the year last; found 3
0 0 9 * * ? 2026 | 年份 2026 不能写在这里；请写 * 或删去，改用任务的起止时间 | The year 2026 is not supported here; write * or remove it, and use the task's start and end
0 0 9 * * ? 2026-2030 | 年份 2026-2030 不能写在这里；请写 * 或删去，改用任务的起止时间 | The year 2026-2030 is not supported here; write * or remove it, and use the task's start and end
0 0 9 ? * 0 | 星期：0 不在 1–7 之间；请写 1 | Day of week: 0 is out of range 1–7; write 1
0 0 9 ? * 8 | 星期：8 不在 1–7 之间 | Day of week: 8 is out of range 1–7
0 0 9 ? * 6#6 | 星期：# 后应为 1–5，现为“6”；6#3 表示第三个周五 | Day of week: # must be followed by 1–5, found \"6\"; 6#3 is the third Friday
0 0 9 ? * FOO | 星期：不认识 FOO；请写 1–7 或 SUN–SAT | Day of week: FOO is unknown; write 1–7 or SUN–SAT
0 0 9 L-3 * ? | 日：不支持 L-3；请写 L 或具体日期 | Day of month: L-3 is not supported; write L or a day
0 0 9 1, 15 * ? | 逗号旁有空格；列表中不要留空格，写作 1,15 | There is a space next to a comma; write lists without spaces: 1,15
0 0 9 ？ * 2 | 日：？ 是全角字符；请改为 ? | Day of month: ？ is a full-width character; write ?
0 0 9 ? * 2 ＊ | ＊ 是全角字符；请改为 * | ＊ is a full-width character; write *
61 0 9 ? * 2 * | 秒：61 不在 0–59 之间 | Second: 61 is out of range 0–59
";

#[test]
fn quartz_becomes_ours() {
    for row in QUARTZ.trim().lines() {
        let [text, ours, zh, en] = row.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("not four columns: {row}");
        };
        let parsed = quartz(text);
        assert_eq!(parsed.canonical(), ours, "{text}");
        assert_eq!(parsed.source(), ours, "{text}");
        assert_eq!(parsed.describe(Lang::Zh), zh, "{text}");
        assert_eq!(parsed.describe(Lang::En), en, "{text}");
        assert_eq!(CronExpr::parse(ours).as_ref(), Ok(&parsed), "{text}");
        let looks = |warning: &CronWarning| matches!(warning, CronWarning::LooksLikeQuartz { .. });
        assert!(!parsed.warnings().iter().any(looks), "{text}");
    }
}

#[test]
fn quartz_faults_speak_of_quartz() {
    for row in FAULTS.trim().lines() {
        let [text, zh, en] = row.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("not three columns: {row}");
        };
        let Err(fault) = CronExpr::parse_dialect(text, Dialect::Quartz) else {
            panic!("{text} was accepted");
        };
        assert_eq!(fault.text(Lang::Zh), zh, "{text}");
        assert_eq!(fault.text(Lang::En), en, "{text}");
    }
}

#[test]
fn quartz_read_as_ours_is_warned_about_where_it_matters() {
    for (text, weekday) in [
        ("0 0 9 ? * 2-6", Some(2)),
        ("0 9 ? * 2", Some(2)),
        ("0 0 9 ? * 6L", Some(6)),
        ("0 0 9 ? * 6#3", Some(6)),
        ("0 0 9 ? * 7", Some(7)),
        ("0 0 9 ? * MON-5", Some(5)),
        ("0 0 9 ? * 3/2", Some(3)),
        // The same days either way, or not Quartz at all.
        ("0 0 9 ? * MON-FRI", None),
        ("0 0 9 ? * */2", None),
        ("0 0 9 ? * 1-7", None),
        ("0 0 9 ? * 0", None),
        ("0 0 9 ? * 0-4", None),
        ("0 0 9 1 * ?", None),
        ("0 0 9 * * 2-6", None),
    ] {
        let parsed = CronExpr::parse(text).unwrap();
        let found: Vec<u8> = parsed
            .warnings()
            .iter()
            .filter_map(|warning| match warning {
                CronWarning::LooksLikeQuartz { weekday } => Some(*weekday),
                _ => None,
            })
            .collect();
        assert_eq!(found, weekday.into_iter().collect::<Vec<_>>(), "{text}");
    }
    let warning = CronWarning::LooksLikeQuartz { weekday: 1 };
    assert_eq!(
        warning.text(Lang::Zh),
        "有 ?，像是 Quartz 写法：这里星期 1 是周一，Quartz 从周日数起，1 是周日；若来自 Quartz 或 XXL-JOB，请把写法选为 quartz"
    );
    assert_eq!(
        warning.text(Lang::En),
        "The ? looks like Quartz: here weekday 1 is Monday, while in Quartz, which counts from Sunday, it is Sunday; if it comes from Quartz or XXL-JOB, choose the dialect quartz"
    );
}

/// An item and the values it means in Quartz, by the rules of its `addToSet`.
fn quartz_item(random: &mut Random, kind: CronField) -> (String, Vec<u8>) {
    let (min, max) = kind.bounds_in(Dialect::Quartz);
    let size = max - min + 1;
    let value = |random: &mut Random| min + u8::try_from(random.below(usize::from(size))).unwrap();
    let step = 1 + u8::try_from(random.below(usize::from(size))).unwrap();
    let (from, to) = (value(random), value(random));
    let (text, from, to, step) = match random.below(5) {
        0 => (from.to_string(), from, from, 1),
        1 => (format!("{from}-{to}"), from, to, 1),
        2 => (format!("{from}-{to}/{step}"), from, to, step),
        3 => (format!("{from}/{step}"), from, max, step),
        _ => (format!("*/{step}"), min, max, step),
    };
    let stop = if to < from { to + size } else { to };
    let around = |at: u8| if at > max { at - size } else { at };
    let values = (from..=stop).step_by(usize::from(step)).map(around);
    (text, values.collect())
}

#[test]
fn fields_hold_what_quartz_takes_them_for() {
    let mut random = Random(11);
    for _ in 0..4_000 {
        let mut texts = Vec::new();
        let mut expected = Vec::new();
        for kind in CronField::ALL {
            let (text, mut values) = quartz_item(&mut random, kind);
            let (more, others) = quartz_item(&mut random, kind);
            let shift = u8::from(kind == CronField::DayOfWeek);
            // `*` among other items is refused, however it is written.
            let starry = |item: &str| item.starts_with('*') || item.ends_with("/1");
            let text = if starry(&text) || starry(&more) || random.below(2) == 0 {
                text
            } else {
                values.extend(others);
                format!("{text},{more}")
            };
            values.iter_mut().for_each(|value| *value -= shift);
            values.sort_unstable();
            values.dedup();
            texts.push(text);
            expected.push(values);
        }
        let text = texts.join(" ");
        let parsed = quartz(&text);
        let found: Vec<Vec<u8>> = parsed.fields().map(|field| field.values()).collect();
        assert_eq!(found, expected, "{text}");
        assert_eq!(
            CronExpr::parse(&parsed.canonical()).as_ref(),
            Ok(&parsed),
            "{text}"
        );
    }
}
