//! Rendering: LAVA's own answers, and templates that mean harm.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use super::*;

/// Tells `tests/run` that a test could not run.
pub(in crate::inventory) fn not_run(test: &str, why: &str) {
    use std::io::Write as _;
    let line = format!("{test}: {why}\n");
    if let Some(file) = std::env::var_os("DISPATCH_NOT_RUN")
        && let Ok(mut file) = fs::OpenOptions::new().append(true).create(true).open(file)
    {
        file.write_all(line.as_bytes()).unwrap();
    }
    println!("NOT RUN {line}");
}

/// The first difference of two values: where, and both.
fn difference(path: &str, ours: &Json, theirs: &Json) -> Option<String> {
    match (ours, theirs) {
        (Json::Object(a), Json::Object(b)) => {
            let mut keys: Vec<&String> = a.keys().chain(b.keys()).collect();
            keys.sort();
            keys.dedup();
            keys.into_iter().find_map(|k| {
                let none = Json::String("(absent)".to_owned());
                let (a, b) = (a.get(k).unwrap_or(&none), b.get(k).unwrap_or(&none));
                difference(&format!("{path}.{k}"), a, b)
            })
        }
        (Json::Array(a), Json::Array(b)) if a.len() == b.len() => a
            .iter()
            .zip(b)
            .enumerate()
            .find_map(|(i, (a, b))| difference(&format!("{path}[{i}]"), a, b)),
        _ => (ours != theirs).then(|| format!("{path}: {ours} instead of {theirs}")),
    }
}

fn check(source: &Path, row: &Json) -> Result<(), String> {
    let types = source.join("etc/dispatcher-config/device-types");
    let dictionaries = source.join("tests/lava_scheduler_app/devices");
    let folders = Folders::new(vec![dictionaries, types]);
    let name = row["name"].as_str().unwrap();
    let context = job_schema::parse_value(&row["context"].to_string()).map_err(|e| e.message)?;
    let Value::Map(context) = context else {
        return Err("the context is no mapping".to_owned());
    };
    let text = match row["kind"].as_str() {
        Some("type") => render_type(&folders, name, &context),
        _ => render(&folders, name, &context),
    }
    .map_err(|e| e.to_string())?;
    let device = job_schema::parse_value(&text).map_err(|e| e.message)?;
    let shown = crate::inventory::yaml_text::write(&device);
    if job_schema::parse_value(&shown).map_err(|e| e.message)? != device {
        return Err("what `devices show` prints reads as something else".to_owned());
    }
    let device = serde_json::to_value(&device).map_err(|e| e.to_string())?;
    difference("", &device, &row["device"]).map_or(Ok(()), Err)
}

/// `DISPATCH_CORPUS` is a folder of LAVA's recorded answers; `LAVA_SRC` is LAVA's source tree, which has the templates.
#[test]
fn devices_are_as_lava_renders_them() {
    let test = "inventory::lava::devices_are_as_lava_renders_them";
    let corpus = std::env::var_os("DISPATCH_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus"),
        PathBuf::from,
    );
    let Some(source) = std::env::var_os("LAVA_SRC").map(PathBuf::from) else {
        return not_run(test, "needs LAVA_SRC, LAVA's source tree");
    };
    let Ok(rows) = fs::read_to_string(corpus.join("device-types/rendered.jsonl")) else {
        return not_run(test, "needs DISPATCH_CORPUS, the recorded answers");
    };
    let (mut equal, mut all) = (0, 0);
    let mut first: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for row in rows.lines() {
        let row: Json = serde_json::from_str(row).unwrap();
        all += 1;
        match check(&source, &row) {
            Ok(()) => equal += 1,
            Err(why) => {
                let kind = why.split([':', '[']).next().unwrap_or_default().to_owned();
                let said = format!("{} {} {}: {why}", row["kind"], row["name"], row["context"]);
                first.entry(kind).or_insert((0, said)).0 += 1;
            }
        }
    }
    println!("devices as LAVA renders them: {equal}/{all}");
    for (count, said) in first.values() {
        println!("{count} times, first {said}");
    }
    assert_eq!(equal, all);
}

/// Folders `devices` and `device-types` with these files.
fn tree(files: &[(&str, &str)]) -> (tempfile::TempDir, Folders) {
    let dir = tempfile::tempdir().unwrap();
    let folders = ["devices", "device-types"].map(|name| dir.path().join(name));
    for folder in &folders {
        fs::create_dir(folder).unwrap();
    }
    for (name, text) in files {
        fs::write(dir.path().join(name), text).unwrap();
    }
    (dir, Folders::new(folders.to_vec()))
}

fn rendered(files: &[(&str, &str)], context: &str) -> Result<String, String> {
    let (_dir, folders) = tree(files);
    let Value::Map(context) = job_schema::parse_value(context).unwrap() else {
        panic!("{context}")
    };
    render(&folders, "d", &scheduled(&context, "d", "t")).map_err(|e| e.to_string())
}

#[test]
fn templates_mean_what_they_mean_in_jinja2() {
    let base = "{% block a %}[{{ x | default('base') }}]{% endblock %}{% block b %}{% endblock %}";
    for (dictionary, context, expected) in [
        // A job's context wins where the template asks for it, and loses to what is set.
        ("{% extends 't.jinja2' %}", "{x: 1}", "[1]"),
        ("{% extends 't.jinja2' %}{% set x = 2 %}", "{x: 1}", "[2]"),
        (
            "{% extends 't.jinja2' %}{% set x = x | default(3) %}",
            "{}",
            "[3]",
        ),
        (
            "{% extends 't.jinja2' %}lost{% block b %}{{ super() }}{{ self.a() }}{% endblock %}",
            "{}",
            "[base][base]",
        ),
        // What a block sets is its own: neither `super()` nor a nested block sees it.
        (
            "{% extends 't.jinja2' %}{% block a %}{% set x = 5 %}{{ super() }}{% block c %}{{ x }}{% endblock %}{{ x }}{% endblock %}",
            "{}",
            "[base]5",
        ),
        // What a loop sets is gone after it.
        (
            "{% set x = 0 %}{% for i in [1, 2] %}{% set x = i %}{% endfor %}{{ x }}",
            "{}",
            "0",
        ),
        (
            "{% set ns = namespace(x=0) %}{% for i in [1, 2] %}{% set ns.x = i %}{% endfor %}{{ ns.x }}",
            "{}",
            "2",
        ),
        (
            "{% for k, v in {'a': 1}.items() %}{{ loop.index }}{{ k }}{{ v }}{% endfor %}",
            "{}",
            "1a1",
        ),
        (
            "{{ x }}|{{ y }}|{{ z }}|{{ l }}",
            "{x: yes, y: null, l: [a, no]}",
            "True|None||['a', False]",
        ),
        (
            "{{ 7 // 2 }} {{ 'A-b'.lower().split('-') }} {{ '%s-%02d' | format('a', 5) }}",
            "{}",
            "3 ['a', 'b'] a-05",
        ),
        (
            "{{ scheduled_device_name }} {{ scheduled_device_type }}",
            "{}",
            "d t",
        ),
        ("{% if true %}\na\n{% endif %}\n", "{}", "a\n"),
    ] {
        let files = [
            ("devices/d.jinja2", dictionary),
            ("device-types/t.jinja2", base),
        ];
        assert_eq!(
            rendered(&files, context).as_deref(),
            Ok(expected),
            "{dictionary}"
        );
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let harmless = (
        "device-types/t.jinja2",
        "{% block a %}\n{{ 1 | nothing }}\n{% endblock %}",
    );
    for (dictionary, expected) in [
        ("\n{% extends 't.jinja2' %}", "t.jinja2:2: unknown filter"),
        ("\n{% include '../../etc/passwd' %}", "d.jinja2:2: "),
        ("{% include '/etc/passwd' %}", "leads out"),
        ("\n\n{% if %}", "d.jinja2:3: syntax error"),
        ("{% extends 'none.jinja2' %}", "none.jinja2"),
        ("{% extends 'd.jinja2' %}", "d.jinja2:1: "),
        ("{% include 'd.jinja2' %}", "d.jinja2:1: "),
        (
            "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
            "d.jinja2:1: ",
        ),
        (
            "{% for a in range(9999) %}{% for b in range(9999) %}{{ a }}{% endfor %}{% endfor %}",
            "takes too long",
        ),
        (
            "{% set a = 'x' * 100000 %}{% for i in range(99) %}{{ a }}{% endfor %}",
            "has more than",
        ),
        ("{{ a.b.c }}", "undefined value"),
    ] {
        let said = rendered(&[("devices/d.jinja2", dictionary), harmless], "{}");
        let said = said.expect_err(dictionary);
        assert!(said.contains(expected), "{dictionary}: {said}");
    }
}

#[test]
fn any_text_is_read_without_a_panic() {
    let pieces = [
        "{%",
        "%}",
        "{{",
        "}}",
        "{#",
        "#}",
        "'",
        "\"",
        "\\",
        "é",
        " block b ",
        " set a = ",
        "-",
        "raw",
        "{",
        "a",
        "\n",
    ];
    // Every text of four of these.
    for number in 0..pieces.len().pow(4) {
        let text: String = (0..4)
            .map(|at| pieces[number / pieces.len().pow(at) % pieces.len()])
            .collect();
        let again = rescope(&format!("{{% block b %}}{{% set a = 1 %}}{text}"));
        assert!(again.starts_with("{% block b %}"));
    }
}
