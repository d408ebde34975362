//! Roles whose own name has a slip of the pen: everything that names them is right.
//!
//! In: the outline. Out: one finding per such role, at its name, and the names that are thereby explained.

use super::outline::{Name, Outline, Role};
use crate::read::Report;
use crate::suggest::{nearest, slip};

/// A name that is used where a role is named.
struct Use<'a> {
    name: Name<'a>,
    /// LAVA's server looks at it.
    of_server: bool,
}

/// Tells of roles that nobody names, while somebody names a role that is nearly called so. Gives those names.
pub(super) fn check<'a>(job: &Outline<'a>, report: &mut Report) -> Vec<&'a str> {
    let uses = uses(job);
    let mut missing: Vec<&str> = uses
        .iter()
        .map(|used| used.name.text)
        .filter(|name| job.role(name).is_none())
        .collect();
    missing.sort_unstable();
    missing.dedup();
    // A name that is used once may as well be the slip.
    missing.retain(|name| uses.iter().filter(|used| used.name.text == *name).count() > 1);
    if missing.is_empty() {
        return missing;
    }
    let mut explained = Vec::new();
    for role in &job.roles {
        if uses.iter().any(|used| used.name.text == role.name.text) {
            continue;
        }
        if let Some(meant) = nearest(role.name.text, missing.iter().copied()) {
            tell(role, meant, &uses, report);
            explained.push(meant);
        }
    }
    explained
}

fn tell(role: &Role<'_>, meant: &str, uses: &[Use<'_>], report: &mut Report) {
    let of_meant = || uses.iter().filter(|used| used.name.text == meant);
    let code = if of_meant().any(|used| used.of_server) {
        "J022"
    } else {
        "J026"
    };
    let message = format!(
        "no action is for the role `{}`, and there is no role `{}`",
        role.name.text.escape_debug(),
        meant.escape_debug()
    );
    let finding = report.error(code, role.path(), role.name.span, message);
    for used in of_meant() {
        finding.see(
            used.name.span,
            format!("`{}` is named here", meant.escape_debug()),
        );
    }
    finding.help(format!("did you mean `{}`?", meant.escape_debug()));
    if slip(role.name.text, std::iter::once(meant)).is_some() {
        finding.fix(
            format!("rename the role to `{meant}`"),
            role.name.span,
            meant,
        );
    }
}

fn uses<'a>(job: &Outline<'a>) -> Vec<Use<'a>> {
    let of_blocks = job.blocks.iter().flat_map(|block| {
        block.roles.iter().map(|name| Use {
            name: *name,
            of_server: false,
        })
    });
    let of_roles = job.roles.iter().flat_map(|role| {
        ["host_role", "expect_role"].into_iter().filter_map(|key| {
            Some(Use {
                name: role.text(key)?,
                of_server: true,
            })
        })
    });
    of_blocks.chain(of_roles).collect()
}
