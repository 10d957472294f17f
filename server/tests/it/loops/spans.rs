//! Lines that a loop logs carry its name and the number of its turn.

use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use server::store::StoreError;

use super::{SPEC, loops};
use crate::helpers::{ManualClock, at};

/// A log in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("the log").extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn lines(&self) -> Vec<Value> {
        let bytes = self.0.lock().expect("the log").clone();
        let text = String::from_utf8(bytes).expect("text");
        let lines = text.lines();
        lines
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect()
    }
}

#[tokio::test]
async fn each_line_of_a_turn_carries_the_loop_and_the_turn() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_writer(move || writer.clone())
        .finish();
    let _this_thread = tracing::subscriber::set_default(subscriber);
    let clock = Arc::new(ManualClock::new(at("2026-11-22T08:00:00Z")));
    let turns = loops(&clock).register(SPEC);
    for _ in 0..2 {
        let work = async {
            tracing::info!("in a turn");
            Ok::<_, StoreError>(())
        };
        turns.turn(work).await.expect("a good turn");
    }
    let lines = log.lines();
    assert_eq!(lines.len(), 2, "{lines:?}");
    for (line, turn) in lines.iter().zip(1..) {
        assert_eq!(line["span"]["loop_name"], "sample", "{line}");
        assert_eq!(line["span"]["turn"], turn, "{line}");
    }
}
