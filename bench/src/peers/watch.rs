//! A peer at its instants: the starts that came, and what they cost.

use std::time::Duration;

use crate::report::Report;
use crate::stage::Stage;
use crate::stamps::{Round, SECOND, Stamps, round};
use crate::workloads::fires::Fires;
use crate::{Failure, meter, now_nanos};

/// How often a peer is polled while its starts arrive.
const LOOK: Duration = Duration::from_millis(500);

/// Tasks that are due together, again and again.
pub(super) struct Set {
    /// Short, as part of the tasks' names.
    pub(super) name: &'static str,
    pub(super) count: usize,
    stamps: Stamps,
}

/// The sets of one, of 100 and of 1,000 tasks.
pub(super) struct Sets {
    pub(super) one: Set,
    pub(super) hundred: Set,
    pub(super) thousand: Set,
}

impl Sets {
    /// Their stamps go into a fresh folder of this run.
    pub(super) fn fresh(peer: &str) -> Result<Self, Failure> {
        let set = |name, count| {
            Ok::<_, Failure>(Set {
                name,
                count,
                stamps: Stamps::new(&format!("{peer}-{name}"))?,
            })
        };
        Ok(Self {
            one: set("one", 1)?,
            hundred: set("hundred", 100)?,
            thousand: set("thousand", 1_000)?,
        })
    }
}

impl Set {
    /// The command lines of its tasks.
    pub(super) fn commands(&self) -> impl Iterator<Item = String> {
        (0..self.count).map(|label| self.stamps.command(&label.to_string()))
    }
}

/// A running peer being measured.
pub(super) struct Watch {
    who: &'static str,
    pid: u32,
    fires: Fires,
    instants: usize,
    miscounts: usize,
    /// Faults at an instant.
    sentences: Vec<String>,
}

impl Watch {
    /// `pid` is that of its top process.
    pub(super) fn new(who: &'static str, pid: u32) -> Self {
        Self {
            who,
            pid,
            fires: Fires::default(),
            instants: 0,
            miscounts: 0,
            sentences: Vec::new(),
        }
    }

    /// Waits for an instant (seconds since 1970), and for the starts that are due then, at most for
    /// `limit`.
    pub(super) async fn instant(
        &mut self,
        set: &Set,
        instant: i64,
        limit: Duration,
    ) -> Result<(), Failure> {
        let instant = instant * SECOND;
        let until = instant - SECOND / 2 - now_nanos();
        if until < 0 {
            return Err("an instant was over before it was measured".into());
        }
        tokio::time::sleep(Duration::from_nanos(u64::try_from(until)?)).await;
        let before = meter::cpu_ms(self.pid)?;
        let begun = tokio::time::Instant::now();
        let came = set.stamps.wait(set.count, limit).await;
        let rest = limit.saturating_sub(begun.elapsed()).max(LOOK * 2);
        let after = settled(self.pid, rest).await?;
        let stamps = set.stamps.read()?;
        self.instants += 1;
        if stamps.is_empty() {
            came?;
        }
        let mut seen = match (round(&stamps, instant, set.count), after) {
            (Ok(seen), _) => seen,
            // It is idle, so what is missing was lost.
            (Err(wrong), Some(_)) => {
                self.miscounts += 1;
                self.say(&wrong.to_string());
                all(&stamps, instant)
            }
            (Err(_), None) => {
                self.say(&format!(
                    "{} of {} had started when its {} s were over, and it was still at it",
                    stamps.len(),
                    set.count,
                    limit.as_secs()
                ));
                all(&stamps, instant)
            }
        };
        seen.cpu_ms = after.map(|after| after - before);
        match set.count {
            1 => self.fires.one.push(seen),
            100 => self.fires.hundred.push(seen),
            _ => self.fires.thousand.push(seen),
        }
        // The next instant starts from nothing.
        set.stamps.clear()?;
        Ok(())
    }

    fn say(&mut self, what: &str) {
        self.sentences
            .push(format!("{}, instant {}: {what}.", self.who, self.instants));
    }

    /// Records all instants.
    pub(super) fn note(self, report: &mut Report) {
        self.fires.note(report, self.who);
        #[expect(clippy::cast_precision_loss, reason = "a handful")]
        let wrong = self.miscounts as f64;
        report.put("P5", self.who, ("miscounted instants", ""), [wrong]);
        for sentence in self.sentences {
            report.note("P5", sentence);
        }
    }
}

/// All starts that came, whether they are those that were due or not.
fn all(stamps: &[(String, i64)], instant: i64) -> Round {
    let mut delays: Vec<i64> = stamps.iter().map(|(_, nanos)| nanos - instant).collect();
    delays.sort_unstable();
    Round {
        delays,
        cpu_ms: None,
    }
}

/// Waits until a peer has no child and takes hardly any CPU time, for at most `limit`; returns the CPU time it took
/// so far, or nothing if it is still busy: running children are not included yet. Its work after the last start, the
/// bookkeeping, is part of the price of a firing.
async fn settled(pid: u32, limit: Duration) -> Result<Option<f64>, Failure> {
    let begun = tokio::time::Instant::now();
    let mut last = meter::cpu_ms(pid)?;
    loop {
        tokio::time::sleep(LOOK).await;
        let now = meter::cpu_ms(pid)?;
        if now - last <= 20.0 && meter::descendants(pid).is_empty() {
            return Ok(Some(now));
        }
        if begun.elapsed() >= limit {
            return Ok(None);
        }
        last = now;
    }
}

/// CPU time that an idle peer takes, in percent of a core.
pub(super) async fn idle_cpu(stage: &Stage, pid: u32) -> Result<f64, Failure> {
    let seconds = if stage.quick { 5 } else { 20 };
    let before = meter::cpu_ms(pid)?;
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    let spent = meter::cpu_ms(pid)? - before;
    #[expect(clippy::cast_precision_loss, reason = "a few seconds")]
    let percent = spent / (seconds as f64 * 10.0);
    Ok(percent)
}

/// Memory of a peer that has just started, in MB, once it is idle.
pub(super) async fn idle_memory(pid: u32) -> Result<f64, Failure> {
    settled(pid, Duration::from_secs(30)).await?;
    meter::pss_mb(pid)
}
