//! Searches: why one is refused.

use super::{Fault, Text, both};
use crate::store::{SEARCH_CHARS_MAX, SEARCH_WORDS_MAX, SearchFault};

impl Fault for SearchFault {
    fn fault(&self) -> (&'static str, Text) {
        match self {
            Self::TooLong => (
                "too_long",
                both(
                    format!("搜索内容最多 {SEARCH_CHARS_MAX} 个字符"),
                    format!("A search has at most {SEARCH_CHARS_MAX} characters"),
                ),
            ),
            Self::TooMany => (
                "too_many",
                both(
                    format!("一次最多搜索 {SEARCH_WORDS_MAX} 个词；带空格的词请加双引号"),
                    format!(
                        "A search has at most {SEARCH_WORDS_MAX} words; put quotes around words with spaces"
                    ),
                ),
            ),
        }
    }
}
