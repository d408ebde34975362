//! `$word` in `set`: what a message has brought.

use common::yaml::inline;
use common::{JobTest, need};

use super::job::{points, reasons};
use super::tree::miniature;

const SAY: &str = "suite: say\ntestcase: mytest\ncategory: functional\n\ncmd: 'true'\n\nmytest:\n";

/// A host that sends two values, and a guest whose command has one of them in it.
fn job(set: &str) -> String {
    let host = inline(
        "host",
        &["lava-send hello first=true second=false", "lava-sync end"],
    );
    let end = inline("end", &["lava-sync end"]);
    let indent = |text: &str| format!("    {}\n", text.trim_end());
    format!(
        "job_name: words\nvisibility: public\n\
         timeouts:\n  job: {{minutes: 3}}\n  action: {{minutes: 2}}\n  connection: {{seconds: 30}}\n\
         protocols:\n  lava-multinode:\n    timeout: {{minutes: 1}}\n    roles:\n\
         \x20     host: {{device_type: sandbox, count: 1}}\n\
         \x20     guest: {{device_type: sandbox, count: 1}}\n\
         actions:\n\
         - deploy: {{role: [host, guest], to: ssh, os: debian}}\n\
         - boot: {{role: [host, guest], method: ssh, prompts: ['root@[a-z0-9-]+:']}}\n\
         - test:\n    role: [host]\n    definitions:\n{}\
         - test:\n    role: [guest]\n    protocols:\n      lava-multinode:\n\
         \x20     - action: lkp-run\n        request: lava-wait\n        messageID: hello\n\
         \x20       message: {{first: $first, second: $second}}\n\
         \x20   lkp:\n      source: {}\n      cases: [say.yaml]\n      jobs: [say]\n      set: {{cmd: {set}}}\n\
         - test:\n    role: [guest]\n    definitions:\n{}",
        indent(&host),
        miniature().display(),
        indent(&end)
    )
}

#[test]
fn each_word_is_the_message_s_own_value() {
    if !need::root("lkp::words::each_word_is_the_message_s_own_value") {
        return;
    }
    for (set, code, command) in [("$first", 0, "true"), ("$second", 1, "false")] {
        let outcome = JobTest::new(set)
            .job(&job(set))
            .file("say.yaml", SAY)
            .expect_exit(code)
            .run();
        let points = points(&outcome, "guest");
        let folder = outcome
            .run_dir()
            .join(points[0]["folder"].as_str().unwrap());
        let written = std::fs::read_to_string(folder.join("job.yaml")).unwrap();
        assert!(written.contains(command), "{written}");
        assert_eq!(reasons(&points[0]).is_empty(), code == 0, "{outcome}");
    }
}

#[test]
fn a_word_that_never_comes_is_found_when_checking() {
    let outcome = JobTest::new("no such word")
        .job(&job("$three"))
        .file("say.yaml", SAY)
        .expect_exit(2)
        .run();
    outcome.says("error[J071]");
    outcome.says("`$three`");
    assert_eq!(outcome.run_id(), None, "no run is made\n{outcome}");
}
