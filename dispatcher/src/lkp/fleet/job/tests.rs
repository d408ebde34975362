use super::*;
use insta::assert_snapshot;

fn job<'a>(devices: &'a [Entry], block: LkpBlock) -> FleetJob<'a> {
    FleetJob {
        name: "lkp hackbench".into(),
        what: "run".into(),
        devices: devices.iter().collect(),
        blocks: vec![Block {
            roles: devices.iter().map(|d| d.name.clone()).collect(),
            form: Form::Lkp(Box::new(block)),
        }],
    }
}

#[test]
fn a_mixed_lab_and_all_options() {
    let devices = [
        Entry::for_tests("rack1", "ssh", &[]),
        Entry::for_tests("sandbox-1", "sandbox", &[]),
    ];
    let block = LkpBlock {
        source: "/state/lkp/trees/abc".into(),
        cases: vec!["/state/lkp/cases/mine/layer".into()],
        jobs: vec!["hackbench".into(), "iperf/iperf.yaml".into()],
        set: IndexMap::from([
            ("runtime".to_owned(), Value::Int(5)),
            (
                "mode".to_owned(),
                Value::Seq(vec![Value::Str("1:14".into()), Value::Str("on".into())]),
            ),
        ]),
        packages: vec!["rt-tests".into()],
        repeat: Some(3),
        count: Some(4),
        runtime: Some("podman".into()),
        image: Some("localhost/lkp:1".into()),
        minutes: Some(30),
    };
    assert_snapshot!(job(&devices, block).text(), @r#"
job_name: lkp hackbench
visibility: public
timeouts:
  job:
    hours: 24
  action:
    minutes: 10
  connection:
    minutes: 5
metadata:
  dispatch-lkp: run
protocols:
  lava-multinode:
    roles:
      rack1:
        device_type: ssh
        device: rack1
        count: 1
      sandbox-1:
        device_type: sandbox
        device: sandbox-1
        count: 1
actions:
  -
    deploy:
      role:
        - rack1
        - sandbox-1
      to: ssh
      timeout:
        minutes: 10
  -
    boot:
      role:
        - rack1
        - sandbox-1
      method: ssh
      timeout:
        minutes: 10
  -
    test:
      role:
        - rack1
        - sandbox-1
      timeout:
        hours: 23
      lkp:
        source: /state/lkp/trees/abc
        cases:
          - /state/lkp/cases/mine/layer
        jobs:
          - hackbench
          - iperf/iperf.yaml
        set:
          runtime: 5
          mode:
            - "1:14"
            - "on"
        packages:
          - rt-tests
        repeat: 3
        containers:
          count: 4
          runtime: podman
          image: "localhost/lkp:1"
        timeout:
          minutes: 30
"#);
}

#[test]
fn names_that_yaml_would_read_as_something_else_stay() {
    let names = [
        "on",
        "null",
        "1:14",
        "0x10",
        "=",
        "- a",
        "a: b",
        "#x",
        "2026-11-21",
        "1_000",
        "x\ny: z",
        "\u{1b}",
    ];
    let devices = names.map(|name| Entry::for_tests(name, "ssh", &[]));
    let block = LkpBlock {
        jobs: vec!["x".into()],
        ..LkpBlock::default()
    };
    let written = job_schema::parse_value(&job(&devices, block).text()).unwrap();
    let get = |value: &Value, key: &str| match value {
        Value::Map(map) => map[key].clone(),
        _ => panic!("no mapping"),
    };
    let roles = get(&get(&get(&written, "protocols"), "lava-multinode"), "roles");
    for name in names {
        assert_eq!(
            get(&get(&roles, name), "device"),
            Value::Str(name.to_owned())
        );
    }
}

#[test]
fn what_is_not_asked_for_is_not_written() {
    let devices = [Entry::for_tests("rack1", "ssh", &[])];
    let block = LkpBlock {
        source: "/t".into(),
        jobs: vec!["x".into()],
        ..LkpBlock::default()
    };
    let text = job(&devices, block).text();
    let lkp = text.split("lkp:\n").nth(1).unwrap();
    assert_snapshot!(lkp, @r#"
source: /t
jobs:
  - x
"#);
}
