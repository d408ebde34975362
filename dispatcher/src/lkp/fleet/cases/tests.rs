use super::*;

#[test]
fn cases_are_kept_replaced_and_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let (state, file) = (folder.path().join("state"), folder.path().join("mine.yaml"));
    fs::write(&file, "suite: mine\n").unwrap();
    let nodes = Nodes {
        lab: None,
        only: Some(vec!["rack1".into()]),
    };
    Draft::read(&state, &file)
        .unwrap()
        .keep(&state, &nodes)
        .unwrap();
    fs::write(&file, "suite: mine\nn: 2\n").unwrap();
    let pushed = Draft::read(&state, &file)
        .unwrap()
        .keep(&state, &nodes)
        .unwrap();
    assert_eq!(
        fs::read_to_string(pushed.layer().join("jobs/mine.yaml")).unwrap(),
        "suite: mine\nn: 2\n"
    );
    let known = list(&state).unwrap();
    assert_eq!(known.len(), 1);
    assert!(known[0].has("mine") && known[0].has("mine.yaml") && !known[0].has("../mine"));
    assert!(known[0].nodes.include(None, "rack1"));
    assert!(
        !known[0].nodes.include(None, "rack2")
            && !known[0].nodes.include(Some(Path::new("/lab")), "rack1")
    );
    let left: Vec<_> = fs::read_dir(folder_of(&state))
        .unwrap()
        .flatten()
        .map(|e| e.file_name())
        .collect();
    assert_eq!(left.len(), 2, "{left:?}");
    let text = fs::read_to_string(pushed.folder().join(pushed.proof())).unwrap();
    assert!(
        job_schema::parse_test_definition("take.yaml", &text)
            .findings
            .is_empty(),
        "{text}"
    );
    let checked = std::process::Command::new("sha256sum")
        .args(["-c", "SHA256SUMS"])
        .current_dir(pushed.folder())
        .output();
    assert!(checked.unwrap().status.success());
    remove(&state, "mine").unwrap();
    assert!(list(&state).unwrap().is_empty());
    assert!(
        remove(&state, "mine")
            .unwrap_err()
            .message
            .contains("no case `mine`")
    );
    assert!(remove(&state, "../../x").is_err());
}

#[test]
fn bad_cases_are_refused_before_anything_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let said = |file: &str, text: &str| {
        let path = folder.path().join(file);
        fs::write(&path, text).unwrap();
        Draft::read(&state, &path).unwrap_err().message
    };
    assert!(said("a;reboot.yaml", "suite: x\n").contains("`;` is in no name"));
    assert!(said("a.txt", "suite: x\n").contains("a case is a .yaml file"));
    assert!(said("b.yaml", "# nothing\n").contains("there is nothing in it"));
    assert!(said("-b.yaml", "suite: x\n").contains("begins with `-`"));
    let tree = folder.path().join("tree");
    fs::create_dir_all(tree.join("jobs")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", tree.join("jobs/x.yaml")).unwrap();
    assert!(
        Draft::read(&state, &tree)
            .unwrap_err()
            .message
            .contains("is a link")
    );
    assert!(!state.exists());
}

#[test]
fn a_folder_brings_its_programs() {
    let folder = tempfile::tempdir().unwrap();
    let (state, tree) = (folder.path().join("state"), folder.path().join("my-cases"));
    fs::create_dir_all(tree.join("jobs")).unwrap();
    fs::create_dir_all(tree.join("programs/mybench")).unwrap();
    fs::write(tree.join("jobs/mybench.yaml"), "mybench:\n").unwrap();
    fs::write(tree.join("programs/mybench/run"), "#!/bin/sh\n").unwrap();
    let draft = Draft::read(&state, &tree).unwrap();
    let pushed = draft
        .keep(
            &state,
            &Nodes {
                lab: None,
                only: None,
            },
        )
        .unwrap();
    assert!(pushed.layer().join("programs/mybench/run").is_file() && pushed.has("mybench"));
}
