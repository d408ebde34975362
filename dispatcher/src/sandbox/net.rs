//! The private network of a lab: one bridge, and a pair of virtual Ethernet ends per node.
//!
//! It speaks netlink itself, so that a machine needs no `ip` program. The addresses are constants: the network lives in
//! a namespace of its own and cannot clash with the machine's.

use std::net::{IpAddr, Ipv4Addr};

use futures_util::TryStreamExt;
use rtnetlink::{
    Handle, LinkBridge, LinkMessageBuilder, LinkUnspec, LinkVeth,
    packet_route::link::{InfoData, InfoVeth},
};

const BRIDGE: &str = "br0";
const PREFIX: u8 = 16;
/// The lab's own address; nodes count on from here.
const GATEWAY: Ipv4Addr = Ipv4Addr::new(10, 83, 0, 1);
/// A Linux bridge has 1024 ports.
const LAST_NODE: u32 = 65_000;

/// What went wrong, at which interface.
#[derive(Debug, thiserror::Error)]
pub(super) enum NetError {
    #[error("cannot open the kernel's network interface (netlink): {0}")]
    Open(std::io::Error),
    #[error("cannot {what} interface '{interface}': {source}")]
    Link {
        what: &'static str,
        interface: String,
        source: rtnetlink::Error,
    },
    #[error("interface '{0}' is missing")]
    Missing(String),
    #[error("the lab's network has no address left after {LAST_NODE} nodes")]
    Full,
}

/// The lab's side of the network.
pub(super) struct Bridge {
    netlink: Handle,
    index: u32,
}

impl Bridge {
    pub(super) async fn create() -> Result<Self, NetError> {
        let netlink = connect()?;
        up(&netlink, "lo").await?;
        netlink
            .link()
            .add(LinkBridge::new(BRIDGE).up().build())
            .execute()
            .await
            .map_err(at("create", BRIDGE))?;
        let index = index(&netlink, BRIDGE).await?;
        add_address(&netlink, BRIDGE, index, GATEWAY).await?;
        Ok(Self { netlink, index })
    }

    /// Makes `eth0` in the network namespace of process `pid`, with its other end on the bridge.
    pub(super) async fn attach(&self, number: u32, pid: u32) -> Result<(), NetError> {
        let port = port(number);
        let [.., high, low] = address(number)?.octets();
        let inside = LinkMessageBuilder::<LinkUnspec>::new()
            .name("eth0")
            .address(vec![0x02, 0x53, 0x0a, 0x53, high, low])
            .setns_by_pid(pid)
            .build();
        let pair = LinkVeth::new(&port, "eth0")
            .set_info_data(InfoData::Veth(InfoVeth::Peer(inside)))
            .controller(self.index)
            .up()
            .build();
        self.netlink
            .link()
            .add(pair)
            .execute()
            .await
            .map_err(at("create", &port))
    }

    /// Takes a node's interface away; that it is gone already is fine.
    pub(super) async fn detach(&self, number: u32) {
        if let Ok(index) = index(&self.netlink, &port(number)).await {
            // The namespace of a dead node takes its end, and so the pair, along at any moment.
            let _ = self.netlink.link().del(index).execute().await;
        }
    }
}

/// The address of the lab's n-th node, counted from 1. None is used twice: others may remember it.
pub(super) fn address(number: u32) -> Result<Ipv4Addr, NetError> {
    if number > LAST_NODE {
        return Err(NetError::Full);
    }
    Ok(Ipv4Addr::from_bits(GATEWAY.to_bits() + number))
}

/// Inside a node: gives `eth0` its address.
pub(super) async fn configure_node(address: Ipv4Addr) -> Result<(), NetError> {
    let netlink = connect()?;
    up(&netlink, "lo").await?;
    let index = up(&netlink, "eth0").await?;
    add_address(&netlink, "eth0", index, address).await
}

fn port(number: u32) -> String {
    format!("node{number}")
}

fn connect() -> Result<Handle, NetError> {
    let (connection, netlink, _) = rtnetlink::new_connection().map_err(NetError::Open)?;
    tokio::spawn(connection);
    Ok(netlink)
}

fn at(what: &'static str, interface: &str) -> impl FnOnce(rtnetlink::Error) -> NetError {
    let interface = interface.to_owned();
    move |source| NetError::Link {
        what,
        interface,
        source,
    }
}

async fn index(netlink: &Handle, name: &str) -> Result<u32, NetError> {
    netlink
        .link()
        .get()
        .match_name(name.to_owned())
        .execute()
        .try_next()
        .await
        .map_err(at("find", name))?
        .map(|link| link.header.index)
        .ok_or_else(|| NetError::Missing(name.to_owned()))
}

async fn up(netlink: &Handle, name: &str) -> Result<u32, NetError> {
    let index = index(netlink, name).await?;
    let link = LinkMessageBuilder::<LinkUnspec>::new()
        .index(index)
        .up()
        .build();
    netlink
        .link()
        .set(link)
        .execute()
        .await
        .map_err(at("start", name))?;
    Ok(index)
}

async fn add_address(
    netlink: &Handle,
    name: &str,
    index: u32,
    address: Ipv4Addr,
) -> Result<(), NetError> {
    netlink
        .address()
        .add(index, IpAddr::V4(address), PREFIX)
        .execute()
        .await
        .map_err(at("give an address to", name))
}
