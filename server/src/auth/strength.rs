//! Passwords that are guessed first: common ones, names, sequences (OWASP ASVS 5.0, 6.2.4 and 6.2.11; NIST SP
//! 800-63B, 3.1.1.2).
//!
//! No rule requires capitals or digits: length and not being guessable are what counts.

use app::user::PASSWORD_MIN_CHARS;

/// The 19,000 most common passwords of four and more characters, in lower case and byte order: the
/// list of Royce Williams that Django uses for the same purpose.
const COMMON: &str = include_str!("common-passwords.txt");
/// A word that any attacker would try here.
const PRODUCT: &str = "jcrontab";
/// A user name shorter than this occurs in too many words by chance.
const NAME_MIN_CHARS: usize = 3;
/// Minimum number of different characters.
const DISTINCT_MIN: usize = 4;
/// Minimum length, when each run of neighbours counts for [`RUN_COUNTS`].
const EFFECTIVE_MIN: usize = 6;
/// Minimum length without any letter.
const NUMBER_MIN: usize = 14;
/// This many neighbours make a run.
const RUN_MIN: usize = 3;
const RUN_COUNTS: usize = 2;
/// A common word with this few signs around it counts as decorated.
const DECORATION_MAX: usize = 6;
/// Rows and columns of a keyboard, besides the alphabet and the digits.
const KEYS: [&str; 14] = [
    "`1234567890-=",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "1qaz",
    "2wsx",
    "3edc",
    "4rfv",
    "5tgb",
    "6yhn",
    "7ujm",
    "8ik,",
    "9ol.",
    "0p;/",
];

/// Why a password is easy to guess.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weakness {
    /// It is common, or a simple sequence.
    TooCommon,
    /// Without the names in it, it is too short.
    ContainsName,
}

/// Whether a new password for an account of this name is easy to guess; its length is checked by
/// [`app::user::check_password`].
#[must_use]
pub fn weakness(password: &str, user_name: &str) -> Option<Weakness> {
    let plain = fold(password);
    if is_common(&plain) || is_simple(&plain) {
        return Some(Weakness::TooCommon);
    }
    lives_on_names(&plain, user_name).then_some(Weakness::ContainsName)
}

/// Lower case; full-width characters as their usual forms.
fn fold(text: &str) -> String {
    let half = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
    };
    text.chars()
        .map(half)
        .flat_map(char::to_lowercase)
        .collect()
}

/// Signs that stand for letters, replaced by the letters.
fn spelled(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '0' => 'o',
            '1' | '!' => 'i',
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' => 't',
            other => other,
        })
        .collect()
}

fn is_listed(word: &str) -> bool {
    static LIST: std::sync::LazyLock<Vec<&str>> =
        std::sync::LazyLock::new(|| COMMON.lines().collect());
    LIST.binary_search(&word).is_ok()
}

/// Whether it is in the list: as it is, decorated, or repeated.
fn is_common(plain: &str) -> bool {
    let unit = unit(plain);
    if unit != plain && (unit.chars().count() < PASSWORD_MIN_CHARS || is_common(unit)) {
        return true;
    }
    let decoration = |c: char| !c.is_alphabetic();
    let core = plain.trim_matches(decoration);
    let front = plain.trim_end_matches(decoration);
    let squeezed: String = plain.chars().filter(|c| c.is_alphanumeric()).collect();
    let short = |part: &str| plain.chars().count() - part.chars().count() <= DECORATION_MAX;
    is_listed(plain)
        || is_listed(&spelled(plain))
        || is_listed(&squeezed)
        || [core, front]
            .into_iter()
            .any(|part| short(part) && (is_listed(part) || is_listed(&spelled(part))))
}

/// The unit that a text repeats, or all of it. Linear: a text has period `p` where its own beginning occurs again at
/// `p`, which the prefix function of Knuth, Morris and Pratt finds.
fn unit(text: &str) -> &str {
    let bytes = text.as_bytes();
    let mut borders = vec![0; bytes.len()];
    let mut length = 0;
    for place in 1..bytes.len() {
        while length > 0 && bytes[place] != bytes[length] {
            length = borders[length - 1];
        }
        if bytes[place] == bytes[length] {
            length += 1;
        }
        borders[place] = length;
    }
    let period = bytes.len() - length;
    if length > 0 && bytes.len().is_multiple_of(period) {
        text.get(..period).unwrap_or(text)
    } else {
        text
    }
}

/// Whether it consists of little but the same signs or neighbours.
fn is_simple(plain: &str) -> bool {
    let signs: Vec<char> = plain.chars().collect();
    // A date, a telephone number.
    if signs.len() < NUMBER_MIN && !signs.iter().any(|sign| sign.is_alphabetic()) {
        return true;
    }
    let distinct: std::collections::HashSet<&char> = signs.iter().collect();
    if distinct.len() < DISTINCT_MIN {
        return true;
    }
    let mut effective = 0;
    for run in signs.chunk_by(|one, next| are_neighbours(*one, *next)) {
        effective += if run.len() >= RUN_MIN {
            RUN_COUNTS
        } else {
            run.len()
        };
    }
    effective < EFFECTIVE_MIN
}

fn are_neighbours(one: char, next: char) -> bool {
    let alike = one.is_alphabetic() == next.is_alphabetic();
    if one == next
        || (alike && one.is_alphanumeric() && u32::from(one).abs_diff(u32::from(next)) == 1)
    {
        return true;
    }
    KEYS.iter().any(|row| {
        let place = |sign: char| row.chars().position(|key| key == sign);
        place(one)
            .zip(place(next))
            .is_some_and(|(one, next)| one.abs_diff(next) == 1)
    })
}

/// Whether too little is left without the user's name and the product's.
fn lives_on_names(plain: &str, user_name: &str) -> bool {
    let name = fold(user_name.trim());
    let account = name.split('@').next().unwrap_or_default();
    let mut names: Vec<&str> = [name.as_str(), account, PRODUCT]
        .into_iter()
        .filter(|name| name.chars().count() >= NAME_MIN_CHARS)
        .collect();
    // The longest first, because it contains the others.
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    [plain.to_owned(), spelled(plain)].into_iter().any(|text| {
        let mut rest = text.clone();
        for name in &names {
            rest = rest.replace(name, "");
        }
        rest != text && rest.chars().count() < PASSWORD_MIN_CHARS
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_long_enough(password: &str) -> bool {
        app::user::check_password(password, app::i18n::Lang::En).is_none()
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        let common = [
            "password",
            "PASSWORD",
            "12345678",
            "        ",
            "11111111",
            "qwertyuiop",
            "abcdefgh",
            "87654321",
            "aaaaaaaa",
            "abababab",
            "abcabcabc",
            "1qaz2wsx",
            "zaq12wsx",
            "Passw0rd",
            "P@ssw0rd",
            "P@ssw0rd!",
            "password123",
            "Password2026!",
            "123password",
            "qwer1234",
            "a1234567",
            "aa123456",
            "abc12345",
            "iloveyou",
            "admin123",
            "woaini1314",
            "changeme",
            "changeme!",
            "letmein99",
            "dragon2026",
            "passwordpassword",
            "$unshine1",
            "welcome1",
            "ｐａｓｓｗｏｒｄ",
            "asdfghjkl;'",
            "qwertyqwerty",
            "密密密密密密密密",
            "20261129",
            "2026-11-29",
            "13800138000",
            "p a s s w o r d",
            "pass-word",
        ];
        for password in common {
            let found = weakness(password, "ann");
            assert_eq!(found, Some(Weakness::TooCommon), "{password}");
        }
    }

    #[test]
    fn names_are_not_enough() {
        let table = [
            ("jcrontab", "ann"),
            ("Jcrontab2026!", "ann"),
            ("jcr0ntab-9x", "ann"),
            ("wei.zhang", "wei.zhang"),
            ("WeiZhang88", "weizhang"),
            ("weizhang@x7", "weizhang@example.com"),
            ("kurosawa-jcrontab", "kurosawa"),
        ];
        for (password, name) in table {
            let found = weakness(password, name);
            assert_eq!(found, Some(Weakness::ContainsName), "{password} of {name}");
        }
        assert_eq!(weakness("jcrontab by moonlight", "ann"), None);
        assert_eq!(weakness("weizhang rides a lorry", "weizhang"), None);
    }

    #[test]
    fn others_are_taken_whatever_they_are_made_of() {
        let good = [
            "correct horse",
            "correct horse battery",
            "long enough",
            "another password",
            "vq7!mmz2",
            "kfjehrug",
            "四季如春的小城在南方",
            "tr0ub4dor&3x",
            "Grüße aus Köln",
        ];
        for password in good {
            assert_eq!(weakness(password, "ada"), None, "{password}");
            assert!(is_long_enough(password), "{password}");
        }
        assert!(!is_long_enough("short"));
        assert!(!is_long_enough(&"x7Kq".repeat(65)));
    }

    #[test]
    fn the_list_is_in_order() {
        let lines: Vec<&str> = COMMON.lines().collect();
        assert!(lines.len() > 19_000);
        assert!(lines.is_sorted());
    }
}
