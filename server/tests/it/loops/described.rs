//! The documentation and the page of nodes describe every loop of a server, and no other one.

use std::collections::BTreeMap;

use app::i18n::Lang;
use app::node::LoopStatus;
use app::texts::nodes::{loop_purpose, loop_trigger};

use crate::arrows::read;
use crate::helpers::place::Place;
use crate::helpers::program::{Server, admin_token};

/// When each loop turns, as the table of the documentation has it.
fn documented(monitoring: &str) -> BTreeMap<&str, &str> {
    let (_, chapter) = monitoring
        .split_once("## Background loops")
        .expect("the chapter");
    let (chapter, _) = chapter.split_once("\n## ").expect("its end");
    let rows = chapter.lines().filter_map(|row| row.strip_prefix("| `"));
    rows.map(|row| {
        let (name, rest) = row.split_once("` | ").expect("a name");
        let (purpose, turns) = rest.split_once(" | ").expect("three columns");
        assert!(!purpose.is_empty(), "{name} has no purpose");
        (name, turns.trim_end_matches('|').trim())
    })
    .collect()
}

/// The loops of a server that has used its folder with this database before: then it has all of them.
async fn running() -> Vec<LoopStatus> {
    let place = Place::new().await;
    let token = admin_token(&place).await;
    assert_eq!(Server::start(&place, &[]).await.stop().await, 0);
    let server = Server::start(&place, &[]).await;
    let nodes = server.get(&token, "/api/v1/nodes").await;
    assert_eq!(server.stop().await, 0);
    serde_json::from_value(nodes["loops"].clone()).expect("loops")
}

#[tokio::test]
async fn each_loop_is_described_with_its_period() {
    let loops = running().await;
    let monitoring = read("docs/MONITORING.md");
    let mut documented = documented(&monitoring);
    for one in &loops {
        let name = one.name.as_str();
        let turns = documented.remove(name);
        let turns = turns.unwrap_or_else(|| panic!("docs/MONITORING.md does not describe {name}"));
        let trigger = loop_trigger(Lang::En, one.every_ms, one.woken);
        assert!(turns.contains(&trigger), "{name}: {turns}, not {trigger}");
        for lang in [Lang::Zh, Lang::En] {
            assert!(loop_purpose(lang, name).is_some(), "{name} in {lang:?}");
        }
    }
    assert!(documented.is_empty(), "no server has {documented:?}");
    let names: Vec<&str> = loops.iter().map(|one| one.name.as_str()).collect();
    let example = format!("ok    background loops: {}\n", names.join(", "));
    let operations = read("docs/OPERATIONS.md");
    assert!(
        operations.contains(&example),
        "the example of doctor, not {example}"
    );
}
