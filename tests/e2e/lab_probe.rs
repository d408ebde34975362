//! `dispatch lab check --probe` on real OpenSSH servers.

use std::process::Command;

use common::{Farm, Lab, NodeSpec, need};

#[test]
fn machines_are_logged_in_to_and_nothing_is_kept() {
    if !need::farm("lab_probe::machines_are_logged_in_to_and_nothing_is_kept") {
        return;
    }
    let farm = Farm::of(vec![
        NodeSpec::named("good"),
        NodeSpec::named("known"),
        NodeSpec::named("locked").authorized(""),
        NodeSpec::named("changed"),
    ]);
    let lab = Lab::empty(&farm);
    let at = |name: &str| farm.node(name).ssh();
    lab.add_at("good", at("good"), "key", None);
    lab.add(farm.node("known"), &farm.node("known").host_key());
    lab.add_at("locked", at("locked"), "key", None);
    lab.add(farm.node("changed"), &farm.node("good").host_key());
    let console = format!(
        "device_type: beaglebone-black\nconnect: ssh -p {} console@{}\nhard_reset: 'true'\n",
        at("good").port(),
        at("good").ip()
    );
    lab.device("board", &console);
    let state = tempfile::tempdir().unwrap();
    let enter = farm.enter();
    let output = Command::new(&enter[0])
        .args(&enter[1..])
        .arg(common::job::dispatch_program())
        .args(["lab", "check", "--probe", "--json"])
        .arg(lab.path())
        .env("DISPATCH_STATE", state.path())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}{error}");
    let row = |part: &str| {
        let found = said.lines().find(|line| line.contains(part));
        found
            .unwrap_or_else(|| panic!("{part} in {said}{error}"))
            .to_owned()
    };
    for device in ["board", "good", "known"] {
        assert!(
            row(&format!("\"device\":\"{device}\"")).contains("\"ok\":true"),
            "{said}"
        );
    }
    for (device, why) in [
        ("locked", "refused the key"),
        ("changed", "somebody may be in between"),
    ] {
        assert!(
            row(&format!("\"device\":\"{device}\"")).contains("\"ok\":false"),
            "{said}"
        );
        let finding = row(&format!("\"message\":\"{device}: "));
        assert!(
            finding.contains("D040") && finding.contains(why),
            "{finding}"
        );
    }
    assert!(
        !state.path().join("known_hosts").exists(),
        "a try pins no host key"
    );
}
