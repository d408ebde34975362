//! What a job asks of a lab, role by role.

use job_schema::multinode::RoleKind;
use job_schema::yaml::Spanned;
use job_schema::{Finding, Job, Severity, Span};

use crate::inventory::assign::Request;

/// The devices that one role asks for; a job without roles is one.
pub(super) struct Wish<'a> {
    /// `None` in a job without roles.
    pub(super) role: Option<&'a str>,
    pub(super) count: u32,
    pub(super) device_type: &'a Spanned<String>,
    pub(super) device: Option<&'a Spanned<String>>,
    pub(super) tags: &'a [Spanned<String>],
}

/// All wishes of a job. Guests use the device of their host.
pub(super) fn wishes(job: &Job) -> Vec<Wish<'_>> {
    let Some(multinode) = job.multinode() else {
        let wish = job.device_type.iter().map(|device_type| Wish {
            role: None,
            count: 1,
            device_type,
            device: job.device.as_ref(),
            tags: &job.tags,
        });
        return wish.collect();
    };
    let roles = multinode.roles.iter();
    roles
        .filter_map(|(name, role)| match &role.kind {
            RoleKind::Device {
                device_type,
                device,
            } => Some(Wish {
                role: Some(name),
                count: role.count,
                device_type,
                device: device.as_ref(),
                tags: &role.tags,
            }),
            RoleKind::Guest { .. } | RoleKind::Part => None,
        })
        .collect()
}

impl Wish<'_> {
    pub(super) fn request(&self) -> Request {
        Request {
            node: self.role.unwrap_or("node").to_owned(),
            device_type: self.device_type.value.clone(),
            device: self.device.map(|device| device.value.clone()),
            tags: self.tags.iter().map(|tag| tag.value.clone()).collect(),
        }
    }

    /// An error about one of the role's keys.
    pub(super) fn error(
        &self,
        code: &'static str,
        key: &str,
        span: Span,
        message: String,
    ) -> Finding {
        let path = match self.role {
            Some(role) => format!("protocols.lava-multinode.roles.{role}.{key}"),
            None => key.to_owned(),
        };
        Finding::new(code, Severity::Error, path, span, message)
    }
}
