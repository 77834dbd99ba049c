use std::io::Write;
use walkdir::WalkDir;

fn main() {
    let mut f = std::fs::File::create("out.rs").unwrap();
    let mut v: Vec<_> = std::fs::read_dir("src").unwrap().collect::<Result<_, _>>().unwrap();
    v.sort_by_key(|e| e.path());
    for e in &v {
        writeln!(f, "{:?}", e.path()).unwrap();
    }
    for e in WalkDir::new("c").sort_by_file_name() {
        writeln!(f, "{:?}", e.unwrap().path()).unwrap();
    }
}
