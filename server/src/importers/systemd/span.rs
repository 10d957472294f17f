//! Lengths of time as systemd.time(7) writes them.

/// Seconds of a text such as `90`, `1h 30min`, `2d12h`; `None` for none, for `infinity`, and for what cannot be read.
pub(super) fn seconds(text: &str) -> Option<u64> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    let mut micros: f64 = 0.0;
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let number: f64 = rest[..digits].parse().ok()?;
        rest = rest[digits..].trim_start();
        let letters = rest
            .find(|c: char| !c.is_alphabetic())
            .unwrap_or(rest.len());
        micros += number * unit(&rest[..letters])?;
        rest = rest[letters..].trim_start();
    }
    let seconds = (micros / 1e6).ceil();
    (0.0..1e12).contains(&seconds).then_some(seconds as u64)
}

/// Microseconds of a unit.
fn unit(name: &str) -> Option<f64> {
    const SECOND: f64 = 1e6;
    Some(match name {
        "us" | "usec" | "µs" | "μs" => 1.0,
        "ms" | "msec" => 1e3,
        "" | "s" | "sec" | "second" | "seconds" => SECOND,
        "m" | "min" | "minute" | "minutes" => 60.0 * SECOND,
        "h" | "hr" | "hour" | "hours" => 3_600.0 * SECOND,
        "d" | "day" | "days" => 86_400.0 * SECOND,
        "w" | "week" | "weeks" => 604_800.0 * SECOND,
        "M" | "month" | "months" => 2_629_800.0 * SECOND,
        "y" | "year" | "years" => 31_557_600.0 * SECOND,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read() {
        for (text, expected) in [
            ("90", Some(90)),
            ("1h 30min", Some(5_400)),
            ("2d12h", Some(216_000)),
            ("1.5h", Some(5_400)),
            ("500ms", Some(1)),
            ("0", Some(0)),
            ("", None),
            ("infinity", None),
            ("5 parsecs", None),
            ("999999999y", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }
}
