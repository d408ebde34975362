//! A device type's file by itself: what it extends, and whether its expressions can be read.

use std::path::Path;

use handlebars::template::Template;
use indexmap::IndexMap;
use job_schema::yaml::Node;
use job_schema::{Finding, Severity};

use super::chain::{nearest, span_of};
use super::device_file::suggest;
use super::file::Files;
use super::messages::{place_in, split_place, told_in};
use super::wants::of_list;
use super::{finding, finding_of};
use crate::inventory::Inventory;
use crate::inventory::device_type::{self, Own};
use crate::plan::method::Section;

/// Adds what is wrong with the lab's own device types.
pub(super) fn check_all(files: &mut Files, folder: &Path, lab: &Inventory) {
    let types = folder.join("device-types");
    let own: Vec<usize> = files
        .all()
        .filter(|at| files.get(*at).path.starts_with(&types))
        .collect();
    let known = device_type::names(Some(folder));
    for at in &own {
        let Some(root) = files.get(*at).root.clone() else {
            continue;
        };
        let mut found = Vec::new();
        if root.as_map().is_none() {
            let message = format!("a device type is a mapping, not {}", root.kind());
            found.push(finding("D003", Severity::Error, root.span, &message));
        }
        let name = stem(&files.get(*at).path);
        extends(&root, &name, folder, &known, &mut found);
        expressions(&root, &mut Vec::new(), &mut found);
        step_lists(&root, &mut found);
        found
            .into_iter()
            .for_each(|finding| files.add(*at, finding));
    }
    for at in own {
        refused(files, at, folder, lab);
    }
}

fn extends(root: &Node, name: &str, folder: &Path, known: &[String], found: &mut Vec<Finding>) {
    let Some(node) = root.get("extends") else {
        return;
    };
    let Some(parent) = node.as_str() else {
        let message = "`extends` is the name of one device type";
        return found.push(finding("D004", Severity::Error, node.span, message));
    };
    if !known.iter().any(|one| one == parent) {
        let message = format!("there is no device type `{parent}` to extend");
        let mut unknown = finding("D004", Severity::Error, node.span, &message);
        unknown.path = "extends".to_owned();
        suggest(&mut unknown, parent, node.span, || {
            known.iter().map(String::as_str)
        });
        return found.push(unknown);
    }
    if let Some(way) = circle(name, parent, folder) {
        let message = format!(
            "device types extend each other in a circle: {}",
            way.join(" → ")
        );
        let mut around = finding("D004", Severity::Error, node.span, &message);
        around.path = "extends".to_owned();
        found.push(around);
    }
}

/// The way from a type back to itself; circles further up are told there.
fn circle(name: &str, parent: &str, folder: &Path) -> Option<Vec<String>> {
    let mut way = vec![name.to_owned()];
    let mut next = parent.to_owned();
    loop {
        let seen = way.contains(&next);
        way.push(next.clone());
        if seen {
            return (next == name).then_some(way);
        }
        if way.len() > device_type::DEEPEST {
            return None;
        }
        let (_, text) = device_type::source(&next, Some(folder)).ok()?;
        let document = job_schema::yaml::load(&text).ok()?;
        next = document.root.get("extends")?.as_str()?.to_owned();
    }
}

fn expressions(node: &Node, path: &mut Vec<String>, found: &mut Vec<Finding>) {
    if let Some(text) = node.as_str().filter(|text| text.contains("{{")) {
        if let Err(why) = Template::compile(text) {
            let reason = why.reason().to_string();
            // What the parser would have taken is a list of its own words.
            let reason = reason.split(": expected").next().unwrap_or(&reason);
            let message = format!("this expression cannot be read: {reason}");
            let mut wrong = finding("D006", Severity::Error, node.span, &message);
            wrong.path = path.join(".");
            wrong.help(
                "an expression is `{{name}}` or `{{default name 'value'}}`; blocks have an end",
            );
            found.push(wrong);
        }
        return;
    }
    for item in node.as_seq().unwrap_or_default() {
        expressions(item, path, found);
    }
    for entry in node.as_map().unwrap_or_default() {
        path.push(entry.key.key_text());
        // The steps of a method are filled in when a job is planned.
        if !matches!(path.as_slice(), [actions, _, _, _, steps] if actions == "actions" && steps == "steps")
        {
            expressions(&entry.value, path, found);
        }
        path.pop();
    }
}

/// The steps that the type has for methods, which are the same for all its devices.
fn step_lists(root: &Node, found: &mut Vec<Finding>) {
    for section in [Section::Deploy, Section::Boot] {
        let methods = root.at(&["actions", section.word(), "methods"]);
        for method in methods.and_then(Node::as_map).unwrap_or_default() {
            let Some(steps) = method.value.get("steps") else {
                continue;
            };
            for trouble in of_list(section, &method.key.key_text(), &steps.to_value()) {
                let path: Vec<&str> = trouble.path.iter().map(String::as_str).collect();
                let span = nearest(root, &path).map_or(root.span, span_of);
                found.push(finding_of(&trouble, span));
            }
        }
    }
}

/// What the reader of device types has against a file, unless a rule has said it here or in a file that it extends.
fn refused(files: &mut Files, at: usize, folder: &Path, lab: &Inventory) {
    let name = stem(&files.get(at).path);
    if files.get(at).root.is_none() || has_errors(files, &name, folder) {
        return;
    }
    let Err(failure) = lab.types().get(&name) else {
        return;
    };
    let own = files.get(at);
    let (line, message) = match split_place(&failure.message) {
        (Some((file, line)), why) if file == own.name => (line, why),
        // It is told in the file that it is about.
        (Some((file, _)), _) if files.find(Path::new(file)).is_some() => return,
        _ => (1, failure.message.as_str()),
    };
    let wrong = finding("D006", Severity::Error, place_in(&own.text, line), message);
    files.add(at, wrong);
}

/// Fills in each of the lab's types that no device has shown to be wrong, for a device that sets nothing.
pub(super) fn fill_in(files: &mut Files, folder: &Path, lab: &Inventory) {
    let types = folder.join("device-types");
    for at in files.all() {
        let file = files.get(at);
        let name = stem(&file.path);
        if !file.path.starts_with(&types) || file.root.is_none() || has_errors(files, &name, folder)
        {
            continue;
        }
        let imagined = Own {
            imagined: true,
            ..Own::default()
        };
        let filled = lab
            .types()
            .get(&name)
            .and_then(|of| of.render(&name, &imagined, &IndexMap::new()));
        let Err(failure) = filled else { continue };
        let message = failure.message.strip_prefix(&format!("device {name}: "));
        let message = message.unwrap_or(&failure.message);
        let (place, why) = match told_in(message, at, files) {
            Some(told) => told,
            None => ((at, place_in(&files.get(at).text, 1)), message),
        };
        files.add(place.0, finding("D005", Severity::Error, place.1, why));
    }
}

/// Whether the lab's file of a type, or of one that it extends, has errors.
pub(super) fn has_errors(files: &Files, name: &str, folder: &Path) -> bool {
    let path = |name: &str| folder.join("device-types").join(format!("{name}.yaml"));
    let mut seen = Vec::new();
    let mut next = files.find(&path(name));
    while let Some(at) = next.filter(|at| !seen.contains(at)) {
        if files.has_errors(at) {
            return true;
        }
        seen.push(at);
        let root = files.get(at).root.as_ref();
        let parent = root.and_then(|root| root.get("extends")?.as_str());
        next = parent.and_then(|name| files.find(&path(name)));
    }
    false
}

fn stem(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
