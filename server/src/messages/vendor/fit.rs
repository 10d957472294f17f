//! Cutting a text until the message around it fits.

use app::i18n::Lang;

use crate::text::cut;

/// The longest form of a text, cut in its middle between characters, of which `measure` is at most
/// `max`. `measure` gives a size that grows with the text, by at least one for four bytes: the bytes of
/// the JSON around it, or UTF-16 units.
pub(super) fn fit(text: &str, max: usize, lang: Lang, measure: impl Fn(&str) -> usize) -> String {
    if measure(text) <= max {
        return text.to_owned();
    }
    // By halving: how much a byte of text adds to the size depends on the text.
    let (mut low, mut high) = (0, text.len().min(max.saturating_mul(4)));
    let mut best = String::new();
    while low < high {
        let room = low + (high - low).div_ceil(2);
        let short = cut(text, room, lang);
        if measure(&short) <= max {
            best = short.into_owned();
            low = room;
        } else {
            high = room - 1;
        }
    }
    best
}

/// A text as `write` writes it, which makes it longer at most, cut before that to what fits into `max` bytes: so its mark
/// counts the bytes of the text itself.
pub(super) fn fit_written(
    text: &str,
    max: usize,
    lang: Lang,
    write: impl Fn(&str) -> String,
) -> String {
    let written = write(&cut(text, max, lang));
    match written.len() <= max {
        true => written,
        false => write(&fit(text, max, lang, |text| write(text).len())),
    }
}

/// UTF-16 units of a text.
pub(super) fn utf16(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_fits_and_little_is_lost() {
        let json = |text: &str| serde_json::Value::from(text).to_string().len();
        for text in [
            "短".repeat(30_000),
            "\u{1}".repeat(30_000),
            "\"\n".repeat(20_000),
            "🙂a".repeat(9_000),
            "short".to_owned(),
        ] {
            for max in [100, 4096, 20_000] {
                for (name, measure) in
                    [("json", &json as &dyn Fn(&str) -> usize), ("utf16", &utf16)]
                {
                    let whole = measure(&text);
                    let found = fit(&text, max, Lang::Zh, measure);
                    let size = measure(&found);
                    assert!(size <= max, "{name} {size} of {max}");
                    // At least two thirds of the room is used: control characters cost six each.
                    assert!(
                        size * 10 >= whole.min(max) * 5,
                        "{name} {size} of {max}, {whole}"
                    );
                    assert!(whole > max || found == text);
                }
            }
        }
    }
}
