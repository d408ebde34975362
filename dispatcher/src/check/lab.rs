//! What a lab can do for a job: devices, methods, context.
//!
//! In: a job that could be read and a lab folder, opened once. Out: findings of the group `lab`, with the words of the
//! job underlined. Which devices are busy plays no part: a job that fits can run at some time.

use std::collections::HashSet;
use std::path::Path;

use job_schema::multinode::RoleKind;
use job_schema::suggest::{nearest, slip};
use job_schema::yaml::{self, Node, Spanned};
use job_schema::{Finding, Job, Severity};

use super::methods;
use super::wishes::{Wish, wishes};
use crate::failure::Failure;
use crate::inventory::assign::assign;
use crate::inventory::lab::Entry;
use crate::inventory::{Inventory, device_type};

/// A lab to check jobs against.
#[derive(Debug)]
pub struct Lab {
    inventory: Inventory,
    /// Device types that the lab knows.
    types: Vec<String>,
}

impl Lab {
    /// Opens the lab in a folder.
    ///
    /// # Errors
    /// Configuration: see [`Inventory::open`].
    pub fn open(folder: &Path) -> Result<Self, Failure> {
        Ok(Self {
            inventory: Inventory::open(Some(folder))?,
            types: device_type::names(Some(folder)),
        })
    }

    /// What is wrong with a job in this lab. `text` is the job's, for places that the job does not keep.
    #[must_use]
    pub fn check(&self, job: &Job, text: &str) -> Vec<Finding> {
        let Ok(document) = yaml::load(text) else {
            return Vec::new();
        };
        let wishes = wishes(job);
        let mut findings: Vec<Finding> = wishes
            .iter()
            .filter_map(|wish| self.devices(wish))
            .collect();
        if findings.is_empty() {
            findings.extend(self.together(&wishes));
        }
        let exists = |wish: &Wish<'_>| self.of_type(wish.device_type).next().is_some();
        if wishes.iter().all(exists) {
            methods::check(job, &document.root, &self.inventory, &wishes, &mut findings);
        }
        self.contexts(job, &document.root, &mut findings);
        findings
    }

    fn of_type<'a>(&'a self, device_type: &'a str) -> impl Iterator<Item = &'a Entry> {
        let entries = self.inventory.entries().iter();
        entries.filter(move |entry| entry.device_type == device_type)
    }

    /// Whether the lab has the devices that one role asks for.
    fn devices(&self, wish: &Wish<'_>) -> Option<Finding> {
        if !self.types.contains(&wish.device_type.value) {
            return Some(self.unknown_type(wish));
        }
        if let Some(device) = wish.device {
            let entries = self.inventory.entries();
            match entries.iter().find(|entry| entry.name == device.value) {
                None => return Some(self.unknown_device(wish, device)),
                Some(entry) if entry.device_type != wish.device_type.value => {
                    let message = format!(
                        "the device `{}` is of type `{}`",
                        **device, entry.device_type
                    );
                    let mut finding = wish.error("J082", "device", device.span, message);
                    finding.see(wish.device_type.span, "the type asked for");
                    finding.help(format!(
                        "write `device_type: {}`, or name another device",
                        entry.device_type
                    ));
                    return Some(finding);
                }
                Some(_) => {}
            }
        }
        let fitting = self.of_type(wish.device_type);
        let fitting = fitting
            .filter(|entry| wish.request().accepts(entry))
            .count();
        if fitting >= wish.count as usize {
            return None;
        }
        Some(
            match wish.tags.iter().find(|tag| !self.has_tag(wish, tag)) {
                Some(tag) => self.unknown_tag(wish, tag),
                None => self.too_few(wish, fitting),
            },
        )
    }

    fn unknown_type(&self, wish: &Wish<'_>) -> Finding {
        let name = wish.device_type;
        let message = format!("the lab does not know the device type `{}`", **name);
        let mut finding = wish.error("J080", "device_type", name.span, message);
        suggest(&mut finding, name, || self.types.iter().map(String::as_str));
        finding
    }

    fn unknown_device(&self, wish: &Wish<'_>, device: &Spanned<String>) -> Finding {
        let message = format!("the lab has no device `{}`", **device);
        let mut finding = wish.error("J082", "device", device.span, message);
        let names = || self.of_type(wish.device_type).map(|e| e.name.as_str());
        suggest(&mut finding, device, names);
        finding
    }

    fn has_tag(&self, wish: &Wish<'_>, tag: &Spanned<String>) -> bool {
        self.of_type(wish.device_type)
            .any(|entry| entry.tags.contains(&tag.value))
    }

    fn unknown_tag(&self, wish: &Wish<'_>, tag: &Spanned<String>) -> Finding {
        let device_type = wish.device_type;
        let message = format!(
            "no device of type `{}` has the tag `{}`",
            **device_type, **tag
        );
        let mut finding = wish.error("J081", "tags", tag.span, message);
        let tags = || {
            let entries = self.of_type(device_type);
            entries.flat_map(|e| e.tags.iter().map(String::as_str))
        };
        suggest(&mut finding, tag, tags);
        finding
    }

    fn too_few(&self, wish: &Wish<'_>, fitting: usize) -> Finding {
        let message = format!(
            "the job needs {} of type {}, the lab has {fitting}",
            wish.count,
            wish.request().words(),
        );
        let mut finding = wish.error("J081", "device_type", wish.device_type.span, message);
        if self.of_type(wish.device_type).next().is_none() {
            let entries = self.inventory.entries();
            let types = entries.iter().map(|entry| entry.device_type.as_str());
            finding.help(format!(
                "it has devices of type {}; add one to `devices/` of the lab folder",
                listed(types)
            ));
        }
        finding
    }

    /// Whether the lab has the devices that all roles ask for at once.
    fn together(&self, wishes: &[Wish<'_>]) -> Option<Finding> {
        let entries = self.inventory.entries();
        let nobody = vec![None; entries.len()];
        let wanted: usize = wishes.iter().map(|wish| wish.count as usize).sum();
        let fits = |some: &[Wish<'_>]| {
            let requests: Vec<_> = some
                .iter()
                .flat_map(|wish| std::iter::repeat_n(wish.request(), wish.count as usize))
                .collect();
            requests.len() <= entries.len() && assign(&requests, entries, &nobody).is_ok()
        };
        if wanted <= entries.len() && fits(wishes) {
            return None;
        }
        let numbers: Vec<usize> = (1..=wishes.len()).collect();
        let wish = wishes.get(numbers.partition_point(|n| fits(&wishes[..*n])))?;
        let device_type = wish.device_type;
        let rivals = wishes.iter().filter(|w| w.device_type == device_type);
        let message = format!(
            "the roles together need {} devices of type `{}`, and the lab has not enough that fit ({} in all)",
            rivals.clone().map(|w| w.count as usize).sum::<usize>(),
            **device_type,
            self.of_type(device_type).count(),
        );
        let mut finding = wish.error("J081", "device_type", device_type.span, message);
        for rival in rivals.filter(|rival| rival.device_type.span != device_type.span) {
            finding.see(rival.device_type.span, format!("{} here", rival.count));
        }
        Some(finding)
    }

    /// Context variables that have no effect on the device type.
    fn contexts(&self, job: &Job, root: &Node, findings: &mut Vec<Finding>) {
        let Some(multinode) = &job.multinode else {
            if let Some(device_type) = &job.device_type {
                self.context(device_type, root, "", findings);
            }
            return;
        };
        for (name, role) in &multinode.roles {
            let of_device = match &role.kind {
                RoleKind::Device { device_type, .. } => Some(device_type),
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
        if entries.is_empty() {
            return;
        }
        let Ok(known) = device_type::load(of, self.inventory.folder()) else {
            return;
        };
        let names = known.context_names();
        for key in entries.iter().map(|entry| &entry.key) {
            let name = key.key_text();
            if names.contains(&name) {
                continue;
            }
            let message = format!("the device type `{}` does not use `{name}`", **of);
            let path = format!("{prefix}context.{name}");
            let mut finding = Finding::new("J084", Severity::Warning, path, key.span, message);
            let word = Spanned {
                value: name,
                span: key.span,
            };
            suggest(&mut finding, &word, || names.iter().map(String::as_str));
            findings.push(finding);
        }
    }
}

/// Says which word was probably meant, and corrects a slip of the pen.
fn suggest<'w, I: Iterator<Item = &'w str>>(
    finding: &mut Finding,
    word: &Spanned<String>,
    words: impl Fn() -> I,
) {
    match nearest(word, words()) {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None => finding.help(format!("there are: {}", listed(words()))),
    };
    let distinct: HashSet<&str> = words().collect();
    if let Some(right) = slip(word, distinct.into_iter())
        && word.is_written_whole()
    {
        finding.fix(format!("write `{right}`"), word.span, right);
    }
}

/// Some of the words, in order, each once.
fn listed<'w>(words: impl Iterator<Item = &'w str>) -> String {
    const MOST: usize = 20;
    let all: std::collections::BTreeSet<&str> = words.collect();
    if all.is_empty() {
        return "none".to_owned();
    }
    let some: Vec<&str> = all.iter().take(MOST).copied().collect();
    let more = if all.len() > MOST { ", …" } else { "" };
    format!("{}{more}", some.join(", "))
}
