//! Plans: those of the examples as snapshots, and a guest's against the one that LAVA's own parser builds.

#![allow(clippy::unwrap_used, reason = "tests panic")]

use std::path::{Path, PathBuf};

use common::corpus::corpus;
use dispatcher::group::{self, Choice};
use dispatcher::inventory::Inventory;
use dispatcher::inventory::given::Given;
use dispatcher::lkp::load::{self, Origins};
use dispatcher::plan::print::Detail;
use dispatcher::plan::{NodePlan, Step, StepKind, print};
use dispatcher::run_job;

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn plan(file: &str, text: &str) -> Vec<NodePlan> {
    let parsed = job_schema::parse_job(file, text);
    let job = parsed
        .job
        .unwrap_or_else(|| panic!("{file}: {:#?}", parsed.findings));
    let lab = Inventory::open(None).unwrap();
    let any = Given::default();
    let specs = group::nodes(&job, &lab, &Choice::Any(&any), |place| {
        (place + 1).to_string()
    })
    .unwrap();
    let folder = project().join("examples/jobs");
    let suites = load::look(&job, &Origins::new(&folder)).unwrap();
    run_job::plan(&job, &suites, specs).unwrap()
}

#[test]
fn examples_are_planned() {
    let mut seen = 0;
    let mut files: Vec<_> = std::fs::read_dir(project().join("examples/jobs"))
        .unwrap()
        .collect();
    files.sort_by_key(|f| f.as_ref().unwrap().path());
    for file in files {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        insta::assert_snapshot!(
            format!("plan-{name}"),
            print::text(&plan(&name, &text), Detail::Steps)
        );
        seen += 1;
    }
    assert!(seen >= 2);
}

fn flash(device_type: &str, deploy: &str, boot: &str) -> String {
    format!(
        "job_name: flash\ndevice_type: {device_type}\npriority: medium\nvisibility: public\n\
         timeouts: {{job: {{hours: 1}}, action: {{minutes: 1}}, connection: {{minutes: 1}}}}\nactions:\n\
         - deploy: {{to: {deploy}, images: {{boot: {{url: http://e.com/f}}}}}}\n\
         - boot: {{method: {boot}, timeout: {{minutes: 2}}}}\n"
    )
}

/// No device file can say what the device has, as nobody has one.
#[test]
fn what_only_a_device_file_could_say_is_a_warning_on_a_device_that_nobody_has() {
    let cases = [
        ("frdm-k64f", "tmpfs", "cmsis-dap", 1, "needs its board_id"),
        ("frdm-k64f", "tmpfs", "jlink", 1, "needs its board_id"),
        ("frdm-k64f", "tmpfs", "pyocd", 1, "needs its board_id"),
        (
            "imx8mq-evk",
            "fastboot",
            "fastboot",
            3,
            "needs its fastboot_serial_number",
        ),
    ];
    for (device_type, deploy, boot, count, needs) in cases {
        let plans = plan("flash", &flash(device_type, deploy, boot));
        let [plan] = plans.as_slice() else {
            panic!("{boot}: {}", plans.len());
        };
        assert_eq!(plan.warnings.len(), count, "{:?}", plan.warnings);
        let last = plan.warnings.last().unwrap();
        assert!(last.contains(needs), "{last}");
        let shown = print::text(&plans, Detail::Steps);
        assert!(
            shown.contains("_id` is not there]") || shown.contains("_number` is not there]"),
            "{shown}"
        );
    }
}

#[test]
fn a_device_of_the_lab_must_say_what_its_methods_need() {
    let folder = tempfile::tempdir().unwrap();
    let devices = folder.path().join("devices");
    std::fs::create_dir(&devices).unwrap();
    let file = devices.join("k64f-1.yaml");
    let planned = |device: &str| {
        std::fs::write(&file, device).unwrap();
        let job = job_schema::parse_job("job.yaml", &flash("frdm-k64f", "tmpfs", "jlink"));
        let job = job.job.unwrap();
        let lab = Inventory::open(Some(folder.path())).unwrap();
        let any = Given::default();
        let specs = group::nodes(&job, &lab, &Choice::Any(&any), |_| "1".to_owned()).unwrap();
        run_job::plan(&job, &load::names(&job), specs).map_err(|e| e.message)
    };
    let device = "device_type: frdm-k64f\nhard_reset: pdu --port 4 reboot\n";
    let why = planned(device).unwrap_err();
    assert!(
        why.starts_with("line 8: `boot: method: jlink` on device k64f-1 needs its board_id"),
        "{why}"
    );
    let plans = planned(&format!("{device}board_id: '0123'\n")).unwrap();
    assert_eq!(plans[0].warnings, Vec::<String>::new());
    // What its steps do is shown when it is asked for, and in full.
    let shown = print::text(&plans, Detail::Commands);
    for line in [
        "\n          $ pdu --port 4 reboot\n",
        "\n        wait for the USB device with serial 0123\n",
        " -SelectEmuBySN 0123\n",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    assert!(!print::text(&plans, Detail::Steps).contains("pdu "));
    let boot = &print::full(&plans)[0]["pipeline"][1]["pipeline"];
    assert_eq!(
        boot[0]["pipeline"][0]["does"],
        serde_json::json!({"power": {"hard_reset": [["pdu", "--port", "4", "reboot"]]}})
    );
    assert_eq!(
        boot[1]["does"],
        serde_json::json!({"wait": {"usb": {"serial": "0123"}}})
    );
    assert!(!print::json(&plans).to_string().contains("does"));
}

/// The job that this project was made for.
#[test]
fn the_seed_is_planned_and_says_what_cannot_run() {
    let Some(corpus) = corpus("the_seed_is_planned_and_says_what_cannot_run") else {
        return;
    };
    let text = std::fs::read_to_string(corpus.join("seed/mustang-ssh-guest.yaml")).unwrap();
    let plans = plan("mustang-ssh-guest.yaml", &text);
    let names: Vec<&str> = plans.iter().map(|p| p.spec.name.as_str()).collect();
    assert_eq!(names, ["guest-1", "guest-2", "guest-3", "host"]);
    assert_eq!(
        plans[0].not_runnable().count(),
        0,
        "guests need nothing that is missing"
    );
    let missing: Vec<&str> = plans[3].not_runnable().map(|s| &*s.name).collect();
    assert!(
        missing.contains(&"http-download") && missing.contains(&"bootloader-commands"),
        "{missing:?}"
    );
}

/// LAVA was given the guest's half of such a job after its own split; the pipelines must be equal in every name, level,
/// limit and number of tries.
#[test]
fn a_guests_pipeline_is_that_of_lava() {
    let Some(corpus) = corpus("a_guests_pipeline_is_that_of_lava") else {
        return;
    };
    let text = "
job_name: bbb-guest-ssh
visibility: public
timeouts: {action: {minutes: 3}, job: {minutes: 30}, actions: {power-off: {seconds: 10}}}
protocols:
  lava-multinode:
    timeout: {minutes: 15}
    roles:
      host: {device_type: beaglebone-black, count: 1}
      guest: {connection: ssh, count: 1, host_role: host, expect_role: host, request: lava-start}
actions:
- deploy: {role: [host], to: ssh}
- deploy:
    role: [guest]
    to: ssh
    os: debian
    timeout: {seconds: 30}
    protocols:
      lava-multinode:
      - {action: prepare-scp-overlay, request: lava-wait, messageID: ipv4, message: {ipaddr: $ipaddr}, timeout: {minutes: 5}}
- boot:
    role: [guest]
    method: ssh
    timeout: {minutes: 3}
    prompts: ['linaro-test', 'root@debian:~#']
    parameters: {hostID: ipv4, host_key: ipaddr}
- test:
    role: [guest]
    timeout: {minutes: 5}
    definitions:
    - {from: git, name: smoke-tests, path: a.yaml, repository: 'git://example.org/a.git'}
    - {from: git, name: singlenode-intermediate, path: b.yaml, repository: 'http://example.org/a.git'}
    - from: inline
      name: ssh-client
      path: c.yaml
      repository:
        metadata: {name: c, format: Lava-Test Test Definition 1.0}
        run: {steps: [lava-sync clients]}
";
    let plans = plan("guest.yaml", text);
    let guest = plans.iter().find(|p| p.spec.name == "guest").unwrap();
    let recorded =
        std::fs::read_to_string(corpus.join("pipelines/connections-cf24b217/pipeline.yaml"))
            .unwrap();
    let recorded = serde_json::to_value(job_schema::parse_value(&recorded).unwrap()).unwrap();
    assert_eq!(print::pipeline(&guest.steps), recorded);
}

/// Steps on one line: `name*[children]`, with `*` where `failure_retry` has an effect and `!` where this version cannot run
/// it.
fn outline(steps: &[Step]) -> String {
    let one = |step: &Step| {
        let retries = if step.tries.tries > 1 { "*" } else { "" };
        let later = match step.kind {
            StepKind::NotRunnable(_) => "!",
            _ => "",
        };
        let below = match step.steps.as_slice() {
            [] => String::new(),
            steps => format!("[{}]", outline(steps)),
        };
        format!("{}{retries}{later}{below}", step.name)
    };
    steps.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[test]
fn every_form_of_test_is_planned_as_lava_does() {
    let definition =
        "definitions: [{from: git, name: a, path: a.yaml, repository: 'http://example.com/a.git'}]";
    let monitors = "monitors: [{name: a, start: a, end: b, pattern: c}]";
    let interactive = "interactive: [{name: a, prompts: ['=>'], script: [{command: help}]}]";
    let services = "services: [{from: git, name: a, path: a.yaml, repository: 'http://example.com/a.git'}, {from: url, name: b, path: a.yaml, repository: 'file:///b.tar'}]";
    let docker = "docker: {image: debian}";
    let create = "lava-create-overlay[ssh-authorize lava-multinode-overlay test-definition[git-repo-action test-overlay \
                  test-install-overlay test-runscript-overlay]]";
    let cases = [
        (
            definition.to_owned(),
            "lava-test-retry*[lava-test-shell]".to_owned(),
        ),
        (
            monitors.to_owned(),
            "lava-test-monitor-retry*[lava-test-monitor!]".to_owned(),
        ),
        (
            interactive.to_owned(),
            "lava-test-interactive-retry*[lava-test-interactive!]".to_owned(),
        ),
        (
            services.to_owned(),
            "lava-test-services[lava-test-service-retry*[lava-test-service!] \
             lava-test-service-retry*[lava-test-service![download-retry*[file-download!]]]]"
                .to_owned(),
        ),
        (
            format!("{docker}, {definition}, disconnect_connection: true"),
            format!(
                "lava-docker-test[lava-docker-test-set-environment! {create} disconnect-device! \
                 lava-docker-test-shell! read-feedback!]"
            ),
        ),
    ];
    for (form, wanted) in cases {
        let text = format!(
            "
job_name: a
visibility: public
device_type: ssh
timeouts: {{job: {{minutes: 5}}}}
actions: [{{test: {{failure_retry: 2, {form}}}}}]
"
        );
        let plans = plan("a.yaml", &text);
        assert_eq!(outline(&plans[0].steps[..1]), wanted);
        assert_eq!(
            outline(&plans[0].steps[1..]),
            "finalize[power-off read-feedback]"
        );
    }
}

/// A test that uses another namespace's connection counts for both; one beside the node needs no shell there.
#[test]
fn overlays_have_the_tests_of_connections_too() {
    let text = "
job_name: a
visibility: public
device_type: ssh
timeouts: {job: {minutes: 5}}
actions:
- deploy: {namespace: a, to: ssh}
- deploy: {namespace: b, to: ssh}
- deploy: {namespace: c, to: ssh}
- deploy: {namespace: d, to: ssh}
- test: {namespace: a, connection-namespace: b, definitions: [{from: git, name: a, path: a.yaml, repository: 'http://example.com/a.git'}]}
- test: {namespace: c, docker: {image: debian}, definitions: [{from: git, name: b, path: a.yaml, repository: 'http://example.com/a.git'}]}
- test: {namespace: b, definitions: [{from: git, name: c, path: a.yaml, repository: 'http://example.com/a.git'}]}
";
    let plans = plan("a.yaml", text);
    let counts: Vec<usize> = plans[0].steps[..4]
        .iter()
        .map(|deploy| {
            deploy
                .walk()
                .filter(|s| s.name == "git-repo-action")
                .count()
        })
        .collect();
    assert_eq!(counts, [1, 2, 1, 0]);
    let folders: Vec<_> = plans[0]
        .tests
        .iter()
        .map(|t| (t.namespace.as_str(), t.stage, t.dir.as_str()))
        .collect();
    assert_eq!(
        folders,
        [
            ("b", 0, "0_a"),
            ("a", 0, "0_a"),
            ("c", 0, "0_b"),
            ("b", 1, "1_c")
        ]
    );
}
