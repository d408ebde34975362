//! What a lab can do for a job: devices, methods, context.
//!
//! In: a job that could be read and a lab folder, opened once. Out: findings of the group `lab`, with the words of the
//! job underlined. Which devices are busy plays no part: a job that fits can run at some time.

mod contexts;
mod devices;
mod methods;
mod wishes;
mod words;

use job_schema::{Finding, Job, yaml};

use crate::inventory::Inventory;
use crate::inventory::device_type::Library;
use crate::inventory::lab::Entry;
use wishes::{Wish, wishes};

/// The code of jobs that cannot be planned for a reason that no other rule names.
pub(super) const UNPLANNED: &str = "J085";

/// A lab to check jobs against.
#[derive(Debug)]
pub struct Lab {
    inventory: Inventory,
    /// Device types that the lab knows.
    types: Vec<String>,
}

impl Lab {
    /// What is asked of a lab.
    #[must_use]
    pub fn of(inventory: Inventory) -> Self {
        let types = inventory.type_names();
        Self { inventory, types }
    }

    /// The lab's device types that are not LAVA's.
    pub(super) fn types(&self) -> &Library {
        self.inventory.types()
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
}
