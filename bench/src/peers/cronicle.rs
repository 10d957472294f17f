//! Cronicle, a scheduler with pages, on Node.
//!
//! It is in no package registry, so it is not installed here: `CRONICLE_DIR` is the folder of an installed and built
//! one. Nothing is written to that folder.

mod service;

use std::time::Duration;

use super::watch::{Sets, Watch, idle_cpu, idle_memory};
use crate::report::{CRONICLE, Report};
use crate::stage::Stage;
use crate::stamps::SECOND;
use crate::{Failure, now_nanos};
use service::{Home, Service};

/// Its resolution, in seconds.
const MINUTE: i64 = 60;

/// Measures it: one instant a minute, with the 1,000 at the end, because they take longer.
pub(super) async fn measure(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    let home = Home::fresh(stage)?;
    let sets = Sets::fresh("cronicle")?;
    let mut service = Service::start(&home).await?;
    let memory = idle_memory(service.pid()).await?;
    report.put("P6", CRONICLE, ("memory, 0 tasks", "MB"), [memory]);
    // They are added and measured before the others; one minute should be enough for that.
    let others = if stage.quick { 2 } else { 5 };
    let last = next_minute() + (1 + others) * MINUTE;
    service.enter(&sets.thousand, &[last]).await?;
    idle(stage, report, &service).await?;
    service = restart(stage, report, &home, service).await?;

    // The others are due each minute until then; a slow machine misses some.
    let all = [
        &sets.one,
        &sets.hundred,
        &sets.one,
        &sets.hundred,
        &sets.one,
    ];
    let soonest = now_nanos() / SECOND + 5;
    let instants: Vec<i64> = (1..=others)
        .rev()
        .map(|back| last - back * MINUTE)
        .collect();
    let plan: Vec<_> = instants
        .into_iter()
        .zip(all)
        .filter(|(instant, _)| *instant > soonest)
        .collect();
    for set in [&sets.hundred, &sets.one] {
        let due: Vec<i64> = plan
            .iter()
            .filter(|(_, planned)| planned.count == set.count)
            .map(|(instant, _)| *instant)
            .collect();
        service.enter(set, &due).await?;
    }
    let mut watch = Watch::new(CRONICLE, service.pid());
    for (instant, set) in plan {
        watch.instant(set, instant, Duration::from_secs(50)).await?;
    }
    watch
        .instant(&sets.thousand, last, Duration::from_secs(240))
        .await?;
    watch.note(report);
    report.note("P3", format!("Cronicle is version {}.", home.version()?));
    Ok(())
}

fn next_minute() -> i64 {
    (now_nanos() / SECOND / MINUTE + 1) * MINUTE
}

async fn idle(stage: &Stage, report: &mut Report, service: &Service) -> Result<(), Failure> {
    let memory = idle_memory(service.pid()).await?;
    report.put("P6", CRONICLE, ("memory, 1,000 tasks", "MB"), [memory]);
    let percent = idle_cpu(stage, service.pid()).await?;
    report.put("P6", CRONICLE, ("CPU, 1,000 tasks", "%"), [percent]);
    Ok(())
}

/// P7, as far as a resolution of minutes allows it.
async fn restart(
    stage: &Stage,
    report: &mut Report,
    home: &Home,
    mut service: Service,
) -> Result<Service, Failure> {
    for _ in 0..if stage.quick { 1 } else { 3 } {
        service.stop().await?;
        let begun = now_nanos();
        service = Service::start(home).await?;
        let took = crate::stamps::millis(service.answered - begun) / 1_000.0;
        report.put("P7", CRONICLE, ("first answer", "s"), [took]);
    }
    Ok(service)
}
