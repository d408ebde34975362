//! A request to `lkp-cluster-sync`, from its query to what it means.

use super::exchange::{Saying, Wait};

/// The path of every request; LKP's user (`LKP_USER`) is always `lkp`.
pub(super) const PATH: &str = "/~lkp/cgi-bin/lkp-cluster-sync";

/// What a node asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Request {
    Say(Saying),
    Wait(Wait),
    /// The addresses of all, by part.
    Addresses,
}

/// Reads the query of a request that came from `node` of `cluster`. All else that it says (its address, its parts) is
/// what LKP found out by itself, often wrongly, and not used.
///
/// # Errors
/// One sentence for whoever looks at the node's traffic.
pub(super) fn read(query: &str, cluster: &str, node: &str) -> Result<Request, String> {
    let (mut of_cluster, mut of_node, mut state) = (None, None, None);
    for (key, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*key {
            "cluster" => of_cluster = Some(value),
            "node" => of_node = Some(value),
            "state" => state = Some(value),
            _ => {}
        }
    }
    expect("cluster", of_cluster.as_deref(), cluster)?;
    expect("node", of_node.as_deref(), node)?;
    match state.as_deref() {
        Some("write_state") => Ok(Request::Say(Saying::WriteState)),
        Some("finished") => Ok(Request::Say(Saying::Finished)),
        Some("failed") => Ok(Request::Say(Saying::Failed)),
        Some("abort") => Ok(Request::Say(Saying::Abort)),
        Some("wait_ready") => Ok(Request::Wait(Wait::Ready)),
        Some("wait_finish") => Ok(Request::Wait(Wait::Finish)),
        Some("roles_ip") => Ok(Request::Addresses),
        Some(other) => Err(format!(
            "unknown state {}; known are write_state, wait_ready, roles_ip, wait_finish, finished, failed, abort",
            shown(other)
        )),
        None => Err("no `state` in the request".to_owned()),
    }
}

fn expect(key: &str, found: Option<&str>, expected: &str) -> Result<(), String> {
    match found {
        Some(found) if found == expected => Ok(()),
        Some(found) => Err(format!(
            "`{key}` is {} and must be `{expected}` on this node",
            shown(found)
        )),
        None => Err(format!("no `{key}` in the request")),
    }
}

/// A stranger's word, bounded and escaped.
fn shown(word: &str) -> String {
    let short: String = word.chars().take(60).collect();
    format!("`{}`", short.escape_debug())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states() {
        let read = |state: &str| read(&format!("cluster=net&node=g-1{state}"), "net", "g-1");
        let table = [
            ("&state=write_state&node_roles=client&ip=192.168.1.1&direct_macs=&direct_ips=", Ok(Request::Say(Saying::WriteState))),
            ("&state=finished", Ok(Request::Say(Saying::Finished))),
            ("&state=failed", Ok(Request::Say(Saying::Failed))),
            ("&state=abort", Ok(Request::Say(Saying::Abort))),
            ("&state=wait_ready", Ok(Request::Wait(Wait::Ready))),
            ("&state=wait_finish", Ok(Request::Wait(Wait::Finish))),
            ("&state=roles_ip", Ok(Request::Addresses)),
            ("", Err("no `state` in the request".to_owned())),
            ("&state=%1b[2J", Err("unknown state `\\u{1b}[2J`; known are write_state, wait_ready, roles_ip, wait_finish, finished, failed, abort".to_owned())),
        ];
        for (query, expected) in table {
            assert_eq!(read(query), expected, "{query}");
        }
    }

    #[test]
    fn of_another_cluster_or_node() {
        let table = [
            ("node=g&state=abort", "no `cluster` in the request"),
            ("cluster=net&state=abort", "no `node` in the request"),
            (
                "cluster=cs-localhost&node=g&state=abort",
                "`cluster` is `cs-localhost` and must be `net` on this node",
            ),
            (
                "cluster=net&node=host&state=abort",
                "`node` is `host` and must be `g` on this node",
            ),
            ("", "no `cluster` in the request"),
        ];
        for (query, expected) in table {
            assert_eq!(read(query, "net", "g"), Err(expected.to_owned()), "{query}");
        }
    }
}
