use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

/// Writes a file below a folder; a script may be executed.
fn put(top: &Path, path: &str, text: &str) {
    let at = top.join(path);
    fs::create_dir_all(at.parent().unwrap()).unwrap();
    fs::write(&at, text).unwrap();
    if path.contains("programs/") {
        fs::set_permissions(&at, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

#[test]
fn a_job_is_found_by_its_long_name_or_a_short_one_that_is_the_only_one() {
    let dir = tempfile::tempdir().unwrap();
    for job in ["hackbench/hackbench", "boot", "a/same", "b/same", "same2"] {
        put(dir.path(), &format!("jobs/{job}.yaml"), "x: 1\n");
    }
    let tree = Tree::open(dir.path(), &[]).unwrap();
    let found = |name: &str| match tree.find_job(name) {
        Ok(file) => file.name,
        Err(error) => error.to_string(),
    };
    for (name, wanted) in [
        ("hackbench", "hackbench/hackbench.yaml"),
        ("hackbench/hackbench.yaml", "hackbench/hackbench.yaml"),
        ("jobs/boot.yaml", "boot.yaml"),
        (
            "same",
            "`same` can be a/same.yaml, b/same.yaml; write one of them",
        ),
        (
            "hackbnech",
            "there is no job `hackbnech` in the lkp-tests tree; did you mean `hackbench`?",
        ),
        (
            "zzz",
            "there is no job `zzz` in the lkp-tests tree; `jobs:` takes files below its folder jobs/",
        ),
    ] {
        assert_eq!(found(name), wanted);
    }
    for bad in [
        "../boot",
        "/etc/passwd",
        "a/../boot",
        "",
        "a//b",
        "./boot",
        "a;b",
        "-o",
        "a\nb",
    ] {
        assert!(found(bad).contains("is no name of a job"), "{bad}");
    }
}

#[test]
fn an_overlay_adds_files_and_takes_the_place_of_others() {
    let (base, own) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    put(base.path(), "jobs/a.yaml", "old: 1\n");
    put(base.path(), "jobs/b.yaml", "old: 1\n");
    put(own.path(), "layer/jobs/a.yaml", "new: 1\n");
    put(own.path(), "layer/programs/mine/run", "# - x\n");
    put(own.path(), "single.yaml", "one: 1\n");
    put(own.path(), "notes.txt", "");
    let overlays = [own.path().join("layer"), own.path().join("single.yaml")];
    let tree = Tree::open(base.path(), &overlays).unwrap();
    assert_eq!(
        tree.jobs().collect::<Vec<_>>(),
        ["a.yaml", "b.yaml", "single.yaml"]
    );
    assert_eq!(tree.read("jobs/a.yaml").unwrap(), "new: 1\n");
    assert!(tree.is_executable("programs/mine/run"));
    let wrong = Tree::open(base.path(), &[own.path().join("notes.txt")]);
    assert!(
        wrong
            .unwrap_err()
            .to_string()
            .contains("own cases are a folder")
    );
    let none = Tree::open(&own.path().join("layer/programs"), &[]);
    assert!(none.unwrap_err().to_string().contains("no folder `jobs`"));
}

#[test]
fn links_are_followed_in_the_tree_and_never_out_of_it() {
    let (base, own) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    put(base.path(), "jobs/a.yaml", "x: 1\n");
    put(base.path(), "programs/pigz/run", "# - size\n");
    put(own.path(), "secret", "s\n");
    fs::create_dir_all(own.path().join("layer/programs/pxz")).unwrap();
    let jobs = base.path().join("jobs");
    symlink("a.yaml", jobs.join("link.yaml")).unwrap();
    symlink("../../../../../../etc/passwd", jobs.join("up.yaml")).unwrap();
    symlink(own.path().join("secret"), jobs.join("abs.yaml")).unwrap();
    symlink("loop.yaml", jobs.join("loop.yaml")).unwrap();
    symlink("programs", base.path().join("tests")).unwrap();
    // From a layer of the author's into the pristine one.
    symlink("../pigz/run", own.path().join("layer/programs/pxz/run")).unwrap();
    let tree = Tree::open(base.path(), &[own.path().join("layer")]).unwrap();
    assert_eq!(tree.read("jobs/link.yaml").unwrap(), "x: 1\n");
    assert!(tree.is_executable("tests/pxz/run"));
    for job in ["up", "abs", "loop"] {
        let error = tree.find_job(job).unwrap_err().to_string();
        assert!(error.contains("leads out of the lkp-tests tree"), "{error}");
    }
    assert!(matches!(tree.read("../x"), Err(TreeError::Outside { .. })));
}

#[test]
fn only_the_comments_at_the_head_of_a_script_are_options() {
    let script = "#!/bin/sh\n# - runtime\n# = port\n# - two words\n#- no\n# text\n\n# - late\n";
    let found: Vec<_> = options(script).collect();
    assert_eq!(found, [("runtime", '-'), ("port", '=')]);
}
