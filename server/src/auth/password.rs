//! Password hashes: Argon2id with the parameters OWASP recommends (19 MiB, t = 2, p = 1), which are the crate's
//! defaults.
//!
//! All hashing works in one block of memory, which is returned when the queue is empty. glibc does that only with
//! blocks above the largest value of its mmap threshold (`DEFAULT_MMAP_THRESHOLD_MAX` in mallopt(3), 32 MiB): the
//! first smaller one that is freed raises the threshold above itself, and from then on each thread's arena keeps what
//! it had. So the block is larger than that; only the part that is used is ever backed by memory.

#[cfg(test)]
mod tests;

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
pub enum ClientClass {
    /// An account that has signed in from the same address before, or a person who is signed in.
    Known,
    /// Anybody else.
    Unknown,
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
        self.with_slot("", ClientClass::Known, move |memory| {
            hash_in(memory, &password)
        })
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
        lane: ClientClass,
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
        lane: ClientClass,
        work: impl FnOnce(&mut Vec<Block>) -> T + Send + 'static,
    ) -> Result<T, HashError> {
        let failed = |error: &dyn std::error::Error| HashError::Failed(error.to_string());
        let _place = self.queue.try_acquire().map_err(|_| HashError::Busy)?;
        // Known accounts do not share their places with strangers behind the same proxy.
        let from = match lane {
            ClientClass::Known => format!("known {from}"),
            ClientClass::Unknown => from.to_owned(),
        };
        let place = Place::take(&self.waiting, &from)?;
        let turn = place.turn.acquire().await.map_err(|error| failed(&error))?;
        let stranger = match lane {
            ClientClass::Known => None,
            ClientClass::Unknown => {
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
