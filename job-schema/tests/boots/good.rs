//! Blocks without findings, and what they become.

use std::collections::BTreeSet;

use job_schema::boot::fvp::Fvp;
use job_schema::boot::{Method, media::PartNumber, uuu};

use crate::methods::{EVERY, METHODS, block};
use crate::{boot, parse, told, typed};

#[test]
fn every_method_is_here() {
    let here: BTreeSet<_> = METHODS.iter().map(|(method, ..)| *method).collect();
    assert_eq!(here, Method::WORDS.iter().copied().collect());
}

#[test]
fn a_method_takes_what_it_needs_and_no_less() {
    for (method, needs, _) in METHODS {
        assert_eq!(boot(&block(method, &[needs])).method.word(), *method);
        for key in needs.split(", ").filter(|key| !key.is_empty()) {
            let fewer: Vec<&str> = needs.split(", ").filter(|other| other != &key).collect();
            let parsed = parse(&block(method, &fewer));
            let name = key.split(':').next().expect("a key");
            assert_eq!(
                told(&parsed.findings),
                [format!("J003 Error {name}")],
                "{method}"
            );
        }
    }
}

#[test]
fn a_method_takes_all_its_keys() {
    for (method, needs, takes) in METHODS {
        let every = match *method {
            "ssh" => "parameters: {hostID: ipv4, host_key: ipaddr}, soft_reboot: a",
            _ => EVERY,
        };
        let boot = boot(&block(method, &[needs, takes, every]));
        assert!(boot.soft_reboot.is_some(), "{method}");
        let ways = boot.ways_in();
        assert_eq!(
            !ways.prompts.is_empty(),
            takes.contains("prompts")
                || needs.contains("prompts")
                || takes.contains("SHELL")
                || takes.contains("LOGIN"),
            "{method}"
        );
        assert_eq!(
            ways.transfer_overlay.is_some(),
            takes.contains("SHELL"),
            "{method}"
        );
        let login = ["SHELL", "LOGIN", "auto_login"]
            .iter()
            .any(|part| takes.contains(part));
        assert_eq!(boot.auto_login().is_some(), login, "{method}");
    }
}

#[test]
fn values_are_typed() {
    let Method::Fvp(fvp) = boot(
        "{method: fvp, console_string: c, image: i, arguments: [-a], docker: {name: 'fvp:base'}, feedbacks: [f]}",
    )
    .method
    else {
        panic!("not fvp");
    };
    let Fvp {
        docker,
        feedbacks,
        use_telnet,
        ..
    } = *fvp;
    assert_eq!((docker.name.0.as_str(), use_telnet), ("fvp:base", None));
    assert_eq!(feedbacks.as_deref(), Some(&["f".to_owned()][..]));

    let Method::Uuu(uuu) = boot("{method: uuu, commands: [{SDPS: boot}, {bcu: reset}]}").method
    else {
        panic!("not uuu");
    };
    let uuu::Commands::List(commands) = &uuu.commands else {
        panic!("{uuu:?}");
    };
    assert_eq!(commands[1]["bcu"], "reset");

    let boot = boot(
        "{method: kexec, boot_message: m, transfer_overlay: {unpack_command: u, transfer_method: zmodem}}",
    );
    let transfer = boot.transfer_overlay().expect("written");
    assert_eq!(
        (transfer.unpack_command.as_str(), &transfer.download_command),
        ("u", &None)
    );
}

#[test]
fn unlisted_keys_are_read_with_a_warning() {
    let parsed = parse(
        "{method: u-boot, commands: sata, kernel: /boot/k, root_uuid: u, boot_part: 1, kernel_type: zimage, \
         failure_message: emergency}",
    );
    let keys = [
        "kernel",
        "root_uuid",
        "boot_part",
        "kernel_type",
        "failure_message",
    ];
    assert_eq!(
        told(&parsed.findings),
        keys.map(|key| format!("J006 Warning {key}"))
    );
    let boot = typed(parsed);
    assert_eq!(boot.failure_message.as_deref(), Some("emergency"));
    let Method::UBoot(u_boot) = boot.method else {
        panic!("not u-boot");
    };
    assert_eq!(u_boot.media.kernel.as_deref(), Some("/boot/k"));
    assert_eq!(u_boot.media.boot_part, Some(PartNumber("1".to_owned())));

    let parsed = parse(
        "{method: ssh, connection: ssh, auto_login: {login_prompt: '', username: u, login_commands: [l]}}",
    );
    assert_eq!(
        told(&parsed.findings),
        ["J006 Warning connection", "J006 Warning auto_login"]
    );
    let boot = typed(parsed);
    assert_eq!(boot.auto_login().expect("written").login_commands, ["l"]);
}
