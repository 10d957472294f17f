//! The pictures that follow a message: built-in ones, drawn for Jcrontab (`scripts/pictures.sh` makes them from the SVG
//! beside them), and those that people upload in their place.

mod read;

pub use read::{PictureFault, ReadPicture, read};

use app::message::{Event, PictureName};

/// The picture of a name; the reminder's for a name of another version.
pub(super) fn by_name(name: &str) -> &'static [u8] {
    match name {
        "success" => include_bytes!("../../assets/success.png"),
        "urge" => include_bytes!("../../assets/urge.png"),
        "failure" => include_bytes!("../../assets/failure.png"),
        _ => include_bytes!("../../assets/reminder.png"),
    }
}

/// The built-in picture; `None` where nothing follows without a picture of one's own.
#[must_use]
pub fn built_in(name: PictureName) -> Option<&'static [u8]> {
    (name != PictureName::Created).then(|| by_name(name.as_str()))
}

/// The name of the picture that follows a message, from the one that is stored with it: a former version stored the
/// reminder's for successes.
#[must_use]
pub(super) fn name_of(event: Event, stored: &str) -> &str {
    match event {
        Event::Completed => "success",
        _ => stored,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WeCom takes PNG or JPG of up to 2 MB before base64 (developer document 91770).
    #[test]
    fn pictures_suit_the_vendor() {
        let names = ["reminder", "success", "urge", "failure"];
        for name in names {
            let picture = by_name(name);
            assert!(
                picture.len() < 100 * 1024,
                "{name}: each message carries it"
            );
            let found = read(picture).expect("a picture");
            assert_eq!((found.width, found.height), (480, 240), "{name}");
            assert_eq!(found.media_type, "image/png");
            for other in names.into_iter().filter(|other| *other != name) {
                assert_ne!(picture, by_name(other), "{name} and {other}");
            }
        }
    }
}
