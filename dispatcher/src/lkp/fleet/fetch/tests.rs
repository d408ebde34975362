use super::*;
use std::process::Command;

fn tree(at: &Path) {
    fs::create_dir_all(at.join("bin")).unwrap();
    fs::create_dir_all(at.join("jobs")).unwrap();
    fs::write(at.join("bin/lkp"), "#!/usr/bin/env ruby\n").unwrap();
    fs::write(at.join("jobs/sleep.yaml"), "suite: sleep\n").unwrap();
}

fn git(at: &Path, words: &[&str]) {
    let mut command = Command::new("git");
    command
        .arg("-C")
        .arg(at)
        .args(["-c", "user.name=t", "-c", "user.email=t@example.com"]);
    assert!(command.args(words).status().unwrap().success());
}

#[tokio::test]
async fn a_folder_a_tar_and_a_clone_of_one_tree_are_one_tree() {
    let temporary = tempfile::tempdir().unwrap();
    let at = |name: &str| temporary.path().join(name);
    let state = at("state");
    tree(&at("top/lkp-tests"));
    let packed = Command::new("tar")
        .arg("-C")
        .arg(at("top"))
        .arg("-czf")
        .arg(at("x.tar.gz"))
        .arg("lkp-tests")
        .status();
    assert!(packed.unwrap().success());
    let from = |source: &str| source.to_owned();
    let folder = fetch(&state, &from(at("top/lkp-tests").to_str().unwrap()), None)
        .await
        .unwrap();
    let tar = fetch(&state, &from(at("x.tar.gz").to_str().unwrap()), None)
        .await
        .unwrap();
    assert_eq!(folder.digest, tar.digest);
    assert!(tar.is_ruby(&state) && tar.version().starts_with("digest "));

    let clone = at("top/lkp-tests");
    git(&clone, &["init", "-q", "-b", "main"]);
    git(&clone, &["add", "."]);
    git(&clone, &["commit", "-qm", "one"]);
    git(&clone, &["branch", "stable"]);
    fs::write(clone.join("jobs/new.yaml"), "suite: new\n").unwrap();
    git(&clone, &["add", "."]);
    git(&clone, &["commit", "-qm", "two"]);
    let source = clone.to_str().unwrap();
    let stable = fetch(&state, source, Some("stable")).await.unwrap();
    assert_eq!(stable.digest, folder.digest);
    let head = fetch(&state, source, None).await.unwrap();
    assert!(
        head.tree(&state).join("jobs/new.yaml").is_file()
            && !head.tree(&state).join(".git").exists()
    );
    let commit = stable.commit.clone().unwrap();
    let again = fetch(&state, source, Some(&commit)).await.unwrap();
    assert_eq!((again.commit, again.digest), (stable.commit, stable.digest));
    let left: Vec<_> = fs::read_dir(pin::trees(&state))
        .unwrap()
        .flatten()
        .collect();
    assert_eq!(left.len(), 2, "no draft is left: {left:?}");

    assert_eq!(Pin::load(&state), Ok(None));
    head.save(&state).unwrap();
    assert_eq!(Pin::load(&state), Ok(Some(head)));
}

#[tokio::test]
async fn what_is_no_tree_is_told() {
    let temporary = tempfile::tempdir().unwrap();
    let state = temporary.path().join("state");
    let said = |source: &str, revision: Option<&str>| {
        let (state, source, revision) = (
            state.clone(),
            source.to_owned(),
            revision.map(ToOwned::to_owned),
        );
        async move {
            fetch(&state, &source, revision.as_deref())
                .await
                .unwrap_err()
                .message
        }
    };
    fs::create_dir(temporary.path().join("empty")).unwrap();
    let empty = temporary.path().join("empty").to_str().unwrap().to_owned();
    assert!(
        said(&empty, None)
            .await
            .contains("is no lkp-tests: there is no bin/lkp and jobs/ in it")
    );
    assert!(said(&empty, Some("v1")).await.contains("is for git"));
    assert!(
        said("/nowhere/at/all", None)
            .await
            .contains("/nowhere/at/all is no lkp-tests: there is no such folder")
    );
    assert!(said("--upload-pack=x", None).await.contains("is no source"));
    assert!(said(&empty, Some("--x")).await.contains("is refused"));
}

#[test]
fn damaged_pins_are_told() {
    let temporary = tempfile::tempdir().unwrap();
    fs::create_dir(temporary.path().join("lkp")).unwrap();
    fs::write(
        temporary.path().join("lkp/source.yaml"),
        "source: x\ndigest: ../..\nfetched: 2026-11-21T00:00:00Z\n",
    )
    .unwrap();
    let said = Pin::load(temporary.path()).unwrap_err().message;
    assert!(said.contains("`digest` is not a SHA-256"), "{said}");
}
