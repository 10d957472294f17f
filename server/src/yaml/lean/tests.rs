use super::*;

#[derive(Serialize, Default)]
struct Outer {
    zebra: String,
    count: u32,
    inner: Inner,
    list: Vec<Inner>,
}

#[derive(Serialize, Default, Clone)]
struct Inner {
    name: String,
    is_on: bool,
}

#[test]
fn only_what_differs_is_left_in_the_order_of_the_type() {
    let inner = Inner {
        name: "n".to_owned(),
        is_on: false,
    };
    let value = Outer {
        zebra: "z".to_owned(),
        list: vec![inner.clone(), Inner::default()],
        inner,
        ..Outer::default()
    };
    let text = |text: &str| Tree::Text(text.to_owned());
    let inner = Tree::Object(vec![("name".to_owned(), text("n"))]);
    let expected = Tree::Object(vec![
        ("zebra".to_owned(), text("z")),
        ("inner".to_owned(), inner.clone()),
        (
            "list".to_owned(),
            Tree::List(vec![inner, Tree::Object(Vec::new())]),
        ),
    ]);
    assert_eq!(lean(&value).expect("a tree"), expected);
    assert_eq!(
        lean(&Outer::default()).expect("a tree"),
        Tree::Object(Vec::new())
    );
}
