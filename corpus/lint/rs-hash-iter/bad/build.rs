// places: 4
use std::collections::{HashMap, HashSet};
use std::io::Write;

fn main() {
    let mut f = std::fs::File::create("out.rs").unwrap();
    for (k, v) in &HashMap::from([(1, 2)]) {
        writeln!(f, "{k}{v}").unwrap();
    }
    let names: HashSet<String> = std::env::args().collect();
    let mut text = String::new();
    for name in names.iter() {
        text.push_str(name);
    }
    let keys = names.iter().cloned().collect::<Vec<String>>().join(",");
    let list: Vec<_> = names.iter().collect();
    for name in &list {
        writeln!(f, "{name}").unwrap();
    }
    let _ = (keys, text);
}
