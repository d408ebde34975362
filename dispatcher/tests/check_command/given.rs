//! `dispatch plan --device`: plans for devices that are in no lab, and jobs as LAVA's worker gets them.

use serde_json::Value;

use super::{GOOD, Place};

/// What LAVA renders of a device.
const RENDERED: &str = "
devicetype: ''
constants: {failure_retry: 1}
timeouts: {actions: {power-off: {seconds: 10}}}
actions:
  deploy: {methods: {ssh: {host: 192.0.2.7}}}
  boot: {methods: {ssh: }}
";

/// The part of one node, as LAVA's server makes it; its timeout of 0 is one of 30 s.
const PART: &str = "
job_name: part
visibility: public
connection: ssh
host_role: server
timeouts: {job: {minutes: 5}, action: {minutes: 0}}
protocols:
  lava-multinode: {target_group: abc, role: client, group_size: 2, sub_id: 1, roles: {a: server, b: client}}
actions:
- deploy: {role: client, to: ssh, os: debian}
- boot: {role: client, method: ssh, prompts: ['# ']}
- test:
    role: client
    failure_retry: 3
    timeout: {minutes: 2}
    definitions:
    - {from: url, name: a, path: a.yaml, repository: 'https://example.com/a.tar.gz'}
";

fn place() -> Place {
    Place::new()
        .with("job.yaml", GOOD)
        .with("part.yaml", PART)
        .with("rendered.yaml", RENDERED)
        .with(
            "ours.yaml",
            "device_type: ssh\nssh: {host: host.example.com}\n",
        )
}

fn json(place: &Place, words: &[&str]) -> Value {
    let said = place.run(&[&["plan"], words].concat());
    assert_eq!(said.code, 0, "{said:?}");
    serde_json::from_str(&said.stdout).unwrap()
}

#[test]
fn each_role_may_have_a_device_of_its_own() {
    let place = place();
    let words = ["job.yaml", "--format", "json", "--device"];
    let devices = |more: &[&str]| -> Vec<String> {
        let nodes = json(&place, &[&words, more].concat());
        let nodes = nodes.as_array().unwrap().iter();
        nodes
            .map(|node| node["device"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(devices(&["rendered.yaml"]), ["rendered"; 3]);
    assert_eq!(
        devices(&["rendered.yaml", "--device", "client=ours.yaml"]),
        ["rendered", "ours", "ours"]
    );
    assert_eq!(
        devices(&["server=rendered.yaml"]),
        ["rendered", "any ssh", "any ssh"]
    );
}

#[test]
fn the_part_of_one_node_is_a_pipeline_as_lava_prints_it() {
    let place = place();
    let words = ["part.yaml", "--device", "rendered.yaml", "--format"];
    let steps = json(&place, &[&words[..], &["json"]].concat());
    let step = |level: &str| {
        let mut indices = level.split('.').map(|n| n.parse::<usize>().unwrap() - 1);
        let first = &steps[indices.next().unwrap()];
        indices.fold(first, |step, index| &step["pipeline"][index])
    };
    let mut test = step("3").clone();
    assert_eq!(test["pipeline"].take(), Value::Null, "nothing retries it");
    for (level, name, timeout) in [
        ("1", "scp-overlay", 30),
        ("1.1.3.1", "url-repo-action", 30),
        ("3", "multinode-test", 120),
        ("4.1", "power-off", 10),
        ("4.2", "read-feedback", 30),
    ] {
        assert_eq!(step(level)["name"], name, "{steps:#}");
        assert_eq!(step(level)["level"], level);
        assert_eq!(step(level)["timeout"], timeout, "{name}");
    }
    let download = step("1.1.3.1.1.1");
    assert_eq!(download["name"], "http-download");
    assert_eq!(download["url"], "https://example.com/a.tar.gz");
    assert!(download.get("kind").is_none() && download.get("max_retries").is_none());

    let nodes = json(&place, &[&words[..], &["full"]].concat());
    assert_eq!(nodes[0]["role"], "client");
    let first = &nodes[0]["pipeline"][0];
    assert_eq!(
        (&first["kind"], &first["class"]),
        (&"group".into(), &"job".into())
    );
}

#[test]
fn only_a_plan_takes_the_part_of_one_node() {
    let place = place();
    for command in ["check", "submit"] {
        let said = place.run(&[command, "part.yaml"]);
        assert_eq!(said.code, 2, "{said:?}");
        let told = format!("{}{}", said.stdout, said.stderr);
        assert!(told.contains("J042"), "{said:?}");
    }
    let said = place.run(&["plan", "part.yaml"]);
    assert_eq!(said.code, 4, "{said:?}");
    assert!(said.stderr.contains("give it with --device"), "{said:?}");
    let place = place.with("typed.yaml", format!("device_type: ssh\n{PART}"));
    let steps = json(&place, &["typed.yaml", "--format", "json"]);
    assert_eq!(steps[2]["name"], "multinode-test");
}

#[test]
fn what_cannot_run_yet_is_marked() {
    let job = GOOD.replacen(
        "    definitions:\n",
        "    docker: {image: debian:trixie}\n    definitions:\n",
        1,
    );
    let place = place().with("docker.yaml", &job);
    let said = place.run(&["plan", "docker.yaml"]);
    let marked = said
        .stdout
        .lines()
        .filter(|line| line.contains("plans it and cannot run it"));
    assert!(marked.count() >= 3, "{said:?}");
    let nodes = json(&place, &["docker.yaml", "--format", "full"]);
    let text = nodes.to_string();
    assert!(text.contains(r#""runnable":false"#) && text.contains(r#""why":""#));
}

#[test]
fn what_is_refused_as_a_device() {
    let place = place().with("no.yaml", "[]");
    for (words, says) in [
        (vec!["gone.yaml"], "cannot read gone.yaml"),
        (vec!["no.yaml"], "no.yaml: a device is a mapping"),
        (
            vec!["cleint=ours.yaml"],
            "the job has no role cleint; there are: server, client",
        ),
        (
            vec!["ours.yaml", "rendered.yaml"],
            "a second device for all roles",
        ),
        (
            vec!["client=ours.yaml", "client=ours.yaml"],
            "a second device for role client",
        ),
    ] {
        let mut all = vec!["plan", "job.yaml"];
        for word in words {
            all.extend(["--device", word]);
        }
        let said = place.run(&all);
        assert_eq!(said.code, 3, "{said:?}");
        assert!(said.stderr.contains(says), "{says}: {said:?}");
    }
}
