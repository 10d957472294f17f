//! Password hashes: Argon2id with the parameters OWASP recommends (19 MiB, t = 2, p = 1), which are the crate's
//! defaults.
//!
//! All hashing works in one block of memory, which is returned when the queue is empty. glibc does that only with
//! blocks above the largest value of its mmap threshold (`DEFAULT_MMAP_THRESHOLD_MAX` in mallopt(3), 32 MiB): the
//! first smaller one that is freed raises the threshold above itself, and from then on each thread's arena keeps what
//! it had. So the block is larger than that; only the part that is used is ever backed by memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

/// Blocks that glibc always maps separately and returns: a little more than 32 MiB.
const MAPPED: usize = 33 * 1024 * 1024 / Block::SIZE;
/// Passwords waiting to be hashed: some 25 s of work, after which a person would give up.
const QUEUE: usize = 1_000;
/// How many of those may come from one address, so that no single client fills the queue.
const QUEUE_OF_ONE: usize = 50;

/// Why a password could not be hashed.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// Too many are waiting already.
    #[error("too many passwords are being checked")]
    Busy,
    /// The hash itself failed.
    #[error("hashing failed: {0}")]
    Failed(String),
}

/// Whose password is checked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lane {
    /// An account that has signed in from the same address before, or a person who is signed in.
    Known,
    /// Anybody else.
    Stranger,
}

/// Hashes and checks passwords off the runtime, one at a time.
///
/// Strangers take turns by address, and only one stranger at a time waits for the slot. So guesses from one
/// address delay other clients by one hash each time, and a known account waits for two hashes at most,
/// however many strangers guess.
#[derive(Clone, Debug)]
pub struct Passwords {
    /// One at a time: a hash takes a core for tens of milliseconds, and the other cores are for tasks.
    slot: Arc<Semaphore>,
    /// The stranger who waits for the slot.
    strangers: Arc<Semaphore>,
    /// All who wait; a longer queue would only make everybody late.
    queue: Arc<Semaphore>,
    /// Those who wait, by where they come from.
    waiting: Arc<Mutex<HashMap<String, Address>>>,
    memory: Arc<Mutex<Vec<Block>>>,
    /// Verified when the account does not exist, so that both cases take the same time.
    decoy: Arc<str>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            slot: Arc::new(Semaphore::new(1)),
            strangers: Arc::new(Semaphore::new(1)),
            queue: Arc::new(Semaphore::new(QUEUE)),
            waiting: Arc::default(),
            memory: Arc::default(),
            decoy: decoy().unwrap_or_default().into(),
        }
    }
}

impl Passwords {
    /// Hashes a password to a PHC string.
    ///
    /// # Errors
    /// When too many are waiting, or hashing itself fails.
    pub async fn hash(&self, password: &str) -> Result<String, HashError> {
        let password = password.to_owned();
        self.with_slot("", Lane::Known, move |memory| hash_in(memory, &password))
            .await?
    }

    /// Whether the password matches; without a stored hash never, in the same time. `from` is the source address.
    ///
    /// # Errors
    /// When too many are waiting, in total or from that address, or hashing itself fails.
    pub async fn verify(
        &self,
        password: &str,
        stored: Option<&str>,
        from: &str,
        lane: Lane,
    ) -> Result<bool, HashError> {
        let password = password.to_owned();
        let known = stored.is_some();
        let stored = stored.map_or_else(|| Arc::clone(&self.decoy), Arc::from);
        let matches = self
            .with_slot(from, lane, move |memory| {
                matches_in(memory, &password, &stored)
            })
            .await?;
        Ok(matches && known)
    }

    /// Whether a password that came now would have to wait.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.slot.available_permits() == 0
    }

    async fn with_slot<T: Send + 'static>(
        &self,
        from: &str,
        lane: Lane,
        work: impl FnOnce(&mut Vec<Block>) -> T + Send + 'static,
    ) -> Result<T, HashError> {
        let failed = |error: &dyn std::error::Error| HashError::Failed(error.to_string());
        let _place = self.queue.try_acquire().map_err(|_| HashError::Busy)?;
        // Known accounts do not share their places with strangers behind the same proxy.
        let from = match lane {
            Lane::Known => format!("known {from}"),
            Lane::Stranger => from.to_owned(),
        };
        let place = Place::take(&self.waiting, &from)?;
        let turn = place.turn.acquire().await.map_err(|error| failed(&error))?;
        let stranger = match lane {
            Lane::Known => None,
            Lane::Stranger => {
                let next = self.strangers.acquire().await;
                Some(next.map_err(|error| failed(&error))?)
            }
        };
        let slot = Arc::clone(&self.slot)
            .acquire_owned()
            .await
            .map_err(|error| failed(&error))?;
        drop((turn, stranger));
        let (memory, queue) = (Arc::clone(&self.memory), Arc::clone(&self.queue));
        tokio::task::spawn_blocking(move || {
            // Held until the work is done, even when the caller has given up.
            let _slot = slot;
            let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
            let done = work(&mut memory);
            // The next caller reuses it; this one's own place in the queue may be free already.
            if queue.available_permits() >= QUEUE - 1 {
                *memory = Vec::new();
            }
            done
        })
        .await
        .map_err(|error| failed(&error))
    }
}

/// Those of one address who wait.
#[derive(Debug)]
struct Address {
    count: usize,
    /// One of them at a time stands in the queue of all addresses.
    turn: Arc<Semaphore>,
}

/// A place in the queue among those of one address.
struct Place<'a> {
    waiting: &'a Mutex<HashMap<String, Address>>,
    from: &'a str,
    turn: Arc<Semaphore>,
}

impl<'a> Place<'a> {
    fn take(
        waiting: &'a Mutex<HashMap<String, Address>>,
        from: &'a str,
    ) -> Result<Self, HashError> {
        let mut addresses = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let address = addresses.entry(from.to_owned()).or_insert_with(|| Address {
            count: 0,
            turn: Arc::new(Semaphore::new(1)),
        });
        if address.count >= QUEUE_OF_ONE {
            return Err(HashError::Busy);
        }
        address.count += 1;
        let turn = Arc::clone(&address.turn);
        drop(addresses);
        Ok(Self {
            waiting,
            from,
            turn,
        })
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut addresses = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(address) = addresses.get_mut(self.from) {
            address.count -= 1;
            if address.count == 0 {
                addresses.remove(self.from);
            }
        }
    }
}

fn hash_in(memory: &mut Vec<Block>, password: &str) -> Result<String, HashError> {
    let salt = super::token::random();
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    fill(memory, &Argon2::default(), password, &salt, &mut output)
        .map_err(|error| HashError::Failed(error.to_string()))?;
    written(&salt, &output)
}

/// A hash that no known password matches, with the same cost as the others.
fn decoy() -> Result<String, HashError> {
    let output: [u8; Params::DEFAULT_OUTPUT_LEN] = super::token::random();
    written(&super::token::random(), &output)
}

/// Salt and hash as a PHC string, with the parameters of new hashes.
fn written(salt: &[u8; 16], output: &[u8]) -> Result<String, HashError> {
    let failed = |error: &dyn std::error::Error| HashError::Failed(error.to_string());
    let params = Params::default();
    let hash = PasswordHash {
        algorithm: Algorithm::default().ident(),
        version: Some(Version::default().into()),
        params: ParamsString::try_from(&params).map_err(|error| failed(&error))?,
        salt: Some(Salt::new(salt).map_err(|error| failed(&error))?),
        hash: Some(Output::new(output).map_err(|error| failed(&error))?),
    };
    Ok(hash.to_string())
}

/// Whether the password matches a PHC string; never one that cannot be parsed.
fn matches_in(memory: &mut Vec<Block>, password: &str, stored: &str) -> bool {
    let Ok(hash) = PasswordHash::new(stored) else {
        return false;
    };
    let (Some(salt), Some(expected)) = (&hash.salt, &hash.hash) else {
        return false;
    };
    let Some(hasher) = hasher_of(&hash) else {
        return false;
    };
    let mut output = vec![0; expected.as_bytes().len()];
    fill(memory, &hasher, password, salt, &mut output).is_ok()
        && bool::from(output.ct_eq(expected.as_bytes()))
}

fn hasher_of(hash: &PasswordHash) -> Option<Argon2<'static>> {
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
    let version = hash
        .version
        .map_or(Ok(Version::default()), Version::try_from);
    let params = Params::try_from(hash).ok()?;
    Some(Argon2::new(algorithm, version.ok()?, params))
}

fn fill(
    memory: &mut Vec<Block>,
    hasher: &Argon2<'_>,
    password: &str,
    salt: &[u8],
    output: &mut [u8],
) -> argon2::Result<()> {
    let needed = hasher.params().block_count();
    if memory.len() < needed {
        *memory = Vec::with_capacity(needed.max(MAPPED));
        memory.resize(needed, Block::new());
    }
    let blocks = memory.get_mut(..needed).ok_or(argon2::Error::OutOfMemory)?;
    hasher.hash_password_into_with_memory(password.as_bytes(), salt, output, blocks)
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::{PasswordHasher, PasswordVerifier};

    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_a_known_account_passes() {
        let passwords = Passwords::default();
        let stored = passwords.hash("correct horse").await.expect("hash");
        assert!(
            stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{stored}"
        );
        let verify = async |password: &str, stored: Option<&str>| {
            passwords
                .verify(password, stored, "here", Lane::Stranger)
                .await
                .expect("verify")
        };
        assert!(verify("correct horse", Some(&stored)).await);
        assert!(!verify("wrong horse", Some(&stored)).await);
        assert!(!verify("", None).await);
        let cost = |hash: &str| hash.rsplitn(3, '$').last().map(str::to_owned);
        assert_eq!(
            cost(&passwords.decoy),
            cost(&stored),
            "unknown names take as long"
        );
        let kept = passwords.memory.lock().expect("memory").capacity();
        assert_eq!(kept, 0, "the queue is empty");
        for broken in ["", "no password", "$argon2id$v=19$m=19456,t=2,p=1$"] {
            assert!(!verify("correct horse", Some(broken)).await, "{broken}");
        }
    }

    #[tokio::test]
    async fn the_hashes_are_those_of_the_crate() {
        let passwords = Passwords::default();
        let ours = passwords.hash("correct horse").await.expect("hash");
        let read = PasswordHash::new(&ours).expect("a PHC string");
        Argon2::default()
            .verify_password(b"correct horse", &read)
            .expect("the crate takes ours");
        // Hashes with other parameters, as another tool may have written them.
        for (memory, time, lanes) in [(64, 1, 1), (19_456, 1, 1), (256, 3, 2)] {
            let params = Params::new(memory, time, lanes, None).expect("parameters");
            let theirs = Argon2::from(params)
                .hash_password_with_salt(b"correct horse", b"a salt of theirs")
                .expect("hash")
                .to_string();
            let taken = passwords
                .verify("correct horse", Some(&theirs), "here", Lane::Stranger)
                .await;
            assert!(taken.expect("verify"), "{theirs}");
        }
    }

    #[tokio::test]
    async fn many_addresses_wait_and_one_does_not_fill_the_queue() {
        let passwords = Passwords::default();
        let from = |address: String| {
            let passwords = passwords.clone();
            async move {
                passwords
                    .verify("wrong", None, &address, Lane::Stranger)
                    .await
            }
        };
        let crowd: Vec<_> = (0..40)
            .map(|one| tokio::spawn(from(format!("a{one}"))))
            .collect();
        for one in crowd {
            assert!(one.await.expect("a task").is_ok());
        }
        // While the slot is taken, only refused calls return.
        let held = Arc::clone(&passwords.slot).acquire_owned().await;
        let mut alone = tokio::task::JoinSet::new();
        for _ in 0..QUEUE_OF_ONE + 10 {
            alone.spawn(from("a".to_owned()));
        }
        for _ in 0..10 {
            let refused = alone.join_next().await.expect("one more").expect("a task");
            assert!(matches!(refused, Err(HashError::Busy)));
        }
        drop(held);
        while let Some(outcome) = alone.join_next().await {
            assert!(outcome.expect("a task").is_ok());
        }
        assert!(passwords.waiting.lock().expect("counts").is_empty());
    }

    /// The order in which those come back who wait while the slot is taken.
    async fn order(waiting: &[(&'static str, Lane)]) -> Vec<&'static str> {
        let passwords = Passwords::default();
        let held = Arc::clone(&passwords.slot).acquire_owned().await;
        let done = Arc::new(Mutex::new(Vec::new()));
        let mut all = tokio::task::JoinSet::new();
        for (from, lane) in waiting.iter().copied() {
            let (passwords, done) = (passwords.clone(), Arc::clone(&done));
            all.spawn(async move {
                let checked = passwords.verify("wrong", None, from, lane).await;
                assert!(checked.is_ok());
                done.lock().expect("the order").push(from);
            });
            // Until it waits: each takes its place before the next one comes.
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
        }
        drop(held);
        while let Some(one) = all.join_next().await {
            one.expect("a task");
        }
        done.lock().expect("the order").clone()
    }

    #[tokio::test]
    async fn guesses_from_one_address_delay_no_other_address() {
        let crowd = [("crowd", Lane::Stranger); 20];
        let with = |one| [crowd.as_slice(), &[one]].concat();
        let order = order(&with(("ann", Lane::Stranger))).await;
        let place = order.iter().position(|from| *from == "ann");
        assert!(place.is_some_and(|place| place <= 2), "{order:?}");
    }

    #[tokio::test]
    async fn known_accounts_do_not_wait_for_strangers() {
        let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
        let mut waiting: Vec<_> = names.map(|from| (from, Lane::Stranger)).to_vec();
        waiting.push(("ann", Lane::Known));
        let order = order(&waiting).await;
        let place = order.iter().position(|from| *from == "ann");
        assert!(place.is_some_and(|place| place <= 1), "{order:?}");
    }
}
