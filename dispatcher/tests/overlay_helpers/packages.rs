//! The package helpers of the distributions, with tools that only write down how they were called.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::node::{Node, Outcome, for_each_shell, not_run, outcome, overlays};

/// Puts tools into the node's PATH that note their calls and end with `status`.
fn tools(node: &Node, names: &[&str], status: i32) {
    for name in names {
        let script = format!(
            "#!/bin/sh\necho \"{name} $*\" >>\"$LAVA_RESULTS_ROOT/calls\"\nexit {status}\n"
        );
        tool(node, name, &script);
    }
}

/// Written by another process, for the reason that `Node::with_header` has.
fn tool(node: &Node, name: &str, script: &str) {
    let path = node.root().join("tools").join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let written = Command::new("sh")
        .args([
            "-ec",
            "printf %s \"$1\" >\"$2\"; chmod 755 \"$2\"",
            "tool",
            script,
        ])
        .arg(&path)
        .status();
    assert!(written.unwrap().success());
    assert_eq!(
        fs::metadata(path).unwrap().permissions().mode() & 0o777,
        0o755
    );
}

/// Runs a distribution's own helper, and the calls that it made.
fn run(node: &Node, distro: &str, helper: &str, arguments: &[&str]) -> (Outcome, String) {
    let path = overlays().join("distro").join(distro).join(helper);
    let mut words = node.shell.split(' ');
    let mut command = node.command(words.next().unwrap());
    command.args(words).arg("-eu").arg(path).args(arguments);
    command
        .env(
            "PATH",
            format!("{}:/usr/bin:/bin", node.root().join("tools").display()),
        )
        .env("LAVA_INSTALL_RETRY_DELAY", "0");
    let _ = fs::remove_file(node.root().join("calls"));
    let told = outcome(&mut command);
    (
        told,
        fs::read_to_string(node.root().join("calls")).unwrap_or_default(),
    )
}

#[test]
fn debian_installs_what_is_missing() {
    for_each_shell(|shell| {
        let node = Node::new(shell);
        tools(&node, &["apt-get"], 0);
        let query = |answer: &str| tool(&node, "dpkg-query", &format!("#!/bin/sh\n{answer}\n"));
        let install = "apt-get update -q\napt-get install -y -q git g++\n";

        query("printf 'installed installed '");
        let (told, calls) = run(&node, "debian", "lava-install-packages", &["git", "g++"]);
        told.is("lava-install-packages: already installed: git g++\n", 0);
        assert_eq!(calls, "");
        for answer in [
            "printf 'installed config-files '",
            "printf 'installed '; exit 1",
            "printf 'not-installed installed '",
        ] {
            query(answer);
            let (told, calls) = run(&node, "debian", "lava-install-packages", &["git", "g++"]);
            told.is("", 0);
            assert_eq!(calls, install);
        }
        // What means something else to apt is left to apt.
        query("printf 'installed '");
        for word in [
            "git=1.0",
            "git/sid",
            "git-",
            "lib*",
            "--no-install-recommends",
        ] {
            let (_, calls) = run(&node, "debian", "lava-install-packages", &[word]);
            assert_eq!(
                calls,
                format!("apt-get update -q\napt-get install -y -q {word}\n")
            );
        }
        let (told, calls) = run(&node, "debian", "lava-install-packages", &[]);
        told.is(
            "lava-install-packages: no packages named, nothing to do\n",
            0,
        );
        assert_eq!(calls, "");

        query("exit 1");
        tools(&node, &["apt-get"], 100);
        let (told, calls) = run(&node, "debian", "lava-install-packages", &["git", "g++"]);
        assert_eq!((told.code, calls), (Some(100), install.repeat(5)));
        assert!(
            told.stderr.contains("try 5 of 5 failed with status 100"),
            "{told:?}"
        );
    });
}

#[test]
fn the_others_call_their_tools() {
    let table = [
        (
            "fedora",
            &["dnf", "yum", "rpm"][..],
            "dnf -y -q install a b\n",
            "rpm -qa --qf %{NAME} %{VERSION}-%{RELEASE}\\n\n",
        ),
        (
            "centos",
            &["yum", "rpm"],
            "yum -e 0 -y -q install a b\n",
            "rpm -qa --qf %{NAME} %{VERSION}-%{RELEASE}\\n\n",
        ),
        (
            "archlinux",
            &["pacman"],
            "pacman -Syu --noprogressbar --noconfirm a b\n",
            "pacman -Q\n",
        ),
        (
            "oe",
            &["opkg"],
            "opkg update\nopkg install a b\n",
            "opkg list-installed\n",
        ),
    ];
    // How echo prints a backslash is the shell's own affair.
    let plain = |calls: String| calls.replace("\\n", "\n").replace("\n\n", "\n");
    for_each_shell(|shell| {
        for (distro, names, install, list) in table {
            let node = Node::new(shell);
            tools(&node, names, 0);
            let (told, calls) = run(&node, distro, "lava-install-packages", &["a", "b"]);
            told.is("", 0);
            assert_eq!(calls, install, "{distro}");
            if shell.contains("busybox") {
                not_run("listing packages with busybox: it prefers tools of its own");
            } else {
                let (told, calls) = run(&node, distro, "lava-installed-packages", &[]);
                assert_eq!(
                    (told.code, plain(calls)),
                    (Some(0), plain(list.to_owned())),
                    "{distro}"
                );
            }
            tools(&node, names, 3);
            let (told, calls) = run(&node, distro, "lava-install-packages", &["a", "b"]);
            assert_eq!((told.code, calls), (Some(3), install.repeat(5)), "{distro}");
        }
    });
}

#[test]
fn an_unknown_system_gets_a_notice() {
    for_each_shell(|shell| {
        let node = Node::new(shell);
        for helper in [
            "lava-install-packages",
            "lava-installed-packages",
            "lava-add-keys",
            "lava-add-sources",
        ] {
            let told = node.run(helper, &["git"]);
            assert_eq!((told.code, told.stderr.as_str()), (Some(0), ""));
            assert!(
                told.stdout
                    .contains(&format!("{helper}: unsupported distro")),
                "{told:?}"
            );
        }
        let told = node.run("lava-os-build", &[]);
        assert!(
            told.code == Some(0) && told.stdout.lines().count() == 1,
            "{told:?}"
        );
    });
}
