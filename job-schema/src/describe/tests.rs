use insta::assert_snapshot;

use super::{Describer, parse_path};
use crate::schema::Language;
use crate::yaml;

const JOB: &str = "
job_name: x
timeouts: {job: {minutes: 5}}
protocols:
  lava-multinode:
    roles:
      host: {count: 1, device_type: qemu}
      guest: {count: 2, connection: ssh}
      nobody:
actions:
- deploy: {to: ssh, os: debian}
- deploy: {to: nowhere}
- boot: {method: ssh, prompts: [a]}
- test:
    definitions:
    - {from: git, name: a}
    - {name: b}
    - {from: inline, repository: {run: {steps: [a]}}}
- boot:
";

fn keys(path: &str) -> String {
    let root = yaml::load(JOB).expect("YAML").root;
    let keys = Describer::new(Language::Job).keys(&root, &parse_path(path));
    let shown = keys.iter().map(|key| {
        let marks = [(key.required, "*"), (key.present, "+")];
        let marks = marks.iter().filter(|(yes, _)| *yes).map(|(_, mark)| *mark);
        key.name.clone() + &marks.collect::<String>()
    });
    shown.collect::<Vec<_>>().join(" ")
}

fn values(path: &str) -> String {
    let root = yaml::load(JOB).expect("YAML").root;
    let choices = Describer::new(Language::Job).values(&root, &parse_path(path));
    let words: Vec<&str> = choices.iter().map(|choice| choice.word.as_str()).collect();
    words.join(" ")
}

#[test]
fn keys_follow_the_method_that_is_written() {
    let git = keys("actions[3].test.definitions[0]");
    assert!(
        git.starts_with("from*+ name*+ path* repository* branch "),
        "{git}"
    );
    let inline = keys("actions[3].test.definitions[2]");
    assert!(
        inline.contains("repository*+") && !inline.contains("branch"),
        "{inline}"
    );
    assert_snapshot!(keys("actions[3].test.definitions[2].repository"), @"metadata* install parse run+");
    assert!(keys("actions[2].boot").contains("prompts+"));
    assert!(!keys("actions[2].boot").contains("commands"));
    assert_snapshot!(keys("actions[2].boot.parameters"), @"hostID host_key");
}

#[test]
fn without_a_method_every_key_may_come_and_few_are_needed() {
    for path in [
        "actions[1].deploy",
        "actions[4].boot",
        "actions[3].test.definitions[1]",
    ] {
        let all = keys(path);
        let needed = all.split(' ').filter(|key| key.contains('*')).count();
        assert_eq!(needed, 1, "{path}: {all}");
        assert!(all.split(' ').count() > 12, "{path}: {all}");
    }
    assert_snapshot!(keys("actions[9]"), @"boot command deploy test");
}

#[test]
fn a_role_is_what_its_keys_say() {
    let host = keys("protocols.lava-multinode.roles.host");
    assert!(
        host.contains("device_type*+") && !host.contains("host_role"),
        "{host}"
    );
    let guest = keys("protocols.lava-multinode.roles.guest");
    assert!(
        guest.contains("host_role*") && !guest.contains("device_type"),
        "{guest}"
    );
}

#[test]
fn words_are_all_that_may_stand_there() {
    assert_eq!(
        values("actions[0].deploy.to"),
        values("actions[1].deploy.to")
    );
    assert!(values("actions[2].boot.method").contains("grub-efi"));
    assert!(values("actions[4].boot.method").contains("ssh"));
    assert_snapshot!(values("actions[3].test.definitions[0].from"), @"inline git url path");
    assert_snapshot!(values("actions[3].test.definitions[0].recursive"), @"true false");
    assert_snapshot!(values("priority"), @"high medium low");
    assert_snapshot!(values("job_name"), @"");
}

#[test]
fn a_description_has_what_a_hover_shows() {
    let root = yaml::load(JOB).expect("YAML").root;
    let describer = Describer::new(Language::Job);
    let path = parse_path("actions[2].boot.prompts");
    let prompts = describer.describe(&root, &path).expect("a key");
    assert_eq!(prompts.path, "actions[2].boot.prompts");
    assert_eq!(prompts.method.as_deref(), Some("boot: {method: ssh}"));
    assert!(prompts.doc.starts_with("Regular expressions"));
    assert!(!prompts.required);
    let timeout = describer.describe(&root, &parse_path("timeouts.job"));
    assert_snapshot!(timeout.expect("a key").kind, @"a timeout");
    assert_eq!(
        describer.describe(&root, &parse_path("actions[2].nothing")),
        None
    );
}

#[test]
fn a_path_of_the_language_needs_no_document() {
    let describer = Describer::new(Language::Job);
    let explain = |path: &str| describer.explain(&parse_path(path));
    let url = explain("deploy.tftp.kernel.url").expect("a key");
    assert_eq!(url[0].methods, ["deploy: {to: tftp}"]);
    let lost = explain("deploy.tftp.kernle").expect_err("a slip");
    assert_eq!(lost.near.as_deref(), Some("kernel"));
    let every = explain("boot.timeout").expect("a common key");
    assert_eq!(every[0].methods, ["every boot"]);
    for path in [
        "nothing.at.all",
        "job_name.x",
        "deploy.x.y",
        "[0]",
        "a[99999999999999999999]",
    ] {
        let _ = explain(path);
    }
}
