//! Two machines that meet by `lkp-cluster-sync`: what they say to the coordinator, and in which order.

use std::fs;
use std::thread;

use common::need;

use crate::coordinator::Coordinator;
use crate::tree::{Left, Tree, for_each_tree};

const JOB: &str = "
suite: mytest
testcase: mytest
category: functional
cluster: cs-two
if role server:
  own-server:
if role client:
  mytest:
";

/// A node of the cluster, from its job to its results.
fn node(tree: &Tree, role: &str, name: &str, port: u16) -> Left {
    tree.run_in_network(&format!(
        "mkdir /tmp/tree/programs/own-server
        printf '#!/bin/sh\\nexit 0\\n' >/tmp/tree/programs/own-server/daemon
        chmod 755 /tmp/tree/programs/own-server/daemon
        cat >two.yaml <<'EOT'\n{JOB}\nEOT
        $lkp split-job -t box -s 'need_monitors: false' -s 'compiler: none' -s 'node_roles: {role}' two.yaml
        $lkp run -s 'NO_NETWORK: ' -s 'LKP_SERVER: 127.0.0.1' -s 'LKP_CGI_PORT: {port}' -s 'LKP_USER: lkp' \
            -s 'HOSTNAME: {name}' two-cs-two.yaml -- printenv server"
    ))
}

#[test]
fn both_sides_say_lkps_states_in_lkps_order() {
    let test = "lkp_mini::both_sides_say_lkps_states";
    if !need::program(test, "wget", "wget") {
        return;
    }
    for_each_tree(test, |tree| {
        let coordinator = Coordinator::start();
        let port = coordinator.port;
        let (server, client) = thread::scope(|scope| {
            let server = scope.spawn(move || node(tree, "server", "s", port));
            let client = scope.spawn(move || node(tree, "client", "c", port));
            (server.join().unwrap(), client.join().unwrap())
        });
        assert_eq!(
            coordinator.states("s"),
            [
                "finished",
                "write_state",
                "wait_ready",
                "roles_ip",
                "wait_finish"
            ],
            "{} {}",
            server.stdout,
            server.stderr
        );
        assert_eq!(
            coordinator.states("c"),
            ["write_state", "wait_ready", "roles_ip", "finished"],
            "{} {}",
            client.stdout,
            client.stderr
        );
        // The addresses that the coordinator names are the test's environment.
        let output = fs::read_to_string(client.last_result().join("mytest")).unwrap();
        assert!(output.contains("192.0.2.1"), "{output}");
        assert!(!client.last_result().join("last_state").exists());
    });
}
