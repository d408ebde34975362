//! How one mapping changes another: `a.b: v` sets deeply, `key+:` adds, `key-:` takes away, `need_…` accumulates.
//! In: a job and a later document of it, defaults or what the user sets. Out: the changed job.

use job_schema::yaml::Value;

use super::Map;

/// Changes `original` by `revisions`. With `overwrite` a new value takes the place of an old one; else the old one stays.
pub(super) fn revise(original: &mut Map, revisions: &Map, overwrite: bool) {
    for (key, new) in revisions {
        match original.get_mut(key) {
            None => {
                original.insert(key.clone(), new.clone());
            }
            Some(old) if key.ends_with(['+', '-']) || is_accumulative(key) => {
                *old = accumulated(std::mem::take(old), new.clone());
            }
            Some(old) if overwrite => *old = new.clone(),
            Some(_) => {}
        }
    }
    let keys: Vec<String> = original.keys().cloned().collect();
    let mut spent = Vec::new();
    for key in keys {
        if is_symbol(&key) || !(key.ends_with(['+', '-']) || key.contains('.')) {
            continue;
        }
        let value = original.get(&key).cloned().unwrap_or_default();
        if let Some(stem) = key.strip_suffix('-') {
            remove(original, stem, &value);
            spent.push(key);
        } else if let Some(stem) = key.strip_suffix('+') {
            add(original, stem, value);
            spent.push(key);
        } else {
            let Some(place) = Place::find(original, &key, true) else {
                continue;
            };
            let Some(map) = place.map(original) else {
                continue;
            };
            if overwrite || !place.is_top() || map.get(&place.key).is_none_or(is_null) {
                map.insert(place.key.clone(), value);
            }
            if !place.is_top() {
                spent.push(key);
            }
        }
    }
    for key in spent {
        original.shift_remove(&key);
    }
}

/// A comment that LKP keeps as a key.
pub(super) fn is_symbol(key: &str) -> bool {
    key.starts_with(':')
}

fn is_null(value: &Value) -> bool {
    *value == Value::Null
}

/// Keys to which every document adds.
fn is_accumulative(key: &str) -> bool {
    matches!(key, "mail_to" | "mail_cc" | "constraints")
        || (key.starts_with("need_") && !matches!(key, "need_memory" | "need_cpu" | "need_modules"))
}

fn accumulated(old: Value, new: Value) -> Value {
    match (old, new) {
        (old, Value::Null) => old,
        (Value::Null, new) => new,
        (Value::Seq(mut old), Value::Seq(new)) => {
            old.extend(new);
            Value::Seq(old)
        }
        (Value::Seq(mut old), new) => {
            old.push(new);
            Value::Seq(old)
        }
        (Value::Map(mut old), Value::Map(new)) => {
            old.extend(new);
            Value::Map(old)
        }
        (Value::Map(mut old), new) => {
            old.insert(super::psych::text(&new), Value::Null);
            Value::Map(old)
        }
        (old, Value::Seq(new)) => {
            let mut all = vec![old];
            all.extend(new);
            Value::Seq(all)
        }
        (old, Value::Map(mut new)) => {
            new.entry(super::psych::text(&old)).or_default();
            Value::Map(new)
        }
        (old, new) => Value::Seq(vec![old, new]),
    }
}

fn add(original: &mut Map, stem: &str, value: Value) {
    let Some(place) = Place::find(original, stem, true) else {
        return;
    };
    if let Some(map) = place.map(original) {
        let old = map.get_mut(&place.key).map(std::mem::take);
        let mut sum = accumulated(old.unwrap_or_default(), value);
        if let Value::Seq(items) = &mut sum {
            let mut once: Vec<Value> = Vec::with_capacity(items.len());
            for item in items.drain(..) {
                if !once.contains(&item) {
                    once.push(item);
                }
            }
            *items = once;
        }
        map.insert(place.key.clone(), sum);
    }
}

fn remove(original: &mut Map, stem: &str, value: &Value) {
    let Some(place) = Place::find(original, stem, false) else {
        return;
    };
    let Some(map) = place.map(original) else {
        return;
    };
    let Some(old) = map.get_mut(&place.key) else {
        return;
    };
    let gone: Vec<Value> = match value {
        Value::Null | Value::Bool(false) => {
            map.shift_remove(&place.key);
            let emptied = map.is_empty();
            if emptied
                && let Some((above, key)) = place.above()
                && let Some(map) = above.map(original)
            {
                map.insert(key, Value::Null);
            }
            return;
        }
        Value::Map(map) => map.keys().cloned().map(Value::Str).collect(),
        Value::Seq(items) => items.clone(),
        other => vec![other.clone()],
    };
    let emptied = match old {
        Value::Seq(items) => {
            items.retain(|item| !gone.contains(item));
            items.is_empty()
        }
        Value::Map(entries) => {
            for key in &gone {
                entries.shift_remove(&super::psych::text(key));
            }
            entries.is_empty()
        }
        _ => false,
    };
    if emptied {
        *old = Value::Null;
    }
}

/// A key in a mapping in mappings.
struct Place {
    /// The keys from the top to the mapping.
    way: Vec<String>,
    key: String,
}

impl Place {
    /// As deep as the mappings go. With `create`, what is missing on the way is made.
    fn find(original: &mut Map, path: &str, create: bool) -> Option<Self> {
        let mut names = path.split('.').filter(|name| !name.is_empty()).peekable();
        let mut key = names.next()?.to_owned();
        let mut way = Vec::new();
        let mut map = original;
        loop {
            let last = names.peek().is_none();
            if create && map.get(&key).is_none_or(is_null) {
                let made = if last {
                    Value::Null
                } else {
                    Value::Map(Map::new())
                };
                map.insert(key.clone(), made);
            }
            match (map.get_mut(&key), names.peek()) {
                (Some(Value::Map(inner)), Some(next)) => {
                    way.push(std::mem::replace(&mut key, (*next).to_owned()));
                    map = inner;
                    names.next();
                }
                _ => return Some(Self { way, key }),
            }
        }
    }

    fn is_top(&self) -> bool {
        self.way.is_empty()
    }

    fn map<'m>(&self, original: &'m mut Map) -> Option<&'m mut Map> {
        let mut map = original;
        for key in &self.way {
            map = match map.get_mut(key) {
                Some(Value::Map(inner)) => inner,
                _ => return None,
            };
        }
        Some(map)
    }

    /// The mapping above and the key in it.
    fn above(&self) -> Option<(Self, String)> {
        let (key, way) = self.way.split_last()?;
        let above = Self {
            way: way.to_vec(),
            key: key.clone(),
        };
        Some((above, key.clone()))
    }
}
