//! Lists as typed: owners, tags, exit codes.

use std::collections::HashSet;

use crate::error::FieldError;
use crate::i18n::Lang;
use crate::name::name_fault;

/// The most owners or tags of a task.
pub const LIST_MAX: usize = 50;
/// The longest owner or tag, in characters.
pub const LIST_ITEM_MAX: usize = 64;

/// Separators of entries.
const BETWEEN: [char; 8] = [',', '，', '、', '\n', ';', '；', '\r', '､'];

/// Splits a list as typed (`,`, `，`, `、`, `;`, `；` and line breaks), trims, drops empty entries and duplicates.
///
/// It stops after the first entry beyond [`LIST_MAX`]: no valid list is longer, and validation then reports that it
/// is.
#[must_use]
pub fn split_list(text: &str) -> Vec<String> {
    gather(text.split(BETWEEN).map(str::trim))
}

/// Owners or tags as stored, from entries that may be lists themselves: `王，李` are two.
#[must_use]
pub fn entries(items: &[String]) -> Vec<String> {
    gather(
        items
            .iter()
            .flat_map(|item| item.split(BETWEEN))
            .map(str::trim),
    )
}

/// Owners as stored: like [`entries`], without the `@` that people write before a name. `@all` means everyone, not a
/// person, and stays.
#[must_use]
pub fn owners(items: &[String]) -> Vec<String> {
    gather(
        items
            .iter()
            .flat_map(|item| item.split(BETWEEN))
            .map(|item| person(item.trim())),
    )
}

/// A person's name without its `@`.
fn person(typed: &str) -> &str {
    match typed.trim_start_matches(['@', '＠']).trim_start() {
        name if name.eq_ignore_ascii_case("all") && typed.starts_with('@') => typed,
        name => name,
    }
}

fn gather<'a>(items: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    for item in items {
        if !item.is_empty() && seen.insert(item) {
            all.push(item.to_owned());
            if all.len() > LIST_MAX {
                break;
            }
        }
    }
    all
}

/// Reports faults of owners or tags, as sent and as they would be stored.
pub(super) fn check_list(
    field: &str,
    sent: &[String],
    items: &[String],
    lang: Lang,
    faults: &mut Vec<FieldError>,
) {
    if sent.len() > LIST_MAX || items.len() > LIST_MAX {
        faults.push(FieldError::new(
            field,
            "too_many",
            lang.pick(
                format!("最多 {LIST_MAX} 个"),
                format!("At most {LIST_MAX} entries"),
            ),
        ));
    } else if items
        .iter()
        .any(|item| item.chars().count() > LIST_ITEM_MAX)
    {
        faults.push(super::draft::too_long(field, LIST_ITEM_MAX, lang));
    } else if let Some(fault) = items.iter().find_map(|item| name_fault(item)) {
        faults.push(FieldError::new(field, fault.code(), fault.text(lang)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(items: &[&str]) -> Vec<String> {
        items.iter().map(|item| (*item).to_owned()).collect()
    }

    #[test]
    fn lists_split_on_chinese_commas_too() {
        assert_eq!(
            split_list("张三，李四, 张三、王五\r\n赵；钱;"),
            ["张三", "李四", "王五", "赵", "钱"]
        );
        assert!(split_list(" ,， ").is_empty());
    }

    #[test]
    fn a_list_is_read_up_to_its_limit() {
        let long: String = (0..1_000_000).map(|at| format!("o{at},")).collect();
        assert_eq!(split_list(&long).len(), LIST_MAX + 1);
        assert_eq!(entries(&vec![long; 3]).len(), LIST_MAX + 1);
    }

    #[test]
    fn owners_are_people() {
        let read = owners(&owned(&[
            "@zhangsan",
            "王，李",
            "＠赵;@ 钱",
            " 王 ",
            "@all",
            "@",
        ]));
        assert_eq!(read, ["zhangsan", "王", "李", "赵", "钱", "@all"]);
        assert_eq!(entries(&owned(&["@a", "b;c"])), ["@a", "b", "c"]);
    }
}
