//! What differs between the systems on nodes, by the deploy block's `os` (LAVA's deployment data).

use crate::inventory::device::Posix;

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Os {
    /// Folder of `overlays/distro/` whose helpers replace the general ones; also the `<distro>` of `deps-<distro>`.
    pub distro: Option<&'static str>,
    /// Results folder; `%s` is the job id.
    pub results_dir: String,
    /// The shell that runs tests.
    pub shell: String,
    /// Options for unpacking the overlay.
    pub tar_flags: &'static str,
}

const NO_TIMESTAMP: &str = "--warning no-timestamp";

impl Os {
    /// The row for `os`; without one, or for a word that is not in the table, the device's constants.
    #[must_use]
    pub fn of(os: Option<&str>, posix: &Posix) -> Self {
        let row = |distro, dir: &str, shell: &str, tar_flags| Self {
            distro: Some(distro),
            results_dir: dir.to_owned(),
            shell: shell.to_owned(),
            tar_flags,
        };
        match os {
            Some("debian") => row("debian", "/lava-%s", "/bin/bash", NO_TIMESTAMP),
            Some("ubuntu") => row("ubuntu", "/lava-%s", "/bin/sh", NO_TIMESTAMP),
            Some("apertis") => row("apertis", "/var/lib/lava-%s", "/bin/sh", NO_TIMESTAMP),
            Some("archlinux") => row("archlinux", "/lava-%s", "/bin/bash", NO_TIMESTAMP),
            Some("centos") => row("centos", "/lava-%s", "/bin/bash", NO_TIMESTAMP),
            Some("slackware") => row("slackware", "/lava-%s", "/bin/bash", NO_TIMESTAMP),
            Some("centos_installer") => row("centos", "/lava-%s", "/bin/bash", ""),
            Some("debian_installer") => row("debian", "/lava-%s", "/bin/bash", ""),
            Some("fedora") => row("fedora", "/lava-%s", "/bin/bash", ""),
            Some("lede") => row("lede", "/tmp/lava-results-%s", "/bin/sh", ""),
            Some("oe") => row("oe", "/lava-%s", "/bin/sh", ""),
            _ => Self {
                distro: None,
                results_dir: posix.lava_test_results_dir.clone(),
                shell: posix.lava_test_sh_cmd.clone(),
                tar_flags: "",
            },
        }
    }
}
