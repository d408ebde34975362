//! Steps of methods that are data, for what decides on them: keys of the block, the device, and the tests that follow.

#![allow(clippy::unwrap_used, reason = "tests panic")]

use std::fmt::Write as _;

use dispatcher::group::{self, Choice};
use dispatcher::inventory::Inventory;
use dispatcher::inventory::given::Given;
use dispatcher::lkp::load::{self, Origins};
use dispatcher::plan::Step;
use dispatcher::run_job;
use insta::assert_snapshot;

const TEST: &str = "
- test:
    timeout: {minutes: 1}
    definitions:
    - {from: git, repository: https://e.com/t.git, path: t.yaml, name: t}";

/// The steps of a job's first block on a device, or why there are none.
fn steps(device: &str, actions: &str) -> String {
    let job = format!(
        "job_name: methods\ndevice_type: board\npriority: medium\nvisibility: public\n\
         timeouts: {{job: {{hours: 1}}, action: {{minutes: 1}}, connection: {{minutes: 1}}}}\nactions:{actions}\n"
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("device.yaml");
    std::fs::write(&file, device).unwrap();
    let parsed = job_schema::parse_node_job("job.yaml", &job);
    let job = parsed
        .job
        .unwrap_or_else(|| panic!("{:#?}", parsed.findings));
    let lab = Inventory::open(None).unwrap();
    let given = Given::read(&[file.display().to_string()], &[], &lab).unwrap();
    let specs = group::nodes(&job, &lab, &Choice::Any(&given), |place| place.to_string()).unwrap();
    let suites = load::look(&job, &Origins::new(folder.path())).unwrap();
    match run_job::plan(&job, &suites, specs) {
        Err(failure) => failure.message,
        Ok(plans) => plans[0].steps[0].walk().fold(String::new(), shown),
    }
}

fn shown(mut out: String, step: &Step) -> String {
    let url = step.url.as_deref().unwrap_or_default();
    let line = format!(
        "{:indent$}{} {url}",
        "",
        step.name,
        indent = 2 * step.level.matches('.').count()
    );
    writeln!(out, "{}", line.trim_end()).unwrap();
    out
}

fn device(deploy: &str, boot: &str) -> String {
    format!(
        "actions: {{deploy: {{methods: {deploy}}}, boot: {{methods: {boot}}}}}\n\
         commands: {{connect: telnet board}}\n"
    )
}

#[test]
fn a_download_brings_the_overlays_of_its_image() {
    let overlays = "
- deploy:
    to: tmpfs
    images:
      rootfs:
        url: HTTP://e.com/r.img?
        format: ext4
        overlays:
          lava: true
          modules: {url: file:///m.tar, format: tar, path: /}";
    let device = device("{image: {}}", "{qemu: {}}");
    // The tests' files are made by the download itself where nobody else does.
    assert_snapshot!(steps(&device, overlays), @r"
    deployimages
      download-retry
        http-download http://e.com/r.img
        download-retry
          file-download file:///m.tar
        lava-create-overlay
          lava-multinode-overlay
          test-definition
          compress-overlay
        append-overlays
    ");
    assert_snapshot!(steps(&device, &format!("{overlays}{TEST}")), @r"
    deployimages
      lava-overlay
        lava-multinode-overlay
        test-definition
          git-repo-action
          test-overlay
          test-install-overlay
          test-runscript-overlay
        compress-overlay
      deploy-device-env
      download-retry
        http-download http://e.com/r.img
        download-retry
          file-download file:///m.tar
        append-overlays
      apply-overlay-guest
    ");
}

#[test]
fn files_that_nothing_fetches_are_refused_by_their_place() {
    let device = device("{tftp: {}}", "{u-boot: {}}");
    let job = "
- deploy:
    to: tftp
    dtbo: [{url: http://e.com/a}, {url: gopher://e.com/b}]";
    assert_snapshot!(steps(&device, job), @"line 7: `dtbo1`: nothing fetches URLs of the scheme `gopher`");
}

#[test]
fn a_root_file_system_is_for_an_emulator_or_a_board() {
    let job = |what| format!("\n- deploy: {{to: nfs, {what}}}");
    let images = job("images: {kernel: {url: 'http://e.com/k'}}");
    let root = job("nfsrootfs: {url: 'http://e.com/n'}");
    let emulator = device("{nfs: {}, image: {}}", "{qemu-nfs: {}}");
    assert_snapshot!(steps(&emulator, &images), @r"
    deploy-qemu-nfs
      download-retry
        http-download http://e.com/k
      qemu-nfs-deploy
    ");
    assert_snapshot!(steps(&emulator, &root), @"line 7: `deploy: to: nfs` on device device needs `images`, which it boots by qemu-nfs");
    assert_snapshot!(steps(&device("{nfs: {}}", "{u-boot: {}}"), &root), @r"
    nfs-deploy
      download-retry
        http-download http://e.com/n
      extract-nfsrootfs
      lava-overlay
      extract-modules
      apply-overlay-tftp
    ");
    assert_snapshot!(steps(&device("{nfs: {}, image: {}}", "{qemu: {}}"), &root), @"line 7: `deploy: to: nfs` on device device needs boot method qemu-nfs and no `type` but monitor, or a device without deploy method image");
}

#[test]
fn a_disk_must_be_known_with_its_uuid() {
    let job = "
- deploy:
    to: usb
    device: stick
    images: {image: {url: http://e.com/i, apply-overlay: true, root_partition: 1}, map: {url: http://e.com/m}}
    download: {tool: /usr/bin/wget, options: -O-, prompt: x}";
    let job = format!("{job}{TEST}");
    let board = device("{usb: {}}", "{u-boot: {}}");
    assert_snapshot!(steps(&board, &job), @"line 7: `deploy: to: usb` on device device needs this `device`, with its uuid, among the device's `parameters: media: usb`");
    let disks = "parameters: {media: {usb: {stick: {uuid: usb-stick, device_id: 0}}}}\n";
    assert_snapshot!(steps(&format!("{board}{disks}"), &job), @r"
    storage-deploy
      lava-overlay
        lava-multinode-overlay
        test-definition
          git-repo-action
          test-overlay
          test-install-overlay
          test-runscript-overlay
        compress-overlay
      download-retry
        http-download http://e.com/i
      apply-overlay-image
      download-retry
        http-download http://e.com/m
      dd-image
      deploy-device-env
    ");
}

#[test]
fn ssh_has_all_its_steps_whatever_the_job_says() {
    let device = device("{ssh: {host: h}}", "{ssh: {}}");
    assert_snapshot!(steps(&device, "\n- boot: {method: ssh, connection: ssh}"), @r"
    login-ssh
      scp-deploy
      prepare-ssh
      ssh-connection
      auto-login-action
        login-action
      expect-shell-connection
      export-device-env
      scp-overlay-unpack
    ");
    assert_snapshot!(steps(&device, "\n- deploy: {to: ssh}"), @r"
    scp-overlay
      lava-overlay
      prepare-scp-overlay
        extract-rootfs
        extract-modules
      deploy-device-env
    ");
}
