fn main() {
    let empty = std::fs::read_dir("src").unwrap().next().is_none();
    let n = std::fs::read_dir("src").unwrap().count();
    // for e in read_dir("src") { writeln!(f, "{e}"); }
    for e in std::fs::read_dir("src").unwrap() {
        println!("cargo:rerun-if-changed={}", e.unwrap().path().display());
    }
    for e in std::fs::read_dir("assets").unwrap() {
        let from = e.unwrap().path();
        std::fs::copy(&from, "out").unwrap();
    }
    let mut names = Vec::new();
    for e in std::fs::read_dir("parts").unwrap() {
        names.push(e.unwrap().path());
    }
    names.sort();
    let mut todo = vec![std::path::PathBuf::from("x")];
    while let Some(folder) = todo.pop() {
        for e in std::fs::read_dir(folder).unwrap() {
            todo.push(e.unwrap().path());
        }
    }
    println!("{empty}{n}");
}
