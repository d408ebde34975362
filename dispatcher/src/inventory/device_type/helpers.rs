//! The helpers of expressions: `default`, `when`, `pick`, `concat`, `join`, `hex`; handlebars itself has `eq`, `if` and more.

use std::sync::{Arc, Mutex, PoisonError};

use handlebars::{
    Context, Handlebars, Helper, HelperDef, PathAndJson, RenderContext, RenderError,
    RenderErrorReason, ScopedJson,
};
use serde_json::Value as Json;

/// Makes them known.
pub(super) fn register(registry: &mut Handlebars<'static>) {
    let all: [(&'static str, Compute); 6] = [
        ("default", default),
        ("when", when),
        ("pick", pick),
        ("concat", concat),
        ("join", join),
        ("hex", hex),
    ];
    for (name, compute) in all {
        registry.register_helper(name, Box::new(Computed(compute)));
    }
}

type Compute = fn(&Helper<'_>, &Context) -> Result<Json, RenderError>;

/// A helper that makes one value of its arguments.
struct Computed(Compute);

impl HelperDef for Computed {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        variables: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        (self.0)(helper, variables).map(ScopedJson::Derived)
    }
}

/// Keeps the value of a scalar that is one expression, with its type.
pub(super) struct Catch(pub(super) Arc<Mutex<Json>>);

impl HelperDef for Catch {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        let value = needed(helper, 0)?.clone();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = value;
        Ok(ScopedJson::Derived(Json::Null))
    }
}

/// `default A B`: A where it is set, else B.
fn default(helper: &Helper<'_>, variables: &Context) -> Result<Json, RenderError> {
    match set(helper, 0, variables)? {
        Json::Null => set(helper, 1, variables).cloned(),
        value => Ok(value.clone()),
    }
}

/// `when A B`: B where A is set and neither false nor empty, else nothing.
fn when(helper: &Helper<'_>, variables: &Context) -> Result<Json, RenderError> {
    let no = match set(helper, 0, variables)? {
        Json::Null | Json::Bool(false) => true,
        Json::String(text) => text.is_empty(),
        Json::Array(items) => items.is_empty(),
        _ => false,
    };
    if no {
        Ok(Json::Null)
    } else {
        set(helper, 1, variables).cloned()
    }
}

/// `pick A x='1' y='2'`: the argument that A names; where there is none, the second argument or nothing.
fn pick(helper: &Helper<'_>, _: &Context) -> Result<Json, RenderError> {
    let by = text(needed(helper, 0)?);
    let other = helper.param(1).map_or(Json::Null, |it| it.value().clone());
    Ok(helper.hash_get(&by).map_or(other, |it| it.value().clone()))
}

/// `concat A B …`: texts, one after the other; or lists.
fn concat(helper: &Helper<'_>, _: &Context) -> Result<Json, RenderError> {
    let all = (0..helper.params().len()).map(|at| needed(helper, at));
    let all: Vec<&Json> = all.collect::<Result<_, _>>()?;
    if all.iter().any(|it| it.is_array()) {
        let items = all.into_iter().flat_map(|it| match it {
            Json::Array(items) => items.clone(),
            Json::Null => Vec::new(),
            item => vec![item.clone()],
        });
        return Ok(Json::Array(items.collect()));
    }
    Ok(Json::String(all.into_iter().map(text).collect()))
}

/// `join LIST SEPARATOR`.
fn join(helper: &Helper<'_>, _: &Context) -> Result<Json, RenderError> {
    let between = helper
        .param(1)
        .map_or(" ".to_owned(), |it| text(it.value()));
    Ok(Json::String(match needed(helper, 0)? {
        Json::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(&between),
        one => text(one),
    }))
}

/// `hex A`: a whole number as boot loaders read it, `0x82000000`; anything else as it is.
fn hex(helper: &Helper<'_>, _: &Context) -> Result<Json, RenderError> {
    let value = needed(helper, 0)?;
    Ok(match value.as_u64() {
        Some(number) => Json::String(format!("{number:#x}")),
        None => value.clone(),
    })
}

/// A value as part of a text.
pub(super) fn text(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn argument<'h>(helper: &'h Helper<'_>, at: usize) -> Result<&'h PathAndJson<'h>, RenderError> {
    let name = helper.name();
    let few = || RenderErrorReason::Other(format!("`{name}` has too few arguments"));
    Ok(helper.param(at).ok_or_else(few)?)
}

/// An argument; a key that a variable does not have is nothing. A variable that nobody declared is an error.
fn set<'h>(
    helper: &'h Helper<'_>,
    at: usize,
    variables: &Context,
) -> Result<&'h Json, RenderError> {
    let argument = argument(helper, at)?;
    if !argument.is_value_missing() {
        return Ok(argument.value());
    }
    let path = argument.relative_path().map_or("", String::as_str);
    let name = path.split('.').next().unwrap_or_default();
    // `this.x` of a block is a key of its element.
    if name == "this" || variables.data().get(name).is_some() {
        return Ok(argument.value());
    }
    Err(RenderErrorReason::MissingVariable(Some(path.to_owned())).into())
}

/// An argument that must be there.
fn needed<'h>(helper: &'h Helper<'_>, at: usize) -> Result<&'h Json, RenderError> {
    let argument = argument(helper, at)?;
    if argument.is_value_missing() {
        let name = argument.relative_path().cloned();
        return Err(RenderErrorReason::MissingVariable(name).into());
    }
    Ok(argument.value())
}
