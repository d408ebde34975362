//! `#[derive(Word)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Fields, Result};

use crate::attributes;

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Enum(data) = &input.data else {
        return Err(syn::Error::new_spanned(input, "`Word` is for enums"));
    };
    let name = &input.ident;
    let mut variants = Vec::new();
    let mut words = Vec::new();
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            return Err(syn::Error::new_spanned(variant, "a word has no data"));
        }
        variants.push(&variant.ident);
        words.push(attributes::word(variant, &input.attrs)?);
    }
    Ok(quote! {
        impl #name {
            /// The words, as a job writes them.
            pub const WORDS: &'static [&'static str] = &[#(#words),*];

            /// The word, as a job writes it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    #(Self::#variants => #words),*
                }
            }
        }

        impl crate::read::Read for #name {
            fn read(
                place: &crate::read::Place<'_>,
                report: &mut crate::read::Report,
            ) -> ::core::option::Option<Self> {
                match place.word(Self::WORDS, report)? {
                    #(#words => ::core::option::Option::Some(Self::#variants),)*
                    _ => ::core::option::Option::None,
                }
            }
        }
    })
}
