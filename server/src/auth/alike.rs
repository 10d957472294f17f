//! Account names that people confuse with one another.

use migration::fold;
use unicode_security::skeleton;

/// The skeleton of a name: the same for names that differ only in case, width, or look-alike letters of another
/// script (Unicode Technical Standard #39, section 4). Never shown or stored.
#[must_use]
pub fn looks(name: &str) -> String {
    // Folded again: the skeleton of a letter may be a capital.
    fold(&skeleton(&fold(name)).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::looks;

    #[test]
    fn names_that_look_alike() {
        for name in [
            "Admin",
            "ADMIN",
            "аdmin",
            "ａｄｍｉｎ",
            "admın",
            "adrnin",
            "𝐚dmin",
        ] {
            assert_eq!(looks(name), looks("admin"), "{name}");
        }
        for name in ["admin2", "admins", "amdin", "张三"] {
            assert_ne!(looks(name), looks("admin"), "{name}");
        }
    }
}
