//! Jobs as LAVA's worker reads them: with the part of one node, which LAVA's server cuts out of a multinode job.
//!
//! In: the text. Out: a job whose blocks can be planned. What the worker never looks at is not asked for, and what its
//! server has added is taken out of the tree before the types read it.

use std::collections::HashSet;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::finding::{Finding, Severity};
use crate::multinode::{Multinode, Role, RoleKind};
use crate::read::{Place, Read, Report};
use crate::yaml::{self, Data, Entry, Node, Spanned, Value};
use crate::{Allows, Job, Parsed, context, in_order, parse_job_for, timeout};

/// Keys of the job itself that only such a part has.
const OF_PART: [&str; 3] = ["connection", "host_role", "target"];

/// Reads a job.
pub(crate) fn parse(file: &str, text: &str, allows: Allows<'_>) -> Parsed {
    let strict = parse_job_for(file, text, allows);
    if strict.job.is_some() {
        return Parsed {
            findings: as_warnings(strict.findings),
            job: strict.job,
        };
    }
    let Ok(document) = yaml::load(text) else {
        return strict;
    };
    let root = with_names(&document.root);
    let mut report = Report::of_worker();
    report.variables = context::beyond_lava(&document.root, allows);
    let (job, findings) = match cut(&root) {
        Some((tree, part)) => {
            let job = Job::read(&Place::root(&tree), &mut report);
            (job.map(|job| part.into(job)), in_order(report))
        }
        None => (Job::read(&Place::root(&root), &mut report), strict.findings),
    };
    let findings = match job {
        Some(_) => as_warnings(findings),
        None => findings,
    };
    Parsed { job, findings }
}

/// What LAVA's server would have refused; its warnings are nobody's concern any more.
fn as_warnings(findings: Vec<Finding>) -> Vec<Finding> {
    let refused = findings
        .into_iter()
        .filter(|finding| finding.severity == Severity::Error);
    refused
        .map(|finding| Finding {
            severity: Severity::Warning,
            ..finding
        })
        .collect()
}

/// The worker reads neither the name of a job nor who may see it.
fn with_names(root: &Node) -> Node {
    let Some(entries) = root.as_map() else {
        return root.clone();
    };
    let text = |text: &str| root.with(Data::Str(text.into()));
    let mut entries = entries.to_vec();
    for (key, value) in [("job_name", "job"), ("visibility", "public")] {
        if root.get(key).is_none() {
            entries.push(Entry {
                key: text(key),
                value: text(value),
            });
        }
    }
    root.with(Data::Map(Arc::new(entries)))
}

/// What LAVA's server has added to the part of one node.
struct Part {
    role: Spanned<String>,
    timeout: Option<std::time::Duration>,
    environment: IndexMap<String, Value>,
    /// Where the blocks begin that name a role: all are this node's.
    with_role: HashSet<usize>,
}

/// Takes the server's additions out of a part; `None`: it is none.
fn cut(root: &Node) -> Option<(Node, Part)> {
    let multinode = root.at(&["protocols", "lava-multinode"])?;
    multinode.get("target_group")?;
    let role = multinode.get("role").and_then(Node::as_str);
    let mut part = Part {
        role: Spanned {
            value: role.unwrap_or("node").to_owned(),
            span: multinode.span,
        },
        timeout: multinode.get("timeout").and_then(timeout::told),
        environment: match multinode.get("environment").map(Node::to_value) {
            Some(Value::Map(environment)) => environment,
            _ => IndexMap::new(),
        },
        with_role: HashSet::new(),
    };
    let tree = root.map_entries(|entry| {
        let value = &entry.value;
        match entry.key.as_str() {
            Some("protocols") => Some(value.map_entries(|protocol| {
                let is_it = protocol.key.as_str() == Some("lava-multinode");
                (!is_it).then(|| protocol.value.clone())
            })),
            Some("actions") => Some(part.blocks(value)),
            Some(key) if OF_PART.contains(&key) => None,
            _ => Some(value.clone()),
        }
    });
    Some((tree, part))
}

impl Part {
    /// The blocks without their roles; which ones had one is kept.
    fn blocks(&mut self, actions: &Node) -> Node {
        let Some(items) = actions.as_seq() else {
            return actions.clone();
        };
        let mut items = items.to_vec();
        for item in &mut items {
            *item = item.map_entries(|block| {
                if block.value.get("role").is_some() {
                    self.with_role.insert(block.key.span.start);
                }
                let others = |key: &Entry| {
                    let is_role = key.key.as_str() == Some("role");
                    (!is_role).then(|| key.value.clone())
                };
                Some(block.value.map_entries(others))
            });
        }
        actions.with(Data::Seq(Arc::new(items)))
    }

    /// The job with this node's role.
    fn into(self, mut job: Job) -> Job {
        for block in &mut job.actions {
            if self.with_role.contains(&block.span.start) {
                block.roles = vec![self.role.clone()];
            }
        }
        let role = Role {
            name: self.role,
            count: 1,
            essential: false,
            timeout: None,
            tags: job.tags.clone(),
            context: job.context.clone(),
            environment: match self.environment.is_empty() {
                true => job.environment.clone(),
                false => self.environment,
            },
            kind: RoleKind::Part,
        };
        job.protocols.multinode = Some(Multinode {
            timeout: self.timeout,
            roles: IndexMap::from([(role.name.value.clone(), role)]),
        });
        job
    }
}

#[cfg(test)]
mod tests;
