//! The sentence about an unknown name.

use app::i18n::Lang;

use super::nearest;

/// Where a name is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Named {
    /// A field of a JSON body.
    Field,
    /// A parameter in the query.
    Parameter,
}

/// The sentence about an unknown name, with the one that was probably meant, else with all known ones. `shown` is
/// false where the name must not be repeated: it may be a secret in the wrong place.
#[must_use]
pub fn unknown(
    lang: Lang,
    what: Named,
    name: &str,
    shown: bool,
    known: &[impl AsRef<str>],
) -> String {
    let names = || known.iter().map(AsRef::as_ref);
    let (zh, en) = match what {
        Named::Field => ("字段", "field"),
        Named::Parameter => ("查询参数", "query parameter"),
    };
    let missing = if shown {
        lang.pick(
            format!("没有 `{name}` 这个{zh}"),
            format!("There is no {en} `{name}`"),
        )
    } else {
        lang.pick(
            format!("有一个{zh}不存在"),
            format!("One {en} does not exist"),
        )
    };
    if let Some(near) = nearest(name, names()) {
        return lang.pick(
            format!("{missing}；是不是 `{near}`？"),
            format!("{missing}; did you mean `{near}`?"),
        );
    }
    let all: Vec<String> = names().map(|name| format!("`{name}`")).collect();
    if all.is_empty() {
        return lang.pick(
            format!("{missing}；这里不接受任何{zh}"),
            format!("{missing}; this address takes none"),
        );
    }
    let all = all.join(lang.pick("、", ", "));
    lang.pick(
        format!("{missing}；可用的有 {all}"),
        format!("{missing}; the known ones are {all}"),
    )
}

#[cfg(test)]
mod tests {
    use super::{Named, unknown};
    use app::i18n::Lang;

    #[test]
    fn what_is_not_known_is_said_with_what_is() {
        let fields = ["name", "value"];
        for (what, name, shown, known, zh, en) in [
            (
                Named::Field,
                "nmae",
                true,
                &fields[..],
                "没有 `nmae` 这个字段；是不是 `name`？",
                "There is no field `nmae`; did you mean `name`?",
            ),
            (
                Named::Field,
                "s3cret-thing",
                false,
                &fields[..],
                "有一个字段不存在；可用的有 `name`、`value`",
                "One field does not exist; the known ones are `name`, `value`",
            ),
            (
                Named::Parameter,
                "x",
                true,
                &[][..],
                "没有 `x` 这个查询参数；这里不接受任何查询参数",
                "There is no query parameter `x`; this address takes none",
            ),
        ] {
            assert_eq!(unknown(Lang::Zh, what, name, shown, known), zh);
            assert_eq!(unknown(Lang::En, what, name, shown, known), en);
        }
    }
}
