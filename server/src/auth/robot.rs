//! Marks of robots: channels with the same one lead to the same robot and share its pace.
//!
//! A mark is made from the address with HMAC-SHA256 (RFC 2104), so that who reads the database can neither find an
//! address by trying nor recognise one of another server. A new key of the server makes new marks.

use hmac::Mac;

use super::feed::mac;

/// What the key of marks is derived for; another purpose has another text.
const PURPOSE: &[u8] = b"jcrontab robots 1";

/// The key that marks robots.
#[derive(Clone)]
pub struct RobotKey([u8; 32]);

impl std::fmt::Debug for RobotKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RobotKey")
    }
}

impl RobotKey {
    /// The key for robots that belongs to a key of the server.
    #[must_use]
    pub fn of(server: &[u8; 32]) -> Self {
        Self(mac(server, &[PURPOSE]).finalize().into_bytes().into())
    }

    /// The mark of a robot by what identifies it. Always negative: IDs of channels, which are positive, are in its place
    /// until it is known.
    #[must_use]
    pub fn mark(&self, identity: &str) -> i64 {
        let whole: [u8; 32] = mac(&self.0, &[identity.as_bytes()])
            .finalize()
            .into_bytes()
            .into();
        let [a, b, c, d, e, f, g, h, ..] = whole;
        i64::from_be_bytes([a, b, c, d, e, f, g, h]) | i64::MIN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_depends_on_the_robot_and_on_the_key() {
        let key = RobotKey::of(&[7; 32]);
        let mark = key.mark("wecom https://example.com/?key=a");
        assert!(mark < 0);
        assert_eq!(mark, key.mark("wecom https://example.com/?key=a"));
        assert_ne!(mark, key.mark("wecom https://example.com/?key=b"));
        let other = RobotKey::of(&[8; 32]);
        assert_ne!(mark, other.mark("wecom https://example.com/?key=a"));
    }
}
