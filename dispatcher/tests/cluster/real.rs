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
        return common::need::not_run(test, "LKP_TESTS names no lkp-tests tree");
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
        assert_eq!(served.len(), 2, "a case each for tcp and udp");
        for Ran {
            output, aborted, ..
        } in served.iter().chain(&tested)
        {
            assert_eq!(aborted.as_deref(), None, "{output}");
            assert!(!output.contains("cluster.abort"), "{output}");
        }
        for (case, stat) in [("tcp", "iperf.tcp.receiver.bps"), ("udp", "iperf.udp.bps")] {
            let ran = tested.iter().find(|ran| ran.job.contains(case)).unwrap();
            let output = &ran.output;
            assert!(output.contains(&format!("\"{stat}\"")), "{output}");
            let there = format!("iperf3 -t 1 -J -c {at_host}");
            assert!(output.contains(&there), "{output}");
        }
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

/// A run of a job: what LKP printed and left, and what the cluster says.
struct Ran {
    job: String,
    output: String,
    aborted: Option<String>,
}

/// All atomic jobs on one node, one after the other.
async fn lkp(link: &Link, hub: &Arc<Hub>, name: &str, role: Role, tar: Vec<u8>) -> Vec<Ran> {
    let settings = format!("cluster={} name={name} role={role}\n", hub.name());
    let unpack = link.run(&(settings + UNPACK), tar.into()).await.unwrap();
    let [jobs, errors] =
        [unpack.stdout, unpack.stderr].map(|text| String::from_utf8(text).unwrap());
    assert_eq!(unpack.status, Some(0), "{errors}");
    let endpoint = Endpoint::open(link, Arc::clone(hub), name).await.unwrap();
    let mut ran = Vec::new();
    for job in jobs.lines() {
        let part = endpoint.begin_case(job, 1);
        let settings = format!("name={name} port={} job={job}\n", endpoint.port());
        let output = ok(link, &(settings + RUN)).await;
        ran.push(Ran {
            job: job.to_owned(),
            output,
            aborted: part.end(PartEnd::Over),
        });
    }
    endpoint.close("had run all its cases");
    ran
}
