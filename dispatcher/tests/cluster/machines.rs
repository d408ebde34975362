//! Over OpenSSH.

use std::sync::Arc;

use common::{Farm, NodeSpec};
use dispatcher::failure::Class;
use dispatcher::transport::dial::Dialer;
use dispatcher::transport::host_key::HostKeyRule;
use dispatcher::transport::ssh::{Link, Target};
use dispatcher::transport::ssh_auth::Identity;
use russh::keys::PublicKey;

use super::exchange;
use super::lab::new_key;

/// Runs in the farm's network.
pub(crate) fn inside<F: Future<Output = ()>>(farm: &Farm, test: impl FnOnce() -> F + Send) {
    farm.in_network(|| {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        let runtime = builder.enable_all().build().unwrap();
        runtime.block_on(test());
    });
}

pub(crate) async fn connect(farm: &Farm, name: &str, identity: Identity) -> exchange::Node {
    let node = farm.node(name);
    let host_key = PublicKey::from_openssh(&node.host_key()).unwrap();
    let target = Target {
        dialer: Dialer::Direct,
        host: node.address().to_string(),
        port: node.ssh().port(),
        user: "root".to_owned(),
        identity,
        host_key: HostKeyRule::Given(Box::new(host_key)),
    };
    (Link::open(&target).await.unwrap(), node.address())
}

#[test]
fn the_exchange_over_two_machines() {
    let test = "cluster::machines::the_exchange_over_two_machines";
    let Some(farm) = common::need::machines(test, &["host", "guest"]) else {
        return;
    };
    inside(&farm, async || {
        let host = connect(&farm, "host", Identity::File(farm.key())).await;
        let guest = connect(&farm, "guest", Identity::File(farm.key())).await;
        exchange::over(&host, &guest).await;
    });
}

#[test]
fn a_machine_that_is_gone_ends_its_forwards() {
    let test = "cluster::machines::a_machine_that_is_gone_ends_its_forwards";
    let Some(farm) = common::need::machines(test, &["guest"]) else {
        return;
    };
    let (bell, rung) = std::sync::mpsc::channel();
    let (up, is_up) = std::sync::mpsc::channel();
    let key = Identity::File(farm.key());
    std::thread::scope(|scope| {
        let seen = &farm;
        let watch = scope.spawn(move || {
            inside(seen, async || {
                let (link, _) = connect(seen, "guest", key).await;
                let mut forward = link.forward_from_node().await.unwrap();
                assert_ne!(forward.port(), 0);
                up.send(()).unwrap();
                assert!(forward.accept().await.is_none());
                bell.send(()).unwrap();
            });
        });
        is_up.recv().unwrap();
        let _ = seen.node("guest").exec("kill -9 -1");
        rung.recv().unwrap();
        watch.join().unwrap();
    });
}

#[test]
fn a_server_that_forwards_nothing() {
    let test = "cluster::machines::a_server_that_forwards_nothing";
    if !common::need::farm(test) {
        return;
    }
    let key = new_key();
    let line = format!(
        "no-port-forwarding {}\n",
        key.public_key().to_openssh().unwrap()
    );
    let farm = Farm::of(vec![NodeSpec::named("guest").authorized(&line)]);
    inside(&farm, async || {
        let (link, at) = connect(&farm, "guest", Identity::Key(Arc::new(key))).await;
        let Err(failure) = link.forward_from_node().await else {
            panic!("the server forwards");
        };
        assert_eq!(failure.class, Class::Infrastructure);
        let start = format!("the SSH server at {at} forwards no port to dispatch");
        let words = failure.to_string();
        assert!(
            words.contains(&start) && words.contains("AllowTcpForwarding"),
            "{words}"
        );
    });
}
