//! Questions about processes, answered by `/proc`. A process that ends meanwhile is left out.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// All process ids.
#[must_use]
pub fn all() -> Vec<u32> {
    let entries = fs::read_dir("/proc").expect("/proc is mounted");
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect()
}

/// What a namespace link of a process points to, for example `pid:[4026531836]`.
#[must_use]
pub fn namespace(pid: u32, kind: &str) -> Option<PathBuf> {
    fs::read_link(format!("/proc/{pid}/ns/{kind}")).ok()
}

/// The processes that share a process's pid namespace, itself included.
#[must_use]
pub fn in_same_pid_namespace(pid: u32) -> Vec<u32> {
    let Some(own) = namespace(pid, "pid") else {
        return Vec::new();
    };
    let mut found = all();
    found.retain(|other| namespace(*other, "pid").as_ref() == Some(&own));
    found
}

/// The command line, words separated by spaces.
#[must_use]
pub fn command_line(pid: u32) -> String {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&bytes).replace('\0', " ")
}

/// State letter, parent and start time of a process.
fn stat(pid: u32) -> Option<(char, u32, u64)> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name stands in brackets and may hold anything.
    let (_, rest) = text.rsplit_once(')')?;
    let words: Vec<&str> = rest.split_whitespace().collect();
    let state = words.first()?.chars().next()?;
    Some((
        state,
        words.get(1)?.parse().ok()?,
        words.get(19)?.parse().ok()?,
    ))
}

/// The parent.
#[must_use]
pub fn parent(pid: u32) -> Option<u32> {
    stat(pid).map(|(_, parent, _)| parent)
}

/// A process that cannot be mistaken for a later one with the same id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    pid: u32,
    started: u64,
}

impl Identity {
    /// Of a living process.
    #[must_use]
    pub fn of(pid: u32) -> Option<Self> {
        let (state, _, started) = stat(pid)?;
        (state != 'Z').then_some(Self { pid, started })
    }

    /// Whether it still runs.
    #[must_use]
    pub fn lives(&self) -> bool {
        Self::of(self.pid) == Some(*self)
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }
}

/// The children of a process, their children, and so on; without itself.
#[must_use]
pub fn descendants(root: u32) -> Vec<Identity> {
    let mut children: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for pid in all() {
        if let Some(parent) = parent(pid) {
            children.entry(parent).or_default().push(pid);
        }
    }
    let mut found = Vec::new();
    let mut open = vec![root];
    while let Some(pid) = open.pop() {
        for child in children.get(&pid).into_iter().flatten() {
            open.push(*child);
            found.extend(Identity::of(*child));
        }
    }
    found
}

/// Waits until a condition holds, at most so long; tells whether it does. For facts that no event announces, such as
/// the end of somebody else's process.
#[must_use]
pub fn wait_until(limit: Duration, mut holds: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + limit;
    loop {
        if holds() {
            return true;
        }
        if Instant::now() >= end {
            return false;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}
