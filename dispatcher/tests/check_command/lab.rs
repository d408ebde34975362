//! `--lab`: what the devices of a lab can do for a job.

use super::{GOOD, Place, codes};

/// A lab of three machines, one of them fast.
fn place() -> Place {
    let device =
        |tags: &str| format!("device_type: ssh\ntags: [{tags}]\nssh: {{host: 192.0.2.1}}\n");
    Place::new()
        .with("lab/devices/rack1.yaml", device("x86, fast"))
        .with("lab/devices/rack2.yaml", device("x86"))
        .with("lab/devices/rack3.yaml", device("x86"))
        .with("lab/devices/board.yaml", "device_type: mustang\n")
}

/// Codes, severities and underlined words of the findings of [`GOOD`] after a replacement.
fn findings(from: &str, to: &str) -> Vec<(String, String, String)> {
    let job = GOOD.replacen(from, to, 1);
    let place = place().with("job.yaml", &job);
    let rows = place.json(&["job.yaml", "--lab", "lab"]);
    let lines: Vec<&str> = job.lines().collect();
    rows.iter()
        .map(|row| {
            assert_eq!(row["group"], "lab", "{row}");
            let number = |key: &str| usize::try_from(row[key].as_u64().unwrap()).unwrap();
            let word = &lines[number("line") - 1][number("column") - 1..number("end_column") - 1];
            let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
            (
                text("code"),
                word.to_owned(),
                text("message") + "; " + &text("help"),
            )
        })
        .collect()
}

#[test]
fn a_job_that_fits_is_fine() {
    assert_eq!(findings("", ""), []);
    assert_eq!(
        findings(
            "count: 2, device_type: ssh",
            "count: 2, device_type: ssh, tags: [x86]"
        ),
        []
    );
}

#[test]
fn what_a_lab_cannot_do_is_said_at_the_word() {
    let client = "count: 2, device_type: ssh";
    let server = "count: 1, device_type: ssh";
    let cases = [
        (
            client,
            "count: 2, device_type: shs",
            "J080",
            "shs",
            "did you mean `ssh`?",
        ),
        (
            client,
            "count: 2, device_type: zzzzzz",
            "J080",
            "zzzzzz",
            "there are: beaglebone-black, db410c, docker",
        ),
        (
            client,
            "count: 2, device_type: sandbox",
            "J081",
            "sandbox",
            "it has devices of type mustang, ssh",
        ),
        (
            client,
            "count: 4000000000, device_type: ssh",
            "J081",
            "ssh",
            "needs 4000000000 of type ssh, the lab has 3",
        ),
        (
            client,
            "count: 3, device_type: ssh",
            "J081",
            "ssh",
            "together need 4 devices",
        ),
        (
            client,
            "count: 2, device_type: ssh, tags: [fsat]",
            "J081",
            "fsat",
            "did you mean `fast`?",
        ),
        (
            client,
            "count: 2, device_type: ssh, tags: [fast]",
            "J081",
            "ssh",
            "with the tags fast, the lab has 1",
        ),
        (
            server,
            "count: 1, device_type: ssh, device: rack9",
            "J082",
            "rack9",
            "did you mean `rack",
        ),
        (
            server,
            "count: 1, device_type: ssh, device: board",
            "J082",
            "board",
            "is of type `mustang`",
        ),
        (
            client,
            "count: 2, device_type: ssh, context: {arch: arm64}",
            "J084",
            "arch",
            "does not use `arch`; there are: boot_character_delay, boot_retry",
        ),
    ];
    for (from, to, code, word, says) in cases {
        let found = findings(from, to);
        let [(found_code, found_word, said)] = found.as_slice() else {
            panic!("{to}: {found:?}");
        };
        assert_eq!(
            (found_code.as_str(), found_word.as_str()),
            (code, word),
            "{to}: {said}"
        );
        assert!(said.contains(says), "{to}: {said}");
    }
}

#[test]
fn a_method_is_what_planning_says() {
    let found = findings(
        "to: ssh",
        "to: tftp\n    kernel: {url: 'http://192.0.2.9/k'}",
    );
    let [(code, word, said)] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!((code.as_str(), word.as_str()), ("J083", "tftp"));
    assert!(
        said.contains("cannot `deploy: to: tftp`; its deploy methods are: ssh"),
        "{said}"
    );
}

#[test]
fn a_job_without_roles_and_one_with_guests() {
    let single = GOOD
        .replace("    role: [server, client]\n", "")
        .replace("    role: [client]\n", "");
    let roles = &GOOD[GOOD.find("protocols").unwrap()..GOOD.find("actions").unwrap()];
    let single = single.replace(
        roles,
        "device_type: ssh\ncontext: {arch: arm64}\ntags: [slow]\n",
    );
    let guests = GOOD.replace(
        "client: {count: 2, device_type: ssh}",
        "client: {count: 9, connection: ssh, host_role: server, expect_role: server, context: {arch: x, failure_retry: 2}}",
    );
    let place = place()
        .with("single.yaml", single)
        .with("guests.yaml", guests);
    let found = place.json(&["single.yaml", "--lab", "lab"]);
    assert_eq!(codes(&found), ["J084", "J081"]);
    assert_eq!(found[0]["path"], "context.arch");
    let mut found = place.json(&["guests.yaml", "--lab", "lab"]);
    found.retain(|row| row["group"] == "lab");
    assert_eq!(codes(&found), ["J084"]);
    assert_eq!(
        found[0]["path"],
        "protocols.lava-multinode.roles.client.context.arch"
    );
}

#[test]
fn a_device_that_cannot_be_rendered_is_told_once() {
    let place = Place::new()
        .with("lab/devices/a.yaml", "device_type: ssh\ncount: 3\n")
        .with("job.yaml", GOOD);
    let found = place.json(&["job.yaml", "--lab", "lab"]);
    assert_eq!(codes(&found), ["J085"]);
    let message = found[0]["message"].as_str().unwrap();
    assert!(message.contains("set it in the device file"), "{message}");
}

#[test]
fn a_set_of_commands_is_looked_for_at_the_boot_loader() {
    let job = |commands: &str| {
        format!(
            "job_name: boot\ndevice_type: beaglebone-black\npriority: medium\nvisibility: public\n\
             timeouts: {{job: {{hours: 1}}, action: {{minutes: 1}}, connection: {{minutes: 1}}}}\nactions:\n\
             - boot:\n    method: u-boot\n    commands: {commands}\n    prompts: ['#']\n"
        )
    };
    let checked = |commands: &str| {
        let mut found = place()
            .with("lab/devices/bbb-1.yaml", "device_type: beaglebone-black\n")
            .with("job.yaml", job(commands))
            .json(&["job.yaml", "--lab", "lab"]);
        found.retain(|row| row["group"] == "lab");
        found
    };
    assert_eq!(checked("ramdisk").len(), 0);
    let found = checked("ramdsk");
    let [finding] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!(finding["code"], "J083");
    assert_eq!(finding["line"], 9);
    assert_eq!(finding["column"], 15);
    let message = finding["message"].as_str().unwrap();
    assert!(
        message.starts_with(
            "device bbb-1 has no commands `ramdsk` for u-boot; did you mean `ramdisk`? It has "
        ),
        "{message}"
    );
}
