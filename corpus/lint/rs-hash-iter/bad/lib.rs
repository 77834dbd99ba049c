extern crate proc_macro;
use proc_macro::TokenStream;
use std::collections::HashMap;

fn expand(fields: HashMap<String, u8>) -> TokenStream {
    let names = fields.keys();
    quote! { #(#names),* }.into()
}
