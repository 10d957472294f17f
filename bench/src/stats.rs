//! Medians and ratios.

/// One instant: delays in nanoseconds, sorted.
#[derive(Debug)]
pub(crate) struct Round {
    pub(crate) delays: Vec<i64>,
    /// CPU time the product took for it, where it was measured.
    pub(crate) cpu_ms: Option<i64>,
}

/// A row of the table, in milliseconds.
#[derive(Debug)]
pub(crate) struct Row {
    who: String,
    count: usize,
    p50: f64,
    p99: f64,
    last: f64,
    cpu_per_fire: Option<f64>,
    ratio: Option<f64>,
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[expect(clippy::cast_precision_loss, reason = "delays are far below 2^52 ns")]
fn millis(nanos: i64) -> f64 {
    nanos as f64 / 1e6
}

fn at(round: &Round, share: usize) -> f64 {
    let index = (round.delays.len().saturating_sub(1)) * share / 100;
    round.delays.get(index).copied().map_or(f64::NAN, millis)
}

/// The median over the rounds of each figure; the ratio compares the last start.
#[expect(clippy::cast_precision_loss, reason = "counts are small")]
pub(crate) fn summary(who: &str, count: usize, rounds: &[Round], floor: Option<&[Round]>) -> Row {
    let last = |rounds: &[Round]| median(rounds.iter().map(|round| at(round, 100)).collect());
    let cpu: Vec<f64> = rounds
        .iter()
        .filter_map(|round| round.cpu_ms)
        .map(|ms| ms as f64 / count as f64)
        .collect();
    Row {
        who: who.to_owned(),
        count,
        p50: median(rounds.iter().map(|round| at(round, 50)).collect()),
        p99: median(rounds.iter().map(|round| at(round, 99)).collect()),
        last: last(rounds),
        // A tick is 10 ms: too coarse for one command.
        cpu_per_fire: (count >= 100 && !cpu.is_empty()).then(|| median(cpu)),
        ratio: floor.map(|floor| last(rounds) / last(floor)),
    }
}

#[expect(clippy::print_stdout, reason = "the table is what the program is for")]
pub(crate) fn print_table(rows: &[Row]) {
    println!("Start delay after the instant, ms (median over the rounds)\n");
    println!(
        "{:<18} {:>6} {:>8} {:>8} {:>8} {:>9} {:>9}",
        "", "tasks", "p50", "p99", "last", "CPU/fire", "last/floor"
    );
    for row in rows {
        let cpu = row
            .cpu_per_fire
            .map_or_else(|| "-".to_owned(), |cpu| format!("{cpu:.2}"));
        let ratio = row
            .ratio
            .map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}"));
        println!(
            "{:<18} {:>6} {:>8.1} {:>8.1} {:>8.1} {:>9} {:>9}",
            row.who, row.count, row.p50, row.p99, row.last, cpu, ratio
        );
    }
}

#[expect(clippy::print_stdout, reason = "the table is what the program is for")]
pub(crate) fn print_times(schedules: usize, planned: &crate::planning::Planned, answers: &[f64]) {
    let share = |share: usize| {
        let index = (answers.len().saturating_sub(1)) * share / 100;
        answers.get(index).copied().unwrap_or(f64::NAN)
    };
    println!(
        "\nPlanning the next hour of {schedules} schedules on one core: {:.0} ms ({} firings), after {:.0} ms to take them over",
        planned.plan_ms, planned.firings, planned.load_ms
    );
    println!(
        "Preview over REST, {} questions: p50 {:.2} ms, p99 {:.2} ms, worst {:.2} ms",
        answers.len(),
        share(50),
        share(99),
        share(100)
    );
}
