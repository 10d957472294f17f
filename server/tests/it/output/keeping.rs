//! What is kept, of everything that a command may write.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ::app::backend::Runs;
use ::app::run::RunState;
use ::app::run::log::{LogItem, Stream};
use proptest::prelude::*;
use proptest::test_runner::{Config as Cases, TestRunner};
use server::output::OutputStore;
use server::output::disk::Space;
use server::store::StoredOutput;

use super::super::helpers::place::Place;
use super::super::helpers::program::{Server, admin_token, jcrontab};
use super::super::helpers::{TestApp, draft, in_time};
use super::{RUN, kept, lines, open, parts, read, started, store, text};

/// Resident memory of a process, in bytes.
fn memory(pid: i32) -> u64 {
    let statm = std::fs::read_to_string(format!("/proc/{pid}/statm")).expect("statm");
    let pages = statm.split(' ').nth(1).expect("resident pages");
    pages.parse::<u64>().expect("a number") * 4096
}

#[tokio::test]
async fn memory_stays_flat_whatever_comes() {
    let place = Place::new().await;
    let token = admin_token(&place).await;
    let server = Server::start(&place, &[]).await;
    let start = async |name: &str, command: &str| {
        let added = [
            "task",
            "add",
            "--name",
            name,
            "--cron",
            "0 0 1 1 *",
            "--mode",
            "command",
        ];
        let added = [&added[..], &["--command", command, "--json"]].concat();
        let task = jcrontab(&place, &added).await.json()["id"].to_string();
        let run = jcrontab(&place, &["task", "run", &task, "--json"])
            .await
            .json();
        run["id"].as_i64().expect("an id")
    };
    // Once, so that every part of the server has been used.
    let ended = async |id: i64| {
        let path = format!("/api/v1/runs/{id}");
        let mut most = 0;
        let run = in_time("the end of a run", async {
            loop {
                most = most.max(memory(server.pid()));
                let run = server.get(&token, &path).await;
                if !matches!(run["state"].as_str(), Some("running" | "waiting")) {
                    return run;
                }
            }
        });
        (run.await, most)
    };
    ended(start("warm", "head -c 300K /dev/urandom").await).await;
    let before = memory(server.pid());
    for (name, command, least) in [
        ("zeros", "head -c 5G /dev/zero", 5 << 30),
        ("yes", "timeout 2 yes", 10 << 20),
        ("noise", "head -c 200M /dev/urandom", 200 << 20),
        ("a line", "head -c 200M /dev/zero | tr '\\0' x", 200 << 20),
        (
            "tiny",
            "i=0; while [ $i -lt 20000 ]; do echo $i; echo $i >&2; i=$((i+1)); done",
            200_000,
        ),
    ] {
        let (run, most) = ended(start(name, command).await).await;
        let bytes = run["output_bytes"].as_i64().expect("a number");
        assert!(bytes >= least, "{name}: {run}");
        let grown = most.saturating_sub(before) >> 20;
        assert!(grown < 32, "{name}: grew by {grown} MiB");
    }
    assert_eq!(server.stop().await, 0);
}

#[tokio::test]
async fn both_streams_are_tagged_and_in_order() {
    let app = TestApp::new().await;
    let command = "echo one; sleep 0.2; echo two >&2; sleep 0.2; echo three; sleep 600 & echo last";
    let (run, plain) = app.execute(draft("both", "0 0 1 1 *", command)).await;
    assert_eq!(
        run.state,
        RunState::Succeeded,
        "the sleeper does not hold it"
    );
    assert_eq!(plain, b"one\ntwo\nthree\nlast\n");
    let page = app
        .service
        .run_log(&app.console(), run.id, 0, 1000)
        .await
        .expect("its log");
    assert!(page.over && page.next == 19 && page.total_bytes == 19 && page.dropped_bytes == 0);
    let seen: Vec<(Stream, &str)> = page
        .items
        .iter()
        .map(|item| match item {
            LogItem::Text { stream, text, .. } => (*stream, text.as_str()),
            LogItem::Gap { .. } => panic!("{item:?}"),
        })
        .collect();
    assert_eq!(
        seen,
        [
            (Stream::Out, "one\n"),
            (Stream::Err, "two\n"),
            (Stream::Out, "three\nlast\n")
        ]
    );
    let nothing = std::fs::read_dir(app.place.data().join("spool"))
        .expect("a folder")
        .count();
    assert_eq!(
        nothing, 1,
        "short output leaves nothing but the folder `ready`"
    );
}

#[tokio::test]
async fn bytes_that_are_no_text_are_ordinary() {
    let app = TestApp::new().await;
    let command =
        "printf 'a\\377\\000\\033[31mb\\r\\303'; printf '\\251' >&2; head -c 9000 /dev/urandom";
    let (run, plain) = app.execute(draft("bytes", "0 0 1 1 *", command)).await;
    assert_eq!(plain.len(), 9012, "every byte is kept");
    assert!(plain.starts_with(b"a\xff\0\x1b[31mb\r"));
    let page = app
        .service
        .run_log(&app.console(), run.id, 0, 20_000)
        .await
        .expect("its log");
    let shown = text(&page.items, None);
    assert!(
        page.over && shown.starts_with("a\u{fffd}\0\u{1b}[31mb\r"),
        "{shown:?}"
    );
}

#[tokio::test]
async fn long_output_keeps_both_ends_and_says_what_is_missing() {
    let place = Place::new().await;
    let store = store(&place.data(), &["--output-head=300000"]);
    let log = open(&store, &[]);
    let all = lines(60_000);
    let each: Vec<&[u8]> = all.split_inclusive(|byte| *byte == b'\n').collect();
    for (index, part) in each.chunks(400).map(<[_]>::concat).enumerate() {
        log.push(
            if index % 2 == 0 {
                Stream::Out
            } else {
                Stream::Err
            },
            &part,
        );
        log.caught_up().await;
    }
    let live = log.plain().await;
    let finished = store.finish(&log).await;
    let stored = finished.stored;
    assert!(!finished.is_lost && finished.shown.len() < 300 * 1024);
    assert_eq!(stored.object.as_deref(), Some("2026/11/22/run-7.log.zst"));
    assert_eq!(stored.bytes, i64::try_from(all.len()).expect("small"));
    let kept = kept(&store, &stored).await;
    let plain = kept.plain();
    assert_eq!(plain, live, "the same while it runs and afterwards");
    let items = read(0, 50_000, async |from, limit| kept.page(from, limit)).await;
    let gaps: Vec<(u64, u64)> = items
        .iter()
        .filter_map(|item| match item {
            LogItem::Gap { from, to } => Some((*from, *to)),
            LogItem::Text { .. } => None,
        })
        .collect();
    let [(head, tail)] = gaps[..] else {
        panic!("one gap: {gaps:?}")
    };
    assert_eq!(stored.dropped, i64::try_from(tail - head).expect("small"));
    let (head, tail) = (head as usize, tail as usize);
    assert!(
        (300_000..400_000).contains(&head) && all.len() - tail > 200_000,
        "{head} {tail}"
    );
    assert!(plain.starts_with(&all[..head]) && plain.ends_with(&all[tail..]));
    let line = format!("\n[… {} bytes left out", tail - head);
    assert!(String::from_utf8_lossy(&plain[head..head + 100]).starts_with(&line));
    // Any zstd reader takes the object.
    let object = place.data().join("output/2026/11/22/run-7.log.zst");
    let raw = zstd::decode_all(std::fs::File::open(object).expect("the object")).expect("zstd");
    assert!(raw.windows(8).any(|part| part == b"line 123"));
    // Nothing is taken after the end.
    log.push(Stream::Out, b"late");
    assert_eq!(log.counts().0, all.len() as u64);
}

#[tokio::test]
async fn secrets_are_masked_wherever_they_are_cut() {
    let place = Place::new().await;
    let store = store(&place.data(), &[]);
    let secret = "hunter2-Zm9v/+x";
    let encoded = "aHVudGVyMi1abTl2Lyt4";
    for step in 1..40 {
        let log = open(&store, &[secret]);
        let all = format!(
            "begin {secret} {encoded} middle {secret}{secret} end {}",
            &secret[..6]
        );
        for part in all.as_bytes().chunks(step) {
            log.push(Stream::Out, part);
            // The other stream cuts nothing.
            log.push(Stream::Err, b".");
        }
        let finished = store.finish(&log).await;
        let kept = kept(&store, &finished.stored).await;
        let items = read(0, 30, async |from, limit| kept.page(from, limit)).await;
        let out = text(&items, Some(Stream::Out));
        assert_eq!(out, "begin *** *** middle ****** end hunter", "{step}");
        for text in [kept.plain(), finished.shown, finished.stored.tail] {
            assert!(!String::from_utf8_lossy(&text).contains(secret));
        }
    }
}

#[test]
fn from_any_place_on_the_rest_is_the_same() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let place = runtime.block_on(Place::new());
    let store = {
        let _inside = runtime.enter();
        store(&place.data(), &["--output-head=70000"])
    };
    let pushes = prop::collection::vec(
        (
            any::<bool>(),
            "[a-z中é😀\n]{0,40}",
            prop_oneof![9 => Just(1), 1 => Just(3000_usize)],
            any::<u8>(),
        ),
        1..12,
    );
    let mut runner = TestRunner::new(Cases::with_cases(60));
    let tested = runner.run(
        &(pushes, any::<u64>(), 1_usize..5000),
        |(pushes, place, limit)| {
            runtime.block_on(async {
                let log = open(&store, &[]);
                let mut all = [String::new(), String::new()];
                for (err, part, times, cut) in &pushes {
                    let part = part.repeat(*times);
                    all[usize::from(*err)] += &part;
                    let stream = if *err { Stream::Err } else { Stream::Out };
                    // Also in the middle of a character.
                    let cut = usize::from(*cut) % (part.len() + 1);
                    log.push(stream, &part.as_bytes()[..cut]);
                    log.push(stream, &part.as_bytes()[cut..]);
                    log.caught_up().await;
                }
                let live = read(0, limit, async |from, limit| log.page(from, limit).await).await;
                let finished = store.finish(&log).await;
                let kept = kept(&store, &finished.stored).await;
                let whole = read(0, limit, async |from, limit| kept.page(from, limit)).await;
                let is_whole = finished.stored.dropped == 0;
                for (stream, all) in [Stream::Out, Stream::Err].into_iter().zip(&all) {
                    let seen = text(&whole, Some(stream));
                    prop_assert!(!seen.contains('\u{fffd}'), "{}", seen);
                    prop_assert!(!is_whole || seen == *all);
                    prop_assert!(!is_whole || text(&live, Some(stream)) == *all);
                }
                // Where a reader was when it was cut off.
                let index = place as usize % (whole.len() + 1);
                let from = whole[..index].last().map_or(0, LogItem::to);
                let rest = read(from, limit, async |from, limit| kept.page(from, limit)).await;
                let mut joined = text(&whole[..index], None);
                joined += &text(&rest, None);
                prop_assert_eq!(joined, text(&whole, None));
                Ok(())
            })
        },
    );
    tested.unwrap_or_else(|failure| panic!("{failure}"));
}

#[tokio::test]
async fn on_a_full_disk_output_stops_and_runs_go_on() {
    let place = Place::new().await;
    let free = Arc::new(AtomicU64::new(u64::MAX / 2));
    let (config, clock) = parts(&[]);
    let told = Arc::clone(&free);
    let probe = move |_: &std::path::Path| {
        Ok(Space {
            total: 1 << 40,
            free: told.load(Ordering::SeqCst),
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
        end.ends_with("line 19999 中文 😀\n") && end.contains("bytes left out"),
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
        object: None,
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
    // Names that lead elsewhere lead nowhere.
    let evil = StoredOutput {
        object: Some("../secret.key".to_owned()),
        ..short
    };
    std::fs::write(place.data().join("secret.key"), "key").expect("writing");
    assert_eq!(kept(&store, &evil).await.plain(), "中文\nok".as_bytes());
}
