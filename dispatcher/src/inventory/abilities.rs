//! What the devices of a lab can do.
//!
//! In: a lab. Out: per device the methods of its deploy and boot blocks, or why it cannot be rendered.

use indexmap::IndexMap;

use super::{Device, Inventory};

/// The methods of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Abilities {
    /// Of deploy blocks.
    pub deploy: Vec<String>,
    /// Of boot blocks.
    pub boot: Vec<String>,
}

impl Abilities {
    /// Those of a rendered device.
    #[must_use]
    pub fn of(device: &Device) -> Self {
        Self {
            deploy: device.config.deploy_methods.iter().cloned().collect(),
            boot: device.config.boot_methods.iter().cloned().collect(),
        }
    }

    /// `deploy ssh, tftp; boot u-boot`.
    #[must_use]
    pub fn words(&self) -> String {
        format!(
            "deploy {}; boot {}",
            self.deploy.join(", "),
            self.boot.join(", ")
        )
    }
}

/// Those of all devices, in the lab's order, for a job without context.
#[must_use]
pub fn of_lab(lab: &Inventory) -> Vec<Result<Abilities, String>> {
    let mut all: Vec<Result<Abilities, String>> = Vec::with_capacity(lab.entries().len());
    for (place, entry) in lab.entries().iter().enumerate() {
        // Devices of one file stand beside each other.
        let like = place
            .checked_sub(1)
            .filter(|&before| entry.is_like(&lab.entries()[before]));
        all.push(match like {
            Some(before) => all[before].clone(),
            None => lab
                .render(entry, &IndexMap::new())
                .map(|device| Abilities::of(&device))
                .map_err(|failure| failure.message),
        });
    }
    all
}
