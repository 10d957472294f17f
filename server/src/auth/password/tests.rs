//! Passwords: hashes, costs and limits.

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
            .verify(password, stored, "here", ClientClass::Unknown)
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
            .verify("correct horse", Some(&theirs), "here", ClientClass::Unknown)
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
                .verify("wrong", None, &address, ClientClass::Unknown)
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
async fn order(waiting: &[(&'static str, ClientClass)]) -> Vec<&'static str> {
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
    let crowd = [("crowd", ClientClass::Unknown); 20];
    let with = |one| [crowd.as_slice(), &[one]].concat();
    let order = order(&with(("ann", ClientClass::Unknown))).await;
    let place = order.iter().position(|from| *from == "ann");
    assert!(place.is_some_and(|place| place <= 2), "{order:?}");
}

#[tokio::test]
async fn known_accounts_do_not_wait_for_strangers() {
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
    let mut waiting: Vec<_> = names.map(|from| (from, ClientClass::Unknown)).to_vec();
    waiting.push(("ann", ClientClass::Known));
    let order = order(&waiting).await;
    let place = order.iter().position(|from| *from == "ann");
    assert!(place.is_some_and(|place| place <= 1), "{order:?}");
}
