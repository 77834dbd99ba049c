use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::Write;

fn main() {
    let mut f = std::fs::File::create("out.rs").unwrap();
    let m: HashMap<u8, u8> = HashMap::new();
    let n = m.len();
    // for (k, v) in &m { writeln!(f, "{k}{v}"); }
    if m.contains_key(&1) {
        writeln!(f, "{n}").unwrap();
    }
    let sorted: BTreeMap<_, _> = m.iter().collect();
    for (k, v) in &sorted {
        writeln!(f, "{k}{v}").unwrap();
    }
    let mut keys: Vec<_> = m.keys().collect();
    keys.sort();
    for k in &keys {
        writeln!(f, "{k}").unwrap();
    }
    for k in m.keys().collect::<BTreeSet<_>>() {
        writeln!(f, "{k}").unwrap();
    }
    for k in m.keys() {
        println!("cargo:rerun-if-changed={k}");
    }
    for k in m.keys() {
        let mut own = std::fs::File::create(k.to_string()).unwrap();
        writeln!(own, "{k}").unwrap();
    }
    let text = "for k in m.keys() { writeln!(f) }";
    let fast: FxHashMap<u8, u8> = FxHashMap::default();
    for k in fast.keys() {
        writeln!(f, "{k}{text}").unwrap();
    }
    let mut lists: HashMap<u8, Vec<u8>> = HashMap::new();
    for (_, list) in lists.iter_mut() {
        list.push(1);
    }
    let _: HashSet<u8> = HashSet::new();
}
