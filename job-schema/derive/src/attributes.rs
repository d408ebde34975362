//! The attributes that the derives read.

use proc_macro2::TokenStream;
use syn::{Attribute, Expr, Ident, LitStr, Path, Result, Variant, parse_quote};

/// `#[keys(…)]` of a field.
#[derive(Default)]
pub(crate) struct Field {
    pub(crate) default: bool,
    pub(crate) flatten: bool,
    pub(crate) soft: bool,
    pub(crate) skip: bool,
    pub(crate) unlisted: bool,
    pub(crate) with: Option<Path>,
}

impl Field {
    pub(crate) fn read(attributes: &[Attribute]) -> Result<Self> {
        let mut field = Self::default();
        for attribute in attributes.iter().filter(|a| a.path().is_ident("keys")) {
            attribute.parse_nested_meta(|meta| {
                match meta.path.require_ident()?.to_string().as_str() {
                    "default" => field.default = true,
                    "flatten" => field.flatten = true,
                    "soft" => field.soft = true,
                    "skip" => field.skip = true,
                    "unlisted" => field.unlisted = true,
                    "with" => field.with = Some(meta.value()?.parse()?),
                    _ => return Err(meta.error("unknown")),
                }
                Ok(())
            })?;
        }
        Ok(field)
    }
}

/// `#[keys(…)]` of a struct or an enum.
#[derive(Default)]
pub(crate) struct Container {
    pub(crate) closed: bool,
    pub(crate) check: Option<Path>,
    pub(crate) tag: Option<LitStr>,
    pub(crate) kind: Option<LitStr>,
}

impl Container {
    pub(crate) fn read(attributes: &[Attribute]) -> Result<Self> {
        let mut container = Self::default();
        for attribute in attributes.iter().filter(|a| a.path().is_ident("keys")) {
            attribute.parse_nested_meta(|meta| {
                match meta.path.require_ident()?.to_string().as_str() {
                    "closed" => container.closed = true,
                    "check" => container.check = Some(meta.value()?.parse()?),
                    "tag" => container.tag = Some(meta.value()?.parse()?),
                    "kind" => container.kind = Some(meta.value()?.parse()?),
                    _ => return Err(meta.error("unknown")),
                }
                Ok(())
            })?;
        }
        Ok(container)
    }
}

/// The key of a field: its `#[schemars(rename = "…")]`, else its name.
pub(crate) fn key(attributes: &[Attribute], name: &Ident) -> Result<String> {
    Ok(renamed(attributes, "rename")?.unwrap_or_else(|| {
        let name = name.to_string();
        name.strip_prefix("r#").unwrap_or(&name).to_owned()
    }))
}

/// The word of a variant: its `#[schemars(rename = "…")]`, else its name in the enum's `rename_all`.
pub(crate) fn word(variant: &Variant, of: &[Attribute]) -> Result<String> {
    if let Some(word) = renamed(&variant.attrs, "rename")? {
        return Ok(word);
    }
    let name = variant.ident.to_string();
    match renamed(of, "rename_all")?.as_deref() {
        Some("lowercase") => Ok(name.to_lowercase()),
        Some("kebab-case") => Ok(separated(&name, '-')),
        Some("snake_case") => Ok(separated(&name, '_')),
        None => Ok(name),
        Some(_) => Err(syn::Error::new_spanned(
            variant,
            "this `rename_all` is not known here",
        )),
    }
}

fn separated(name: &str, separator: char) -> String {
    let mut word = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !word.is_empty() {
            word.push(separator);
        }
        word.extend(c.to_lowercase());
    }
    word
}

fn renamed(attributes: &[Attribute], what: &str) -> Result<Option<String>> {
    let mut word = None;
    for attribute in attributes.iter().filter(|a| a.path().is_ident("schemars")) {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident(what) {
                word = Some(meta.value()?.parse::<LitStr>()?.value());
            } else if meta.input.peek(syn::Token![=]) {
                meta.value()?.parse::<Expr>()?;
            } else if meta.input.peek(syn::token::Paren) {
                let inside;
                syn::parenthesized!(inside in meta.input);
                inside.parse::<TokenStream>()?;
            }
            Ok(())
        })?;
    }
    Ok(word)
}

/// The first paragraph of the doc comments, on one line.
pub(crate) fn doc(attributes: &[Attribute]) -> String {
    let mut text = String::new();
    for attribute in attributes.iter().filter(|a| a.path().is_ident("doc")) {
        let syn::Meta::NameValue(pair) = &attribute.meta else {
            continue;
        };
        let Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Str(line),
            ..
        }) = &pair.value
        else {
            continue;
        };
        let line = line.value();
        if line.trim().is_empty() {
            break;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(line.trim());
    }
    text
}

/// The type inside `Option<…>`.
pub(crate) fn inside_option(ty: &syn::Type) -> Option<syn::Type> {
    let syn::Type::Path(path) = ty else {
        return None;
    };
    let last = path.path.segments.last()?;
    if last.ident != "Option" {
        return None;
    }
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    let inner = arguments.args.first()?;
    Some(parse_quote!(#inner))
}
