//! Where the tree comes from.

use std::fs;
use std::process::Command;

use common::git::Repository;
use common::{JobTest, need};

use super::job::{job, points};
use super::tree::copy_into;

#[test]
fn a_job_without_a_tree_is_refused() {
    let outcome = JobTest::new("no source")
        .job(&job("sandbox", &["lkp: {jobs: [hackbench]}".to_owned()]))
        .env("LKP_TESTS", "")
        .expect_exit(4)
        .run();
    for words in ["no `source`", "LKP_TESTS", "dispatch lkp init"] {
        outcome.says(words);
    }
    outcome.failed_as(&["job"]);
}

#[test]
fn a_tree_of_git_a_tree_of_an_archive_and_one_of_the_environment() {
    let name = "lkp::sources::a_tree_of_git_a_tree_of_an_archive_and_one_of_the_environment";
    if !need::root(name) {
        return;
    }
    let repository = Repository::new();
    copy_into(repository.path());
    let commit = repository.commit(&[]);
    repository.tag("v1");
    // What the tag does not have would fail.
    let _ = repository.commit(&[("jobs/mytest.yaml", "broken")]);
    let place = tempfile::tempdir().unwrap();
    let bare = place.path().join("mirror.git");
    let cloned = Command::new("git")
        .args(["clone", "--quiet", "--bare"])
        .args([repository.path(), &bare])
        .status()
        .unwrap();
    assert!(cloned.success());
    repository.checkout("v1");
    let archive = place.path().join("lkp-tests.tar.gz");
    fs::write(&archive, repository.tarball("lkp-tests-1/")).unwrap();

    let block = |source: &str| format!("lkp: {{{source}jobs: [mytest]}}");
    let blocks = [
        block(&format!("source: {}, revision: v1, ", bare.display())),
        block(&format!("source: {}, ", archive.display())),
        block(""),
    ];
    let outcome = JobTest::new("sources")
        .job(&job("sandbox", &blocks))
        .env("LKP_TESTS", &repository.path().display().to_string())
        .expect_exit(0)
        .run();
    let points = points(&outcome, "node");
    assert_eq!(points.len(), 3, "{outcome}");
    assert!(points.iter().all(|p| p["result"] == "pass"), "{outcome}");
    let _ = outcome.entry("the commit of the tag", |e| {
        let said = e["message"].as_str().unwrap_or_default();
        e["event"] == "note" && said.contains("mirror.git") && said.contains(&commit)
    });
    // Three blocks ran the same job: each has its own results.
    let mut folders: Vec<_> = points.iter().map(|p| p["folder"].to_string()).collect();
    folders.dedup();
    assert_eq!(folders.len(), 3, "{folders:?}");
}
