//! LKP in containers of docker, podman and of no engine, with every kind of image, on a machine that has both engines.
//!
//! The machine is a farm's node with a docker daemon and a podman of its own: their images and containers are on disks
//! that go with it. Its `docker` and `podman` write down how they are called; `--privileged`, which not every kernel
//! allows, is written down and left out.

use std::path::Path;

use common::job::source_dir;
use common::nodes::Node;
use common::{Farm, JobTest, Outcome, need};

/// Brings the engines up on a node, which has no cgroups at first.
const UP: &str = r#"set -e
mount -t sysfs sys /sys
mount -t tmpfs cgroup /sys/fs/cgroup
while IFS=: read -r number name path; do
    case $number:$name in
    0:) continue ;;
    *:name=*) kind=none,$name name=${name#name=} ;;
    *) kind=$name ;;
    esac
    mkdir "/sys/fs/cgroup/$name"
    mount -t cgroup -o "$kind" cgroup "/sys/fs/cgroup/$name"
done </proc/self/cgroup
for engine in docker containers; do
    mkdir -p "/var/lib/$engine"
    mount -t tmpfs engine "/var/lib/$engine"
done
for engine in docker podman; do
    real=$(command -v "$engine")
    cp "$real" "/usr/local/sbin/$engine.real"
    cat >"/usr/local/sbin/$engine" <<WRAPPER
#!/bin/sh
echo "$engine \$*" >>/root/calls
for word; do
    shift
    [ "\$word" = --privileged ] || set -- "\$@" "\$word"
done
exec /usr/local/sbin/$engine.real "\$@"
WRAPPER
    chmod 755 "/usr/local/sbin/$engine"
    [ "$real" = "/usr/local/sbin/$engine" ] || ln -sf "/usr/local/sbin/$engine" "$real"
done
dockerd --iptables=false --bridge=none >/run/dockerd.log 2>&1 </dev/null &
tries=0
until docker.real version >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || { cat /run/dockerd.log; exit 1; }
    sleep 0.1
done
mkdir -p /root/image/bin /root/image/tmp /root/image/usr
ln -s ../bin /root/image/usr/bin
cp /usr/bin/busybox /root/image/bin/
for applet in $(busybox --list); do [ -e "/root/image/bin/$applet" ] || ln -s busybox "/root/image/bin/$applet"; done
tar -cf /root/image.tar -C /root/image .
docker.real import /root/image.tar localhost/named:1
podman.real import /root/image.tar localhost/named:1
docker.real image tag localhost/named:1 localhost/others:1
podman.real tag localhost/named:1 localhost/others:1
"#;

/// A program of the author's: what a limit is in the container, by what the container itself sees.
const LIMITS: &str = r#"#!/bin/sh
# What holds here.
group() { sed -n "s/^[0-9]*:$1://p" /proc/self/cgroup; }
see() { cat "/sys/fs/cgroup/$1$(group "$1")/$2" 2>/dev/null || cat "/sys/fs/cgroup/$1/$2"; }
echo "quota: $(see cpu cpu.cfs_quota_us)"
echo "bytes: $(see memory memory.limit_in_bytes)"
[ "$(see cpu cpu.cfs_quota_us)" = 50000 ] && [ "$(see memory memory.limit_in_bytes)" = 67108864 ] || exit 1
if dd if=/dev/zero of=/dev/null bs=200M count=1; then echo "more than the limit could be had"; exit 1; fi
"#;

const PARSE: &str = "#!/bin/sh\nsed -n '/^[a-z]*: [0-9]*$/p'\n";
const LIMITS_JOB: &str = "suite: limits\ntestcase: limits\ncategory: functional\nlimits:\n";

const QUICK_JOB: &str = "suite: hackbench\ntestcase: hackbench\ncategory: benchmark\nnr_threads: 100%\niterations: 1\n\
    hackbench:\n  mode: process\n  ipc: pipe\n  loops: 300\n";

/// A machine with both engines; where that cannot be, the test is listed as not run.
fn machine(test: &str) -> Option<Farm> {
    for (program, package) in [
        ("docker", "docker.io"),
        ("dockerd", "docker.io"),
        ("podman", "podman"),
        ("busybox", "busybox-static"),
    ] {
        if !need::program(test, program, package) {
            return None;
        }
    }
    if !Path::new("/sys/fs/cgroup/memory").is_dir() {
        need::not_run(
            test,
            "needs version 1 of cgroups, which a machine in a machine can mount",
        );
        return None;
    }
    let farm = need::machines(test, &["machine"])?;
    let up = farm.node("machine").exec(UP);
    assert!(
        up.status.success(),
        "{}{}",
        text(&up.stdout),
        text(&up.stderr)
    );
    Some(farm)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn on(node: &Node, command: &str) -> String {
    let output = node.exec(command);
    assert!(
        output.status.success(),
        "{command}: {}",
        text(&output.stderr)
    );
    text(&output.stdout)
}

/// A job with a block for each of these `containers:`, of these jobs.
fn job(jobs: &str, blocks: &[(&str, &str)]) -> String {
    let mut job = String::from(
        "job_name: engines\nvisibility: public\ndevice_type: ssh\n\
         timeouts:\n  job: {minutes: 5}\n  action: {minutes: 3}\n  connection: {seconds: 30}\n\
         actions:\n\
         - deploy: {to: ssh, os: debian}\n\
         - boot: {method: ssh, prompts: ['root@[a-z0-9-]+:']}\n",
    );
    for (name, containers) in blocks {
        job += &format!(
            "- test:\n    timeout: {{minutes: 3}}\n    lkp: {{name: {name}, source: tree, cases: [own], {jobs}, containers: {{{containers}}}}}\n"
        );
    }
    job
}

fn submit(name: &str, farm: &Farm, job: &str, code: i32) -> Outcome {
    let image = farm.node("machine").root().join("root/image.tar");
    let image = std::fs::read(image).unwrap();
    let tree = source_dir().join("examples/lkp-mini");
    JobTest::new(name)
        .job(&job.replace("source: tree", &format!("source: {}", tree.display())))
        .executable("own/programs/limits/run", LIMITS)
        .executable("own/programs/limits/parse", PARSE)
        .file("own/jobs/limits.yaml", LIMITS_JOB)
        .file("own/jobs/quick.yaml", QUICK_JOB)
        .file("image.tar", &image)
        .file("image/Dockerfile", "FROM scratch\nADD root.tar /\n")
        .file("image/root.tar", &image)
        .on(farm)
        .expect_exit(code)
        .run()
}

/// Every block's cases passed in both containers, whose results are here.
fn both_ran(outcome: &Outcome, blocks: &[(&str, &str)], case: &str) {
    for (place, (name, _)) in blocks.iter().enumerate() {
        let rows = outcome.rows("node", &format!("{place}_{name}"), case);
        assert_eq!(
            rows.len(),
            2,
            "{name} {case}\n{outcome}\n{:#}",
            outcome.results()
        );
        assert!(
            rows.iter().all(|row| row["result"] == "pass"),
            "{name}: {rows:#?}\n{outcome}"
        );
    }
    for container in ["1", "2"] {
        let folder = outcome.run_dir().join("lkp/node").join(container);
        assert!(folder.join("result").is_dir(), "{}", folder.display());
    }
}

/// Nothing of the run is left, and nothing of others was touched.
fn nothing_left(node: &Node) {
    assert_eq!(on(node, "docker.real ps -aq; podman.real ps -aq"), "");
    assert_eq!(on(node, "grep -c /lava- /proc/mounts || true").trim(), "0");
    let left = "find /lava-*/lkp -name src -o -name 'c[0-9]*' -o -name ctl -o -name state -o -name rootfs.tar";
    assert_eq!(on(node, left), "");
    assert_eq!(
        on(node, "grep -ls LKP_NODE_MARK /proc/[0-9]*/environ || true"),
        ""
    );
    // Groups of other tests' machines are seen here too; a block's have its number in their names.
    let groups = "for block in /lava-*/lkp/[0-9]*; do id=$(printf %s \"$block\" | sha256sum | cut -c1-12); \
                  find /sys/fs/cgroup -name \"lkp-node-$id*\"; done";
    assert_eq!(on(node, groups), "");
    for engine in ["docker", "podman"] {
        on(
            node,
            &format!("{engine}.real image inspect localhost/others:1"),
        );
    }
    let calls = on(node, "cat /root/calls");
    for never in ["rmi", "prune", "image rm", "system "] {
        assert!(!calls.contains(never), "{calls}");
    }
}

const IMAGES: [(&str, &str); 7] = [
    (
        "docker-name",
        "count: 2, runtime: docker, image: 'localhost/named:1'",
    ),
    (
        "docker-file",
        "count: 2, runtime: docker, image: {dockerfile: image/Dockerfile}",
    ),
    (
        "docker-tar",
        "count: 2, runtime: docker, image: {rootfs: image.tar}",
    ),
    (
        "podman-name",
        "count: 2, runtime: podman, image: 'localhost/named:1'",
    ),
    (
        "podman-file",
        "count: 2, runtime: podman, image: {dockerfile: image/Dockerfile}",
    ),
    (
        "podman-tar",
        "count: 2, runtime: podman, image: {rootfs: image.tar}",
    ),
    (
        "sandbox-tar",
        "count: 2, runtime: sandbox, image: {rootfs: image.tar}",
    ),
];

#[test]
fn every_engine_takes_every_kind_of_image_and_makes_it_once() {
    let test = "lkp_engines::every_engine_takes_every_kind_of_image_and_makes_it_once";
    let Some(farm) = machine(test) else { return };
    let node = farm.node("machine");
    let job = job("jobs: [mytest]", &IMAGES);
    let first = submit("made", &farm, &job, 0);
    both_ran(&first, &IMAGES, "mytest-true");
    assert_eq!(
        first.console("node").matches("lkp-node: making").count(),
        5,
        "{}",
        first.console("node")
    );
    assert_eq!(
        sent(&first),
        1,
        "the tar goes once, and is kept for the other engines"
    );
    nothing_left(node);

    let again = submit("kept", &farm, &job, 0);
    both_ran(&again, &IMAGES, "mytest-true");
    assert!(
        !again.console("node").contains("lkp-node: making"),
        "{}",
        again.console("node")
    );
    assert_eq!(sent(&again), 0);
    nothing_left(node);
    assert!(
        !on(node, "cat /root/calls").contains("--privileged"),
        "nobody asked for it"
    );

    let asked = [(
        "asked",
        "runtime: docker, image: 'localhost/named:1', privileged: true",
    )];
    let _ = submit("privileged", &farm, &self::job("jobs: [mytest]", &asked), 0);
    assert!(on(node, "grep '^docker run .*--privileged' /root/calls").contains("lkp-node-"));
}

fn sent(outcome: &Outcome) -> usize {
    let notes = outcome.journal();
    notes
        .iter()
        .filter(|e| e.to_string().contains("image.tar is sent to the node"))
        .count()
}

#[test]
fn limits_hold_in_every_kind_of_container() {
    let test = "lkp_engines::limits_hold_in_every_kind_of_container";
    let Some(farm) = machine(test) else { return };
    let limits = "count: 2, limits: {cpus: 0.5, memory: 64M}, image";
    let blocks = [
        (
            "docker",
            format!("runtime: docker, network: none, {limits}: 'localhost/named:1'"),
        ),
        (
            "podman",
            format!("runtime: podman, network: none, {limits}: 'localhost/named:1'"),
        ),
        (
            "sandbox",
            format!("runtime: sandbox, network: none, {limits}: {{rootfs: image.tar}}"),
        ),
    ];
    let blocks: Vec<(&str, &str)> = blocks.iter().map(|(name, text)| (*name, &**text)).collect();
    let outcome = submit("limits", &farm, &job("jobs: [limits]", &blocks), 0);
    both_ran(&outcome, &blocks, "limits-defaults");
    nothing_left(farm.node("machine"));
}

#[test]
fn a_missing_image_is_the_jobs_fault_and_a_missing_engine_the_nodes() {
    let test = "lkp_engines::a_missing_image_is_the_jobs_fault_and_a_missing_engine_the_nodes";
    let Some(farm) = machine(test) else { return };
    let node = farm.node("machine");
    for runtime in ["auto", "docker", "podman"] {
        let block = [(
            "missing",
            &*format!("runtime: {runtime}, image: 'localhost/nowhere:1'"),
        )];
        let outcome = submit("no image", &farm, &job("jobs: [mytest]", &block), 4);
        outcome.failed_as(&["job"]);
        outcome.says("the image localhost/nowhere:1 is not on this node and cannot be pulled");
    }
    on(node, "rm /var/run/docker.sock");
    let docker = [("dead", "runtime: docker, image: 'localhost/named:1'")];
    let outcome = submit("no daemon", &farm, &job("jobs: [mytest]", &docker), 3);
    outcome.failed_as(&["infrastructure"]);
    outcome.says("no container can be made here: docker: ");
    on(
        node,
        "rm \"$(command -v podman)\" /usr/bin/podman 2>/dev/null; true",
    );
    let podman = [("gone", "runtime: podman, image: 'localhost/named:1'")];
    let outcome = submit("no engine", &farm, &job("jobs: [mytest]", &podman), 3);
    outcome.failed_as(&["infrastructure"]);
    outcome.says("podman: it is not installed (package podman)");
}

/// The real LKP, with an image in which it finds what it needs: `LKP_TESTS` and `LKP_ROOTFS` say where they are.
#[test]
fn the_real_hackbench_runs_in_every_kind_of_container() {
    let test = "lkp_engines::the_real_hackbench_runs_in_every_kind_of_container";
    let given = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
    let (Some(tree), Some(image)) = (given("LKP_TESTS"), given("LKP_ROOTFS")) else {
        return need::not_run(
            test,
            "needs LKP_TESTS, a tree, and LKP_ROOTFS, a tar with ruby, its gems and hackbench",
        );
    };
    let Some(farm) = machine(test) else { return };
    let runtimes = ["docker", "podman", "sandbox"];
    let blocks = runtimes.map(|name| {
        (
            name,
            format!("count: 2, runtime: {name}, image: {{rootfs: {image}}}"),
        )
    });
    let blocks: Vec<(&str, &str)> = blocks.iter().map(|(name, text)| (*name, &**text)).collect();
    let jobs = "set: {compiler: none}, jobs: [quick]";
    let job = job(jobs, &blocks).replace("source: tree", &format!("source: {tree}"));
    for round in ["made", "kept"] {
        let outcome = submit(round, &farm, &job, 0);
        for (place, name) in runtimes.iter().enumerate() {
            let rows = outcome.rows("node", &format!("{place}_{name}"), "hackbench.throughput");
            assert_eq!(rows.len(), 2, "{name}\n{outcome}");
        }
        nothing_left(farm.node("machine"));
    }
}
