use job_schema::codes::Rule;

use super::{codes, explain, text};

fn shown(path: &str) -> String {
    match explain(path) {
        Ok(meanings) => text::meanings(path, &meanings, text::Style::new(false)),
        Err(lost) => text::lost(&lost),
    }
}

#[test]
fn every_kind_of_path_means_something() {
    for path in [
        "timeouts.job",
        "actions[0].timeout",
        "actions.deploy.tftp",
        "deploy.tftp.kernel.url",
        "boot.ssh",
        "boot.prompts",
        "context.arch",
        "protocols.lava-multinode.roles",
        "protocols.lava-multinode.roles.host.count",
        "protocols.lava-multinode.roles.expect_role",
        "definition.git.branch",
        "test.definitions.from",
        "test.definitions[0].name",
        "definition-file.run.steps",
        "definition-file.install.deps-debian",
        "device-file.tags",
        "failure_retry",
        "notify.criteria.status",
    ] {
        let meanings = explain(path).unwrap_or_else(|lost| panic!("{path}: {lost:?}"));
        for meaning in meanings {
            assert!(!meaning.doc.is_empty(), "{path} has no words");
            assert!(!meaning.kind.is_empty(), "{path} has no kind");
        }
    }
}

#[test]
fn a_key_is_told_with_what_it_takes_and_which_methods_have_it() {
    insta::assert_snapshot!(shown("definition.git.branch"), @"
    definition.git.branch: a text
      in definition: {from: git}
      The branch. Default: the repository's own.
    ");
    insta::assert_snapshot!(shown("notify.criteria.type"), @"
    notify.criteria.type: one of `regression`, `progression`
      Only when the job before went the other way; with `status: complete` or `incomplete`.

    One of:
      regression   It was complete before and is not now
      progression  It was incomplete before and is complete now
    ");
}

#[test]
fn a_wrong_path_is_told_where_it_goes_wrong() {
    insta::assert_snapshot!(shown("timeouts.jbo"), @"
    there is no `jbo` in timeouts; did you mean `job`?
    there are:
      action, actions, connection, connections, job, queue
    ");
    insta::assert_snapshot!(shown("job_name.x"), @"
    there is no `x` in job_name
    it has no keys
    ");
}

#[test]
fn codes_are_told_by_their_page_or_in_one_line() {
    let rule = codes::find("J031").expect("a code");
    let shown = codes::text(rule);
    assert!(
        shown.starts_with("# J031: a boot without a deploy before it\n"),
        "{shown}"
    );
    assert!(shown.contains("## Repair"), "{shown}");
    assert_eq!(codes::json(rule)["page"], shown);
    let rule = Rule {
        code: "J999",
        ..*rule
    };
    assert_eq!(
        codes::text(&rule),
        format!("J999 (rules): {}\n", rule.what),
        "there is no page"
    );
    assert!(codes::find("J999").is_err());
    assert!(!codes::is_code("boot"));
}

#[test]
fn every_page_of_the_documentation_is_here() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/checks");
    let files = std::fs::read_dir(folder).expect("the pages");
    let names = files.map(|file| file.expect("a file").file_name());
    let names = names.filter_map(|name| Some(name.to_str()?.strip_suffix(".md")?.to_owned()));
    let mut written: Vec<String> = names.filter(|name| codes::is_code(name)).collect();
    written.sort();
    let here: Vec<&str> = codes::PAGES.iter().map(|(code, _)| *code).collect();
    assert_eq!(here, written, "`PAGES` in codes.rs names each page");
}
