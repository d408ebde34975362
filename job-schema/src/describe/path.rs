//! Key paths: `actions[1].deploy.to`.

use std::fmt;

/// One step of a key path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// A key of a mapping.
    Key(String),
    /// An entry of a list, counted from 0.
    Index(usize),
}

impl From<&str> for Segment {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

/// Reads a key path. A key may hold anything but `.` and `[`; `[n]` without a number is part of the key.
///
/// ```
/// use job_schema::describe::{Segment, parse_path};
/// assert_eq!(parse_path("actions[1].deploy"), ["actions".into(), Segment::Index(1), "deploy".into()]);
/// ```
#[must_use]
pub fn parse_path(text: &str) -> Vec<Segment> {
    let mut path = Vec::new();
    for part in text.split('.').filter(|part| !part.is_empty()) {
        let (key, indices) = split_indices(part);
        if !key.is_empty() {
            path.push(Segment::Key(key.to_owned()));
        }
        path.extend(indices.into_iter().map(Segment::Index));
    }
    path
}

/// `a[1][2]` as `a` and its indices.
fn split_indices(part: &str) -> (&str, Vec<usize>) {
    let mut key = part;
    let mut indices = Vec::new();
    while let Some((before, index)) = key
        .strip_suffix(']')
        .and_then(|inside| inside.rsplit_once('['))
        .and_then(|(before, index)| Some((before, index.parse().ok()?)))
    {
        key = before;
        indices.insert(0, index);
    }
    (key, indices)
}

/// A path as text, as findings show it.
pub(super) struct Shown<'a>(pub(super) &'a [Segment]);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Key(key) if position == 0 => write!(f, "{key}")?,
                Segment::Key(key) => write!(f, ".{key}")?,
                Segment::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}
