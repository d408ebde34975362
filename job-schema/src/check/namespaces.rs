//! Namespaces: every action names one, or none does; what refers to one finds it.

use super::outline::Outline;
use crate::read::{Report, nearest};

pub(super) fn check(job: &Outline<'_>, report: &mut Report) {
    mixed(job, report);
    if job.whole {
        unknown(job, report);
    }
}

fn mixed(job: &Outline<'_>, report: &mut Report) {
    let named = |block: &&super::outline::Block<'_>| block.node.get("namespace").is_some();
    let Some(first) = job.blocks.iter().find(named) else {
        return;
    };
    let mut lacking = job.blocks.iter().filter(|block| !named(block));
    let Some(block) = lacking.next() else {
        return;
    };
    let finding = report.error(
        "J030",
        block.path(),
        block.span,
        "this action has no `namespace` while others have",
    );
    finding.see(
        first.span,
        format!("in the namespace `{}`", first.namespace()),
    );
    for other in lacking {
        finding.see(other.span, "this one has none either");
    }
    finding.help("give every action a `namespace`, or give it to none");
}

/// A namespace exists when some block is in it.
fn unknown(job: &Outline<'_>, report: &mut Report) {
    for block in &job.blocks {
        for key in ["connection-namespace", "downloads-namespace"] {
            let Some(name) = block.text(key) else {
                continue;
            };
            let names = || job.blocks.iter().map(super::outline::Block::namespace);
            if names().any(|other| other == name.text) {
                continue;
            }
            let message = format!(
                "`{key}`: no action is in the namespace `{}`",
                name.text.escape_debug()
            );
            let path = format!("{}.{key}", block.path());
            let finding = report.warning("J039", path, name.span, message);
            match nearest(name.text, names()) {
                Some(near) => finding.help(format!("did you mean `{near}`?")).fix(
                    format!("write `{near}`"),
                    name.span,
                    near,
                ),
                None => finding.help("name the `namespace` of another action"),
            };
        }
    }
}
