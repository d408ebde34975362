//! Test blocks, form by form: good ones without a finding, and what is said about bad ones.

use job_schema::Severity::{self, Error, Warning};
use job_schema::parse_job;

/// Code, severity and path below the block of every finding.
fn findings(block: &str) -> Vec<(String, Severity, String)> {
    // The deploy block is there because the tests of definitions need one.
    let text = format!(
        "job_name: x\nvisibility: public\ndevice_type: x\ntimeouts: {{job: {{hours: 2}}}}\nactions:\n- deploy: {{to: ssh}}\n- boot: {{method: ssh, prompts: ['#']}}\n- test: {{{block}}}\n"
    );
    let parsed = parse_job("job.yaml", &text);
    let errors = parsed.findings.iter().any(|f| f.severity == Error);
    assert_eq!(parsed.job.is_none(), errors, "{block}");
    let findings = parsed.findings.iter().map(|f| {
        let path = f.path.strip_prefix("actions[2].test").unwrap_or(&f.path);
        let path = path.trim_start_matches('.').to_owned();
        (f.code.to_owned(), f.severity, path)
    });
    findings.collect()
}

const GIT: &str = "from: git, repository: r, path: p, name: n";
const INLINE: &str = "from: inline, path: p, name: n, repository: {metadata: {format: Lava-Test Test Definition 1.0, name: n}, run: {steps: [ls]}}";
const MONITOR: &str = "name: n, start: s, end: e, pattern: '(?P<test_case_id>a) (?P<result>b)'";

fn filled(block: &str) -> String {
    block
        .replace("GIT", GIT)
        .replace("INLINE", INLINE)
        .replace("MONITOR", MONITOR)
}

#[test]
fn good_blocks_have_no_finding() {
    let blocks = [
        "definitions: [{INLINE}]",
        "definitions: [{GIT, branch: b, history: true, revision: r, recursive: true, parameters: {A: 1}, params: {B: 2}, skip_install: [deps], lava-signal: kmsg, expected: [a]}]",
        "definitions: [{INLINE}], docker: {image: debian}, downloads-namespace: common, disconnect_connection: true",
        "interactive: [{name: a, prompts: ['=>'], script: [{command: null}]}]",
        "interactive: [{name: a, prompts: ['=>'], echo: discard, expected: [a], script: [{name: b, command: c, wait_for_prompt: true, successes: [{message: a}], failures: [{message: a, exception: JobError, error: b}]}, {delay: 1}]}]",
        "monitors: [{MONITOR}]",
        "monitors: [{MONITOR, fixupdict: {OK: pass}, expected: [a]}]",
        "services: [{from: git, repository: r, path: p, name: n}]",
        "services: [{from: git, repository: r, path: p, name: n, service: s, branch: b, history: true, revision: r, recursive: true}, {from: url, repository: r, path: p, name: m, compression: gz, headers: {A: b}}]",
        "lkp: {jobs: [hackbench]}",
        "lkp: {name: cpu.1, source: 'git@x:lkp', revision: v1.0, cases: [mine], jobs: [a, b/c.yaml], set: {runtime: 5, a.b: [1, x, true], n: , d: 2026-01-31}, packages: [iperf3, 'g++', 'a=1:2~3-1'], install: true, monitors: true, repeat: 1000, cluster: [server, client], timeout: {minutes: 5}, containers: {count: 4, runtime: docker, image: 'localhost:5000/lkp:1', limits: {cpus: 1.5, memory: 2GiB}, privileged: true, network: lab_1}}",
        "lkp: {jobs: [a], cluster: server, containers: {image: 'x@sha256:0a', network: host}}",
        "lkp: {jobs: [a], containers: {runtime: sandbox}}",
        "lkp: {jobs: [a], containers: {image: {dockerfile: ./Dockerfile}}}",
        "lkp: {jobs: [a], containers: {image: {rootfs: 'https://x/root.tar'}, limits: {cpus: 2, memory: 536870912}}}",
        "lkp: {jobs: [a], containers: {image: {debootstrap: {suite: trixie, mirror: 'http://x/debian', include: [ruby], variant: buildd}}}}",
        "lkp: {jobs: [a]}, timeouts: {lkp-prepare: {minutes: 5}, lkp-split: {minutes: 1}, lkp-case: {minutes: 1}}",
    ];
    for block in blocks {
        assert_eq!(findings(&filled(block)), [], "{block}");
    }
}

#[test]
fn what_is_wrong_is_said_at_its_key() {
    let cases = [
        ("docker: {image: debian}", "J041", Error, ""),
        (
            "definitions: [{INLINE, parameters: 5}]",
            "J004",
            Error,
            "definitions[0].parameters",
        ),
        (
            "definitions: [{INLINE, parameters: {}}]",
            "J006",
            Warning,
            "definitions[0].parameters",
        ),
        (
            "definitions: [{GIT, timeout: {minutes: 1}}]",
            "J006",
            Warning,
            "definitions[0].timeout",
        ),
        (
            "definitions: [{GIT, timeout: 1}]",
            "J004",
            Error,
            "definitions[0].timeout",
        ),
        (
            "definitions: [{GIT, shallow: false}]",
            "J006",
            Warning,
            "definitions[0].shallow",
        ),
        (
            "definitions: [{GIT, skip_install: [x]}]",
            "J005",
            Error,
            "definitions[0].skip_install[0]",
        ),
        (
            "definitions: [{GIT}], downloads-namespace: 5",
            "J006",
            Warning,
            "downloads-namespace",
        ),
        (
            "definitions: [{GIT}], docker: {image: debian}, downloads-namespace: 5",
            "J004",
            Error,
            "downloads-namespace",
        ),
        (
            "definitions: [{GIT}], monitors: 5",
            "J006",
            Warning,
            "monitors",
        ),
        (
            "interactive: [{name: a, prompts: [''], script: []}]",
            "J005",
            Error,
            "interactive[0].prompts[0]",
        ),
        (
            "interactive: [{name: a.b, prompts: [], script: []}]",
            "J050",
            Error,
            "interactive[0].name",
        ),
        (
            "interactive: [{name: a, prompts: []}]",
            "J003",
            Error,
            "interactive[0].script",
        ),
        (
            "interactive: [{name: a, prompts: [], script: [{zz: 1}]}]",
            "J006",
            Error,
            "interactive[0].script[0].zz",
        ),
        (
            "interactive: [{name: a, prompts: [], script: [{delay: x}]}]",
            "J004",
            Error,
            "interactive[0].script[0].delay",
        ),
        (
            "interactive: [{name: a, prompts: [], script: [{failures: [{message: a, exception: Oops}]}]}]",
            "J005",
            Error,
            "interactive[0].script[0].failures[0].exception",
        ),
        (
            "interactive: [{name: a, prompts: [], script: [{successes: [{}]}]}]",
            "J003",
            Error,
            "interactive[0].script[0].successes[0].message",
        ),
        ("monitors: {MONITOR}", "J004", Error, "monitors"),
        (
            "monitors: [{MONITOR, zz: 1}]",
            "J006",
            Error,
            "monitors[0].zz",
        ),
        (
            "monitors: [{MONITOR, fixupdict: {A: good}}]",
            "J005",
            Error,
            "monitors[0].fixupdict.A",
        ),
        (
            "monitors: [{MONITOR}], docker: {image: debian}",
            "J006",
            Warning,
            "docker",
        ),
        (
            "services: [{from: inline, repository: r, path: p, name: n}]",
            "J041",
            Error,
            "services[0].from",
        ),
        (
            "services: [{from: git, path: p, name: n}]",
            "J003",
            Error,
            "services[0].repository",
        ),
        (
            "services: [{from: git, repository: r, path: p, name: n, timeout: {minutes: x}}]",
            "J005",
            Error,
            "services[0].timeout.minutes",
        ),
        (
            "services: [{from: git, repository: r, path: p, name: n, timeout: {minutes: 1}}]",
            "J006",
            Warning,
            "services[0].timeout",
        ),
        (
            "services: [{from: url, repository: r, path: p, name: n, branch: b}]",
            "J006",
            Warning,
            "services[0].branch",
        ),
        ("lkp: [hackbench]", "J004", Error, "lkp"),
        ("lkp: {}", "J003", Error, "lkp.jobs"),
        ("lkp: {jobs: []}", "J005", Error, "lkp.jobs"),
        ("lkp: {jobs: hackbench}", "J004", Error, "lkp.jobs"),
        ("lkp: {jobs: [5]}", "J004", Error, "lkp.jobs[0]"),
        (
            "lkp: {jobs: [a], surprise: 1}",
            "J006",
            Error,
            "lkp.surprise",
        ),
        ("lkp: {jobs: [a], name: a b}", "J050", Error, "lkp.name"),
        ("lkp: {jobs: [a], name: ..}", "J050", Error, "lkp.name"),
        ("lkp: {jobs: [a], name: lava}", "J052", Error, "lkp.name"),
        ("lkp: {jobs: [a], source: ''}", "J005", Error, "lkp.source"),
        (
            "lkp: {jobs: [a], source: 'git://x', revision: '--upload-pack=x'}",
            "J005",
            Error,
            "lkp.revision",
        ),
        ("lkp: {jobs: [a], set: [1]}", "J004", Error, "lkp.set"),
        ("lkp: {jobs: [a], set: {a: []}}", "J005", Error, "lkp.set.a"),
        (
            "lkp: {jobs: [a], set: {a: [[1]]}}",
            "J004",
            Error,
            "lkp.set.a[0]",
        ),
        (
            "lkp: {jobs: [a], set: {a: {b: 1}}}",
            "J004",
            Error,
            "lkp.set.a",
        ),
        (
            "lkp: {jobs: [a], set: {'a: b': 1}}",
            "J005",
            Error,
            "lkp.set.a: b",
        ),
        (
            "lkp: {jobs: [a], packages: [-x]}",
            "J005",
            Error,
            "lkp.packages[0]",
        ),
        (
            "lkp: {jobs: [a], packages: ['$(id)']}",
            "J005",
            Error,
            "lkp.packages[0]",
        ),
        ("lkp: {jobs: [a], repeat: 0}", "J005", Error, "lkp.repeat"),
        ("lkp: {jobs: [a], repeat: yes}", "J004", Error, "lkp.repeat"),
        (
            "lkp: {jobs: [a], cluster: []}",
            "J005",
            Error,
            "lkp.cluster",
        ),
        (
            "lkp: {jobs: [a], cluster: [peer]}",
            "J005",
            Error,
            "lkp.cluster[0]",
        ),
        (
            "lkp: {jobs: [a], timeout: {minutes: 0}}",
            "J005",
            Error,
            "lkp.timeout.minutes",
        ),
        ("lkp: {jobs: [a], timeout: 5}", "J004", Error, "lkp.timeout"),
        (
            "lkp: {jobs: [a], containers: {count: 1001}}",
            "J005",
            Error,
            "lkp.containers.count",
        ),
        (
            "lkp: {jobs: [a], containers: {count: 18446744073709551616}}",
            "J005",
            Error,
            "lkp.containers.count",
        ),
        (
            "lkp: {jobs: [a], containers: {runtime: lxc}}",
            "J005",
            Error,
            "lkp.containers.runtime",
        ),
        (
            "lkp: {jobs: [a], containers: {image: 5}}",
            "J004",
            Error,
            "lkp.containers.image",
        ),
        (
            "lkp: {jobs: [a], containers: {image: '-x'}}",
            "J005",
            Error,
            "lkp.containers.image",
        ),
        (
            "lkp: {jobs: [a], containers: {image: {}}}",
            "J003",
            Error,
            "lkp.containers.image",
        ),
        (
            "lkp: {jobs: [a], containers: {image: {dockerfile: a, rootfs: b}}}",
            "J012",
            Error,
            "lkp.containers.image.rootfs",
        ),
        (
            "lkp: {jobs: [a], containers: {image: {debootstrap: {suite: s, mirror: x}}}}",
            "J005",
            Error,
            "lkp.containers.image.debootstrap.mirror",
        ),
        (
            "lkp: {jobs: [a], containers: {limits: {cpus: 0}}}",
            "J005",
            Error,
            "lkp.containers.limits.cpus",
        ),
        (
            "lkp: {jobs: [a], containers: {limits: {cpus: .nan}}}",
            "J005",
            Error,
            "lkp.containers.limits.cpus",
        ),
        (
            "lkp: {jobs: [a], containers: {limits: {memory: 512X}}}",
            "J005",
            Error,
            "lkp.containers.limits.memory",
        ),
        (
            "lkp: {jobs: [a], containers: {limits: {memory: -1}}}",
            "J005",
            Error,
            "lkp.containers.limits.memory",
        ),
        (
            "lkp: {jobs: [a], containers: {limits: {memory: 1.5}}}",
            "J004",
            Error,
            "lkp.containers.limits.memory",
        ),
        (
            "lkp: {jobs: [a], containers: {network: 'a b'}}",
            "J005",
            Error,
            "lkp.containers.network",
        ),
        (
            "definitions: [{GIT}], lkp: {jobs: [a]}",
            "J006",
            Warning,
            "lkp",
        ),
    ];
    for (block, code, severity, path) in cases {
        let expected = (code.to_owned(), severity, path.to_owned());
        let found = findings(&filled(block));
        assert!(
            found.contains(&expected),
            "{block}: {expected:?} in {found:?}"
        );
        let errors = found.iter().filter(|found| found.1 == Error).count();
        assert_eq!(errors, usize::from(severity == Error), "{block}: {found:?}");
    }
}
