//! `docs/new-board.md`: its YAML makes a lab whose board is complete.

use super::*;
use crate::inventory::Inventory;

fn lines(value: &Value, path: &[&str]) -> Vec<String> {
    let value = path.iter().try_fold(value, |value, key| match value {
        Value::Map(map) => map.get(*key),
        _ => None,
    });
    match value {
        Some(Value::Seq(items)) => items.iter().filter_map(Value::as_shell_text).collect(),
        Some(one) => one.as_shell_text().into_iter().collect(),
        None => Vec::new(),
    }
}

#[test]
fn the_page_s_board_is_complete_in_fifteen_lines() {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/new-board.md");
    let page = std::fs::read_to_string(page).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut written = 0;
    for block in page.split("```yaml\n").skip(1).take(2) {
        let text = &block[..block.find("```").unwrap()];
        let file = text
            .lines()
            .next()
            .unwrap()
            .strip_prefix("# my-lab/")
            .unwrap();
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        written += text.lines().count();
    }
    assert!(written <= 15, "{written} lines");
    let lab = Inventory::open(Some(folder.path())).unwrap();
    let [entry] = lab.entries() else { panic!() };
    let device = lab.render(entry, &IndexMap::new()).unwrap();
    assert_eq!(device.device_type, "my-board");
    assert!(device.config.hard_reset);
    assert!(device.config.deploy_methods.contains("tftp"));
    let rendered = &*device.config.rendered;
    let uboot = ["actions", "boot", "methods", "u-boot"];
    let of = |more: &[&str]| lines(rendered, &[&uboot, more].concat());
    assert_eq!(of(&["parameters", "bootloader_prompt"]), ["my-board =>"]);
    assert_eq!(
        lines(rendered, &["parameters", "booti", "kernel"]),
        ["0x40480000"]
    );
    let before = [
        "setenv autoload no",
        "setenv initrd_high 0xffffffff",
        "setenv fdt_high 0xffffffff",
        "dhcp",
        "setenv serverip {SERVER_IP}",
        "tftp {KERNEL_ADDR} {KERNEL}",
        "tftp {RAMDISK_ADDR} {RAMDISK}",
        "tftp {TEE_ADDR} {TEE}",
        "setenv initrd_size ${filesize}",
        "tftp {DTB_ADDR} {DTB}",
    ];
    for (set, root) in [
        ("ramdisk", "root=/dev/ram0 "),
        (
            "nfs",
            "root=/dev/nfs rw nfsroot={NFS_SERVER_IP}:{NFSROOTFS},tcp,hard ",
        ),
    ] {
        let args = format!("setenv bootargs 'console=ttymxc0,115200n8 {root} ip=dhcp'");
        let all: Vec<&str> = before.iter().copied().chain([&*args, "{BOOTX}"]).collect();
        assert_eq!(of(&[set, "commands"]), all, "{set}");
    }
}
