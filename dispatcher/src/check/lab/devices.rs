//! Devices: whether the lab has those that the roles ask for.

use job_schema::Finding;
use job_schema::yaml::Spanned;

use super::Lab;
use super::wishes::Wish;
use super::words::{listed, suggest};
use crate::inventory::assign::assign;

impl Lab {
    /// Whether the lab has the devices that one role asks for.
    pub(super) fn devices(&self, wish: &Wish<'_>) -> Option<Finding> {
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
    pub(super) fn together(&self, wishes: &[Wish<'_>]) -> Option<Finding> {
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
}
