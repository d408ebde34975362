//! Getting a run's devices ready to be connected to: addresses and keys of machines that are up, and the embedded lab's
//! nodes, started together.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::future::try_join_all;
use russh::keys::PublicKey;

use crate::failure::{Class, Failure};
use crate::inventory::device::Ssh;
use crate::keys;
use crate::plan::{NodePlan, Step, StepKind};
use crate::sandbox::{Lab, LabConfig, NodeSpec};
use crate::store::Store;
use crate::transport::dial::Dialer;
use crate::transport::host_key::HostKeyRule;
use crate::transport::ssh::Target;
use crate::transport::ssh_auth::Identity;

/// A run's devices.
pub struct Devices {
    /// How to reach the device of each node that has one, by node name.
    pub targets: HashMap<String, Target>,
    /// The embedded lab, if a node is in it.
    pub lab: Option<Arc<Lab>>,
    /// What a node of the embedded lab does not show of this machine, with its name.
    pub left_out: Vec<(String, String)>,
}

/// Gets the devices of all nodes ready.
///
/// # Errors
/// Configuration or infrastructure, naming the device.
pub async fn bring_up(plans: &[NodePlan], store: &Store) -> Result<Devices, Failure> {
    let mut targets = HashMap::new();
    let mut sandboxes = Vec::new();
    for plan in plans.iter().filter(|p| p.spec.host.is_none()) {
        let device = &plan.spec.device;
        let ssh = device
            .config
            .ssh
            .as_ref()
            .filter(|_| reached_by_ssh(plan, plans));
        match (&device.config.sandbox, ssh) {
            (Some(sandbox), _) => sandboxes.push((plan.spec.name.clone(), sandbox.disk)),
            (None, Some(ssh)) => {
                let target = machine(ssh, &device.name, store.root().join("known_hosts"))?;
                targets.insert(plan.spec.name.clone(), target);
            }
            (None, None) => {}
        }
    }
    if sandboxes.is_empty() {
        return Ok(Devices {
            targets,
            lab: None,
            left_out: Vec::new(),
        });
    }
    let folder = store.root().join("keys");
    let access = keys::load_or_make(&folder, "lab")?;
    let host_key = keys::load_or_make(&folder, "lab_host")?;
    let config = LabConfig {
        authorized_key: access.public.clone(),
        host_key: host_key.private.clone(),
        program: None,
    };
    let lab = Arc::new(Lab::start(config).await.map_err(|e| forbidden(&e))?);
    let mut host_names = HashSet::new();
    let started = sandboxes.into_iter().map(|(name, disk)| {
        let lab = Arc::clone(&lab);
        let host_name = host_name(&name, &mut host_names);
        async move {
            let spec = NodeSpec {
                name: host_name,
                disk_mib: Some(disk),
                root: None,
            };
            let node = lab.add_node(spec).await.map_err(|e| forbidden(&e))?;
            Ok::<_, Failure>((name, node))
        }
    });
    let public: PublicKey = host_key.key.public_key().clone();
    let mut left_out = Vec::new();
    for (name, node) in try_join_all(started).await? {
        left_out.extend(node.left_out.into_iter().map(|what| (name.clone(), what)));
        let target = Target {
            dialer: Dialer::Lab(Arc::clone(&lab)),
            host: node.address.to_string(),
            port: 22,
            user: "root".to_owned(),
            identity: Identity::Key(Arc::clone(&access.key)),
            host_key: HostKeyRule::Given(Box::new(public.clone())),
        };
        targets.insert(name, target);
    }
    Ok(Devices {
        targets,
        lab: Some(lab),
        left_out,
    })
}

/// Whether a node, or a guest on it, logs in by SSH: the one boot method that is no list of steps.
fn reached_by_ssh(node: &NodePlan, plans: &[NodePlan]) -> bool {
    let logs_in = |plan: &NodePlan| {
        let mut steps = plan.steps.iter().flat_map(Step::walk);
        steps.any(|step| matches!(step.kind, StepKind::Boot(_)))
    };
    let name = Some(&node.spec.name);
    logs_in(node) || plans.iter().any(|plan| plan.spec.host.as_ref() == name)
}

/// A node's name as a host name; roles may have characters that no host name has.
fn host_name(node: &str, taken: &mut HashSet<String>) -> String {
    let allowed = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let plain: String = node.chars().take(50).map(allowed).collect();
    let plain = plain.trim_matches('-');
    let plain = if plain.is_empty() { "node" } else { plain };
    let mut name = plain.to_owned();
    let mut n = 2;
    while !taken.insert(name.clone()) {
        name = format!("{plain}-{n}");
        n += 1;
    }
    name
}

fn forbidden(e: &crate::sandbox::SandboxError) -> Failure {
    Failure::new(
        Class::Infrastructure,
        format!("the embedded lab cannot start a node here: {e}"),
    )
}

/// A machine of its own with an SSH server. `known_hosts` keeps the server keys that were seen first.
///
/// # Errors
/// Configuration: the device does not say where it is or how to log in, or its `host_key` is none.
pub(crate) fn machine(ssh: &Ssh, device: &str, known_hosts: PathBuf) -> Result<Target, Failure> {
    let configuration =
        |message: String| Failure::new(Class::Configuration, format!("device {device}: {message}"));
    if ssh.host.is_empty() {
        return Err(configuration("`ssh: host` is missing".to_owned()));
    }
    let identity = match (ssh.agent, ssh.identity_file.as_os_str().is_empty()) {
        (true, _) => Identity::Agent,
        (false, false) => Identity::File(ssh.identity_file.clone()),
        (false, true) => {
            return Err(configuration(
                "say how to log in: `ssh: identity_file:` names a private key, or `ssh: agent: true`".to_owned(),
            ));
        }
    };
    let host_key = if ssh.host_key.is_empty() {
        HostKeyRule::PinOnFirstUse(known_hosts)
    } else {
        let key = PublicKey::from_openssh(&ssh.host_key).map_err(|e| {
            configuration(format!(
                "`host_key` is not an OpenSSH public key (`ssh-ed25519 AAAA…`): {e}"
            ))
        })?;
        HostKeyRule::Given(Box::new(key))
    };
    Ok(Target {
        dialer: Dialer::Direct,
        host: ssh.host.clone(),
        port: ssh.port,
        user: ssh.user.clone(),
        identity,
        host_key,
    })
}
