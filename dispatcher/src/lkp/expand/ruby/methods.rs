//! The methods of values and LKP's functions of units, as far as jobs use them.

use job_schema::yaml::Value;

use super::super::psych::{UNKNOWN, text};
use super::{Result, RubyError, unknown};

/// `of.name(arguments)`; a key of a mapping is a method too.
pub(super) fn call(of: &Value, name: &str, arguments: &[Value]) -> Result<Value> {
    Ok(match (of, name, arguments) {
        (Value::Map(map), _, []) => match map.get(name) {
            Some(Value::Str(it)) if it == UNKNOWN => {
                return unknown(format!("`{name}` is known only on the node"));
            }
            Some(value) => value.clone(),
            None => return Err(RubyError::Name(name.to_owned())),
        },
        (_, "nil?", []) => Value::Bool(*of == Value::Null),
        (_, "to_s", []) => Value::Str(text(of)),
        (Value::Int(_), "to_i", []) | (Value::Float(_), "to_f", []) => of.clone(),
        (Value::Int(it), "to_f", []) => Value::Float(*it as f64),
        (Value::Float(it), "to_i", []) => Value::Int(*it as i64),
        (Value::Null, "to_i", []) => Value::Int(0),
        (Value::Str(it), "to_i", []) => Value::Int(leading_int(it)?),
        (Value::Str(it), "to_f", []) => Value::Float(leading_float(it)),
        (Value::Str(it), "upcase", []) => Value::Str(it.to_uppercase()),
        (Value::Str(it), "downcase", []) => Value::Str(it.to_lowercase()),
        (Value::Str(it), "empty?", []) => Value::Bool(it.is_empty()),
        (Value::Seq(it), "empty?", []) => Value::Bool(it.is_empty()),
        (Value::Str(it), "include?", [Value::Str(part)]) => Value::Bool(it.contains(part)),
        (Value::Seq(it), "include?", [item]) => Value::Bool(it.contains(item)),
        (Value::Str(it), "start_with?", [Value::Str(part)]) => Value::Bool(it.starts_with(part)),
        (Value::Str(it), "end_with?", [Value::Str(part)]) => Value::Bool(it.ends_with(part)),
        _ => return unknown(format!("the method `{name}`")),
    })
}

/// `name(arguments)`
pub(super) fn function(name: &str, arguments: &[Value]) -> Result<Value> {
    match (name, arguments) {
        ("to_byte", [Value::Str(size)]) => bytes(size),
        ("to_seconds", [Value::Str(time)]) => seconds(time),
        ("to_byte", [other]) | ("to_seconds", [other @ (Value::Int(_) | Value::Float(_))]) => {
            Ok(other.clone())
        }
        _ => unknown(format!("the function `{name}`")),
    }
}

fn bytes(size: &str) -> Result<Value> {
    let unit = size.trim_start_matches(|c: char| c.is_ascii_digit());
    let unit = unit.to_uppercase();
    let shift = match unit.strip_suffix('B').unwrap_or(&unit) {
        "P" => 50,
        "T" => 40,
        "G" => 30,
        "M" => 20,
        "K" => 10,
        _ => return Ok(Value::Str(size.to_owned())),
    };
    product(leading_int(size)?, 1 << shift)
}

fn seconds(time: &str) -> Result<Value> {
    const DAY: i64 = 24 * 3600;
    let unit = match time.chars().next_back() {
        Some('y') => 365 * DAY,
        Some('w') => 7 * DAY,
        Some('d') => DAY,
        Some('h') => 3600,
        Some('m') => 60,
        _ => 1,
    };
    product(leading_int(time)?, unit)
}

fn product(number: i64, unit: i64) -> Result<Value> {
    match number.checked_mul(unit) {
        Some(it) => Ok(Value::Int(it)),
        None => unknown("a number beyond 64 bits"),
    }
}

/// Ruby reads as much of a number as there is, and 0 where there is none.
fn leading_int(text: &str) -> Result<i64> {
    let text = text.trim_start();
    let digits = text.strip_prefix('-').unwrap_or(text);
    let end = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    let number = &text[..text.len() - digits.len() + end];
    if end == 0 {
        return Ok(0);
    }
    number
        .parse()
        .map_or_else(|_| unknown("a number beyond 64 bits"), Ok)
}

fn leading_float(text: &str) -> f64 {
    let text = text.trim_start();
    let good = |c: char| c.is_ascii_digit() || c == '.' || c == '-';
    let end = text.find(|c| !good(c)).unwrap_or(text.len());
    text[..end].parse().unwrap_or(0.0)
}
