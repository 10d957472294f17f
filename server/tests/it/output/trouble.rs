//! What remains of output when the disk is full, the server dies, or another version wrote it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ::app::run::log::Stream;
use runner::output::disk::Space;
use server::output::OutputStore;
use server::store::StoredOutput;

use super::super::helpers::place::Place;
use super::super::helpers::{TestApp, in_time};
use super::{RUN, kept, lines, open, parts, read, started, store, text};

#[tokio::test]
async fn on_a_full_disk_output_stops_and_runs_go_on() {
    let place = Place::new().await;
    let free = Arc::new(AtomicU64::new(u64::MAX / 2));
    let (config, clock) = parts(&[]);
    let shown = Arc::clone(&free);
    let probe = move |_: &std::path::Path| {
        Ok(Space {
            total: 1 << 40,
            free: shown.load(Ordering::SeqCst),
        })
    };
    let store =
        OutputStore::with_probe(&config, &place.data(), clock, Box::new(probe)).expect("a store");
    assert!(!store.low_disk());
    free.store(1000, Ordering::SeqCst);
    // It is asked once a second.
    in_time("the mark to be noticed", async {
        while !store.low_disk() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    let all = lines(20_000);
    let log = open(&store, &[]);
    for part in all.chunks(8192) {
        log.push(Stream::Out, part);
        log.caught_up().await;
    }
    let finished = store.finish(&log).await;
    let stored = &finished.stored;
    assert!(finished.is_lost && stored.object.is_none());
    assert!(stored.dropped > 0 && stored.bytes == i64::try_from(all.len()).expect("small"));
    let plain = kept(&store, stored).await.plain();
    let end = String::from_utf8(plain).expect("text");
    assert!(
        end.ends_with("line 19999 中文 😀\n") && end.contains("bytes omitted"),
        "{end}"
    );
    assert_eq!(
        std::fs::read_dir(place.data().join("spool"))
            .expect("a folder")
            .count(),
        1
    );
    // A short one needs no disk.
    let log = open(&store, &[]);
    log.push(Stream::Err, b"short\n");
    let finished = store.finish(&log).await;
    assert!(!finished.is_lost);
    assert_eq!(kept(&store, &finished.stored).await.plain(), b"short\n");
}

#[tokio::test]
async fn after_a_crash_everything_up_to_the_last_second_is_there() {
    let place = Place::new().await;
    let spool = place.data().join("spool/run-7.log.zst");
    let written = async |least: u64| {
        in_time("the file", async {
            while std::fs::metadata(&spool).map_or(0, |file| file.len()) < least {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        })
        .await;
    };
    for (count, is_long) in [(20, false), (30_000, true)] {
        let all = lines(count);
        {
            let store = store(&place.data(), &[]);
            let log = open(&store, &[]);
            for part in all.chunks(5000) {
                log.push(Stream::Out, part);
                log.caught_up().await;
            }
            in_time("all of it in the file", async {
                loop {
                    written(1).await;
                    // What a killed process leaves is what is in the file now.
                    let copy = place.data().join("copy");
                    std::fs::create_dir_all(copy.join("spool")).expect("a folder");
                    std::fs::copy(&spool, copy.join("spool/run-7.log.zst")).expect("a copy");
                    let dead = super::store(&copy, &[]);
                    let found = dead.recover(RUN, started()).await.expect("reading");
                    if found.is_some_and(|found| {
                        found.bytes == i64::try_from(all.len()).expect("small")
                    }) {
                        return;
                    }
                    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                }
            })
            .await;
            assert!(
                store
                    .recover(RUN, started())
                    .await
                    .expect("reading")
                    .is_none(),
                "it is under way here"
            );
        }
        // The process died in the middle of a write.
        let mut bytes = std::fs::read(&spool).expect("the file");
        bytes.extend_from_slice(&bytes.clone()[..60]);
        std::fs::write(&spool, bytes).expect("writing");
        let store = store(&place.data(), &[]);
        let found = store
            .recover(RUN, started())
            .await
            .expect("reading")
            .expect("output");
        assert_eq!((found.object.is_some(), found.dropped), (is_long, 0));
        assert_eq!(kept(&store, &found).await.plain(), all);
        assert!(!spool.exists());
        // Died before the database knew: what was finished is found again.
        let again = store.recover(RUN, started()).await.expect("reading");
        assert_eq!(
            again.map(|again| again.bytes),
            is_long.then_some(found.bytes)
        );
    }
    let other = store(&place.data(), &[]);
    assert!(
        other
            .recover(::app::id::RunId(8), started())
            .await
            .expect("reading")
            .is_none()
    );
}

#[tokio::test]
async fn output_of_earlier_versions_is_still_read() {
    let place = Place::new().await;
    let store = store(&place.data(), &[]);
    let short = StoredOutput {
        bytes: 9,
        dropped: 0,
        tail: "中文\nok".as_bytes().to_vec(),
        ..StoredOutput::default()
    };
    let kept_short = kept(&store, &short).await;
    assert_eq!(kept_short.plain(), "中文\nok".as_bytes());
    let page = kept_short.page(0, 100);
    assert!(page.over);
    assert_eq!(text(&page.items, Some(Stream::Out)), "中文\nok");
    let name = "2026/11/01/3.log";
    let file = place.data().join("output").join(name);
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("folders");
    let old = [
        &lines(9000)[..],
        b"\n[... 5 bytes left out ...]\n",
        &lines(10),
    ]
    .concat();
    std::fs::write(&file, &old).expect("writing");
    let long = StoredOutput {
        bytes: i64::try_from(old.len()).expect("small") + 5,
        dropped: 5,
        tail: old[old.len() - 4096..].to_vec(),
        object: Some(name.to_owned()),
        excerpt: None,
    };
    let kept_long = kept(&store, &long).await;
    assert_eq!(kept_long.plain(), old);
    let items = read(0, 9999, async |from, limit| kept_long.page(from, limit)).await;
    assert_eq!(text(&items, None).as_bytes(), old);
    // The file is gone: the end of it is in the row.
    std::fs::remove_file(&file).expect("removing");
    let store = super::store(&place.data(), &[]);
    let rest = kept(&store, &long).await.plain();
    assert!(rest.ends_with(&lines(10)) && rest.len() < 4300);
    // Names that leave the folder lead nowhere.
    let evil = StoredOutput {
        object: Some("../secret.key".to_owned()),
        ..short
    };
    std::fs::write(place.data().join("secret.key"), "key").expect("writing");
    assert_eq!(kept(&store, &evil).await.plain(), "中文\nok".as_bytes());
}

#[tokio::test]
async fn a_refusing_store_is_shown_on_the_overview_until_it_works() {
    // A port that nothing listens on any more.
    let address = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("its address")
    };
    let endpoint = format!("--output-endpoint=http://{address}");
    let app = TestApp::with(&[
        "--output-url=s3://missing/x",
        &endpoint,
        "--output-access-key-id=a",
        "--output-secret-access-key=b",
    ])
    .await;
    let admin = app.signed_in("ada", ::app::auth::Role::Admin).await;
    let shown = async || {
        let about = admin.get("/api/v1/about").await.expect(200);
        let notices = about["notices"].as_array().expect("notices").clone();
        notices
            .iter()
            .any(|notice| notice["code"] == "output_store")
    };
    assert!(!shown().await, "nothing is known yet");
    app.components.output.check().await;
    assert!(app.components.output.trouble().is_some());
    assert!(shown().await);
    let works = TestApp::new().await;
    works.components.output.check().await;
    assert_eq!(works.components.output.trouble(), None);
}
