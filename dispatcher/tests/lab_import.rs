//! `dispatch lab import` as an admin calls it: the real program on a small LAVA configuration.

#![allow(clippy::unwrap_used, reason = "tests panic")]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

/// What the lab shares.
const BASE: &str = "\
hostname: {{ scheduled_device_name }}
devicetype: {{ scheduled_device_type }}
character_delays:
{% if boot_character_delay %}
    boot: {{ boot_character_delay }}
{% endif %}
timeouts:
  actions:
    auto-login-action:
      seconds: {{ test_character_delay | default(77) }}
  connections:
constants:
  failure_retry: {{ failure_retry | default(1) }}
commands:
{% block body %}
{% endblock %}
";

/// Machines with SSH.
const SSH: &str = "\
{% extends 'shared.jinja2' %}
{% block body %}
actions:
  deploy:
    methods:
      ssh:
        host: {{ ssh_host }}
        port: {{ ssh_port | default(22) }}
        user: {{ ssh_user | default('root') }}
        identity_file:
        options: ['-o', 'Compression=yes']
  boot:
    methods:
      ssh:
{% endblock %}
";

const BOARD: &str = "\
{% extends 'shared.jinja2' %}
{% block body %}
actions:
  deploy: {methods: {tftp: }}
  boot: {methods: {u-boot: {parameters: {bootloader_prompt: '{{ bootloader_prompt | default('=>') }}'}}}}
{% endblock %}
";

/// A job for any device of a type.
fn job(device_type: &str, deploy: &str, boot: &str) -> String {
    format!(
        "job_name: j\nvisibility: public\ntimeouts: {{job: {{minutes: 5}}}}\ndevice_type: {device_type}\n\
         context: {{test_character_delay: 55}}\nactions:\n- deploy: {deploy}\n- boot: {boot}\n"
    )
}

struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        place.write("shipped/shared.jinja2", BASE);
        place.write("shipped/rack.jinja2", SSH);
        place.write("lava/device-types/board.jinja2", BOARD);
        place.write(
            "lava/devices/rack-1.jinja2",
            "{% extends 'rack.jinja2' %}\n{% set ssh_host = '192.0.2.7' %}\n{% set ssh_port = 8022 %}\n",
        );
        place.write(
            "lava/devices/board-1.jinja2",
            "{% extends 'board.jinja2' %}\n",
        );
        place
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Exit code, and what it printed.
    fn run(&self, words: &[&str]) -> (i32, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_dispatch"))
            .args(words)
            .current_dir(self.folder.path())
            .env("DISPATCH_STATE", self.path("state"))
            .output()
            .unwrap();
        let text = [output.stdout, output.stderr].concat();
        (
            output.status.code().unwrap(),
            String::from_utf8(text).unwrap(),
        )
    }

    fn import(&self) -> (i32, String) {
        self.run(&[
            "lab",
            "import",
            "lava",
            "--templates",
            "shipped",
            "--into",
            "lab",
        ])
    }
}

#[test]
fn a_lab_moves_in_and_is_brought_up_to_date() {
    let place = Place::new();
    assert_eq!(
        place.import(),
        (
            0,
            "\
new        board-1  board: deploy tftp; boot u-boot
new        rack-1   rack: deploy ssh; boot ssh
devices: 2: 2 new; 0 cannot be rendered
device types: 3: 3 new
lab folder: lab
"
            .to_owned()
        )
    );
    place.write(
        "lava/devices/rack-2.jinja2",
        "{% extends 'rack.jinja2' %}\n\n{% set a = 1 | nothing %}",
    );
    place.write("lava/device-types/rack.jinja2", &SSH.replace("22", "2222"));
    fs::remove_file(place.path("lava/devices/board-1.jinja2")).unwrap();
    assert_eq!(
        place.import(),
        (
            3,
            "\
kept       board-1  board: deploy tftp; boot u-boot
unchanged  rack-1   rack: deploy ssh; boot ssh
new        rack-2   FAILS device rack-2: rack-2.jinja2:3: unknown filter: filter nothing is unknown
devices: 3: 1 new, 1 unchanged, 1 kept; 1 cannot be rendered
device types: 3: 1 changed, 2 unchanged
changed    device type rack
lab folder: lab
"
            .to_owned()
        )
    );
    let (code, said) = place.run(&["devices", "--lab", "lab"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("deploy tftp; boot u-boot"), "{said}");
    assert!(said.contains("rack-2.jinja2:3"), "{said}");
}

#[test]
fn the_context_of_a_job_works_as_in_lava() {
    let place = Place::new();
    place.import();
    let show = |context| {
        place.run(&[
            "devices",
            "show",
            "rack-1",
            "--lab",
            "lab",
            "--context",
            context,
        ])
    };
    let (code, said) = show("boot_character_delay=7");
    assert_eq!(code, 0, "{said}");
    for line in [
        "hostname: rack-1",
        "devicetype: rack",
        "  boot: 7",
        "        port: 8022",
    ] {
        assert!(said.lines().any(|l| l == line), "{line} in {said}");
    }
    // The dictionary sets it.
    assert!(show("ssh_port=1").1.contains("port: 8022"));
    assert!(!show("ssh_host").1.is_empty() && show("ssh_host").0 == 2);

    place.write(
        "job.yaml",
        &job("rack", "{to: ssh}", "{method: ssh, prompts: ['# ']}"),
    );
    let (code, said) = place.run(&["plan", "job.yaml", "--lab", "lab"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("rack-1"), "{said}");
    let (code, said) = place.run(&["check", "job.yaml", "--lab", "lab"]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn what_cannot_be_run_is_refused_by_name() {
    let place = Place::new();
    place.import();
    let deploy = "{to: tftp, kernel: {url: 'http://192.0.2.1/k', type: image}}";
    let boot = "{method: u-boot, commands: ramdisk, prompts: ['# ']}";
    place.write("job.yaml", &job("board", deploy, boot));
    let (code, said) = place.run(&["submit", "job.yaml", "--lab", "lab"]);
    assert_eq!(code, 2, "{said}");
    assert!(
        said.contains("http-download: files are not downloaded yet"),
        "{said}"
    );
    assert!(said.contains("nothing was run"), "{said}");
}

#[test]
fn a_device_that_lava_has_rendered_is_a_device() {
    let place = Place::new();
    place.import();
    let (_, yaml) = place.run(&["devices", "show", "rack-1", "--lab", "lab"]);
    place.write("other/devices/r.yaml", &format!("{yaml}tags: [fast]\n"));
    let (code, said) = place.run(&["devices", "--lab", "other", "--json"]);
    assert_eq!(code, 0, "{said}");
    let device: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(device["device"], "r");
    assert_eq!(device["device_type"], "rack");
    assert_eq!(device["tags"], serde_json::json!(["fast"]));
    assert_eq!(device["boot"], serde_json::json!(["ssh"]));
}

#[test]
fn a_folder_of_something_else_and_a_file_that_cannot_be_read_are_told() {
    let place = Place::new();
    let (code, said) = place.run(&["lab", "import", "shipped"]);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("holds no devices/*.jinja2"), "{said}");
    // LAVA's own device types are elsewhere than a lab's.
    let (code, said) = place.run(&["lab", "import", "lava", "--into", "other"]);
    assert_eq!(code, 3, "{said}");
    assert!(
        said.contains("\nhelp: ") && said.contains("--templates"),
        "{said}"
    );
    std::os::unix::fs::symlink("/etc/hostname", place.path("lava/devices/x.jinja2")).unwrap();
    let (code, said) = place.import();
    assert_eq!(code, 3, "{said}");
    assert!(
        said.contains("new        rack-1   rack: deploy ssh"),
        "{said}"
    );
    let link =
        "unread     x        FAILS lava/devices/x.jinja2 is a link that leads out of its folder";
    assert!(said.contains(link), "{said}");
    assert!(!place.path("lab/lava/devices/x.jinja2").exists());
}

/// A file that is being written keeps nobody from the other devices.
#[test]
fn a_broken_file_of_a_lab_is_left_out_and_told() {
    let place = Place::new();
    place.import();
    place.write("lab/devices/half.yaml", "device_type: [");
    for arguments in [
        &["devices", "show", "rack-1", "--lab", "lab"][..],
        &["device-types", "--lab", "lab"],
    ] {
        let (code, said) = place.run(arguments);
        assert_eq!(code, 0, "{said}");
        assert!(said.contains("left out: lab/devices/half.yaml"), "{said}");
        assert!(said.contains("`dispatch lab check lab`"), "{said}");
    }
    let (code, said) = place.run(&["devices", "show", "half", "--lab", "lab"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("left out"), "{said}");
}
