//! Attacks on templates, and what they may do.

use std::time::{Duration, Instant};

use super::*;

fn variables() -> Variables {
    let groups = ["a", "b"].map(|name| {
        let entries = [("name", Value::from(name)), ("count", Value::from(2_i64))];
        Value::Map(entries.into_iter().collect())
    });
    Variables::from([
        ("task", Value::from("备份 <@all> \"x\"")),
        ("output", Value::from("长".repeat(1_300))),
        ("exit_code", Value::from(3_i64)),
        ("run_id", Value::None),
        ("nickname", Value::from("")),
        ("groups", Value::List(groups.to_vec())),
    ])
}

fn text(source: &str) -> Result<String, TemplateFault> {
    render(source, Format::Text, &variables())
}

fn why(source: &str) -> TemplateWhy {
    let started = Instant::now();
    let fault = text(source).expect_err(source);
    // Not a measure of speed: what is refused is refused before it has cost anything.
    assert!(started.elapsed() < Duration::from_secs(20), "{source}");
    fault.why
}

#[test]
fn a_template_prints_texts_numbers_and_loops() {
    let table = [
        ("{{ task }}", "备份 <@all> \"x\""),
        ("code {{ exit_code }}{{ run_id }}.", "code 3."),
        (
            "{% if run_id is none %}no run{% else %}{{ run_id }}{% endif %}",
            "no run",
        ),
        (
            "{% if exit_code > 2 and exit_code != 4 %}bad{% endif %}",
            "bad",
        ),
        ("{% if exit_code in [1, 3] %}listed{% endif %}", "listed"),
        ("{{ nickname|default(\"you\") }}", "you"),
        ("{{ output|head(2) }}{{ output|length }}", "长长1300"),
        (
            "{% for group in groups %}\n{{ loop.index }} {{ group.name|upper }} ×{{ group.count }}\n{% endfor %}\n",
            "1 A ×2\n2 B ×2",
        ),
        ("{{ 'ok' if exit_code == 0 else 'failed' }}", "failed"),
        (
            "{# a comment #}{{ task|replace('<', '(')|first_line }}",
            "备份 (@all> \"x\"",
        ),
        (
            "{% for line in output|head(3)|lines %}{{ line }};{% endfor %}",
            "长长长;",
        ),
        (
            "{% for group in groups[:1] %}{{ group.name }}{% endfor %}",
            "a",
        ),
        (
            "{{ exit_code // 2 }} {{ groups|length }} {{ task|json }}",
            "1 2 \"备份 <@all> \\\"x\\\"\"",
        ),
    ];
    for (source, expected) in table {
        assert_eq!(text(source).as_deref(), Ok(expected), "{source}");
    }
}

#[test]
fn a_fault_says_where_it_is() {
    let fault = text("first\n  任务 {{ tsk }}").expect_err("no such variable");
    assert_eq!(fault.why, TemplateWhy::UnknownVariable("tsk".to_owned()));
    let place = fault.place.as_ref().expect("a place");
    assert_eq!((place.line, place.column), (2, 9));
    assert_eq!(place.marked, "  任务 {{ tsk }}\n  \u{3000}\u{3000}    ^");
    assert_eq!(
        fault.to_string(),
        "line 2, column 9: the variable tsk does not exist"
    );
    for (source, line) in [
        ("a\n{{ task", 2),
        ("a\n{% if task %}\nb", 3),
        ("{{ task|nope }}", 1),
    ] {
        let fault = text(source).expect_err(source);
        assert_eq!(fault.place.expect("a place").line, line, "{source}");
    }
    // A long line is shown around the place.
    let long = format!("{}{{{{ tsk }}}}", "x".repeat(5_000));
    let place = text(&long).expect_err("a fault").place.expect("a place");
    assert_eq!(place.column, 5_004);
    assert!(place.marked.len() < 300, "{}", place.marked);
}

#[test]
fn control_characters_are_refused_where_they_are() {
    let fault = text("a\tb\r\nc\0d").expect_err("a control character");
    assert_eq!(fault.why, TemplateWhy::Control(0));
    let place = fault.place.expect("a place");
    assert_eq!((place.line, place.column), (2, 2));
    assert_eq!(place.marked, "c␀d\n ^");
    assert_eq!(why("{{ task }}\u{1b}[31m"), TemplateWhy::Control(0x1b));
    // Not in the source, but in what it makes.
    for made in ["{{ task|replace('x', '\\u0000') }}", "{{ '\\u0007' }}x"] {
        assert!(matches!(why(made), TemplateWhy::Control(_)), "{made}");
    }
}

#[test]
fn lines_keeps_the_end_of_a_long_text() {
    let long: Vec<String> = (1..=999).map(|line| line.to_string()).collect();
    let variables = Variables::from([("output", Value::from(long.join("\n")))]);
    let source = "{{ output|lines|length }} {{ (output|lines)[0] }} {{ (output|lines)[-1] }}";
    let made = render(source, Format::Text, &variables);
    assert_eq!(made.as_deref(), Ok("200 800 999"));
}

#[test]
fn what_could_grow_is_not_part_of_the_language() {
    for source in [
        "{% for i in range(10**9) %}{{ i }}{% endfor %}",
        "{{ 'x' * 10**9 }}",
        "{{ 10 ** 9 ** 9 }}",
        "{{ task ~ task }}",
        "{{ task + task }}",
        "{% set x = task %}{{ x }}",
        "{% set x %}{{ task }}{% endset %}",
        "{% with x = task %}{{ x }}{% endwith %}",
        "{% filter upper %}{{ task }}{% endfilter %}",
        "{% autoescape false %}{{ task }}{% endautoescape %}",
        "{% for a in groups recursive %}{{ loop(groups) }}{% endfor %}",
        "{{ [task, task] }}",
        "{{ {'a': task} }}",
        "{{ task.upper() }}",
        "{{ namespace(x=1) }}",
        "{{ task|replace(from='a', to='b') }}",
    ] {
        let why = why(source);
        let refused = matches!(
            why,
            TemplateWhy::NotSupported(_) | TemplateWhy::LoopOver | TemplateWhy::Syntax(_)
        );
        assert!(refused, "{source}: {why:?}");
    }
    // Not built into the engine at all.
    for source in [
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% include 'secret.key' %}",
        "{% import '/etc/passwd' as x %}",
        "{% extends 'a' %}",
        "{% block a %}{% endblock %}",
        "{% call f() %}{% endcall %}",
    ] {
        assert!(matches!(why(source), TemplateWhy::Syntax(_)), "{source}");
    }
}

#[test]
fn nothing_but_the_variables_can_be_reached() {
    for name in [
        "self", "env", "settings", "url", "secret", "config", "debug", "range", "loop",
    ] {
        let expected = TemplateWhy::UnknownVariable(name.to_owned());
        assert_eq!(why(&format!("{{{{ {name} }}}}")), expected);
    }
    assert_eq!(why("{{ task.__class__ }}"), TemplateWhy::Undefined);
    assert_eq!(why("{{ groups[0].secret }}"), TemplateWhy::Undefined);
    assert_eq!(
        why("{{ task|attr('x') }}"),
        TemplateWhy::UnknownFilter("attr".to_owned())
    );
    assert_eq!(
        why("{{ task is filter }}"),
        TemplateWhy::UnknownTest("filter".to_owned())
    );
}

#[test]
fn work_and_results_are_bounded() {
    assert_eq!(
        why(&"x".repeat(SOURCE_MAX + 1)),
        TemplateWhy::TooLong(SOURCE_MAX)
    );
    assert_eq!(
        why(&"{{ task }}".repeat(301)),
        TemplateWhy::TooManyTags(300)
    );
    for unit in ["-1", ".a", "|upper", " and 1", "[0]", " == 1"] {
        let long = format!("{{{{ 1{} }}}}", unit.repeat(2_000));
        assert_eq!(why(&long), TemplateWhy::TagTooLong(100), "{unit}");
    }
    for open in ["(", "[", "not ", "-"] {
        let deep = format!("{{{{ {}1 }}}}", open.repeat(2_000));
        assert_eq!(why(&deep), TemplateWhy::TagTooLong(100), "{open}");
    }
    let nested = format!("{}x{}", "{% if 1 %}".repeat(100), "{% endif %}".repeat(100));
    assert!(matches!(why(&nested), TemplateWhy::NotSupported(_)));
    let chain = format!("{{% if 0 %}}a{}{{% endif %}}", "{% elif 0 %}b".repeat(100));
    assert_eq!(why(&chain), TemplateWhy::Empty);
    let loops = format!(
        "{}x{}",
        "{% for g in groups %}".repeat(4),
        "{% endfor %}".repeat(4)
    );
    assert_eq!(why(&loops), TemplateWhy::LoopsTooDeep(3));
    // Every part of a literal loop costs a step.
    let lines = "{% for a in output|lines %}{{ a }}{% endfor %}";
    assert_eq!(text(lines).map(|text| text.len()), Ok(3_900));
    let many = Variables::from([("many", (0..400_i64).collect::<Value>())]);
    let three = "{% for a in many %}{% for b in many %}{% for c in many %}{{ c }}{% endfor %}{% endfor %}{% endfor %}";
    let fault = render(three, Format::Text, &many).expect_err("too much");
    assert_eq!(fault.why, TemplateWhy::TooManySteps(10_000));
    // 1,300 characters of three bytes, each replaced by 3,900 bytes.
    assert_eq!(
        why("{{ output|replace('长', output) }}"),
        TemplateWhy::ValueTooLong(64 * 1024)
    );
    let big = "{{ output }}".repeat(20);
    assert_eq!(why(&big), TemplateWhy::ResultTooLong(RESULT_MAX));
    assert_eq!(why("{{ nickname }} \n"), TemplateWhy::Empty);
    assert_eq!(why("{{ groups }}"), TemplateWhy::NotAText);
}

#[test]
fn values_are_text_in_every_format() {
    let hostile = Variables::from([(
        "task",
        Value::from("<@all> [bank](http://evil.test) **b** `c` a*b\n# title\n> quote"),
    )]);
    let markdown = render("**{{ task }}** <@ann>", Format::Markdown, &hostile);
    assert_eq!(
        markdown.as_deref(),
        Ok(
            "**＜@all＞ ［bank］(http://evil.test) ＊＊b＊＊ ｀c｀ a*b\n＃ title\n＞ quote** <@ann>"
        )
    );
    let json = "{\"text\": {{ task }}, \"groups\": {{ groups }}, \"run\": {{ run_id }}, \"code\": {{ exit_code }}}";
    let text = render(json, Format::Json, &variables()).expect("JSON");
    let read: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(read["text"], "备份 <@all> \"x\"");
    assert_eq!(read["groups"][1]["count"], 2);
    assert!(read["run"].is_null() && read["code"] == 3);
    let fault = render(
        "{\"a\": 1,\n \"b\": {{ task }} x}",
        Format::Json,
        &variables(),
    );
    let fault = fault.expect_err("no JSON");
    assert!(matches!(fault.why, TemplateWhy::NotJson(_)), "{fault}");
    assert_eq!(fault.place.expect("a place").line, 2);
}
