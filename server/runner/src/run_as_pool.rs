//! The user IDs for commands of tasks, as set by `JCRONTAB_RUN_AS_POOL`.

/// Lower IDs belong to the system and to people.
const FIRST_MIN: u32 = 1000;
/// -1 is not a user, setuid(2); 65534 is the user `nobody`.
const RESERVED: [u32; 3] = [65_534, 65_535, u32::MAX];

/// The value of `JCRONTAB_RUN_AS_POOL`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RunAsPool {
    /// One user for all tasks that name none.
    Off,
    /// A range that systemd leaves unused.
    Auto,
    /// This range, both ends included.
    Range(u32, u32),
}

/// Why a range cannot be used.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PoolError {
    /// Not a range, or one that includes users of others.
    #[error(
        "JCRONTAB_RUN_AS_POOL is auto, off or a range of user ids from 1000 on such as 200000-265533, without 65534 and 65535"
    )]
    Range,
    /// The users do not exist, as in a container with few of them.
    #[error(
        "the users {0}-{1} of JCRONTAB_RUN_AS_POOL do not exist here (/proc/self/uid_map); name a range that does, or off"
    )]
    NotMapped(u32, u32),
}

impl std::str::FromStr for RunAsPool {
    type Err = PoolError;

    fn from_str(text: &str) -> Result<Self, PoolError> {
        match text.trim() {
            "auto" => return Ok(Self::Auto),
            "off" | "0" | "no" => return Ok(Self::Off),
            _ => {}
        }
        let (first, last) = text.split_once('-').ok_or(PoolError::Range)?;
        let number = |text: &str| text.trim().parse::<u32>().map_err(|_| PoolError::Range);
        let (first, last) = (number(first)?, number(last)?);
        let range = first..=last;
        if first < FIRST_MIN || range.is_empty() || RESERVED.iter().any(|id| range.contains(id)) {
            return Err(PoolError::Range);
        }
        Ok(Self::Range(first, last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_and_others_users_are_refused() {
        for (text, read) in [
            ("auto", Ok(RunAsPool::Auto)),
            (" off ", Ok(RunAsPool::Off)),
            ("200000-265533", Ok(RunAsPool::Range(200_000, 265_533))),
            ("1000 - 1000", Ok(RunAsPool::Range(1000, 1000))),
            ("0-10", Err(PoolError::Range)),
            ("999-2000", Err(PoolError::Range)),
            ("2000-1999", Err(PoolError::Range)),
            ("60000-70000", Err(PoolError::Range)),
            ("70000-4294967295", Err(PoolError::Range)),
            ("70000-4294967296", Err(PoolError::Range)),
            ("nobody", Err(PoolError::Range)),
            ("-5", Err(PoolError::Range)),
        ] {
            assert_eq!(text.parse(), read, "{text}");
        }
    }
}
