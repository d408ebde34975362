//! Who takes part in a cluster.

use std::fmt;

/// A part in LKP's cluster jobs, as in `if role server`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Starts daemons, and keeps them until the clients have finished.
    Server,
    /// Runs the tests.
    Client,
}

impl Role {
    /// All parts, in the order of LKP's answers.
    pub(super) const ALL: [Self; 2] = [Self::Server, Self::Client];

    /// LKP's word, also the name of the variable with the addresses.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A node of a cluster, from our own tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The node's name in the run, and its `HOSTNAME` for LKP.
    pub name: String,
    /// Its parts; at least one.
    pub roles: Vec<Role>,
    /// Where the others reach it: an IP address or a host name.
    pub address: String,
    /// How many runs of a case it makes at once: containers, or 1.
    pub runs: usize,
}

impl Member {
    /// Whether it has this part.
    #[must_use]
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

/// Why there can be no such cluster.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClusterError {
    /// LKP's scripts ask nobody in this cluster, or could not send the name.
    #[error(
        "`{0}` cannot be the name of a cluster over several nodes; use letters, digits, `-`, `_` and `.`, and not \
         `cs-localhost`, with which LKP takes its one node for the whole cluster"
    )]
    Name(String),
    /// A name that LKP's scripts could not send, or that two members have.
    #[error(
        "`{0}` cannot be the name of a cluster member; names are letters, digits, `-`, `_`, `.`, and differ"
    )]
    MemberName(String),
    /// Neither server nor client.
    #[error("{0} has no part in the cluster; `cluster:` takes `server`, `client` or both")]
    NoPart(String),
    /// An address that would not survive LKP's shell.
    #[error("the address `{address}` of {member} is neither an IP address nor a host name")]
    Address {
        /// Whose.
        member: String,
        /// As it was given.
        address: String,
    },
}

/// The name of LKP's clusters that consist of one machine.
const ALONE: &str = "cs-localhost";

/// Checks everything that ends up in LKP's shell scripts.
pub(super) fn check(cluster: &str, members: &[Member]) -> Result<(), ClusterError> {
    if !is_word(cluster, "-_.") || cluster == ALONE {
        return Err(ClusterError::Name(cluster.to_owned()));
    }
    for (index, member) in members.iter().enumerate() {
        let taken = members[..index].iter().any(|m| m.name == member.name);
        if taken || !is_word(&member.name, "-_.") {
            return Err(ClusterError::MemberName(member.name.clone()));
        }
        if member.roles.is_empty() {
            return Err(ClusterError::NoPart(member.name.clone()));
        }
        if !is_word(&member.address, "-_.:%") {
            return Err(ClusterError::Address {
                member: member.name.clone(),
                address: member.address.clone(),
            });
        }
    }
    Ok(())
}

fn is_word(text: &str, signs: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || signs.contains(c))
}

/// The answer to `roles_ip`: LKP exports each line as a variable, and its programs take the first address.
///
/// LKP's `direct_server_ips` is left to the author of the job: programs take it before `server`.
pub(super) fn addresses(members: &[Member]) -> String {
    let mut lines = String::new();
    for role in Role::ALL {
        let addresses: Vec<&str> = members
            .iter()
            .filter(|m| m.is(role))
            .map(|m| m.address.as_str())
            .collect();
        // An empty value would hide a `server` of the job's own.
        if !addresses.is_empty() {
            lines.push_str(&format!("{role}={}\n", addresses.join(" ")));
        }
    }
    lines
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// `server:host` or `server+client:both`, with address 10.0.0.<number>.
    pub(in super::super) fn members(words: &[&str]) -> Vec<Member> {
        let member = |(index, word): (usize, &&str)| {
            let (roles, name) = word.split_once(':').unwrap();
            let roles = Role::ALL.into_iter().filter(|r| roles.contains(r.word()));
            Member {
                name: name.to_owned(),
                roles: roles.collect(),
                address: format!("10.0.0.{}", index + 1),
                runs: 1,
            }
        };
        words.iter().enumerate().map(member).collect()
    }

    #[test]
    fn addresses_of_each_part() {
        let all = members(&["server:a", "client:b", "server+client:c"]);
        assert_eq!(
            addresses(&all),
            "server=10.0.0.1 10.0.0.3\nclient=10.0.0.2 10.0.0.3\n"
        );
        assert_eq!(addresses(&all[1..2]), "client=10.0.0.2\n");
    }

    #[test]
    fn names_that_lkp_could_not_carry() {
        let good = members(&["server:host", "client:guest-1"]);
        assert_eq!(check("net", &good), Ok(()));
        for name in ["", "cs-localhost", "a b", "a&state=abort", "ä"] {
            assert_eq!(check(name, &good), Err(ClusterError::Name(name.to_owned())));
        }
        let twice = members(&["server:host", "client:host"]);
        assert!(matches!(
            check("net", &twice),
            Err(ClusterError::MemberName(_))
        ));
        let mut bad = good.clone();
        bad[0].address = "1.2.3.4\nPATH=/tmp".to_owned();
        assert!(matches!(
            check("net", &bad),
            Err(ClusterError::Address { .. })
        ));
        bad[0].roles.clear();
        assert!(matches!(check("net", &bad), Err(ClusterError::NoPart(_))));
    }
}
