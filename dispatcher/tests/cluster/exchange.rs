//! A whole exchange, asked for by the shells of two nodes.

use std::net::Ipv4Addr;
use std::sync::Arc;

use dispatcher::bus::cluster::{Endpoint, Hub, Member, PartEnd, Role};
use dispatcher::transport::ssh::Link;

/// An open connection to a node and the address that others reach it by.
pub(crate) type Node = (Link, Ipv4Addr);

/// Runs a command that must succeed; its output.
pub(crate) async fn ok(link: &Link, command: &str) -> String {
    let output = link.run(command, Default::default()).await.unwrap();
    let [stdout, stderr] =
        [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    assert_eq!(output.status, Some(0), "{command}:\n{stdout}{stderr}");
    stdout
}

pub(crate) fn member(name: &str, role: Role, address: Ipv4Addr) -> Member {
    Member {
        name: name.to_owned(),
        roles: vec![role],
        address: address.to_string(),
        runs: 1,
    }
}

/// What a node's shell gets for a state: the last line of the answer.
async fn ask(link: &Link, port: u16, node: &str, state: &str) -> String {
    let path = format!("/~lkp/cgi-bin/lkp-cluster-sync?cluster=net&node={node}&state={state}");
    let request = format!(r"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    let command = format!(
        "bash -c 'exec 3<>/dev/tcp/127.0.0.1/{port}; printf \"{request}\" >&3; cat <&3' | tr -d '\\r' | sed '1,/^$/d'"
    );
    ok(link, &command).await.trim_end().to_owned()
}

/// A case that goes well, one that is aborted, and what is left when the endpoints are gone.
pub(crate) async fn over((host, at_host): &Node, (guest, at_guest): &Node) {
    let members = vec![
        member("host", Role::Server, *at_host),
        member("guest", Role::Client, *at_guest),
    ];
    let hub = Hub::new("net", members).unwrap();
    let at = Endpoint::open(host, Arc::clone(&hub), "host")
        .await
        .unwrap();
    let of = Endpoint::open(guest, Arc::clone(&hub), "guest")
        .await
        .unwrap();
    let (server, client) = (at.port(), of.port());

    let (host_part, guest_part) = (at.begin_case("a", 1), of.begin_case("a", 1));
    assert_eq!(ask(host, server, "host", "finished").await, "ok");
    assert_eq!(
        ask(host, server, "host", "write_state&ip=9.9.9.9").await,
        "ok"
    );
    let guest_comes = async {
        assert_eq!(ask(guest, client, "guest", "write_state").await, "ok");
        ask(guest, client, "guest", "wait_ready").await
    };
    let both = tokio::join!(ask(host, server, "host", "wait_ready"), guest_comes);
    assert_eq!(both, ("ready".to_owned(), "ready".to_owned()));
    assert_eq!(
        ask(guest, client, "guest", "roles_ip").await,
        format!("server={at_host}\nclient={at_guest}")
    );
    let both = tokio::join!(
        ask(host, server, "host", "wait_finish"),
        ask(guest, client, "guest", "finished")
    );
    assert_eq!(both, ("finish".to_owned(), "ok".to_owned()));
    assert_eq!(guest_part.end(PartEnd::Over), None);
    assert_eq!(host_part.end(PartEnd::Over), None);

    let (host_part, guest_part) = (at.begin_case("a", 1), of.begin_case("a", 1));
    let both = tokio::join!(
        ask(guest, client, "guest", "wait_ready"),
        ask(host, server, "host", "failed")
    );
    assert_eq!(both, ("abort".to_owned(), "ok".to_owned()));
    let why = guest_part.end(PartEnd::Over);
    assert_eq!(why.as_deref(), Some("host: a program of its job failed"));
    assert_eq!(host_part.end(PartEnd::Over), None);

    // Only the node itself reaches its port.
    ok(
        host,
        &format!("! bash -c 'exec 3<>/dev/tcp/{at_guest}/{client}' 2>&1"),
    )
    .await;
    drop(of);
    closed(guest, client).await;
    // The other one's is still open.
    assert_eq!(ask(host, server, "host", "wait_ready").await, "abort");
}

/// Comes back when nobody listens on the port any more.
pub(crate) async fn closed(link: &Link, port: u16) {
    let open = format!("bash -c 'exec 3<>/dev/tcp/127.0.0.1/{port}' 2>/dev/null");
    ok(link, &format!("while {open}; do sleep 0.05; done")).await;
}
