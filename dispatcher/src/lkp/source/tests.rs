use super::*;

fn kind(written: &str, revision: Option<&str>, base: &Path) -> &'static str {
    match Source::of(written, revision, base, &IndexMap::new()) {
        Source::Folder(_) => "folder",
        Source::Archive(_) => "archive",
        Source::Git { .. } => "git",
    }
}

#[test]
fn sources_are_what_users_mean() {
    let base = tempfile::tempdir().unwrap();
    let bare = base.path().join("mirror.git");
    std::fs::create_dir_all(bare.join("objects")).unwrap();
    std::fs::write(bare.join("HEAD"), "ref: refs/heads/master\n").unwrap();
    std::fs::write(base.path().join("lkp.tar.gz"), "").unwrap();
    let cases = [
        ("https://host.example/lkp-tests.git", None, "git"),
        ("https://host.example/lkp-tests", None, "git"),
        ("git@host.example:intel/lkp-tests", None, "git"),
        ("https://host.example/v1.tar.gz", None, "archive"),
        ("lkp.tar.gz", None, "archive"),
        ("mirror.git", None, "git"),
        ("tree", None, "folder"),
        ("tree", Some("v1"), "folder"),
    ];
    for (written, revision, wanted) in cases {
        assert_eq!(kind(written, revision, base.path()), wanted, "{written}");
    }
}

#[test]
fn an_archive_may_have_one_folder_at_its_top() {
    let base = tempfile::tempdir().unwrap();
    let tree = base.path().join("lkp-tests-1.0");
    std::fs::create_dir_all(tree.join("bin")).unwrap();
    std::fs::create_dir_all(tree.join("jobs")).unwrap();
    assert_eq!(root_of(base.path()), None);
    std::fs::write(tree.join("bin/lkp"), "").unwrap();
    assert_eq!(root_of(base.path()), Some(tree));
}

#[test]
fn a_folder_that_is_no_tree_is_told() {
    let base = tempfile::tempdir().unwrap();
    let source = Source::of("nowhere", None, base.path(), &IndexMap::new());
    let failure = source.here().expect("a folder").expect_err("there is none");
    assert!(
        failure.to_string().contains("there is no such folder"),
        "{failure}"
    );
}
