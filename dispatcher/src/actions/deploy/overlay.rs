//! The overlay: helpers, environment and test definitions, packed for the node. The same for every deploy method.

mod plan;

use tokio_util::bytes::Bytes;

use super::download;
use crate::engine::node::NodeRun;
use crate::failure::{Class, Failure};
use crate::fetch::Fetched;
use crate::overlay::{Overlay, OverlayFile, content, scripts};

pub(crate) use plan::{create, plan};

/// What its steps do. Numbers are indices into the node's test definitions.
#[derive(Debug, Clone)]
pub enum Step {
    /// `lava-overlay`: forget what an earlier deploy left.
    Begin,
    /// `ssh-authorize`: let guests log in with the installation's key.
    Authorize(bool),
    /// `git-repo-action` and its like: get the definition.
    Fetch(usize),
    /// `http-download` and its like below `url-repo-action`: download the definition.
    Download(usize),
    /// `test-runscript-overlay`: everything is known, write the test's folder.
    Write(usize),
    /// `compress-overlay`.
    Compress,
}

/// Runs a step.
pub(super) async fn run(
    what: &Step,
    step: &crate::plan::Step,
    node: &mut NodeRun,
) -> Result<(), Failure> {
    match what {
        Step::Begin => {
            node.state.namespace(&step.namespace).overlay = Overlay::default();
            Ok(())
        }
        Step::Authorize(wanted) => {
            node.state.namespace(&step.namespace).overlay.authorize = *wanted;
            Ok(())
        }
        Step::Fetch(index) | Step::Download(index) => {
            let fetched = fetch(*index, node).await?;
            // The definition is known by the level of its `…-repo-action`.
            let level = match what {
                Step::Download(_) => download::level_of_user(&step.level),
                _ => &step.level,
            };
            let uuid = format!("{}_{level}", node.plan.spec.job_id);
            let overlay = &mut node.state.namespace(&step.namespace).overlay;
            overlay.fetched.insert(*index, (fetched, uuid));
            Ok(())
        }
        Step::Write(index) => {
            let (fetched, uuid) = node
                .state
                .namespace(&step.namespace)
                .overlay
                .fetched
                .remove(index)
                .ok_or_else(|| {
                    Failure::new(
                        Class::Bug,
                        "a definition was not fetched before it was written",
                    )
                })?;
            let clones = clone_git_repos(*index, &fetched, node).await?;
            let os = node.plan.os_of(&step.namespace);
            let root = node.plan.results_dir(&step.namespace);
            let test = &node.plan.tests[*index];
            let folder = scripts::test_folder(test, &fetched, &uuid, &root, &os, clones);
            if let Some(parse) = &fetched.definition.parse {
                node.state.parse.insert(test.dir.clone(), parse.clone());
            }
            let expected = test
                .definition
                .expected
                .clone()
                .or(fetched.definition.expected);
            if let Some(expected) = expected {
                node.state.expected.insert(test.dir.clone(), expected);
            }
            node.state
                .namespace(&step.namespace)
                .overlay
                .tests
                .push(folder);
            Ok(())
        }
        Step::Compress => {
            for block in node
                .plan
                .lkp
                .iter()
                .filter(|l| l.namespace == step.namespace)
            {
                block.suite.pack(&node.run.dir.tmp()).await?;
            }
            let entries = content::entries(node, &step.namespace)?;
            let path = node.run.tmp(&format!(
                "{}-overlay-{}.tar.gz",
                node.plan.spec.name, step.level
            ));
            let file = OverlayFile {
                level: step.level.clone(),
                path: path.clone(),
            };
            tokio::task::spawn_blocking(move || crate::overlay::tarball::write(&path, entries))
                .await
                .map_err(|e| {
                    Failure::new(Class::Bug, format!("packing the overlay panicked: {e}"))
                })?
                .map_err(|e| {
                    Failure::new(
                        Class::Infrastructure,
                        format!("cannot pack the overlay: {e}"),
                    )
                })?;
            node.state.namespace(&step.namespace).overlay.file = Some(file);
            Ok(())
        }
    }
}

async fn fetch(index: usize, node: &NodeRun) -> Result<Fetched, Failure> {
    let definition = &node.plan.tests[index].definition;
    node.run
        .fetcher
        .definition(definition, &node.plan.spec.secrets)
        .await
}

/// `install: git-repos`, each as (folder in the test, checkout).
async fn clone_git_repos(
    index: usize,
    fetched: &Fetched,
    node: &NodeRun,
) -> Result<Vec<(String, std::path::PathBuf)>, Failure> {
    let definition = &node.plan.tests[index].definition;
    let Some(install) = &fetched.definition.install else {
        return Ok(Vec::new());
    };
    if definition
        .skip_install
        .iter()
        .any(|s| s == "git-repos" || s == "all")
    {
        return Ok(Vec::new());
    }
    let mut clones = Vec::new();
    for repo in &install.git_repos {
        let resolve = |text: &String| {
            let own = definition.parameters.get(text);
            own.or_else(|| fetched.definition.parameters.get(text))
                .unwrap_or(text)
                .clone()
        };
        let url = resolve(&repo.url);
        let branch = repo.branch.as_ref().map(resolve);
        let checkout = node
            .run
            .fetcher
            .clone_repository(&url, branch.as_deref(), &node.plan.spec.secrets)
            .await?;
        let name = url
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or("repository");
        let destination = repo
            .destination
            .as_ref()
            .map_or_else(|| name.trim_end_matches(".git").to_owned(), resolve);
        clones.push((destination, checkout));
    }
    Ok(clones)
}

/// The tarball's bytes, for delivery.
pub(crate) async fn read(file: &OverlayFile) -> Result<Bytes, Failure> {
    let bytes = tokio::fs::read(&file.path).await.map_err(|e| {
        Failure::new(
            Class::Infrastructure,
            format!("cannot read the overlay {}: {e}", file.path.display()),
        )
    })?;
    Ok(bytes.into())
}
