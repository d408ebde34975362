//! `source:` what kind of thing it names, told by its look alone.

/// Ends of the names of tar archives.
const ARCHIVES: [&str; 6] = [".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.zst", ".tar.bz2"];

/// Starts of URLs that `git` takes.
const URLS: [&str; 5] = ["https://", "http://", "ssh://", "git://", "file://"];

/// What kind of thing a `source` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// A folder on this machine, relative to the job file.
    Folder,
    /// A git repository: a URL, `user@host:path`, or a path that ends with `.git`.
    Git,
    /// A tar archive: a path, or an `http(s)` URL.
    Archive,
}

impl SourceKind {
    /// What `source` names.
    #[must_use]
    pub fn of(source: &str) -> Self {
        // A query does not change what the file is: `…/lkp.tar.gz?token=x`.
        let file = source.split(['?', '#']).next().unwrap_or(source);
        if ARCHIVES.iter().any(|end| file.ends_with(end)) {
            return Self::Archive;
        }
        let url = URLS.iter().any(|start| source.starts_with(start));
        let path = source.trim_end_matches('/');
        if url || path.ends_with(".git") || is_host_and_path(source) {
            Self::Git
        } else {
            Self::Folder
        }
    }
}

/// `user@host:path`, as `git` and `scp` take it.
fn is_host_and_path(source: &str) -> bool {
    source
        .split_once(':')
        .is_some_and(|(host, _)| host.contains('@') && !host.contains('/'))
}

#[cfg(test)]
mod tests {
    use super::SourceKind::{self, Archive, Folder, Git};

    #[test]
    fn the_look_tells_the_kind() {
        let cases = [
            ("../lkp-mini", Folder),
            ("/srv/lkp-tests", Folder),
            ("a@b/c:d", Folder),
            ("/srv/lkp.git/", Git),
            ("file:///srv/lkp", Git),
            ("https://example.com/lkp-tests", Git),
            ("git@example.com:lkp", Git),
            ("lkp.tar", Archive),
            ("https://example.com/lkp.tar.gz?raw=1", Archive),
        ];
        for (source, kind) in cases {
            assert_eq!(SourceKind::of(source), kind, "{source}");
        }
    }
}
