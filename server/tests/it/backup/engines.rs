//! Every value of every column survives the way into a backup and out of it, on each engine and between them.

use chrono::{DateTime, TimeDelta, Utc};
use server::archive;
use server::store::{Cell, CellKind, Store, TableShape};

use super::super::helpers::at;
use super::super::helpers::place::Place;
use super::{content, made, restored, store};

/// Rows of each table, and of the one that is longer than a page, a member and a transaction.
const FEW: i64 = 3;
const MANY: i64 = 6_000;

fn instant(number: i64) -> DateTime<Utc> {
    match number % 3 {
        0 => at("2999-12-31T23:59:59.999999Z"),
        // The second in which TIMESTAMP ends.
        1 => at("2038-01-19T03:14:08Z") + TimeDelta::microseconds(number),
        _ => at("1970-01-01T00:00:00.5Z"),
    }
}

/// A value that differs from row to row where it is not an instant; it fits into the shortest column.
fn cell(kind: CellKind, number: i64) -> Cell {
    match kind {
        CellKind::Integer => Cell::Integer(100 + number),
        CellKind::Boolean => Cell::Boolean(number % 2 == 0),
        CellKind::Text => Cell::Text(format!("{number}\\\n'\"中😀")),
        CellKind::Instant => Cell::Instant(instant(number)),
        CellKind::Bytes => Cell::Bytes(vec![
            0,
            0xff,
            b'\n',
            u8::try_from(number % 256).expect("a byte"),
        ]),
    }
}

fn rows(table: &TableShape) -> Vec<Vec<Cell>> {
    let count = if table.name == "run" { MANY } else { FEW };
    let mut rows: Vec<Vec<Cell>> = (0..count)
        .map(|number| {
            let columns = table.columns.iter();
            columns.map(|column| cell(column.kind, number)).collect()
        })
        .collect();
    // Larger than a member.
    for (column, cell) in table.columns.iter().zip(&mut rows[1]) {
        match (table.name, column.name) {
            ("message", "body") => *cell = Cell::Text("长".repeat(2_000_000)),
            ("picture", "content") => *cell = Cell::Bytes(vec![7; 5_000_000]),
            ("run", "finished_at" | "exit_code" | "note" | "output_tail") => *cell = Cell::Null,
            _ => {}
        }
    }
    rows
}

/// Fills all tables of a new database with values that no server could use.
async fn filled(place: &Place) -> Store {
    let store = store(place).await;
    store.migrate().await.expect("migrations");
    let snapshot = store.snapshot().await.expect("a snapshot");
    let tables = snapshot.tables().to_vec();
    drop(snapshot);
    for table in &tables {
        let rows = rows(table);
        store
            .load(table, &rows)
            .await
            .unwrap_or_else(|error| panic!("{}: {error:?}", table.name));
    }
    let stored = content(&store).await;
    for table in &tables {
        let mut expected = rows(table);
        let mut found = stored[table.name].clone();
        // The row of the cluster is the migrations'.
        found.retain(|row| table.name != "cluster" || !row.contains(&Cell::Integer(1)));
        assert_eq!(found.len(), expected.len(), "{}", table.name);
        let by_text = |row: &Vec<Cell>| format!("{row:?}");
        expected.sort_by_cached_key(by_text);
        found.sort_by_cached_key(by_text);
        assert!(found == expected, "{} as it was stored", table.name);
    }
    store
}

#[tokio::test]
async fn all_values_survive_a_restore_into_each_engine() {
    let source = Place::new().await;
    let filled = filled(&source).await;
    let before = content(&filled).await;
    let first = made(&filled, &source).await;
    assert!(archive::verify(&first[..]).is_ok());
    for target in [Place::new().await, Place::embedded()] {
        restored(&first, &target).await.expect("restored");
        let copy = store(&target).await;
        assert!(content(&copy).await == before, "{:?}", copy.engine());
        let second = made(&copy, &target).await;
        if copy.engine() == filled.engine() {
            assert!(second == first, "a backup of the copy is the same backup");
        }
        // And back to the engine that it came from.
        let back = Place::new().await;
        restored(&second, &back).await.expect("restored");
        let copy = store(&back).await;
        assert!(content(&copy).await == before, "back again");
        assert!(made(&copy, &back).await == first);
    }
}

#[tokio::test]
async fn ids_that_were_used_are_not_used_again() {
    let source = Place::new().await;
    let filled = filled(&source).await;
    let run = |id: i64| format!("DELETE FROM run WHERE id >= {id}");
    source.database.execute(&run(100 + MANY - 10)).await;
    let first = made(&filled, &source).await;
    for target in [Place::new().await, Place::embedded()] {
        restored(&first, &target).await.expect("restored");
        let snapshot = store(&target).await.snapshot().await.expect("a snapshot");
        let mut tables = snapshot.tables().iter();
        let run = tables.find(|table| table.name == "run").expect("runs");
        let next = snapshot.next_id(run).await.expect("a number");
        assert_eq!(next, Some(100 + MANY));
    }
}
