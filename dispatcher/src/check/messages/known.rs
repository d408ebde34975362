//! Names of commands, by what [`super::commands`] makes of them.

use super::expand::Expanded;

/// Programs that run programs of their own, which nobody can read here.
pub(super) const INTERPRETERS: &[&str] = &[
    "ansible",
    "ansible-playbook",
    "at",
    "awk-script",
    "bats",
    "batch",
    "expect",
    "lua",
    "make",
    "ninja",
    "node",
    "npm",
    "parallel",
    "perl",
    "php",
    "prove",
    "pytest",
    "python",
    "python2",
    "python3",
    "run-parts",
    "robot",
    "ruby",
    "screen",
    "tclsh",
    "tmux",
    "tox",
];
/// Commands that run the command after their options.
pub(super) const WRAPPERS: &[&str] = &[
    "builtin", "busybox", "chronic", "command", "doas", "env", "exec", "ionice", "nice", "nohup",
    "setsid", "stdbuf", "sudo", "taskset", "unbuffer",
];
pub(super) const SHELLS: &[&str] = &["sh", "bash", "dash", "ash"];
/// Their options take a word.
pub(super) const WITH_WORD: &[&str] = &[
    "-u",
    "-n",
    "-c",
    "-C",
    "-g",
    "-o",
    "-e",
    "-i",
    "-k",
    "-s",
    "--signal",
    "--kill-after",
];
/// Folders of the system.
pub(super) const SYSTEM: &[&str] = &[
    "/bin/",
    "/sbin/",
    "/usr/bin/",
    "/usr/sbin/",
    "/usr/local/bin/",
    "/usr/local/sbin/",
];
/// They put programs where others find them.
pub(super) const INSTALLERS: &[&str] = &[
    "chmod", "cp", "curl", "dd", "install", "ln", "mv", "rsync", "tar", "tee", "unzip", "wget",
];
/// Commands that nobody hides behind another meaning.
pub(super) const COMMON: &[&str] = &[
    ":", "[", "apt", "apt-get", "cat", "cd", "cp", "date", "echo", "export", "false", "grep", "ip",
    "kill", "ls", "mkdir", "mount", "mv", "printf", "pwd", "read", "rm", "sed", "set", "shift",
    "sleep", "test", "touch", "trap", "true", "uname", "unset", "wait",
];
/// They succeed whatever happens.
pub(super) const SUCCEED: &[&str] = &[
    "true",
    ":",
    "echo",
    "printf",
    "sleep",
    "lava-test-set",
    "lava-test-event",
];

/// Words after the options of a wrapper, its assignments and so many words of its own.
pub(super) fn after_options(words: &[Expanded], own: usize) -> &[Expanded] {
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let option = word.known.starts_with('-');
        let assigns = word.known.contains('=') && !word.known.starts_with('=');
        if !option && !assigns {
            break;
        }
        at += 1 + usize::from(option && WITH_WORD.contains(&word.known.as_str()));
    }
    words.get(at + own..).unwrap_or_default()
}

/// Whether a word is a folder of the system, or a file in one.
pub(super) fn in_system(word: &Expanded) -> bool {
    let known = &word.known;
    SYSTEM
        .iter()
        .any(|folder| known.starts_with(folder) || known == folder.trim_end_matches('/'))
}

pub(super) fn mentions_calls(word: &Expanded) -> bool {
    ["lava-send", "lava-wait", "lava-sync"]
        .iter()
        .any(|call| word.known.contains(call))
}
