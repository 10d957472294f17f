//! Values without what has its default.

use serde::Serialize;

use super::Tree;

/// A value as a tree, its fields in the order of its type, without those that have their default. In entries of lists
/// those are omitted that say nothing.
///
/// # Errors
/// When the value cannot be JSON.
pub fn lean<T: Serialize + Default>(value: &T) -> serde_json::Result<Tree> {
    let tree = |value: &T| serde_json::from_str::<Tree>(&serde_json::to_string(value)?);
    Ok(without(tree(value)?, Some(&tree(&T::default())?)))
}

/// A value without the fields that are as in `usual`.
fn without(tree: Tree, usual: Option<&Tree>) -> Tree {
    match tree {
        Tree::Object(fields) => {
            let kept = fields.into_iter().filter_map(|(name, value)| {
                let usual = usual.and_then(|usual| usual.field(&name));
                let value = without(value, usual);
                let is_usual = match usual {
                    Some(usual) => value == *usual,
                    None => false,
                };
                (!is_usual && !value.is_empty()).then_some((name, value))
            });
            Tree::Object(kept.collect())
        }
        Tree::List(all) => Tree::List(all.into_iter().map(|one| without(one, None)).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests;
