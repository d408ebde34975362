//! What a drawing's file is called.

use std::fmt::Write as _;

use super::super::sample::Key;

/// File systems take 255 bytes.
const MOST: usize = 120;

/// A plain file name of letters, digits, `.`, `_`, `-` and `+`, one per metric: what is not plain or too long is replaced,
/// and a digest then tells such names apart.
pub(crate) fn file_name(key: &Key) -> String {
    let whole = format!("{}-{}-{}", key.suite, key.job, key.metric);
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-+".contains(c);
    let mut name: String = whole
        .chars()
        .map(|c| if plain(c) { c } else { '_' })
        .take(MOST)
        .collect();
    if name.starts_with('.') {
        name.replace_range(..1, "_");
    }
    let unit = key.unit.as_deref().unwrap_or_default();
    let digest = <sha2::Sha256 as sha2::Digest>::digest(format!(
        "{}\0{}\0{}\0{unit}",
        key.suite, key.job, key.metric
    ));
    name.push('-');
    for byte in &digest[..4] {
        // Writing to a String cannot fail.
        let _ = write!(name, "{byte:02x}");
    }
    name.push_str(".svg");
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(suite: &str, metric: &str) -> String {
        file_name(&Key {
            suite: suite.to_owned(),
            job: "hackbench-100%".to_owned(),
            metric: metric.to_owned(),
            unit: None,
        })
    }

    #[test]
    fn every_metric_has_a_plain_name_of_its_own() {
        assert_eq!(named("cpu", "a.b"), "cpu-hackbench-100_-a.b-b2f09764.svg");
        for (one, other) in [("a/b", "a\\b"), ("a", "A"), ("x-y", "x_y")] {
            assert_ne!(named("cpu", one), named("cpu", other));
        }
        for odd in ["../../etc/passwd", "..", "", "\0\n", &"é".repeat(9_000)] {
            let name = named(odd, odd);
            assert!(
                name.len() < 150 && !name.contains('/') && !name.starts_with('.'),
                "{name}"
            );
        }
        let case = named("CPU", "x");
        assert_ne!(case.to_lowercase(), named("cpu", "x"));
    }
}
