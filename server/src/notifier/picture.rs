//! The pictures that follow a message: one for a reminder, one for an urge. Drawn for Jcrontab.

/// The picture of a name; the reminder's for a name of another version.
pub(super) fn by_name(name: &str) -> &'static [u8] {
    match name {
        "urge" => include_bytes!("../../assets/urge.png"),
        _ => include_bytes!("../../assets/reminder.png"),
    }
}

#[cfg(test)]
mod tests {
    use super::by_name;

    /// WeCom takes PNG or JPG of up to 2 MB before base64 (developer document 91770).
    #[test]
    fn pictures_suit_the_vendor() {
        for name in ["reminder", "urge"] {
            let picture = by_name(name);
            assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n"), "{name}");
            assert!(picture.len() < 2 * 1024 * 1024, "{name}");
        }
        assert_ne!(by_name("reminder"), by_name("urge"));
    }
}
