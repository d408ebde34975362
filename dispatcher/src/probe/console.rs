//! Consoles: whether the program that connects is there, and whether the address that it names takes connections.

use job_schema::Severity;
use job_schema::yaml::Value;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::{Answer, LIMIT, Trouble, program};
use crate::actions::tool::program::find;
use crate::actions::tool::split::split;
use crate::inventory::Device;

/// Tries every connection command of a device.
pub(super) async fn all(device: &Device) -> Vec<Answer> {
    let mut commands = Vec::new();
    if let Some(Value::Str(command)) = device.config.at(&["commands", "connect"]) {
        commands.push(("commands.connect".to_owned(), command));
    }
    if let Some(Value::Map(connections)) = device.config.at(&["commands", "connections"]) {
        for (name, value) in connections {
            if let Value::Map(map) = value
                && let Some(Value::Str(command)) = map.get("connect")
            {
                commands.push((format!("commands.connections.{name}"), command));
            }
        }
    }
    let tried = commands.iter().map(|(path, command)| one(path, command));
    futures_util::future::join_all(tried)
        .await
        .into_iter()
        .flatten()
        .collect()
}

/// `None`: there is no command, or it cannot be split into words, which the check of the files tells.
async fn one(path: &str, command: &str) -> Option<Answer> {
    let words = split(command).ok()?;
    let (first, rest) = words.split_first()?;
    if find(first).is_none() {
        return Some(Err(program::missing(first, path)));
    }
    let Some((host, port)) = address(first, rest) else {
        return Some(Ok(first.clone()));
    };
    let shown = format!("{first} {host} port {port}");
    let tried = timeout(LIMIT, async {
        let addresses: Vec<_> = match lookup_host((host.as_str(), port)).await {
            Ok(addresses) => addresses.collect(),
            // It may be a name of ssh's own configuration.
            Err(_) if is_ssh(first) => return Ok(false),
            Err(e) => return Err(e),
        };
        TcpStream::connect(&addresses[..]).await.map(|_| true)
    })
    .await;
    let why = match tried {
        Ok(Ok(true)) => return Some(Ok(shown)),
        Ok(Ok(false)) => return Some(Ok(first.clone())),
        Ok(Err(e)) => e.to_string(),
        Err(_) => format!("no answer within {} seconds", LIMIT.as_secs()),
    };
    let message = format!("the console at {host} port {port} does not take connections: {why}");
    let trouble = Trouble::new("D042", Severity::Warning, path, message);
    Some(Err(trouble.help("see that the console server is up; one that serves a single user refuses while it is in use")))
}

/// What a command connects to, where it can be told from its words.
fn address(program: &str, words: &[String]) -> Option<(String, u16)> {
    if is_ssh(program) {
        return ssh_address(words);
    }
    match name(program) {
        "telnet" | "nc" | "ncat" | "netcat" => {
            let plain: Vec<&String> = words.iter().filter(|w| !w.starts_with('-')).collect();
            let [.., host, port] = plain.as_slice() else {
                return None;
            };
            Some(((*host).clone(), port.parse().ok()?))
        }
        _ => None,
    }
}

/// The last part of its path.
fn name(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

fn is_ssh(program: &str) -> bool {
    name(program) == "ssh"
}

fn ssh_address(words: &[String]) -> Option<(String, u16)> {
    /// Options of OpenSSH's client that take a word.
    const WITH_WORD: &str = "BbcDEeFIiJLlmOoPpQRSWw";
    let mut port = 22;
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let Some(option) = word.strip_prefix('-') else {
            let host = word.rsplit('@').next().unwrap_or(word);
            return Some((host.to_owned(), port));
        };
        let letter = option.chars().next()?;
        let attached = &option[letter.len_utf8()..];
        let takes = WITH_WORD.contains(letter);
        let value = match (takes, attached) {
            (false, _) => continue,
            (true, "") => words.next()?.as_str(),
            (true, attached) => attached,
        };
        match letter {
            'p' => port = value.parse().ok()?,
            // The address is elsewhere: in a configuration file, or behind another machine.
            'F' | 'J' | 'W' => return None,
            'o' if moves(value) => return None,
            _ => {}
        }
    }
    None
}

/// Whether an option of `-o` says where to connect to.
fn moves(option: &str) -> bool {
    let option = option.trim_start().to_ascii_lowercase();
    ["hostname", "port", "proxycommand", "proxyjump"]
        .iter()
        .any(|word| option.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_out_of_commands() {
        for (command, expected) in [
            ("telnet console-1 7001", Some(("console-1", 7001))),
            (
                "/usr/bin/telnet -E 192.0.2.1 7002",
                Some(("192.0.2.1", 7002)),
            ),
            ("nc -N ::1 2000", Some(("::1", 2000))),
            (
                "ssh -o A=b -tt -p 2022 user@host uart",
                Some(("host", 2022)),
            ),
            ("ssh host", Some(("host", 22))),
            ("ssh -p2022 host", Some(("host", 2022))),
            ("ssh -J jump host", None),
            ("ssh -oProxyJump=a host", None),
            ("ssh -o 'Port 2022' host", None),
            ("telnet console-1", None),
            ("telnet console-1 uart", None),
            ("picocom /dev/ttyUSB0", None),
            ("ssh -p", None),
        ] {
            let words = split(command).unwrap();
            let expected = expected.map(|(host, port)| (host.to_owned(), port));
            assert_eq!(address(&words[0], &words[1..]), expected, "{command}");
        }
    }
}
