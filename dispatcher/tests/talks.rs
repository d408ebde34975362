//! What is said to boot loaders: the talks that a plan has for a job and a device as LAVA renders it.

#![allow(clippy::unwrap_used, reason = "tests panic")]

use dispatcher::group::{self, Choice};
use dispatcher::inventory::Inventory;
use dispatcher::inventory::given::Given;
use dispatcher::lkp::load::Suites;
use dispatcher::plan::print::{self, Detail};
use dispatcher::plan::{NodePlan, Step};
use dispatcher::run_job;

const DEVICE: &str = r#"
commands: {connect: telnet localhost 7000, hard_reset: pduclient reboot}
parameters:
  bootz: {kernel: '0x82000000', ramdisk: '0x83000000', dtb: '0x88000000', dtbo: '0x88800000'}
  bootm: {kernel: '0x80000000', ramdisk: '0x83000000', dtb: '0x88000000', tee: '0x84000000'}
  dtb_base_resize: 8192
  media: {usb: {stick: {device_id: 0}}}
actions:
  deploy:
    parameters: {add_header: u-boot, mkimage_arch: arm}
    connections: {}
    methods: {tftp: {}, usb: {}}
  boot:
    connections: {serial: {}}
    methods:
      u-boot:
        parameters:
          bootloader_prompt: '=>'
          interrupt_char: ' '
          apply_dtbo_commands: ['tftp {DTBO_ADDR} {DTBO}', 'fdt apply {DTBO_ADDR}']
        ramdisk:
          commands:
          - setenv serverip {SERVER_IP}
          - tftp {KERNEL_ADDR} {KERNEL}
          - tftp {RAMDISK_ADDR} {RAMDISK}
          - setenv initrd_size ${filesize}
          - tftp {DTB_ADDR} {DTB}
          - fdt addr {DTB_BASE_ADDR} {DTB_BASE_RESIZE}
          - '{APPLY_DTBO_COMMANDS}'
          - tftp {TEE_ADDR} {TEE}
          - setenv bootargs nfsroot={NFS_SERVER_IP}:{NFSROOTFS} root=UUID={ROOT}
          - '{BOOTX}'
        usb:
          commands: ['load usb :{ROOT_PART} {KERNEL_ADDR} {KERNEL}', 'setenv bootargs root=UUID={ROOT}', '{BOOTX}']
      ipxe:
        parameters: {bootloader_prompt: 'iPXE>'}
        ramdisk: {commands: [dhcp net0, 'kernel tftp://{SERVER_IP}/{KERNEL}', boot]}
      barebox:
        parameters: {needs_interrupt: false}
        ramdisk: {commands: [boot]}
constants:
  u-boot: {interrupt-prompt: Hit any key, interrupt-character: x, final-message: Starting kernel, error-messages: [TIMEOUT]}
  ipxe: {interrupt-prompt: Press Ctrl-B, interrupt_ctrl_list: [b], error-messages: []}
  barebox: {interrupt-prompt: Hit m, interrupt-character: m}
"#;

fn plan(deploy: &str, boot: &str) -> NodePlan {
    let job = format!(
        "job_name: talk\ntimeouts: {{job: {{minutes: 5}}}}\nvisibility: public\nactions:\n{deploy}- boot: {boot}\n"
    );
    let parsed = job_schema::parse_node_job("job.yaml", &job);
    let job = parsed
        .job
        .unwrap_or_else(|| panic!("{:#?}", parsed.findings));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("board.yaml");
    std::fs::write(&file, DEVICE).unwrap();
    let lab = Inventory::open(None).unwrap();
    let given = Given::read(&[file.display().to_string()], &[], &lab).unwrap();
    let specs = group::nodes(&job, &lab, &Choice::Any(&given), |place| place.to_string());
    let mut plans = run_job::plan(&job, &Suites::default(), specs.unwrap()).unwrap();
    plans.remove(0)
}

/// What is said at a step, for people.
fn said(plan: &NodePlan, name: &str) -> Vec<String> {
    let mut steps = plan.steps.iter().flat_map(Step::walk);
    let step = steps.find(|s| s.name == name && s.talk.is_some()).unwrap();
    step.talk.as_ref().unwrap().text()
}

fn commands(plan: &NodePlan) -> Vec<String> {
    let mut lines = said(plan, "bootloader-commands");
    lines.retain(|line| line.starts_with('>'));
    lines
}

fn tftp(files: &str) -> String {
    format!(
        "- deploy: {{to: tftp, os: oe, kernel: {{url: 'http://a/zImage', type: zimage}}, {files}}}\n"
    )
}

const BOOT: &str = "{method: u-boot, commands: ramdisk}";

#[test]
fn u_boot_is_interrupted_and_given_the_commands_of_its_set() {
    let plan = plan(
        &tftp("ramdisk: {url: 'http://a/r'}, dtb: {url: 'http://a/d'}"),
        BOOT,
    );
    assert_eq!(
        said(&plan, "bootloader-interrupt"),
        ["wait for `Hit any key`", "type ` ` and Enter"]
    );
    assert_eq!(
        said(&plan, "bootloader-commands"),
        [
            "wait for `=>`",
            "> setenv serverip {SERVER_IP}",
            "> tftp 0x82000000 {KERNEL}",
            "> tftp 0x83000000 {RAMDISK}",
            "> setenv initrd_size ${filesize}",
            "> tftp 0x88000000 {DTB}",
            "> bootz 0x82000000 0x83000000 0x88000000",
            "wait for `Starting kernel`",
        ]
    );
}

#[test]
fn lines_for_files_that_the_job_does_not_have_are_left_out() {
    let plan = plan(&tftp("modules: {url: 'http://a/m'}"), BOOT);
    assert_eq!(
        commands(&plan)[1..],
        [
            "> tftp 0x82000000 {KERNEL}",
            "> setenv initrd_size ${filesize}",
            "> bootz 0x82000000 - 0x88000000"
        ]
    );
}

#[test]
fn overlays_of_the_device_tree_and_the_tee_change_what_is_typed() {
    let files = "dtb: {url: 'http://a/d'}, tee: {url: 'http://a/t'}, dtbo: [{url: 'http://a/0'}, {url: 'http://a/1'}]";
    let deploy = tftp(files).replace("zimage", "uimage");
    assert_eq!(
        commands(&plan(&deploy, BOOT))[1..],
        [
            "> tftp 0x80000000 {KERNEL}",
            "> setenv initrd_size ${filesize}",
            "> tftp 0x88000000 {DTB}",
            "> fdt addr 0x88000000 8192",
            "> tftp 0x84000000 {TEE}",
            "> bootm 0x84000000 - 0x88000000",
        ]
    );
    let lines = commands(&plan(&tftp(files), BOOT));
    let applied: Vec<_> = lines
        .iter()
        .filter(|l| l.contains("DTBO") || l.contains("apply"))
        .collect();
    assert_eq!(
        applied,
        [
            "> tftp 0x88800000 {DTBO0}",
            "> fdt apply 0x88800000",
            "> tftp 0x88800000 {DTBO1}",
            "> fdt apply 0x88800000"
        ]
    );
}

#[test]
fn a_system_on_a_disk_is_found_by_what_the_block_says() {
    let boot = "{method: u-boot, commands: usb, kernel: /boot/k, kernel_type: zimage, root_uuid: ab-cd, boot_part: 1}";
    assert_eq!(
        commands(&plan("", boot)),
        [
            "> load usb :1 0x82000000 /boot/k",
            "> setenv bootargs root=UUID=ab-cd",
            "> bootz 0x82000000 - 0x88000000"
        ]
    );
}

#[test]
fn commands_of_the_job_and_its_last_message_win() {
    let boot = "{method: u-boot, commands: [version, '{BOOTX}'], parameters: {bootloader-final-message: bye}}";
    let plan = plan("", boot);
    assert_eq!(
        said(&plan, "bootloader-commands"),
        ["wait for `=>`", "> version", "> {BOOTX}", "wait for `bye`"]
    );
}

#[test]
fn a_script_is_chained_and_ipxe_is_interrupted_by_a_control_character() {
    let boot = "{method: ipxe, commands: ramdisk, use_bootscript: true}";
    let plan = plan(&tftp("modules: {url: 'http://a/m'}"), boot);
    assert_eq!(
        said(&plan, "bootloader-interrupt"),
        ["wait for `Press Ctrl-B`", "type Ctrl-B"]
    );
    assert_eq!(
        commands(&plan),
        ["> dhcp net0", "> chain tftp://{SERVER_IP}/{BOOTSCRIPT}"]
    );
}

#[test]
fn what_the_device_does_not_say_is_named() {
    let plan = plan("", "{method: barebox, commands: ramdisk}");
    let missing =
        "the device does not say actions.boot.methods.barebox.parameters.bootloader_prompt";
    assert_eq!(said(&plan, "bootloader-interrupt"), [missing]);
    assert_eq!(said(&plan, "bootloader-commands"), ["> boot", missing]);
}

#[test]
fn commands_that_the_device_does_not_have_cannot_be_typed() {
    let why = |boot: &str| {
        let plan = plan(&tftp(""), boot);
        let step = plan
            .not_runnable()
            .find(|s| s.name == "bootloader-commands");
        step.unwrap().kind.why_not().unwrap().to_owned()
    };
    for (method, has) in [
        ("u-boot", "did you mean `ramdisk`? It has ramdisk, usb"),
        ("ipxe", "did you mean `ramdisk`? It has ramdisk"),
        ("barebox", "did you mean `ramdisk`? It has ramdisk"),
    ] {
        assert_eq!(
            why(&format!("{{method: {method}, commands: ramdsk}}")),
            format!("device board has no commands `ramdsk` for {method}; {has}")
        );
    }
    for commands in ["ramdisk", "[boot]", "[]"] {
        let boot = format!("{{method: u-boot, commands: {commands}}}");
        assert_eq!(why(&boot), "consoles are not connected yet", "{commands}");
    }
}

#[test]
fn talks_are_shown_when_they_are_asked_for_and_in_full() {
    let plans = [plan("", "{method: u-boot, commands: [version]}")];
    assert!(!print::text(&plans, Detail::Steps).contains("> version"));
    assert!(print::text(&plans, Detail::Commands).contains("          > version\n"));
    assert!(!print::json(&plans).to_string().contains("dialogue"));
    let full = print::full(&plans);
    let talk = full.pointer("/0/pipeline/0/pipeline/3/pipeline/2/dialogue");
    assert_eq!(
        *talk.unwrap(),
        serde_json::json!({
            "prompt": "=>",
            "commands": ["version"],
            "final_message": "Starting kernel",
            "errors": ["TIMEOUT"],
        })
    );
}
