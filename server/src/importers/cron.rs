//! Cron expressions of others, where they mean something else than ours.

use super::{Item, Remark};

/// Notes it where an expression restricts both day fields, and one begins with `*`: cron and what follows it then require
/// both, and here one is enough. `fields` are those of the day of the month and of the week.
pub(super) fn both_days(item: &mut Item, day: &str, weekday: &str) {
    let is_free = |field: &str| matches!(field, "*" | "?" | "*/1");
    let has_star = |field: &str| field.starts_with(['*', '?']);
    if !is_free(day) && !is_free(weekday) && (has_star(day) || has_star(weekday)) {
        item.pause(Remark::BothDays);
    }
}

/// Adds the schedule of a crontab: five fields or a nickname.
pub(super) fn crontab(item: &mut Item, spec: &str) {
    let fields: Vec<&str> = spec.split_whitespace().collect();
    if let [_, _, day, _, weekday] = fields.as_slice() {
        both_days(item, day, weekday);
    }
    item.schedule(spec.trim());
}

/// Numbers as a field: ranges and lists; `*` for none, and for all of them.
pub(super) fn field(numbers: &[u32], all: std::ops::RangeInclusive<u32>) -> String {
    let mut numbers: Vec<u32> = numbers
        .iter()
        .copied()
        .filter(|number| all.contains(number))
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    let count = (all.end() - all.start() + 1) as usize;
    if numbers.is_empty() || numbers.len() == count {
        return "*".to_owned();
    }
    if let Some(step) = step(&numbers, &all) {
        return format!("*/{step}");
    }
    let runs = numbers.chunk_by(|a, b| a + 1 == *b);
    let texts = runs.map(|run| match run {
        [first, _, .., last] => format!("{first}-{last}"),
        run => {
            let each: Vec<String> = run.iter().map(u32::to_string).collect();
            each.join(",")
        }
    });
    texts.collect::<Vec<_>>().join(",")
}

/// The step of numbers that are all multiples of one from the first value on; only where that divides the range.
fn step(numbers: &[u32], all: &std::ops::RangeInclusive<u32>) -> Option<u32> {
    let (first, second) = (*numbers.first()?, *numbers.get(1)?);
    let step = second - first;
    let count = all.end() - all.start() + 1;
    let expected = (*all.start()..=*all.end()).step_by(step as usize);
    (step > 1 && count.is_multiple_of(step) && expected.eq(numbers.iter().copied())).then_some(step)
}

/// Sets the active period to whole years, which are given as numbers.
pub(super) fn years(item: &mut Item, years: &[u32]) {
    let mut years = years.to_vec();
    years.sort_unstable();
    years.dedup();
    let (Some(first), Some(last)) = (years.first(), years.last()) else {
        return;
    };
    item.document.starts_at = format!("{first:04}-01-01 00:00:00");
    item.document.ends_at = format!("{last:04}-12-31 23:59:59");
    match (last - first) as usize + 1 == years.len() {
        true => item.note(Remark::Years),
        false => item.pause(Remark::YearsApart),
    }
}

/// The years of a field such as `2026` or `2026-2028,2030`; `None` where it is no list of those.
pub(super) fn years_of(field: &str) -> Option<Vec<u32>> {
    let year = |text: &str| {
        text.parse::<u32>()
            .ok()
            .filter(|year| (1970..=2199).contains(year))
    };
    let mut all = Vec::new();
    for part in field.split(',') {
        match part.split_once('-') {
            Some((from, to)) => all.extend(year(from)?..=year(to)?),
            None => all.push(year(part)?),
        }
    }
    (!all.is_empty()).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_fields() {
        let minutes = |numbers: &[u32]| field(numbers, 0..=59);
        assert_eq!(minutes(&[]), "*");
        assert_eq!(minutes(&(0..60).collect::<Vec<_>>()), "*");
        assert_eq!(minutes(&[30, 0]), "*/30");
        assert_eq!(minutes(&[0, 15, 30, 45]), "*/15");
        assert_eq!(minutes(&[5, 20, 35, 50]), "5,20,35,50");
        assert_eq!(minutes(&[1, 2, 3, 7, 8, 9, 9, 61]), "1-3,7-9");
        assert_eq!(minutes(&[1, 2, 40]), "1,2,40");
        assert_eq!(field(&[1, 2, 3, 4, 5], 0..=6), "1-5");
    }

    #[test]
    fn years_are_lists_of_numbers() {
        assert_eq!(years_of("2026-2027,2030"), Some(vec![2026, 2027, 2030]));
        for other in ["*", "2026/2", "", "26", "2026-"] {
            assert_eq!(years_of(other), None, "{other}");
        }
    }
}
