//! Devices that are given by file, for a plan: a device file of ours, or device YAML that LAVA has rendered.
//!
//! In: `FILE` or `ROLE=FILE`, as written on the command line. Out: a device per role. A file that is no device, or a role
//! that the job does not have, is a failure of class configuration.

use std::path::Path;

use indexmap::IndexMap;

use super::lab::{Entry, Inventory, configuration};
use crate::failure::Failure;

/// Devices given by file.
#[derive(Debug, Default)]
pub struct Given {
    of_role: IndexMap<String, Entry>,
    of_all: Option<Entry>,
}

impl Given {
    /// Reads the files.
    ///
    /// # Errors
    /// Configuration: a file cannot be read or is no device; a role is unknown or has two devices.
    pub fn read(words: &[String], roles: &[&str], lab: &Inventory) -> Result<Self, Failure> {
        let mut given = Self::default();
        for word in words {
            let named = word
                .split_once('=')
                .filter(|(role, _)| roles.contains(role) || !Path::new(word).exists());
            let (role, file) = match named {
                Some((role, file)) => (Some(role), file),
                None => (None, word.as_str()),
            };
            let entry = lab.read_device(Path::new(file))?;
            let before = match role {
                None => given.of_all.replace(entry),
                Some(role) if roles.contains(&role) => given.of_role.insert(role.to_owned(), entry),
                Some(role) => {
                    return Err(configuration(format!(
                        "--device {word}: the job has no role {role}{}",
                        match roles {
                            [] => String::new(),
                            roles => format!("; there are: {}", roles.join(", ")),
                        }
                    )));
                }
            };
            if before.is_some() {
                let of = role.map_or_else(|| "all roles".to_owned(), |r| format!("role {r}"));
                return Err(configuration(format!(
                    "--device {word}: a second device for {of}"
                )));
            }
        }
        Ok(given)
    }

    /// The device of a role. A guest uses its host's, unless one is given for the guest's role itself.
    #[must_use]
    pub fn of(&self, role: &str, is_guest: bool) -> Option<&Entry> {
        let of_all = self.of_all.as_ref().filter(|_| !is_guest);
        self.of_role.get(role).or(of_all)
    }
}
