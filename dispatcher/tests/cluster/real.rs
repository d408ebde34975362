//! LKP's own iperf job, unmodified, with its server on one machine and its client on another.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use dispatcher::bus::cluster::{Endpoint, Hub, PartEnd, Role};
use dispatcher::transport::ssh::Link;
use dispatcher::transport::ssh_auth::Identity;

use super::exchange::{member, ok};
use super::machines::{connect, inside};

const UNPACK: &str = include_str!("unpack.sh");
const RUN: &str = include_str!("run.sh");

#[test]
fn iperf_over_two_machines() {
    let test = "cluster::real::iperf_over_two_machines";
    let Some(tree) = std::env::var_os("LKP_TESTS") else {
        return common::need::not_run(test, "needs LKP_TESTS, the path of an lkp-tests tree");
    };
    for (name, package) in [
        ("ruby", "ruby"),
        ("iperf3", "iperf3"),
        ("cc", "gcc"),
        ("curl", "curl"),
    ] {
        if !common::need::program(test, name, package) {
            return;
        }
    }
    let Some(farm) = common::need::machines(test, &["host", "guest"]) else {
        return;
    };
    let tar = pack(Path::new(&tree));
    inside(&farm, async || {
        let key = || Identity::File(farm.key());
        let (host, at_host) = connect(&farm, "host", key()).await;
        let (guest, at_guest) = connect(&farm, "guest", key()).await;
        let members = vec![
            member("host", Role::Server, at_host),
            member("guest", Role::Client, at_guest),
        ];
        let hub = Hub::new("net", members).unwrap();
        let (served, tested) = tokio::join!(
            lkp(&host, &hub, "host", Role::Server, tar.clone()),
            lkp(&guest, &hub, "guest", Role::Client, tar.clone())
        );
        for (output, aborted) in [&served, &tested] {
            assert_eq!(aborted.as_deref(), None, "{output}");
            assert!(!output.contains("cluster.abort"), "{output}");
        }
        let (output, _) = tested;
        assert!(output.contains("\"iperf.tcp.receiver.bps\""), "{output}");
        assert!(
            output.contains(&format!("iperf3 -t 1 -J -c {at_host}")),
            "{output}"
        );
    });
}

fn pack(tree: &Path) -> Vec<u8> {
    let tar = Command::new("tar")
        .args(["-c", "--exclude=./spec", "--exclude=./.git", "."])
        .current_dir(tree)
        .output()
        .unwrap();
    assert!(tar.status.success(), "{tar:?}");
    tar.stdout
}

/// What LKP left and what the cluster says.
async fn lkp(
    link: &Link,
    hub: &Arc<Hub>,
    name: &str,
    role: Role,
    tar: Vec<u8>,
) -> (String, Option<String>) {
    let unpacked = link.run(UNPACK, tar.into()).await.unwrap();
    assert_eq!(unpacked.status, Some(0), "{unpacked:?}");
    let endpoint = Endpoint::open(link, Arc::clone(hub), name).await.unwrap();
    let part = endpoint.begin_case("iperf-net-tcp-1s", 1);
    let (cluster, port) = (hub.name(), endpoint.port());
    let settings = format!("cluster={cluster} name={name} role={role} port={port}\n");
    let output = ok(link, &(settings + RUN)).await;
    let aborted = part.end(PartEnd::Over);
    endpoint.close("had run all its cases");
    (output, aborted)
}
