use super::*;

#[test]
fn columns_may_have_the_names_of_the_original() {
    let text = "new_starttime,new_endtime,new_workcycle,new_owner,new_workconntent,new_noticeurl,new_extname\n\
                2026-11-01,2026-12-01,*/2 * * * *,\"jeson,bob\",xxx任务,https://x/y?key=1,牧客\n\n";
    let rows = rows(text).expect("rows");
    let [Row { line, draft, .. }] = rows.as_slice() else {
        panic!("one task");
    };
    assert_eq!(
        (*line, draft.name.as_str(), draft.cron.as_str()),
        (2, "xxx任务", "*/2 * * * *")
    );
    assert_eq!(
        (draft.mode, draft.owners.as_slice()),
        (Mode::Message, &["jeson".to_owned(), "bob".to_owned()][..])
    );
    assert_eq!(
        (draft.ends_at.as_str(), draft.nickname.as_str()),
        ("2026-12-01", "牧客")
    );
}

#[test]
fn tabs_and_our_own_names_do_as_well() {
    let text = "name\tcron\tcommand\tmode\na\t@daily\techo a, b\tMC\n";
    let all = rows(text).expect("rows");
    assert_eq!(
        (all[0].draft.command.as_str(), all[0].draft.mode),
        ("echo a, b", Mode::MessageCommand)
    );
    for wrong in [
        "a,b\n1,2\n",
        "cron\n@daily\n",
        "name,cron,mode\na,@daily,X\n",
        "",
    ] {
        assert!(
            rows(wrong).is_err() || rows(wrong).is_ok_and(|rows| rows.is_empty()),
            "{wrong}"
        );
    }
}

#[test]
fn every_heading_of_the_documentation_is_a_column() {
    for (_, names) in columns::COLUMNS {
        for name in names {
            for text in [
                include_str!("../../../../../../docs/FILES.md"),
                include_str!("../../../../../../docs/FILES.zh-CN.md"),
            ] {
                let is_new = name.strip_prefix("new_").is_some();
                assert!(is_new || text.contains(&format!("`{name}`")), "{name}");
            }
        }
    }
    for heading in ["负责人", " 负责人 ", "Owners", "渠道", "超时"] {
        assert!(matches!(column(heading), Ok(Some(_))), "{heading}");
    }
}
