//! Names of test definitions: results are told apart by them.

use super::same_node;
use crate::action::Action;
use crate::finding::Span;
use crate::job::Job;
use crate::read::Report;

pub(super) fn check(job: &Job, report: &mut Report) {
    let tests = |action: &Action| match action {
        Action::Test(test) => test
            .definitions()
            .iter()
            .map(|definition| definition.name.clone())
            .collect::<Vec<_>>(),
        Action::Deploy(_) | Action::Boot(_) | Action::Command(_) => Vec::new(),
    };
    for (index, block) in job.actions.iter().enumerate() {
        let names = tests(&block.action);
        for (at, name) in names.iter().enumerate() {
            let in_block = names[..at]
                .iter()
                .find(|other| *other == name)
                .map(|other| other.span);
            let before = || -> Option<Span> {
                let earlier = job.actions[..index].iter();
                let mut rivals = earlier
                    .filter(|other| other.namespace == block.namespace && same_node(other, block));
                rivals
                    .find_map(|other| Some(tests(&other.action).iter().find(|n| *n == name)?.span))
            };
            if let Some(first) = in_block.or_else(before) {
                let message = format!("two test definitions have the name `{}`", **name);
                let path = format!("{}.definitions[{at}].name", block.path);
                report
                    .error("J053", &path, name.span, message)
                    .see(first, "the first one")
                    .help("give each definition of a role and namespace a name of its own");
            }
        }
    }
}
