//! The types that come with `dispatch`.

use super::*;

/// Those that a job can name.
fn ready() -> Vec<String> {
    let mut names = names(None);
    names.retain(|name| !is_base(name));
    names
}

fn rendered(name: &str, device: &str, of_job: &str) -> Value {
    let library = Library::new(None);
    let of = library
        .get(name)
        .unwrap_or_else(|f| panic!("{}", f.message));
    let own = own(device);
    of.check(&own.values)
        .unwrap_or_else(|(_, why)| panic!("{name}: {why}"));
    of.render("d", &own, &context(of_job))
        .unwrap_or_else(|f| panic!("{name}: {}", f.message))
}

fn at<'v>(value: &'v Value, path: &str) -> &'v Value {
    path.split('/').fold(value, |value, key| match value {
        Value::Map(map) => map.get(key).unwrap_or(&Value::Null),
        _ => &Value::Null,
    })
}

fn lines(value: &Value) -> Vec<String> {
    match value {
        Value::Seq(items) => items.iter().filter_map(Value::as_shell_text).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn every_type_renders_with_a_minimal_device_and_is_described() {
    let library = Library::new(None);
    for name in names(None) {
        let of = library
            .get(&name)
            .unwrap_or_else(|f| panic!("{}", f.message));
        assert!(!of.about.is_empty(), "{name}");
        let own = Own {
            imagined: true,
            ..Own::default()
        };
        let value = of
            .render("d", &own, &IndexMap::new())
            .unwrap_or_else(|f| panic!("{name}: {}", f.message));
        let kept = serde_json::to_value(&value).unwrap();
        let config = Config::read(kept, value, "d", std::path::Path::new(""))
            .unwrap_or_else(|f| panic!("{name}: {}", f.message));
        if !is_base(&name) {
            assert!(
                !config.boot_methods.is_empty() && !config.deploy_methods.is_empty(),
                "{name}"
            );
        }
    }
    assert!(ready().len() >= 15, "{:?}", ready());
}

#[test]
fn what_jobs_may_set_are_variables_of_lava() {
    let library = Library::new(None);
    let known: Vec<&str> = job_schema::context::VARIABLES
        .iter()
        .map(|(name, _)| *name)
        .collect();
    for name in names(None) {
        for variable in library.get(&name).unwrap().for_jobs() {
            assert!(known.contains(&variable), "{name}: {variable}");
        }
    }
}

#[test]
fn a_board_of_u_boot() {
    let device = "connect: telnet console 7001\nhard_reset: [pdu off 3, pdu on 3]\n";
    let value = rendered("beaglebone-black", device, "{}");
    insta::assert_snapshot!(
        "bbb_nfs",
        yaml_text::write(at(&value, "actions/boot/methods/u-boot/nfs"))
    );
    insta::assert_snapshot!("bbb_commands", yaml_text::write(at(&value, "commands")));
    insta::assert_snapshot!("bbb_parameters", yaml_text::write(at(&value, "parameters")));
    let job = "{console_device: ttyS7, bootz_kernel_addr: 0x81000000, extra_kernel_args: quiet, connect: evil}";
    let value = rendered("beaglebone-black", device, job);
    let commands = lines(at(&value, "actions/boot/methods/u-boot/ramdisk/commands"));
    assert!(
        commands
            .iter()
            .any(|line| line
                == "setenv bootargs 'console=ttyS7,115200n8 root=/dev/ram0 quiet ip=dhcp'"),
        "{commands:#?}"
    );
    assert_eq!(
        at(&value, "parameters/bootz/kernel"),
        &Value::Str("0x81000000".to_owned())
    );
    assert_eq!(
        at(&value, "commands/connect"),
        &Value::Str("telnet console 7001".to_owned())
    );
}

#[test]
fn machines_of_qemu() {
    let options = |job: &str| {
        lines(at(
            &rendered("qemu", "{}", job),
            "actions/boot/methods/qemu/parameters/options",
        ))
    };
    let nic = "-net nic,model=virtio,macaddr=52:54:00:12:34:58 -net user";
    assert_eq!(
        options("arch: amd64"),
        [
            "-cpu host",
            "-enable-kvm",
            "-nographic",
            nic,
            "-m 512",
            "-monitor none"
        ]
    );
    assert_eq!(
        options("{arch: arm64, machine: 'virt,gic-version=3', memory: 2048, no_network: true}"),
        [
            "-cpu cortex-a57",
            "-machine virt,gic-version=3",
            "-nographic",
            "-net none",
            "-m 2048",
            "-monitor none"
        ]
    );
    assert_eq!(
        options("{arch: riscv64, no_kvm: true, cpu: max}"),
        [
            "-cpu max",
            "-machine virt",
            "-nographic",
            nic,
            "-m 512",
            "-monitor none"
        ]
    );
    insta::assert_snapshot!(
        "qemu_arm64",
        yaml_text::write(at(
            &rendered("qemu", "{}", "{arch: arm64, extra_options: [-smp 2]}"),
            "actions"
        ))
    );
}

#[test]
fn other_kinds_of_boards() {
    let mustang = rendered("mustang", "connect: telnet c 1", "{}");
    insta::assert_snapshot!(
        "mustang_boot",
        yaml_text::write(at(&mustang, "actions/boot/methods"))
    );
    let x86 = rendered("x86", "mac: '00:90:05:af:00:7d'", "{}");
    insta::assert_snapshot!(
        "x86_nfs",
        yaml_text::write(at(&x86, "actions/boot/methods/ipxe/nfs"))
    );
    let imx = rendered(
        "imx8mq-evk",
        "fastboot_serial_number: 191c51d6f060954b",
        "{}",
    );
    insta::assert_snapshot!(
        "imx8mq_deploy",
        yaml_text::write(at(&imx, "actions/deploy/methods"))
    );
    insta::assert_snapshot!(
        "imx8mq_device_info",
        yaml_text::write(at(&imx, "device_info"))
    );
}

/// The corpus has what LAVA renders for the same boards: commands on the wire are facts.
#[test]
fn boot_commands_are_those_of_lava() {
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let corpus = std::env::var_os("DISPATCH_CORPUS").map_or(corpus, std::path::PathBuf::from);
    let Ok(rows) = std::fs::read_to_string(corpus.join("device-types/rendered.jsonl")) else {
        return crate::inventory::lava::not_run(
            "inventory::device_type::boot_commands_are_those_of_lava",
            "needs DISPATCH_CORPUS, the recorded answers",
        );
    };
    let cases = [
        (
            "beaglebone-black",
            "beaglebone-black",
            "u-boot",
            "{}",
            &["nfs", "ramdisk", "nbd", "sata"][..],
        ),
        (
            "bcm2711-rpi-4-b",
            "rpi4",
            "u-boot",
            "{}",
            &["nfs", "ramdisk", "nbd", "sata"],
        ),
        (
            "stm32mp157c-dk2",
            "stm32mp157c-dk2",
            "u-boot",
            "{}",
            &["nfs", "ramdisk", "nbd", "sata"],
        ),
        (
            "x86",
            "x86",
            "ipxe",
            "mac: '00:90:05:af:00:7d'",
            &["nfs", "ramdisk", "nbd"],
        ),
        (
            "beaglebone-black-barebox",
            "base-barebox",
            "barebox",
            "{}",
            &["nfs", "ramdisk", "tftp"],
        ),
    ];
    let squeezed = |line: &String| {
        line.split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .replace(" '", "'")
    };
    let mut seen = 0;
    for row in rows.lines() {
        let row: serde_json::Value = serde_json::from_str(row).unwrap();
        let Some((_, name, method, device, sets)) = cases.iter().find(|case| row["name"] == case.0)
        else {
            continue;
        };
        if row["kind"] != "type" || row["context"].as_object().is_some_and(|it| !it.is_empty()) {
            continue;
        }
        let theirs = yaml_text::of_json(&row["device"]);
        let ours = rendered(name, device, "{}");
        for set in *sets {
            let path = format!("actions/boot/methods/{method}/{set}/commands");
            let [ours, theirs] = [&ours, &theirs].map(|it| {
                lines(at(it, &path))
                    .iter()
                    .map(squeezed)
                    .collect::<Vec<_>>()
            });
            assert_eq!(ours, theirs, "{name}: {set}");
        }
        for parameter in ["bootm", "booti", "bootz"] {
            let path = format!("parameters/{parameter}");
            let ours = serde_json::to_value(at(&ours, &path)).unwrap();
            assert_eq!(
                ours,
                serde_json::to_value(at(&theirs, &path)).unwrap(),
                "{name}: {parameter}"
            );
        }
        seen += 1;
    }
    assert_eq!(seen, cases.len());
}
