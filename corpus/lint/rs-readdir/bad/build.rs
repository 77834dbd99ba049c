// places: 4
use std::io::Write;
use walkdir::WalkDir;

fn main() {
    let mut f = std::fs::File::create("out.rs").unwrap();
    for e in std::fs::read_dir("src").unwrap() {
        writeln!(f, "{:?}", e.unwrap().path()).unwrap();
    }
    let mut build = cc::Build::new();
    for e in WalkDir::new("c").into_iter() {
        build.file(e.unwrap().path());
    }
    let mut names = Vec::new();
    for e in std::fs::read_dir("parts").unwrap() {
        names.push(e.unwrap().path());
    }
    std::fs::read_dir("more").unwrap().for_each(|e| {
        writeln!(f, "{:?}", e.unwrap().path()).unwrap();
    });
}
