//! The task that a command is about, by its ID or its exact name.

use axum::http::Method;

use crate::cli::client::{Client, escaped};
use crate::cli::print::items;
use crate::cli::{Failure, lang};

/// Characters of a name that are searched for; the server refuses searches of more than 200.
const SEARCHED: usize = 100;
/// IDs that are listed for an ambiguous name.
const LISTED: usize = 20;

/// The ID of a task. Digits are an ID, even where a task has that name.
pub(in crate::cli) async fn id_of(client: &Client, wanted: &str) -> Result<i64, Failure> {
    if let Ok(id) = wanted.parse() {
        return Ok(id);
    }
    let mut found: Vec<i64> = Vec::new();
    let mut after = String::new();
    loop {
        let query = escaped(searched(wanted));
        let path = format!("/api/v1/tasks?limit=200&q={query}{after}");
        let page = client.call(Method::GET, &path, None).await?;
        let named = items(&page).iter().filter(|task| task["name"] == wanted);
        found.extend(named.filter_map(|task| task["id"].as_i64()));
        match page["next"].as_str() {
            Some(next) if found.len() <= LISTED => after = format!("&after={}", escaped(next)),
            _ => break,
        }
    }
    match found.as_slice() {
        [id] => Ok(*id),
        [] => Err(Failure::not_found(lang().pick(
            format!("没有名为“{wanted}”的任务；jcrontab task list 列出所有任务"),
            format!("there is no task named {wanted:?}; jcrontab task list shows all tasks"),
        ))),
        several => {
            let ids: Vec<String> = several.iter().take(LISTED).map(i64::to_string).collect();
            let ids = ids.join(lang().pick("、", ", "));
            Err(Failure::usage(lang().pick(
                format!("有多个任务名为“{wanted}”，请用编号：{ids}"),
                format!("several tasks are named {wanted:?}; use an ID: {ids}"),
            )))
        }
    }
}

/// The term that the server searches for: the longest plain word, because quotes and `owner:` have a
/// meaning in a search. For a name without such a word, all tasks are compared.
fn searched(name: &str) -> &str {
    let plain = |word: &&str| !word.contains([':', '：', '"', '“', '”']);
    let words = name.split_whitespace().filter(plain);
    let longest = words.max_by_key(|word| word.len()).unwrap_or_default();
    match longest.char_indices().nth(SEARCHED) {
        Some((end, _)) => &longest[..end],
        None => longest,
    }
}

#[cfg(test)]
mod tests {
    use super::searched;

    #[test]
    fn the_longest_plain_word_of_a_name_is_searched_for() {
        for (name, expected) in [
            ("backup", "backup"),
            ("nightly backup", "nightly"),
            ("备份 数据库", "数据库"),
            ("owner:zhang x", "x"),
            ("\"quoted\"", ""),
            ("", ""),
        ] {
            assert_eq!(searched(name), expected, "{name}");
        }
        assert_eq!(searched(&"长".repeat(300)).chars().count(), 100);
    }
}
