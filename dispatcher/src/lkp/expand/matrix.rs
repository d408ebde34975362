//! The matrix of a job: each list of a parameter takes each of its values by turns. In: a job. Out: jobs without lists.

use job_schema::yaml::Value;

use super::documents::{line_of, of_ruby};
use super::params::Params;
use super::psych::text;
use super::ruby::{self, Scope};
use super::{ExpandError, Map};

/// What is expanded.
pub(super) struct Matrix<'a> {
    pub(super) params: &'a Params,
    /// The path of the job file, and its text, for messages.
    pub(super) file: &'a str,
    pub(super) written: &'a str,
}

/// What to do with each job; it says no to end the expansion.
pub(super) type Each<'e> = dyn FnMut(&Map) -> Result<(), ExpandError> + 'e;

impl Matrix<'_> {
    /// Calls `each` with every combination, the last list changing fastest.
    pub(super) fn expand(&self, job: &mut Map, each: &mut Each) -> Result<(), ExpandError> {
        let mut way = Vec::new();
        if !self.find(job, &mut way) {
            return each(job);
        }
        let Some(value) = at(job, &way) else {
            return Ok(());
        };
        let whole = value.clone();
        match &whole {
            Value::Str(template) => {
                if let Some(new) = self.evaluated(job, template)? {
                    self.with(job, &way, new, each)?;
                }
            }
            Value::Seq(items) => {
                for item in items {
                    self.with(job, &way, item.clone(), each)?;
                }
            }
            _ => {}
        }
        if let Some(value) = at(job, &way) {
            *value = whole;
        }
        Ok(())
    }

    fn with(
        &self,
        job: &mut Map,
        way: &[String],
        new: Value,
        each: &mut Each,
    ) -> Result<(), ExpandError> {
        if let Some(value) = at(job, way) {
            *value = new;
        }
        self.expand(job, each)
    }

    /// The way to the first value that is still to be expanded.
    fn find(&self, map: &Map, way: &mut Vec<String>) -> bool {
        for (key, value) in map {
            way.push(key.clone());
            let found = match value {
                Value::Seq(_) => self.params.is_dimension(key),
                Value::Str(text) => template(text).is_some(),
                Value::Map(inner) => self.find(inner, way),
                _ => false,
            };
            if found {
                return true;
            }
            way.pop();
        }
        false
    }

    /// The value of `{{ code }}`; none when the code says `nil`: there is no such combination.
    fn evaluated(&self, job: &Map, whole: &str) -> Result<Option<Value>, ExpandError> {
        let Some((head, code, tail)) = template(whole) else {
            return Ok(None);
        };
        let scope = Scope { job, found: None };
        let value = ruby::evaluate(code, &scope).map_err(|error| {
            let first = code.lines().find(|line| !line.trim().is_empty());
            let line = line_of(self.written, first.unwrap_or_default());
            of_ruby(self.file, line, code, error)
        })?;
        let (head, tail) = (head.trim_start(), tail.trim_end());
        Ok(match value {
            Value::Null => None,
            value if head.is_empty() && tail.is_empty() => Some(value),
            value => Some(Value::Str(format!("{head}{}{tail}", text(&value)))),
        })
    }

    /// The lists of a job and how long they are, for the message about too many.
    pub(super) fn factors(&self, job: &Map) -> Vec<(String, usize)> {
        let mut out = Vec::new();
        super::params::visit(job, None, &mut |above, key, value| {
            if let Value::Seq(items) = value
                && self.params.is_dimension(key)
            {
                let key = above.map_or_else(|| key.to_owned(), |above| format!("{above}.{key}"));
                out.push((key, items.len()));
            }
        });
        out
    }
}

/// What stands before, in and after the last `{{ }}`.
fn template(text: &str) -> Option<(&str, &str, &str)> {
    let open = text.rfind("{{")?;
    let close = open + text[open..].rfind("}}")?;
    (close >= open + 2).then(|| (&text[..open], &text[open + 2..close], &text[close + 2..]))
}

fn at<'m>(map: &'m mut Map, way: &[String]) -> Option<&'m mut Value> {
    let (key, above) = way.split_last()?;
    let mut map = map;
    for key in above {
        map = match map.get_mut(key) {
            Some(Value::Map(inner)) => inner,
            _ => return None,
        };
    }
    map.get_mut(key)
}
