//! What a method may look at when it plans a block.

use job_schema::test::Test;
use job_schema::{Action, Block};

use super::spec::NodeSpec;
use super::stages::{LkpSpec, TestSpec, homes, needs_overlay};

/// What a method's `plan` may look at.
pub struct Context<'a> {
    /// The node.
    pub spec: &'a NodeSpec,
    /// The block that is planned.
    pub block: &'a Block,
    /// All blocks of the node.
    pub blocks: &'a [&'a Block],
    /// All test definitions of the node.
    pub tests: &'a [TestSpec],
    /// All `lkp:` blocks of the node.
    pub lkp: &'a [LkpSpec],
}

impl Context<'_> {
    /// Whether the node can talk to others: LAVA's protocol `lava-multinode`.
    #[must_use]
    pub fn is_multinode(&self) -> bool {
        !self.spec.group.is_empty()
    }

    /// Indices of the test definitions that an overlay of this block's namespace holds.
    pub fn tests_here(&self) -> impl Iterator<Item = (usize, &TestSpec)> {
        let here = &self.block.namespace;
        self.tests
            .iter()
            .enumerate()
            .filter(move |(_, t)| t.namespace == *here)
    }

    /// Whether a test of this block's namespace runs on the node's own system, whose kind must be known.
    #[must_use]
    pub fn needs_deployment_data(&self) -> bool {
        self.has_shell()
    }

    /// Whether a test of this block's namespace needs an overlay.
    #[must_use]
    pub fn needs_overlay(&self) -> bool {
        self.any_test(needs_overlay)
    }

    /// Whether a test of this block's namespace runs in a shell on the node: not beside it in a container.
    #[must_use]
    pub fn has_shell(&self) -> bool {
        self.any_test(|test| match test {
            Test::Definitions(form) => form.docker.is_none(),
            Test::Lkp(_) => true,
            Test::Interactive(_) | Test::Monitors(_) | Test::Services(_) => false,
        })
    }

    /// Whether there is such a test that uses this block's namespace, or its connection.
    fn any_test(&self, is_it: impl Fn(&Test) -> bool) -> bool {
        let here = self.block.namespace.as_str();
        self.blocks.iter().any(|block| match &block.action {
            Action::Test(test) => homes(block).contains(&here) && is_it(test),
            Action::Deploy(_) | Action::Boot(_) | Action::Command(_) => false,
        })
    }
}
