//! Numbers of YAML 1.1 as PyYAML reads them: `0b1`, `0755`, `0x1f`, `1_000`, `12:30`, `1.5e+3`, `.inf`.

use super::Scalar;

/// Python refuses longer numbers too; it keeps the conversion from growing with the square of a hostile text.
const MAX_DIGITS: usize = 4300;

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

pub(super) fn is_int(text: &str) -> bool {
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

pub(super) fn is_float(text: &str) -> bool {
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

pub(super) fn int(text: &str) -> Result<Scalar, String> {
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

pub(super) fn float(text: &str) -> Result<Scalar, String> {
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
