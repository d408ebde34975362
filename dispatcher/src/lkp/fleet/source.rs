//! Fetching lkp-tests: a git URL, a mirror, a folder, a tar. In: where from. Out: a pin, and the tree in the state folder
//! under its digest.

use std::fs;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use jiff::Timestamp;

use super::folder::Listing;
use super::names;
use super::pin::{self, Pin};
use crate::failure::{Class, Failure};
use crate::fetch::location::Location;
use crate::fetch::{archive, git};
use crate::text::name;

/// What a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Git,
    Tar,
    Folder,
}

/// Fetches a tree and keeps it. The pin is not moved: [`Pin::save`] does.
///
/// # Errors
/// Job: the revision is none, or the source is no tree of LKP's. Infrastructure: it cannot be fetched. Configuration: the
/// state folder cannot be written.
pub async fn fetch(state: &Path, source: &str, revision: Option<&str>) -> Result<Pin, Failure> {
    revision.map(names::revision).transpose()?;
    let kind = kind(source)?;
    if let (Some(revision), Kind::Tar | Kind::Folder) = (revision, kind) {
        return Err(Failure::new(
            Class::Job,
            format!(
                "`--revision {}` is for git; {} is none",
                name(revision),
                name(source)
            ),
        ));
    }
    let trees = pin::trees(state);
    let draft = fs::create_dir_all(&trees)
        .and_then(|()| tempfile::Builder::new().prefix(".new-").tempdir_in(&trees))
        .map_err(|e| kept(&trees, &e))?;
    let into = draft.path().join("tree");
    let location = Location::new(source, &IndexMap::new());
    let mut commit = None;
    match kind {
        Kind::Git => commit = Some(clone(&location, revision, &into).await?),
        Kind::Tar => {
            let url = if source.contains("://") {
                location
            } else {
                Location::new(&format!("file://{source}"), &IndexMap::new())
            };
            let source = archive::Source {
                url,
                compression: None,
                strip: 0,
            };
            archive::fetch(&source, &into).await?;
        }
        Kind::Folder => {
            let from = Path::new(source);
            let copied = Listing::of(from).and_then(|listing| listing.copy(from, &into));
            copied.map_err(|e| infrastructure(format!("cannot copy {}: {e}", name(source))))?;
        }
    }
    let top = top(&into, source)?;
    let digest = Listing::of(&top).and_then(|listing| listing.digest(&top));
    let digest =
        digest.map_err(|e| infrastructure(format!("cannot read {}: {e}", name(source))))?;
    match fs::rename(&top, trees.join(&digest)) {
        // Somebody has fetched the same.
        Err(_) if trees.join(&digest).is_dir() => {}
        result => result.map_err(|e| kept(&trees, &e))?,
    }
    Ok(Pin {
        source: source.to_owned(),
        revision: revision.map(ToOwned::to_owned),
        commit,
        digest,
        fetched: Timestamp::now(),
    })
}

/// What a source is, by its look and by what is there.
fn kind(source: &str) -> Result<Kind, Failure> {
    let is_tar = [".tar", ".tar.gz", ".tgz"]
        .iter()
        .any(|end| source.ends_with(end));
    if source.starts_with('-') || source.is_empty() {
        return Err(Failure::new(
            Class::Job,
            format!(
                "`{}` is no source; name a git URL, a folder or a tar",
                name(source)
            ),
        ));
    }
    if source.contains("://") {
        return Ok(if is_tar { Kind::Tar } else { Kind::Git });
    }
    let path = Path::new(source);
    if is_tar && path.is_file() {
        return Ok(Kind::Tar);
    }
    if path.is_dir() {
        // A clone, or a bare mirror.
        let is_git = path.join(".git").exists()
            || (path.join("objects").is_dir() && path.join("HEAD").is_file());
        return Ok(if is_git { Kind::Git } else { Kind::Folder });
    }
    // `user@host:path`, as git has it.
    if source
        .split('/')
        .next()
        .is_some_and(|head| head.contains(':'))
    {
        return Ok(Kind::Git);
    }
    Err(Failure::new(
        Class::Job,
        format!(
            "there is no {}; name a git URL, a folder or a tar (.tar, .tar.gz)",
            name(source)
        ),
    ))
}

/// Clones; a revision is a branch or tag unless it looks like a commit or git has no such branch.
async fn clone(url: &Location, revision: Option<&str>, into: &Path) -> Result<String, Failure> {
    let is_commit =
        |text: &str| (7..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit());
    let what = |branch: Option<&str>, revision: Option<&str>| git::Clone {
        url: url.clone(),
        branch: branch.map(ToOwned::to_owned),
        revision: revision.map(ToOwned::to_owned),
        shallow: true,
        history: false,
        recursive: false,
    };
    let checkout = match revision {
        Some(commit) if is_commit(commit) => match git::clone(&what(None, revision), into).await {
            Err(first) => {
                // What is left of the first try.
                let _ = fs::remove_dir_all(into);
                git::clone(&what(revision, None), into)
                    .await
                    .map_err(|_| first)
            }
            done => done,
        },
        branch => git::clone(&what(branch, None), into).await,
    }?;
    Ok(checkout.commit.unwrap_or_default())
}

/// The tree's own top: a tar often has one folder around it.
fn top(folder: &Path, source: &str) -> Result<PathBuf, Failure> {
    let is_tree = |folder: &Path| folder.join("bin/lkp").is_file() && folder.join("jobs").is_dir();
    if is_tree(folder) {
        return Ok(folder.to_owned());
    }
    let mut inside = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    match (inside.next(), inside.next()) {
        (Some(only), None) if !only.is_symlink() && is_tree(&only) => Ok(only),
        _ => Err(Failure::new(
            Class::Job,
            format!(
                "{} is no lkp-tests: it has no bin/lkp and no jobs/",
                name(source)
            ),
        )),
    }
}

fn infrastructure(message: String) -> Failure {
    Failure::new(Class::Infrastructure, message)
}

fn kept(folder: &Path, e: &std::io::Error) -> Failure {
    Failure::new(
        Class::Configuration,
        format!(
            "cannot keep lkp-tests in {}: {e}; it is below the state folder (DISPATCH_STATE)",
            folder.display()
        ),
    )
}

#[cfg(test)]
mod tests {
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
                .ends_with("is no lkp-tests: it has no bin/lkp and no jobs/")
        );
        assert!(said(&empty, Some("v1")).await.contains("is for git"));
        assert!(
            said("/nowhere/at/all", None)
                .await
                .contains("there is no /nowhere")
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
}
