//! What the machine itself can do.

use std::process::Command;
use std::time::Instant;

use crate::Failure;
use crate::report::{MACHINE, Report};
use crate::shared::{self, stamp};
use crate::stage::Stage;

/// Measures bare loops: programs started, commits made.
pub(super) fn measure(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    let folder = stage.fresh("limits")?;
    let file = shared::writable("limits")?;
    let file = file.display().to_string();
    let line = format!("{} x {file}", stamp());
    let (spawns, commits) = if stage.quick {
        (300, 500)
    } else {
        (2_000, 3_000)
    };
    let rounds = if stage.quick { 1 } else { 3 };
    for round in 0..rounds {
        for (metric, width, program) in [
            (
                "static program, one at a time",
                1,
                &[stamp(), "x", &file][..],
            ),
            (
                "static program, two at a time",
                2,
                &[stamp(), "x", &file][..],
            ),
            ("sh -c, two at a time", 2, &["/bin/sh", "-c", &line][..]),
            ("sh -c, 64 at a time", 64, &["/bin/sh", "-c", &line][..]),
        ] {
            let mut floor = Command::new(&stage.floor);
            floor
                .args(["spawn", &spawns.to_string(), &width.to_string()])
                .args(program);
            let (rate, cpu) = pair(&mut floor)?;
            report.put("limits", MACHINE, (metric, "/s"), [rate]);
            if metric == "sh -c, two at a time" {
                report.put("limits", MACHINE, ("CPU of one sh -c", "ms"), [cpu]);
            }
        }
        let mut floor = Command::new(&stage.floor);
        floor
            .arg("commits")
            .arg(folder.join(format!("{round}.db")))
            .arg(commits.to_string());
        let (rate, _) = pair(&mut floor)?;
        report.put("limits", MACHINE, ("SQLite commits, synced", "/s"), [rate]);
        report.put(
            "limits",
            MACHINE,
            ("MariaDB commits, one client", "/s"),
            [mariadb(stage, commits)?],
        );
    }
    Ok(())
}

/// Rows inserted one by one through the client, each a commit with a flush.
fn mariadb(stage: &Stage, commits: u32) -> Result<f64, Failure> {
    stage.fresh_mariadb("bench_limits")?;
    stage.sql(
        "bench_limits",
        "CREATE TABLE one (id INT PRIMARY KEY AUTO_INCREMENT, at INT)",
    )?;
    let begun = Instant::now();
    stage.sql("bench_limits", "SELECT 1")?;
    let client = begun.elapsed();
    let begun = Instant::now();
    stage.sql(
        "bench_limits",
        &"INSERT INTO one (at) VALUES (1);".repeat(usize::try_from(commits)?),
    )?;
    let taken = begun.elapsed().saturating_sub(client);
    Ok(f64::from(commits) / taken.as_secs_f64())
}

/// Two numbers that a program prints.
fn pair(command: &mut Command) -> Result<(f64, f64), Failure> {
    let done = command.output()?;
    if !done.status.success() {
        return Err(String::from_utf8_lossy(&done.stderr).into_owned().into());
    }
    let text = String::from_utf8(done.stdout)?;
    let (rate, cpu) = text.trim().split_once(' ').ok_or("no two numbers")?;
    Ok((rate.parse()?, cpu.parse()?))
}
