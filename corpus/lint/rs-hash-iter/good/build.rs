use std::collections::BTreeMap; // not HashMap
use std::io::Write;

fn main() {
    let mut f = std::fs::File::create("out.rs").unwrap();
    for (k, v) in &BTreeMap::from([(1, 2)]) {
        writeln!(f, "{k}{v}").unwrap();
    }
}
