//! The steps that make an overlay. In: a block and the tests of its namespace. Out: drafts, as LAVA orders and names them.

use job_schema::Action;
use job_schema::deploy::To;
use job_schema::test::Test;
use job_schema::test::definitions::{Definition, From};

use super::Step;
use crate::actions::deploy::{self, download};
use crate::failure::Class;
use crate::plan::StepKind;
use crate::plan::context::Context;
use crate::plan::draft::Draft;

/// `lava-overlay[(ssh-authorize), lava-multinode-overlay, test-definition[…], (compress-overlay)]`; without children when no
/// test of the namespace needs it.
pub(crate) fn plan(context: &Context<'_>) -> Draft {
    let steps = match context.needs_overlay() {
        true => steps(context),
        false => Vec::new(),
    };
    step("lava-overlay", Step::Begin).with(steps)
}

/// The same as `lava-create-overlay`, which is made whether or not a test of the namespace needs it.
pub(crate) fn create(context: &Context<'_>) -> Draft {
    step("lava-create-overlay", Step::Begin).with(steps(context))
}

fn step(name: &'static str, what: Step) -> Draft {
    Draft::new(name, StepKind::Deploy(deploy::Step::Overlay(what)))
}

fn steps(context: &Context<'_>) -> Vec<Draft> {
    let mut steps = Vec::new();
    let methods = &context.spec.device.config.deploy_methods;
    // LAVA asks for the letters, not for the name.
    if methods.iter().any(|method| method.contains("ssh")) {
        let wanted = matches!(&context.block.action, Action::Deploy(d) if d.authorize.is_some());
        steps.push(step("ssh-authorize", Step::Authorize(wanted)));
    }
    steps.push(Draft::group("lava-multinode-overlay", Vec::new()));
    let definitions = context
        .tests_here()
        .flat_map(|(index, test)| definition(index, &test.definition));
    steps.push(Draft::group("test-definition", definitions.collect()));
    if !is_mounted(&context.block.action) {
        steps.push(step("compress-overlay", Step::Compress));
    }
    steps
}

/// Whether the node sees the folder of the overlay itself: nothing has to be packed.
fn is_mounted(action: &Action) -> bool {
    match action {
        Action::Deploy(deploy) => matches!(deploy.to, To::Docker(_)),
        Action::Test(Test::Definitions(form)) => form.docker.is_some(),
        Action::Test(_) | Action::Boot(_) | Action::Command(_) => false,
    }
}

fn definition(index: usize, definition: &Definition) -> [Draft; 4] {
    let fetch = |name, what| step(name, what).blames(Class::Infrastructure);
    let repo = match &definition.from {
        From::Inline { .. } => fetch("inline-repo-action", Step::Fetch(index)),
        From::Git { .. } => fetch("git-repo-action", Step::Fetch(index)),
        From::Path { .. } => fetch("path-repo-action", Step::Fetch(index)),
        From::Url { repository, .. } => Draft::group(
            "url-repo-action",
            vec![download::retry(repository, |name| {
                fetch(name, Step::Download(index))
            })],
        ),
    };
    [
        repo,
        Draft::group("test-overlay", Vec::new()),
        Draft::group("test-install-overlay", Vec::new()),
        step("test-runscript-overlay", Step::Write(index)),
    ]
}
