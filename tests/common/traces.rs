//! What a run or a farm has made in the machine, noted while it lives, to be looked for when it is gone.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::processes::{self, Identity};

/// How long the kernel may take to clear away what a killed process leaves, on a busy machine.
const LIMIT: Duration = Duration::from_secs(20);

/// Processes, networks and a folder.
#[derive(Debug)]
pub struct Traces {
    processes: Vec<Identity>,
    // Held open: the kernel gives a freed namespace's number to the next one, of another test perhaps.
    networks: BTreeMap<PathBuf, File>,
    folder: PathBuf,
}

impl Traces {
    /// These processes and all below them, the networks they are in, and a folder that no mount may outlive.
    ///
    /// # Panics
    /// When none of them is in a network of its own: then there is nothing to look for.
    #[must_use]
    pub fn of(roots: &[u32], folder: &Path) -> Self {
        let mut processes = Vec::new();
        for root in roots {
            processes.extend(Identity::of(*root));
            processes.extend(processes::descendants(*root));
        }
        let own = processes::namespace(std::process::id(), "net");
        let mut networks = BTreeMap::new();
        for process in &processes {
            let file = File::open(format!("/proc/{}/ns/net", process.pid())).ok();
            let Some(file) = file else { continue };
            let name = fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd())).ok();
            if let Some(name) = name.filter(|name| Some(name) != own.as_ref()) {
                networks.insert(name, file);
            }
        }
        assert!(!networks.is_empty(), "there is a network of its own");
        Self {
            processes,
            networks,
            folder: folder.to_path_buf(),
        }
    }

    /// How many processes there were.
    #[must_use]
    pub fn processes(&self) -> usize {
        self.processes.len()
    }

    /// Asserts that no process lives, nobody is in the networks, and nothing is mounted below the folder.
    ///
    /// # Panics
    /// When something is left.
    pub fn assert_gone(&self) {
        let gone = processes::wait_until(LIMIT, || self.left().is_empty());
        assert!(gone, "processes are left: {:?}", self.left());
        let folder = self.folder.display().to_string();
        let mounts = fs::read_to_string("/proc/self/mountinfo").expect("/proc is mounted");
        assert!(!mounts.contains(&folder), "mounts are left: {mounts}");
    }

    /// The command lines of what is left.
    fn left(&self) -> Vec<String> {
        let ours = self.processes.iter().filter(|process| process.lives());
        let inside = processes::all().into_iter().filter(|pid| {
            processes::namespace(*pid, "net").is_some_and(|net| self.networks.contains_key(&net))
        });
        ours.map(Identity::pid)
            .chain(inside)
            .map(|pid| format!("{pid}: {}", processes::command_line(pid)))
            .collect()
    }
}
