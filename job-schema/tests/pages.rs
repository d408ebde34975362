//! `docs/checks/`: a page for every code, whose examples are checked, and the index of all.
//!
//! `UPDATE_DOCS=1 cargo test -p job-schema --test pages` writes the titles, the messages and the index anew.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use job_schema::codes::{RULES, Rule};
use job_schema::finding::{Group, Severity, render_text};
use job_schema::{Finding, parse_job, yaml};

/// Keys that every job needs; an example leaves out those that do not matter to it.
const NEEDED: [(&str, &str); 4] = [
    ("job_name", "example"),
    ("visibility", "public"),
    ("timeouts", "{job: {minutes: 60}}"),
    ("actions", "[{deploy: {to: ssh}}]"),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/checks")
}

fn update() -> bool {
    std::env::var_os("UPDATE_DOCS").is_some()
}

/// The example with the keys that it leaves out behind it, so that its lines keep their numbers.
fn whole(example: &str) -> String {
    let mut text = example.to_owned();
    let document = yaml::load(example).ok();
    let has = |key: &str| {
        let begins = |line: &str| line.strip_prefix(key).is_some_and(|r| r.starts_with(':'));
        let read = document.as_ref().is_some_and(|d| d.root.get(key).is_some());
        read || example.lines().any(begins)
    };
    for (key, value) in NEEDED.into_iter().filter(|(key, _)| !has(key)) {
        writeln!(text, "{key}: {value}").expect("writing to a String cannot fail");
    }
    if !has("device_type") && !has("protocols") {
        text.push_str("device_type: qemu\n");
    }
    text
}

fn findings(code: &str, example: &str) -> (Vec<Finding>, String) {
    let text = whole(example);
    let mut findings = parse_job("job.yaml", &text).findings;
    findings.retain(|finding| finding.code == code);
    (findings, text)
}

/// The text between a line of three backticks and `kind`, and the next one of three backticks.
fn fenced<'p>(page: &'p str, kind: &str) -> Option<&'p str> {
    let start = page.find(&format!("```{kind}\n"))? + kind.len() + 4;
    let length = page[start..].find("```")?;
    Some(&page[start..start + length])
}

fn group(group: Group) -> &'static str {
    match group {
        Group::Yaml => "yaml",
        Group::Structure => "structure",
        Group::Rules => "rules",
        Group::Messages => "messages",
        Group::Lab => "lab",
        Group::Devices => "devices",
        Group::Infrastructure => "infrastructure",
    }
}

/// What the page's third line says: `Group: lab. Severity: error.`
fn severity<'p>(rule: &Rule, page: &'p str) -> Option<&'p str> {
    let prefix = format!("Group: {}. Severity: ", group(rule.group));
    let rest = page.lines().nth(2)?.strip_prefix(&prefix)?;
    let severity = rest.split_once('.')?.0;
    matches!(severity, "error" | "warning" | "error or warning").then_some(severity)
}

/// Other pages show what reading one job cannot give: it needs a lab, other files, or more lines than a page has.
fn has_examples(rule: &Rule) -> bool {
    let from_job = matches!(rule.group, Group::Yaml | Group::Structure | Group::Rules);
    from_job && !matches!(rule.code, "J000" | "J048" | "J049" | "J078")
}

fn check(rule: &Rule) -> Result<(), String> {
    let path = folder().join(format!("{}.md", rule.code));
    let mut page = std::fs::read_to_string(&path).map_err(|_| "has no page".to_owned())?;
    let title = format!("# {}: {}", rule.code, rule.what);
    let said = severity(rule, &page).ok_or("the third line is not `Group: …. Severity: ….`")?;
    if !has_examples(rule) {
        let current = page.lines().next() == Some(&title);
        return current
            .then_some(())
            .ok_or_else(|| format!("the title is not `{title}`"));
    }
    let bad = fenced(&page, "yaml bad").ok_or("has no bad example")?;
    let (found, text) = findings(rule.code, bad);
    let shown = render_text(&found, "job.yaml", &text, false);
    if found.is_empty() {
        let all = parse_job("job.yaml", &text).findings;
        let all = render_text(&all, "job.yaml", &text, false);
        return Err(format!(
            "the bad example does not give the code, but\n{all}"
        ));
    }
    if let Some(good) = fenced(&page, "yaml good") {
        let text = whole(good);
        let found = parse_job("job.yaml", &text).findings;
        if found.iter().any(|f| f.code == rule.code) {
            return Err("the good example gives the code".to_owned());
        }
    }
    for finding in &found {
        let severity = match finding.severity {
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        if !said.contains(severity) {
            return Err(format!("the page says `{said}`, the example {severity}"));
        }
    }
    let repairs = page.contains("`--fix` repairs it");
    if repairs != found.iter().any(|f| f.fix.is_some()) {
        return Err(format!("the page says that `--fix` repairs it: {repairs}"));
    }
    let shown = format!("{}\n", shown.trim_end());
    let old = fenced(&page, "text").ok_or("shows no message")?;
    let first = page.lines().next().unwrap_or_default().to_owned();
    if old != shown || first != title {
        if !update() {
            return Err(format!("the title or the message is not current:\n{shown}"));
        }
        let fresh = format!("```text\n{shown}```");
        page = page.replacen(&format!("```text\n{old}```"), &fresh, 1);
        page = page.replacen(&first, &title, 1);
        std::fs::write(&path, page).map_err(|e| e.to_string())?;
    }
    Ok(())
}

#[test]
fn every_code_has_a_page_with_a_true_example() {
    let wrong: Vec<String> = RULES
        .iter()
        .filter_map(|rule| Some(format!("{}: {}", rule.code, check(rule).err()?)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_page_belongs_to_a_code() {
    for entry in std::fs::read_dir(folder()).expect("docs/checks") {
        let path = entry.expect("a readable folder").path();
        let name = path
            .file_stem()
            .and_then(|n| n.to_str())
            .unwrap_or_default();
        let known = RULES.iter().any(|rule| rule.code == name);
        assert!(known || name == "README", "{}", path.display());
    }
}

#[test]
fn the_index_is_current() {
    let mut index = String::from(
        "# What `dispatch check` finds\n\n\
         A finding has a code that never changes its meaning. `yaml` and `structure` are what LAVA's own schemas and its\n\
         server say too; `rules`, `messages` and `lab` are of `dispatch`. An error means that the job cannot run or cannot\n\
         succeed, a warning that something has no effect or is probably not meant. `dispatch check --fix` makes the changes\n\
         that are certain; `dispatch submit --allow CODE` submits in spite of a finding.\n\n\
         The examples on the pages show the part of a job that matters: keys that every job needs are left out. Codes that begin\n\
         with `D` are of [`dispatch lab check`](../lab-check.md): `devices` of a lab's files, `infrastructure` of its machines.\n\n\
         | Code | Group | Severity | What |\n|---|---|---|---|\n",
    );
    for rule in RULES {
        let page = std::fs::read_to_string(folder().join(format!("{}.md", rule.code)));
        let page = page.unwrap_or_default();
        let (code, what) = (rule.code, rule.what);
        let severity = severity(rule, &page).unwrap_or("?");
        let group = group(rule.group);
        writeln!(
            index,
            "| [{code}]({code}.md) | {group} | {severity} | {what} |"
        )
        .expect("writing to a String cannot fail");
    }
    let path = folder().join("README.md");
    if update() {
        std::fs::write(&path, &index).expect("docs/checks can be written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, index, "run with UPDATE_DOCS=1");
}
