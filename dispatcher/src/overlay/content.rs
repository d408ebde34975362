//! Everything that goes into a node's overlay, in order.

use std::path::Path;

use job_schema::test::lkp::Image;

use super::tarball::Entry;
use super::{environment, helpers};
use crate::engine::node::NodeRun;
use crate::failure::{Class, Failure};
use crate::plan::stages::LkpSpec;

/// The entries of a namespace's overlay (the layout is that of LAVA's overlay on the device).
///
/// # Errors
/// A file of a test would lie outside its folder.
pub fn entries(node: &NodeRun, namespace: &str) -> Result<Vec<Entry>, Failure> {
    let root = node.plan.results_dir(namespace);
    let os = node.plan.os_of(namespace);
    let spec = &node.plan.spec;
    let mut entries = vec![
        folder(&root),
        folder(&format!("{root}/bin")),
        folder(&format!("{root}/tests")),
        folder(&format!("{root}/results")),
    ];
    for (name, script) in helpers::for_node(spec, &os, &root) {
        entries.push(file(format!("{root}/bin/{name}"), script, 0o755));
    }
    let environment = environment::file(spec, &root, &node.run.dispatcher_ip);
    entries.push(file(format!("{root}/environment"), environment, 0o644));
    if !spec.secrets.is_empty() {
        let lines = spec
            .secrets
            .iter()
            .map(|(k, v)| format!("{k}={v}\n"))
            .collect();
        entries.push(file(format!("{root}/secrets"), lines, 0o600));
    }
    let Some(overlay) = node.state.overlay(namespace) else {
        return Ok(entries);
    };
    if overlay.authorize {
        let key = &node.run.guest_key;
        entries.push(file(format!("{root}/lava"), key.private.clone(), 0o600));
        entries.push(file(
            format!("{root}/lava.pub"),
            format!("{}\n", key.public),
            0o644,
        ));
    }
    let mut stages: Vec<usize> = overlay.tests.iter().map(|t| t.stage).collect();
    stages.dedup();
    for stage in stages {
        entries.push(folder(&format!("{root}/{stage}")));
        entries.push(folder(&format!("{root}/{stage}/tests")));
        let here = overlay.tests.iter().filter(|t| t.stage == stage);
        let conf = here.map(|t| format!("{}\n", t.path)).collect();
        entries.push(file(
            format!("{root}/{stage}/lava-test-runner.conf"),
            conf,
            0o644,
        ));
    }
    for test in &overlay.tests {
        entries.push(folder(&test.path));
        for (below, source) in &test.trees {
            let path = if below.is_empty() {
                test.path.clone()
            } else {
                let path = inside(&test.path, below)?;
                entries.push(folder(&path));
                path
            };
            entries.push(Entry::Tree {
                path,
                source: source.clone(),
            });
        }
        for (name, content, executable) in &test.files {
            let path = inside(&test.path, name)?;
            let mut parents: Vec<&str> = path.match_indices('/').map(|(i, _)| &path[..i]).collect();
            parents.retain(|p| p.len() > test.path.len());
            entries.extend(parents.into_iter().map(folder));
            let mode = if *executable { 0o755 } else { 0o644 };
            entries.push(file(path, content.clone(), mode));
        }
    }
    let mut lkp = node
        .plan
        .lkp
        .iter()
        .filter(|l| l.namespace == namespace)
        .peekable();
    if lkp.peek().is_some() {
        for (name, script) in helpers::for_lkp() {
            entries.push(file(format!("{root}/bin/{name}"), script.to_owned(), 0o755));
        }
    }
    for block in lkp {
        lkp_block(block, &root, node, &mut entries)?;
    }
    Ok(entries)
}

/// lkp-tests as it is, the author's cases, and what an image is built of.
fn lkp_block(
    block: &LkpSpec,
    root: &str,
    node: &NodeRun,
    entries: &mut Vec<Entry>,
) -> Result<(), Failure> {
    let at = block.folder(root);
    let packed = block.suite.packed()?;
    entries.extend([folder(&format!("{root}/lkp")), folder(&at)]);
    let copy = |name: &str, source: &Path| Entry::Copy {
        path: format!("{at}/{name}"),
        source: source.to_owned(),
    };
    entries.push(copy("tests.tar.gz", &packed.tests));
    entries.extend(packed.own.as_deref().map(|own| copy("own.tar.gz", own)));
    let image = block.suite.form.containers.as_ref();
    if let Some(Image::Dockerfile(file)) = image.and_then(|c| c.image.as_ref()).map(|i| &i.value) {
        let source = node.run.fetcher.beside_the_job(file);
        let image = format!("{at}/image");
        entries.push(folder(&image));
        // A folder of its own is what `COPY` in it means; of the job's own folder only the file is taken.
        entries.push(match file.rsplit_once('/') {
            Some(_) => Entry::Tree {
                path: image,
                source: source.parent().unwrap_or(&source).to_owned(),
            },
            None => copy(&format!("image/{file}"), &source),
        });
    }
    Ok(())
}

fn folder(path: &str) -> Entry {
    Entry::Folder {
        path: path.to_owned(),
        mode: 0o755,
    }
}

fn file(path: String, content: String, mode: u32) -> Entry {
    Entry::File {
        path,
        mode,
        content: content.into_bytes(),
    }
}

fn inside(folder: &str, below: &str) -> Result<String, Failure> {
    let escapes = below.starts_with('/') || below.split('/').any(|part| part == "..");
    if escapes {
        return Err(Failure::new(
            Class::Job,
            format!(
                "`{below}` of a test definition lies outside the test's own folder; use a path below it"
            ),
        ));
    }
    Ok(format!("{folder}/{below}"))
}
