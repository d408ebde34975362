//! The scripts of `overlays/`, made ready for a node.

use super::os::Os;
use super::scripts::quote;
use crate::plan::NodeSpec;

/// Name and text.
pub type Script = (&'static str, &'static str);

macro_rules! scripts {
    ($folder:literal: $($name:literal)*) => {
        &[$(($name, include_str!(concat!("../../../overlays/", $folder, "/", $name)))),*]
    };
}

const GENERAL: &[Script] = scripts!("lava":
    "lava-add-keys" "lava-add-sources" "lava-background-process-start" "lava-background-process-stop"
    "lava-common-functions" "lava-echo-ipv4" "lava-install-packages" "lava-installed-packages" "lava-os-build"
    "lava-test-case" "lava-test-event" "lava-test-feedback" "lava-test-raise" "lava-test-reference"
    "lava-test-runner" "lava-test-set" "lava-test-shell");

const MULTINODE: &[Script] = scripts!("multinode":
    "lava-group" "lava-multi-node.lib" "lava-role" "lava-self" "lava-send" "lava-sync" "lava-wait" "lava-wait-all");

const RELAY: &[Script] = scripts!("multinode": "lava-bus-relay");

/// What runs LKP's jobs; they know their folder by themselves, so they go as they are.
const LKP: &[Script] = scripts!("lkp":
    "lkp-benchmarks" "lkp-node" "lkp-node-check" "lkp-node-choice" "lkp-node-clean" "lkp-node-engine" "lkp-node-have" "lkp-node-images" "lkp-node-inside"
    "lkp-node-lib" "lkp-node-limits" "lkp-node-pack" "lkp-node-packages" "lkp-node-prepare" "lkp-node-result" "lkp-node-rootfs"
    "lkp-node-run" "lkp-node-sandbox" "lkp-node-split" "lkp-node-sweep" "lkp-node-tree");

/// The scripts for LKP's jobs: name and text.
pub fn for_lkp() -> impl Iterator<Item = Script> {
    LKP.iter().copied()
}

/// Helpers that differ between distributions, by the OS table's name.
const DISTROS: &[(&[&str], &[Script])] = &[
    (
        &["debian", "ubuntu", "apertis"],
        scripts!("distro/debian":
        "lava-add-keys" "lava-add-sources" "lava-install-packages" "lava-installed-packages"),
    ),
    (
        &["fedora"],
        scripts!("distro/fedora":
        "lava-add-keys" "lava-add-sources" "lava-install-packages" "lava-installed-packages"),
    ),
    (
        &["centos"],
        scripts!("distro/centos":
        "lava-add-keys" "lava-add-sources" "lava-install-packages" "lava-installed-packages"),
    ),
    (
        &["archlinux"],
        scripts!("distro/archlinux":
        "lava-add-keys" "lava-add-sources" "lava-install-packages" "lava-installed-packages"),
    ),
    (
        &["oe"],
        scripts!("distro/oe":
        "lava-add-keys" "lava-add-sources" "lava-install-packages" "lava-installed-packages"),
    ),
];

/// The helpers of a node: name and text. Those of the distribution replace general ones of the same name.
#[must_use]
pub fn for_node(spec: &NodeSpec, os: &Os, results_root: &str) -> Vec<(&'static str, String)> {
    let of_distro = DISTROS
        .iter()
        .find(|(names, _)| os.distro.is_some_and(|d| names.contains(&d)))
        .map_or(&[][..], |(_, scripts)| scripts);
    let general = GENERAL
        .iter()
        .filter(|(name, _)| of_distro.iter().all(|(own, _)| own != name));
    let multinode = if spec.group.is_empty() {
        &[][..]
    } else {
        MULTINODE
    };
    let header = header(spec, results_root);
    general
        .chain(RELAY)
        .chain(multinode)
        .chain(of_distro)
        .map(|(name, text)| (*name, with_header(text, &os.shell, &header)))
        .collect()
}

fn header(spec: &NodeSpec, results_root: &str) -> String {
    let mut header = format!("LAVA_RESULTS_ROOT={}\n", quote(results_root));
    if !spec.group.is_empty() {
        let table: String = spec
            .group
            .iter()
            .map(|(job, role)| format!("{job}\t{role}\n"))
            .collect();
        header.push_str(&format!(
            "LAVA_JOB_ID_SELF={}\nLAVA_ROLE={}\nLAVA_GROUP={}\n",
            quote(&spec.job_id),
            quote(&spec.role),
            quote(&table)
        ));
    }
    header
}

fn with_header(text: &str, shell: &str, header: &str) -> String {
    let body = text.split_once('\n').map_or("", |(_, body)| body);
    format!("#!{shell}\n{header}{body}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_of_the_folder_goes_on_a_node() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../overlays/lkp");
        let mut there: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        there.sort();
        let known: Vec<&str> = for_lkp().map(|(name, _)| name).collect();
        assert_eq!(known, there);
    }
}
