use super::*;

#[test]
fn words_are_no_numbers() {
    for (text, tree) in [
        ("", Tree::Null),
        ("~", Tree::Null),
        ("true", Tree::Bool(true)),
        ("no", Tree::Text("no".to_owned())),
        ("300", Tree::Unsigned(300)),
        ("-3", Tree::Signed(-3)),
        ("1.5", Tree::Float(1.5)),
        ("010", Tree::Text("010".to_owned())),
        ("1_000", Tree::Text("1_000".to_owned())),
        ("0x1f", Tree::Text("0x1f".to_owned())),
        ("09:00", Tree::Text("09:00".to_owned())),
        ("-", Tree::Text("-".to_owned())),
    ] {
        assert_eq!(Tree::resolved(text.to_owned()), tree, "{text}");
    }
}
