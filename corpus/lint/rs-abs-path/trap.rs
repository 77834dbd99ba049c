include!(concat!(env!("OUT_DIR"), "/gen.rs"));
static TEXT: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"));

// const DATA: &str = env!("CARGO_MANIFEST_DIR");
/* env!("OUT_DIR") */
const HELP: &str = r#"use env!("CARGO_MANIFEST_DIR")"#;

fn log() {
    println!("{}:{}", file!(), include_str!(concat!(env!("OUT_DIR"), "/v")));
}

macro_rules! data {
    ($name:expr) => { include_str!(concat!(env!("CARGO_MANIFEST_DIR"), $name)) };
}

#[test]
fn reads() {
    std::fs::read(env!("CARGO_MANIFEST_DIR")).unwrap();
}

#[cfg(test)]
mod tests {
    const DATA: &str = env!("CARGO_MANIFEST_DIR");
}
