//! The pipeline of one node.

use indexmap::IndexMap;
use job_schema::{Action, Block, Job};

use super::context::Context;
use super::spec::{NodePlan, NodeSpec};
use super::stages::{Collected, collect, homes, needs_overlay, overlay_namespace};
use super::step::Step;
use super::timeouts::Finisher;
use crate::actions::{boot, command, deploy, finalize, test};
use crate::failure::Failure;
use crate::lkp::load::Suites;

/// Plans a node's blocks on its device.
///
/// # Errors
/// Class job: the device cannot do what a block asks.
pub fn plan_node(job: &Job, suites: &Suites, spec: NodeSpec) -> Result<NodePlan, Failure> {
    let blocks: Vec<&Block> = job
        .actions
        .iter()
        .filter(|b| b.roles.is_empty() || b.roles.iter().any(|r| **r == spec.role))
        .collect();
    let Collected { tests, lkp } = collect(&blocks, suites)?;
    let mut stages: IndexMap<&str, usize> = IndexMap::new();
    let mut steps = Vec::new();
    let mut warnings = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        let context = Context {
            spec: &spec,
            block,
            blocks: &blocks,
            tests: &tests,
            lkp: &lkp,
        };
        let draft = match &block.action {
            Action::Deploy(deploy) => deploy::plan(deploy, &context)?,
            Action::Boot(boot) => boot::plan(boot, &context)?,
            Action::Command(command) => command::plan(command, &context)?,
            Action::Test(form) => {
                let stage = stages.get(overlay_namespace(block)).copied().unwrap_or(0);
                if needs_overlay(form) {
                    for home in homes(block) {
                        *stages.entry(home).or_default() += 1;
                    }
                }
                test::plan(form, stage, &context)?
            }
        };
        warnings.extend(draft.warnings.iter().cloned());
        let step = finisher(job, &spec, Some(block)).finish(draft, (index + 1).to_string());
        warnings.extend(calls_without_step(block, &step));
        steps.push(step);
    }
    let last = (steps.len() + 1).to_string();
    steps.push(finisher(job, &spec, None).finish(finalize::plan(), last));
    let os = blocks
        .iter()
        .filter_map(|block| match &block.action {
            Action::Deploy(deploy) => Some((block.namespace.clone(), deploy.os.clone()?)),
            _ => None,
        })
        .collect();
    Ok(NodePlan {
        job_timeout: job.timeouts.job,
        tests,
        lkp,
        os,
        namespaces: blocks.iter().map(|b| b.namespace.clone()).collect(),
        warnings,
        steps,
        spec,
    })
}

/// Calls on the bus that are never made: no step of their block has the name that they hang on.
fn calls_without_step(block: &Block, step: &Step) -> Vec<String> {
    let names: Vec<&str> = step.walk().map(|s| &*s.name).collect();
    let lost = block
        .protocols
        .iter()
        .filter(|c| !names.contains(&c.action.as_str()));
    lost.map(|call| {
        format!(
            "line {}: no step of this block is called `{}`, so its {} is never made; there are: {}",
            call.action.span.line,
            *call.action,
            call.words(),
            names.join(", ")
        )
    })
    .collect()
}

fn finisher<'a>(job: &'a Job, spec: &'a NodeSpec, block: Option<&'a Block>) -> Finisher<'a> {
    Finisher {
        job: &job.timeouts,
        device: &spec.device.config,
        context: &spec.context,
        block,
        namespace: block.map_or("common", |b| b.namespace.as_str()),
    }
}
