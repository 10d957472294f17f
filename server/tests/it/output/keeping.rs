//! What is kept, of everything that a command may write.

use ::app::backend::Runs;
use ::app::run::RunState;
use ::app::run::log::{LogItem, Stream};
use proptest::prelude::*;
use proptest::test_runner::{Config as Cases, TestRunner};

use super::super::helpers::place::Place;
use super::super::helpers::program::{Server, add_command, admin_token, jcrontab};
use super::super::helpers::{TestApp, draft, in_time};
use super::{kept, lines, open, read, store, text};

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
        let task = add_command(&place, name, "0 0 1 1 *", command).await;
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
    assert!(
        !finished.is_lost && finished.shown.head.len() + finished.shown.tail.len() < 300 * 1024
    );
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
    let line = format!("\n[… {} bytes omitted", tail - head);
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
        for text in [
            kept.plain(),
            finished.shown.head,
            finished.shown.tail,
            finished.stored.tail,
        ] {
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
