//! A lab that came from LAVA runs a job: a device dictionary and a device type in Jinja2, imported.

use std::fs;

use common::yaml::{inline, ssh_job};
use common::{JobTest, Lab, need};

/// As LAVA's: everything that a lab may set has a variable.
const TYPE: &str = "\
constants: {posix: {lava_test_sh_cmd: /bin/sh, lava_test_results_dir: /lava-%s}, boot_retry: }
commands:
actions:
  deploy:
    methods:
      ssh:
        host: {{ ssh_host }}
        port: {{ ssh_port | default(22) }}
        user: {{ ssh_user | default('root') }}
        identity_file: {{ ssh_identity_file | default('dynamic_vm_keys/lava') }}
        options: ['-o', 'Compression=yes']
    connections: {serial: }
  boot:
    methods: {ssh: }
    connections: {serial: }
";

#[test]
fn an_imported_ssh_device_runs_a_job() {
    let Some(farm) = need::machines("lava_lab::an_imported_ssh_device_runs_a_job", &["a"]) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let ssh = farm.node("a").ssh();
    for (file, text) in [
        ("device-types/ssh.jinja2", TYPE.to_owned()),
        (
            "devices/host-1.jinja2",
            format!(
                "{{% extends 'ssh.jinja2' %}}\n{{% set ssh_host = '{}' %}}\n{{% set ssh_port = {} %}}\n",
                ssh.ip(),
                ssh.port()
            ),
        ),
    ] {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let lab = Lab::empty(&farm);
    let keys = lab.path().join("dynamic_vm_keys");
    fs::create_dir(&keys).unwrap();
    fs::copy(lab.path().join("key"), keys.join("lava")).unwrap();
    let output = std::process::Command::new(common::job::dispatch_program())
        .args(["lab", "import"])
        .arg(folder.path())
        .arg("--into")
        .arg(lab.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("ssh: deploy ssh; boot ssh"), "{said}");
    let job = ssh_job(&inline("moved", &["lava-test-case in --result pass"]));
    let outcome = JobTest::new("moved in")
        .job(&job)
        .on_lab(&farm, &lab)
        .expect_exit(0)
        .run();
    outcome.has("node", "0_moved", "in", "pass");
}
