//! A URL as Python's `urlparse` takes it apart and `geturl` puts it together, which is how LAVA prints those of downloads.
//!
//! A library that follows the WHATWG standard normalises more: it escapes, drops default ports and resolves `..`.

use std::fmt;

/// Schemes of which Python knows that a host follows; with these an empty host is written too.
const WITH_HOST: [&str; 25] = [
    "ftp", "http", "gopher", "nntp", "telnet", "imap", "wais", "file", "mms", "https", "shttp",
    "snews", "prospero", "rtsp", "rtsps", "rtspu", "rsync", "svn", "svn+ssh", "sftp", "nfs", "git",
    "git+ssh", "ws", "wss",
];

/// The parts of a URL.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Url {
    /// In small letters; empty when there is none.
    pub(super) scheme: String,
    host: String,
    path: String,
    query: String,
    fragment: String,
}

impl Url {
    /// Takes a URL apart: without blanks before it and line breaks and tabs in it. Any text is one.
    pub(super) fn of(text: &str) -> Self {
        let text: String = text
            .trim_start_matches(|c: char| c <= ' ')
            .chars()
            .filter(|c| !matches!(c, '\t' | '\r' | '\n'))
            .collect();
        let (scheme, rest) = match text.split_once(':') {
            Some((scheme, rest)) if is_scheme(scheme) => (scheme.to_ascii_lowercase(), rest),
            _ => (String::new(), text.as_str()),
        };
        let (host, rest) = match rest.strip_prefix("//") {
            Some(rest) => rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len())),
            None => ("", rest),
        };
        let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        Self {
            path: without_empty_parameters(&scheme, path).to_owned(),
            host: host.to_owned(),
            query: query.to_owned(),
            fragment: fragment.to_owned(),
            scheme,
        }
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.scheme.is_empty() {
            write!(f, "{}:", self.scheme)?;
        }
        let has_host = WITH_HOST.contains(&&*self.scheme) && !self.path.starts_with("//");
        if !self.host.is_empty() || has_host {
            write!(f, "//{}", self.host)?;
            if !self.path.is_empty() && !self.path.starts_with('/') {
                f.write_str("/")?;
            }
        }
        f.write_str(&self.path)?;
        for (mark, part) in [('?', &self.query), ('#', &self.fragment)] {
            if !part.is_empty() {
                write!(f, "{mark}{part}")?;
            }
        }
        Ok(())
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

/// The last part of a path may have parameters after a semicolon, in some schemes; the semicolon goes when there are none.
fn without_empty_parameters<'a>(scheme: &str, path: &'a str) -> &'a str {
    let with_parameters = matches!(scheme, "" | "http" | "https");
    let last = path.rfind('/').map_or(path, |at| &path[at..]);
    match last.find(';') {
        Some(at) if with_parameters && at + 1 == last.len() => &path[..path.len() - 1],
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Python 3.11 answers.
    #[test]
    fn urls_are_shown_as_python_shows_them() {
        for (url, shown) in [
            ("http://h/a", "http://h/a"),
            ("HTTPS://Host:443/A%20b", "https://Host:443/A%20b"),
            ("  http://h/a b ", "http://h/a b "),
            ("http://h/a\n", "http://h/a"),
            ("http://h", "http://h"),
            ("http://h?", "http://h"),
            ("http://h/?q#", "http://h/?q"),
            ("http://h/a?x=1#f", "http://h/a?x=1#f"),
            ("http:a", "http:///a"),
            ("http:/a", "http:///a"),
            ("http:////a", "http://a"),
            ("http:///a", "http:///a"),
            ("file:///tmp/a", "file:///tmp/a"),
            ("file:/tmp/a", "file:///tmp/a"),
            ("file:a", "file:///a"),
            ("scp://u@h/p", "scp://u@h/p"),
            ("scp:h:p", "scp:h:p"),
            ("rclone://r:/p", "rclone://r:/p"),
            ("downloads://a.img", "downloads://a.img"),
            ("downloads:///d/a.img", "downloads:/d/a.img"),
            ("downloads:a", "downloads:a"),
            ("downloads:////d", "downloads://d"),
            ("http://h/a;", "http://h/a"),
            ("http://h/a;b", "http://h/a;b"),
            ("http://h/a;b;", "http://h/a;b;"),
            ("http://h/a;/b", "http://h/a;/b"),
            ("file:///a;", "file:///a;"),
            ("no url", "no url"),
            ("1a://x", "1a://x"),
            ("a_b://x", "a_b://x"),
            ("://x", "://x"),
            ("//h/a", "//h/a"),
            ("", ""),
            ("http://h#a?b", "http://h#a?b"),
            ("{SERVER}/a", "{SERVER}/a"),
        ] {
            assert_eq!(Url::of(url).to_string(), shown, "{url:?}");
        }
    }
}
