//! What one step of a node leaves for another. Written in one place each, read by name.

use std::collections::HashSet;
use std::path::PathBuf;

use indexmap::IndexMap;
use job_schema::testdef::Parse;

use crate::actions::command;
use crate::actions::test::lkp::Running;
use crate::actions::tool::mount::Mount;
use crate::actions::tool::program::Programs;
use crate::bus::relay::Relay;
use crate::console::session::{Console, SharedLog};
use crate::failure::Failure;
use crate::overlay::Overlay;
use crate::transport::ssh::Link;

/// What is known of a node while its plan runs.
#[derive(Default)]
pub struct NodeState {
    namespaces: IndexMap<String, NamespaceState>,
    /// When the step that runs has no time left. Written by the engine.
    pub ends: Option<tokio::time::Instant>,
    /// The node's console log. Written when its first shell is opened.
    pub log: Option<SharedLog>,
    /// What calls on the bus brought, by message id: keys and values, at least one. Written by [`super::calls`].
    pub learned: IndexMap<String, IndexMap<String, String>>,
    /// `parse` of test definitions, by the test's folder name. Written when the overlay is made.
    pub parse: IndexMap<String, Parse>,
    /// Test cases that must be reported, by the test's folder name. Written when the overlay is made.
    pub expected: IndexMap<String, Vec<String>>,
    /// Programs on the dispatcher's machine that run or are about to end. Written by steps that run commands.
    pub programs: Programs,
    /// What `command:` blocks did that has to be undone. Written by `user-command`, taken at the end.
    pub undo: Vec<command::Step>,
}

/// What is known in a namespace.
#[derive(Default)]
pub struct NamespaceState {
    /// Written by the steps of `lava-overlay`.
    pub overlay: Overlay,
    /// Downloaded files, by the key that the job has for them. Written by the downloads.
    pub downloads: IndexMap<String, PathBuf>,
    /// Disks of boards, by the name that the step list has for them. Written by `mount` steps.
    pub mounts: IndexMap<String, Mount>,
    /// Written by `scp-deploy`.
    pub link: Option<Link>,
    /// Written by `ssh-connection` (or `scp-deploy`).
    pub console: Option<Console>,
    /// The prompts of the boot block. Written by `expect-shell-connection`.
    pub prompts: Vec<String>,
    /// A test shell ran out of time on this console and may still run. Written by the test shell.
    pub unfinished_shell: bool,
    /// Stages whose test shell was started before. Written by the test shell.
    pub stages_run: HashSet<usize>,
    /// The `lkp:` block that runs. Written by `lkp-prepare`, taken by `lkp-clean`.
    pub lkp: Option<Running>,
    /// The private channel to the helpers. Written by `scp-overlay-unpack`.
    pub relay: Option<Relay>,
}

impl NodeState {
    /// A namespace, made when it is first named.
    pub fn namespace(&mut self, name: &str) -> &mut NamespaceState {
        self.namespaces.entry(name.to_owned()).or_default()
    }

    /// The overlay of a namespace.
    #[must_use]
    pub fn overlay(&self, namespace: &str) -> Option<&Overlay> {
        self.namespaces.get(namespace).map(|n| &n.overlay)
    }

    /// The link of a namespace.
    ///
    /// # Errors
    /// Class job: no boot block has connected it.
    pub fn link(&self, namespace: &str) -> Result<Link, Failure> {
        let link = self.namespaces.get(namespace).and_then(|n| n.link.clone());
        link.ok_or_else(|| not_booted(namespace))
    }

    /// The console of a namespace.
    ///
    /// # Errors
    /// Class job: no boot block has connected it.
    pub fn console(&mut self, namespace: &str) -> Result<&mut Console, Failure> {
        let console = self
            .namespaces
            .get_mut(namespace)
            .and_then(|n| n.console.as_mut());
        console.ok_or_else(|| not_booted(namespace))
    }

    /// The console to look for evidence on: the namespace's, else any.
    #[must_use]
    pub fn evidence(&self, namespace: &str) -> Option<&Console> {
        self.namespaces
            .get(namespace)
            .and_then(|n| n.console.as_ref())
            .or_else(|| self.namespaces.values().find_map(|n| n.console.as_ref()))
    }

    /// Namespaces with an `lkp:` block that has not come to its end.
    #[must_use]
    pub fn unfinished_lkp(&self) -> Vec<String> {
        let unfinished = self.namespaces.iter().filter(|(_, n)| n.lkp.is_some());
        unfinished.map(|(name, _)| name.clone()).collect()
    }

    /// What was downloaded in a namespace.
    pub fn downloads(&self, namespace: &str) -> impl Iterator<Item = (&String, &PathBuf)> {
        let namespace = self.namespaces.get(namespace);
        namespace.into_iter().flat_map(|n| &n.downloads)
    }

    /// Gives away what is mounted, the last one first.
    pub fn take_mounts(&mut self) -> Vec<Mount> {
        let namespaces = self.namespaces.values_mut();
        let mut mounts: Vec<Mount> = namespaces
            .flat_map(|n| std::mem::take(&mut n.mounts).into_values())
            .collect();
        mounts.reverse();
        mounts
    }

    /// Ends every shell and gives away the connections, each with its namespace's name and whether guests may log in there.
    pub async fn disconnect(&mut self) -> Vec<(String, Link, bool)> {
        let mut links = Vec::new();
        for (name, namespace) in &mut self.namespaces {
            // The relay ends when its input does.
            namespace.relay = None;
            if let Some(console) = namespace.console.take() {
                console.close().await;
            }
            if let Some(link) = namespace.link.take() {
                links.push((name.clone(), link, namespace.overlay.authorize));
            }
        }
        links
    }
}

fn not_booted(namespace: &str) -> Failure {
    Failure::new(
        crate::failure::Class::Job,
        format!(
            "nothing is connected in namespace {namespace}: a boot block must come before a test"
        ),
    )
}
