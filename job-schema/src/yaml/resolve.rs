//! What a scalar's text means: the rules of YAML 1.1 as PyYAML's safe loader applies them.
//!
//! In: the text and, where written, the tag. Out: a scalar. Wrong: a sentence about a text that its tag
//! (or its form, such as `0b_`) does not allow.

use super::date;

/// What a scalar says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scalar {
    Null,
    Bool(bool),
    Int(i64),
    /// Beyond 64 bits, in decimal.
    BigInt(String),
    Float(f64),
    /// The text itself.
    Text,
    /// A date, perhaps with a time, in the words of the text.
    Date,
    /// Binary data, in the words of the text.
    Binary,
    /// `<<`, a key that merges.
    Merge,
    /// `=`, only good for a key.
    Equals,
}

/// Python refuses longer numbers too; it keeps the conversion from growing with the square of a hostile text.
const MAX_DIGITS: usize = 4300;

/// An unquoted scalar without a tag.
pub(super) fn plain(text: &str) -> Result<Scalar, String> {
    let Some(first) = text.bytes().next() else {
        return Ok(Scalar::Null);
    };
    if matches!(first, b'1'..=b'9')
        && let Ok(number) = text.parse()
    {
        return Ok(Scalar::Int(number));
    }
    // As PyYAML does: the first character says which forms are possible at all.
    match first {
        b'-' | b'+' | b'.' | b'0'..=b'9' => {
            if is_float(text) {
                return float(text);
            }
            if is_int(text) {
                return int(text);
            }
            if date::is_date(text) {
                return timestamp(text);
            }
        }
        b'~' | b'n' | b'N' | b'y' | b'Y' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' => {
            if is_null(text) {
                return Ok(Scalar::Null);
            }
            if let Some(b) = plain_bool(text) {
                return Ok(Scalar::Bool(b));
            }
        }
        b'<' if text == "<<" => return Ok(Scalar::Merge),
        b'=' if text == "=" => return Ok(Scalar::Equals),
        _ => {}
    }
    Ok(Scalar::Text)
}

/// A scalar with a tag, its `tag:yaml.org,2002:` left out; other tags are `None`.
pub(super) fn tagged(tag: &str, text: &str) -> Option<Result<Scalar, String>> {
    let refused = |what: &str| Err(format!("`{text}` is not {what}"));
    Some(match tag {
        "str" => Ok(Scalar::Text),
        "timestamp" => timestamp(text),
        "binary" if date::is_base64(text) => Ok(Scalar::Binary),
        "binary" => refused("binary data in base64"),
        "null" => Ok(Scalar::Null),
        "bool" => match text.to_lowercase().as_str() {
            "yes" | "true" | "on" => Ok(Scalar::Bool(true)),
            "no" | "false" | "off" => Ok(Scalar::Bool(false)),
            _ => refused("a boolean"),
        },
        "int" => int(text),
        "float" => float(text),
        "merge" => Ok(Scalar::Merge),
        "value" => Ok(Scalar::Equals),
        _ => return None,
    })
}

fn timestamp(text: &str) -> Result<Scalar, String> {
    if date::is_date(text) && date::exists(text) {
        return Ok(Scalar::Date);
    }
    Err(format!("`{text}` is not a date"))
}

fn is_null(text: &str) -> bool {
    matches!(text, "~" | "null" | "Null" | "NULL")
}

fn plain_bool(text: &str) -> Option<bool> {
    match text {
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Some(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['-', '+']).unwrap_or(text)
}

/// `[0-9][0-9_]*`
fn is_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) && is_digits(text)
}

/// `[0-9_]*`
fn is_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit() || b == b'_')
}

/// `[0-5]?[0-9]`: minutes and seconds of `12:30:15`.
fn is_sixtieth(text: &str) -> bool {
    matches!(text.as_bytes(), [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9'])
}

fn is_int(text: &str) -> bool {
    let text = unsigned(text);
    let of = |digits: &str, allowed: fn(u8) -> bool| {
        !digits.is_empty() && digits.bytes().all(|b| b == b'_' || allowed(b))
    };
    if let Some(digits) = text.strip_prefix("0b") {
        return of(digits, |b| matches!(b, b'0' | b'1'));
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return of(digits, |b| b.is_ascii_hexdigit());
    }
    if let Some(digits) = text.strip_prefix('0') {
        return digits.is_empty() || of(digits, |b| matches!(b, b'0'..=b'7'));
    }
    let mut parts = text.split(':');
    parts.next().is_some_and(is_number) && parts.all(is_sixtieth)
}

fn is_float(text: &str) -> bool {
    let body = unsigned(text);
    if matches!(body, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let Some((whole, rest)) = body.split_once('.') else {
        return false;
    };
    if whole.contains(':') {
        let mut parts = whole.split(':');
        return parts.next().is_some_and(is_number) && parts.all(is_sixtieth) && is_digits(rest);
    }
    let fraction = match rest.find(['e', 'E']) {
        None => rest,
        // Without a sign in the exponent it is a text: `1.5e3`.
        Some(at) => {
            let exponent = rest[at + 1..].strip_prefix(['-', '+']);
            if !exponent.is_some_and(|e| !e.is_empty() && e.bytes().all(|b| b.is_ascii_digit())) {
                return false;
            }
            &rest[..at]
        }
    };
    if whole.is_empty() {
        // `.5` is a number, `-.5` is not.
        return body.len() == text.len() && is_number(fraction);
    }
    is_number(whole) && is_digits(fraction)
}

fn int(text: &str) -> Result<Scalar, String> {
    let refused = || format!("`{text}` is not a whole number");
    let clean = text.replace('_', "");
    if clean.len() > MAX_DIGITS {
        return Err(format!("a number of {} digits is too long", clean.len()));
    }
    let body = unsigned(&clean);
    let (digits, base) = if body == "0" {
        (body, 10)
    } else if let Some(digits) = body.strip_prefix("0b") {
        (digits, 2)
    } else if let Some(digits) = body.strip_prefix("0x") {
        (digits, 16)
    } else if body.starts_with('0') {
        // Python's own notation gets through where the tag `!!int` is written.
        (body.strip_prefix("0o").unwrap_or(body), 8)
    } else {
        (body, 10)
    };
    let mut parts = digits.split(':');
    let mut number = Natural::default();
    let first = parts.next().filter(|d| !d.is_empty()).ok_or_else(refused)?;
    for c in first.chars() {
        number.push(base, c.to_digit(base).ok_or_else(refused)?);
    }
    for part in parts {
        // Python reads a number that begins with 0 as octal, and then stumbles over the colon.
        if base != 10 {
            return Err(refused());
        }
        number.push(60, part.parse().map_err(|_| refused())?);
    }
    let sign = if clean.starts_with('-') { "-" } else { "" };
    let decimal = format!("{sign}{number}");
    Ok(decimal.parse().map_or(Scalar::BigInt(decimal), Scalar::Int))
}

/// A natural number of any size, in limbs of nine decimal digits, least significant first.
#[derive(Default)]
struct Natural(Vec<u32>);

impl Natural {
    const LIMB: u64 = 1_000_000_000;

    fn push(&mut self, base: u32, digit: u32) {
        let mut carry = u64::from(digit);
        for limb in &mut self.0 {
            let sum = u64::from(*limb) * u64::from(base) + carry;
            *limb = (sum % Self::LIMB) as u32;
            carry = sum / Self::LIMB;
        }
        if carry > 0 {
            self.0.push(carry as u32);
        }
    }
}

impl std::fmt::Display for Natural {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Some((first, rest)) = self.0.split_last() else {
            return f.write_str("0");
        };
        write!(f, "{first}")?;
        rest.iter()
            .rev()
            .try_for_each(|limb| write!(f, "{limb:09}"))
    }
}

fn float(text: &str) -> Result<Scalar, String> {
    let refused = || format!("`{text}` is not a number");
    let clean = text.replace('_', "").to_lowercase();
    let sign = if clean.starts_with('-') { -1.0 } else { 1.0 };
    let value = match unsigned(&clean) {
        ".inf" => f64::INFINITY,
        ".nan" => f64::NAN,
        body => {
            // Summed from the right, as Python does it: the rounding is the same.
            let mut sum = 0.0;
            let mut base = 1.0;
            for part in body.rsplit(':') {
                sum += base * part.parse::<f64>().map_err(|_| refused())?;
                base *= 60.0;
            }
            sum
        }
    };
    Ok(Scalar::Float(sign * value))
}

#[cfg(test)]
mod tests;
