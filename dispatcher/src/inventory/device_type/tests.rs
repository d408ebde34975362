//! Device types as files: merging, variables, origins, and those that come with `dispatch`.

use indexmap::IndexMap;
use job_schema::yaml::{self, Value};

use super::*;
use crate::inventory::device::Config;
use crate::inventory::yaml_text;

mod new_board;
mod shipped;

/// A lab of these device types.
fn lab(types: &[(&str, &str)]) -> (tempfile::TempDir, Library) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("device-types")).unwrap();
    for (name, text) in types {
        let path = folder.path().join(format!("device-types/{name}.yaml"));
        std::fs::write(path, text).unwrap();
    }
    let library = Library::new(Some(folder.path()));
    (folder, library)
}

fn own(text: &str) -> Own {
    let root = yaml::load(text).unwrap().root;
    let entries = root.as_map().unwrap_or_default().iter();
    Own {
        file: "devices/d.yaml".to_owned(),
        values: entries
            .map(|e| (e.key.key_text(), e.value.clone()))
            .collect(),
        imagined: false,
    }
}

fn context(text: &str) -> IndexMap<String, Value> {
    match job_schema::parse_value(text).unwrap() {
        Value::Map(map) => map,
        _ => IndexMap::new(),
    }
}

/// Each line of the rendered device and its origin; places without the lab's folder.
fn shown(library: &Library, name: &str, own: &Own, context: &IndexMap<String, Value>) -> String {
    let of = library.get(name).unwrap();
    let (value, origins) = of.render_with_origins("d", own, context).unwrap();
    assert_eq!(value, of.render("d", own, context).unwrap());
    let text = yaml_text::with_notes(
        &value,
        &origins.iter().map(Origin::to_string).collect::<Vec<_>>(),
    );
    text.replace(&format!("{}/", library.folder().unwrap().display()), "")
}

const GRANDPARENT: &str = "
about: The first
variables:
  port: {about: A port, default: 1, context: true}
  host: {about: A host}
  address: {about: Both, default: '{{host}}:{{port}}'}
  words: {about: Words, default: [x, y]}
a:
  list: [one, '{{host}}', '{{words}}']
  kept: {x: 1}
  replaced: [1, 2]
address: '{{address}}'
gone: here
methods:
  m: {x: '{{host}}'}
";
const PARENT: &str = "extends: first\n\na:\n  +list:\n  - two\n  kept: {y: 2}\n-gone:\n";
const CHILD: &str = "extends: second\na:\n  replaced: [3]\n  +list:\n  - '{{port}}'\n  empty: ['{{host}}', ' {{host}}']\ndefaults:\n  port: 7\n";

#[test]
fn origins_are_right_after_two_levels_and_appending() {
    let types = [("first", GRANDPARENT), ("second", PARENT), ("third", CHILD)];
    let (_folder, library) = lab(&types);
    let none = IndexMap::new();
    insta::assert_snapshot!(
        "appended_with_context",
        shown(&library, "third", &own("host: h\n"), &context("port: 9\n"))
    );
    insta::assert_snapshot!("appended", shown(&library, "third", &own("{}"), &none));
    let third = library.get("third").unwrap();
    assert_eq!(third.extends, ["second", "first"]);
    assert_eq!(third.about, "");
}

#[test]
fn a_job_sets_what_the_type_lets_it() {
    let types = [("first", GRANDPARENT)];
    let (_folder, library) = lab(&types);
    let first = library.get("first").unwrap();
    assert_eq!(first.allows("port"), Ok(()));
    assert_eq!(first.allows("host"), Err(Refusal::NotForJobs));
    assert_eq!(first.allows("memory"), Err(Refusal::Unknown));
    assert_eq!(first.for_jobs().collect::<Vec<_>>(), ["port"]);
    let rendered = |context_text: &str, own_text: &str| {
        let value = first
            .render("d", &own(own_text), &context(context_text))
            .unwrap();
        let Value::Map(map) = value else { panic!() };
        map["address"].clone()
    };
    assert_eq!(
        rendered("host: job\n", "host: mine"),
        Value::Str("mine:1".to_owned())
    );
    assert_eq!(
        rendered("port: 3\n", "port: 2"),
        Value::Str(":3".to_owned())
    );
}

#[test]
fn what_is_wrong_with_a_type_is_said_with_its_place() {
    let cases = [
        ("a: [", "device-types/t.yaml:2:1: this is not YAML"),
        ("[]", "a device type is a mapping"),
        (
            "extends: [a]",
            "t.yaml:1: `extends` is the name of one device type",
        ),
        ("extends: t", "in a circle: t → t"),
        ("extends: ../x", "there is no device type ../x"),
        ("\nx: '{{#if y}}'", "t.yaml:2: `{{#if y}}`"),
        ("variables: {a: []}", "t.yaml:1: `variables.a` is a mapping"),
        (
            "variables: {a: {about: x, defualt: 1}}",
            "`variables.a` has no key `defualt`",
        ),
        (
            "variables: {alpha: {about: x}}\ndefaults:\n  alhpa: 1",
            "t.yaml:3: `defaults.alhpa` is no variable; did you mean `alpha`?",
        ),
        (
            "actions:\n  -ssh: {port: 1}",
            "t.yaml:2: `-ssh` takes the key `ssh` away and has no value",
        ),
        (
            "variables: {a: {about: x, keys: {b: {about: x, context: true}}}}",
            "`variables.a.b` has `context`, which belongs to `variables.a`",
        ),
    ];
    for (text, says) in cases {
        let (_folder, library) = lab(&[("t", text)]);
        let why = library.get("t").unwrap_err().message;
        assert!(why.contains(says), "{text}: {why}");
    }
}

#[test]
fn what_is_wrong_with_a_device_is_said() {
    let types = [(
        "t",
        "variables:\n  host: {about: Its address., required: true}\n  a: {about: x, default: '{{b}}'}\n  b: {about: x, default: '{{a}}'}\n",
    )];
    let (_folder, library) = lab(&types);
    let t = library.get("t").unwrap();
    let none = IndexMap::new();
    let why = t.render("d", &own("a: 1"), &none).unwrap_err().message;
    assert_eq!(
        why,
        "device d: `host` is not set: Its address; set it in the device file"
    );
    let why = t.render("d", &own("host: h"), &none).unwrap_err().message;
    assert_eq!(why, "device d: the default of `a` reads itself in the end");
    let set = own("hots: h");
    let (_, why) = t.check(&set.values).unwrap_err();
    assert!(
        why.contains("has no key `hots`; did you mean `host`?"),
        "{why}"
    );
    let imagined = Own {
        imagined: true,
        ..own("a: 1")
    };
    assert!(t.render("d", &imagined, &none).is_ok());
}

#[test]
fn types_without_end_are_refused() {
    let files: Vec<(String, String)> = (0..40)
        .map(|number| (format!("t{number}"), format!("extends: t{}\n", number + 1)))
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(n, t)| (n.as_str(), t.as_str()))
        .collect();
    let (_folder, library) = lab(&files);
    let why = library.get("t0").unwrap_err().message;
    assert!(why.contains("more than 32 device types"), "{why}");
    for (count, default, says) in [
        (20_000, "{{vN}}", "by more than 100 others in a row"),
        (60, "{{vN}}{{vN}}", "larger than 16 MiB"),
        (60, "{{concat vN vN ' '}}", "larger than 16 MiB"),
        (60, "{{#if vN}}{{vN}}{{vN}}{{/if}}", "larger than 16 MiB"),
    ] {
        let mut text = "variables:\n".to_owned();
        for number in 0..count {
            let default = default.replace('N', &(number + 1).to_string());
            text.push_str(&format!(
                "  v{number}: {{about: x, default: \"{default}\"}}\n"
            ));
        }
        text.push_str(&format!(
            "  v{count}: {{about: x, default: [x]}}\na: '{{{{v0}}}}'\n"
        ));
        let (_folder, library) = lab(&[("t", &text)]);
        let t = library.get("t").unwrap();
        let why = t.render("d", &own("{}"), &IndexMap::new()).unwrap_err();
        assert!(why.message.contains(says), "{default}: {}", why.message);
    }
}

#[test]
fn what_nothing_reads_is_known() {
    let text = "variables:\n  a: {about: x, default: '{{b}}'}\n  b: {about: x}\n  c: {about: x, default: '{{d}}'}\n  \
                d: {about: x}\n  e: {about: x, keys: {f: {about: x, default: '{{g}}'}, h: {about: x}}}\n  g: {about: x}\n  \
                i: {about: x, keys: {j: {about: x}}}\nx: ['{{a}}', '{{e.f}}', '{{i}}']\n";
    let (_folder, library) = lab(&[("t", text)]);
    let mut unread: Vec<String> = library.get("t").unwrap().unread().into_iter().collect();
    unread.sort();
    assert_eq!(unread, ["c", "d", "e.h"]);
}

#[test]
fn what_is_added_to_an_expression_follows_its_list() {
    let parent =
        "variables: {l: {about: x, default: [a]}, m: {about: x}}\nl: '{{l}}'\nm: '{{m}}'\nn: 1\n";
    let child = "extends: p\n+l: [b, '{{l}}']\n+m: [c]\nn: {+o: [d], -p: }\n";
    let (_folder, library) = lab(&[("p", parent), ("t", child)]);
    let t = library.get("t").unwrap();
    let value = t.render("d", &own("{}"), &IndexMap::new()).unwrap();
    let expected = "{l: [a, b, a], m: [c], n: {o: [d]}}";
    assert_eq!(value, job_schema::parse_value(expected).unwrap());
}

#[test]
fn a_job_sets_a_mapping_by_its_keys() {
    let text =
        "variables: {m: {about: x, context: true, keys: {size: {about: x}}}}\nx: '{{m.size}}'\n";
    let (_folder, library) = lab(&[("t", text)]);
    let t = library.get("t").unwrap();
    for (set, says) in [
        ("m: 1", "device d: `m` is a mapping"),
        (
            "m: {sise: 1}",
            "device d: `m` has no key `sise`; did you mean `size`?",
        ),
    ] {
        let why = t.render("d", &own("{}"), &context(set)).unwrap_err();
        assert_eq!(why.message, says);
    }
    assert!(t.render("d", &own("{}"), &context("m: {size: 1}")).is_ok());
}

#[test]
fn steps_of_a_method_are_left_to_the_run() {
    let text = "actions: {boot: {methods: {m: {steps: [{host: ['{{device.board_id}}']}]}}}}\n";
    let (_folder, library) = lab(&[("t", text)]);
    let value = library
        .get("t")
        .unwrap()
        .render("d", &own("{}"), &IndexMap::new());
    assert_eq!(value.unwrap(), job_schema::parse_value(text).unwrap());
}
