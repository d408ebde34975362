//! Ways to get in: the keys of an SSH agent, and a private repository over SSH.

use std::process::{Child, Command, Stdio};

use common::need;
use common::yaml::{definition_file, inline, ssh_job};
use common::{JobTest, Lab};

/// An agent of the test's own, ended with it.
struct Agent(Child);

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_keys_of_an_agent_open_a_machine() {
    let Some(farm) = need::machines("access::the_keys_of_an_agent_open_a_machine", &["a"]) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("agent");
    let agent = Command::new("ssh-agent")
        .arg("-D")
        .arg("-a")
        .arg(&socket)
        .stdout(Stdio::null())
        .spawn();
    let _agent = Agent(agent.unwrap());
    let there =
        common::processes::wait_until(std::time::Duration::from_secs(10), || socket.exists());
    assert!(there, "the agent listens");
    let added = Command::new("ssh-add")
        .arg("-q")
        .arg(farm.key())
        .env("SSH_AUTH_SOCK", &socket)
        .status();
    assert!(added.unwrap().success());
    let lab = Lab::empty(&farm);
    let node = farm.node("a");
    let device = format!(
        "device_type: ssh\nssh: {{host: {}, port: {}, agent: true, host_key: \"{}\"}}\n",
        node.ssh().ip(),
        node.ssh().port(),
        node.host_key()
    );
    lab.device("a", &device);
    let job = ssh_job(&inline("in", &["lava-test-case in --result pass"]));
    let run = |socket: &str| {
        let test = JobTest::new("agent").job(&job).on_lab(&farm, &lab);
        test.env("SSH_AUTH_SOCK", socket).run()
    };
    run(&socket.display().to_string()).has("node", "0_in", "in", "pass");
    let without = run("/nonexistent/agent");
    without.failed_as(&["configuration"]);
    without.says("agent");
}

#[test]
fn a_private_repository_over_ssh() {
    let Some(farm) = need::machines("access::a_private_repository_over_ssh", &["a"]) else {
        return;
    };
    let definition = definition_file("private", &["lava-test-case private --result pass"]);
    let make = format!(
        "set -e; git init -q /root/repo; cd /root/repo; cat > t.yaml <<'END'\n{definition}END\n\
         git add t.yaml; git -c user.name=t -c user.email=t@example.org commit -qm t"
    );
    let made = farm.node("a").exec(&make);
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    let ssh = farm.node("a").ssh();
    let url = format!("ssh://root@{}:{}/root/repo", ssh.ip(), ssh.port());
    let job = ssh_job(&format!(
        "- {{from: git, name: private, path: t.yaml, repository: '{url}'}}\n"
    ));
    let command = |key: &str| {
        format!(
            "ssh -o BatchMode=yes -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -i {key}"
        )
    };
    let run = |key: &str| {
        let test = JobTest::new("private git").job(&job).on(&farm);
        test.env("GIT_SSH_COMMAND", &command(key)).run()
    };
    run(&farm.key().display().to_string()).has("node", "0_private", "private", "pass");
    let refused = run("/nonexistent/key");
    refused.failed_as(&["infrastructure"]);
}
