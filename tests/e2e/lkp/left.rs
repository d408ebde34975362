//! What LKP may not leave on a machine.

use std::fs;
use std::time::Duration;

use common::nodes::Node;
use common::processes;

/// How long the server of a machine may take to end what belongs to closed connections.
const LIMIT: Duration = Duration::from_secs(20);

/// A machine before a run.
pub(super) struct Before {
    mounts: Vec<String>,
}

impl Before {
    /// As it is now.
    pub(super) fn of(node: &Node) -> Self {
        Self {
            mounts: mounts(node),
        }
    }

    /// Asserts that a run that is over has left no process, no mount, no fifo and no file of LKP but what the overlay
    /// brought.
    pub(super) fn assert_again(&self, node: &Node) {
        let nothing = processes::wait_until(LIMIT, || running(node).is_empty());
        let name = node.name();
        assert!(nothing, "{name} still runs: {:#?}", running(node));
        assert_eq!(mounts(node), self.mounts, "mounts of {name}");
        let look = "cd /; find lava-* lkp tmp var/cache/dispatch-lkp root -xdev ! -type d \
                    \\( -path '*/lkp/*' -o -path '*lkp*' -o -type p \\) 2>/dev/null \
                    | grep -v -e '/bin/lkp-' -e '/tests/' -e '/tests.tar.gz$' -e '/own.tar.gz$' -e '\\.lock$'";
        let files = node.exec(look);
        assert_eq!(
            String::from_utf8_lossy(&files.stdout),
            "",
            "files of {name}"
        );
    }

    /// Asserts that already now nothing of LKP runs or is mounted, whatever else of the connection is being taken away.
    pub(super) fn assert_stopped(&self, node: &Node) {
        let lkp: Vec<String> = running(node)
            .into_iter()
            .filter(|line| line.contains("lkp") || line.contains("sleep"))
            .collect();
        assert!(lkp.is_empty(), "{} still runs {lkp:#?}", node.name());
        assert_eq!(mounts(node), self.mounts, "mounts of {}", node.name());
    }
}

/// The command lines of what runs on a machine, in whatever namespaces, apart from its SSH server.
pub(super) fn running(node: &Node) -> Vec<String> {
    let below = processes::descendants(node.pid());
    below
        .iter()
        .map(|process| processes::command_line(process.pid()))
        .filter(|line| !line.is_empty() && !line.contains("sshd"))
        .collect()
}

fn mounts(node: &Node) -> Vec<String> {
    let text = fs::read_to_string(format!("/proc/{}/mountinfo", node.pid()));
    let text = text.expect("the machine is up");
    text.lines().map(ToOwned::to_owned).collect()
}
