use app::task::execution::Overlap;
use app::task::{Execution, Mode};

use super::*;

fn task(id: i64, overlap: Overlap, pool: &str) -> Task {
    let mut task = Task::example();
    task.id = TaskId(id);
    task.spec.execution = Execution {
        overlap,
        pool: pool.to_owned(),
        ..Execution::default()
    }
    .shared();
    task
}

fn run(id: i64, task: &Task, why: Option<WaitReason>) -> ActiveRun {
    ActiveRun {
        id: RunId(id),
        task_id: task.id,
        pool: Some(task.execution.pool.clone()).filter(|pool| !pool.is_empty()),
        started_at: DateTime::UNIX_EPOCH,
        waits: why.map(|why| Wait {
            due_at: DateTime::UNIX_EPOCH,
            why,
        }),
        is_sending: false,
    }
}

const START: Admission = Admission::Start;
const QUEUED: Admission = Admission::Wait(WaitReason::Overlap);
const NO_SLOT: Admission = Admission::Wait(WaitReason::Pool);
const OVERLAP: Admission = Admission::LeaveOut(NoRoom::Overlap);
const FULL: Admission = Admission::LeaveOut(NoRoom::QueueFull);

#[test]
fn each_rule_of_overlap_decides_for_new_starts() {
    use WaitReason::{Overlap as O, Pool as P, Retry as R};
    let none = HashMap::new();
    // Rule, existing runs (`None` is active), what becomes of three further starts.
    type Case = (Overlap, &'static [Option<WaitReason>], [Admission; 3]);
    let cases: [Case; 10] = [
        (Overlap::Skip, &[], [START, OVERLAP, OVERLAP]),
        (Overlap::Skip, &[None], [OVERLAP, OVERLAP, OVERLAP]),
        // One that waits for a slot is as good as running; one that waits for its retry is not.
        (Overlap::Skip, &[Some(P)], [OVERLAP, OVERLAP, OVERLAP]),
        (Overlap::Skip, &[Some(R)], [START, OVERLAP, OVERLAP]),
        (
            Overlap::Allow { max: 2 },
            &[None],
            [START, OVERLAP, OVERLAP],
        ),
        (
            Overlap::Allow { max: 3 },
            &[None, Some(P)],
            [START, OVERLAP, OVERLAP],
        ),
        (Overlap::Queue { max: 2 }, &[], [START, QUEUED, QUEUED]),
        (
            Overlap::Queue { max: 2 },
            &[None, Some(O)],
            [QUEUED, FULL, FULL],
        ),
        (Overlap::Replace, &[], [START, QUEUED, QUEUED]),
        (Overlap::Replace, &[None], [QUEUED, QUEUED, QUEUED]),
    ];
    for (overlap, there, wanted) in cases {
        let task = task(1, overlap, "");
        let runs: Vec<ActiveRun> = (1..)
            .zip(there)
            .map(|(id, why)| run(id, &task, *why))
            .collect();
        let mut room = AvailableSlots::new(&none, &runs);
        let got = [room.admit(&task), room.admit(&task), room.admit(&task)];
        assert_eq!(got, wanted, "{overlap} {there:?}");
    }
}

#[test]
fn a_run_whose_message_is_being_sent_counts_as_running_and_takes_no_slot() {
    for (overlap, wanted) in [
        (Overlap::Skip, [OVERLAP, OVERLAP]),
        (Overlap::Allow { max: 2 }, [START, OVERLAP]),
        (Overlap::Queue { max: 1 }, [QUEUED, FULL]),
        // Its message is withdrawn, so nothing is in the way of the first.
        (Overlap::Replace, [START, QUEUED]),
    ] {
        let task = task(1, overlap, "");
        let sending = ActiveRun {
            is_sending: true,
            ..run(7, &task, None)
        };
        let slots = HashMap::from([(EVERYTHING.to_owned(), 1)]);
        let mut room = AvailableSlots::new(&slots, &[sending]);
        let mut command = task.clone();
        command.spec.mode = Mode::Command;
        assert_eq!(
            [room.admit(&command), room.admit(&command)],
            wanted,
            "{overlap}"
        );
        let withdrawn: &[RunId] = match overlap {
            Overlap::Replace => &[RunId(7)],
            _ => &[],
        };
        assert_eq!(room.withdrawn, withdrawn, "{overlap}");
    }
}

#[test]
fn a_replacing_start_ends_what_runs_and_calls_off_what_waits() {
    let none = HashMap::new();
    let task = task(1, Overlap::Replace, "");
    let runs = [
        run(7, &task, None),
        run(8, &task, Some(WaitReason::Overlap)),
    ];
    let mut room = AvailableSlots::new(&none, &runs);
    assert_eq!(room.admit(&task), QUEUED);
    assert_eq!(room.stop, [RunId(7)]);
    assert_eq!(room.replaced, [RunId(8)]);
    // The cancelled one is not resumed in the same claim.
    assert_eq!(room.resume(&task, &runs[1]), OVERLAP);
}

#[test]
fn a_queue_goes_on_in_its_order_when_there_is_room() {
    let none = HashMap::new();
    let task = task(1, Overlap::Queue { max: 5 }, "");
    let waiting = [
        run(2, &task, Some(WaitReason::Overlap)),
        run(3, &task, Some(WaitReason::Overlap)),
    ];
    let mut room = AvailableSlots::new(&none, &waiting);
    // The second must not overtake the first, whichever is asked first.
    assert_eq!(room.resume(&task, &waiting[1]), QUEUED);
    assert_eq!(room.resume(&task, &waiting[0]), START);
    assert_eq!(room.resume(&task, &waiting[1]), QUEUED);
    let busy = [run(1, &task, None), waiting[0].clone()];
    assert_eq!(
        AvailableSlots::new(&none, &busy).resume(&task, &waiting[0]),
        QUEUED
    );
}

#[test]
fn a_retry_is_decided_by_the_rule_when_its_delay_is_over() {
    let none = HashMap::new();
    for (overlap, wanted) in [
        (Overlap::Skip, OVERLAP),
        (Overlap::Allow { max: 2 }, START),
        (Overlap::Queue { max: 1 }, QUEUED),
        (Overlap::Replace, QUEUED),
    ] {
        let task = task(1, overlap, "");
        let retry = run(2, &task, Some(WaitReason::Retry));
        let runs = [run(1, &task, None), retry.clone()];
        assert_eq!(
            AvailableSlots::new(&none, &runs).resume(&task, &retry),
            wanted,
            "{overlap}"
        );
        let alone = [retry.clone()];
        assert_eq!(
            AvailableSlots::new(&none, &alone).resume(&task, &retry),
            START,
            "{overlap}"
        );
    }
}

#[test]
fn pools_and_the_global_cap_hold_over_all_tasks() {
    let slots = HashMap::from([("db".to_owned(), 1), (EVERYTHING.to_owned(), 3)]);
    let (a, b) = (task(1, Overlap::Skip, "db"), task(2, Overlap::Skip, "db"));
    let mut room = AvailableSlots::new(&slots, &[run(1, &a, None)]);
    assert_eq!(room.admit(&b), NO_SLOT);
    let many = task(3, Overlap::Allow { max: 100 }, "");
    assert_eq!([room.admit(&many), room.admit(&many)], [START, START]);
    assert_eq!(room.admit(&many), NO_SLOT, "the cap counts every run");
    let mut reminder = task(4, Overlap::Skip, "db");
    reminder.spec.mode = Mode::Message;
    assert_eq!(room.admit(&reminder), START, "a reminder takes no slot");
    // A pool without a row bounds nothing.
    let unknown = task(5, Overlap::Skip, "gone");
    assert_eq!(
        AvailableSlots::new(&HashMap::new(), &[]).admit(&unknown),
        START
    );
}
