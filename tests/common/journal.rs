//! The journal of a run as a reader outside sees it: lines of JSON.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// All whole lines of a journal; none when it is not there yet.
///
/// # Panics
/// When a line is not JSON.
#[must_use]
pub fn read(file: &Path) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e} in {line}")))
        .collect()
}

/// Whether an entry is this event of this node.
#[must_use]
pub fn is(entry: &Value, event: &str, node: &str) -> bool {
    entry["event"] == event && entry["node"] == node
}

/// When an entry was written, in seconds since 1970.
///
/// # Panics
/// When `at` is not a time such as `2026-07-01T10:20:30.5Z`.
#[must_use]
pub fn at(entry: &Value) -> f64 {
    let text = entry["at"].as_str().unwrap_or_default();
    seconds(text).unwrap_or_else(|| panic!("'{text}' is no time in {entry}"))
}

/// Seconds since 1970 of a time in UTC.
fn seconds(text: &str) -> Option<f64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let mut date = date.split('-').map(str::parse::<i64>);
    let (year, month, day) = (date.next()?.ok()?, date.next()?.ok()?, date.next()?.ok()?);
    let mut time = time.split(':');
    let hours: f64 = time.next()?.parse().ok()?;
    let minutes: f64 = time.next()?.parse().ok()?;
    let rest: f64 = time.next()?.parse().ok()?;
    // Days of the Gregorian calendar, counted in years that begin in March.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = 365 * year + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (153 * month + 2) / 5
        + day
        - 1
        - 719_468;
    #[allow(clippy::cast_precision_loss, reason = "a day number is small")]
    let days = days as f64;
    Some(days * 86_400.0 + hours * 3600.0 + minutes * 60.0 + rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_count_from_1970() {
        assert_eq!(seconds("1970-01-01T00:00:00Z"), Some(0.0));
        assert_eq!(seconds("2000-02-29T12:00:00.5Z"), Some(951_825_600.5));
        assert_eq!(seconds("2026-11-21T03:28:23Z"), Some(1_795_231_703.0));
        assert_eq!(seconds("yesterday"), None);
    }

    #[test]
    fn a_line_being_written_is_left_for_later() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), "{\"event\":\"note\"}\n{\"eve").unwrap();
        let entries = read(file.path());
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0]["event"], "note");
    }
}
