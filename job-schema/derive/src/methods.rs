//! `#[derive(Methods)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Fields, Result};

use crate::attributes::{self, Container};

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Enum(data) = &input.data else {
        return Err(syn::Error::new_spanned(input, "`Methods` is for enums"));
    };
    let container = Container::read(&input.attrs)?;
    let (Some(tag), Some(kind)) = (container.tag, container.kind) else {
        let message = "`Methods` needs `#[keys(tag = \"…\", kind = \"…\")]`";
        return Err(syn::Error::new_spanned(input, message));
    };
    let name = &input.ident;
    let (mut variants, mut words, mut types, mut docs) = (vec![], vec![], vec![], vec![]);
    for variant in &data.variants {
        let Fields::Unnamed(fields) = &variant.fields else {
            return Err(syn::Error::new_spanned(
                variant,
                "a method holds one struct",
            ));
        };
        variants.push(&variant.ident);
        words.push(attributes::word(variant, &input.attrs)?);
        types.push(&fields.unnamed);
        docs.push(attributes::doc(&variant.attrs));
    }
    Ok(quote! {
        impl #name {
            /// The words, as a job writes them.
            pub const WORDS: &'static [&'static str] = &[#(#words),*];

            /// The word, as a job writes it.
            #[must_use]
            pub fn word(&self) -> &'static str {
                match self {
                    #(Self::#variants(_) => #words),*
                }
            }
        }

        impl crate::read::FromKeys for #name {
            fn from_keys(
                keys: &mut crate::read::Keys<'_>,
                report: &mut crate::read::Report,
            ) -> ::core::option::Option<Self> {
                match keys.method(#tag, #kind, Self::WORDS, report)? {
                    #(#words => <#types as crate::read::FromKeys>::from_keys(keys, report)
                        .map(Self::#variants),)*
                    _ => ::core::option::Option::None,
                }
            }
        }

        impl crate::schema::Methods for #name {
            const TAG: &'static str = #tag;

            fn methods(
                generator: &mut ::schemars::SchemaGenerator,
            ) -> ::std::vec::Vec<crate::schema::Method> {
                ::std::vec![#(crate::schema::Method {
                    word: #words,
                    doc: #docs,
                    schema: <#types as ::schemars::JsonSchema>::json_schema(generator),
                }),*]
            }
        }
    })
}
