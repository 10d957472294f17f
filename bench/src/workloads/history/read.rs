//! Reading pages of a product with more or less history.

use serde_json::Value;

use super::super::fill;
use super::super::pages::{Reader, TASKS};
use crate::Failure;
use crate::product::{Home, Product};
use crate::report::{Report, percentile};
use crate::stage::{Db, Stage};

/// Reads the pages; gives the home back.
pub(super) async fn read(
    stage: &Stage,
    report: &mut Report,
    home: Home,
    db: Db,
    size: &str,
) -> Result<Home, Failure> {
    let product = home.start().await?;
    let reader = Reader::new(&product).await?;
    let (rounds, count) = if stage.quick { (1, 50) } else { (3, 200) };
    let tasks = task_ids(&product).await?;
    // In another order than that in which they were entered.
    let task = |number: usize| tasks[number * 37 % tasks.len()];
    let newest: Value = serde_json::from_str(
        &reader
            .json(&format!("/api/v1/runs?task={}&limit=1", task(0)))
            .await?,
    )?;
    let newest = newest["items"][0]["id"].as_u64();
    for _ in 0..rounds {
        let mut pages: Vec<(&str, Vec<f64>)> = vec![
            (
                "list page",
                reader
                    .time(count, |_| ("/tasks".to_owned(), "task 0999"))
                    .await?,
            ),
            (
                "task page",
                reader
                    .time(count, |n| (format!("/tasks/{}", task(n)), "/bin/true"))
                    .await?,
            ),
            (
                "overview",
                reader.time(count, |_| ("/".to_owned(), "task ")).await?,
            ),
            (
                "time line of failures",
                reader
                    .time(count, |n| {
                        let id = task(n);
                        (format!("/tasks/{id}/occurrences?state=failed"), "task ")
                    })
                    .await?,
            ),
            (
                "JSON of runs",
                reader
                    .time(count, |n| {
                        (format!("/api/v1/runs?task={}", task(n)), "items")
                    })
                    .await?,
            ),
        ];
        if let Some(newest) = newest {
            pages.push((
                "JSON of runs, deep",
                reader
                    .time(count, |n| {
                        let (id, half) = (task(n), newest / 2);
                        (format!("/api/v1/runs?task={id}&after={half}"), "succeeded")
                    })
                    .await?,
            ));
            pages.push((
                "run page",
                reader
                    .time(count, |n| {
                        let somewhere = 1 + n as u64 * 7_919 % (newest / 2);
                        let run = fill::run_from(somewhere);
                        (format!("/runs/{run}"), "rows copied")
                    })
                    .await?,
            ));
        }
        for (page, taken) in pages {
            for (name, percent) in [("p50", 50), ("p99", 99)] {
                let metric = format!("{page}, {name}, {size}");
                let value = percentile(&taken, percent);
                report.put("P11", db.product(), (&metric, "ms"), [value]);
            }
        }
    }
    product.stop().await
}

/// The numbers of all tasks, the first one entered first.
async fn task_ids(product: &Product) -> Result<Vec<i64>, Failure> {
    let mut ids = Vec::with_capacity(TASKS);
    let mut path = "tasks?limit=200".to_owned();
    loop {
        let page = product.ask(reqwest::Method::GET, &path, None).await?;
        let items = page["items"].as_array().ok_or("no list")?;
        ids.extend(items.iter().filter_map(|task| task["id"].as_i64()));
        match page["next"].as_str() {
            Some(next) => path = format!("tasks?limit=200&after={next}"),
            None => break,
        }
    }
    ids.reverse();
    Ok(ids)
}
