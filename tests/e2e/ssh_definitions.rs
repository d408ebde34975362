//! Where test definitions come from: git, an archive, a folder.

use std::collections::BTreeMap;

use common::git::Repository;
use common::yaml::{definition_file, ssh_job, text};
use common::{FileServer, JobTest, need};

/// A repository with one definition per branch: each reports a case with its own name.
fn repository() -> (Repository, String) {
    let repository = Repository::new();
    let says = |case: &str| {
        definition_file(
            "git",
            &[
                &format!("lava-test-case {case} --result pass"),
                "cat beside.txt",
            ],
        )
    };
    let first = repository.commit(&[
        ("suites/git.yaml", &says("first")),
        ("beside.txt", "beside\n"),
    ]);
    repository.commit(&[("suites/git.yaml", &says("second"))]);
    repository.branch("feature");
    repository.commit(&[("suites/git.yaml", &says("feature"))]);
    repository.checkout("main");
    (repository, first)
}

#[test]
fn git_default_branch_branch_and_revision() {
    let name = "ssh_definitions::git_default_branch_branch_and_revision";
    let Some(farm) = need::machines(name, &["a"]) else {
        return;
    };
    let (repository, first) = repository();
    let url = text(&repository.path().display().to_string());
    let job = ssh_job(&format!(
        "- {{from: git, name: head, path: suites/git.yaml, repository: {url}}}\n\
         - {{from: git, name: branch, path: suites/git.yaml, repository: {url}, branch: feature}}\n\
         - {{from: git, name: old, path: suites/git.yaml, repository: {url}, revision: {first}}}\n\
         - {{from: git, name: bare, path: suites/git.yaml, repository: {url}, history: false}}\n"
    ));
    let outcome = JobTest::new("git").job(&job).on(&farm).expect_exit(0).run();
    outcome.has("node", "0_head", "second", "pass");
    outcome.has("node", "1_branch", "feature", "pass");
    outcome.has("node", "2_old", "first", "pass");
    outcome.has("node", "3_bare", "second", "pass");
    assert!(
        outcome.console("node").contains("beside"),
        "the whole repository is there"
    );
}

#[test]
fn git_over_file_url_is_shallow_unless_told() {
    let name = "ssh_definitions::git_over_file_url_is_shallow_unless_told";
    let Some(farm) = need::machines(name, &["a"]) else {
        return;
    };
    let repository = Repository::new();
    let count = definition_file(
        "count",
        &["lava-test-case commits --result pass --measurement $(git rev-list --count HEAD)"],
    );
    repository.commit(&[("count.yaml", &count)]);
    repository.commit(&[("other", "x\n")]);
    let url = text(&format!("file://{}", repository.path().display()));
    let job = ssh_job(&format!(
        "- {{from: git, name: shallow, path: count.yaml, repository: {url}}}\n\
         - {{from: git, name: deep, path: count.yaml, repository: {url}, shallow: false}}\n"
    ));
    let outcome = JobTest::new("shallow")
        .job(&job)
        .on(&farm)
        .expect_exit(0)
        .run();
    let count = |suite| outcome.row("node", suite, "commits")["measurement"].to_string();
    assert_eq!(count("0_shallow").trim_matches('"'), "1");
    assert_eq!(count("1_deep").trim_matches('"'), "2");
}

#[test]
fn a_definition_that_is_missing_in_git_is_the_jobs_failure() {
    let name = "ssh_definitions::a_definition_that_is_missing_in_git_is_the_jobs_failure";
    let Some(farm) = need::machines(name, &["a"]) else {
        return;
    };
    let (repository, _) = repository();
    let url = text(&repository.path().display().to_string());
    let job = ssh_job(&format!(
        "- {{from: git, name: gone, path: suites/gone.yaml, repository: {url}}}\n"
    ));
    let outcome = JobTest::new("missing")
        .job(&job)
        .on(&farm)
        .expect_exit(4)
        .run();
    outcome.failed_as(&["job"]);
    outcome.says("suites/gone.yaml");
}

#[test]
fn a_branch_that_is_missing_in_git_is_the_jobs_failure() {
    let name = "ssh_definitions::a_branch_that_is_missing_in_git_is_the_jobs_failure";
    let Some(farm) = need::machines(name, &["a"]) else {
        return;
    };
    let (repository, _) = repository();
    let url = text(&repository.path().display().to_string());
    let job = ssh_job(&format!(
        "- {{from: git, name: gone, path: suites/git.yaml, repository: {url}, branch: no-such-branch}}\n"
    ));
    let outcome = JobTest::new("missing branch").job(&job).on(&farm).run();
    assert!(matches!(outcome.code, Some(3 | 4)), "{outcome}");
    outcome.failed_as(&["job", "infrastructure"]);
    outcome.says("no-such-branch");
}

#[test]
fn an_archive_is_downloaded_and_unpacked() {
    let name = "ssh_definitions::an_archive_is_downloaded_and_unpacked";
    let Some(farm) = need::machines(name, &["a"]) else {
        return;
    };
    let (repository, _) = repository();
    let files = BTreeMap::from([
        ("/plain.tar.gz".to_owned(), repository.tarball("")),
        ("/nested".to_owned(), repository.tarball("top/")),
    ]);
    let server = FileServer::start(&farm, files);
    let job = ssh_job(&format!(
        "- {{from: url, name: plain, path: suites/git.yaml, repository: {}}}\n\
         - {{from: url, name: nested, path: suites/git.yaml, repository: {}, compression: gz, strip-components: 1}}\n",
        text(&server.url("/plain.tar.gz")),
        text(&server.url("/nested"))
    ));
    let outcome = JobTest::new("url").job(&job).on(&farm).expect_exit(0).run();
    outcome.has("node", "0_plain", "second", "pass");
    outcome.has("node", "1_nested", "second", "pass");
}

#[test]
fn an_archive_that_is_not_there_is_said() {
    let name = "ssh_definitions::an_archive_that_is_not_there_is_said";
    let Some(farm) = need::machines(name, &["a"]) else {
        return;
    };
    let server = FileServer::start(&farm, BTreeMap::new());
    let url = server.url("/gone.tar.gz");
    let job = ssh_job(&format!(
        "- {{from: url, name: gone, path: x.yaml, repository: {}}}\n",
        text(&url)
    ));
    let outcome = JobTest::new("404").job(&job).on(&farm).run();
    assert!(matches!(outcome.code, Some(3 | 4)), "{outcome}");
    outcome.failed_as(&["job", "infrastructure"]);
    outcome.says("404");
    outcome.says("/gone.tar.gz");
}

#[test]
fn a_folder_beside_the_job() {
    let Some(farm) = need::machines("ssh_definitions::a_folder_beside_the_job", &["a"]) else {
        return;
    };
    let job = ssh_job("- {from: path, name: local, path: sub/local.yaml, repository: tests}\n");
    let outcome = JobTest::new("path")
        .job(&job)
        .file(
            "tests/sub/local.yaml",
            definition_file("local", &["lava-test-case helper --shell sh ./helper.sh"]),
        )
        .file("tests/helper.sh", "test -e sub/local.yaml\n")
        .on(&farm)
        .expect_exit(0)
        .run();
    outcome.has("node", "0_local", "helper", "pass");
}
