//! Outputs made to be slow: the work must not grow faster than they do. Counted is the time of this
//! thread on a processor, which a busy machine does not lengthen, and only its growth.

use nix::time::{ClockId, clock_gettime};

use super::super::compare::{COMPARED_MAX, Comparison};
use super::{compared, out};

/// Bytes of the small output; the large one is so many times as long.
const SMALL: usize = 32 * 1024;
const TIMES: u32 = 8;

/// Processor time of this thread in nanoseconds.
fn cpu() -> i64 {
    let time = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).expect("a clock");
    time.tv_sec() * 1_000_000_000 + time.tv_nsec()
}

/// Both sides of a hostile output of a length; they differ at their end.
fn sides(unit: &[u8], length: usize) -> (Vec<u8>, Vec<u8>) {
    let mut this = unit.repeat(length / unit.len());
    let mut other = this.clone();
    this.extend_from_slice(b"\nrefused");
    other.extend_from_slice(b" \nconnected");
    (this, other)
}

/// The least time of a few tries.
fn least(unit: &[u8], length: usize) -> i64 {
    let (this, other) = sides(unit, length);
    let (this, other) = (out(this), out(other));
    let tries = (0..3).map(|_| {
        let begun = cpu();
        let found = compared(&this, &other);
        assert!(matches!(found, Comparison::Differs { .. }), "{found:?}");
        cpu() - begun
    });
    tries.min().expect("a time")
}

#[test]
fn the_work_is_linear_in_what_was_written() {
    for unit in [
        &b"x"[..],
        b"7",
        b"a1",
        b"\n",
        b"7\n",
        b"\xff",
        b"\xe6\x98\x9f",
        "星期".as_bytes(),
        b"\x1b",
        b"\x1b[3",
        b"\x1b]0;x",
        b"\r",
        b"\rab",
        b"/tmp/",
        b"May ",
        b"deadbeef-",
        b"1 s ",
        b"\t",
        b"\0\x07",
    ] {
        let (small, large) = (least(unit, SMALL), least(unit, SMALL * TIMES as usize));
        // A third more than linear, for caches.
        let limit = small * i64::from(TIMES) * 4 / 3 + 5_000_000;
        assert!(
            large < limit * 2,
            "{:?}: {small} ns, then {large} ns",
            String::from_utf8_lossy(unit)
        );
    }
}

#[test]
fn a_line_of_8_mib_and_a_million_empty_ones_are_compared_to_their_end() {
    let mib = 1024 * 1024;
    for unit in [&b"status ok 7 "[..], b"x", b"\n"] {
        let (this, other) = sides(unit, 8 * mib);
        let found = compared(&out(this), &out(other));
        let Comparison::Differs { this, .. } = found else {
            panic!("{found:?}");
        };
        assert_eq!(this.lines[0].1, "refused");
    }
    // What is longer than that is not read to its end.
    let long = vec![b'a'; COMPARED_MAX + 1];
    assert_eq!(
        compared(&out(&long), &out(&long)),
        Comparison::NotKept { this: true }
    );
}
