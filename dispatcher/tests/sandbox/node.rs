//! What a node is and does, whoever the user is.

use std::{net::SocketAddr, path::Path, time::Instant};

use dispatcher::sandbox::{NodeSpec, SandboxError, probe};
use russh::{ChannelMsg, Sig};

use super::client::{TestLab, new_key, program};

#[test]
fn the_system_allows_it() {
    probe(Some(&program())).unwrap();
}

#[tokio::test]
async fn is_a_machine_of_its_own() {
    let lab = TestLab::start().await;
    let node = lab.node("guest-1").await;
    eprintln!("left out: {:?}", node.left_out);
    let ssh = lab.connect(&node).await;
    assert_eq!(ssh.ok("hostname").await, "guest-1");
    assert_eq!(ssh.ok("cat /proc/sys/kernel/hostname").await, "guest-1");
    assert_eq!(ssh.ok("id -u").await, "0");
    assert_eq!(
        ssh.ok("pwd; echo $HOME $USER; ls -A ~").await,
        "/root\n/root root"
    );
    assert!(ssh.ok("ls /sys/class/net").await.contains("eth0"));
    let addresses = ssh.ok("cat /proc/net/fib_trie").await;
    assert!(addresses.contains(&node.address.to_string()), "{addresses}");
    assert_eq!(
        ssh.ok("cat /proc/1/environ /proc/2/environ").await,
        "",
        "the dispatcher's environment"
    );
    if let Ok(expected) = std::env::var("SANDBOX_TEST_MANY_IDS") {
        let others = ssh.run("touch /root/f && chown 7:7 /root/f").await;
        assert_eq!((others.code == Some(0)).to_string(), expected, "{others:?}");
    }
    // Its own processes only: pid 1, the server, and what runs now.
    let count: u32 = ssh.ok("ls -d /proc/[0-9]* | wc -l").await.parse().unwrap();
    assert!(count <= 8, "{count} processes");
    assert_eq!(
        ssh.ok("getent hosts guest-1 | cut -d' ' -f1").await,
        node.address.to_string()
    );
    assert_eq!(
        ssh.ok("stat -c %a /tmp; echo x > /dev/null; ls /tmp /home")
            .await,
        "1777\n/home:\n\n/tmp:"
    );
    assert_ne!(
        ssh.run("echo 1 > /proc/sys/kernel/sysrq").await.code,
        Some(0)
    );
    assert_ne!(ssh.run("echo h > /proc/sysrq-trigger").await.code, Some(0));
    assert_ne!(ssh.run("touch /sys/x").await.code, Some(0));
    // Settings of the network are the node's own.
    ssh.ok("echo 1 > /proc/sys/net/ipv4/ip_forward").await;
    lab.lab.stop().await.unwrap();
}

#[tokio::test]
async fn writes_stay_in_the_node() {
    let lab = TestLab::start().await;
    let node = lab.node("guest").await;
    let other = lab.node("other").await;
    let (ssh, beside) = (lab.connect(&node).await, lab.connect(&other).await);
    for path in [
        "/sandbox-x",
        "/usr/sandbox-x",
        "/etc/sandbox-x",
        "/var/sandbox-x",
        "/usr/bin/sandbox-x",
        "/usr/local/bin/sandbox-x",
        "/var/lib/sandbox-x",
        "/tmp/sandbox-x",
        "/run/sandbox-x",
        "/root/x",
    ] {
        ssh.ok(&format!("echo hello > {path} && grep hello {path}"))
            .await;
        assert!(!Path::new(path).exists(), "{path} is on the real machine");
        assert_ne!(beside.run(&format!("ls {path}")).await.code, Some(0));
    }
    ssh.ok("echo changed >> /etc/hosts; rm /etc/passwd; mkdir /etc/passwd")
        .await;
    assert!(Path::new("/etc/passwd").is_file());
    assert!(
        !std::fs::read_to_string("/etc/hosts")
            .unwrap()
            .contains("changed")
    );
    lab.lab.stop().await.unwrap();
}

#[tokio::test]
async fn a_full_disk_is_the_nodes_own_trouble() {
    let lab = TestLab::start().await;
    let spec = NodeSpec {
        name: "small".into(),
        disk_mib: Some(8),
        root: None,
    };
    let node = lab.lab.add_node(spec).await.unwrap();
    let ssh = lab.connect(&node).await;
    for place in ["/tmp/big", "/usr/big", "/dev/shm/big"] {
        let full = ssh
            .run(&format!("LC_ALL=C head -c 20000000 /dev/zero > {place}"))
            .await;
        assert!(full.stderr.contains("No space left"), "{place}: {full:?}");
        ssh.ok(&format!("rm {place}")).await;
    }
    lab.lab.stop().await.unwrap();
}

#[tokio::test]
async fn nodes_reach_each_other() {
    let lab = TestLab::start().await;
    let (one, two) = tokio::join!(lab.node("one"), lab.node("two"));
    assert_ne!(one.address, two.address);
    let ssh = lab.connect(&one).await;
    let begun = Instant::now();
    let banner = ssh
        .ok(&format!(
            "bash -c 'read -r line < /dev/tcp/{}/22; echo $line'",
            two.address
        ))
        .await;
    eprintln!("node to node, first connection: {:?}", begun.elapsed());
    assert!(banner.starts_with("SSH-2.0-"), "{banner}");
    let nobody = lab.lab.dial(SocketAddr::from((one.address, 9))).await;
    assert!(
        matches!(nobody, Err(SandboxError::Dial { .. })),
        "{nobody:?}"
    );
    lab.lab.stop().await.unwrap();
}

#[tokio::test]
async fn commands_have_codes_streams_and_signals() {
    let lab = TestLab::start().await;
    let node = lab.node("guest").await;
    let ssh = lab.connect(&node).await;
    let split = ssh.run("echo out; echo err >&2; exit 7").await;
    assert_eq!(
        (split.stdout.as_str(), split.stderr.as_str(), split.code),
        ("out\n", "err\n", Some(7))
    );
    let counted = ssh.run_with("wc -c", &vec![b'x'; 3_000_000]).await;
    assert_eq!(counted.stdout.trim(), "3000000");
    // More than all buffers hold, in both directions at once.
    let echoed = ssh.run_with("cat", &vec![b'y'; 20_000_000]).await;
    assert_eq!(echoed.stdout.len(), 20_000_000);
    let killed = ssh.run("kill -TERM $$").await;
    assert!(matches!(killed.signal, Some(Sig::TERM)), "{killed:?}");
    // Input that nobody reads does no harm.
    assert_eq!(
        ssh.run_with("exec <&-; echo done", &vec![b'z'; 1_000_000])
            .await
            .stdout,
        "done\n"
    );

    let channel = ssh.channel().await;
    channel
        .set_env(true, "GREETING", "hello there")
        .await
        .unwrap();
    channel
        .exec(true, "echo $GREETING; exec sleep 1000")
        .await
        .unwrap();
    let mut channel = channel;
    let mut signal = None;
    while let Some(message) = channel.wait().await {
        match message {
            ChannelMsg::Data { data } => {
                assert_eq!(&data[..], b"hello there\n");
                channel.signal(Sig::INT).await.unwrap();
            }
            ChannelMsg::ExitSignal { signal_name, .. } => signal = Some(signal_name),
            _ => {}
        }
    }
    assert!(matches!(signal, Some(Sig::INT)), "{signal:?}");
    lab.lab.stop().await.unwrap();
}

#[tokio::test]
async fn many_channels_at_once_and_an_end_when_one_closes() {
    let lab = TestLab::start().await;
    let node = lab.node("guest").await;
    let ssh = lab.connect(&node).await;
    let all = futures_util::future::join_all((0..40).map(|n| {
        let ssh = &ssh;
        async move { assert_eq!(ssh.ok(&format!("echo {n}")).await, n.to_string()) }
    }));
    all.await;

    let mut channel = ssh.channel().await;
    channel
        .exec(
            true,
            "mkfifo /tmp/f; (exec 9> /tmp/f; echo up; sleep 1000) & wait",
        )
        .await
        .unwrap();
    let reader = tokio::spawn({
        let reader = lab.connect(&node).await;
        // Ends when the last writer of the pipe is dead.
        async move {
            reader
                .ok("until [ -p /tmp/f ]; do :; done; cat /tmp/f")
                .await
        }
    });
    while !matches!(channel.wait().await, Some(ChannelMsg::Data { .. })) {}
    channel.close().await.unwrap();
    reader.await.unwrap();
    lab.lab.stop().await.unwrap();
}

#[tokio::test]
async fn a_terminal_has_a_prompt_and_a_size() {
    let lab = TestLab::start().await;
    let node = lab.node("guest-7").await;
    let ssh = lab.connect(&node).await;
    let mut channel = ssh.channel().await;
    channel
        .request_pty(true, "xterm", 100, 30, 0, 0, &[])
        .await
        .unwrap();
    channel.request_shell(true).await.unwrap();
    expect(&mut channel, "root@guest-7:~# ").await;
    channel
        .data_bytes(&b"stty size; echo $TERM; tty\n"[..])
        .await
        .unwrap();
    let text = expect(&mut channel, "/dev/pts/").await;
    assert!(text.contains("30 100") && text.contains("xterm"), "{text}");
    channel.window_change(80, 24, 0, 0).await.unwrap();
    channel.data_bytes(&b"stty size\n"[..]).await.unwrap();
    expect(&mut channel, "24 80").await;
    channel.data_bytes(&b"exit 3\n"[..]).await.unwrap();
    let mut code = None;
    while let Some(message) = channel.wait().await {
        if let ChannelMsg::ExitStatus { exit_status } = message {
            code = Some(exit_status);
        }
    }
    assert_eq!(code, Some(3));
    lab.lab.stop().await.unwrap();
}

async fn expect(channel: &mut russh::Channel<russh::client::Msg>, wanted: &str) -> String {
    let mut text = String::new();
    while let Some(message) = channel.wait().await {
        if let ChannelMsg::Data { data } = message {
            text.push_str(&String::from_utf8_lossy(&data));
            if text.contains(wanted) {
                return text;
            }
        }
    }
    panic!("'{wanted}' did not come; this did: {text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_takes_time_and_no_memory() {
    let lab = TestLab::start().await;
    let node = lab.node("guest").await;
    let (ssh, beside) = (lab.connect(&node).await, lab.connect(&node).await);
    for terminal in [false, true] {
        let mut channel = ssh.channel().await;
        if terminal {
            channel
                .request_pty(true, "dumb", 80, 24, 0, 0, &[])
                .await
                .unwrap();
        }
        let begun = Instant::now();
        channel
            .exec(
                true,
                "yes 0123456789012345678901234567890123456789 | head -c 100000000",
            )
            .await
            .unwrap();
        let mut bytes = 0;
        while let Some(message) = channel.wait().await {
            if let ChannelMsg::Data { data } = message {
                bytes += data.len();
            }
        }
        assert!(bytes >= 100_000_000, "{bytes}");
        let rate = bytes as f64 / 1e6 / begun.elapsed().as_secs_f64();
        eprintln!("terminal {terminal}: {rate:.0} MB/s");
    }
    // Somebody who asks for output and does not read it.
    let idle = ssh.channel().await;
    idle.exec(true, "exec cat /dev/zero").await.unwrap();
    let server = "grep -H VmHWM /proc/2/status | tr -dc '0-9 ' | cut -c2-";
    let peak: u64 = beside.ok(server).await.trim().parse().unwrap();
    eprintln!("the server's largest size: {peak} kB");
    assert!(peak < 60_000, "{peak} kB");
    lab.lab.stop().await.unwrap();
}

#[tokio::test]
async fn only_known_keys_come_in() {
    let lab = TestLab::start().await;
    let node = lab.node("guest").await;
    let stranger = new_key();
    assert!(!lab.dial(&node).await.authenticate("root", &stranger).await);
    assert!(!lab.dial(&node).await.authenticate("nobody", &lab.key).await);
    let line = stranger.public_key().to_openssh().unwrap();
    let ssh = lab.connect(&node).await;
    ssh.ok(&format!(
        "mkdir -p ~/.ssh; echo 'no key'; echo '{line} a guest' >> ~/.ssh/authorized_keys"
    ))
    .await;
    assert!(lab.dial(&node).await.authenticate("root", &stranger).await);
    lab.lab.stop().await.unwrap();
}

#[tokio::test]
async fn sixteen_at_once() {
    let begun = Instant::now();
    let lab = TestLab::start().await;
    eprintln!("lab: {:?}", begun.elapsed());
    let begun = Instant::now();
    lab.node("first").await;
    eprintln!("one node: {:?}", begun.elapsed());
    let begun = Instant::now();
    let names: Vec<_> = (1..=4).map(|n| format!("four-{n}")).collect();
    futures_util::future::join_all(names.iter().map(|name| lab.node(name))).await;
    eprintln!("4 nodes at once: {:?}", begun.elapsed());
    let begun = Instant::now();
    let names: Vec<_> = (1..=16).map(|n| format!("guest-{n}")).collect();
    let nodes = futures_util::future::join_all(names.iter().map(|name| lab.node(name))).await;
    eprintln!("16 nodes at once: {:?}", begun.elapsed());
    let begun = Instant::now();
    futures_util::future::join_all(nodes.iter().map(|node| {
        let lab = &lab;
        async move { assert_eq!(lab.connect(node).await.ok("hostname").await, node.name) }
    }))
    .await;
    eprintln!("16 connections and commands: {:?}", begun.elapsed());
    let begun = Instant::now();
    lab.lab.stop().await.unwrap();
    eprintln!("end of 21 nodes: {:?}", begun.elapsed());
}

#[tokio::test]
async fn a_given_root_and_what_is_wrong_with_it() {
    let lab = TestLab::start().await;
    let root = tempfile::tempdir().unwrap();
    std::fs::set_permissions(
        root.path(),
        std::os::unix::fs::PermissionsExt::from_mode(0o755),
    )
    .unwrap();
    std::fs::create_dir_all(root.path().join("bin")).unwrap();
    std::fs::create_dir_all(root.path().join("usr/bin")).unwrap();
    let given = |name: &str, root: &Path| NodeSpec {
        name: name.into(),
        disk_mib: None,
        root: Some(root.to_owned()),
    };
    let missing = lab
        .lab
        .add_node(given("none", &root.path().join("missing")))
        .await
        .unwrap_err();
    assert!(missing.to_string().contains("/missing"), "{missing}");
    let empty = lab.lab.add_node(given("empty", root.path())).await.unwrap();
    let answer = lab.connect(&empty).await.run("true").await;
    assert_eq!(answer.code, Some(127), "{answer:?}");
    assert!(answer.stderr.contains("cannot start a shell"), "{answer:?}");
    if copy_with_libraries("/bin/busybox", root.path()) {
        std::os::unix::fs::symlink("busybox", root.path().join("bin/sh")).unwrap();
        let node = lab.lab.add_node(given("small", root.path())).await.unwrap();
        let ssh = lab.connect(&node).await;
        assert_eq!(
            ssh.ok("busybox ls /bin; busybox touch /bin/x").await,
            "busybox\nsh"
        );
        assert!(!root.path().join("bin/x").exists());
    } else {
        eprintln!("not tried: a root of busybox alone, for want of /bin/busybox");
    }
    lab.lab.stop().await.unwrap();
}

/// Copies a program and what it is linked with to the same paths below `root`.
fn copy_with_libraries(program: &str, root: &Path) -> bool {
    let linked = std::process::Command::new("ldd").arg(program).output();
    let linked = linked
        .map(|output| String::from_utf8(output.stdout).unwrap())
        .unwrap_or_default();
    let libraries = linked
        .split_whitespace()
        .filter(|word| word.starts_with('/'));
    libraries.chain([program]).all(|path| {
        let target = root.join(path.trim_start_matches('/'));
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::copy(path, target).is_ok()
    })
}
