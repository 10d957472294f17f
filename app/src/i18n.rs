//! Chinese and English; the compiler makes sure that both are complete.
//!
//! Every text is a field of a struct that has two constants, one per language, so a missing
//! translation does not build. The same texts serve the pages, the API's messages, the terminal
//! and the chat messages. See `docs/adr/0003-texts-are-a-struct.md`.

/// A language of the product.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Simplified Chinese, the default.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The BCP 47 tag for `<html lang>`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// Reads a stored or typed tag: `zh`, `zh-CN`, `en`, `en_US`, … `None` for other languages.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_', ';']).next().unwrap_or("");
        match primary.to_ascii_lowercase().as_str() {
            "zh" => Some(Self::Zh),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// Picks the first language of an `Accept-Language` header that is supported (RFC 9110, 12.5.4).
    ///
    /// Weights are honoured by a stable sort; a header that names none of ours gives `None`.
    #[must_use]
    pub fn from_accept_language(header: &str) -> Option<Self> {
        let mut wanted: Vec<(u32, Self)> = header
            .split(',')
            .filter_map(|part| {
                let lang = Self::from_tag(part)?;
                let weight = part
                    .split(';')
                    .find_map(|p| p.trim().strip_prefix("q="))
                    .map_or(1000, |q| {
                        q.parse::<f32>()
                            .map_or(0, |q| (q.clamp(0.0, 1.0) * 1000.0) as u32)
                    });
                (weight > 0).then_some((weight, lang))
            })
            .collect();
        wanted.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        wanted.first().map(|(_, lang)| *lang)
    }

    /// Chooses between two texts; for sentences with values in them.
    #[must_use]
    pub fn pick<T>(self, zh: T, en: T) -> T {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

/// The English word for a count: `plural(1, "task", "tasks")`.
#[must_use]
pub fn plural<'a, N: PartialEq + From<u8>>(count: N, one: &'a str, many: &'a str) -> &'a str {
    if count == N::from(1) { one } else { many }
}

/// The text with its first letter as a sentence has it.
#[must_use]
pub fn sentence(mut text: String) -> String {
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

/// Declares a struct of texts and its two constants.
///
/// `texts! { /// doc  Name { field: "中文" | "English", … } }`
///
/// A text that is the label of a task's field names it by its path in the API, and says what sentences call it:
/// `runbook ["runbook" => "处理预案" | "the runbook"]: "处理预案" | "Runbook"`. These are its `FIELDS`.
#[macro_export]
macro_rules! texts {
    ($(#[$meta:meta])* $name:ident { $(
        $field:ident $([$($path:literal),+ $(=> $zh_named:literal | $en_named:literal)?])? : $zh:literal | $en:literal
    ),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug)]
        #[expect(missing_docs, reason = "the English text is the documentation")]
        pub struct $name { $(pub $field: &'static str),+ }
        impl $name {
            /// The Chinese texts.
            pub const ZH: Self = Self { $($field: $zh),+ };
            /// The English texts.
            pub const EN: Self = Self { $($field: $en),+ };
            /// The texts that are labels of a task's fields.
            pub const FIELDS: &'static [$crate::i18n::FieldText] = &[$($(
                $crate::i18n::FieldText {
                    paths: &[$($path),+],
                    label: ($zh, $en),
                    named: $crate::texts!(@named $($zh_named, $en_named)?),
                },
            )?)+];
            /// The texts of a language.
            #[must_use]
            pub const fn of(lang: $crate::i18n::Lang) -> &'static Self {
                match lang {
                    $crate::i18n::Lang::Zh => &Self::ZH,
                    $crate::i18n::Lang::En => &Self::EN,
                }
            }
        }
    };
    (@named) => { None };
    (@named $zh:literal, $en:literal) => { Some(($zh, $en)) };
}

/// What a field of a task is called, in Chinese and in English.
#[derive(Clone, Copy, Debug)]
pub struct FieldText {
    /// Its names in the API: `execution.retry.attempts`, `schedules.jitter`.
    pub paths: &'static [&'static str],
    /// Its label.
    pub label: (&'static str, &'static str),
    /// What sentences call it; `None` where they name the object that it belongs to.
    pub named: Option<(&'static str, &'static str)>,
}

#[cfg(test)]
mod tests {
    use super::Lang;

    #[test]
    fn accept_language_is_read_by_weight() {
        let table = [
            ("en-US,en;q=0.9", Some(Lang::En)),
            ("zh-CN,zh;q=0.9,en;q=0.8", Some(Lang::Zh)),
            ("de, en;q=0.5, zh;q=0.7", Some(Lang::Zh)),
            ("de", None),
            ("", None),
            ("en;q=0, zh", Some(Lang::Zh)),
            ("en;q=nonsense", None),
        ];
        for (header, lang) in table {
            assert_eq!(Lang::from_accept_language(header), lang, "{header}");
        }
    }
}
