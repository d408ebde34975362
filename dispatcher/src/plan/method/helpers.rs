//! Helpers of the templates in step lists.

use handlebars::{Context, Handlebars, Helper, Output, RenderContext, RenderErrorReason};

/// Makes them known.
pub(super) fn register(engine: &mut Handlebars<'_>) {
    engine.register_helper("hex", Box::new(hex));
    engine.register_helper("word", Box::new(word));
    engine.register_helper("words", Box::new(words));
}

/// `{{hex path}}`: a number as `0x…`.
fn hex(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> Result<(), handlebars::RenderError> {
    let number = helper.param(0).and_then(|p| p.value().as_u64());
    let number = number.ok_or(RenderErrorReason::InvalidParamType("a whole number"))?;
    Ok(out.write(&format!("{number:#x}"))?)
}

/// `{{word path}}`: the text as a word that is known when the step runs, in single braces.
fn word(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> Result<(), handlebars::RenderError> {
    let text = helper.param(0).and_then(|p| p.value().as_str());
    let text = text.ok_or(RenderErrorReason::InvalidParamType("a text"))?;
    Ok(out.write(&format!("{{{text}}}"))?)
}

/// `{{words path files}}`: a text with `{KERNEL}` as `{kernel}`, for each key of a mapping.
fn words(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> Result<(), handlebars::RenderError> {
    let text = helper.param(0).and_then(|p| p.value().as_str());
    let mut text = text
        .ok_or(RenderErrorReason::InvalidParamType("a text"))?
        .to_owned();
    let files = helper.param(1).and_then(|p| p.value().as_object());
    for key in files.into_iter().flat_map(|files| files.keys()) {
        let theirs = format!("{{{}}}", key.to_uppercase());
        text = text.replace(&theirs, &format!("{{{key}}}"));
    }
    Ok(out.write(&text)?)
}
