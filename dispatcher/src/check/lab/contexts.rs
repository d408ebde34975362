//! Context variables: a device type ignores those that it does not know.

use job_schema::context::VARIABLES;
use job_schema::multinode::RoleKind;
use job_schema::yaml::{Node, Spanned};
use job_schema::{Finding, Job, Severity};

use super::Lab;
use super::words::suggest;
use crate::inventory::device_type;

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
        if entries.is_empty() || self.inventory.is_lava_type(of) {
            return;
        }
        let Ok(known) = device_type::load(of, self.inventory.folder()) else {
            return;
        };
        let names = known.context_names();
        // What else a device type has is not for jobs to set.
        let for_jobs = VARIABLES.iter().map(|(name, _)| *name);
        let names: Vec<&str> = for_jobs.filter(|name| names.contains(*name)).collect();
        for key in entries.iter().map(|entry| &entry.key) {
            let name = key.key_text();
            if names.contains(&name.as_str()) {
                continue;
            }
            let message = format!("the device type `{}` does not use `{name}`", **of);
            let path = format!("{prefix}context.{name}");
            let mut finding = Finding::new("J084", Severity::Warning, path, key.span, message);
            let word = Spanned {
                value: name,
                span: key.span,
            };
            suggest(&mut finding, &word, || names.iter().copied());
            findings.push(finding);
        }
    }
}
