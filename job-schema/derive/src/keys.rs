//! `#[derive(Keys)]`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Data, DeriveInput, Fields, Result};

use crate::attributes::{self, Container};

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Struct(data) = &input.data else {
        return Err(syn::Error::new_spanned(input, "`Keys` is for structs"));
    };
    let container = Container::read(&input.attrs)?;
    let name = &input.ident;

    let mut reads = Vec::new();
    let mut fields = Vec::new();
    if let Fields::Named(named) = &data.fields {
        for field in &named.named {
            let Some(ident) = &field.ident else { continue };
            // A field may have the name of the function that reads it.
            let value = format_ident!("field_{}", ident);
            let has = attributes::Field::read(&field.attrs)?;
            let ty = &field.ty;
            if has.skip {
                fields.push(quote!(#ident: ::core::default::Default::default()));
                continue;
            }
            if has.flatten {
                reads.push(quote! {
                    let #value = <#ty as crate::read::FromKeys>::from_keys(keys, report);
                });
                fields.push(quote!(#ident: #value?));
                continue;
            }
            let key = attributes::key(&field.attrs, ident)?;
            let inner = attributes::inside_option(ty);
            let optional = inner.is_some();
            let inner = inner.unwrap_or_else(|| ty.clone());
            let reader = match &has.with {
                Some(function) => quote!(#function),
                None => quote!(<#inner as crate::read::Read>::read),
            };
            if has.unlisted && !optional {
                return Err(syn::Error::new_spanned(
                    ty,
                    "an unlisted key is an `Option`",
                ));
            }
            let mut read = if has.unlisted {
                quote!(keys.unlisted(#key, report).and_then(|place| #reader(&place, report)))
            } else if optional || has.default {
                quote!(keys.get(#key).and_then(|place| #reader(&place, report)))
            } else {
                quote!(keys.need(#key).and_then(|place| #reader(&place, report)))
            };
            if has.soft {
                read = quote!(report.softly(|report| #read));
            }
            reads.push(quote!(let #value: ::core::option::Option<#inner> = #read;));
            fields.push(match (optional, has.default) {
                (true, _) => quote!(#ident: #value),
                (false, true) => quote!(#ident: #value.unwrap_or_default()),
                (false, false) => quote!(#ident: #value?),
            });
        }
    }
    let check = container.check.map(|check| quote!(#check(keys, report);));
    let closed = container.closed.then(|| quote!(let keys = keys.closed();));
    let construct = match &data.fields {
        Fields::Unit => quote!(Self),
        _ => quote!(Self { #(#fields),* }),
    };
    Ok(quote! {
        impl crate::read::FromKeys for #name {
            #[allow(unused_variables)]
            fn from_keys(
                keys: &mut crate::read::Keys<'_>,
                report: &mut crate::read::Report,
            ) -> ::core::option::Option<Self> {
                #check
                #(#reads)*
                ::core::option::Option::Some(#construct)
            }
        }

        impl crate::read::Read for #name {
            fn read(
                place: &crate::read::Place<'_>,
                report: &mut crate::read::Report,
            ) -> ::core::option::Option<Self> {
                let keys = place.keys(report)?;
                #closed
                crate::read::mapping(keys, report)
            }
        }
    })
}
