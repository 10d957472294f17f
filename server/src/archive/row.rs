//! Rows as lines of JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;

use crate::store::{Cell, CellKind};

/// Appends a row as a line.
pub(super) fn write(row: &[Cell], out: &mut Vec<u8>) {
    let cells: Vec<Value> = row.iter().map(value).collect();
    // A `Value` always has a form in JSON.
    out.extend_from_slice(Value::Array(cells).to_string().as_bytes());
    out.push(b'\n');
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Integer(number) => (*number).into(),
        Cell::Boolean(is_true) => (*is_true).into(),
        Cell::Text(text) => text.clone().into(),
        Cell::Instant(at) => at.to_rfc3339_opts(SecondsFormat::AutoSi, true).into(),
        Cell::Bytes(bytes) => STANDARD.encode(bytes).into(),
    }
}

/// Reads a line as a row of these columns; `None` when it is none.
pub(super) fn read(line: &[u8], columns: &[(String, CellKind)]) -> Option<Vec<Cell>> {
    let cells: Vec<Value> = serde_json::from_slice(line).ok()?;
    if cells.len() != columns.len() {
        return None;
    }
    let read = |(value, (_, kind)): (Value, &(String, CellKind))| cell(value, *kind);
    cells.into_iter().zip(columns).map(read).collect()
}

fn cell(value: Value, kind: CellKind) -> Option<Cell> {
    Some(match (kind, value) {
        (_, Value::Null) => Cell::Null,
        (CellKind::Integer, Value::Number(number)) => Cell::Integer(number.as_i64()?),
        (CellKind::Boolean, Value::Bool(is_true)) => Cell::Boolean(is_true),
        (CellKind::Text, Value::String(text)) => Cell::Text(text),
        (CellKind::Instant, Value::String(text)) => {
            let at = DateTime::parse_from_rfc3339(&text).ok()?;
            Cell::Instant(at.with_timezone(&Utc))
        }
        (CellKind::Bytes, Value::String(text)) => Cell::Bytes(STANDARD.decode(text).ok()?),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kinds() -> Vec<(String, CellKind)> {
        [
            CellKind::Integer,
            CellKind::Boolean,
            CellKind::Text,
            CellKind::Instant,
            CellKind::Bytes,
        ]
        .map(|kind| (String::new(), kind))
        .to_vec()
    }

    proptest! {
        #[test]
        fn a_row_is_read_as_it_was_written(
            number: i64, is_true: bool, text in "\\PC*|[\\x00-\\x1f\"\\\\]*", nanos in -60_000_000_000_000_000_000i128..250_000_000_000_000_000_000,
            bytes: Vec<u8>, nulls in 0u8..32,
        ) {
            let seconds = i64::try_from(nanos / 1_000_000_000).expect("seconds");
            let part = u32::try_from(nanos.rem_euclid(1_000_000_000)).expect("nanoseconds");
            let at = DateTime::from_timestamp(seconds, part).expect("an instant");
            let mut row = vec![Cell::Integer(number), Cell::Boolean(is_true), Cell::Text(text), Cell::Instant(at), Cell::Bytes(bytes)];
            for (index, cell) in row.iter_mut().enumerate() {
                if nulls & (1 << index) != 0 {
                    *cell = Cell::Null;
                }
            }
            let mut line = Vec::new();
            write(&row, &mut line);
            prop_assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1);
            prop_assert_eq!(read(&line, &kinds()), Some(row));
        }
    }

    #[test]
    fn other_values_are_no_row() {
        for line in [
            "",
            "{}",
            "[1,true,\"\",null]",
            "[1,true,\"\",null,null,null]",
            "[1.5,true,\"\",null,null]",
            "[\"1\",true,\"\",null,null]",
            "[1,1,\"\",null,null]",
            "[1,true,2,null,null]",
            "[1,true,\"\",\"yesterday\",null]",
            "[1,true,\"\",null,\"?\"]",
        ] {
            assert_eq!(read(line.as_bytes(), &kinds()), None, "{line}");
        }
    }
}
