//! Kubernetes: `CronJob` manifests (batch/v1 and batch/v1beta1), several in a file, also inside a `List`, as YAML or JSON.

use crate::yaml::{self, Budget, Document, Mark, Tree};

use super::{ITEMS_MAX, Item, ReadFault, ReadFaultKind, Remark, cron};

/// Reads manifests.
pub(super) fn read(source: &str) -> Result<Vec<Item>, ReadFault> {
    let mut budget = Budget::of(ITEMS_MAX);
    let documents = yaml::read(source, &mut budget).map_err(|fault| ReadFault {
        path: String::new(),
        mark: Some(fault.mark),
        what: ReadFaultKind::Yaml(fault.what),
    })?;
    let mut items = Vec::new();
    for Document { tree, places } in documents {
        let kind = word(&tree, &["kind"]);
        if kind.ends_with("List") {
            let Some(Tree::List(all)) = tree.field("items") else {
                continue;
            };
            for (at, one) in all.iter().enumerate() {
                items.push(item(one, places.of(&format!("items[{at}]"))));
            }
        } else {
            items.push(item(&tree, places.of("")));
        }
    }
    Ok(items)
}

fn item(manifest: &Tree, mark: Mark) -> Item {
    let kind = word(manifest, &["kind"]);
    let name = word(manifest, &["metadata", "name"]);
    let namespace = word(manifest, &["metadata", "namespace"]);
    let key = match namespace.is_empty() {
        true => name.clone(),
        false => format!("{namespace}/{name}"),
    };
    let mut item = Item::new(&key, mark.line, &name);
    item.tag(&namespace);
    if kind != "CronJob" {
        item.refuse(Remark::OtherKind {
            kind: super::item::shown(&kind),
        });
        return item;
    }
    timing(&mut item, manifest);
    let Some(job) = at(manifest, &["spec", "jobTemplate", "spec"]) else {
        item.refuse(Remark::NoCommand);
        return item;
    };
    let back_off = at(job, &["backoffLimit"]).map_or(6, number);
    // 10, 20, 40 seconds, and so on, up to six minutes.
    item.retry(back_off, 10, "2");
    if back_off > 0 {
        "6m".clone_into(&mut item.document.execution.retry.max_delay);
    }
    item.timeout(at(job, &["activeDeadlineSeconds"]).map_or(0, number));
    let policy = at(job, &["template", "spec", "restartPolicy"]).map(text);
    if policy.as_deref() == Some("OnFailure") {
        item.lost("restartPolicy", Some("OnFailure"));
    }
    containers(&mut item, job);
    if at(manifest, &["spec", "suspend"]).is_some_and(|value| text(value) == "true") {
        item.pause(Remark::Disabled);
    }
    item
}

fn timing(item: &mut Item, manifest: &Tree) {
    item.document.zone = word(manifest, &["spec", "timeZone"]);
    if item.document.zone.is_empty() {
        // That of the controller, which is UTC unless its container was changed.
        "UTC".clone_into(&mut item.document.zone);
    }
    let schedule = word(manifest, &["spec", "schedule"]);
    // Before 1.22 the zone was in front.
    let bare = ["CRON_TZ=", "TZ="]
        .iter()
        .find_map(|name| schedule.strip_prefix(name))
        .and_then(|rest| rest.split_once(' '));
    match bare {
        Some((zone, rest)) => {
            zone.clone_into(&mut item.document.zone);
            cron::crontab(item, rest);
        }
        None => cron::crontab(item, &schedule),
    }
    if schedule.starts_with("@every") {
        item.note(Remark::Interval);
    }
    let overlap = match word(manifest, &["spec", "concurrencyPolicy"]).as_str() {
        "Forbid" => "skip",
        "Replace" => "replace",
        _ => "allow:100",
    };
    overlap.clone_into(&mut item.document.execution.overlap);
    // The controller starts the last one that was missed, unless it is older than this.
    "latest".clone_into(&mut item.document.missed.policy);
    let deadline = at(manifest, &["spec", "startingDeadlineSeconds"]).map_or(0, number);
    if deadline > 0 {
        item.document.missed.max_age = deadline.to_string();
    }
}

/// The command of the first container; what surrounds it is named.
fn containers(item: &mut Item, job: &Tree) {
    let pod = ["template", "spec"];
    let of = |name: &str| match at(job, &pod).and_then(|pod| pod.field(name)) {
        Some(Tree::List(all)) => all.clone(),
        _ => Vec::new(),
    };
    let all = of("containers");
    let Some(container) = all.first() else {
        item.refuse(Remark::NoCommand);
        return;
    };
    item.pause(Remark::Image {
        image: super::item::shown(&word(container, &["image"])),
    });
    for (field, more) in [
        ("initContainers", of("initContainers")),
        ("containers", all[1..].to_vec()),
    ] {
        let names: Vec<String> = more.iter().map(|one| word(one, &["name"])).collect();
        item.lost(field, Some(&names.join(", ")));
    }
    let mut words = list(container, "command");
    let has_command = !words.is_empty();
    words.extend(list(container, "args"));
    // Many an image has no entrypoint, and its arguments are the command.
    let has_program = words.first().is_some_and(|word| word.starts_with('/'));
    if !has_command && !has_program {
        let image = word(container, &["image"]);
        let arguments = words.join(" ");
        item.placeholder(&format!("the entrypoint of {image} {arguments}"));
    } else if let [shell, "-c" | "-ec" | "-lc", script] = words
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
        && matches!(*shell, "/bin/sh" | "sh" | "/bin/bash" | "bash")
    {
        let shell = if shell.ends_with("bash") { "bash" } else { "" };
        shell.clone_into(&mut item.document.execution.shell);
        script.trim_end().clone_into(&mut item.document.command);
    } else {
        let quoted: Vec<String> = words
            .iter()
            .map(|word| super::systemd::quoted(word))
            .collect();
        item.document.command = quoted.join(" ");
    }
    if let Some(found) = words
        .iter()
        .find(|word| word.contains("$(") && !word.contains('\n'))
    {
        // `$(NAME)` is a variable there, and a command in a shell.
        item.note(Remark::Unexpanded {
            text: super::item::shown(found),
        });
    }
    let folder = word(container, &["workingDir"]);
    if folder.starts_with('/') {
        item.document.execution.cwd = folder;
    }
    environment(item, container);
}

fn environment(item: &mut Item, container: &Tree) {
    let mut lines = Vec::new();
    if let Some(Tree::List(all)) = container.field("env") {
        for one in all {
            let name = word(one, &["name"]);
            let value = at(one, &["value"]).map(text);
            match value.filter(|value| !value.contains(['\n', '\r'])) {
                Some(value) if app::task::execution::is_settable(&name) => {
                    lines.push(app::task::execution::env_line(&name, &value));
                }
                _ => item.note(Remark::ForeignVariable {
                    name: super::item::shown(&name),
                }),
            }
        }
    }
    if container.field("envFrom").is_some() {
        item.note(Remark::ForeignVariable {
            name: "envFrom".to_owned(),
        });
    }
    item.document.execution.env = lines.join("\n");
}

/// The value at a path of fields.
fn at<'a>(tree: &'a Tree, path: &[&str]) -> Option<&'a Tree> {
    path.iter().try_fold(tree, |tree, name| tree.field(name))
}

/// A value as text; empty for lists and objects.
fn text(tree: &Tree) -> String {
    match tree {
        Tree::Text(text) | Tree::Plain(text) => text.clone(),
        Tree::Bool(truth) => truth.to_string(),
        Tree::Unsigned(number) => number.to_string(),
        Tree::Signed(number) => number.to_string(),
        Tree::Float(number) => number.to_string(),
        Tree::Null | Tree::List(_) | Tree::Object(_) => String::new(),
    }
}

/// The text at a path of fields; empty where there is none.
fn word(tree: &Tree, path: &[&str]) -> String {
    at(tree, path)
        .map(text)
        .unwrap_or_default()
        .trim()
        .to_owned()
}

fn number(tree: &Tree) -> u64 {
    text(tree).trim().parse().unwrap_or(0)
}

fn list(tree: &Tree, field: &str) -> Vec<String> {
    match tree.field(field) {
        Some(Tree::List(all)) => all.iter().map(text).collect(),
        _ => Vec::new(),
    }
}
