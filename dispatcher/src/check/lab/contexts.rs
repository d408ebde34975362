//! Context variables: a device type ignores those that it does not know, and those that are the lab's to set.

use job_schema::multinode::RoleKind;
use job_schema::yaml::{Node, Spanned};
use job_schema::{Finding, Job, Severity};

use super::Lab;
use super::words::suggest;
use crate::inventory::device_type::Refusal;

impl Lab {
    /// Context variables that have no effect on the device type.
    pub(super) fn contexts(&self, job: &Job, root: &Node, findings: &mut Vec<Finding>) {
        let Some(multinode) = job.multinode() else {
            if let Some(device_type) = &job.device_type {
                self.context(device_type, root, "", findings);
            }
            return;
        };
        for (name, role) in &multinode.roles {
            let of_device = match &role.kind {
                RoleKind::Device { device_type, .. } => Some(device_type),
                RoleKind::Part => None,
                RoleKind::Guest { host_role, .. } => {
                    match multinode.roles.get(&host_role.value).map(|host| &host.kind) {
                        Some(RoleKind::Device { device_type, .. }) => Some(device_type),
                        _ => None,
                    }
                }
            };
            let at = root.at(&["protocols", "lava-multinode", "roles", name]);
            if let (Some(device_type), Some(at)) = (of_device, at) {
                let prefix = format!("protocols.lava-multinode.roles.{name}.");
                self.context(device_type, at, &prefix, findings);
            }
        }
    }

    fn context(
        &self,
        of: &Spanned<String>,
        holder: &Node,
        prefix: &str,
        findings: &mut Vec<Finding>,
    ) {
        let entries = holder.get("context").and_then(Node::as_map);
        let entries = entries.unwrap_or_default();
        let names: Vec<String> = entries.iter().map(|entry| entry.key.key_text()).collect();
        let names = names.iter().map(String::as_str);
        let without = self.inventory.without_effect(of, names);
        if without.is_empty() {
            return;
        }
        let known = self.inventory.types().get(of).ok();
        for (name, refusal) in without {
            let Some(entry) = entries.iter().find(|it| it.key.key_text() == name) else {
                continue;
            };
            let span = entry.key.span;
            let path = format!("{prefix}context.{name}");
            let message = refusal.words(of, name);
            let mut finding = Finding::new("J084", Severity::Warning, path, span, message);
            match refusal {
                Refusal::NotForJobs => _ = finding.help("remove it: the lab sets it"),
                Refusal::Rendered => {
                    _ = finding.help(
                        "`dispatch lab import` takes LAVA's templates, which a context is for",
                    );
                }
                Refusal::Unknown => {
                    let value = name.to_owned();
                    let words = || known.iter().flat_map(|known| known.for_jobs());
                    suggest(&mut finding, &Spanned { value, span }, words);
                }
            }
            findings.push(finding);
        }
    }
}
