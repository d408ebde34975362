//! Expressions to values.

use job_schema::yaml::Value;

use super::super::psych::{UNKNOWN, text};
use super::methods::{call, function};
use super::parse::{Expr, Piece};
use super::{Result, RubyError, unknown};
use crate::lkp::expand::Map;

/// The most a template may write, in bytes.
const MAX_OUT: usize = 1 << 20;

/// What code may name.
#[derive(Debug)]
pub(in super::super) struct Scope<'m> {
    /// The job, whose keys are names.
    pub(in super::super) job: &'m Map,
    /// `$1`: what a rule's pattern found.
    pub(in super::super) found: Option<&'m str>,
}

impl Scope<'_> {
    /// The value of the last statement; templates write to `out`.
    pub(super) fn run(&self, program: &[Expr], out: &mut String) -> Result<Value> {
        let mut last = Value::Null;
        for statement in program {
            last = self.value(statement, out)?;
            if out.len() > MAX_OUT {
                return unknown("more text than a template writes");
            }
        }
        Ok(last)
    }

    fn value(&self, expr: &Expr, out: &mut String) -> Result<Value> {
        Ok(match expr {
            Expr::Nil => Value::Null,
            Expr::Bool(it) => Value::Bool(*it),
            Expr::Int(it) => Value::Int(*it),
            Expr::Float(it) => Value::Float(*it),
            Expr::Str(pieces) => {
                let mut whole = String::new();
                for piece in pieces {
                    match piece {
                        Piece::Text(text) => whole.push_str(text),
                        Piece::Code(code) => whole.push_str(&text(&self.run(code, out)?)),
                    }
                }
                Value::Str(whole)
            }
            Expr::Regex(_) => return unknown("a regular expression as a value"),
            Expr::Name(name) => self.name(name)?,
            Expr::List(items) => Value::Seq(
                items
                    .iter()
                    .map(|item| self.value(item, out))
                    .collect::<Result<_>>()?,
            ),
            Expr::Map(entries) => Value::Map(
                entries
                    .iter()
                    .map(|(key, value)| Ok((key.clone(), self.value(value, out)?)))
                    .collect::<Result<_>>()?,
            ),
            Expr::Not(it) => Value::Bool(!is_true(&self.value(it, out)?)),
            Expr::Binary(operator, left, right) => self.binary(operator, left, right, out)?,
            Expr::Call(None, name, arguments) => {
                let values = self.values(arguments, out)?;
                function(name, &values)?
            }
            Expr::Call(Some(of), name, arguments) => {
                let of = self.value(of, out)?;
                let values = self.values(arguments, out)?;
                call(&of, name, &values)?
            }
            Expr::Index(of, index) => match (self.value(of, out)?, self.value(index, out)?) {
                (Value::Map(map), Value::Str(key)) => {
                    known(map.get(&key).cloned().unwrap_or_default(), &key)?
                }
                _ => return unknown("`[ ]` on something else than a mapping"),
            },
            Expr::If(arms, otherwise) => {
                for (condition, body) in arms {
                    if is_true(&self.value(condition, out)?) {
                        return self.run(body, out);
                    }
                }
                self.run(otherwise, out)?
            }
            Expr::Case(subject, arms, otherwise) => {
                let subject = self.value(subject, out)?;
                for (patterns, body) in arms {
                    for pattern in patterns {
                        if self.is_case(pattern, &subject, out)? {
                            return self.run(body, out);
                        }
                    }
                }
                self.run(otherwise, out)?
            }
            Expr::Text(it) => {
                out.push_str(it);
                Value::Null
            }
            Expr::Write(it) => {
                let value = self.value(it, out)?;
                out.push_str(&text(&value));
                Value::Null
            }
        })
    }

    fn values(&self, exprs: &[Expr], out: &mut String) -> Result<Vec<Value>> {
        exprs.iter().map(|it| self.value(it, out)).collect()
    }

    fn name(&self, name: &str) -> Result<Value> {
        match (name, self.found) {
            ("$1", Some(found)) => return Ok(Value::Str(found.to_owned())),
            ("job", _) => return Ok(Value::Map(self.job.clone())),
            _ => {}
        }
        match self.job.get(name) {
            Some(value) => known(value.clone(), name),
            None => Err(RubyError::Name(name.to_owned())),
        }
    }

    fn is_case(&self, pattern: &Expr, subject: &Value, out: &mut String) -> Result<bool> {
        if let Expr::Regex(pattern) = pattern {
            return matches(pattern, subject);
        }
        Ok(self.value(pattern, out)? == *subject)
    }

    fn binary(&self, operator: &str, left: &Expr, right: &Expr, out: &mut String) -> Result<Value> {
        if let ("=~" | "!~", Expr::Regex(pattern)) = (operator, right) {
            let found = matches(pattern, &self.value(left, out)?)?;
            return Ok(Value::Bool(found == (operator == "=~")));
        }
        let left = self.value(left, out)?;
        match operator {
            "||" if is_true(&left) => return Ok(left),
            "&&" if !is_true(&left) => return Ok(left),
            "||" | "&&" => return self.value(right, out),
            _ => {}
        }
        let right = self.value(right, out)?;
        match operator {
            "==" => return Ok(Value::Bool(same(&left, &right))),
            "!=" => return Ok(Value::Bool(!same(&left, &right))),
            _ => {}
        }
        match (operator, left, right) {
            ("+", Value::Str(left), Value::Str(right)) => Ok(Value::Str(left + &right)),
            (_, Value::Int(left), Value::Int(right)) => whole(operator, left, right),
            (_, Value::Int(left), Value::Float(right)) => number(operator, left as f64, right),
            (_, Value::Float(left), Value::Int(right)) => number(operator, left, right as f64),
            (_, Value::Float(left), Value::Float(right)) => number(operator, left, right),
            _ => unknown(format!("`{operator}` on these values")),
        }
    }
}

/// A value that only the node knows stops the evaluation.
fn known(value: Value, name: &str) -> Result<Value> {
    if value == Value::Str(UNKNOWN.to_owned()) {
        return unknown(format!("`{name}` is known only on the node"));
    }
    Ok(value)
}

fn is_true(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false))
}

fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Int(int), Value::Float(float)) | (Value::Float(float), Value::Int(int)) => {
            *int as f64 == *float
        }
        _ => left == right,
    }
}

fn matches(pattern: &str, subject: &Value) -> Result<bool> {
    let Value::Str(subject) = subject else {
        return Ok(false);
    };
    match super::super::regex(pattern) {
        Some(regex) => Ok(regex.is_match(subject.as_str())),
        None => unknown(format!("the regular expression /{pattern}/")),
    }
}

fn whole(operator: &str, left: i64, right: i64) -> Result<Value> {
    let result = match operator {
        "+" => left.checked_add(right),
        "-" => left.checked_sub(right),
        "*" => left.checked_mul(right),
        // Ruby rounds down, not to zero.
        "/" if right != 0 => left.checked_div_euclid(right).filter(|_| right > 0),
        "%" if right > 0 => left.checked_rem_euclid(right),
        "<" => return Ok(Value::Bool(left < right)),
        ">" => return Ok(Value::Bool(left > right)),
        "<=" => return Ok(Value::Bool(left <= right)),
        ">=" => return Ok(Value::Bool(left >= right)),
        _ => None,
    };
    result.map_or_else(
        || unknown(format!("{left} {operator} {right}")),
        |it| Ok(Value::Int(it)),
    )
}

fn number(operator: &str, left: f64, right: f64) -> Result<Value> {
    Ok(match operator {
        "+" => Value::Float(left + right),
        "-" => Value::Float(left - right),
        "*" => Value::Float(left * right),
        "/" => Value::Float(left / right),
        "<" => Value::Bool(left < right),
        ">" => Value::Bool(left > right),
        "<=" => Value::Bool(left <= right),
        ">=" => Value::Bool(left >= right),
        _ => return unknown(format!("`{operator}` on numbers")),
    })
}
