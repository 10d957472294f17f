//! The pictures that follow a message: one for a reminder, one for an urge, one for a failure. Drawn
//! for Jcrontab; `scripts/pictures.sh` makes them from the SVG beside them.

/// The picture of a name; the reminder's for a name of another version.
pub(super) fn by_name(name: &str) -> &'static [u8] {
    match name {
        "urge" => include_bytes!("../../assets/urge.png"),
        "failure" => include_bytes!("../../assets/failure.png"),
        _ => include_bytes!("../../assets/reminder.png"),
    }
}

#[cfg(test)]
mod tests {
    use super::by_name;

    /// WeCom takes PNG or JPG of up to 2 MB before base64 (developer document 91770).
    #[test]
    fn pictures_suit_the_vendor() {
        let names = ["reminder", "urge", "failure"];
        for name in names {
            let picture = by_name(name);
            assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n"), "{name}");
            assert!(
                picture.len() < 100 * 1024,
                "{name}: each message carries it"
            );
            // Width and height stand in the first chunk (PNG, 11.2.2).
            assert_eq!(&picture[16..24], &[0, 0, 1, 224, 0, 0, 0, 240], "{name}");
            for other in names.into_iter().filter(|other| *other != name) {
                assert_ne!(picture, by_name(other), "{name} and {other}");
            }
        }
    }
}
