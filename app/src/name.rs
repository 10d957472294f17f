//! Names that readers can see and distinguish: what no name may contain.
//!
//! Refused are control characters, characters that reorder a line (Unicode Standard Annex #9), and invisible ones.
//! Joiners and variation selectors are allowed: emoji families, flags, Persian and many Indian scripts need them.

use crate::i18n::Lang;

/// What is wrong with a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NameFault {
    /// A control character or a line break.
    Control,
    /// A mark that changes the direction of what follows, such as U+202E.
    Direction,
    /// A character without width that no script needs, such as U+200B.
    Hidden,
    /// Nothing in it is visible.
    Invisible,
}

impl NameFault {
    /// The code in the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Control => "control",
            Self::Direction | Self::Hidden | Self::Invisible => "invisible",
        }
    }

    /// One sentence for a person.
    #[must_use]
    pub fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::Control => lang.pick(
                "不能有换行或控制字符",
                "It must not contain line breaks or control characters",
            ),
            Self::Direction => lang.pick(
                "含有改变文字方向的不可见字符（如 U+202E），请删去后重新输入",
                "It contains an invisible character that reverses the text (such as U+202E); remove it",
            ),
            Self::Hidden => lang.pick(
                "含有看不见的字符（如零宽空格），请删去后重新输入",
                "It contains an invisible character (such as a zero-width space); remove it",
            ),
            Self::Invisible => lang.pick(
                "没有可见字符",
                "It has no visible characters",
            ),
        }
    }
}

/// What is wrong with a name; an empty one is not covered by this rule.
#[must_use]
pub fn name_fault(name: &str) -> Option<NameFault> {
    let mut seen = name.is_empty();
    // Joins nothing, so that a name of joiners alone counts as invisible.
    let mut before = char::REPLACEMENT_CHARACTER;
    for c in name.chars() {
        if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
            return Some(NameFault::Control);
        }
        match u32::from(c) {
            // Bidi_Control (UAX #9, 2.1–2.6).
            0x061c | 0x200e | 0x200f | 0x202a..=0x202e | 0x2066..=0x2069 => {
                return Some(NameFault::Direction);
            }
            // Default_Ignorable_Code_Point except what scripts and emoji need, and interlinear annotations.
            0x00ad
            | 0x034f
            | 0x115f
            | 0x1160
            | 0x17b4
            | 0x17b5
            | 0x180e
            | 0x200b
            | 0x2060..=0x2065
            | 0x206a..=0x206f
            | 0x3164
            | 0xfeff
            | 0xffa0
            | 0xfff0..=0xfffb
            | 0x1bca0..=0x1bca3
            | 0x1d173..=0x1d17a => return Some(NameFault::Hidden),
            // Joiners are refused between letters that are never joined.
            0x200c | 0x200d if is_never_joined(before) => return Some(NameFault::Hidden),
            // The tags of flags follow a black flag (UTS #51, annex C) and nothing else.
            0xe0020..=0xe007f if !matches!(u32::from(before), 0x1f3f4 | 0xe0020..=0xe007e) => {
                return Some(NameFault::Hidden);
            }
            // Variation selectors are fine next to something visible.
            0x180b..=0x180f
            | 0x200c
            | 0x200d
            | 0xfe00..=0xfe0f
            | 0x2800
            | 0xe0020..=0xe007f
            | 0xe0100..=0xe01ef => {}
            0xe0000..=0xe0fff => return Some(NameFault::Hidden),
            _ => seen |= !c.is_whitespace(),
        }
        before = c;
    }
    (!seen).then_some(NameFault::Invisible)
}

/// Letters of scripts that are written without joiners: Latin, Greek, Cyrillic, Chinese, Japanese, Korean, and all of
/// ASCII.
fn is_never_joined(c: char) -> bool {
    matches!(u32::from(c), 0..=0xa8 | 0xaa..=0xad | 0xaf..=0x58f | 0x1100..=0x11ff | 0x1e00..=0x1fff
        | 0x2e80..=0x303c | 0x303e..=0x3296 | 0x3298 | 0x329a..=0x9fff | 0xac00..=0xd7ff
        | 0xf900..=0xfaff | 0xff00..=0xffef | 0x20000..=0x3ffff)
}

#[cfg(test)]
mod tests {
    use super::{NameFault, name_fault};

    #[test]
    fn unreadable_names_are_refused() {
        for (name, fault) in [
            ("备份", None),
            ("", None),
            ("👨‍👩‍👧", None),
            ("🏴󠁧󠁢󠁥󠁮󠁧󠁿 flag", None),
            ("می‌خواهم", None),
            ("שלום", None),
            ("a b", None),
            (" ", Some(NameFault::Invisible)),
            ("\u{3000}\u{a0}", Some(NameFault::Invisible)),
            ("\u{200d}\u{fe0f}", Some(NameFault::Invisible)),
            ("\u{2800}", Some(NameFault::Invisible)),
            ("a\nb", Some(NameFault::Control)),
            ("a\u{85}b", Some(NameFault::Control)),
            ("a\u{2029}b", Some(NameFault::Control)),
            ("a\u{202e}b", Some(NameFault::Direction)),
            ("\u{2067}a", Some(NameFault::Direction)),
            ("\u{feff}a", Some(NameFault::Hidden)),
            ("a\u{ad}b", Some(NameFault::Hidden)),
            ("\u{3164}", Some(NameFault::Hidden)),
            ("tag\u{e0041}", Some(NameFault::Hidden)),
            ("zero\u{200d}width", Some(NameFault::Hidden)),
            ("备\u{200c}份", Some(NameFault::Hidden)),
            ("葛\u{e0100}城", None),
            ("❤️\u{200d}🔥", None),
            ("क्\u{200d}ष", None),
        ] {
            assert_eq!(name_fault(name), fault, "{name:?}");
        }
    }
}
