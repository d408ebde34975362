//! Over the embedded lab's own SSH server.

use std::path::PathBuf;
use std::sync::Arc;

use dispatcher::sandbox::{Lab, LabConfig, NodeSpec, probe};
use dispatcher::transport::dial::Dialer;
use dispatcher::transport::host_key::HostKeyRule;
use dispatcher::transport::ssh::{Link, Target};
use dispatcher::transport::ssh_auth::Identity;
use russh::keys::ssh_key::{LineEnding, PrivateKey};

use super::exchange;

pub(crate) fn new_key() -> PrivateKey {
    let kind = russh::keys::Algorithm::Ed25519;
    PrivateKey::random(&mut russh::keys::key::safe_rng(), kind).unwrap()
}

#[tokio::test]
async fn the_exchange_over_two_nodes() {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_dispatch"));
    if let Err(why) = probe(Some(&program)) {
        let test = "cluster::lab::the_exchange_over_two_nodes";
        return common::need::not_run(test, &why.to_string());
    }
    let (key, host_key) = (new_key(), new_key());
    let config = LabConfig {
        authorized_key: key.public_key().to_openssh().unwrap(),
        host_key: host_key.to_openssh(LineEnding::LF).unwrap().to_string(),
        program: Some(program),
    };
    let lab = Arc::new(Lab::start(config).await.unwrap());
    let mut nodes = Vec::new();
    for name in ["host", "guest"] {
        let spec = NodeSpec {
            name: name.into(),
            ..NodeSpec::default()
        };
        let node = lab.add_node(spec).await.unwrap();
        let target = Target {
            dialer: Dialer::Lab(Arc::clone(&lab)),
            host: node.address.to_string(),
            port: 22,
            user: "root".to_owned(),
            identity: Identity::Key(Arc::new(key.clone())),
            host_key: HostKeyRule::Given(Box::new(host_key.public_key().clone())),
        };
        nodes.push((Link::open(&target).await.unwrap(), node.address));
    }
    exchange::over(&nodes[0], &nodes[1]).await;
}
