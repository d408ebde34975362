//! A secret that a job gives to LKP's jobs is in nothing that people look at.

use std::fs;

use common::{JobTest, need};

use super::job::job;
use super::tree::miniature;

const SAY: &str = "suite: say\ntestcase: mytest\ncategory: functional\n\ncmd: 'true'\n\nmytest:\n";
const SECRET: &str = "hunter2-of-lkp";

#[test]
fn a_secret_in_set_is_masked() {
    if !need::root("lkp::secrets::a_secret_in_set_is_masked") {
        return;
    }
    let block = format!(
        "lkp: {{source: {}, cases: [say.yaml], jobs: [say], set: {{cmd: 'ls /{SECRET}'}}}}",
        miniature().display()
    );
    let text = format!("{}secrets: {{TOKEN: {SECRET}}}\n", job("sandbox", &[block]));
    // `ls` of what is not there fails, and says so with the name.
    let outcome = JobTest::new("secret")
        .job(&text)
        .file("say.yaml", SAY)
        .expect_exit(1)
        .run();
    let id = outcome.run_id().unwrap();
    let console = outcome.console("node");
    assert!(
        console.contains("[MASKED]"),
        "the command was run: {console}"
    );
    let journal = fs::read_to_string(outcome.run_dir().join("journal.jsonl")).unwrap();
    let mut views = vec![
        ("console", console),
        ("journal", journal),
        ("terminal", format!("{}{}", outcome.stdout, outcome.stderr)),
    ];
    for format in ["text", "json", "yaml", "junit", "tap", "csv"] {
        views.push((format, outcome.view(&["results", &id, "--format", format])));
    }
    views.push(("logs", outcome.view(&["logs", &id])));
    for (what, text) in views {
        assert!(!text.contains(SECRET), "{what} tells the secret: {text}");
    }
}
