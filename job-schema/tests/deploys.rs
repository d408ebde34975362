//! Deploy blocks, method by method: good ones without a finding, and what is said about bad ones.

use job_schema::Severity::{self, Error, Warning};
use job_schema::{Action, Job, parse_job};

fn text(block: &str) -> String {
    format!(
        "job_name: x\nvisibility: public\ndevice_type: x\ntimeouts: {{job: {{hours: 2}}}}\nactions:\n- deploy: {{{block}}}\n"
    )
}

fn job(block: &str) -> Job {
    let parsed = parse_job("job.yaml", &text(block));
    assert_eq!(parsed.findings, [], "{block}");
    parsed.job.expect("no finding, so a job")
}

/// Code, severity and path below the block of every finding.
fn findings(block: &str) -> Vec<(String, Severity, String)> {
    let parsed = parse_job("job.yaml", &text(block));
    let findings = parsed.findings.iter().map(|f| {
        let path = f.path.strip_prefix("actions[0].deploy").unwrap_or(&f.path);
        let path = path.trim_start_matches('.').to_owned();
        (f.code.to_owned(), f.severity, path)
    });
    findings.collect()
}

/// All keys of a file that nothing changes.
const FILE: &str = "url: 'http://x/a', headers: {A: b}, compression: gz, archive: tar, md5sum: a, sha256sum: b, sha512sum: c, use_cache: false";
/// A change of a file.
const CHANGE: &str = "format: ext4, partition: 1, sparse: true, overlay_backend: auto, overlays: {lava: true, more: {url: 'http://x/o', format: file, path: /a}}";
const DOCKER: &str =
    "local: true, container_name: c, network_from: d, login: {registry: r, user: u, password: p}";

#[test]
fn good_blocks_have_no_finding() {
    let blocks = [
        "to: tmpfs, images: {a: {url: u}}",
        "to: tmpfs, os: debian, authorize: ssh, overlay_backend: guestfs, images: {a: {FILE, CHANGE, image_arg: x}}, type: monitor, uefi: {FILE}",
        "to: nfs",
        "to: nfs, nfsrootfs: {FILE, CHANGE}, modules: {url: u}",
        "to: nfs, images: {a: {url: u, image_arg: x}}",
        "to: tftp",
        "to: tftp, kernel: {FILE, type: image}, dtb: {url: u}, dtbo: [{url: u}], modules: {url: u}, preseed: {url: u}, ramdisk: {url: u, install_modules: true, install_overlay: false, header: u-boot}, nfsrootfs: {url: u, install_modules: true, install_overlay: false, prefix: a}, tee: {url: u}, extra_files: {a: {url: u}, 1: {url: u}}",
        "to: tftp, persistent_nfs: {address: 'a:b', install_overlay: true}",
        "to: nbd, kernel: {url: u}, nbdroot: {url: u}, initrd: {url: u}",
        "to: nbd, kernel: {FILE, CHANGE, type: zimage}, nbdroot: {FILE}, initrd: {url: u}, dtb: {url: u}",
        "to: docker, image: debian:trixie",
        "to: docker, image: {name: debian, DOCKER}, repeat: 2",
        "to: ssh",
        "to: ssh, firmware: {url: u}, kernel: {FILE}, rootfs: {url: u}, modules: {url: u}",
        "to: overlay",
        "to: download, images: {a: {FILE, CHANGE}}",
        "to: downloads, images: {a: {url: u}}",
        "to: downloads, images: {a: {url: u}}, uniquify: true, postprocess: {docker: {image: debian, DOCKER, steps: [ls], devices: [/dev/kvm]}}",
        "to: iso-installer, images: {iso: {url: u}, preseed: {url: u}}, iso: {installation_size: 8G}",
        "to: iso-installer, images: {iso: {FILE, image_arg: a}, preseed: {FILE}}, iso: {installation_size: 8G, kernel: a, initrd: b}",
        "to: usb, device: d, image: {url: u}, download: {tool: /a, options: b, prompt: c}",
        "to: sd, device: d, image: {FILE, CHANGE, root_partition: 1}, writer: {tool: /a, options: b, prompt: c}, tool: {prompts: [a]}, uniquify: true",
        "to: sata, device: d, images: {image: {FILE}, other: {url: u}}, download: {tool: /a, options: b, prompt: c}",
        "to: fastboot, images: {a: {url: u}}",
        "to: fastboot, images: {a: {FILE, CHANGE, apply-overlay: true, root_partition: 0, reboot: hard-reset}, b: {url: u, sparse: false}}, docker: {image: debian, DOCKER}",
        "to: flasher, images: {}",
        "to: flasher, images: {a: {FILE, download: false}}, uniquify: false",
        "to: recovery, images: {a: {FILE, CHANGE}}",
        "to: u-boot-ums, image: {url: u}",
        "to: u-boot-ums, image: {FILE, CHANGE, root_partition: 1}",
        "to: usbg-ms, image: {FILE, CHANGE}",
        "to: uuu, images: {boot: {url: u}}",
        "to: uuu, images: {boot: {FILE}, a: {FILE, CHANGE, apply-overlay: true, root_partition: 0}}, uniquify: true",
        "to: qdl, qcomflash: {url: u}",
        "to: qdl, qcomflash: {FILE, apply-overlay: true}, uniquify: true, rootfs_image: a",
        "to: fvp, images: {a: {url: u}}",
        "to: fvp, images: {a: {FILE, CHANGE}}, ramdisk: {install_overlay: true, compression: gz, header: u-boot}, uniquify: true",
        "to: avh, images: {a: {url: u}}",
        "to: avh, images: {a: {FILE, CHANGE, type: image, root_partition: 0}, b: {url: u, format: ext4}}, options: {model: a, api_endpoint: b, project_name: c}",
        "to: avh, fw_package: {FILE, storage_file: nand, format: tar, overlays: {lava: true}}",
        "to: mps, images: {test_binary: {url: u}}",
        "to: mps, images: {recovery_image: {FILE}, test_binary_2: {FILE, CHANGE, rename: a}}",
        "to: musca, images: {test_binary: {FILE, CHANGE}}",
        "to: vemsd, recovery_image: {FILE, CHANGE}",
    ];
    for block in blocks {
        let block = block.replace("FILE", FILE).replace("CHANGE", CHANGE);
        let job = job(&block.replace("DOCKER", DOCKER));
        let Action::Deploy(deploy) = &job.actions[0].action else {
            panic!("{block}");
        };
        let word = block.split([':', ',']).nth(1).map(str::trim);
        assert_eq!(Some(deploy.to.word()), word);
    }
}

#[test]
fn what_is_wrong_is_said_at_its_key() {
    let cases = [
        ("to: tmpfs", "J003", Error, "images"),
        ("to: tmpfs, images: {}", "J005", Error, "images"),
        ("to: tmpfs, images: {a: {}}", "J003", Error, "images.a.url"),
        (
            "to: tmpfs, images: {a: {url: u}}, type: x",
            "J005",
            Error,
            "type",
        ),
        (
            "to: tmpfs, images: {a: {url: u}}, zz: 1",
            "J006",
            Warning,
            "zz",
        ),
        ("to: nfs, nfsrootfs: 5", "J004", Error, "nfsrootfs"),
        ("to: nfs, images: 5", "J004", Warning, "images"),
        ("to: tftp, dtbo: {url: u}", "J004", Error, "dtbo"),
        (
            "to: tftp, kernel: {url: u, type: elf}",
            "J005",
            Error,
            "kernel.type",
        ),
        (
            "to: tftp, nfsrootfs: {url: u}, persistent_nfs: {address: a}",
            "J012",
            Error,
            "",
        ),
        (
            "to: nbd, kernel: {url: u}, nbdroot: {url: u}",
            "J003",
            Error,
            "initrd",
        ),
        ("to: docker", "J003", Error, "image"),
        ("to: docker, image: De", "J005", Error, "image"),
        (
            "to: docker, image: {image: debian}",
            "J003",
            Error,
            "image.name",
        ),
        (
            "to: docker, image: debian, repeat: 0",
            "J005",
            Error,
            "repeat",
        ),
        ("to: overlay, kernel: {url: u}", "J006", Warning, "kernel"),
        ("to: download, images: {a: 5}", "J004", Error, "images.a"),
        (
            "to: downloads, images: {a: {url: u}}, postprocess: {}",
            "J003",
            Error,
            "postprocess.docker",
        ),
        (
            "to: downloads, images: {a: {url: u}}, uniquify: x",
            "J004",
            Error,
            "uniquify",
        ),
        (
            "to: iso-installer, images: {iso: {url: u}, preseed: {url: u}}, iso: {}",
            "J003",
            Error,
            "iso.installation_size",
        ),
        (
            "to: usb, device: d, image: {url: u, root_partition: x}, writer: {tool: a, options: b, prompt: c}",
            "J004",
            Error,
            "image.root_partition",
        ),
        (
            "to: usb, device: d, images: {}, writer: {tool: a, options: b, prompt: c}",
            "J003",
            Error,
            "images.image",
        ),
        (
            "to: usb, device: d, images: {image: {url: u, apply-overlay: true}}, writer: {tool: a, options: b, prompt: c}",
            "J006",
            Warning,
            "images.image.apply-overlay",
        ),
        (
            "to: sd, device: d, writer: {tool: a, options: b, prompt: c}",
            "J003",
            Error,
            "image",
        ),
        (
            "to: sata, device: d, image: {url: u}",
            "J003",
            Error,
            "download",
        ),
        (
            "to: fastboot, images: {a: {url: u, sparse: 1}}",
            "J004",
            Error,
            "images.a.sparse",
        ),
        (
            "to: fastboot, images: {a: {url: u, root_partition: -1}}",
            "J005",
            Error,
            "images.a.root_partition",
        ),
        (
            "to: fastboot, images: {a: {url: u, format: ext4}}",
            "J003",
            Warning,
            "images.a.overlays",
        ),
        ("to: flasher", "J003", Error, "images"),
        (
            "to: flasher, images: {a: {url: u, download: 1}}",
            "J004",
            Error,
            "images.a.download",
        ),
        (
            "to: recovery, images: {1: {url: u}}",
            "J005",
            Error,
            "images",
        ),
        ("to: u-boot-ums, image: u", "J004", Error, "image"),
        (
            "to: usbg-ms, image: {url: u, root_partition: 1}",
            "J006",
            Warning,
            "image.root_partition",
        ),
        (
            "to: uuu, images: {a: {url: u}}",
            "J003",
            Error,
            "images.boot",
        ),
        (
            "to: uuu, images: {boot: {url: u, apply-overlay: true}}",
            "J006",
            Warning,
            "images.boot.apply-overlay",
        ),
        ("to: qdl, qcomflash: 5", "J004", Error, "qcomflash"),
        (
            "to: fvp, images: {a: {url: u}}, ramdisk: {header: x}",
            "J005",
            Error,
            "ramdisk.header",
        ),
        (
            "to: fvp, images: {a: {url: u}}, format: disk",
            "J006",
            Warning,
            "format",
        ),
        ("to: avh", "J003", Error, "images"),
        (
            "to: avh, images: {a: {url: u, format: tar}}",
            "J005",
            Error,
            "images.a.format",
        ),
        (
            "to: avh, images: {a: {url: u}}, fw_package: {url: u}",
            "J012",
            Warning,
            "",
        ),
        (
            "to: avh, images: {a: {url: u}}, uniquify: true",
            "J006",
            Warning,
            "uniquify",
        ),
        ("to: mps, images: {}", "J005", Error, "images"),
        (
            "to: mps, images: {test_binary_: {url: u}}",
            "J006",
            Warning,
            "images.test_binary_",
        ),
        (
            "to: musca, images: {binary: {url: u}}",
            "J003",
            Error,
            "images.test_binary",
        ),
        ("to: vemsd", "J003", Error, "recovery_image"),
        ("to: usbb", "J041", Error, "to"),
    ];
    for (block, code, severity, path) in cases {
        let expected = (code.to_owned(), severity, path.to_owned());
        let found = findings(block);
        assert!(
            found.contains(&expected),
            "{block}: {expected:?} in {found:?}"
        );
        let others = found.iter().filter(|found| found.1 == Error).count();
        assert_eq!(others, usize::from(severity == Error), "{block}: {found:?}");
    }
}

#[test]
fn one_good_form_is_enough() {
    let broken_root = findings("to: nfs, nfsrootfs: 5, images: {a: {url: u}}");
    assert!(
        broken_root.iter().all(|f| f.1 == Warning),
        "{broken_root:?}"
    );
    let both_broken = findings("to: nfs, nfsrootfs: 5, images: 5");
    assert!(both_broken.contains(&("J004".into(), Error, "images".into())));
    let broken_package = findings("to: avh, images: {a: {url: u}}, fw_package: 5");
    assert!(
        broken_package.iter().all(|f| f.1 == Warning),
        "{broken_package:?}"
    );
}
