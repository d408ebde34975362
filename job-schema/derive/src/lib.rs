//! Readers of the job language, made from the types that describe it.
//!
//! The types say everything once: a field's name is its key, its type is what the key takes, its doc comment is the
//! documentation. `schemars` makes the JSON Schema of them, the derives here the reader that knows every place in the
//! file. Names are taken from `#[schemars(rename = "…")]`, so both agree.
//!
//! | derive | on | makes |
//! |---|---|---|
//! | `Keys` | a struct | the reader of a mapping |
//! | `Word` | an enum without data | the reader of one of some words |
//! | `Methods` | an enum of structs | the reader of a block whose `tag` key decides on its other keys |
//!
//! On a field, `#[keys(…)]` says: `default` (an absent key is the type's default), `flatten` (the keys stand in this
//! mapping), `soft` (what is wrong inside is only a warning), `with = function` (read by it), `skip` (not from a key),
//! `unlisted` (it is read, with a warning: LAVA's dispatcher knows it, its strict schema does not; goes with
//! `#[schemars(skip)]`, as the schema is the strict one).
//! On a struct: `closed` (an unknown key is an error, not a warning), `check = function` (more rules about the keys).

mod attributes;
mod keys;
mod methods;
mod word;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// The reader of a mapping with known keys.
#[proc_macro_derive(Keys, attributes(keys))]
pub fn derive_keys(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    keys::expand(&input)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// The reader of one of some words.
#[proc_macro_derive(Word, attributes(keys))]
pub fn derive_word(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    word::expand(&input)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// The reader of a block whose tag decides on its other keys.
#[proc_macro_derive(Methods, attributes(keys, schemars))]
pub fn derive_methods(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    methods::expand(&input)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}
