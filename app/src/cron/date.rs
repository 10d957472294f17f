//! The Gregorian calendar: lengths of months, weekdays, and the nearest day from Monday to Friday.

/// The weekday of `other` in the month where `day` is a `weekday`.
pub(super) fn weekday_at(weekday: u8, day: u8, other: u8) -> u8 {
    // 35 is a multiple of seven above any difference of two days, so the sum stays positive.
    (weekday + 35 + other - day) % 7
}

/// The Monday-to-Friday nearest to `day`, never leaving the month.
pub(super) fn nearest(day: u8, weekday: u8, length: u8) -> u8 {
    match weekday {
        6 if day > 1 => day - 1,
        6 => day + 2,
        0 if day < length => day + 1,
        0 => day - 2,
        _ => day,
    }
}

/// The length of a month (1–12) in the Gregorian calendar.
pub(crate) fn month_length(year: i32, month: u8) -> u8 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The weekday of a date, 0 for Sunday (Sakamoto's method; the caller has checked month and day).
pub(super) fn weekday_of(year: i32, month: u8, day: u8) -> u8 {
    const OFFSETS: [i64; 12] = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
    let year = i64::from(year) - i64::from(month < 3);
    let offset = OFFSETS[usize::from(month.clamp(1, 12)) - 1];
    let days = year + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + offset
        + i64::from(day);
    u8::try_from(days.rem_euclid(7)).unwrap_or(0)
}
