//! Devices that are tried, on this machine alone.

use std::net::TcpListener;
use std::path::Path;

use super::{Probe, device};
use crate::inventory::Device;
use crate::inventory::device::Config;

/// A device of this configuration.
fn of(text: &str) -> Device {
    let rendered = job_schema::parse_value(text).unwrap();
    let kept = crate::inventory::lava::read(&rendered);
    Device {
        name: "board-1".to_owned(),
        device_type: "board".to_owned(),
        tags: Vec::new(),
        config: Config::read(kept, rendered, "board-1", Path::new("")).unwrap(),
    }
}

fn tried(text: &str) -> (Vec<String>, Vec<(&'static str, String)>) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let Probe { answers, troubles } = runtime.block_on(device(&of(text), Path::new("/nowhere")));
    let troubles = troubles.into_iter().map(|it| (it.code, it.path)).collect();
    (answers, troubles)
}

/// A port on this machine that refuses connections.
fn closed() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

#[test]
fn consoles_are_connected_to() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (open, closed) = (listener.local_addr().unwrap().port(), closed());
    let folder = tempfile::tempdir().unwrap();
    // A program of that name is looked for, and not run.
    let telnet = folder.path().join("telnet");
    std::fs::write(&telnet, "#!/bin/false\n").unwrap();
    let telnet = telnet.display().to_string();
    let shell = "chmod +x";
    assert!(
        std::process::Command::new("sh")
            .args(["-c", &format!("{shell} {telnet}")])
            .status()
            .unwrap()
            .success()
    );
    let text = format!(
        "commands:\n  connections:\n    a: {{connect: {telnet} 127.0.0.1 {open}}}\n    \
         b: {{connect: {telnet} 127.0.0.1 {closed}}}\n    c: {{connect: no-such-program x}}\n"
    );
    let (answers, troubles) = tried(&text);
    assert_eq!(answers, [format!("{telnet} 127.0.0.1 port {open}")]);
    let expected = [
        ("D042", "commands.connections.b"),
        ("D041", "commands.connections.c"),
    ];
    let expected = expected.map(|(code, path)| (code, path.to_owned()));
    assert_eq!(troubles, expected);
}

#[test]
fn power_is_never_switched() {
    let folder = tempfile::tempdir().unwrap();
    let touched = folder.path().join("touched");
    let command = format!("touch {}", touched.display());
    let text = format!(
        "commands:\n  hard_reset: [A=1 {command}, cd /; exit, no-such-program off]\n  power_on: {command}\n  \
         power_off: {command}\n  pre_power_command: {command}\n  recovery_mode: {command}\n  soft_reboot: no-such-program\n  \
         power_status: 'exit 3'\n"
    );
    let (answers, troubles) = tried(&text);
    assert_eq!(answers, ["touch"]);
    let expected = [
        ("D041", "commands.hard_reset"),
        ("D043", "commands.power_status"),
    ];
    assert_eq!(
        troubles,
        expected.map(|(code, path)| (code, path.to_owned()))
    );
    assert!(!touched.exists());
    let (answers, troubles) = tried("commands: {power_status: 'true'}\n");
    assert_eq!(
        (answers, troubles),
        (vec!["power_status".to_owned()], Vec::new())
    );
}

#[test]
fn programs_of_emulators_tell_their_version() {
    let methods = |command: &str| {
        format!(
            "actions: {{deploy: {{methods: {{image: }}}}, boot: {{methods: {{qemu: {{parameters: {{command: {command}}}}}}}}}}}\n"
        )
    };
    assert_eq!(
        tried(&methods("bash -x")),
        (vec!["bash".to_owned()], Vec::new())
    );
    let path = "actions.boot.methods.qemu".to_owned();
    for command in ["'false'", "no-such-program"] {
        assert_eq!(
            tried(&methods(command)),
            (Vec::new(), vec![("D041", path.clone())]),
            "{command}"
        );
    }
}

#[test]
fn a_closed_port_is_no_machine() {
    let text = format!(
        "actions: {{deploy: {{methods: {{ssh: {{host: 127.0.0.1, port: {}, identity_file: /nowhere/key}}}}}}, boot: {{methods: {{ssh: }}}}}}\n",
        closed()
    );
    let path = "actions.deploy.methods.ssh.host".to_owned();
    assert_eq!(tried(&text), (Vec::new(), vec![("D040", path)]));
}
