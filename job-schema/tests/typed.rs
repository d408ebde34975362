//! What good text becomes.

use std::time::Duration;

use job_schema::action::Tries;
use job_schema::boot::Method;
use job_schema::deploy::To;
use job_schema::deploy::download::Compression;
use job_schema::deploy::tftp::KernelType;
use job_schema::job::Priority;
use job_schema::test::Test;
use job_schema::test::definitions::From;
use job_schema::timeout::Timeout;
use job_schema::yaml::Value;
use job_schema::{Action, Job, OneOrMany, OrNull, parse_job, parse_test_definition, parse_value};

fn job(actions: &str) -> Job {
    let text = format!(
        "job_name: x\nvisibility: public\ndevice_type: mustang\npriority: high\n\
         timeouts: {{job: {{hours: 2}}, actions: {{ssh-connection: {{seconds: 7}}}}}}\n\
         environment: {{A: 0755, B: yes}}\nactions:\n{actions}"
    );
    let parsed = parse_job("job.yaml", &text);
    parsed
        .job
        .unwrap_or_else(|| panic!("{:#?}", parsed.findings))
}

#[test]
fn the_top_level_is_typed() {
    let job = job("- deploy: {to: ssh}\n");
    assert_eq!(
        (job.priority, job.timeouts.job),
        (Some(Priority(100)), Duration::from_secs(7200))
    );
    assert_eq!(
        job.timeouts.actions["ssh-connection"],
        Duration::from_secs(7)
    );
    assert_eq!(job.environment["A"], Value::Int(493));
    assert_eq!(job.environment["B"].as_shell_text().as_deref(), Some("1"));
}

#[test]
fn deploy_and_boot_are_typed() {
    let job = job("
- deploy:
    to: tftp
    os: debian
    timeout: {seconds: 30}
    kernel: {url: 'http://x/k', type: zimage}
    nfsrootfs: {url: 'http://x/r', compression: gz}
- boot:
    method: grub-efi
    commands: nfs
    prompts: ['root@']
    failure_retry: 3
    failure_retry_interval: 10
    auto_login: {login_prompt: 'login:', username: root}
");
    let Action::Deploy(deploy) = &job.actions[0].action else {
        panic!("{:?}", job.actions[0]);
    };
    let To::Tftp(tftp) = &deploy.to else {
        panic!("{deploy:?}");
    };
    let kernel = tftp.kernel.as_ref().expect("written");
    assert_eq!(kernel.kind, Some(KernelType::Zimage));
    assert_eq!(kernel.file.url, "http://x/k");
    let nfsrootfs = tftp.nfsrootfs.as_ref().expect("written");
    assert_eq!(
        nfsrootfs.file.compression,
        Some(OrNull(Some(Compression::Gz)))
    );
    let limit = Duration::from_secs(30);
    assert_eq!(job.actions[0].timeout, Some(Timeout { limit, skip: false }));
    let Action::Boot(boot) = &job.actions[1].action else {
        panic!("{:?}", job.actions[1]);
    };
    let Method::GrubEfi(grub) = &boot.method else {
        panic!("{boot:?}");
    };
    assert_eq!(grub.commands, OneOrMany::One("nfs".to_owned()));
    let interval = Duration::from_secs(10);
    assert_eq!(
        job.actions[1].tries,
        Tries::UntilSuccess { tries: 3, interval }
    );
}

#[test]
fn definitions_are_typed() {
    let job = job("
- test:
    repeat: 2
    definitions:
    - from: git
      repository: https://example.org/tests.git
      path: smoke.yaml
      name: smoke
      revision: abc
      history: false
      params: {A: late, C: 1.0}
      parameters: {A: early, B: no}
    - from: inline
      name: hello
      path: inline/hello.yaml
      repository:
        metadata: {format: Lava-Test Test Definition 1.0, name: hello, os: [debian]}
        install: {deps: [jq], deps-debian: [bc], git-repos: [https://example.org/a.git]}
        run: {steps: [true-ish, 'echo a: b']}
");
    assert_eq!(job.actions[0].tries, Tries::Always(2));
    let Action::Test(Test::Definitions(form)) = &job.actions[0].action else {
        panic!("{:?}", job.actions[0]);
    };
    let definitions = &form.definitions;
    let parameters: Vec<_> = definitions[0]
        .parameters
        .iter()
        .map(|(k, v)| format!("{k}={v}"))
        .collect();
    assert_eq!(parameters, ["A=late", "B=0", "C=1.0"]);
    assert!(matches!(
        &definitions[0].from,
        From::Git {
            history: false,
            shallow: true,
            ..
        }
    ));
    let From::Inline { definition, source } = &definitions[1].from else {
        panic!("{:?}", definitions[1]);
    };
    let steps: Vec<_> = definition.steps.iter().map(|s| s.as_str()).collect();
    assert_eq!(steps, ["true-ish", "echo a: b"]);
    let install = definition.install.as_ref().expect("written");
    assert_eq!(install.distro_deps["debian"], ["bc"]);
    assert!(matches!(source, Value::Map(keys) if keys.len() == 3));
}

#[test]
fn two_definitions_of_one_role_need_two_names() {
    let definition = "{from: path, repository: tests, path: a.yaml, name: a}";
    let other = definition.replace("name: a", "name: b");
    let text = |first: &str, second: &str| {
        format!(
            "job_name: x\nvisibility: public\ndevice_type: x\ntimeouts: {{job: {{hours: 2}}}}\nactions:\n\
             - test: {{definitions: [{first}]}}\n- test: {{definitions: [{second}]}}\n"
        )
    };
    assert!(
        parse_job("job.yaml", &text(definition, &other))
            .job
            .is_some()
    );
    let same = parse_job("job.yaml", &text(definition, definition));
    assert!(
        same.job.is_some(),
        "a rule found the error: all of the job could be read"
    );
    assert!(same.has_errors());
    let [finding] = same.findings.as_slice() else {
        panic!("{:?}", same.findings);
    };
    assert_eq!(
        (finding.code, finding.span.line, finding.related[0].0.line),
        ("J053", 7, 6)
    );
}

#[test]
fn definitions_in_files_and_other_files() {
    let text = "metadata: {format: Lava-Test Test Definition 1.0, name: smoke}\nparams: {A: ~}\nrun: {steps: [ls]}\n";
    let parsed = parse_test_definition("smoke.yaml", text);
    assert_eq!(parsed.findings, []);
    let definition = parsed.definition.expect("no error, so a definition");
    assert_eq!(definition.name.as_deref(), Some("smoke"));
    assert_eq!(definition.parameters["A"], "");
    assert_eq!(
        parse_test_definition("smoke.yaml", "run: {steps: ls}").definition,
        None
    );
    assert_eq!(
        parse_value("[0x10, no]"),
        Ok(Value::Seq(vec![Value::Int(16), Value::Bool(false)]))
    );
    assert_eq!(parse_value("a: [").expect_err("not closed").code, "J001");
}
