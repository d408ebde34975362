//! Where to fetch from: as the job has it, for messages and files, and with the values of its `$NAME`s, for fetching.
//!
//! A value may be a secret that nobody else knows of (it came from the environment of `dispatch`): [`Location::mask`]
//! goes over whatever other programs and libraries say, and the type does not print its values.

use std::fmt;

use indexmap::IndexMap;

use crate::journal::mask::{MASK, Masker};

/// A URL or path.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Location {
    written: String,
    real: String,
    values: Vec<String>,
    /// Lengths of the beginnings of `written` and `real` that have all the values, up to the next `/` (or `:`).
    heads: (usize, usize),
}

impl Location {
    /// `$NAME` and `${NAME}` are the job's secrets, then the environment of `dispatch`.
    #[must_use]
    pub fn new(written: &str, secrets: &IndexMap<String, String>) -> Self {
        let mut real = String::new();
        let mut values = Vec::new();
        let mut heads = (0, 0);
        let mut rest = written;
        while let Some(at) = rest.find('$') {
            real.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            let (name, after) = match rest.strip_prefix('{').and_then(|r| r.split_once('}')) {
                Some((name, after)) => (name, after),
                None => rest.split_at(
                    rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                        .unwrap_or(rest.len()),
                ),
            };
            let value = secrets
                .get(name)
                .cloned()
                .or_else(|| std::env::var(name).ok());
            match value {
                Some(value) if !name.is_empty() => {
                    real.push_str(&value);
                    values.push(value);
                    rest = after;
                    heads = (written.len() - rest.len(), real.len());
                }
                _ => real.push('$'),
            }
        }
        real.push_str(rest);
        if !values.is_empty() {
            let tail = &written[heads.0..];
            // In a URL a `:` may stand between a user and a password; in `host:path` it ends the host.
            let ends: &[char] = if real.contains("://") {
                &['/']
            } else {
                &['/', ':']
            };
            let more = tail.find(ends).unwrap_or(tail.len());
            heads = (heads.0 + more, heads.1 + more);
        }
        Self {
            written: written.to_owned(),
            real,
            values,
            heads,
        }
    }

    /// As the job has it.
    #[must_use]
    pub fn written(&self) -> &str {
        &self.written
    }

    /// With the values: not for messages, command lines or files.
    #[must_use]
    pub fn real(&self) -> &str {
        &self.real
    }

    /// Whether [`Self::written`] and [`Self::real`] differ.
    #[must_use]
    pub fn has_values(&self) -> bool {
        !self.values.is_empty()
    }

    /// The beginnings of [`Self::written`] and [`Self::real`] after which both are the same.
    #[must_use]
    pub fn heads(&self) -> (&str, &str) {
        (&self.written[..self.heads.0], &self.real[..self.heads.1])
    }

    /// Takes the values out of what somebody else says.
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        let mut words = self.values.clone();
        // A value may be a whole URL; then its user and password are what others repeat.
        if let (true, Some(user)) = (self.has_values(), UserInfo::of(&self.real)) {
            words.push(format!("{}@", user.raw));
            words.extend(user.password());
            words.extend(user.raw.split_once(':').map(|(_, raw)| raw.to_owned()));
        }
        let Ok(masker) = Masker::new(words) else {
            return MASK.to_owned();
        };
        let mut text = text.to_owned();
        masker.mask(&mut text);
        text
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Location").field(&self.written).finish()
    }
}

/// `user` or `user:password` of a URL.
pub(super) struct UserInfo<'a> {
    raw: &'a str,
    /// Scheme and `://`.
    pub(super) scheme: &'a str,
    /// What follows the `@`.
    pub(super) after: &'a str,
}

impl<'a> UserInfo<'a> {
    /// None when the URL has none.
    pub(super) fn of(url: &'a str) -> Option<Self> {
        let (scheme, rest) = url.split_at(url.find("://")? + 3);
        let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
        let at = authority.rfind('@')?;
        Some(Self {
            raw: &rest[..at],
            scheme,
            after: &rest[at + 1..],
        })
    }

    /// The user, decoded.
    pub(super) fn user(&self) -> String {
        decode(self.raw.split_once(':').map_or(self.raw, |(user, _)| user))
    }

    /// The password, decoded.
    pub(super) fn password(&self) -> Option<String> {
        self.raw
            .split_once(':')
            .map(|(_, password)| decode(password))
    }
}

/// `%40` is `@`.
fn decode(text: &str) -> String {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = |byte: &u8| char::from(*byte).to_digit(16);
        rest = match after {
            [high, low, after @ ..] if *first == b'%' => match (hex(high), hex(low)) {
                (Some(high), Some(low)) => {
                    out.push((high * 16 + low) as u8);
                    after
                }
                _ => {
                    out.push(b'%');
                    &rest[1..]
                }
            },
            _ => {
                out.push(*first);
                after
            }
        };
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(written: &str) -> Location {
        let secrets = [("TOKEN", "s3"), ("URL", "https://me:p%40ss@h/g/r.git")];
        let secrets = secrets.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Location::new(written, &IndexMap::from(secrets))
    }

    #[test]
    fn secrets_are_put_into_urls() {
        let url = location("https://u:$TOKEN@h/${TOKEN}/$NOT_THERE_");
        assert_eq!(url.real(), "https://u:s3@h/s3/$NOT_THERE_");
        assert_eq!(url.written(), "https://u:$TOKEN@h/${TOKEN}/$NOT_THERE_");
        assert!(!location("https://h/$NOT_THERE_").has_values());
    }

    #[test]
    fn heads_have_all_values() {
        let heads = |written: &str| {
            let url = location(written);
            let (written, real) = url.heads();
            (written.to_owned(), real.to_owned())
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            heads("https://$TOKEN:x@h/g/r.git"),
            pair("https://$TOKEN:x@h", "https://s3:x@h")
        );
        assert_eq!(heads("git@$TOKEN:r.git"), pair("git@$TOKEN", "git@s3"));
        assert_eq!(heads("$TOKEN"), pair("$TOKEN", "s3"));
    }

    #[test]
    fn values_are_masked_and_not_printed() {
        let url = location("$URL");
        let said = url.mask("https://me:p%40ss@h/g/r.git https://me:p%40ss@h/g/sub p@ss");
        assert_eq!(said, "[MASKED] https://[MASKED]h/g/sub [MASKED]");
        assert!(!format!("{url:?}").contains("p%40ss"));
        let user = UserInfo::of(url.real()).unwrap();
        assert_eq!(
            (user.user(), user.password(), user.after),
            ("me".to_owned(), Some("p@ss".to_owned()), "h/g/r.git")
        );
        assert_eq!(decode("100%, %zz%2"), "100%, %zz%2");
    }
}
