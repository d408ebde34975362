//! The forms of dates and of base64, as PyYAML's constructors take them.
//!
//! In: text. Out: whether it has the form.

/// The text has the form of a date: `2026-01-31`, `2001-12-14t21:59:43.10-05:00`.
pub(super) fn is_date(text: &str) -> bool {
    fields(text).is_some()
}

/// The day and the time of a text in the form of a date exist. Others (`2026-02-30`) stop PyYAML.
pub(super) fn exists(text: &str) -> bool {
    let Some(fields) = fields(text) else {
        return false;
    };
    let Fields {
        year, month, day, ..
    } = fields;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    let time = fields
        .time
        .is_none_or(|time| time[0] < 24 && time[1] < 60 && time[2] < 60);
    // Python knows zones of less than a day.
    let zone = fields
        .zone
        .is_none_or(|[hours, minutes]| hours * 60 + minutes < 24 * 60);
    year >= 1 && (1..=days).contains(&day) && time && zone
}

/// The numbers of a date.
struct Fields {
    year: u32,
    month: u32,
    day: u32,
    /// Hour, minute and second.
    time: Option<[u32; 3]>,
    /// Hours and minutes that a zone differs by.
    zone: Option<[u32; 2]>,
}

/// `YYYY-MM-DD`, or `YYYY-M-D` with a time after `T`, `t` or blanks, perhaps a fraction, perhaps a zone.
fn fields(text: &str) -> Option<Fields> {
    let mut rest = text;
    let year = digits(&mut rest, 4, 4)?;
    take(&mut rest, "-")?;
    let before = rest;
    let month = digits(&mut rest, 1, 2)?;
    take(&mut rest, "-")?;
    let day = digits(&mut rest, 1, 2)?;
    let mut fields = Fields {
        year,
        month,
        day,
        time: None,
        zone: None,
    };
    if rest.is_empty() {
        return (before.len() == "MM-DD".len()).then_some(fields);
    }
    let blank = rest.trim_start_matches([' ', '\t']);
    rest = match rest.strip_prefix(['T', 't']) {
        Some(rest) => rest,
        None if blank.len() < rest.len() => blank,
        None => return None,
    };
    let hour = digits(&mut rest, 1, 2)?;
    take(&mut rest, ":")?;
    let minute = digits(&mut rest, 2, 2)?;
    take(&mut rest, ":")?;
    fields.time = Some([hour, minute, digits(&mut rest, 2, 2)?]);
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    if rest.is_empty() {
        return Some(fields);
    }
    rest = rest.trim_start_matches([' ', '\t']);
    if rest == "Z" {
        return Some(fields);
    }
    rest = rest.strip_prefix(['-', '+'])?;
    let hours = digits(&mut rest, 1, 2)?;
    let mut minutes = 0;
    if !rest.is_empty() {
        take(&mut rest, ":")?;
        minutes = digits(&mut rest, 2, 2)?;
    }
    fields.zone = Some([hours, minutes]);
    rest.is_empty().then_some(fields)
}

/// A number of so many digits, as many as there are.
fn digits(rest: &mut &str, least: usize, most: usize) -> Option<u32> {
    let count = rest
        .bytes()
        .take(most)
        .take_while(u8::is_ascii_digit)
        .count();
    let (number, after) = rest.split_at(count);
    *rest = after;
    (count >= least).then(|| number.parse().ok()).flatten()
}

fn take(rest: &mut &str, word: &str) -> Option<()> {
    *rest = rest.strip_prefix(word)?;
    Some(())
}

/// Base64 as Python's lenient decoder takes it: other characters count for nothing, but each four belong together.
pub(super) fn is_base64(text: &str) -> bool {
    let mut filled = 0;
    let mut padding = 0;
    for byte in text.bytes() {
        match byte {
            b'=' if filled >= 2 => {
                padding += 1;
                if filled + padding >= 4 {
                    return text.is_ascii();
                }
            }
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => {
                filled = (filled + 1) % 4;
                padding = 0;
            }
            _ => {}
        }
    }
    filled == 0 && text.is_ascii()
}
