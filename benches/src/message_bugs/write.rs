//! From a made-up job to its text.

use super::model::{Act, Form, Job, Role, Verb};

pub(super) fn text(job: &Job) -> String {
    let mut text = String::from(
        "job_name: made up\nvisibility: public\ntimeouts:\n  job: {minutes: 10}\nprotocols:\n  lava-multinode:\n    roles:\n",
    );
    let host = job.roles[0].name;
    for role in &job.roles {
        text.push_str(&format!(
            "      {}:\n        count: {}\n",
            role.name, role.count
        ));
        text.push_str(&if role.guest {
            format!(
                "        connection: ssh\n        host_role: {host}\n        expect_role: {host}\n        request: lava-start\n"
            )
        } else {
            "        device_type: ssh\n".to_owned()
        });
    }
    text.push_str("actions:\n");
    for role in &job.roles {
        deploy(role, &mut text);
        tests(role, &mut text);
    }
    text
}

fn deploy(role: &Role, text: &mut String) {
    let name = role.name;
    text.push_str(&format!("- deploy:\n    role: [{name}]\n    to: ssh\n"));
    let requests: Vec<&Act> = role
        .acts
        .iter()
        .filter(|a| a.form == Form::Request)
        .collect();
    if !requests.is_empty() {
        text.push_str("    protocols:\n      lava-multinode:\n");
    }
    for act in requests {
        text.push_str(&format!(
            "      - action: prepare-scp-overlay\n        request: lava-wait\n        messageID: {}\n        \
             message: {{ipaddr: $ipaddr}}\n",
            act.id
        ));
    }
    text.push_str(&format!(
        "- boot:\n    role: [{name}]\n    method: ssh\n    prompts: ['#']\n"
    ));
}

fn tests(role: &Role, text: &mut String) {
    let name = role.name;
    text.push_str(&format!(
        "- test:\n    role: [{name}]\n    definitions:\n    - name: {name}\n      from: inline\n      path: {name}.yaml\n      \
         repository:\n        metadata:\n          format: Lava-Test Test Definition 1.0\n          name: {name}\n        \
         run:\n          steps:\n          - uname -a\n"
    ));
    if role.unknown {
        text.push_str("          - ./prepare.sh\n");
    }
    let acts: Vec<&Act> = role
        .acts
        .iter()
        .filter(|a| a.form != Form::Request)
        .collect();
    let mut at = 0;
    while at < acts.len() {
        let rounds = rounds(&acts[at..]);
        if rounds > 1 {
            text.push_str(&format!(
                "          - for i in $(seq {rounds}); do echo $i; lava-sync round$i; done\n"
            ));
            at += rounds;
            continue;
        }
        for line in step(role, acts[at], at) {
            text.push_str(&format!("          {line}\n"));
        }
        at += 1;
    }
    text.push_str("          - lava-test-case over --result pass\n");
}

/// How many syncs from here on are the rounds of a loop.
fn rounds(acts: &[&Act]) -> usize {
    let numbered = acts.iter().zip(1..);
    numbered
        .take_while(|(act, number)| act.form == Form::Loop && act.id == format!("round{number}"))
        .count()
}

fn step(role: &Role, act: &Act, number: usize) -> Vec<String> {
    let id = &act.id;
    let call = words(act, id);
    match act.form {
        Form::Straight | Form::Loop | Form::Request => vec![format!("- {call}")],
        Form::AfterOthers => vec![format!("- echo now; true && {call}")],
        Form::TestCase => vec![format!("- lava-test-case step-{number} --shell {call}")],
        Form::Variable => vec![format!("- ID={id}"), format!("- {}", words(act, "$ID"))],
        Form::Function => vec![
            format!("- 'step_{number}() {{ {}; }}'", words(act, "\"$1\"")),
            format!("- step_{number} {id}"),
        ],
        Form::Branches => vec![
            "- |".to_owned(),
            "  if grep -q debian /etc/os-release; then".to_owned(),
            format!("    {call}"),
            "  else".to_owned(),
            format!("    {call}"),
            "  fi".to_owned(),
        ],
        Form::ByRole => vec![
            "- |".to_owned(),
            "  case \"$(lava-role)\" in".to_owned(),
            format!("  {}) {call} ;;", role.name),
            "  *) exit 1 ;;".to_owned(),
            "  esac".to_owned(),
        ],
    }
}

fn words(act: &Act, id: &str) -> String {
    match &act.verb {
        Verb::Send if act.id == "ipv4" => format!("lava-send {id} ipaddr=$(lava-echo-ipv4 eth0)"),
        Verb::Send => format!("lava-send {id}"),
        Verb::Wait => format!("lava-wait {id}"),
        Verb::WaitAll(role) => format!("lava-wait-all {id} {role}"),
        Verb::Sync => format!("lava-sync {id}"),
    }
}
