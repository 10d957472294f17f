//! Cutting a text until the message around it fits.

use app::i18n::Lang;

use crate::text::cut;

/// Times a text is cut again. Each cut takes off at least what was too much, up to the mark of the gap,
/// so a handful suffices.
const CUTS_MAX: usize = 64;

/// The longest form of a text, cut in its middle between characters, of which `measure` is at most
/// `max`; `measure` gives a size that grows by at least one where the text grows by four bytes, such as
/// the bytes of the JSON around it, or UTF-16 units.
pub(super) fn fit(text: &str, max: usize, lang: Lang, measure: impl Fn(&str) -> usize) -> String {
    let mut room = text.len();
    for _ in 0..CUTS_MAX {
        let short = cut(text, room, lang);
        let size = measure(&short);
        if size <= max {
            return short.into_owned();
        }
        // What is cut is no longer than the room but for a room smaller than the mark.
        room = room.min(short.len()).saturating_sub(size - max);
        if room == 0 {
            break;
        }
    }
    String::new()
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
