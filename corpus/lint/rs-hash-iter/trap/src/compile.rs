use std::collections::HashMap;

// A compiler that knows of macros is none.
pub fn units(found: HashMap<String, Vec<u8>>, proc_macro: bool) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for (_key, units) in found {
        if proc_macro {
            all.push(units);
        }
    }
    all
}
