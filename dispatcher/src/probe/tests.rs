//! Devices that are tried, on this machine alone.

use std::net::TcpListener;
use std::path::Path;

use super::{Probe, device, program};
use crate::actions::tool::program::Programs;
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
        imagined: false,
    }
}

fn tried(text: &str) -> (Vec<String>, Vec<(&'static str, String)>) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let Probe { answers, troubles } = runtime.block_on(device(
        &of(text),
        Path::new("/nowhere"),
        &Programs::default(),
    ));
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
    made_to_run(&telnet);
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
        "commands:\n  hard_reset: [{command}, A=secret {command}, no-such-program off]\n  power_on: {command}\n  \
         power_off: {command}\n  pre_power_command: {command}\n  recovery_mode: {command}\n  soft_reboot: no-such-program\n  \
         power_status: sh -c 'exit 3'\n"
    );
    let (answers, troubles) = tried(&text);
    assert_eq!(answers, ["touch"]);
    let expected = [
        ("D041", "commands.hard_reset"),
        ("D041", "commands.hard_reset"),
        ("D043", "commands.power_status"),
    ];
    assert_eq!(
        troubles,
        expected.map(|(code, path)| (code, path.to_owned()))
    );
    assert!(!touched.exists());
    let told = program::missing("PASSWORD=secret", "commands.connect").message;
    assert!(
        told.contains("PASSWORD") && !told.contains("secret"),
        "{told}"
    );
    let (answers, troubles) = tried("commands: {power_status: 'true'}\n");
    assert_eq!(
        (answers, troubles),
        (vec!["power_status by true".to_owned()], Vec::new())
    );
}

#[test]
fn programs_of_emulators_tell_their_version() {
    let methods = |command: &str| {
        format!(
            "actions: {{deploy: {{methods: {{image: }}}}, boot: {{methods: {{qemu: {{parameters: {{command: {command}}}}}}}}}}}\n"
        )
    };
    let folder = tempfile::tempdir().unwrap();
    let program = |name: &str, text: &str| {
        let path = folder.path().join(name).display().to_string();
        std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        made_to_run(&path);
        path
    };
    let good = program("qemu-system-good", "test \"$*\" = --version");
    let answers = tried(&methods(&format!("{good} -x")));
    assert_eq!(answers, (vec![good], Vec::new()));
    let path = "actions.boot.methods.qemu".to_owned();
    let bad = program("qemu-system-bad", "exit 1");
    for command in [bad.as_str(), "no-such-program"] {
        assert_eq!(
            tried(&methods(command)),
            (Vec::new(), vec![("D041", path.clone())]),
            "{command}"
        );
    }
    // Whatever it does with an argument that it does not know.
    let touched = folder.path().join("touched");
    let script = program("start-machine", &format!("touch {}", touched.display()));
    assert_eq!(tried(&methods(&script)), (vec![script], Vec::new()));
    assert!(!touched.exists());
}

#[test]
fn a_try_that_is_given_up_leaves_no_program_behind() {
    let folder = tempfile::tempdir().unwrap();
    let pid = folder.path().join("pid");
    // The program that the first one starts ignores what the first one heeds.
    let text = format!(
        "commands: {{power_status: \"sh -c '(trap : TERM; echo begun >{0}.new; mv {0}.new {0}; while :; do sleep 1; done) & wait'\"}}\n",
        pid.display()
    );
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let running = Programs::default();
    runtime.block_on(async {
        let of = of(&text);
        let begun = async {
            while !pid.exists() {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            _ = device(&of, Path::new("/nowhere"), &running) => panic!("it ended"),
            () = begun => {}
        }
        running.ended().await;
    });
    let pid = pid.display().to_string();
    // Killed is not yet gone; one that is left behind never goes.
    while processes().iter().any(|line| line.contains(&pid)) {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

/// The command lines of all processes.
fn processes() -> Vec<String> {
    let all = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = all.filter_map(|it| std::fs::read(it.path().join("cmdline")).ok());
    lines
        .map(|line| String::from_utf8_lossy(&line).into_owned())
        .collect()
}

/// By another process: a program that is open for writing cannot be started.
fn made_to_run(path: &str) {
    let mut chmod = std::process::Command::new("chmod");
    assert!(chmod.args(["+x", path]).status().unwrap().success());
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
