//! P8: the list of 1,000 tasks, as a page and as JSON.

mod reader;
mod wrk;

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::Failure;
use crate::product::{Product, draft};
use crate::report::{Report, percentile};
use crate::stage::{Db, Stage};

pub(super) use reader::Reader;

/// Tasks of the list.
pub(super) const TASKS: usize = 1_000;
/// Seconds since 1970 before which nothing fires: while pages are timed nothing else happens.
pub(super) const FAR: i64 = 2_082_758_400;

/// A product with 1,000 tasks that do not fire; gives their numbers.
pub(super) async fn enter_tasks(product: &Product) -> Result<Vec<i64>, Failure> {
    const CRONS: [&str; 5] = [
        "*/15 * * * *",
        "0 3 * * *",
        "0 9 * * 1-5",
        "30 4 1 * *",
        "*/5 9-18 * * *",
    ];
    let drafts = (0..TASKS)
        .map(|number| {
            draft(
                &format!("task {number:04}"),
                CRONS[number % CRONS.len()],
                "/bin/true",
                FAR,
            )
        })
        .collect();
    product.add_all(drafts).await
}

/// Notes how long the list takes.
pub(super) async fn measure(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    for db in Db::BOTH {
        one(stage, db, report).await?;
    }
    Ok(())
}

async fn one(stage: &Stage, db: Db, report: &mut Report) -> Result<(), Failure> {
    let product = Product::fresh(stage, db, "pages").await?;
    enter_tasks(&product).await?;
    let reader = Reader::new(&product).await?;
    let who = db.product();
    let (rounds, count, seconds) = if stage.quick { (1, 50, 2) } else { (3, 200, 5) };
    let page_size = reader.page("/tasks", "task 0999").await?.len();
    let all = All::look(&reader).await?;
    for _ in 0..rounds {
        let page = reader
            .time(count, |_| ("/tasks".to_owned(), "task 0999"))
            .await?;
        report.put("P8", who, ("page, p50", "ms"), [percentile(&page, 50)]);
        report.put("P8", who, ("page, p99", "ms"), [percentile(&page, 99)]);
        let json = all.time(&reader, count).await?;
        report.put(
            "P8",
            who,
            ("JSON of all, p50", "ms"),
            [percentile(&json, 50)],
        );
        report.put(
            "P8",
            who,
            ("JSON of all, p99", "ms"),
            [percentile(&json, 99)],
        );
        let time = Duration::from_secs(seconds);
        let pages = wrk::rate(stage, &reader, "/tasks", time).await?;
        report.put("P8", who, ("page, rate", "/s"), [pages]);
        let lists = wrk::rate(stage, &reader, &all.first, time).await?;
        #[expect(clippy::cast_precision_loss, reason = "a few requests")]
        let lists = lists / all.requests as f64;
        report.put("P8", who, ("JSON of all, rate", "/s"), [lists]);
    }
    if db == Db::Sqlite {
        report.note(
            "P8",
            format!(
                "The page is {page_size} bytes of HTML with 50 tasks; the JSON of all is {} bytes in {} answer(s).",
                all.bytes, all.requests
            ),
        );
    }
    Ok(())
}

/// The JSON of all tasks: as many answers as the interface makes of it.
struct All {
    first: String,
    requests: usize,
    bytes: usize,
}

impl All {
    async fn look(reader: &Reader) -> Result<Self, Failure> {
        let first = format!("/api/v1/tasks?limit={TASKS}");
        let (mut tasks, mut requests, mut bytes) = (0, 0, 0);
        let mut path = first.clone();
        loop {
            let text = reader.json(&path).await?;
            let answer: Value = serde_json::from_str(&text)?;
            tasks += answer["items"].as_array().map_or(0, Vec::len);
            requests += 1;
            bytes += text.len();
            match answer["next"].as_str() {
                Some(next) => path = format!("{first}&after={next}"),
                None => break,
            }
        }
        if tasks == TASKS {
            Ok(Self {
                first,
                requests,
                bytes,
            })
        } else {
            Err(format!("the list has {tasks} tasks, not {TASKS}").into())
        }
    }

    /// Milliseconds for each time that all tasks are read.
    async fn time(&self, reader: &Reader, count: usize) -> Result<Vec<f64>, Failure> {
        let mut taken = Vec::with_capacity(count);
        for number in 0..count + count / 10 {
            let asked = Instant::now();
            let mut text = reader.json(&self.first).await?;
            // The place of the next page is the end of the answer: reading all of it is not timed.
            while let Some(next) = next_of(&text) {
                let path = format!("{}&after={next}", self.first);
                text = reader.json(&path).await?;
            }
            if number >= count / 10 {
                taken.push(asked.elapsed().as_secs_f64() * 1_000.0);
            }
        }
        Ok(taken)
    }
}

/// The cursor at the end of a list.
fn next_of(text: &str) -> Option<&str> {
    let (_, end) = text.rsplit_once("\"next\":")?;
    let next = end.trim_end_matches('}').trim_matches('"');
    (next != "null").then_some(next)
}
